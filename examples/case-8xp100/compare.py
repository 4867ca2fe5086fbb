"""Replays the traces of workload.py in the twin and keeps its figures, one a line.

    python3 compare.py --traces traces --out figures.csv [--policy fifo,easy,…] [--fulcrum fulcrum]

What a policy knows of durations is `--predict` of `fulcrum sim`: last_two, or what a name ends with,
easy@limit.  Columns: seed, policy, setting (all: eight P100; newer: realtime on one newer card, the rest on eight
P100), class ("" for all jobs of a replay), figure, value.
"""

import argparse
import csv
import json
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from workload import CLASSES

POLICIES = ("fifo,easy,priority+easy,easy_smith,exact_smith,priority_preempt,easy@limit,easy@perfect,easy_smith@limit,"
            "easy_smith@perfect,priority_preempt@limit,priority_preempt@perfect")
# A policy that stops nobody is not touched by these.
STOPS = ["--preemptible", "--checkpoint-every", "600", "--restart", "60"]
PREDICT = "last_two"
# A trace's column "cluster", the twin's group, holds the team.
CLASS_OF = {team: class_ for class_, (team, _) in CLASSES.items()}
COLUMNS = ["seed", "policy", "setting", "class", "figure", "value"]
# trace, cluster, setting
REPLAYS = [("all", "1x8", "all"), ("rest", "1x8", "newer"), ("newer", "1x1", "newer")]
WHOLE = ["jobs", "makespan_s", "utilization", "cost", "cost_lower_bound", "gap", "bounded_slowdown", "preemptions",
         "most_preemptions", "lost_device_s"]
SPREAD = ["wait_s", "jct_s"]


def simulate(fulcrum: str, trace: Path, cluster: str, policy: str) -> dict[str, Any]:
    """What `fulcrum sim --json` says of one replay."""
    name, _, predict = policy.partition("@")
    run = subprocess.run([fulcrum, "sim", "--cluster", cluster, "--trace", str(trace), "--format", "philly",
                          "--policy", name, "--predict", predict or PREDICT, *STOPS, "--json"],
                         text=True, capture_output=True, check=False)
    if run.returncode != 0:
        raise SystemExit(f"{trace.name} with {policy}: fulcrum sim ended with {run.returncode}: {run.stderr.strip()}")
    answer: dict[str, Any] = json.loads(run.stdout)
    if answer.get("skipped"):
        raise SystemExit(f"{trace.name}: fulcrum sim left rows out: {answer['skipped']}")
    return answer


def figures(answer: dict[str, Any], one_class: str) -> Iterator[tuple[str, str, float]]:
    """(class, figure, value); `one_class` names the only class of the trace, if there is only one."""
    for name in WHOLE:
        if isinstance(answer.get(name), int | float):
            yield "", name, answer[name]
    groups = {"": answer}
    for team, group in answer.get("by_group", {}).items():
        groups[CLASS_OF[team]] = group
    if one_class:
        groups[one_class] = answer
    for class_, group in groups.items():
        for name in SPREAD:
            for part, value in group.get(name, {}).items():
                yield class_, f"{name}.{part}", value


def main() -> int:
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--traces", type=Path, required=True)
    options.add_argument("--out", type=Path, required=True)
    options.add_argument("--policy", default=POLICIES)
    options.add_argument("--fulcrum", default=os.environ.get("FULCRUM", "fulcrum"))
    given = options.parse_args()
    found = (re.fullmatch(r"seed-(\d+)\.all\.csv", path.name) for path in given.traces.glob("seed-*.all.csv"))
    seeds = sorted((match[1] for match in found if match), key=int)
    if not seeds:
        print(f"SKIPPED: {given.traces} has no traces; make them with workload.py", file=sys.stderr)
        return 0
    with open(given.out, "w", newline="", encoding="utf-8") as file:
        out = csv.writer(file, lineterminator="\n")
        out.writerow(COLUMNS)
        for seed in seeds:
            for policy in given.policy.split(","):
                for trace, cluster, setting in REPLAYS:
                    answer = simulate(given.fulcrum, given.traces / f"seed-{seed}.{trace}.csv", cluster, policy)
                    for class_, figure, value in figures(answer, "realtime" if trace == "newer" else ""):
                        # A setting of two replays has no figures over all.
                        if class_ or setting == "all":
                            out.writerow([int(seed), policy, setting, class_, figure, value])
    return 0


if __name__ == "__main__":
    sys.exit(main())
