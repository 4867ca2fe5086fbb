#!/usr/bin/env python3
"""Repeats the allocation experiment of FGD (Weng et al., ATC 2023) and sets the results beside the
published ones.

    bench/repro/fgd.py --traces FOLDER [--bin FOLDER] [--write bench/repro/fgd.md] [--seeds 10]

FOLDER holds the openb lists and published_allocation_ratio.csv. Prints one JSON line a figure.
"""
import argparse
import csv
import json
import os
import pathlib
import subprocess
from collections import defaultdict
from statistics import mean

POLICIES = {"random": "01-Random", "dot_product": "02-DotProd", "clustering": "03-GpuClustering",
            "packing": "04-GpuPacking", "best_fit": "05-BestFit", "fgd": "06-FGD",
            "fgd_balanced": None}
WORKLOADS = ["default", "cpu100", "cpu250", "gpushare40", "gpushare100", "gpuspec33", "multigpu20"]
FIRST_SEED = 42
TOLERANCE = {"fgd": 0.15}
OTHERS_TOLERANCE = 0.3


def published(traces):
    """{(workload, policy): (percent at 100, percent at 130)}, means over the seeds."""
    rows = defaultdict(list)
    with open(traces / "published_allocation_ratio.csv", encoding="utf-8") as file:
        for row in csv.DictReader(file):
            workload = row["workload"].removeprefix("openb_pod_list_")
            rows[workload, row["policy"]].append(
                (float(row["allocated_percent_at_100"]), float(row["allocated_percent_at_130"])))
    return {key: tuple(mean(column) for column in zip(*values)) for key, values in rows.items()}


def measure(program, traces, workload, policy, seeds, order):
    """Percent at 100 and 130, decisions a second; means over the seeds."""
    out = subprocess.run(
        [program, "sim", "--format", "openb", "--nodes", traces / "openb_node_list_gpu_node.csv",
         "--trace", traces / f"openb_pod_list_{workload}.csv", "--policy", policy, "--load", "1.3",
         "--seed", str(FIRST_SEED), "--seeds", str(seeds), "--node-order", order, "--json"],
        check=True, stdout=subprocess.PIPE, text=True).stdout
    runs = json.loads(out)
    runs = runs if isinstance(runs, list) else [runs]
    return (100 * mean(run["allocation_ratio"]["1.0"] for run in runs),
            100 * mean(run["allocation_ratio"]["1.3"] for run in runs),
            sum(run["decisions"] for run in runs) / sum(run["seconds"] for run in runs))


def table(results, theirs, order):
    """Ours at 100/130 beside the published, the difference in bold where it is out of tolerance."""
    lines = ["| workload | " + " | ".join(POLICIES) + " |", "|---" * (len(POLICIES) + 1) + "|"]
    for workload in WORKLOADS:
        cells = []
        for policy, name in POLICIES.items():
            ours = results[order, workload, policy]
            cell = f"{ours[0]:.2f}/{ours[1]:.2f}"
            if name:
                difference = [ours[i] - theirs[workload, name][i] for i in (0, 1)]
                text = f"{difference[0]:+.2f}/{difference[1]:+.2f}"
                if max(map(abs, difference)) > TOLERANCE.get(policy, OTHERS_TOLERANCE):
                    text = f"**{text}**"
                cell += f" ({text})"
            cells.append(cell)
        lines.append(f"| {workload} | " + " | ".join(cells) + " |")
    cells = []
    for policy in POLICIES:
        at = [mean(results[order, workload, policy][i] for workload in WORKLOADS) for i in (0, 1)]
        cells.append(f"{at[0]:.2f}/{at[1]:.2f}")
    return "\n".join(lines + ["| mean | " + " | ".join(cells) + " |"])


def report(results, theirs, seeds):
    fgd = [mean(theirs[workload, POLICIES["fgd"]][i] for workload in WORKLOADS) for i in (0, 1)]
    ours = [mean(results["mixed", workload, "fgd_balanced"][i] for workload in WORKLOADS)
            for i in (0, 1)]
    same = [mean(results["mixed", workload, "fgd"][i] for workload in WORKLOADS) for i in (0, 1)]
    text = (pathlib.Path(__file__).parent / "fgd_rules.md").read_text(encoding="utf-8")
    return text.format(
        seeds=f"{FIRST_SEED}–{FIRST_SEED + seeds - 1}", mixed=table(results, theirs, "mixed"),
        name=table(results, theirs, "name"), fgd=f"{fgd[0]:.2f}/{fgd[1]:.2f}",
        ours=f"{ours[0]:.2f}/{ours[1]:.2f}",
        gain=f"{ours[0] - fgd[0]:+.2f}/{ours[1] - fgd[1]:+.2f}",
        paired=f"{ours[0] - same[0]:+.2f}/{ours[1] - same[1]:+.2f}")


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--traces", type=pathlib.Path, required=True)
    parser.add_argument("--bin", type=pathlib.Path,
                        default=pathlib.Path(os.environ.get("FULCRUM_BIN_DIR", "build/bin")))
    parser.add_argument("--write", type=pathlib.Path)
    parser.add_argument("--seeds", type=int, default=10)
    options = parser.parse_args()
    theirs, results = published(options.traces), {}
    for order in ("mixed", "name"):
        for workload in WORKLOADS:
            for policy, name in POLICIES.items():
                ours = measure(options.bin / "fulcrum", options.traces, workload, policy,
                               options.seeds, order)
                results[order, workload, policy] = ours
                line = {"repro": "fgd", "node_order": order, "workload": workload,
                        "policy": policy, "allocated_percent_at_100": round(ours[0], 3),
                        "allocated_percent_at_130": round(ours[1], 3)}
                if name:
                    line["published_at_100"], line["published_at_130"] = (
                        round(x, 3) for x in theirs[workload, name])
                line["decisions_per_s"] = round(ours[2])
                print(json.dumps(line), flush=True)
    if options.write:
        options.write.write_text(report(results, theirs, options.seeds), encoding="utf-8")


if __name__ == "__main__":
    main()
