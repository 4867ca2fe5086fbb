"""The page in a real browser, against a server on a fresh home. Skipped where Chromium is absent."""

import json
import os
import re
import shutil
import signal
import subprocess
import tempfile
import time
import unittest
import urllib.request
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
BIN = Path(os.environ.get("FULCRUM_BIN_DIR", ROOT / "build/release/bin")).resolve()
CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")
LIMIT_S = 90


@unittest.skipUnless(CHROMIUM, "SKIPPED page: no Chromium (apt-get install chromium)")
class PageTest(unittest.TestCase):
    def setUp(self):
        self.folder = Path(self.enterContext(tempfile.TemporaryDirectory(prefix="fulcrum-page-")))
        self.server = subprocess.Popen([BIN / "fulcrum", "--home", self.folder / "home", "--json", "up", "--port", "0"],
                                       stdout=subprocess.PIPE, text=True)
        self.addCleanup(self.stop, self.server)
        up = json.loads(self.server.stdout.readline())
        self.url, self.token = up["url"], up["token"]
        subprocess.run([BIN / "fulcrum", "--home", self.folder / "home", "note", "add", "--subject", "page/test",
                        "--text", "<b>bold</b>"], check=True, stdout=subprocess.DEVNULL)

    @staticmethod
    def stop(process):
        process.send_signal(signal.SIGINT)
        process.wait(timeout=30)
        if process.stdout:
            process.stdout.close()

    def browser(self, *options: str) -> list:
        return [CHROMIUM, "--headless", "--no-sandbox", "--disable-gpu", "--disable-background-networking",
                "--no-first-run", f"--user-data-dir={self.folder / 'browser'}", *options]

    def dom(self, address: str, *options: str) -> str:
        done = subprocess.run(self.browser("--virtual-time-budget=10000", *options, "--dump-dom", address),
                              text=True, capture_output=True, timeout=LIMIT_S)
        self.assertEqual(done.returncode, 0, done.stderr[-2000:])
        return done.stdout

    def test_shows_answers_and_holds_no_secret(self):
        dom = self.dom(f"{self.url}/#token={self.token}")
        for expected in ("Scores", "data quality", "not assessed", "note.added", "note/page/test", "Live"):
            self.assertIn(expected, dom)
        self.assertNotIn(self.token, dom)
        self.assertNotIn("<b>bold", dom)
        ids = re.findall(r'\bid="([^"]+)"', dom)
        self.assertEqual(len(ids), len(set(ids)))
        for label in re.findall(r'aria-labelledby="([^"]+)"', dom):
            self.assertIn(label, ids)

    def test_speaks_chinese(self):
        dom = self.dom(f"{self.url}/#token={self.token}", "--lang=zh-CN", "--accept-lang=zh-CN")
        self.assertIn('lang="zh-CN"', dom)
        self.assertIn("数据质量", dom)
        self.assertIn("最近的事件", dom)

    def test_asks_for_a_token(self):
        for address in (self.url, f"{self.url}/#token=wrong"):
            self.assertRegex(self.dom(address), r'id="panels" hidden')

    def test_the_token_leaves_the_address(self):
        browser = subprocess.Popen(self.browser("--remote-debugging-port=0", f"{self.url}/#token={self.token}"),
                                   stderr=subprocess.DEVNULL)
        self.addCleanup(self.stop, browser)
        port_file = self.folder / "browser" / "DevToolsActivePort"
        seen, end = [], time.monotonic() + LIMIT_S
        while self.url + "/" not in seen and time.monotonic() < end:
            time.sleep(0.1)
            if port_file.exists() and (port := port_file.read_text().split("\n")[0]):
                with urllib.request.urlopen(f"http://127.0.0.1:{port}/json/list", timeout=10) as answer:
                    seen = [page["url"] for page in json.load(answer)]
        self.assertIn(self.url + "/", seen)


if __name__ == "__main__":
    unittest.main()
