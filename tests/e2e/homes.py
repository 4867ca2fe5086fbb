"""Runs plans with the built programs, each in a home of its own."""

import json
import os
import shutil
import signal
import sqlite3
import subprocess
import sys
import tempfile
import time
from collections import Counter
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

SOURCES = Path(__file__).resolve().parents[2]
BIN = Path(os.environ.get("FULCRUM_BIN_DIR", SOURCES / "build/release/bin"))
EXAMPLE = SOURCES / "examples/recommender"

# A shop and a model that are small enough to be tried many times.
SMALL_SHOP = ("settings.users=600", "settings.items=150", "settings.shoppers=3000")
SMALL_MODEL = ("training.recipe.epochs=6", "training.recipe.threads=1",
               "training.recipe.model.layers=1", "training.recipe.model.dim=32")
SMALL = SMALL_SHOP + SMALL_MODEL
RUN_LIMIT_S = 240


@dataclass
class Outcome:
    status: int           # of the process
    seconds: float
    lines: list[str]      # of standard output
    messages: str         # standard error

    @property
    def summary(self) -> dict:
        return json.loads(self.lines[-1])

    def step(self, step: str) -> dict:
        return next(one for one in self.summary["steps"] if one["id"] == step)

    def worked(self) -> set[str]:
        """Steps that were really carried out."""
        return {one["id"] for one in self.summary["steps"]
                if not one["cached"] and one["state"] != "waiting"}


class Home:
    """A folder that the engine lives in. Removed by close()."""

    def __init__(self, content_of: "Home | None" = None):
        self._folder = tempfile.TemporaryDirectory(prefix="fulcrum-e2e-")
        self.path = Path(self._folder.name) / "home"
        if content_of is not None:
            shutil.copytree(content_of.path, self.path, ignore=shutil.ignore_patterns("*.sock"))

    def close(self) -> None:
        kill_processes(str(self.path))
        self._folder.cleanup()

    # -- running -----------------------------------------------------------------------------
    def command(self, *words: str) -> list[str]:
        return [str(BIN / "fulcrum"), "--home", str(self.path), "--json", *words]

    def environment(self) -> dict:
        environment = {name: value for name, value in os.environ.items()
                       if not name.startswith("FULCRUM_")}
        environment["PATH"] = f"{Path(sys.executable).parent}:{environment.get('PATH', '')}"
        return environment

    def ask(self, *words: str) -> dict:
        done = subprocess.run(self.command(*words), env=self.environment(), capture_output=True,
                              text=True, timeout=RUN_LIMIT_S)
        if done.returncode != 0:
            raise AssertionError(f"{words}: status {done.returncode}\n{done.stderr}")
        return json.loads(done.stdout)

    def start(self, plan: Path, settings=SMALL, options=()) -> subprocess.Popen:
        """The runner in a process group of its own; its messages go to a file."""
        self.path.mkdir(parents=True, exist_ok=True)
        words = ["run", str(plan), "--once", *options]
        for setting in settings:
            words += ["--set", setting]
        folder = Path(self._folder.name)
        with (folder / "out").open("w") as out, (folder / "messages").open("w") as messages:
            return subprocess.Popen(self.command(*words), env=self.environment(), stdout=out,
                                    stderr=messages, start_new_session=True)

    def finish(self, runner: subprocess.Popen, began_s: float) -> Outcome:
        try:
            status = runner.wait(timeout=RUN_LIMIT_S)
        except subprocess.TimeoutExpired:
            os.killpg(runner.pid, signal.SIGKILL)
            runner.wait()
            raise AssertionError(f"the run did not end:\n{self.messages()}") from None
        folder = Path(self._folder.name)
        return Outcome(status, time.monotonic() - began_s,
                       (folder / "out").read_text().splitlines(), self.messages())

    def run(self, plan: Path, settings=SMALL, options=()) -> Outcome:
        began_s = time.monotonic()
        return self.finish(self.start(plan, settings, options), began_s)

    def messages(self) -> str:
        return (Path(self._folder.name) / "messages").read_text()

    # -- looking into the ledger -------------------------------------------------------------
    def select(self, query: str, parameters=()) -> list[tuple]:
        database = self.path / "ledger.db"
        if not database.exists():
            return []
        with closing(sqlite3.connect(f"file:{database}?mode=ro", uri=True, timeout=10)) as ledger:
            try:
                return ledger.execute(query, parameters).fetchall()
            except sqlite3.OperationalError as error:
                if "no such table" in str(error):      # the engine is just making it
                    return []
                raise

    def events(self, kind: str = "%", after: int = 0) -> list[dict]:
        rows = self.select("SELECT seq, names.name, payload FROM events "
                           "JOIN names ON names.id = events.kind "
                           "WHERE names.name LIKE ? AND seq > ? ORDER BY seq", (kind, after))
        return [{"seq": seq, "kind": name, "payload": json.loads(payload)}
                for seq, name, payload in rows]

    def count_events(self) -> Counter:
        return Counter(event["kind"] for event in self.events())

    def tables(self) -> dict[str, list[str]]:
        """Every read model's rows, ordered."""
        names = [name for (name,) in self.select(
            "SELECT name FROM sqlite_master WHERE type = 'table' AND name LIKE 'rm\\_%' ESCAPE '\\'")]
        return {name: sorted(map(repr, self.select(f'SELECT * FROM "{name}"'))) for name in names}

    def step_folder(self, step: str) -> Path:
        """Where the step's newest good result was made."""
        (identity,), = self.select("SELECT identity FROM rm_plan_results WHERE step = ? "
                                   "ORDER BY seq DESC LIMIT 1", (step,))
        return self.path / "steps" / identity[:24]

    def outputs(self, step: str) -> dict:
        """Of the step's newest good result: output name → {path in the folder: object}."""
        (text,), = self.select("SELECT outputs FROM rm_plan_results WHERE step = ? "
                               "ORDER BY seq DESC LIMIT 1", (step,))
        return {name: {file["path"]: file["object"] for file in output["files"]}
                for name, output in json.loads(text).items()}


def processes(mark: str) -> dict[int, str]:
    """Living processes whose command line or environment names `mark`."""
    found = {}
    for folder in Path("/proc").iterdir():
        if not folder.name.isdigit() or int(folder.name) == os.getpid():
            continue
        try:
            line = (folder / "cmdline").read_bytes()
            if line and mark.encode() in line + (folder / "environ").read_bytes():
                found[int(folder.name)] = line.replace(b"\0", b" ").decode(errors="replace")
        except OSError:      # it has just ended, or is another user's
            pass
    return found


def kill_processes(mark: str) -> None:
    """All at once: none of them sees another one end."""
    pids = processes(mark)
    for number in (signal.SIGSTOP, signal.SIGKILL):
        for pid in pids:
            try:
                os.kill(pid, number)
            except ProcessLookupError:
                pass


def wait_until(condition, limit_s: float = 60.0, every_s: float = 0.01):
    """The condition's first true value; AssertionError when it takes too long."""
    deadline_s = time.monotonic() + limit_s
    while time.monotonic() < deadline_s:
        if value := condition():
            return value
        time.sleep(every_s)
    raise AssertionError(f"waited {limit_s} s in vain")
