"""Runs the built program in a fresh folder with a home of its own."""

import json
import os
import random
import subprocess
import tempfile
import unittest
from dataclasses import dataclass
from pathlib import Path

SOURCES = Path(__file__).resolve().parents[2]
BIN = Path(os.environ.get("FULCRUM_BIN_DIR", SOURCES / "build/release/bin"))
LIMIT_S = 240


@dataclass
class Ran:
    status: int
    out: str
    err: str

    @property
    def summary(self) -> dict:
        return json.loads(self.out.splitlines()[-1])

    def step(self, step: str) -> dict:
        return next(one for one in self.summary["steps"] if one["id"] == step)


class InAFolder(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory(prefix="fulcrum-plans-")
        self.addCleanup(folder.cleanup)
        self.folder = Path(folder.name)

    def fulcrum(self, *words: str) -> Ran:
        environment = {name: value for name, value in os.environ.items()
                       if not name.startswith("FULCRUM_")}
        done = subprocess.run([str(BIN / "fulcrum"), "--home", str(self.folder / "home"), *words],
                              cwd=self.folder, env=environment, capture_output=True, text=True,
                              timeout=LIMIT_S)
        return Ran(done.returncode, done.stdout, done.stderr)


def choices(users: int, items: int, each: int, seed: int = 1):
    """(user, item, seconds): the next item mostly follows the last one."""
    draw = random.Random(seed)
    at_s = 1_700_000_000
    for user in range(users):
        item = draw.randrange(items)
        for _ in range(each):
            item = (item + draw.choice([1, 1, 1, 2, 7])) % items
            at_s += draw.randrange(30, 900)
            yield user, item, at_s
