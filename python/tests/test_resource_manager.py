import contextlib
import io
import os
import random
import subprocess
import sys
import unittest
from pathlib import Path

from fulcrum import ResourceManager, Task

PACKAGE = Path(__file__).resolve().parents[1]
EXAMPLE = PACKAGE.parent / "examples" / "resource_manager"
KINDS = ("GPU", "CPU", "TPU")
SAMPLE_OUTPUT = """\
Allocated 2 GPU to Task1: 6 of 8 are free
Allocated 1 CPU to Task2: 3 of 4 are free
Refused: Task3 needs 3 TPU, 2 of 2 are free; it can never fit
Utilization: 0.21 (3 of 14 held; GPU 0.25, CPU 0.25, TPU 0.00)
Released 2 GPU of Task1: 8 of 8 are free
Released 1 CPU of Task2: 4 of 4 are free
Utilization: 0.00 (0 of 14 held; GPU 0.00, CPU 0.00, TPU 0.00)
"""


def sample_manager() -> ResourceManager:
    return ResourceManager([8, 4, 2], [Task("Task1", 2), Task("Task2", 1), Task("Task3", 3)])


def printed(call, *arguments):
    """(what the call returned, what it printed)"""
    with contextlib.redirect_stdout(io.StringIO()) as out:
        value = call(*arguments)
    return value, out.getvalue()


class Sample(unittest.TestCase):
    def test_prints_what_it_should(self):
        run = subprocess.run([sys.executable, EXAMPLE / "sample.py"], text=True, capture_output=True,
                             env={**os.environ, "PYTHONPATH": str(PACKAGE)}, timeout=60)
        self.assertEqual((run.returncode, run.stdout, run.stderr), (0, SAMPLE_OUTPUT, ""))

    def test_readme_shows_that_output(self):
        self.assertIn(SAMPLE_OUTPUT, (EXAMPLE / "README.md").read_text("utf-8"))


class Refusals(unittest.TestCase):
    def setUp(self):
        self.manager = sample_manager()

    def assert_refused(self, call, *arguments, saying):
        held = {kind: self.manager.held(kind) for kind in KINDS}
        value, text = printed(call, *arguments)
        self.assertIs(value, False)
        self.assertEqual(text, f"Refused: {saying}\n")
        self.assertEqual({kind: self.manager.held(kind) for kind in KINDS}, held)

    def test_more_than_is_free(self):
        manager = self.manager = ResourceManager([3, 0, 0], [Task("a", 2), Task("b", 2)])
        printed(manager.allocate, "a", "GPU")
        self.assert_refused(manager.allocate, "b", "GPU", saying="b needs 2 GPU, 1 of 3 are free")
        printed(manager.deallocate, "a", "GPU")
        self.assertEqual(printed(manager.allocate, "b", "GPU"),
                         (True, "Allocated 2 GPU to b: 1 of 3 are free\n"))

    def test_more_than_exists(self):
        self.assert_refused(self.manager.allocate, "Task3", "TPU",
                            saying="Task3 needs 3 TPU, 2 of 2 are free; it can never fit")

    def test_the_same_twice(self):
        printed(self.manager.allocate, "Task1", "GPU")
        self.assert_refused(self.manager.allocate, "Task1", "GPU", saying="Task1 already holds 2 GPU")
        self.assertIs(printed(self.manager.allocate, "Task1", "CPU")[0], True)

    def test_release_without_allocation(self):
        says = "Task1 holds no GPU, there is nothing to release"
        self.assert_refused(self.manager.deallocate, "Task1", "GPU", saying=says)
        printed(self.manager.allocate, "Task1", "CPU")
        self.assert_refused(self.manager.deallocate, "Task1", "GPU", saying=says)
        printed(self.manager.deallocate, "Task1", "CPU")
        self.assert_refused(self.manager.deallocate, "Task1", "CPU",
                            saying="Task1 holds no CPU, there is nothing to release")

    def test_unknown_names_with_the_nearest(self):
        for call in (self.manager.allocate, self.manager.deallocate):
            self.assert_refused(call, "task1", "GPU",
                                saying="there is no task 'task1'; nearest: Task1, Task3, Task2")
            self.assert_refused(call, "Task1", "gpus", saying="there is no resource 'gpus'; nearest: GPU")
            self.assert_refused(call, "x", "GPU", saying="there is no task 'x'; known: Task1, Task2, Task3")
            self.assert_refused(call, "Task1", "disk\n", saying="there is no resource 'disk\\n'; known: GPU, CPU, TPU")

    def test_what_is_no_name_at_all(self):
        for odd in (None, 0, b"GPU", ["GPU"], {}, float("nan"), Task("GPU", 1)):
            for call in (self.manager.allocate, self.manager.deallocate):
                for arguments in ((odd, "GPU"), ("Task1", odd)):
                    value, text = printed(call, *arguments)
                    self.assertIs(value, False)
                    self.assertTrue(text.startswith("Refused: there is no ") and text.count("\n") == 1, text)

    def test_no_tasks(self):
        self.manager = ResourceManager([1, 1, 1], [])
        self.assert_refused(self.manager.allocate, "a", "GPU", saying="there is no task 'a'; known: none")


class Account(unittest.TestCase):
    def test_release_gives_back_what_was_held_not_what_is_asked_by_now(self):
        task = Task("a", 2)
        manager = ResourceManager([8, 0, 0], [task])
        printed(manager.allocate, "a", "GPU")
        task.requested_resources = 5
        self.assertEqual(printed(manager.deallocate, "a", "GPU"), (True, "Released 2 GPU of a: 8 of 8 are free\n"))
        printed(manager.allocate, "a", "GPU")
        self.assertEqual(manager.held("GPU"), 5)

    def test_utilization_divides_by_what_exists(self):
        manager = sample_manager()
        printed(manager.allocate, "Task1", "GPU")
        value, text = printed(manager.get_utilization)
        self.assertAlmostEqual(value, 2 / 14)
        self.assertEqual(text, "Utilization: 0.14 (2 of 14 held; GPU 0.25, CPU 0.00, TPU 0.00)\n")
        self.assertEqual(manager.utilization_by_kind(), {"GPU": .25, "CPU": 0., "TPU": 0.})

    def test_nothing_to_hold(self):
        self.assertEqual(printed(ResourceManager([0, 0, 0], []).get_utilization),
                         (0., "Utilization: 0.00 (0 of 0 held; GPU 0.00, CPU 0.00, TPU 0.00)\n"))

    def test_resources_by_kind(self):
        manager = ResourceManager({"GPU": 2, "NPU": 4}, [Task("a", 3)])
        self.assertEqual(printed(manager.allocate, "a", "NPU")[1], "Allocated 3 NPU to a: 1 of 4 are free\n")
        self.assertEqual(printed(manager.get_utilization)[1],
                         "Utilization: 0.50 (3 of 6 held; GPU 0.00, NPU 0.75)\n")
        self.assertIs(printed(manager.allocate, "a", "CPU")[0], False)

    def test_what_cannot_be_counted(self):
        for resources in ([8, 4], [8, 4, 2, 1], [8, 4, -1], [8, 4, 2.5], [8, 4, True], "842", {}, {"": 1}, {7: 1}):
            with self.assertRaises(ValueError, msg=repr(resources)):
                ResourceManager(resources, [])
        for name, count in (("", 1), (7, 1), ("a\nb", 1), ("a", 0), ("a", -2), ("a", 1.0), ("a", "1"), ("a", True)):
            with self.assertRaises(ValueError, msg=f"{name!r} {count!r}"):
                Task(name, count)
        with self.assertRaises(ValueError):
            Task("a", 1).requested_resources = 0
        for tasks in ([Task("a", 1), Task("a", 2)], ["a"]):
            with self.assertRaises(ValueError):
                ResourceManager([1, 1, 1], tasks)


class AnyCalls(unittest.TestCase):
    """Against a plain account kept beside it."""

    def test_nothing_is_lost_or_made(self):
        seed = int(os.environ.get("FULCRUM_SEED", random.randrange(2**32)))
        with self.subTest(seed=seed):
            print(f"FULCRUM_SEED={seed}", file=sys.stderr)
            draw = random.Random(seed)
            for _ in range(100):
                self.one_history(draw)

    def one_history(self, draw: random.Random):
        capacity = {kind: draw.randint(0, 9) for kind in KINDS}
        tasks = [Task(f"task{i}", draw.randint(1, 5)) for i in range(draw.randint(1, 6))]
        manager = ResourceManager(list(capacity.values()), tasks)
        lent: dict[tuple[str, str], int] = {}
        for _ in range(draw.randint(1, 60)):
            task, kind = draw.choice(tasks), draw.choice(KINDS)
            key, used = (task.name, kind), sum(n for (_, k), n in lent.items() if k == kind)
            before = manager.free(kind)
            if draw.random() < .1:
                task.requested_resources = draw.randint(1, 5)
            if draw.random() < .55:
                fits = key not in lent and used + task.requested_resources <= capacity[kind]
                done, text = printed(manager.allocate, *key)
                self.assertEqual(done, fits, text)
                if fits:
                    lent[key] = task.requested_resources
                    self.assertEqual(before - manager.free(kind), lent[key])
                    if draw.random() < .3:      # a release restores
                        self.assertTrue(printed(manager.deallocate, *key)[0])
                        self.assertEqual(manager.free(kind), before)
                        del lent[key]
            else:
                done, text = printed(manager.deallocate, *key)
                self.assertEqual(done, key in lent, text)
                self.assertEqual(manager.free(kind) - before, lent.pop(key, 0))
            self.assertEqual(text.count("\n"), 1)
            self.check(manager, capacity, lent)

    def check(self, manager, capacity, lent):
        for kind in KINDS:
            self.assertEqual(manager.held(kind), sum(n for (_, k), n in lent.items() if k == kind))
            self.assertEqual(manager.held(kind) + manager.free(kind), capacity[kind])
            self.assertGreaterEqual(manager.free(kind), 0)
        overall, _ = printed(manager.get_utilization)
        for share in (overall, *manager.utilization_by_kind().values()):
            self.assertTrue(0 <= share <= 1, share)


if __name__ == "__main__":
    unittest.main()
