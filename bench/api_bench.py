#!/usr/bin/env python3
"""Reads a second of a served home (wrk, 32 connections), beside /healthz in the same run.

    FULCRUM_BIN_DIR=build/release/bin bench/api_bench.py [SECONDS]

Prints one JSON line. wrk shares the machine's cores with the server.
"""

import json
import os
import re
import subprocess
import sys
import tempfile


def reads_per_second(url: str, token: str, seconds: str) -> float:
    answer = subprocess.run(
        ["wrk", "-t1", "-c32", f"-d{seconds}s", "-H", f"Authorization: Bearer {token}", url],
        capture_output=True, text=True, check=True).stdout
    if "Non-2xx" in answer or "Socket errors" in answer:
        raise SystemExit(answer)
    return float(re.search(r"Requests/sec:\s*([\d.]+)", answer).group(1))


def main() -> None:
    program = os.environ["FULCRUM_BIN_DIR"] + "/fulcrum"
    seconds = sys.argv[1] if len(sys.argv) > 1 else "5"
    with tempfile.TemporaryDirectory() as home:
        server = subprocess.Popen([program, "--home", home, "up", "--port", "0", "--json"],
                                  stdout=subprocess.PIPE, text=True)
        try:
            ready = json.loads(server.stdout.readline())
            subprocess.run([program, "--home", home, "note", "add", "--subject", "s", "--text", "t"],
                           check=True, capture_output=True)
            figures = {
                "bench": "api_reads", "connections": 32, "seconds": float(seconds),
                "healthz_per_s": reads_per_second(ready["url"] + "/healthz", ready["token"], seconds),
                "query_per_s": reads_per_second(
                    ready["url"] + "/api/v1/queries/note.list?limit=1", ready["token"], seconds),
                "ledger_per_s": reads_per_second(
                    ready["url"] + "/api/v1/ledger?limit=1", ready["token"], seconds)}
            print(json.dumps(figures))
        finally:
            server.terminate()
            server.wait()


main()
