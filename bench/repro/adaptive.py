"""The adaptive mode beside fixed presets, on Philly and RICC. Writes adaptive.md.

    FULCRUM_BIN_DIR=build/bin python3 bench/repro/adaptive.py
"""

from pathlib import Path

from replays import advise, table, thousands, trace

PRESETS = ("easy", "smith", "easy_smith", "smallest_device_time")
MEASURES = {"weighted_wait": "all", "burst_wait": "bursts"}
WORLDS = [  # name, file, format, cluster
    *((f"Philly, {nodes} x 8", "philly/philly.csv", "philly", f"{nodes}x8") for nodes in (64, 72, 80)),
    ("RICC, 8,192 cores", "swf/RICC-2010-2.swf.gz", "swf", "1x8192"),
]
MOST_BEHIND = 0.05

TEXT = """# Adaptive mode beside fixed presets

Made by `adaptive.py`. Simulated throughout. Philly: October and November 2017, true durations known; RICC: the limits
that users asked for. Mean waiting weighted by devices, in s (the cost differs between policies by this times the sum of
the weights). Bursts: of jobs that came in the tenth of the quarters of a day in which most device time was asked for.

{results}

**The aim: never more than {most:.0f} % behind the best fixed preset over the whole of a trace, and better than it in bursts:
{verdict}.**
{behind}
{bursts}

The rule: every day easy_smith, smith and easy are replayed on the jobs of the last 60 days (at most the newest
60,000), and the best rules when it beats the ruling one by 5 %. It knows only what had happened by then. Members, memory
and margin were chosen on these Philly rows and on the first half of RICC, so Philly is no independent test; the second
half of RICC is one, but there it never switches. A memory of 14 days with the same members was 20 % behind on Philly with
64 nodes and 16 % behind on the first half of RICC. About 14 settings were tried on each Philly cluster and 12 on RICC's
first half; others were up to 27 % behind on Philly and 40 % on RICC's half, so these figures flatter the rule. It does not answer
bursts, which are over before two months' jobs tell.
"""


def results():
    """Rows of the table; worlds too far behind; worlds where bursts are not better."""
    rows, behind, bursts = [], [], []
    for world, file, kind, cluster in WORLDS:
        path = trace(file)
        if path is None:
            raise SystemExit(f"{file} is not here; FULCRUM_TRACES names the folder of traces")
        ranking = {one["policy"]: one["measures"] for one in advise(
            "--trace", path, "--format", kind, "--cluster", cluster, "--policy", ",".join((*PRESETS, "adaptive")),
            "--resamples", "0")["ranking"]}
        for measure, name in MEASURES.items():
            means = {policy: measures[measure]["mean"] for policy, measures in ranking.items()}
            best = min(PRESETS, key=means.__getitem__)
            by = means["adaptive"] / means[best] - 1
            rows.append((world, name, *(thousands(means[policy]) for policy in PRESETS), thousands(means["adaptive"]),
                         f"{100 * by:+.1f} % ({best})"))
            if measure == "weighted_wait" and by > MOST_BEHIND:
                behind.append(world)
            if measure == "burst_wait" and by >= 0:
                bursts.append(world)
    return rows, behind, bursts


def main():
    rows, behind, bursts = results()
    page = TEXT.format(
        results=table(("cluster", "jobs", *PRESETS, "adaptive", "to the best preset"), rows), most=100 * MOST_BEHIND,
        verdict="not met" if behind or bursts else "met",
        behind=f"Further behind: {'; '.join(behind)}." if behind else "Nowhere further behind.",
        bursts=f"Not better in bursts: {'; '.join(bursts)}." if bursts else "Better in bursts everywhere.")
    Path(__file__).with_suffix(".md").write_text(page, encoding="utf-8")
    print(page)


if __name__ == "__main__":
    main()
