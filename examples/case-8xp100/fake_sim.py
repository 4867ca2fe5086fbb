"""Stands in for `fulcrum sim` in the tests: whole devices of one node, durations known to the policy.

The same options and the same shape of answer as far as compare.py uses them.
"""

import argparse
import csv
import json
import statistics
import sys
from datetime import datetime


def read(path):
    with open(path, newline="", encoding="utf-8") as file:
        jobs = [(datetime.fromisoformat(row["timestamp"]).timestamp(), float(row["duration"]),
                 int(row["num_gpus"]), row["cluster"], int(row["priority"])) for row in csv.DictReader(file)]
    return sorted(jobs, key=lambda job: job[0])


def starts_in_time(job, now, free, running, head):
    """Would `job`, started now, leave the head's earliest start where it is?"""
    left, shadow = free, now
    for end, gpus in sorted(running):
        if left >= head[2]:
            break
        left, shadow = left + gpus, end
    return now + job[1] <= shadow or job[2] <= left - head[2]


def replay(jobs, devices, policy):
    """Start of each job, in the order of `jobs`."""
    start, waiting, running = {}, [], []     # running: (end, devices)
    coming, now = list(range(len(jobs))), 0.
    while coming or waiting:
        free = devices - sum(gpus for _, gpus in running)
        if "smith" in policy:
            waiting.sort(key=lambda index: (-jobs[index][4] / jobs[index][1], index))
        elif "priority" in policy:
            waiting.sort(key=lambda index: (-jobs[index][4], index))
        for index in list(waiting):
            job, head = jobs[index], jobs[waiting[0]]
            fits = job[2] <= free
            if fits and (index == waiting[0] or
                         "easy" in policy and starts_in_time(job, now, free, running, head)):
                start[index] = now
                running.append((now + job[1], job[2]))
                free -= job[2]
                waiting.remove(index)
            elif "easy" not in policy:
                break
        moments = [end for end, _ in running] + ([jobs[coming[0]][0]] if coming else [])
        now = min(moments) if moments else now
        running = [(end, gpus) for end, gpus in running if end > now]
        while coming and jobs[coming[0]][0] <= now:
            waiting.append(coming.pop(0))
    return [start[index] for index in range(len(jobs))]


def spread(values):
    ordered = sorted(values)
    return {"mean": statistics.fmean(ordered), "p50": ordered[len(ordered) // 2],
            "p90": ordered[int(.9 * (len(ordered) - 1))], "p99": ordered[int(.99 * (len(ordered) - 1))]}


def group(jobs, starts):
    waits = [at - job[0] for job, at in zip(jobs, starts, strict=True)]
    return {"jobs": len(jobs), "wait_s": spread(waits),
            "jct_s": spread([wait + job[1] for job, wait in zip(jobs, waits, strict=True)])}


def main():
    options = argparse.ArgumentParser()
    options.add_argument("verb", choices=["sim"])
    for name in ("--cluster", "--trace", "--format", "--policy", "--predict"):
        options.add_argument(name, required=True)
    options.add_argument("--preemptible", action="store_true")  # it stops nobody
    for name in ("--checkpoint-every", "--restart"):
        options.add_argument(name)
    options.add_argument("--json", action="store_true", required=True)
    given = options.parse_args()
    devices = int(given.cluster.removeprefix("1x"))
    jobs = read(given.trace)
    starts = replay(jobs, devices, given.policy)
    makespan_s = max(at + job[1] for job, at in zip(jobs, starts, strict=True)) - jobs[0][0]
    teams = {}
    for job, at in zip(jobs, starts, strict=True):
        teams.setdefault(job[3], ([], []))
        teams[job[3]][0].append(job)
        teams[job[3]][1].append(at)
    json.dump({**group(jobs, starts), "makespan_s": makespan_s,
               "utilization": sum(job[1] * job[2] for job in jobs) / (devices * makespan_s),
               "cost": sum(job[4] * job[2] * (at + job[1] - jobs[0][0])
                           for job, at in zip(jobs, starts, strict=True)),
               "by_group": {name: group(*some) for name, some in teams.items()}}, sys.stdout)


if __name__ == "__main__":
    main()
