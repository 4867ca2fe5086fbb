"""Philly: mean completion times beside an independent replay's. Writes philly.md.

    FULCRUM_BIN_DIR=build/bin python3 bench/repro/philly.py [--seeds 20]
"""

import argparse
import statistics
from pathlib import Path

from replays import sim, table, thousands, trace

PUBLISHED = {  # GPUs: (FIFO, SJF, smallest device time), mean JCT in s
    640: (30472, 13304, 12921),
    576: (102207, 15207, 14190),
    512: (318141, 18356, 16549),
}
CHECKED = ("fifo", "sjf", "smallest_device_time")
BESIDE = ("easy", "easy_sjf", "easy_smith", "fair_share", "fair_share_easy", "round_robin")

TEXT = """# Philly: a check of the replay

Made by `philly.py` from the public Philly trace. Simulated throughout.

**Rows kept.** {jobs} of 82,247: submitted in October or November 2017 ({outside} are not), of a virtual cluster
that `vc_nodes.csv` lists ({unlisted} are not: three clusters with two or three jobs each and no nodes). Durations
are known to the policy exactly. One pool of 8-GPU nodes; a job of up to 8 GPUs runs on one node, a larger one on
whole nodes and, for the remainder, on one more. The node left with the fewest free GPUs is taken; ties go to the
first node. Order is strict except under EASY.

## Beside the reference (mean completion time, s)
{check}

SJF and smallest device time agree to the second. FIFO differs by about one per cent, and not for a rule: the trace
has several jobs in one second, and which of them came first is not in it. FIFO with strict order passes such a
choice on to everything behind it. With those ties drawn anew, {seeds} times:

{ties}

The order of the file is one such draw, and so is the reference's.

## Other policies beside it
{beside}

`gap`: by how much Σ priority·devices·completion exceeds a value that no schedule can be below.
Unfairness: T_shared / T_ideal (Themis), the worst job and the mean; above 1 a job fared worse than with an equal share.
"""


def main():
    options = argparse.ArgumentParser()
    options.add_argument("--seeds", type=int, default=20)
    seeds = options.parse_args().seeds
    path = trace("philly/philly.csv")
    if path is None:
        raise SystemExit("the Philly trace is not here; FULCRUM_TRACES names the folder of traces")
    common = ("--trace", path, "--format", "philly")
    check, ties, beside, skipped, jobs = [], [], [], {}, 0
    for gpus, published in PUBLISHED.items():
        cluster = f"{gpus // 8}x8"
        runs = sim("--cluster", cluster, "--policy", ",".join(CHECKED + BESIDE), *common)
        skipped, jobs = runs[0]["skipped"], runs[0]["jobs"]
        for run, theirs in zip(runs, published, strict=False):
            mean = run["jct_s"]["mean"]
            check.append((gpus, run["policy"], thousands(mean), thousands(theirs), f"{100 * (mean / theirs - 1):+.2f} %"))
        for run in runs:
            fair = run["finish_time_fairness"]
            beside.append((gpus, run["policy"], thousands(run["jct_s"]["mean"]), thousands(run["wait_s"]["mean"]),
                           thousands(run["wait_s"]["p90"]), f"{run['bounded_slowdown']['mean']:.2f}",
                           f"{100 * run['gap']:.2f} %", f"{fair['worst']:,.0f} / {fair['mean']:.2f}"))
        drawn = [run["jct_s"]["mean"] for run in sim("--cluster", cluster, "--policy", "fifo", "--seeds", seeds + 1,
                                                     *common)[1:]]
        ties.append((gpus, thousands(min(drawn)), thousands(statistics.fmean(drawn)), thousands(max(drawn)),
                     thousands(published[0])))
    page = TEXT.format(
        jobs=f"{jobs:,}", outside=f"{skipped['outside October and November 2017']:,}",
        unlisted=skipped["virtual cluster without nodes"], seeds=seeds,
        check=table(("GPUs", "policy", "here", "reference", "difference"), check),
        ties=table(("GPUs", "FIFO, lowest", "mean", "highest", "reference"), ties),
        beside=table(("GPUs", "policy", "mean completion s", "mean wait s", "p90 wait s", "bounded slowdown", "gap",
                      "unfairness"), beside))
    Path(__file__).with_suffix(".md").write_text(page, encoding="utf-8")
    print(page)


if __name__ == "__main__":
    main()
