"""The MovieLens plan: always on a small made-up table, on the real one where it is at hand."""

import os
import unittest
from pathlib import Path

from programs import SOURCES, InAFolder, choices

PLAN = SOURCES / "examples/movielens/plan.yaml"
REAL = Path("recsys/movielens-latest-small")
QUICK = ("training.recipe.epochs=1", "training.recipe.threads=1")


def real_data() -> Path | None:
    for folder in (os.environ.get("FULCRUM_SHARED_DATA"), SOURCES.parent / "shared/data"):
        if folder and (Path(folder) / REAL / "ratings.csv").exists():
            return Path(folder) / REAL
    return None


class Movielens(InAFolder):
    def run_plan(self, data: Path, *settings: str):
        words = ["--json", "run", str(PLAN), "--once", "--set", f"data={data}"]
        for setting in (*QUICK, *settings):
            words += ["--set", setting]
        ran = self.fulcrum(*words)
        self.assertIn(ran.status, (0, 3), ran.err)      # 3: one epoch need not beat item-kNN
        self.assertNotIn("failed", {one["state"] for one in ran.summary["steps"]}, ran.err)
        return ran.summary["report"]

    def test_on_a_made_up_table(self):
        lines = ["userId,movieId,rating,timestamp"]
        lines += [f"{u},{i},3.5,{t}" for u, i, t in choices(users=120, items=60, each=15)]
        (self.folder / "ratings.csv").write_text("\n".join(lines) + "\n")
        report = self.run_plan(self.folder, "evaluation.gates=[]",
                               "requirements=[]")
        self.assertEqual(report["data"]["rows_kept"], 120 * 15)
        models = report["models"]
        self.assertEqual(set(models), {"baseline.popularity", "baseline.item_knn", "train.1",
                                       "train.2", "train.3"})
        for model in models.values():
            for figure in ("ndcg_at_10", "hr_at_10", "ndcg_at_10_low", "ndcg_at_10_high"):
                self.assertIn(figure, model["model"])
        people = {model["model"]["n"] for model in models.values()}
        self.assertEqual(len(people), 1, "all models are measured on the same people")
        self.assertLess(people.pop(), 120, "some people are kept for the canary")
        release = report["release"]
        self.assertTrue(release["offline_replay"])
        self.assertFalse(release["simulated"])
        shown = self.fulcrum("run", str(PLAN), "--once", "--set", f"data={self.folder}",
                             *(word for setting in (*QUICK, "evaluation.gates=[]",
                                                    "requirements=[]")
                               for word in ("--set", setting)))
        self.assertIn("An offline replay", shown.out)
        self.assertIn("mean over the seeds", shown.out)

    @unittest.skipUnless(real_data(), "MovieLens-latest-small is not at hand (FULCRUM_SHARED_DATA)")
    def test_on_the_real_table(self):
        report = self.run_plan(real_data(), "training.seeds=[1]",
                               "training.recipe.model.dim=16")
        self.assertEqual(report["data"]["rows_in"], 100_004)
        self.assertEqual(report["data"]["rows_kept"], 100_004, "nothing is dropped by accident")
        models = report["models"]
        self.assertGreater(models["baseline.item_knn"]["model"]["ndcg_at_10"],
                           models["baseline.popularity"]["model"]["ndcg_at_10"])
