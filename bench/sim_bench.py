#!/usr/bin/env python3
"""Replayed jobs a second, one JSON line a figure; the public traces are needed (see repro/replays.py)."""

import json
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent / "repro"))
from replays import sim, trace  # noqa: E402

CASES = (
    ("philly", "80x8", "philly/philly.csv", ("fifo", "sjf", "smallest_device_time", "easy"), 1_000_000),
    ("swf", "1x8192", "swf/RICC-2010-2.swf.gz", ("fifo", "easy"), 200_000),
)


def main():
    for form, cluster, name, policies, goal in CASES:
        path = trace(name)
        if path is None:
            print(json.dumps({"bench": "sim", "trace": form, "skipped": "the trace is not here"}))
            continue
        for policy in policies:  # one at a time: threads would share the processors
            runs = [sim("--cluster", cluster, "--trace", path, "--format", form, "--policy", policy)[0] for _ in range(3)]
            best = max(runs, key=lambda run: run["jobs_per_s"])
            print(json.dumps({"bench": "sim", "trace": form, "cluster": cluster, "policy": policy, "jobs": best["jobs"],
                              "seconds": round(best["seconds"], 4), "jobs_per_s": round(best["jobs_per_s"]),
                              "goal_jobs_per_s": goal, "runs": len(runs)}))


if __name__ == "__main__":
    main()
