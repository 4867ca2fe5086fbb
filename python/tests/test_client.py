import os
import tempfile
import threading
import unittest
from pathlib import Path
from unittest import mock

import fulcrum
from fulcrum.client import default_home
from tests.fake_engine import FakeEngine


class OverSocket(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.home = Path(folder.name)
        (self.home / "token").write_text("secret-of-the-home\n")
        self.engine = FakeEngine(str(self.home / "engine.sock"), token="secret-of-the-home")
        self.addCleanup(self.engine.stop)
        self.client = fulcrum.Client(home=self.home)
        self.addCleanup(self.client.close)

    def test_command_carries_fields_token_and_key(self):
        answer = self.client.command("note.add", subject="job/1", text="slow disk – 慢")
        self.assertEqual(answer, {"seq": 1, "events": [1], "streams": ["note/1"]})
        method, path, headers, body = self.engine.requests[-1]
        self.assertEqual((method, path), ("POST", "/api/v1/commands/note.add"))
        self.assertEqual(body, {"subject": "job/1", "text": "slow disk – 慢"})
        self.assertEqual(headers["Authorization"], "Bearer secret-of-the-home")
        self.assertTrue(headers["Idempotency-Key"])

    def test_same_key_happens_once_and_each_call_has_its_own(self):
        for _ in range(2):
            self.client.command("note.add", subject="a", idempotency_key="k1")
        self.assertEqual(len(self.engine.events), 1)
        for _ in range(2):
            self.client.command("note.add", subject="a")
        self.assertEqual(len(self.engine.events), 3)
        self.assertNotIn("idempotency_key", self.engine.requests[-1][3])

    def test_query(self):
        answer = self.client.query("job.list", state="waiting", from_=3, name="x")
        self.assertEqual(answer["path"], "/api/v1/queries/job.list")
        self.assertEqual(answer["body"], {"state": "waiting", "from": 3, "name": "x"})

    def test_methods_come_from_the_openapi_description(self):
        self.assertEqual(self.client.note_add(subject="b", idempotency_key="k")["seq"], 1)
        self.assertEqual(self.client.job_list(limit=2)["body"], {"limit": 2})
        self.assertEqual(self.client.job_cancel_all()["path"], "/api/v1/commands/job.cancel-all")
        self.assertIn("job_list", dir(self.client))
        described = [path for _, path, _, _ in self.engine.requests if path == "/openapi.json"]
        self.assertEqual(len(described), 1)
        with self.assertRaisesRegex(AttributeError, "no_such_thing"):
            self.client.no_such_thing()

    def test_ledger_pages_until_the_end(self):
        self.engine.events = [{"seq": seq, "kind": "x"} for seq in range(1, 24)]
        self.assertEqual([e["seq"] for e in self.client.ledger(from_seq=4, limit=5)], list(range(4, 24)))
        self.assertEqual(list(self.client.ledger(from_seq=99)), [])

    def test_refusal_becomes_an_error_with_its_parts(self):
        with self.assertRaises(fulcrum.Error) as caught:
            self.client.command("note.add", text="about nothing")
        error = caught.exception
        self.assertEqual((error.code, error.message, error.field, error.fix, error.status),
                         ("bad_request", "subject is missing", "subject", "give a subject", 422))
        self.assertIn("subject", str(error))

    def test_a_connection_closed_meanwhile_is_opened_anew(self):
        self.engine.drop_next = True
        self.client.query("job.list")
        self.assertEqual(self.client.query("job.list")["body"], {})

    def test_many_threads_share_a_client(self):
        def add(number):
            for _ in range(20):
                self.client.command("note.add", subject=f"job/{number}")
        threads = [threading.Thread(target=add, args=(n,)) for n in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        self.assertEqual(len(self.engine.events), 80)

    def test_unreadable_token_is_no_failure(self):
        (self.home / "token").unlink()
        with self.assertRaises(fulcrum.Error) as caught, fulcrum.Client(home=self.home) as client:
            client.query("job.list")
        self.assertEqual((caught.exception.code, caught.exception.status), ("auth.missing", 401))

    def test_no_engine(self):
        self.engine.stop()
        self.engine.stop = lambda: None
        with self.assertRaises(fulcrum.Error) as caught, fulcrum.Client(home=self.home) as client:
            client.query("job.list")
        self.assertEqual(caught.exception.code, "unreachable")
        self.assertIn("fulcrum up", caught.exception.fix)


class OverTcp(unittest.TestCase):
    def setUp(self):
        self.engine = FakeEngine(token="t1")
        self.addCleanup(self.engine.stop)

    def test_bearer_token(self):
        with fulcrum.Client(url=self.engine.url, token="t1") as client:
            self.assertEqual(client.note_add(subject="a")["seq"], 1)
        with mock.patch.dict(os.environ, FULCRUM_TOKEN="t1"):
            with fulcrum.Client(url=self.engine.url + "/") as client:
                self.assertEqual(client.query("job.list")["body"], {})
        with fulcrum.Client(url=self.engine.url, token="wrong") as client:
            with self.assertRaises(fulcrum.Error) as caught:
                client.query("job.list")
        self.assertEqual((caught.exception.code, caught.exception.fix), ("auth.missing", "send a token"))

    def test_an_answer_that_is_not_the_engines(self):
        with fulcrum.Client(url=self.engine.url + "/elsewhere", token="t1") as client:
            with self.assertRaises(fulcrum.Error) as caught:
                client.query("job.list")
        self.assertEqual(caught.exception.code, "http_502")
        self.assertIn("bad gateway", caught.exception.message)

    def test_empty_parts_of_an_error_are_none(self):
        with fulcrum.Client(url=self.engine.url, token="t1") as client:
            with self.assertRaises(fulcrum.Error) as caught:
                client._call("GET", "/nowhere", None, {})
        error = caught.exception
        self.assertEqual((error.code, error.field, error.fix), ("not_found", None, None))
        self.assertEqual(str(error), "not_found: no such path")

    def test_home_and_url_exclude_each_other(self):
        with self.assertRaises(ValueError):
            fulcrum.Client(home="somewhere", url=self.engine.url)
        with self.assertRaises(ValueError):
            fulcrum.Client(url="ftp://127.0.0.1")


class Home(unittest.TestCase):
    def test_default_home(self):
        with mock.patch.dict(os.environ, {"FULCRUM_HOME": "/a/b", "XDG_DATA_HOME": "/c"}):
            self.assertEqual(default_home(), Path("/a/b"))
        with mock.patch.dict(os.environ, {"XDG_DATA_HOME": "/c"}, clear=True):
            self.assertEqual(default_home(), Path("/c/fulcrum"))
        with mock.patch.dict(os.environ, {"HOME": "/h"}, clear=True):
            self.assertEqual(default_home(), Path("/h/.local/share/fulcrum"))


if __name__ == "__main__":
    unittest.main()
