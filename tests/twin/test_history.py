"""A home's own history as a trace: what its jobs asked for and waited for is replayed."""

import json
import subprocess
import time
import unittest

from program import BIN, InAFolder

RUN_S = 0.4
LIMIT_S = 60


def node(name: str, model: str) -> dict:
    return {"name": name, "simulated": True, "cpu_milli": 16000, "memory_bytes": 1 << 34,
            "price_usd_per_hour": 2, "custom": {"licence": 1},
            "devices": [{"index": index, "model": model} for index in range(2)]}


class History(InAFolder):
    def setUp(self):
        super().setUp()
        self.server = subprocess.Popen(
            [str(BIN / "fulcrum"), "--home", str(self.folder / "home"), "--json", "up", "--port", "0"],
            env=self.environment(), stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
        self.addCleanup(self.server.stdout.close)
        self.addCleanup(self.server.wait)
        self.addCleanup(self.server.terminate)
        self.server.stdout.readline()
        for name, model in (("n1", "V100"), ("n2", "A100")):
            (self.folder / name).write_text(json.dumps(node(name, model)))
            self.ask("node", "add", "--from-json", name)

    def submit(self, name: str, *words: str) -> str:
        reply = self.ask("job", "submit", "--name", name, "--simulated", "--predicted_s",
                         str(RUN_S), "--resources.gpus", "1", *words)
        return reply["streams"][0].removeprefix("job/")

    def rows(self, count: int) -> dict:
        until = time.monotonic() + LIMIT_S
        while True:
            rows = [row for row in self.ask("job", "list")["jobs"] if row["ended_us"]]
            if len(rows) == count:
                return {row["name"]: row for row in rows}
            self.assertLess(time.monotonic(), until, "the jobs did not end")
            time.sleep(0.05)

    def replay(self, *words: str) -> dict:
        return self.ask("sim", "--format", "ledger", "--simulated-jobs", "--policy", "fifo", *words)

    def test_models_and_custom_resources_are_replayed(self):
        for name in "ab":
            self.submit(name, "--resources.gpu_model", "A100", "--resources.custom", "licence=1")
        self.submit("c", "--resources.gpu_model", "V100|H100")
        rows = self.rows(3)
        self.assertEqual(rows["c"]["gpu_model"], "V100|H100")
        self.assertEqual(json.loads(rows["a"]["custom"]), {"licence": 1})
        figures = self.replay()
        self.assertEqual((figures["jobs"], figures["never_started"]), (3, 0))
        # The licence lets one of the two run at a time, although two devices are free.
        self.assertGreater(figures["makespan_s"], 2 * RUN_S - 0.05)
        self.assertAlmostEqual(figures["makespan_s"],
                               (max(row["ended_us"] for row in rows.values()) -
                                min(row["queued_us"] for row in rows.values())) / 1e6, delta=0.3)
        self.assertGreater(figures["money_usd"], 0)
        # On nodes of one model those that ask for another never start.
        self.assertEqual(self.replay("--cluster", "2x2xV100")["never_started"], 2)
        self.assertEqual(self.replay("--cluster", "2x2xH100")["never_started"], 2)
        self.assertEqual(self.replay("--cluster", "2x2")["never_started"], 0)
        answer = self.ask("whatif", "--format", "ledger", "--simulated-jobs", "--cluster",
                          "1x2xV100", "--add-nodes", "1xA100", "--price", "A100=2.5",
                          "--price", "V100=1", "--resamples", "0")
        never = next(row for row in answer["differences"] if row["measure"] == "never_started")
        self.assertEqual((never["base"]["mean"], never["changed"]["mean"]), (2, 0))
        self.assertEqual(answer["base"]["usd_per_hour"], 2)
        self.assertEqual(answer["changed"]["usd_per_hour"], 7)

    def test_time_held_or_blocked_is_no_waiting(self):
        first = self.submit("first")
        self.submit("after", "--depends_on", first)
        held = self.submit("held", "--held")
        time.sleep(RUN_S)  # a person takes a while
        self.ask("job", "release", "--job", held)
        rows = self.rows(3)
        self.assertEqual(rows["first"]["queued_us"], rows["first"]["submitted_us"])
        self.assertEqual(rows["after"]["queued_us"], rows["first"]["ended_us"])
        self.assertGreater(rows["held"]["queued_us"], rows["held"]["submitted_us"] + RUN_S * 1e6)
        self.assertLess(self.replay()["wait_s"]["mean"], RUN_S / 4)


if __name__ == "__main__":
    unittest.main()
