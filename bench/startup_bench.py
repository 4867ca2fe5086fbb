#!/usr/bin/env python3
"""Cold start of `fulcrum up` on a new home, and its idle memory; the median of five starts.

    FULCRUM_BIN_DIR=build/release/bin bench/startup_bench.py

Prints one JSON line; `true_ms` is what starting any process costs here.
"""

import json
import os
import statistics
import subprocess
import tempfile
import time


def start_once(program: str) -> tuple[float, float]:
    with tempfile.TemporaryDirectory() as folder:
        began = time.perf_counter()
        server = subprocess.Popen([program, "--home", folder + "/home", "up", "--port", "0", "--json"],
                                  stdout=subprocess.PIPE, text=True)
        json.loads(server.stdout.readline())
        took_ms = (time.perf_counter() - began) * 1e3
        with open(f"/proc/{server.pid}/status", encoding="ascii") as status:
            resident_kib = next(int(line.split()[1]) for line in status if line.startswith("VmRSS"))
        server.terminate()
        server.wait()
        return took_ms, resident_kib / 1024


def true_ms() -> float:
    began = time.perf_counter()
    subprocess.run(["true"], check=True)
    return (time.perf_counter() - began) * 1e3


starts = [start_once(os.environ["FULCRUM_BIN_DIR"] + "/fulcrum") for _ in range(5)]
print(json.dumps({"bench": "startup", "cold_ms": round(statistics.median(s[0] for s in starts), 1),
                  "idle_mib": round(statistics.median(s[1] for s in starts), 1),
                  "true_ms": round(true_ms(), 1)}))
