"""Kills the runner at every boundary and inside steps: nothing is lost, nothing happens twice."""

import os
import re
import signal
import time
import unittest
from collections import Counter

from homes import EXAMPLE, SMALL, Home, Outcome, kill_processes, processes, wait_until

PLAN = EXAMPLE / "plan.yaml"

# What may come again when a run is started again: its own bookkeeping, the canary's looks, and one
# chunk of utilization samples for each start of a job (a killed job starts twice).
BOOKKEEPING = {"plan.step_started", "node.joined", "node.registered", "release.observed",
               "release.more_data_needed", "samples.sealed", "access.recorded"}


def one_time(events: Counter) -> Counter:
    return Counter({kind: number for kind, number in events.items()
                    if kind not in BOOKKEEPING and not kind.startswith("job.")})


def ended_steps(home: Home) -> int:
    return len(home.events("plan.step_ended"))


def has_started(home: Home, step: str, after: int) -> dict | None:
    """The step's newest start behind the event `after`, unless it has ended."""
    newest = None
    for event in home.events("plan.step_%", after):
        if event["payload"]["step"] == step:
            newest = event if event["kind"] == "plan.step_started" else None
    return newest


def last_seq(home: Home) -> int:
    (newest,), = home.select("SELECT max(seq) FROM events") or [(None,)]
    return newest or 0


class Case(unittest.TestCase):
    def kill_when(self, home: Home, condition, plan_settings=SMALL, options=()) -> bool:
        """Starts the plan and kills the runner's group once `condition` holds; False: it ended.
        The jobs live in groups of their own, and stay."""
        runner = home.start(PLAN, plan_settings, options)
        wait_until(lambda: runner.poll() is not None or condition(), 120)
        if runner.poll() is not None:
            return False
        os.killpg(runner.pid, signal.SIGKILL)
        runner.wait()
        return True

    def assert_nothing_left(self, home: Home) -> None:
        wait_until(lambda: not processes(str(home.path)), 15)

    def rows(self, home: Home, step: str) -> dict[str, list[bytes]]:
        """What was collected; a crawler's pages come in any order, from any port."""
        folder = home.step_folder(step) / "raw"
        return {file.name: sorted(re.sub(rb"127\.0\.0\.1:\d+", b"shop", file.read_bytes()).splitlines())
                for file in folder.glob("*.jsonl*")}

    def weights(self, home: Home) -> str:
        return home.outputs("train")["model"]["model/weights.safetensors"]


class EveryBoundary(Case):
    @classmethod
    def setUpClass(cls):
        cls.calm, cls.disturbed = Home(), Home()
        cls.addClassCleanup(cls.calm.close)
        cls.addClassCleanup(cls.disturbed.close)
        outcome = cls.calm.run(PLAN)
        assert outcome.status == 0, outcome.messages
        case = cls()
        cls.last = case.disturb()
        cls.kills, cls.happened = case.kills, case.happened

    def disturb(self) -> Outcome:
        """Kills until the plan has ended; then a run that should find nothing to do."""
        home, self.kills = self.disturbed, Counter()
        inside = {"clean": self.clean_works, "train": self.train_has_learnt,
                  "canary": self.canary_has_looked}
        while not home.events("plan.ended"):
            ended, seq = ended_steps(home), last_seq(home)

            def boundary_or_inside():
                if ended_steps(home) > ended:
                    return "boundary"
                return next((step for step, works in inside.items()
                             if step in inside and works(home, seq)), None)

            where = []
            if not self.kill_when(home, lambda: where.append(boundary_or_inside()) or where[-1]):
                break
            self.kills[where[-1]] += 1
            inside.pop(where[-1], None)
            if where[-1] == "train":     # as when the whole machine fails: jobs and shop end too
                kill_processes(str(home.path))
        self.happened = home.count_events()
        return home.run(PLAN)

    def clean_works(self, home: Home, seq: int):
        return has_started(home, "clean", seq)

    def train_has_learnt(self, home: Home, seq: int):
        start = has_started(home, "train", seq)
        return start and list((home.path / "steps" / start["payload"]["identity"][:24])
                              .glob("**/checkpoint.pt"))

    def canary_has_looked(self, home: Home, seq: int):
        return has_started(home, "canary", seq) and home.events("release.observed", seq)

    def test_was_killed_often(self):
        self.assertGreaterEqual(self.kills["boundary"], 8, self.kills)
        for step in ("clean", "train", "canary"):
            self.assertEqual(self.kills[step], 1, self.kills)

    def test_ends_done_in_one_run(self):
        self.assertEqual(self.happened["plan.started"], 1)
        self.assertEqual([event["payload"]["state"] for event in self.disturbed.events("plan.ended")],
                         ["done", "done"])
        self.assertEqual(self.last.status, 0, self.last.messages)
        self.assertEqual(self.last.worked(), set())

    def test_nothing_happened_twice(self):
        self.assertEqual(one_time(self.happened), one_time(self.calm.count_events()))
        for kind in ("model.registered", "release.started"):
            self.assertEqual(Counter(str(event["payload"].get("version")) for event
                                     in self.disturbed.events(kind)),
                             Counter(str(event["payload"].get("version")) for event
                                     in self.calm.events(kind)))
        decisions = [event for event in self.disturbed.events("release.%")
                     if event["kind"] in ("release.promoted", "release.rolled_back")]
        self.assertEqual(len(decisions), 1)

    def test_each_job_was_submitted_once(self):
        names = [Counter(event["payload"]["spec"]["name"] for event in home.events("job.submitted"))
                 for home in (self.disturbed, self.calm)]
        self.assertEqual(names[0], names[1])

    def test_results_are_as_undisturbed(self):
        for step in ("collect.users", "collect.items", "collect.clicks"):
            self.assertEqual(self.rows(self.disturbed, step), self.rows(self.calm, step), step)
        self.assertEqual(self.disturbed.outputs("clean"), self.calm.outputs("clean"))
        self.assertEqual(self.weights(self.disturbed), self.weights(self.calm))

    def test_a_resumed_canary_has_other_shoppers(self):
        seeds = set()
        for folder in (self.disturbed.path / "jobs").glob("canary-*-traffic-*"):
            seeds.add(folder.name.split("-traffic-")[1].split("-")[0])
        self.assertGreaterEqual(len(seeds), 2, seeds)

    def test_ledger_holds(self):
        self.assertTrue(self.disturbed.ask("ledger", "verify")["ok"])

    def test_no_process_is_left(self):
        self.assert_nothing_left(self.disturbed)
        self.assert_nothing_left(self.calm)


class Stopped(Case):
    """A person's Ctrl-C, and a plan that changed after a kill."""

    @classmethod
    def setUpClass(cls):
        cls.calm = Home()
        cls.addClassCleanup(cls.calm.close)
        # Everything but the training is known; the canary gets few shoppers.
        outcome = cls.calm.run(PLAN)
        assert outcome.status == 0, outcome.messages

    def setUp(self):
        self.home = Home(content_of=self.calm)
        self.addCleanup(self.home.close)

    LONGER = SMALL + ("training.recipe.epochs=60", "training.recipe.early_stopping.patience=0",
                      "settings.shoppers=60")
    SHORTER = SMALL + ("training.recipe.epochs=7", "settings.shoppers=60")

    def trains(self, seq: int):
        start = has_started(self.home, "train", seq)
        return start and list((self.home.path / "steps" / start["payload"]["identity"][:24])
                              .glob("**/checkpoint.pt"))

    def test_interrupted_run_goes_on(self):
        seq = last_seq(self.home)
        runner, began_s = self.home.start(PLAN, self.LONGER), time.monotonic()
        wait_until(lambda: self.trains(seq), 60)
        runner.send_signal(signal.SIGINT)
        stopped = self.home.finish(runner, began_s)
        self.assertNotEqual(stopped.status, 0)
        self.assertIn("run.interrupted", stopped.messages)
        self.assertNotIn("✗", stopped.messages, "a stopped step has not failed")
        self.assertEqual(self.home.events("plan.ended", seq), [])
        again = self.home.run(PLAN, self.LONGER)
        self.assertEqual(again.status, 0, again.messages)
        self.assertEqual(again.step("train")["state"], "done")
        self.assertEqual(len(self.home.events("plan.started", seq)), 1)
        states = [row for row, in self.home.select(
            "SELECT state FROM rm_sched_jobs WHERE name LIKE '%/train' ORDER BY submitted_us")]
        self.assertEqual(states, ["succeeded", "cancelled", "succeeded"])
        self.assertTrue(self.home.ask("ledger", "verify")["ok"])
        self.assert_nothing_left(self.home)

    def test_interrupted_collecting_finds_the_shop_at_another_port(self):
        seq = last_seq(self.home)
        runner, began_s = self.home.start(PLAN, options=["--refresh"]), time.monotonic()

        def crawls():
            start = has_started(self.home, "collect.items", seq)
            return start and (self.home.path / "steps" / start["payload"]["identity"][:24]
                              / "checkpoint.json").exists()
        wait_until(crawls, 60)
        runner.send_signal(signal.SIGINT)
        self.assertNotEqual(self.home.finish(runner, began_s).status, 0)
        again = self.home.run(PLAN, options=["--refresh"])
        self.assertEqual(again.status, 0, again.messages)

    def test_changed_plan_ends_the_job_of_the_killed_run(self):
        seq = last_seq(self.home)
        self.assertTrue(self.kill_when(self.home, lambda: self.trains(seq), self.LONGER))
        outcome = self.home.run(PLAN, self.SHORTER)
        self.assertEqual(outcome.status, 0, outcome.messages)
        states = [row for row, in self.home.select(
            "SELECT state FROM rm_sched_jobs WHERE name LIKE '%/train' ORDER BY submitted_us")]
        self.assertEqual(states, ["succeeded", "cancelled", "succeeded"])
        self.assert_nothing_left(self.home)

    def test_interrupted_refresh_fetches_the_rest(self):
        seq = last_seq(self.home)
        self.assertTrue(self.kill_when(
            self.home, lambda: len(self.home.events("plan.step_ended", seq)) > 6 and any(
                event["payload"]["step"] == "collect.users" and not event["payload"]["cached"]
                for event in self.home.events("plan.step_ended", seq)), options=["--refresh"]))
        outcome = self.home.run(PLAN, options=["--refresh"])
        self.assertEqual(outcome.status, 0, outcome.messages)
        fetched = Counter(event["payload"]["step"]
                          for event in self.home.events("plan.step_ended", seq)
                          if not event["payload"]["cached"]
                          and event["payload"]["step"].startswith("collect."))
        self.assertEqual(fetched, {"collect.users": 1, "collect.items": 1, "collect.clicks": 1})


if __name__ == "__main__":
    unittest.main()
