#!/usr/bin/env python3
"""Records served over loopback, beside plain reads of the same records in the same order.

    FULCRUM_BIN_DIR=build/release/bin bench/serving_bench.py [RECORDS=200000]

One JSON line a figure. Records of 1,536 to 2,560 bytes, batches of 256. `ratio_to_pread` is to this
process reading each record with os.pread, the least that a loader in Python does. Peers (tf.data
service, MosaicML streaming, torch) have environments of their own and are not run here.
"""

import json
import os
import pathlib
import random
import struct
import subprocess
import sys
import tempfile
import time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "python"))
from fulcrum.serving import Records  # noqa: E402

PROGRAM = os.environ["FULCRUM_BIN_DIR"] + "/fulcrum"


def write(path, count):
    starts, at = [], 0
    filler = random.Random(1).randbytes(1 << 20)
    with open(path, "wb") as file:
        for i in range(count):
            size = 1536 + i * 2654435761 % 2**32 % 1025
            file.write(struct.pack("<IQ", size, i) + filler[i % 99991:i % 99991 + size - 8])
            starts.append((at + 4, size))
            at += 4 + size
    return starts


def rate(batches, count):
    begin = time.perf_counter()
    order = [int.from_bytes(record[:8], "little") for batch in batches for record in batch]
    seconds = time.perf_counter() - begin
    if sorted(order) != list(range(count)):
        raise SystemExit("a record came twice or not at all")
    return count / seconds, order


def plain(path, starts, order):
    file = os.open(path, os.O_RDONLY)
    for first in range(0, len(order), 256):
        yield [os.pread(file, starts[i][1], starts[i][0]) for i in order[first:first + 256]]
    os.close(file)


def main():
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 200_000
    with tempfile.TemporaryDirectory() as folder:
        path = pathlib.Path(folder) / "records.bin"
        starts = write(path, count)
        command = [PROGRAM, "data", "serve", "--in", path, "--index", folder + "/index", "--port", "0", "--json"]
        server = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
        try:
            ready = json.loads(server.stdout.readline())
            address, token = (ready["address"], ready["port"]), ready["token"]
            runs = [rate(Records(address, token, seed=1), count) for _ in range(3)]
            order = runs[0][1]
            reads = sorted(rate(plain(path, starts, order), count)[0] for _ in range(3))[1]
            served = sorted(run[0] for run in runs)[1]
            print(json.dumps({"bench": "serving", "figure": "network_samples_per_s", "records": count,
                              "value": round(served), "pread_samples_per_s": round(reads),
                              "ratio_to_pread": round(served / reads, 2),
                              "same_order": all(run[1] == order for run in runs)}))
            start = count // 3
            begin = time.perf_counter()
            first = next(iter(Records(address, token, seed=1, start=start)))
            seconds = time.perf_counter() - begin
            if [int.from_bytes(record[:8], "little") for record in first] != order[start:start + 256]:
                raise SystemExit("resumed elsewhere")
            print(json.dumps({"bench": "serving", "figure": "resume_first_batch_s", "value": round(seconds, 5), "goal": 0.1}))
        finally:
            server.terminate()
            server.wait()


if __name__ == "__main__":
    main()
