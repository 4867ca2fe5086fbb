"""A month of a recommender start-up's work for eight P100, one trace a seed.

    python3 workload.py --out traces [--philly philly.csv] [--seeds 20] [--newer-card 2.1]

Who submits what, and when, is invented (CLASSES below); how long a job runs is drawn from the jobs
of the Philly trace that have the class's devices and its bounds.  The header is Philly's, with class,
priority, user and limit behind it.  Without the Philly trace nothing is written, and the exit status is 0.
"""

import argparse
import csv
import random
import sys
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PHILLY = ROOT.parent / "shared/data/traces/philly/philly.csv"
HEADER = ["timestamp", "duration", "num_gpus", "gpu_time", "cluster", "class", "priority", "user", "limit"]
# A Monday in the months that the reader of Philly traces keeps.
START, DAYS = datetime(2017, 10, 2), 30
HOUR_S = 3600.
DAY_S = 24 * HOUR_S


@dataclass(frozen=True)
class Kind:
    """Jobs of a class with the same devices; durations in [shortest_s, longest_s] are drawn for it.

    The name is who submits it, as predictions from the last run times see it; the time limit that is
    asked for is longest_s.
    """
    name: str
    num_gpus: int
    shortest_s: float
    longest_s: float


@dataclass(frozen=True)
class Job:
    submit_s: float     # after START
    duration_s: float
    num_gpus: int
    team: str
    class_: str
    priority: int
    user: str
    limit_s: float


# Class → (team, priority).  A priority says what an hour of waiting is worth beside another's.
CLASSES = {"realtime": ("recommender", 8), "notebook": ("development", 4), "search": ("research", 2),
           "labelling": ("labelling", 1)}
REFRESH = Kind("refresh", 2, .25 * HOUR_S, 3 * HOUR_S)     # the realtime recommender on the last clicks
FULL = Kind("full", 8, 1 * HOUR_S, 8 * HOUR_S)          # … and anew on everything
TRIAL = Kind("trial", 1, 1 * HOUR_S, 24 * HOUR_S)
WIDE_TRIAL = Kind("wide_trial", 4, 1 * HOUR_S, 24 * HOUR_S)
BATCH = Kind("batch", 1, 1 * HOUR_S, 12 * HOUR_S)
NOTEBOOK = Kind("notebook", 1, 60, 4 * HOUR_S)


def realtime(draw: random.Random) -> Iterator[tuple[float, Kind]]:
    """Every three hours a refresh; Sunday at two in the morning everything anew."""
    for day in range(DAYS):
        for hour in range(0, 24, 3):
            yield day * DAY_S + hour * HOUR_S + draw.uniform(0, 600), REFRESH
        if weekday(day) == 6:
            yield day * DAY_S + 2 * HOUR_S, FULL


def notebooks(draw: random.Random) -> Iterator[tuple[float, Kind]]:
    """From nine to seven on working days, sixteen a day, whenever somebody feels like it."""
    for day in working_days():
        at = 9 * HOUR_S
        while (at := at + draw.expovariate(16 / (10 * HOUR_S))) < 19 * HOUR_S:
            yield day * DAY_S + at, NOTEBOOK


def searches(draw: random.Random) -> Iterator[tuple[float, Kind]]:
    """On three working days of four somebody submits a search at once: 8 to 24 trials, one in eight wide."""
    for day in working_days():
        if draw.random() < 3 / 4:
            at = day * DAY_S + draw.uniform(10, 18) * HOUR_S
            for _ in range(draw.randint(8, 24)):
                yield at, WIDE_TRIAL if draw.random() < 1 / 8 else TRIAL


def labelling(draw: random.Random) -> Iterator[tuple[float, Kind]]:
    """Every evening at eight what the day brought is labelled, in 6 to 14 batches."""
    for day in range(DAYS):
        for _ in range(draw.randint(6, 14)):
            yield day * DAY_S + 20 * HOUR_S, BATCH


SUBMISSIONS = {"realtime": realtime, "notebook": notebooks, "search": searches, "labelling": labelling}


def weekday(day: int) -> int:
    return (START + timedelta(days=day)).weekday()


def working_days() -> Iterator[int]:
    return (day for day in range(DAYS) if weekday(day) < 5)


def read_philly(path: Path) -> dict[int, list[float]]:
    """Durations in seconds by number of devices, ascending."""
    durations: dict[int, list[float]] = {}
    with open(path, newline="", encoding="utf-8") as file:
        for row in csv.DictReader(file):
            durations.setdefault(int(row["num_gpus"]), []).append(float(row["duration"]))
    return {num_gpus: sorted(some) for num_gpus, some in durations.items()}


def month(philly: dict[int, list[float]], seed: int) -> list[Job]:
    """By submission.  Each class draws from its own stream: changing one leaves the others alone."""
    jobs = []
    for class_, submissions in SUBMISSIONS.items():
        draw = random.Random(f"{seed}/{class_}")
        team, priority = CLASSES[class_]
        for submit_s, kind in submissions(draw):
            jobs.append(Job(submit_s, draw.choice(fitting(philly, kind)), kind.num_gpus, team, class_, priority,
                            kind.name, kind.longest_s))
    return sorted(jobs, key=lambda job: job.submit_s)


_fitting: dict[tuple[int, Kind], list[float]] = {}


def fitting(philly: dict[int, list[float]], kind: Kind) -> list[float]:
    key = (id(philly), kind)
    if key not in _fitting:
        _fitting[key] = [duration for duration in philly.get(kind.num_gpus, [])
                         if kind.shortest_s <= duration <= kind.longest_s]
        if not _fitting[key]:
            raise SystemExit(f"the Philly trace has no job with {kind.num_gpus} devices that took "
                             f"{kind.shortest_s:.0f} to {kind.longest_s:.0f} s")
    return _fitting[key]


def on_newer_card(job: Job, ratio: float) -> Job:
    """The job, and what is asked for it, on one card that is worth `ratio` P100."""
    shrink = job.num_gpus / ratio
    return replace(job, duration_s=job.duration_s * shrink, limit_s=job.limit_s * shrink, num_gpus=1)


def load(jobs: list[Job], devices: int) -> float:
    """Device-time asked ÷ device-time there in the month."""
    return sum(job.duration_s * job.num_gpus for job in jobs) / (devices * DAYS * DAY_S)


def write_trace(path: Path, jobs: list[Job]) -> None:
    with open(path, "w", newline="", encoding="utf-8") as file:
        out = csv.writer(file, lineterminator="\n")
        out.writerow(HEADER)
        for job in jobs:
            at = START + timedelta(seconds=int(job.submit_s))
            duration_s = round(max(job.duration_s, 1.), 1)
            out.writerow([f"{at:%Y-%m-%d %H:%M:%S}", duration_s, job.num_gpus,
                          round(duration_s * job.num_gpus, 1), job.team, job.class_, job.priority,
                          job.user, round(job.limit_s, 1)])


def main() -> int:
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--out", type=Path, required=True)
    options.add_argument("--philly", type=Path, default=PHILLY)
    options.add_argument("--seeds", type=int, default=20, help="1 to N")
    options.add_argument("--newer-card", type=float, default=2.1, metavar="P100S",
                         help="how many P100 one newer card is worth (2.1: an A100's bandwidth)")
    given = options.parse_args()
    if not given.philly.exists():
        print(f"SKIPPED: there is no Philly trace at {given.philly}; name one with --philly", file=sys.stderr)
        return 0
    if given.seeds < 1 or not given.newer_card > 0:
        options.error("--seeds is at least 1, and --newer-card is above 0")
    philly = read_philly(given.philly)
    given.out.mkdir(parents=True, exist_ok=True)
    for seed in range(1, given.seeds + 1):
        jobs = month(philly, seed)
        rest = [job for job in jobs if job.class_ != "realtime"]
        newer = [on_newer_card(job, given.newer_card) for job in jobs if job.class_ == "realtime"]
        for name, some in (("all", jobs), ("rest", rest), ("newer", newer)):
            write_trace(given.out / f"seed-{seed:02}.{name}.csv", some)
        print(f"seed {seed}: {len(jobs)} jobs, load {load(jobs, 8):.2f} of eight P100; without realtime "
              f"{load(rest, 8):.2f}, realtime on one newer card {load(newer, 1):.2f}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
