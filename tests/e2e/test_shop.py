"""The shop's plans from end to end: what is done, what is done again, how it ends."""

import shutil
import tempfile
import unittest
from pathlib import Path

from homes import EXAMPLE, SMALL, SMALL_MODEL, Home

PLAN = EXAMPLE / "plan.yaml"
COLLECTING = {"collect.users", "collect.items", "collect.clicks"}
SCORES = {"data_quality", "resource_efficiency", "algorithm_performance", "user_experience",
          "team_performance"}


class Shop(unittest.TestCase):
    """One run in an empty home; tests that change things work in copies."""

    @classmethod
    def setUpClass(cls):
        cls.home = Home()
        cls.addClassCleanup(cls.home.close)
        cls.first = cls.home.run(PLAN)

    def copy(self) -> Home:
        home = Home(content_of=self.home)
        self.addCleanup(home.close)
        return home

    def test_first_run_is_done(self):
        self.assertEqual(self.first.status, 0, self.first.messages)
        self.assertEqual(self.first.summary["state"], "done")
        self.assertEqual({one["state"] for one in self.first.summary["steps"]}, {"done"})
        self.assertFalse(any(one["cached"] for one in self.first.summary["steps"]))

    def test_last_line_is_as_documented(self):
        summary = self.first.summary
        self.assertEqual(list(summary), ["plan", "run", "state", "seconds", "steps", "scores",
                                         "report"])
        self.assertEqual(summary["plan"], "shop-recommender")
        self.assertLessEqual(summary["seconds"], self.first.seconds)
        for step in summary["steps"]:
            self.assertEqual(list(step), ["id", "state", "cached", "seconds"])

    def test_five_scores_with_factors(self):
        scores = self.first.summary["scores"]
        self.assertEqual(set(scores), SCORES)
        for name, score in scores.items():
            self.assertLessEqual({"value", "low", "high", "state", "simulated", "weakest", "next",
                                  "missing", "factors"}, set(score), name)
            for factor, figures in score["factors"].items():
                self.assertLessEqual({"value", "low", "high", "n", "state", "simulated",
                                      "definition", "query", "evidence", "next"}, set(figures))
                if figures["state"] == "assessed":
                    self.assertTrue(0 <= figures["low"] <= figures["value"] <= figures["high"] <= 1,
                                    f"{name}/{factor}: {figures}")
                    self.assertTrue(figures["evidence"], f"{name}/{factor}")
                else:
                    self.assertIsNone(figures["value"], f"{name}/{factor}")
                    self.assertTrue(figures["next"], f"{name}/{factor}")

    def test_cleaning_finds_what_was_planted(self):
        check = self.first.summary["report"]["checks"]["cleaning"]
        self.assertGreaterEqual(check["precision"], 0.95)
        self.assertGreaterEqual(check["recall"], 0.95)
        self.assertGreaterEqual(check["redaction_recall"], 0.95)

    def test_second_run_does_nothing(self):
        home = self.copy()
        before = home.count_events()
        second = home.run(PLAN)
        self.assertEqual(second.status, 0, second.messages)
        self.assertEqual(second.worked(), set())
        self.assertLessEqual(second.seconds, 2.0)
        self.assertEqual(second.summary["scores"].keys(), SCORES)
        new = home.count_events() - before
        self.assertEqual(set(new), {"plan.started", "plan.step_ended", "plan.ended"})

    def test_changed_epochs_redo_training_and_what_follows(self):
        changed = self.copy().run(PLAN, SMALL + ("training.recipe.epochs=7",
                                                 "settings.shoppers=60"))
        self.assertEqual(changed.worked(), {"train", "evaluate", "register", "canary", "score"})
        self.assertEqual(changed.step("canary")["state"], "need_more_data")
        self.assertEqual(changed.status, 0, changed.messages)

    def test_refresh_fetches_again(self):
        home = self.copy()
        again = home.run(PLAN, options=["--refresh"])
        self.assertEqual(again.status, 0, again.messages)
        # The shop has not changed: what it was cleaned to is the same, and leads to the same.
        self.assertLessEqual(COLLECTING, again.worked())
        self.assertLessEqual(again.worked(), COLLECTING | {"clean", "score"})

    def test_ledger_holds(self):
        verdict = self.home.ask("ledger", "verify")
        self.assertTrue(verdict["ok"])
        self.assertTrue(verdict["signatures_checked"])
        self.assertEqual(verdict["events"], len(self.home.events()))

    def test_rebuild_leaves_the_same_tables(self):
        home = self.copy()
        before = home.tables()
        self.assertGreater(sum(map(len, before.values())), 100)
        home.ask("ledger", "rebuild")
        after = home.tables()
        self.assertEqual(before.keys(), after.keys())
        for name, rows in before.items():
            self.assertEqual(rows, after[name], name)

    def test_failing_check(self):
        for number, state, status in ((1, "failed", 1), (3, "refused", 3)):
            with self.subTest(number):
                check = f'checks=[{{id: cleaning, command: [python3, -c, "exit({number})"]}}]'
                outcome = self.copy().run(PLAN, SMALL + (check,))
                self.assertEqual(outcome.status, status, outcome.messages)
                self.assertEqual(outcome.summary["state"], state)
                step = outcome.step("check.cleaning")
                self.assertEqual((step["state"], step["error"]["code"]),
                                 (state, f"check.{state}"))
                self.assertEqual(outcome.worked(), {"check.cleaning", "score"})

    def test_failed_check_is_tried_again(self):
        home = self.copy()
        with tempfile.TemporaryDirectory() as folder:
            there = Path(folder) / "there"
            code = f"import os; exit(not os.path.exists('{there}'))"
            check = f'checks=[{{id: cleaning, command: [python3, -c, "{code}"]}}]'
            self.assertEqual(home.run(PLAN, SMALL + (check,)).status, 1)
            there.touch()
            self.assertEqual(home.run(PLAN, SMALL + (check,)).status, 0)

    def test_changed_script_runs_again(self):
        with tempfile.TemporaryDirectory() as folder:
            example = Path(folder) / "elsewhere"
            shutil.copytree(EXAMPLE, example, ignore=shutil.ignore_patterns("__pycache__"))
            home = self.copy()
            moved = home.run(example / "plan.yaml")
            self.assertEqual(moved.worked(), set(), "a plan's place is no part of its steps")
            with (example / "shop/judge.py").open("a") as script:
                script.write("# changed\n")
            changed = home.run(example / "plan.yaml")
            self.assertEqual(changed.status, 0, changed.messages)
            self.assertEqual(changed.worked(), {"check.cleaning", "score"})

    def test_second_plan_with_a_worse_model_is_rolled_back(self):
        home = self.copy()
        good = home.ask("model", "list", "--model", "shop-recommender", "--stage", "stable")
        worse = home.run(EXAMPLE / "plan-shuffled.yaml", SMALL + ("training.recipe.epochs=2",))
        self.assertEqual(worse.status, 3, worse.messages)
        self.assertEqual(worse.summary["state"], "refused")
        self.assertEqual(worse.step("canary")["state"], "refused")
        self.assertEqual(worse.step("canary")["error"]["code"], "canary.rolled_back")
        release = worse.summary["report"]["release"]
        self.assertEqual((release["outcome"], release["reason"]),
                         ("rolled_back", "candidate_worse"))
        self.assertNotIn("clean", worse.worked(), "the two plans share what they can")
        self.assertEqual(good, home.ask("model", "list", "--model", "shop-recommender",
                                        "--stage", "stable"))

    def test_equal_models_cannot_be_told_apart(self):
        home = self.copy()
        promoted = home.count_events()["release.promoted"]
        equal = home.run(EXAMPLE / "plan-equal.yaml", SMALL + ("release.policy.max_samples=600",))
        self.assertEqual(equal.status, 0, equal.messages)
        self.assertEqual(equal.summary["state"], "need_more_data")
        self.assertEqual(equal.step("canary")["state"], "need_more_data")
        self.assertEqual(home.count_events()["release.promoted"], promoted)
        self.assertNotIn("train", equal.worked(), "the same training as the first plan's")


if __name__ == "__main__":
    unittest.main()
