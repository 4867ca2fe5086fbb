"""Collects a generated shop, cleans it and lets the shop's judge compare with what was planted.

    python3 measure.py --seeds 1-10 --dirt 0.1 --novel foreign [--users 2000 --items 400]

Steps run as a plan runs them, but without a plan: `fulcrum step SPEC`.  FULCRUM_BIN_DIR names the
folder of the built programs.  While the steps run, the answer key is on no disk.
"""

import argparse
import dataclasses
import json
import os
import pathlib
import shutil
import signal
import subprocess
import sys
import tempfile
import time

ROOT = pathlib.Path(__file__).resolve().parents[2]
SHOP = ROOT / "examples" / "recommender" / "shop"
START_TIMEOUT_S = 60


@dataclasses.dataclass(frozen=True)
class Case:
    seed: int
    dirt: float
    novel: str = ""  # "foreign", "swapped" or nothing
    users: int = 600
    items: int = 200


@dataclasses.dataclass
class Figures:
    case: Case
    rows: int
    kept: int
    drops: int
    precision: float
    recall: float
    redaction: float
    false_drop_share: float  # of all honest rows
    kinds: dict  # kind -> {"planted", "found", "recall"}
    wrong_by_rule: dict
    seconds: float

    HEADER = (f"{'seed':>6} {'dirt':>5} {'novel':8} {'rows':>7} {'drops':>6} {'precision':>9} "
              f"{'recall':>7} {'redaction':>9} {'false drops':>11}  below .95, wrong drops by rule")

    def line(self):
        def share(value):
            return "      -" if self.case.dirt == 0 else f"{value:7.4f}"
        weak = [f"{kind} {k['found']}/{k['planted']}" for kind, k in self.kinds.items()
                if k["planted"] and k["recall"] < 0.95]
        weak += [f"!{rule} {count}" for rule, count in self.wrong_by_rule.items()]
        return (f"{self.case.seed:6} {self.case.dirt:5.2f} {self.case.novel or '-':8} "
                f"{self.rows:7} {self.drops:6}   {share(self.precision)} {share(self.recall)}   "
                f"{share(self.redaction)} {100 * self.false_drop_share:10.3f}%  {', '.join(weak)}")


class Shop:
    """A shop that is open for collecting.  `key` is its answer key, taken off the disk."""

    def __init__(self, case, folder):
        self.logs = folder / "logs"
        truth, port = folder / "truth.json", folder / "port"
        command = [sys.executable, str(SHOP / "server.py"), "--seed", str(case.seed),
                   "--users", str(case.users), "--items", str(case.items),
                   "--dirt", str(case.dirt), "--log-dir", str(self.logs),
                   "--truth", str(truth), "--port-file", str(port)]
        if case.novel:
            command += ["--novel-dirt", case.novel]
        self.process = subprocess.Popen(command, stdout=subprocess.DEVNULL)
        try:
            wait_for(lambda: port.exists() and port.read_text().strip(), self.process)
            self.url = f"http://127.0.0.1:{port.read_text().strip()}"
            self.key = truth.read_bytes()
            truth.unlink()
        except BaseException:
            self.close()
            raise

    def close(self):
        self.process.send_signal(signal.SIGTERM)
        self.process.wait(timeout=30)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()


def wait_for(condition, process):
    deadline = time.monotonic() + START_TIMEOUT_S
    while not condition():
        if process.poll() is not None:
            raise RuntimeError(f"the program ended with {process.returncode}")
        if time.monotonic() > deadline:
            raise RuntimeError(f"nothing happened in {START_TIMEOUT_S} s")
        time.sleep(0.02)


def fulcrum():
    folder = os.environ.get("FULCRUM_BIN_DIR", str(ROOT / "build" / "release" / "bin"))
    return str(pathlib.Path(folder) / "fulcrum")


def write_spec(folder, kind, settings, inputs):
    """Path of the spec, and the folder in which the step works."""
    work = folder / "work"
    work.mkdir(parents=True, exist_ok=True)
    spec = folder / "spec.json"
    spec.write_text(json.dumps({"step": folder.name, "kind": kind, "settings": settings,
                                "inputs": {name: str(path) for name, path in inputs.items()},
                                "work_folder": str(work), "seed": 1}))
    return spec, work


def step(folder, kind, settings, inputs):
    """Runs a step; its outputs (name -> path) and its report."""
    spec, work = write_spec(folder, kind, settings, inputs)
    done = subprocess.run([fulcrum(), "step", str(spec)], cwd=work, env=bare_environment(),
                          capture_output=True, text=True)
    if done.returncode != 0:
        raise RuntimeError(f"{kind}: exit {done.returncode}\n{done.stdout}{done.stderr}"
                           + error_of(work))
    result = json.loads((work / "result.json").read_text())
    return {name: work / path for name, path in result["outputs"].items()}, result["report"]


def error_of(work):
    error = work / "error.json"
    return error.read_text() if error.exists() else ""


def bare_environment():
    return {"PATH": os.environ.get("PATH", ""), "LANG": "C"}


def collect(shop, folder):
    """Users over the API, items from the web pages, then the logs: one of them comes late."""
    sources = {
        "users": {"kind": "http_json", "url": f"{shop.url}/api/users", "items": "data",
                  "rate_per_s": 0, "backoff_s": 0.02},
        "items": {"kind": "crawl", "url": f"{shop.url}/catalogue/?page=1", "rows": "^/item/",
                  "fields": {"id": "main@data-item", "title": "h1", "price": "[itemprop=price]",
                             "category": "[itemprop=category]"},
                  "required": ["id", "title", "price"], "rate_per_s": 0, "backoff_s": 0.02},
        "events": {"kind": "files", "path": str(shop.logs)},
    }
    return {name: step(folder / f"collect-{name}", "data.collect", {"source": source}, {})[0]["rows"]
            for name, source in sources.items()}


def judge(key, decisions, folder):
    truth = folder / "key.json"
    truth.write_bytes(key)
    done = subprocess.run([sys.executable, str(SHOP / "judge.py"), "--truth", str(truth),
                           "--decisions", str(decisions), "--json"],
                          capture_output=True, text=True)
    if done.returncode not in (0, 1):
        raise RuntimeError(f"judge: exit {done.returncode}\n{done.stderr}")
    return json.loads(done.stdout.strip().splitlines()[-1])


def measure(case, keep=None):
    """Figures of one shop.  With `keep`, a folder, what was read and written stays there."""
    begin = time.monotonic()
    folder = pathlib.Path(keep or tempfile.mkdtemp(prefix="fulcrum-cleaning-"))
    folder.mkdir(parents=True, exist_ok=True)
    try:
        with Shop(case, folder) as shop:
            inputs = collect(shop, folder)
        outputs, report = step(folder / "clean", "data.clean", {}, inputs)
        verdict = judge(shop.key, outputs["decisions"], folder)
    finally:
        if keep is None:
            shutil.rmtree(folder, ignore_errors=True)
    wrong = verdict["drops"] - verdict["right_drops"]
    honest = report["rows_in"] - verdict["planted"]
    return Figures(case, report["rows_in"], report["rows_kept"], verdict["drops"],
                   verdict["precision"], verdict["recall"], verdict["redaction_recall"],
                   wrong / honest, verdict["kinds"], verdict["wrong_drops_by_rule"],
                   time.monotonic() - begin)


def read_seeds(text):
    seeds = []
    for part in text.split(","):
        first, _, last = part.partition("-")
        seeds += range(int(first), int(last or first) + 1)
    return seeds


def main():
    parser = argparse.ArgumentParser(description=__doc__,
                                     formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seeds", type=read_seeds, required=True, help="1-10 or 3,5,8")
    parser.add_argument("--dirt", type=float, default=0.1)
    parser.add_argument("--novel", choices=["foreign", "swapped"], default="")
    parser.add_argument("--users", type=int, default=600)
    parser.add_argument("--items", type=int, default=200)
    parser.add_argument("--keep", help="folder for what was read and written")
    arguments = parser.parse_args()
    print(Figures.HEADER, flush=True)
    for seed in arguments.seeds:
        case = Case(seed, arguments.dirt, arguments.novel, arguments.users, arguments.items)
        keep = arguments.keep and pathlib.Path(arguments.keep) / str(seed)
        print(measure(case, keep).line(), flush=True)


if __name__ == "__main__":
    main()
