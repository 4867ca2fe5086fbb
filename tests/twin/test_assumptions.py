"""What a replay adds to a trace: quotas, and that jobs may be stopped."""

import unittest

from program import InAFolder

JOBS = "job_id,num_gpu,submit_time,iterations,model_name,duration,interval"
# Group a fills all eight devices for long; b comes later.
ROWS = [(1, 4, 0, 1, "a", 10000, 1), (2, 4, 0, 1, "a", 10000, 1), (3, 4, 1050, 1, "b", 100, 1)]


class Assumptions(InAFolder):
    def setUp(self):
        super().setUp()
        self.where = ["--format", "tiresias", "--cluster", "1x8", "--trace", self.write("jobs.csv", JOBS, ROWS)]

    def test_a_guarantee_is_taken_back(self):
        quotas = ["--quota", "a=4", "--quota", "b=4", "--preemptible", "--checkpoint-every", "100"]
        kept = self.ask("sim", *self.where, "--policy", "fair_share_easy", *quotas)
        back = self.ask("sim", *self.where, "--policy", "quota_fair", *quotas, "--restart", "30")
        self.assertEqual(kept["by_group"]["b"]["wait_s"]["mean"], 8950)
        self.assertEqual(back["by_group"]["b"]["wait_s"]["mean"], 0)
        self.assertEqual((kept["preemptions"], back["preemptions"]), (0, 1))
        self.assertEqual(back["lost_device_s"], 4 * (50 + 30))

    def test_what_if_a_quota_limited_a_group(self):
        answer = self.ask("whatif", *self.where, "--quota", "a=:4", "--resamples", "0")
        waits = {line["measure"]: line for line in answer["differences"]}["wait"]
        self.assertEqual(round(waits["base"]["mean"]), round(8950 / 3))
        self.assertEqual(round(waits["changed"]["mean"]), round(10000 / 3))

    def test_what_makes_no_sense_is_said(self):
        for more, code in ((["--quota", "c=4"], "sim.quota"), (["--quota", "a=x"], "sim.quota"),
                           (["--checkpoint-every", "10"], "sim.assume"),
                           (["--preemptible", "--restart", "-1"], "sim.assume")):
            ran = self.fulcrum("--json", "sim", *self.where, "--policy", "fifo", *more)
            self.assertEqual((ran.status, ran.error["code"]), (2, code), more)


if __name__ == "__main__":
    unittest.main()
