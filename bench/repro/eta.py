"""How far `fulcrum eta` can be trusted, on Philly and RICC. Writes eta.md and eta.svg.

    FULCRUM_BIN_DIR=build/bin python3 bench/repro/eta.py [--from FOLDER]    # FOLDER: answers kept from before

The plot needs pygal (examples/case-8xp100/requirements.txt); without it only the page is written.
"""

import argparse
import json
from pathlib import Path

from replays import run, table, thousands, trace

WORLDS = [  # name, key, file, format, cluster, options
    ("Philly, 640 GPUs", "philly-80", "philly/philly.csv", "philly", "80x8", ("--train-days", 31, "--asked", 500)),
    ("Philly, 576 GPUs", "philly-72", "philly/philly.csv", "philly", "72x8", ("--train-days", 31, "--asked", 500)),
    ("RICC, 8,192 cores", "ricc", "swf/RICC-2010-2.swf.gz", "swf", "1x8192", ("--asked", 300)),
]
LEAST, MOST = 0.85, 0.95

TEXT = """# When a job will start: is P90 right?

Made by `eta.py`. Simulated throughout: the trace is replayed, and at the submission of drawn jobs the forecast of
`fulcrum eta` says when they will start, knowing what had happened by then and nothing else. The replay tells when they
did. Philly: learnt in October, tested in November 2017; RICC: first and second half. Of the first part, the first half
only fills the history; about 500 jobs (RICC: 300) of its second half teach the correction; as many of the second part
test it. 20 futures a job.

**What is known.** Past run times by user, size and requested time on RICC, of which wider groups know what part of the
requested time was used; by virtual cluster and size on Philly, whose public trace has no users and no limits. Backfilling
goes by the requested time on RICC, on Philly by the last two run times of the same cluster and size: the true ones are
never told. Later jobs: those of one to fourteen days before come again at the same hour (not under FIFO, where nobody
overtakes). In one future the jobs of a narrowest group draw alike.

**The correction** (split conformal prediction, by class of expected waiting) was learnt on the first part and left alone;
"learning on" takes in whatever else had started by the submission. It counts by days known, since jobs of a day share
their queue.

## Of the jobs that had to wait, how many had started by their P50 and P90
{held}

In brackets 95 %, with whole days of submission drawn anew. Jobs that start at once in every future are known to, did so
without exception where the last column says so, and are in no other figure.

**P90 within 85 to 95 %, as corrected by the first part: {within}.** {outside}

![Part of the jobs that had started by each quantile of their forecast](eta.svg)

## How sharp
Medians over the same jobs; ratios with a minute added to both sides.

{sharp}

## By expected waiting and by size
{classes}

## What to make of it
Waits of one week are one observation more than hundreds: the intervals say so. Where nobody overtakes and the queue is
days long, a forecast is as good as the run times expected of a few hundred jobs that wait, and those of one burst are
all off together: on RICC under FIFO the first part had such a burst, and what it taught is too careful for the second.
P50 leans late: what was learnt from came from busier weeks than what it was tested on.
How futures are drawn and how the correction counts was chosen on the first parts. One rule fell after a look at the
second: futures that also took over how far whole past stretches had been off held in 94 to 99 % uncorrected, and gained
nothing on Philly's first part. What the page cannot show: jobs that were withdrawn while they waited, nodes that failed.
"""


def percent(part):
    return f"{100 * part:.1f} %"


def answers(folder):
    for name, key, file, kind, cluster, options in WORLDS:
        if folder:
            yield name, json.loads((folder / f"{key}.json").read_text())
            continue
        path = trace(file)
        if path is None:
            raise SystemExit(f"{file} is not here; FULCRUM_TRACES names the folder of traces")
        yield name, run("calibrate", "--trace", path, "--format", kind, "--cluster", cluster, "--policy", "fifo,easy", *options)


def plot(curves, path):
    try:
        import pygal
    except ImportError:
        print("SKIPPED eta.svg: pygal is not installed")
        return
    chart = pygal.XY(width=720, height=520, title="Started by the forecast's quantile, % of jobs that waited",
                     x_title="quantile, %", y_title="%", js=[], legend_at_bottom=True, truncate_legend=-1,
                     range=(0, 100), xrange=(0, 100))
    chart.x_labels = chart.y_labels = list(range(0, 101, 10))
    chart.add("as it should be", [(0, 0), (100, 100)], show_dots=False, stroke_style={"dasharray": "4, 4"})
    for name, curve in curves:
        chart.add(name, [(100 * point["share"], 100 * point["fixed"]) for point in curve])
    path.write_text(chart.render(is_unicode=True), "utf-8")


def main():
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--from", dest="folder", type=Path)
    held, sharp, classes, curves, within, outside = [], [], [], [], 0, []
    for world, answer in answers(options.parse_args().folder):
        for figures in answer["policies"]:
            policy, row, sharpness = figures["policy"], figures["all"], figures["sharpness"]
            interval = figures["fixed_p90_interval"]
            held.append((world, policy, f"{row['jobs']:,}", percent(row["fixed_p50"]),
                         f"{percent(row['fixed_p90'])} [{100 * interval['low']:.0f}, {100 * interval['high']:.0f}]",
                         percent(row["plain_p90"]), percent(row["rolling_p90"]), f"{figures['learnt_from']:,}",
                         f"{figures['at_once']:,} of {figures['asked']:,}, {figures['at_once_did']:,} did"))
            sharp.append((world, policy, thousands(sharpness["waited_s"]), thousands(sharpness["p50_s"]),
                          thousands(sharpness["p90_s"]), f"{sharpness['p50_to_waited']:.2f}",
                          f"{sharpness['p90_to_waited']:.2f}", percent(sharpness["off_by"])))
            classes += [(world, policy, one["of"] + (" devices" if one["by"] == "devices" else ""), f"{one['jobs']:,}",
                         percent(one["fixed_p50"]), percent(one["fixed_p90"]), percent(one["plain_p90"]))
                        for one in figures["classes"]]
            curves.append((f"{world}, {policy}", figures["curve"]))
            if LEAST <= row["fixed_p90"] <= MOST:
                within += 1
            else:
                outside.append(f"{world}, {policy}: {percent(row['fixed_p90'])}")
    page = TEXT.format(
        held=table(("trace", "policy", "jobs that waited", "P50", "P90", "P90 uncorrected", "P90 learning on", "learnt from",
                    "at once"), held),
        sharp=table(("trace", "policy", "waited s", "P50 s", "P90 s", "P50 / waited", "P90 / waited", "P50 off by"), sharp),
        classes=table(("trace", "policy", "class", "jobs", "P50", "P90", "P90 uncorrected"), classes),
        within=f"{within} of {len(held)}", outside=f"Outside: {'; '.join(outside)}." if outside else "")
    Path(__file__).with_suffix(".md").write_text(page, encoding="utf-8")
    plot(curves, Path(__file__).with_suffix(".svg"))
    print(page)


if __name__ == "__main__":
    main()
