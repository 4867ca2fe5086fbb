"""Runs the READMEs: every line of their sh blocks, in order, in one temporary home.

`./dev …` and `export …` lines are left out: the test itself prepares PATH and FULCRUM_HOME. A line
that ends in `# stays in the foreground` runs beside the rest until the end. `# exits N` states an
exit code other than 0.
"""

import os
import random
import re
import signal
import socket
import subprocess
import sys
import tempfile
import time
import unittest
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
BIN = Path(os.environ.get("FULCRUM_BIN_DIR", ROOT / "build/release/bin")).resolve()
ENGLISH, CHINESE = ROOT / "README.md", ROOT / "README.zh-CN.md"
FOREGROUND = "# stays in the foreground"
LINE_LIMIT_S = 400


def blocks(path: Path, languages: set[str]) -> list[tuple[str, str]]:
    """(language, content) of the fenced blocks in the given languages."""
    found = re.findall(r"^```(\w+)\n(.*?)^```", path.read_text(encoding="utf-8"), re.M | re.S)
    return [(language, content) for language, content in found if language in languages]


def lines(path: Path) -> list[str]:
    """Commands of the sh blocks; a block of another language is one entry."""
    result = []
    for language, content in blocks(path, {"sh", "python"}):
        if language == "python":
            result.append(content)
        else:
            result += [line for line in content.splitlines() if line.strip()]
    return result


def command_of(line: str) -> str:
    return re.sub(r"\s+#\s.*$", "", line).strip()


def free_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return listener.getsockname()[1]


def write_clicks(path: Path) -> None:
    """A small data set: each user walks along a ring of items, now and then with a jump."""
    draw = random.Random(7)
    rows = ["user,item,time"]
    for user in range(300):
        item = draw.randrange(60)
        for step in range(draw.randrange(4, 14)):
            rows.append(f"u{user},i{item},{1_780_000_000 + user * 1000 + step * 60}")
            item = (item + 1) % 60 if draw.random() < 0.8 else draw.randrange(60)
    path.write_text("\n".join(rows) + "\n", encoding="utf-8")


class Session:
    """A folder to work in, and the servers that stay beside the other lines."""

    def __init__(self, folder: Path):
        self.folder = folder
        self.port = str(free_port())
        self.home = folder / "home"
        self.servers: list[subprocess.Popen] = []
        (folder / "examples").symlink_to(ROOT / "examples")
        write_clicks(folder / "clicks.csv")
        self.environment = dict(os.environ, FULCRUM_HOME=str(self.home), LANG="C.UTF-8",
                                PYTHONPATH=str(ROOT / "python"),
                                PATH=f"{BIN}:{Path(sys.executable).parent}:{os.environ['PATH']}")
        self.environment.pop("FULCRUM_TOKEN", None)

    def start(self, line: str) -> None:
        server = subprocess.Popen(["bash", "-c", f"exec {line}"], cwd=self.folder,
                                  env=self.environment, stdout=subprocess.DEVNULL)
        self.servers.append(server)
        end = time.monotonic() + 30
        while True:
            with socket.socket(socket.AF_UNIX) as peer:
                if peer.connect_ex(str(self.home / "engine.sock")) == 0:
                    return
            if server.poll() is not None or time.monotonic() > end:
                raise AssertionError(f"`{line}` does not answer")
            time.sleep(0.05)

    def run(self, words: list[str]) -> subprocess.CompletedProcess:
        return subprocess.run(words, cwd=self.folder, env=self.environment, text=True,
                              stdin=subprocess.DEVNULL, capture_output=True, timeout=LINE_LIMIT_S)

    def close(self) -> None:
        for server in self.servers:
            server.send_signal(signal.SIGINT)
        for server in self.servers:
            server.wait(timeout=30)


class ReadmeTest(unittest.TestCase):
    def test_both_languages_show_the_same_commands(self):
        english = [command_of(line) for line in lines(ENGLISH)]
        chinese = [command_of(line) for line in lines(CHINESE)]
        self.assertEqual([re.sub(r"\"[^\"]*\"|#.*", "", line) for line in english],
                         [re.sub(r"\"[^\"]*\"|#.*", "", line) for line in chinese])

    def test_every_command_works(self):
        with tempfile.TemporaryDirectory(prefix="fulcrum-readme-") as folder:
            session = Session(Path(folder))
            try:
                for line in lines(ENGLISH):
                    self.check(session, line.replace("7470", session.port))
            finally:
                session.close()

    def check(self, session: Session, line: str) -> None:
        if line.startswith(("./dev ", "export ")):
            return
        if "\n" in line:
            done = session.run([sys.executable, "-c", line])
        elif FOREGROUND in line:
            return session.start(command_of(line))
        else:
            done = session.run(["bash", "-c", "set -o pipefail; " + line])
        stated = re.search(r"# exits (\d+)", line)
        self.assertEqual(done.returncode, int(stated[1]) if stated else 0,
                         f"{line}\n{done.stdout[-2000:]}\n{done.stderr[-2000:]}")
        self.assertNotIn('{"error"', done.stdout, line)    # curl exits 0 on a refusal

    def test_links_lead_somewhere(self):
        for path in [ENGLISH, CHINESE, *sorted((ROOT / "docs").glob("*.md"))]:
            for target in re.findall(r"\]\(([^)#:]+)(?:#[^)]*)?\)", path.read_text(encoding="utf-8")):
                self.assertTrue((path.parent / target).exists(), f"{path.name}: {target}")


if __name__ == "__main__":
    unittest.main()
