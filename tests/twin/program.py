"""Runs the built program in a fresh folder with a home of its own."""

import csv
import json
import os
import subprocess
import tempfile
import unittest
from dataclasses import dataclass
from pathlib import Path

SOURCES = Path(__file__).resolve().parents[2]
BIN = Path(os.environ.get("FULCRUM_BIN_DIR", SOURCES / "build/release/bin"))
LIMIT_S = 120


@dataclass
class Ran:
    status: int
    out: str
    err: str

    @property
    def answer(self):
        return json.loads(self.out)

    @property
    def error(self) -> dict:
        return json.loads(self.err.splitlines()[-1])["error"]


class InAFolder(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory(prefix="fulcrum-twin-")
        self.addCleanup(folder.cleanup)
        self.folder = Path(folder.name)

    def environment(self) -> dict:
        return {name: value for name, value in os.environ.items()
                if not name.startswith("FULCRUM_")}

    def fulcrum(self, *words: str) -> Ran:
        done = subprocess.run([str(BIN / "fulcrum"), "--home", str(self.folder / "home"), *words],
                              cwd=self.folder, env=self.environment(), capture_output=True,
                              text=True, timeout=LIMIT_S)
        return Ran(done.returncode, done.stdout, done.stderr)

    def ask(self, *words: str):
        ran = self.fulcrum("--json", *words)
        self.assertEqual(ran.status, 0, ran.err)
        return ran.answer

    def write(self, name: str, header: str, rows) -> str:
        with (self.folder / name).open("w", newline="") as file:
            writer = csv.writer(file)
            writer.writerow(header.split(","))
            writer.writerows(rows)
        return name
