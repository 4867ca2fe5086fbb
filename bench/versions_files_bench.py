#!/usr/bin/env python3
"""A million small files: commit, commit again, list, beside reading them once.

    FULCRUM_BIN_DIR=build/release/bin bench/versions_files_bench.py

FULCRUM_BENCH_FILES says how many (1,000,000); FULCRUM_BENCH_FOLDER where they are made. One JSON line;
`read_s` is what it takes to open, read and hash them one after the other (page cache warm, as for us).
"""

import hashlib
import json
import os
import subprocess
import tempfile
import time
from pathlib import Path

PROGRAM = os.environ["FULCRUM_BIN_DIR"] + "/fulcrum"
FILES = int(os.environ.get("FULCRUM_BENCH_FILES", "1000000"))


def timed(work):
    began = time.perf_counter()
    result = work()
    return time.perf_counter() - began, result


def fulcrum(home, *words):
    return subprocess.run([PROGRAM, "--home", home, "data", *words], check=True, capture_output=True).stdout


def make(data):
    for n in range(FILES):
        if n % 1000 == 0:
            (data / f"{n // 1000:04}").mkdir()
        with open(data / f"{n // 1000:04}/{n}.txt", "wb", buffering=0) as file:
            file.write(b"file %d, %d\n" % (n, n * 7919))


def read(data):
    for folder in sorted(data.iterdir()):
        for path in os.scandir(folder):
            with open(path.path, "rb", buffering=0) as file:
                hashlib.sha256(file.read()).digest()


with tempfile.TemporaryDirectory(dir=os.environ.get("FULCRUM_BENCH_FOLDER")) as base:
    data, home = Path(base) / "data", Path(base) / "home"
    data.mkdir()
    make_s, _ = timed(lambda: make(data))
    read_s, _ = timed(lambda: read(data))
    commit_s, _ = timed(lambda: fulcrum(home, "commit", "d", data))
    (data / "0000/new.txt").write_text("new")
    time.sleep(2.1)
    again_s, _ = timed(lambda: fulcrum(home, "commit", "d", data))
    third_s, third = timed(lambda: json.loads(fulcrum(home, "commit", "d", data, "--json")))
    list_s, listed = timed(lambda: fulcrum(home, "ls", "d", "--quiet"))
    json_s, as_json = timed(lambda: fulcrum(home, "ls", "d", "--json"))
    diff_s, changed = timed(lambda: json.loads(fulcrum(home, "diff", "d", "--json")))
    assert listed.count(b"\n") == FILES + 1, listed.count(b"\n")
    assert changed["files_added"] == 1
    stored = sum(p.stat().st_size for p in (home / "versions/packs").iterdir())
    print(json.dumps({"bench": "versions_files", "files": FILES, "make_s": round(make_s, 1),
                      "read_s": round(read_s, 1), "commit_s": round(commit_s, 1), "ratio": round(commit_s / read_s, 2),
                      "again_s": round(again_s, 1), "unchanged_s": round(third_s, 1),
                      "unchanged_files_read": third["files_read"], "list_s": round(list_s, 2),
                      "list_json_s": round(json_s, 2), "diff_s": round(diff_s, 2), "stored_bytes": stored}))
