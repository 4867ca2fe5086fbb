"""The programs as a user starts them: server, judge, shoppers, annotators.

Run in this folder: python3 -m unittest -v test_people
"""

import json
import random
import signal
import subprocess
import sys
import tempfile
import threading
import unittest
from collections import Counter
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.request import urlopen

import annotators
from preference import Shop

HERE = Path(__file__).parent
SMALL = ["--users", "200", "--items", "100"]


def run(script, *arguments, timeout=60):
    return subprocess.run([sys.executable, HERE / script, *map(str, arguments)], text=True,
                          capture_output=True, timeout=timeout)


class WithFolder(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = Path(folder.name)


class ServerProgram(WithFolder):
    def test_answers_once_the_port_is_known_and_stops_when_told(self):
        process = subprocess.Popen(
            [sys.executable, HERE / "server.py", "--seed", "3", "--novel-dirt", "--log-dir",
             self.folder / "logs", "--truth", self.folder / "truth.json", "--port-file",
             self.folder / "port", *SMALL], stdout=subprocess.PIPE, text=True)
        self.addCleanup(process.stdout.close)
        self.assertIn("http://127.0.0.1:", process.stdout.readline())
        # The line is printed just before the file is written; the file is whole once it exists.
        while not (self.folder / "port").exists():
            self.assertIsNone(process.poll())
        port = int((self.folder / "port").read_text())
        with urlopen(f"http://127.0.0.1:{port}/api/items?page=1") as answer:
            self.assertEqual(json.load(answer)["total"], 100)
        process.send_signal(signal.SIGTERM)
        self.assertEqual(process.wait(10), 0)
        truth = json.loads((self.folder / "truth.json").read_text())
        self.assertEqual(truth["options"]["novel_dirt"], "foreign")

    def test_refuses_nonsense(self):
        self.assertEqual(run("server.py", "--log-dir", self.folder, "--dirt", "0.5").returncode, 2)
        few = run("server.py", "--log-dir", self.folder, "--items", "3")
        self.assertEqual((few.returncode, "48 items" in few.stderr), (1, True))


class JudgeProgram(WithFolder):
    def judge(self, decisions, *more):
        truth = {"lines": {"a.jsonl": 9}, "rows": {
            "a.jsonl:1": {"kind": "bot"}, "a.jsonl:2": {"kind": "absurd"},
            "a.jsonl:3": {"kind": "personal"}}}
        (self.folder / "truth").write_text(json.dumps(truth))
        (self.folder / "decisions").write_text("\n".join(decisions))
        return run("judge.py", "--truth", self.folder / "truth", "--decisions",
                   self.folder / "decisions", *more)

    @staticmethod
    def decision(line, action):
        return json.dumps({"file": "logs/a.jsonl", "line": line, "action": action, "rule": "r"})

    def test_exit_status_and_last_line(self):
        good = [self.decision(1, "drop"), self.decision(2, "drop"), self.decision(3, "change")]
        result = self.judge(good, "--json")
        last = json.loads(result.stdout.splitlines()[-1])
        self.assertEqual((result.returncode, last["passed"], last["recall"]), (0, True, 1.0))
        self.assertEqual(self.judge(good[1:]).returncode, 1)
        self.assertEqual(self.judge(good[1:], "--min-recall", "0.5").returncode, 0)
        self.assertEqual(self.judge(good + [self.decision(7, "drop")]).returncode, 1)
        self.assertEqual(self.judge(good[:2]).returncode, 1)
        self.assertEqual(self.judge(good[:2], "--min-redaction", "0").returncode, 0)

    def test_says_which_line_is_no_decision(self):
        result = self.judge([self.decision(1, "drop"), "{"])
        self.assertEqual((result.returncode, "decisions:2" in result.stderr), (2, True))


class GatewayHandler(BaseHTTPRequestHandler):
    """Shows the perfect list (or a random one); is busy now and then, and hangs up now and then."""

    protocol_version, disable_nagle_algorithm, wbufsize = "HTTP/1.1", True, -1

    def do_POST(self):
        gateway = self.server
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        with gateway.lock:
            gateway.count += 1
            trouble = gateway.count % 50 if gateway.troubled else None
        if trouble == 7:
            self.close_connection = True
        elif trouble == 21:
            self.answer(503, {"error": "busy"})
        elif self.path == "/v2/models/rec/infer":
            history, user = body["inputs"][0]["data"], body["parameters"]["user"]
            items = (gateway.shop.best_items(user, history) if gateway.good
                     else random.Random(body["id"]).sample(gateway.everything, 10))
            gateway.shown[body["id"]] = body
            self.answer(200, {"model_name": "rec", "model_version": "3", "id": body["id"],
                              "outputs": [{"name": "items", "shape": [10], "datatype": "BYTES",
                                           "data": items}]})
        elif self.path == "/v2/feedback":
            gateway.rewards[body["id"]] = body
            self.answer(200, {})
        else:
            self.answer(404, {"error": "no such model"})

    def answer(self, status, value):
        content = json.dumps(value).encode()
        self.send_response(status)
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, *_):
        pass


class ShoppersProgram(WithFolder):
    def setUp(self):
        super().setUp()
        web = ThreadingHTTPServer(("127.0.0.1", 0), GatewayHandler)
        web.daemon_threads = True
        web.lock, web.count, web.troubled, web.good = threading.Lock(), 0, False, True
        web.shown, web.rewards, web.shop = {}, {}, Shop(5, 200, 100)
        web.everything = [item.id for item in web.shop.items]
        thread = threading.Thread(target=web.serve_forever, args=(0.01,), daemon=True)
        thread.start()
        self.gateway = web

        def stop():
            web.shutdown()
            web.server_close()
            thread.join()
        self.addCleanup(stop)

    def shop(self, *arguments, model="rec"):
        result = run("shoppers.py", "--gateway", f"http://127.0.0.1:{self.gateway.server_port}",
                     "--model", model, "--seed", 5, *SMALL, *arguments)
        return result, json.loads(result.stdout.splitlines()[-1])

    def test_every_impression_gets_its_feedback_and_good_lists_are_clicked(self):
        result, good = self.shop("--sessions", 200)
        self.assertEqual((result.returncode, good["sessions"]), (0, 200), result.stderr)
        self.assertEqual(self.gateway.shown.keys(), self.gateway.rewards.keys())
        self.assertEqual(len(self.gateway.shown), good["impressions"])
        request = next(iter(self.gateway.shown.values()))
        self.assertEqual(request["inputs"][0]["shape"], [len(request["inputs"][0]["data"])])
        self.assertEqual(request["parameters"]["simulated"], True)
        self.assertTrue(all(body["simulated"] is True and body["reward"] in (0, 1)
                            for body in self.gateway.rewards.values()))
        self.assertEqual(sum(body["reward"] for body in self.gateway.rewards.values()), good["clicks"])
        self.assertEqual(good["versions"]["3"]["impressions"], good["impressions"])
        self.gateway.good = False
        _, random_lists = self.shop("--sessions", 200)
        print("\nclick rate: perfect lists", good["click_rate"], "random lists", random_lists["click_rate"])
        self.assertGreater(good["click_rate"], 2 * random_lists["click_rate"])

    def test_same_seed_same_clicks_other_request_ids(self):
        _, first = self.shop("--sessions", 60)
        requests = set(self.gateway.shown)
        _, again = self.shop("--sessions", 60, "--concurrency", 1)
        self.assertEqual((first["clicks"], first["impressions"]), (again["clicks"], again["impressions"]))
        self.assertEqual(len(self.gateway.shown), 2 * len(requests))

    def test_troubles_are_survived(self):
        self.gateway.troubled = True
        result, report = self.shop("--sessions", 120)
        self.assertEqual((result.returncode, report["sessions"]), (0, 120), result.stderr)
        self.assertGreater(report["retries"], 3)
        self.assertEqual(self.gateway.shown.keys(), self.gateway.rewards.keys())

    def test_stop_file(self):
        (self.folder / "stop").touch()
        result, report = self.shop("--sessions", 0, "--stop-file", self.folder / "stop")
        self.assertEqual((result.returncode, report["sessions"]), (0, 0))

    def test_a_wrong_model_and_a_gateway_that_is_away_are_failures(self):
        result, report = self.shop("--sessions", 1000, model="wrong")
        self.assertEqual(result.returncode, 1)
        self.assertIn("404", report["problem"])
        self.assertLess(report["refused"], 60)
        away = run("shoppers.py", "--gateway", "http://127.0.0.1:1", "--model", "rec", *SMALL,
                   "--patience", "0.3", "--sessions", 5)
        self.assertEqual((away.returncode, "refused" in away.stderr), (1, True))


class Queue:
    """A label queue as the engine keeps it: each task goes to three different annotators."""

    def __init__(self, subjects, options):
        self.tasks = {f"t{number}": {"id": f"t{number}", "subject": subject, "question": "",
                                     "options": options} for number, subject in enumerate(subjects)}
        self.answers = {name: {} for name in self.tasks}
        self.all_simulated = True

    def query(self, name, **params):
        still_open = [task for task, given in self.answers.items() if len(given) < 3]
        if name == "label.queue":
            return {"open": len(still_open)}
        free = [task for task in still_open if params["annotator"] not in self.answers[task]]
        return {"task": self.tasks[free[0]] if free else None}

    def command(self, name, *, task, annotator, answer, simulated):
        assert name == "label.answer"
        self.answers[task][annotator] = answer
        self.all_simulated &= simulated is True


class Annotating(unittest.TestCase):
    TRUTH = {"sessions": {f"s{number:06d}": number % 3 == 0 for number in range(600)},
             "items": {f"i{number:04d}": ("books", "toys", "pets")[number % 3] for number in range(300)}}

    def test_queue_is_worked_off(self):
        queue = Queue([f"session/{name}" for name in self.TRUTH["sessions"]], ["yes", "no"])
        given = annotators.work(queue, self.TRUTH, "bots", 1, idle_rounds=2, patience_s=1)
        self.assertEqual(sum(given.values()), 1800)
        self.assertTrue(queue.all_simulated)
        self.assertEqual(queue.query("label.queue"), {"open": 0})

    def test_error_rates_are_as_stated(self):
        wrong = Counter()
        for kind, options in (("sessions", ["yes", "no"]), ("items", ["books", "toys", "pets"])):
            for name in self.TRUTH[kind]:
                task = {"subject": f"{kind[:-1]}/{name}", "options": options}
                right = annotators.true_answer(self.TRUTH, task["subject"], options)
                for annotator in annotators.ERROR_RATES:
                    answer = annotators.answer(self.TRUTH, annotator, task, 1)
                    self.assertEqual(answer, annotators.answer(self.TRUTH, annotator, task, 1))
                    self.assertIn(answer, options)
                    wrong[annotator] += answer != right
        for annotator, rate in annotators.ERROR_RATES.items():
            self.assertAlmostEqual(wrong[annotator] / 900, rate, delta=3.5 * (rate * (1 - rate) / 900) ** 0.5)

    def test_open_tasks_for_nobody_end_in_an_error(self):
        queue = Queue(["session/s000001"], ["yes", "no"])
        queue.query = lambda name, **_: {"open": 1} if name == "label.queue" else {"task": None}
        with self.assertRaises(TimeoutError):
            annotators.work(queue, self.TRUTH, "bots", 1, idle_rounds=1, patience_s=0.15)


if __name__ == "__main__":
    unittest.main()
