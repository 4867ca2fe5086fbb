"""RICC with EASY backfilling. Writes ricc.md.

    FULCRUM_BIN_DIR=build/bin python3 bench/repro/ricc.py
"""

from pathlib import Path

from replays import sim, table, thousands, trace

TEXT = """# RICC-2010-2 with EASY

Made by `ricc.py` from the log of the RIKEN Integrated Cluster of Clusters in the Parallel Workloads Archive (thanks to
Motoyoshi Kurokawa, RIKEN). Simulated throughout.

**Rows.** 447,794 in the log; {skipped} with a run time of 0 left out, {jobs} kept. No filter on status: a job that was
killed held its processors, too. Processors are the allocated ones (field 5); the requested ones (field 8) differ for
6,976 jobs. Run times are as logged, also the 7,092 above the requested time. Two jobs have no requested time; while
the end of one of these would be needed to say when the head starts, nobody overtakes it. Nothing was cut
from the log's beginning or end.

**Machine.** One pool of 8,192 processors: where on it a job runs does not matter, so no result depends on nodes.
Bounded slowdown: max(1, (wait + run) / max(run, 10 s)).

{results}

What the policy knows of durations: `limit`: what the user asked for, as a real scheduler would; `last_two`: mean of
the user's last two run times, at most the limit, longer once it proves too short (Tsafrir, Etsion, Feitelson 2007);
`perfect`: the run time itself.
"""


def main():
    path = trace("swf/RICC-2010-2.swf.gz")
    if path is None:
        raise SystemExit("the RICC log is not here; FULCRUM_TRACES names the folder of traces")
    rows, skipped, jobs = [], {}, 0
    for predict in ("limit", "last_two", "perfect"):
        for run in sim("--cluster", "1x8192", "--trace", path, "--format", "swf", "--predict", predict, "--policy",
                       "fifo,easy,easy_sjf" if predict == "limit" else "easy,easy_sjf"):
            skipped, jobs = run["skipped"], run["jobs"]
            slowdown = run["bounded_slowdown"]
            rows.append((run["policy"], "any" if run["policy"] == "fifo" else predict, f"{slowdown['mean']:.2f}",
                         f"{slowdown['p50']:.2f}", f"{slowdown['p90']:.1f}", f"{slowdown['p99']:,.0f}",
                         thousands(run["wait_s"]["mean"]), thousands(run["jct_s"]["mean"]),
                         f"{run['utilization']:.4f}", f"{100 * run['gap']:.2f} %"))
    page = TEXT.format(skipped=skipped["never ran"], jobs=f"{jobs:,}",
                       results=table(("policy", "predictions", "bounded slowdown", "p50", "p90", "p99", "mean wait s",
                                      "mean completion s", "utilization", "gap"), rows))
    Path(__file__).with_suffix(".md").write_text(page, encoding="utf-8")
    print(page)


if __name__ == "__main__":
    main()
