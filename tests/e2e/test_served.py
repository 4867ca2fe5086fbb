"""`fulcrum run` while another process holds the home: a server, or another run."""

import json
import os
import signal
import subprocess
import tempfile
import unittest
import urllib.request
from pathlib import Path

from homes import BIN, Home, Outcome, kill_processes, wait_until

PLAN = """\
plan: NAME
product: {name: NAME}
settings: {wait: "no", number: 0}
sources:
  clicks: {kind: table, path: clicks.csv}
dataset: {name: NAME}
checks:
  - {id: look, after: clean, command: [python3, look.py, "${wait}", "${number}", NAME]}
"""
# A check that a test can hold up, from within the plan's own folder.
LOOK = """\
import os, sys, time
if sys.argv[1] != "no":
    open("here", "w").close()
    while not os.path.exists("go"):
        time.sleep(0.02)
sys.exit(int(sys.argv[2]))
"""
HELD = ("settings.wait=yes",)


class Runner:
    """A `fulcrum run` in the background, with files of its own for what it says."""

    def __init__(self, home: Home, folder: Path, words, environment=None, cwd=None):
        self.out, self.err = (Path(tempfile.mkstemp(dir=folder, suffix=end)[1])
                              for end in (".out", ".err"))
        with self.out.open("w") as out, self.err.open("w") as err:
            self.process = subprocess.Popen(
                home.command("run", *words), stdout=out, stderr=err, start_new_session=True,
                env=home.environment() | (environment or {}), cwd=cwd or folder)

    def end(self) -> Outcome:
        try:
            status = self.process.wait(timeout=120)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
            raise AssertionError("the run did not end:\n" + self.err.read_text()) from None
        return Outcome(status, 0.0, self.out.read_text().splitlines(), self.err.read_text())


class Case(unittest.TestCase):
    def setUp(self):
        self.home = Home()
        self.addCleanup(self.home.close)
        folder = tempfile.TemporaryDirectory(prefix="fulcrum-served-")
        self.addCleanup(folder.cleanup)
        self.folder = Path(folder.name)

    def plan(self, name: str) -> Path:
        """A plan in a folder of its own; its paths are relative to that."""
        folder = self.folder / name
        folder.mkdir()
        (folder / "plan.yaml").write_text(PLAN.replace("NAME", name))
        (folder / "look.py").write_text(LOOK)
        rows = [f"u{n % 7},i{n % 5},{1_700_000_000 + 60 * n}" for n in range(60)]
        (folder / "clicks.csv").write_text("user,item,time\n" + "\n".join(rows) + "\n")
        return folder

    def up(self) -> dict:
        self.server = subprocess.Popen(self.home.command("up", "--port", "0"), text=True,
                                       stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
                                       env=self.home.environment())
        self.addCleanup(self.down)
        return json.loads(self.server.stdout.readline())

    def down(self) -> None:
        if self.server.poll() is None:
            self.server.terminate()
        self.assertIn(self.server.wait(timeout=60), (0, -signal.SIGKILL))
        self.server.stdout.close()

    def start(self, plan: Path, settings=(), options=("--once",), environment=None) -> Runner:
        words = [str(Path(plan.name) / "plan.yaml"), *options]     # relative to self.folder
        for one in settings:
            words += ["--set", one]
        return Runner(self.home, self.folder, words, environment, self.folder)

    def run_plan(self, plan: Path, settings=(), options=("--once",), environment=None) -> Outcome:
        return self.start(plan, settings, options, environment).end()

    def start_held(self, plan: Path) -> Runner:
        """A run that waits inside its check."""
        runner = self.start(plan, HELD)
        wait_until(lambda: (plan / "here").exists() or runner.process.poll() is not None)
        self.assertIsNone(runner.process.poll(), runner.err.read_text())
        return runner

    def runs(self, kind: str) -> int:
        return len(self.home.events(kind))


class ThroughAServer(Case):
    def setUp(self):
        super().setUp()
        self.address = self.up()

    def test_the_same_answers_as_without_a_server(self):
        plan = self.plan("one")
        dry = self.run_plan(plan, options=("--dry-run",))
        self.assertEqual(dry.status, 0, dry.messages)
        self.assertEqual(list(dry.summary["steps"][0]),
                         ["id", "cached", "expected_s", "expected_usd"])
        first = self.run_plan(plan)
        self.assertEqual(first.status, 0, first.messages)
        self.assertIn("check.look", first.worked())
        self.assertRegex(first.messages, r"(?s)Plan one: \d+ steps.*✓ check.look")
        again = self.run_plan(plan)
        self.assertEqual(again.worked(), set())
        self.assertEqual(again.status, 0, again.messages)
        self.down()
        alone = self.run_plan(plan)
        self.assertEqual(alone.worked(), set())
        for ran in (first, again, alone):
            self.assertEqual(list(ran.summary), ["plan", "run", "state", "seconds", "steps",
                                                 "scores", "report"])
            self.assertEqual([list(step) for step in ran.summary["steps"]],
                             [["id", "state", "cached", "seconds"]] * len(alone.summary["steps"]))
        self.assertEqual([step["id"] for step in first.summary["steps"]],
                         [step["id"] for step in alone.summary["steps"]])

    def test_exit_codes(self):
        plan = self.plan("one")
        for number, state, status in ((1, "failed", 1), (3, "refused", 3)):
            with self.subTest(number):
                ran = self.run_plan(plan, (f"settings.number={number}",))
                self.assertEqual(ran.status, status, ran.messages)
                self.assertEqual(ran.summary["state"], state)
                self.assertEqual(ran.step("check.look")["error"]["code"], f"check.{state}")
        wrong = self.run_plan(plan, ("settings.numbr.x=1", "bugdet={usd: 1}"))
        self.assertEqual(wrong.status, 2, wrong.messages)
        self.assertEqual(wrong.lines, [])

    def test_two_plans_at_once(self):
        one, two = self.plan("one"), self.plan("two")
        # The other one's rows are the same: they share what leads to them.
        runners = [self.start_held(one), self.start_held(two)]
        for plan in (two, one):
            (plan / "go").touch()
        for runner, name in zip(runners, ("one", "two")):
            ran = runner.end()
            self.assertEqual(ran.status, 0, ran.messages)
            self.assertEqual((ran.summary["plan"], ran.summary["state"]), (name, "done"))
        self.assertTrue(self.home.ask("ledger", "verify")["ok"])

    def test_the_same_plan_twice_is_one_run(self):
        plan = self.plan("one")
        first = self.start_held(plan)
        second = self.start(plan, HELD)
        wait_until(lambda: "… check.look" in second.err.read_text())
        (plan / "go").touch()
        ran = [first.end(), second.end()]
        self.assertEqual([one.status for one in ran], [0, 0], ran[1].messages)
        self.assertEqual(ran[0].lines[-1], ran[1].lines[-1])
        self.assertEqual(self.runs("plan.started"), 1)

    def test_other_settings_of_a_running_plan_wait_their_turn(self):
        plan = self.plan("one")
        first = self.start_held(plan)
        other = self.run_plan(plan, ("settings.number=3",))
        self.assertEqual(other.status, 1, other.messages)
        self.assertIn("run.busy", other.messages)
        (plan / "go").touch()
        self.assertEqual(first.end().status, 0)

    def test_ctrl_c_interrupts_and_the_next_run_goes_on(self):
        plan = self.plan("one")
        runner = self.start_held(plan)
        runner.process.send_signal(signal.SIGINT)
        stopped = runner.end()
        self.assertEqual(stopped.status, 1, stopped.messages)
        self.assertIn("run.interrupted", stopped.messages)
        self.assertNotIn("✗", stopped.messages)
        self.assertEqual(self.runs("plan.ended"), 0)
        self.goes_on(plan)

    def goes_on(self, plan: Path) -> None:
        (plan / "go").touch()
        again = self.run_plan(plan, HELD)
        self.assertEqual(again.status, 0, again.messages)
        self.assertEqual(self.runs("plan.started"), 1, "the same run goes on")
        self.assertNotIn("clean", again.worked())

    def test_a_server_that_ends_says_so_to_those_who_wait(self):
        plan = self.plan("one")
        runner = self.start_held(plan)
        self.server.terminate()
        stopped = runner.end()
        self.assertEqual(stopped.status, 1, stopped.messages)
        self.assertIn("run.interrupted", stopped.messages)
        self.down()
        self.goes_on(plan)

    def test_a_killed_server_is_noticed_and_the_next_one_goes_on(self):
        plan = self.plan("one")
        runner = self.start_held(plan)
        self.server.kill()
        lost = runner.end()
        self.assertEqual(lost.status, 1, lost.messages)
        self.assertIn("run.server_gone", lost.messages)
        self.assertIn("start again", lost.messages)
        self.down()
        self.up()
        self.goes_on(plan)

    def test_a_viewer_is_refused(self):
        plan = self.plan("one")
        made = self.home.ask("token", "create", "--actor", "member/v", "--role", "viewer")
        ran = self.run_plan(plan, environment={"FULCRUM_TOKEN": made["token"]})
        self.assertEqual(ran.status, 3, ran.messages)
        self.assertIn("permission.denied", ran.messages)
        self.assertEqual(self.runs("plan.started"), 0)

    def test_events_resume_after_the_last_id(self):
        self.run_plan(self.plan("one"))
        run = self.home.events("plan.started")[0]["payload"]["run"]

        def events(last: str) -> list[str]:
            request = urllib.request.Request(
                f"{self.address['url']}/api/v1/plans/runs/{run}/events",
                headers={"Authorization": f"Bearer {self.address['token']}",
                         "Last-Event-ID": last})
            with urllib.request.urlopen(request, timeout=30) as answer:
                return [line for line in answer.read().decode().splitlines()
                        if line.startswith("id: ")]
        everything = events("0")
        self.assertEqual(events("3"), everything[3:])
        self.assertGreater(len(everything), 5)


class ThroughARun(Case):
    def test_another_plan_and_the_same_one(self):
        one, two = self.plan("one"), self.plan("two")
        holder = self.start_held(one)
        other = self.start_held(two)
        same = self.start(one, HELD)
        wait_until(lambda: "… check.look" in same.err.read_text())
        (one / "go").touch()
        first = wait_until(lambda: holder.out.read_text())
        self.assertEqual(json.loads(first)["state"], "done")
        self.assertEqual(same.end().lines, first.splitlines())
        wait_until(lambda: "waiting for them" in holder.err.read_text())
        self.assertIsNone(holder.process.poll(), "it waits for the other plan")
        (two / "go").touch()
        self.assertEqual(other.end().status, 0)
        self.assertEqual(holder.end().status, 0)

    def test_ctrl_c_of_the_holder_ends_all_of_them_well(self):
        one, two = self.plan("one"), self.plan("two")
        holder, other = self.start_held(one), self.start_held(two)
        holder.process.send_signal(signal.SIGINT)
        for runner in (holder, other):
            ran = runner.end()
            self.assertEqual(ran.status, 1, ran.messages)
            self.assertIn("run.interrupted", ran.messages)
        (two / "go").touch()
        self.assertEqual(self.run_plan(two, HELD).status, 0)


if __name__ == "__main__":
    unittest.main()
