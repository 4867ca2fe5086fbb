"""fulcrum.serving against `fulcrum data serve`, the real process, killed at random."""
import json
import os
import pathlib
import pickle
import random
import socket
import struct
import subprocess
import sys
import tempfile
import threading
import types
import unittest
import unittest.mock

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[2] / "python"))
from fulcrum.errors import Error  # noqa: E402
from fulcrum.serving import Records  # noqa: E402

PROGRAM = os.environ.get("FULCRUM_BIN_DIR", "build/release/bin") + "/fulcrum"
TOKEN = "the test's token"


class Server:
    """The process; start() after kill() gives the same address."""

    def __init__(self, *arguments):
        self.arguments, self.port, self.process, self.starting = arguments, 0, None, None
        self.start()

    def start(self):
        self.process = subprocess.Popen(
            [PROGRAM, "data", "serve", "--json", "--port", str(self.port), *map(str, self.arguments)],
            stdout=subprocess.PIPE, text=True, env=os.environ | {"FULCRUM_SERVE_TOKEN": TOKEN})
        self.ready = json.loads(self.process.stdout.readline())
        self.port = self.ready["port"]

    def start_later(self, seconds):
        self.starting = threading.Timer(seconds, self.start)
        self.starting.start()

    def kill(self):
        if self.starting:
            self.starting.join()
        self.process.kill()
        self.process.wait()
        self.process.stdout.close()

    def records(self, **options):
        return Records(("127.0.0.1", self.port), TOKEN, **options)


def flat(batches):
    return [record for batch in batches for record in batch]


class Serving(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.folder = tempfile.TemporaryDirectory()
        root = pathlib.Path(cls.folder.name)
        cls.lines = [json.dumps({"id": i, "text": "x" * (i % 50)}).encode() for i in range(5003)]
        (root / "a.jsonl").write_bytes(b"\n".join(cls.lines))
        (root / "b.bin").write_bytes(b"".join(struct.pack("<I", i % 9) + b"b" * (i % 9) for i in range(100)))
        cls.root = root
        cls.server = Server("--in", root / "a.jsonl", "--index", root / "index")
        cls.order = flat(cls.server.records(seed=5, epochs=2))

    @classmethod
    def tearDownClass(cls):
        cls.server.kill()
        cls.folder.cleanup()

    def test_each_epoch_has_each_record_once_in_an_order_of_its_own(self):
        first, second = self.order[:5003], self.order[5003:]
        self.assertEqual(sorted(first), sorted(self.lines))
        self.assertEqual(sorted(second), sorted(self.lines))
        self.assertNotEqual(first, second)
        self.assertNotEqual(first, flat(self.server.records(seed=6)))
        self.assertEqual(self.server.ready["records"], 5003)

    def test_the_server_is_killed_at_random_and_the_order_is_the_same(self):
        seed = random.randrange(1 << 30)
        chance = random.Random(seed)
        server = Server("--in", self.root / "a.jsonl", "--index", self.root / "index")
        given, kills = [], 0
        try:
            for batch in server.records(seed=5, epochs=2, batch=61):
                given += batch
                if chance.random() < 0.08:      # while batches that were asked for are on their way
                    server.kill()
                    kills += 1
                    server.start_later(chance.random() / 20)
        finally:
            server.kill()
        self.assertGreater(kills, 0, f"seed {seed}")
        self.assertEqual(given, self.order, f"seed {seed}")

    def test_clients_are_killed_at_random_and_go_on_at_another_world_size(self):
        seed = random.randrange(1 << 30)
        chance = random.Random(seed)
        given, state = [], {"global_index": 0, "seed": 5}
        while len(self.order) - state["global_index"] >= 7:
            world, batch = chance.randint(1, 7), chance.randint(1, 90)
            ranks = [self.server.records(epochs=2, rank=r, world=world, batch=batch) for r in range(world)]
            for rank in ranks:
                rank.load_state_dict(pickle.loads(pickle.dumps(state)))
            steps = zip(*ranks)
            for _ in range(chance.randint(1, 20)):
                batches = next(steps, None)
                if batches is None:
                    break
                given += [record for step in zip(*batches) for record in step]
                state = ranks[0].state_dict()
                self.assertEqual({rank.state_dict()["global_index"] for rank in ranks}, {state["global_index"]})
        self.assertEqual(given, self.order[:state["global_index"]], f"seed {seed}")
        self.assertGreater(state["global_index"], len(self.order) - 7)

    def test_uneven_ends_give_every_rank_as_many_batches(self):
        for world in (2, 3, 8, 6000):
            for uneven in ("drop", "wrap"):
                sizes = {tuple(map(len, self.server.records(rank=r, world=world, uneven=uneven)))
                         for r in (0, 1, world - 1)}
                self.assertEqual(len(sizes), 1, (world, uneven))
        ranks = [flat(self.server.records(seed=5, rank=r, world=4, uneven="wrap")) for r in range(4)]
        self.assertEqual([rank[-1] for rank in ranks], self.order[5000:5003] + self.order[:1])

    def test_workers_taken_in_turn_give_the_order(self):
        for workers in (1, 2, 3):
            parts = [list(self.server.records(seed=5, epochs=2, batch=100).workers_part(w, workers))
                     for w in range(workers)]
            turns = [part[i] for i in range(len(parts[0])) for part in parts if i < len(part)]
            self.assertEqual(flat(turns), self.order)
        records = self.server.records(seed=5, batch=100)
        records.load_state_dict(records.state_after(7))
        self.assertEqual(next(iter(records)), self.order[700:800])

    def test_a_worker_of_torch_reads_its_part(self):
        data = types.ModuleType("torch.utils.data")     # as torch's, for one worker process
        data.IterableDataset = object
        data.get_worker_info = lambda: types.SimpleNamespace(id=1, num_workers=3)
        names = {"torch": types.ModuleType("torch"), "torch.utils": types.ModuleType("torch.utils"),
                 "torch.utils.data": data}
        with unittest.mock.patch.dict(sys.modules, names):
            dataset = pickle.loads(pickle.dumps(self.server.records(seed=5, batch=100).for_torch()))
            self.assertEqual(next(iter(dataset)), self.order[100:200])

    def test_a_mixture_is_served_as_scheduled(self):
        server = Server("--in", self.root / "a.jsonl", "--in", self.root / "b.bin", "--mix", "0:1,0;1000:1,1")
        try:
            whole = flat(server.records(end=5000))
            self.assertTrue(all(record.startswith(b"{") for record in whole[:1000]))
            self.assertAlmostEqual(sum(not record.startswith(b"{") for record in whole), 2000, delta=200)
            self.assertEqual(flat(server.records(end=5000, start=777)), whole[777:])
            with self.assertRaises(Error) as refused:
                flat(server.records())
            self.assertEqual(refused.exception.code, "serving.end")
        finally:
            server.kill()

    def test_refusals_have_codes(self):
        for options, code in (({"token": "wrong"}, "serving.token"), ({"version": "v0"}, "serving.version")):
            records = self.server.records()
            records.__dict__.update(options)
            with self.assertRaises(Error) as refused:
                flat(records)
            self.assertEqual(refused.exception.code, code)
        with self.assertRaises(Error) as gone:
            flat(Records(("127.0.0.1", 1), TOKEN, retry_s=0.05))
        self.assertEqual(gone.exception.code, "unreachable")
        for arguments in (("--in", self.root / "none.jsonl"), ("--in", self.root / "a.jsonl", "--mix", "x")):
            failed = subprocess.run([PROGRAM, "data", "serve", "--json", *arguments], capture_output=True, text=True)
            self.assertNotEqual(failed.returncode, 0)
            self.assertIn("file.read" if "--mix" not in arguments else "serving.mixture", failed.stderr)

    def test_hostile_frames_do_not_harm_the_server(self):
        chance = random.Random(1)
        hello = json.dumps({"token": TOKEN}).encode()
        hello = struct.pack("<I", len(hello)) + hello
        wrong = [b"", b"\xff" * 8, struct.pack("<I", 4) + b"[[[[", struct.pack("<I", 1 << 31), b"\0\0\0\0",
                 struct.pack("<IQQQII", 32, 0, 1 << 63, 1, 1, 0), struct.pack("<IQQQII", 32, 0, 0, 1 << 60, 65536, 0),
                 struct.pack("<IQQQII", 32, 0, 0, 1, 0, 0), struct.pack("<IQQQII", 32, 0, 0, 1, 65537, 0)]
        wrong += [chance.randbytes(chance.randint(1, 100)) for _ in range(50)]
        for frame in wrong:
            for start in (b"", hello):
                with socket.create_connection(("127.0.0.1", self.server.port)) as peer:
                    peer.sendall(start + frame)
                    peer.shutdown(socket.SHUT_WR)
                    try:
                        while peer.recv(65536):
                            pass
                    except ConnectionResetError:
                        pass
        self.assertEqual(flat(self.server.records(seed=5, epochs=2)), self.order)
        self.assertIsNone(self.server.process.poll())


if __name__ == "__main__":
    unittest.main()
