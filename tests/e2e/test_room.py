"""A running job makes room and comes back, although the server is killed in between."""

import os
import signal
import subprocess
import tempfile
import time
import unittest
from pathlib import Path

from homes import Home, kill_processes, wait_until

# Says which start it is; the first one works until it is stopped, and takes its time then.
JOB = """echo attempt=$FULCRUM_ATTEMPT preempted=$FULCRUM_PREEMPTED
test -n "$FULCRUM_PREEMPTED" && exit 0
trap 'sleep 1; exit 75' TERM
touch READY
while :; do sleep 0.05; done"""


class Room(unittest.TestCase):
    def setUp(self):
        self.home = Home()
        self.addCleanup(self.home.close)
        self.folder = Path(tempfile.mkdtemp(prefix="fulcrum-e2e-"))
        self.addCleanup(kill_processes, str(self.folder))
        self.serve()

    def serve(self):
        self.server = subprocess.Popen(
            self.home.command("up", "--port", "0"), env=self.home.environment(),
            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True)
        self.addCleanup(self.server.wait)
        self.addCleanup(self.server.kill)
        wait_until(lambda: (self.home.path / "engine.sock").exists())

    def test_a_job_makes_room_and_comes_back(self):
        ready = self.folder / "ready"
        self.home.ask("job", "submit", "--name", "long", "--preemptible", "--resources.gpus", "1",
                      "--checkpoint_every_s", "0.5",
                      *[word for part in ("sh", "-c", JOB.replace("READY", str(ready)))
                        for word in ("--command", part)])
        wait_until(ready.exists)
        job = self.home.ask("job", "list")["jobs"][0]["job"]
        time.sleep(0.6)  # so that there is a checkpoint
        self.home.ask("job", "preempt", "--job", job)
        os.killpg(self.server.pid, signal.SIGKILL)
        self.server.wait()
        (self.home.path / "engine.sock").unlink(missing_ok=True)
        self.serve()
        shown = wait_until(lambda: next(
            (one for one in [self.home.ask("job", "show", "--job", job)]
             if one["state"] == "succeeded"), None))
        self.assertEqual(shown["preemptions"], 1)
        self.assertGreaterEqual(shown["kept_s"], 0.5)
        self.assertEqual([start["outcome"] for start in shown["allocations"]],
                         ["preempted", "succeeded"])
        log = self.home.path / "jobs" / f"{job}.2" / "log"
        self.assertEqual(log.read_text(), "attempt=2 preempted=1\n")


if __name__ == "__main__":
    unittest.main()
