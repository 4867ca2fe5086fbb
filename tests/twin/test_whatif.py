"""`fulcrum whatif` with device models and prices, and what it says to mistakes."""

import unittest

from program import InAFolder

JOBS = "timestamp,duration,num_gpus,cluster,gpu_model"


class WhatIf(InAFolder):
    def setUp(self):
        super().setUp()
        self.trace = self.write("jobs.csv", JOBS, [
            (f"2017-10-02 {i // 6:02}:{10 * (i % 6):02}:00", 3600, 1 + i % 2, "a",
             "A100" if i % 2 else "") for i in range(100)])
        self.words = ("--format", "philly", "--trace", self.trace, "--resamples", "3")

    def test_of_a_model_and_its_price(self):
        (self.folder / "prices.csv").write_text("model,usd_per_hour\nA100,2.5\nV100,1\nH100,9\n")
        answer = self.ask("whatif", *self.words, "--cluster", "1x4xV100,1x2xA100",
                          "--add-nodes", "2xA100", "--prices", "prices.csv")
        self.assertEqual(answer["changed"]["devices"], 4 + 2 + 2 * 4)
        self.assertEqual(answer["base"]["usd_per_hour"], 4 * 1 + 2 * 2.5)
        self.assertEqual(answer["changed"]["usd_per_hour"], 9 + 8 * 2.5)
        verdicts = {row["measure"]: row["verdict"] for row in answer["differences"]}
        self.assertEqual(verdicts["wait"], "better")
        self.assertEqual(verdicts["money_available"], "worse")
        self.assertIn("9.00 -> 29.00", " ".join(answer["words"]))

    def test_a_model_that_no_job_names_is_remarked(self):
        answer = self.ask("whatif", *self.words, "--cluster", "4x2xA100", "--add-nodes", "1xH100")
        self.assertIn("No job names the model H100", answer["words"][-1])

    def test_mistakes(self):
        for words, code, hint in (
                ((), "whatif.nothing", "8xA100"),
                (("--add-nodes", "A100"), "whatif.add_nodes", "8xA100"),
                (("--add-nodes", "0xA100"), "whatif.add_nodes", "8xA100"),
                (("--add-nodes", "2xA100", "--price", "A100"), "sim.price", "A100=2.5"),
                (("--add-nodes", "2xA100", "--price", "A100=-1"), "sim.price", "A100=2.5"),
                (("--add-nodes", "2xA100", "--price", "A10O=1"), "sim.price", "did you mean A100"),
                (("--add-nodes", "2xA100", "--prices", "none.csv"), "file.read", ""),
                (("--policy", "esay"), "policy.unknown", "easy")):
            ran = self.fulcrum("--json", "whatif", *self.words, "--cluster", "2x4xV100", *words)
            self.assertNotEqual(ran.status, 0, words)
            self.assertEqual(ran.error["code"], code, words)
            self.assertIn(hint, ran.error.get("fix", ""), words)
        (self.folder / "bad.csv").write_text("model,usd_per_hour\nA100,much\n")
        ran = self.fulcrum("--json", "whatif", *self.words, "--cluster", "2x4", "--add-nodes",
                           "1xA100", "--prices", "bad.csv")
        self.assertEqual((ran.error["code"], ran.error["field"]), ("trace.row", "bad.csv:2:2"))


if __name__ == "__main__":
    unittest.main()
