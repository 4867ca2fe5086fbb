"""Records from `fulcrum data serve`, in an order that can be gone back to.

The order is a function of the data's version, the seed and the global index (epoch × records +
index); the server keeps nothing of a client.  So whoever is killed, client or server, goes on at a
global index and gets exactly the rest.
"""

import collections
import itertools
import json
import random
import socket
import struct
import sys
import time
from collections.abc import Iterator

from fulcrum.errors import Error

_FAILED = 0xFFFFFFFF
_MAX_ANSWER = 1 << 30


class Records:
    """Batches (lists of bytes) of one rank, in the run's order.

    address    (host, port) of the server
    token      the server's
    batch      records in a batch; a rank's last batch may be smaller
    seed       of the order
    epochs     how often all records come; or
    end        the run's last global index + 1 (a mixture, which has no epochs, needs it)
    rank, world  this process takes the global indices start + rank, start + rank + world, …
    uneven     where the places do not divide by the world: "drop" the last ones, or "wrap" to the
               beginning of the last epoch; either way every rank has the same number of batches
    start      the global index to begin at
    version    refuse a server whose data are another version
    ahead      batches asked for before they are needed
    retry_s    how long to try again when the server is gone; then Error "unreachable"

    Iterating moves `start` on: state_dict() is where a new run goes on once the last batch given is
    used, and where another iteration begins.  One iteration at a time; the object may be pickled.
    """

    def __init__(self, address: tuple[str, int], token: str, batch: int = 256, seed: int = 0, epochs: int = 1,
                 end: int | None = None, rank: int = 0, world: int = 1, uneven: str = "drop", start: int = 0,
                 version: str | None = None, ahead: int = 4, retry_s: float = 60):
        if not 0 <= rank < world:
            raise ValueError(f"rank {rank} of {world} does not exist")
        if uneven not in ("drop", "wrap"):
            raise ValueError(f'uneven is "drop" or "wrap", got {uneven!r}')
        if not 1 <= batch <= 65536 or ahead < 1 or epochs < 1 or start < 0:
            raise ValueError("batch is 1 to 65536, ahead and epochs at least 1, start at least 0")
        self.address, self.token, self.batch, self.seed, self.epochs = tuple(address), token, batch, seed, epochs
        self.end, self.rank, self.world, self.uneven, self.start = end, rank, world, uneven, start
        self.version, self.ahead, self.retry_s = version, ahead, retry_s
        self.part, self.parts = 0, 1

    def workers_part(self, part: int, parts: int) -> "Records":
        """The batches part, part + parts, … of this rank: what worker `part` of `parts` reads, so
        that batches taken from the workers in turn are the rank's batches in order."""
        other = Records.__new__(Records)
        other.__dict__.update(self.__dict__, part=part, parts=parts)
        return other

    def state_dict(self) -> dict:
        """Where the run goes on, for any world size; for all ranks, once they used as many batches."""
        return {"global_index": self.start, "seed": self.seed, "version": self.version}

    def state_after(self, batches: int) -> dict:
        """The same, counted by the caller: after so many batches of each rank from `start` on (torch's
        DataLoader iterates over copies in its workers)."""
        return self.state_dict() | {"global_index": self.start + batches * self.batch * self.world}

    def load_state_dict(self, state: dict) -> None:
        self.start, self.seed = state["global_index"], state["seed"]
        self.version = state.get("version") or self.version

    def __call__(self) -> Iterator[list[bytes]]:
        """For tf.data.Dataset.from_generator(records, output_signature=tf.TensorSpec([None], tf.string))."""
        return iter(self)

    def __iter__(self) -> Iterator[list[bytes]]:
        torch_data = sys.modules.get("torch.utils.data")
        worker = torch_data.get_worker_info() if torch_data and self.parts == 1 else None
        if worker is not None and worker.num_workers > 1:
            return self.workers_part(worker.id, worker.num_workers)._batches()
        return self._batches()

    def for_torch(self):
        """An IterableDataset for DataLoader(…, batch_size=None, num_workers=any)."""
        return _torch_records()(self)

    def _batches(self) -> Iterator[list[bytes]]:
        connection = _Connection(self)
        start, waiting = self.start, collections.deque()
        try:
            connection.open()
            if self.version is None:
                self.version = connection.hello["version"]
            plan = self._plan(start, connection.hello)
            while True:
                for requests, steps in itertools.islice(plan, self.ahead + 1 - len(waiting)):
                    waiting.append((requests, steps))
                    connection.ask(requests)
                if not waiting:
                    return
                records = connection.answer([requests for requests, _ in waiting])
                self.start = start + waiting.popleft()[1] * self.world
                yield records
        finally:
            connection.close()

    def _plan(self, start: int, hello: dict) -> Iterator[tuple[list[bytes], int]]:
        """Each batch's requests, and the steps from `start` that are done after it."""
        epoch = hello["records"]
        if self.end is None and hello["mixture"]:
            raise Error("serving.end", "a mixture has no epochs", "end", "say where the run ends")
        end = self.epochs * epoch if self.end is None else self.end
        if hello["mixture"]:
            epoch = end     # a wrap goes back to the run's beginning
        places = max(0, end - start)
        steps = places // self.world + (self.uneven == "wrap" and places % self.world > 0)
        for first in range(self.part * self.batch, steps, self.parts * self.batch):
            until = min(first + self.batch, steps)
            indices = range(start + first * self.world + self.rank, start + until * self.world, self.world)
            inside = len(indices) - (indices[-1] >= end)    # only the last step may lie behind the end
            requests = [self._request(indices[0], inside)] if inside else []
            if inside < len(indices):
                last_epoch = (end - 1) // epoch * epoch
                requests.append(self._request(last_epoch + (indices[-1] - end) % (end - last_epoch), 1))
            yield requests, until

    def _request(self, first: int, count: int) -> bytes:
        return struct.pack("<IQQQII", 32, self.seed, first, self.world, count, 0)


def _torch_records():
    """The class behind for_torch(), which can be made only where torch is."""
    if "TorchRecords" not in globals():
        from torch.utils.data import IterableDataset

        class TorchRecords(IterableDataset):
            def __init__(self, records):
                super().__init__()
                self.records = records

            def __iter__(self):
                return iter(self.records)

        TorchRecords.__qualname__ = "TorchRecords"
        globals()["TorchRecords"] = TorchRecords
    return globals()["TorchRecords"]


def __getattr__(name: str):     # a worker process that unpickles a TorchRecords asks for it by name
    if name == "TorchRecords":
        return _torch_records()
    raise AttributeError(name)


class _Connection:
    """To whichever server is there; what was asked and not answered is asked again of the next."""

    def __init__(self, records: Records):
        self._records, self._socket, self.hello = records, None, None

    def close(self) -> None:
        if self._socket is not None:
            self._socket.close()
            self._socket = None

    def open(self) -> None:
        """Until retry_s are over, with pauses of 10 ms doubling to 1 s, each shortened at random."""
        deadline, pause = time.monotonic() + self._records.retry_s, 0.01
        while True:
            try:
                return self._open_once()
            except OSError as error:
                self.close()
                if time.monotonic() >= deadline:
                    raise Error("unreachable", f"no data server at {self._records.address}: {error}") from error
                time.sleep(pause * random.uniform(0.5, 1))
                pause = min(2 * pause, 1)

    def _open_once(self) -> None:
        self._socket = socket.create_connection(self._records.address, timeout=30)
        self._socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        token = json.dumps({"token": self._records.token}).encode()
        self._socket.sendall(struct.pack("<I", len(token)) + token)
        self.hello = json.loads(bytes(self._frame()[4:]))
        wanted = self._records.version
        if wanted is not None and self.hello["version"] != wanted:
            raise Error("serving.version", f"the server has version {self.hello['version']}, not {wanted}")

    def ask(self, requests: list[bytes]) -> None:
        try:
            self._socket.sendall(b"".join(requests))
        except OSError:
            pass    # answer() finds out, and asks again

    def answer(self, waiting: list[list[bytes]]) -> list[bytes]:
        """The records of the first of `waiting`, all of which were asked."""
        deadline = time.monotonic() + self._records.retry_s
        while True:
            try:
                return [record for _ in waiting[0] for record in _records_in(self._frame())]
            except OSError as error:
                self.close()
                if time.monotonic() >= deadline:
                    raise Error("unreachable", f"{self._records.address} does not answer: {error}") from error
                self.open()
                self.ask([request for requests in waiting for request in requests])

    def _frame(self) -> bytes:
        size, = struct.unpack("<I", self._exactly(4))
        if not 4 <= size <= _MAX_ANSWER:
            raise Error("serving.answer", f"the server sent a frame of {size} bytes")
        frame = self._exactly(size)
        if struct.unpack_from("<I", frame)[0] == _FAILED:
            error = json.loads(bytes(frame[4:]))
            raise Error(error["code"], error["message"], error["field"] or None, error["fix"] or None)
        return frame

    def _exactly(self, size: int) -> bytearray:
        data = bytearray(size)
        view, done = memoryview(data), 0
        while done < size:
            read = self._socket.recv_into(view[done:], size - done)
            if read == 0:
                raise ConnectionError("the server closed the connection")
            done += read
        return data


def _records_in(frame: bytearray) -> list[bytes]:
    count, = struct.unpack_from("<I", frame)
    head = 4 + 4 * count
    ends = list(itertools.accumulate(struct.unpack_from(f"<{count}I", frame, 4), initial=head))
    if ends[-1] != len(frame):
        raise Error("serving.answer", "the server's frame and the sizes of its records differ")
    data = bytes(frame)
    return [data[begin:end] for begin, end in zip(ends, ends[1:])]
