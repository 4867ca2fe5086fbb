"""The whole way with a small stand-in for the Philly trace, and fake_sim.py for the twin."""

import contextlib
import csv
import io
import random
import statistics
import sys
import tempfile
import unittest
from collections import Counter
from datetime import datetime
from pathlib import Path
from unittest import mock

import compare
import fake_sim
import page
import workload

HERE = Path(__file__).resolve().parent


def invented_philly(folder: Path) -> Path:
    draw = random.Random(5)
    path = folder / "philly.csv"
    with open(path, "w", newline="", encoding="utf-8") as file:
        out = csv.writer(file)
        out.writerow(["timestamp", "duration", "num_gpus", "gpu_time", "cluster"])
        for num_gpus in (1, 2, 4, 8):
            for _ in range(300):
                duration = round(10 ** draw.uniform(1, 5.5), 1)
                out.writerow(["2017-10-09 07:01:55", duration, num_gpus, duration * num_gpus, "11cb48"])
    return path


def run(program, *arguments) -> tuple[int, str]:
    """(exit status, what it printed)"""
    with mock.patch.object(sys, "argv", [program.__name__, *map(str, arguments)]), \
            contextlib.redirect_stdout(io.StringIO()) as out, contextlib.redirect_stderr(out):
        return program.main(), out.getvalue()


def rows(path: Path) -> list[dict[str, str]]:
    with open(path, newline="", encoding="utf-8") as file:
        return list(csv.DictReader(file))


class InAFolder(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = Path(folder.name)
        self.philly = invented_philly(self.folder)

    def traces(self, name: str, seeds: int) -> Path:
        out = self.folder / name
        self.assertEqual(run(workload, "--out", out, "--philly", self.philly, "--seeds", seeds)[0], 0)
        return out


class Workload(InAFolder):
    def test_without_the_trace_it_says_so(self):
        status, text = run(workload, "--out", self.folder / "t", "--philly", self.folder / "none.csv")
        self.assertEqual((status, text.startswith("SKIPPED: "), (self.folder / "t").exists()), (0, True, False))

    def test_a_seed_is_a_month(self):
        first, again = self.traces("a", 2), self.traces("b", 2)
        names = sorted(path.name for path in first.iterdir())
        self.assertEqual(names, [f"seed-0{seed}.{part}.csv" for seed in (1, 2) for part in ("all", "newer", "rest")])
        for name in names:
            self.assertEqual((first / name).read_bytes(), (again / name).read_bytes())
        self.assertNotEqual((first / names[0]).read_bytes(), (first / names[3]).read_bytes())

    def test_rows_are_of_their_class(self):
        jobs = rows(self.traces("a", 1) / "seed-01.all.csv")
        self.assertEqual(list(jobs[0]), [*rows(self.philly)[0], "class", "priority", "user", "limit"])
        moments = [datetime.fromisoformat(job["timestamp"]) for job in jobs]
        self.assertEqual(moments, sorted(moments))
        self.assertTrue(all(0 <= (moment - workload.START).days < workload.DAYS for moment in moments))
        known = {(row["num_gpus"], float(row["duration"])) for row in rows(self.philly)}
        for job in jobs:
            self.assertEqual((job["cluster"], int(job["priority"])), workload.CLASSES[job["class"]])
            self.assertIn((job["num_gpus"], float(job["duration"])), known)
            self.assertAlmostEqual(float(job["gpu_time"]), float(job["duration"]) * int(job["num_gpus"]), places=1)
            kinds = {"realtime": (workload.REFRESH, workload.FULL), "notebook": (workload.NOTEBOOK,),
                     "search": (workload.TRIAL, workload.WIDE_TRIAL), "labelling": (workload.BATCH,)}[job["class"]]
            kind, = (one for one in kinds if one.num_gpus == int(job["num_gpus"]))
            self.assertTrue(kind.shortest_s <= float(job["duration"]) <= kind.longest_s, job)
            self.assertEqual((job["user"], float(job["limit"])), (kind.name, kind.longest_s))
        count = Counter((job["class"], job["num_gpus"]) for job in jobs)
        self.assertEqual((count["realtime", "2"], count["realtime", "8"]), (240, 4))
        self.assertEqual({class_ for class_, _ in count}, set(workload.CLASSES))

    def test_the_newer_card_takes_the_same_device_time_by_its_worth(self):
        traces = self.traces("a", 1)
        realtime = [job for job in rows(traces / "seed-01.all.csv") if job["class"] == "realtime"]
        newer, rest = rows(traces / "seed-01.newer.csv"), rows(traces / "seed-01.rest.csv")
        self.assertEqual([job["timestamp"] for job in newer], [job["timestamp"] for job in realtime])
        for before, after in zip(realtime, newer, strict=True):
            self.assertEqual(after["num_gpus"], "1")
            self.assertAlmostEqual(float(after["duration"]), float(before["gpu_time"]) / 2.1, delta=.06)
            self.assertLessEqual(float(after["duration"]), float(after["limit"]))
        self.assertNotIn("realtime", {job["class"] for job in rest})

    def test_a_class_leaves_the_others_alone(self):
        philly = workload.read_philly(self.philly)
        before = workload.month(philly, 3)
        with mock.patch.dict(workload.SUBMISSIONS, {"search": lambda draw: iter(())}):
            after = workload.month(philly, 3)
        self.assertEqual(after, [job for job in before if job.class_ != "search"])


class Replay(unittest.TestCase):
    """(submitted, duration, devices, team, priority) on four devices."""

    def starts(self, policy, *jobs):
        return fake_sim.replay([(*job, "x", 1)[:5] if len(job) == 3 else job for job in jobs], 4, policy)

    def test_by_hand(self):
        jobs = [(0, 10, 3), (1, 5, 4), (2, 9, 1), (2, 8, 1)]
        self.assertEqual(self.starts("fifo", *jobs), [0, 10, 15, 15])
        # 2 + 9 ends after the head's start at 10, 2 + 8 with it.
        self.assertEqual(self.starts("easy", *jobs), [0, 10, 15, 2])
        self.assertEqual(self.starts("easy_smith", (0, 10, 3, "x", 1), (1, 5, 4, "x", 1), (2, 8, 1, "x", 1)),
                         [0, 10, 2])
        self.assertEqual(self.starts("smith", (0, 10, 4, "x", 1), (1, 6, 4, "x", 1), (2, 8, 4, "x", 4)), [0, 18, 10])


class Page(InAFolder):
    def compare(self) -> Path:
        fake = self.folder / "fulcrum"
        fake.write_text(f'#!/bin/sh\nexec "{sys.executable}" "{HERE / "fake_sim.py"}" "$@"\n')
        fake.chmod(0o755)
        figures = self.folder / "figures.csv"
        self.assertEqual(run(compare, "--traces", self.traces("t", 3), "--out", figures, "--fulcrum", fake)[0], 0)
        return figures

    def test_from_traces_to_the_page(self):
        figures = self.compare()
        told = rows(figures)
        self.assertEqual({row["policy"] for row in told}, set(compare.POLICIES.split(",")))
        self.assertEqual({row["seed"] for row in told}, {"1", "2", "3"})
        self.assertFalse([row for row in told if row["setting"] == "newer" and row["class"] == ""])
        for out in ("one", "two"):
            self.assertEqual(run(page, "--figures", figures, "--out", self.folder / out)[0], 0)
        text = (self.folder / "one/page.md").read_text("utf-8")
        self.assertEqual(text, (self.folder / "two/page.md").read_text("utf-8"))
        waits = [float(row["value"]) / 3600 for row in told
                 if (row["policy"], row["setting"], row["class"], row["figure"]) ==
                 ("easy", "all", "notebook", "wait_s.mean")]
        self.assertIn("| notebook | ", text)
        self.assertIn(f"{statistics.fmean(waits):,.2f} (", text)
        for word in ("Where priority_preempt loses", "| all jobs | ", "| easy | limit | ",
                     "no Tensor Cores", "one newer card", "Simulated: 3 invented months"):
            self.assertIn(word, text)
        self.assertIn("not told", text)     # fake_sim knows no lower bound
        for plot in (self.folder / "one").glob("*.svg"):
            self.assertEqual(plot.read_bytes(), (self.folder / "two" / plot.name).read_bytes())
            self.assertNotRegex(plot.read_text("utf-8"), "<script|<!--")

    def test_unknown_choice(self):
        figures = self.folder / "figures.csv"
        figures.write_text("seed,policy,setting,class,figure,value\n1,fifo,all,,utilization,0.5\n")
        with self.assertRaises(SystemExit):
            run(page, "--figures", figures, "--out", self.folder / "p")

    def test_verdicts(self):
        def word(ours, other):
            return page.verdict(ours, other, "shorter", "LONGER").split(":")[0]
        self.assertEqual(word([1, 2, 3], [2, 3.5, 4]), "shorter")
        self.assertEqual(word([2, 3.5, 4], [1, 2, 3]), "**LONGER**")
        self.assertEqual(word([1, 5, 3], [2, 4, 3]), "no clear difference")
        self.assertEqual(word([], [2, 4, 3]), "not told")

    def test_the_interval_holds_the_mean_19_times_of_20(self):
        draw = random.Random(11)
        held = 0
        for _ in range(300):
            low, high = page.interval([draw.gauss(0, 1) for _ in range(20)])
            held += low <= 0 <= high
        self.assertGreater(held, .88 * 300)     # resampling 20 is known to be a little narrow
        self.assertLess(held, .99 * 300)

    def test_no_traces(self):
        status, text = run(compare, "--traces", self.folder, "--out", self.folder / "f.csv")
        self.assertEqual((status, text.startswith("SKIPPED: ")), (0, True))

    def test_rows_left_out_are_told(self):
        told = mock.Mock(returncode=0, stdout='{"skipped": {"never ran": 1}}')
        with mock.patch.object(compare.subprocess, "run", return_value=told), \
                self.assertRaisesRegex(SystemExit, "never ran"):
            compare.simulate("fulcrum", Path("t.csv"), "1x8", "fifo")

    def test_what_a_policy_knows_of_durations(self):
        told = mock.Mock(returncode=0, stdout="{}")
        with mock.patch.object(compare.subprocess, "run", return_value=told) as sim:
            for policy in ("easy", "easy@limit"):
                compare.simulate("fulcrum", Path("t.csv"), "1x8", policy)
        asked = [call.args[0] for call in sim.call_args_list]
        self.assertEqual([one[one.index("--predict") + 1] for one in asked], ["last_two", "limit"])
        self.assertEqual([one[one.index("--policy") + 1] for one in asked], ["easy", "easy"])

    def test_a_replay_that_fails_is_told(self):
        traces = self.traces("t", 1)
        with self.assertRaisesRegex(SystemExit, "seed-01.all.csv with fifo: fulcrum sim ended with 1"):
            run(compare, "--traces", traces, "--out", self.folder / "f.csv", "--fulcrum", "false")


if __name__ == "__main__":
    unittest.main()
