"""`fulcrum sim` with policies that resize or preempt jobs."""

import csv
import unittest

from program import InAFolder

JOBS = [  # scale factor, run time s, arrival s
    (1, 1000, 0), (2, 500, 100), (4, 300, 200), (1, 100, 300),
]


class Elastic(InAFolder):
    def trace(self) -> str:
        lines = [f"ResNet-18 (batch size 32)\tpython3 main.py\tcifar10\t--num_steps\t1\t1000\t{gpus}\tstatic\t1\t"
                 f"-1.0\t{run_s}\t{arrival_s}" for gpus, run_s, arrival_s in JOBS]
        (self.folder / "jobs.trace").write_text("\n".join(lines) + "\n")
        return "jobs.trace"

    def sim(self, policy: str, *more: str):
        return self.ask("sim", "--cluster", "1x4", "--trace", self.trace(), "--format", "shockwave",
                        "--policy", policy, *more)

    def test_preempted_work_is_kept_and_the_same_run_is_the_same(self):
        run = self.sim("shortest")
        self.assertEqual(run["jobs"], len(JOBS))
        self.assertAlmostEqual(run["utilization"] * run["makespan_s"] * 4,
                               sum(gpus * run_s for gpus, run_s, _ in JOBS))
        self.assertGreater(run["restarts_per_job"], 0)
        self.assertGreater(run["fixed_share_fairness"]["worst"], 0)
        again = self.sim("shortest")
        self.assertEqual(run["jct_s"], again["jct_s"])

    def test_runs_of_both_kinds_share_a_report(self):
        runs = self.sim("fifo,finish_fair", "--report", "report")["runs"]
        self.assertNotIn("rounds", runs[0])
        self.assertGreater(runs[1]["rounds"], 0)
        with (self.folder / "report" / "results.csv").open(newline="") as file:
            header, *lines = csv.reader(file)
        self.assertEqual([len(line) for line in lines], [len(header)] * 2)

    def test_a_trace_that_does_not_say_how_jobs_scale_is_refused(self):
        jobs = self.write("jobs.csv", "job_id,num_gpu,submit_time,iterations,model_name,duration,interval",
                          [[1, 1, 0, 10, "vgg", 60, 0]])
        ran = self.fulcrum("--json", "sim", "--cluster", "1x4", "--trace", jobs, "--format", "tiresias",
                           "--policy", "goodput")
        self.assertEqual(ran.status, 2)
        self.assertEqual(ran.error["code"], "policy.resize")
        self.assertEqual(ran.error["field"], "policy")
        self.assertIn("pollux", ran.error["fix"])


if __name__ == "__main__":
    unittest.main()
