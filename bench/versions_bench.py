#!/usr/bin/env python3
"""What ten revisions of a table and of a corpus take in the store, beside git-lfs on the same ones.

    FULCRUM_BIN_DIR=build/release/bin bench/versions_bench.py

One JSON line a history. `lfs_bytes` is what git-lfs holds (.git/lfs/objects) where it is installed,
else the sum of the whole revisions, which is what it would hold; `lfs` says which. `ratio` is ours
over theirs, our index and refs included. `commit_mb_per_s` is the first commit's, `sha256_mb_per_s`
what hashing the same bytes once takes here.
"""

import hashlib
import json
import os
import random
import shutil
import subprocess
import tempfile
import time
from pathlib import Path

PROGRAM = os.environ["FULCRUM_BIN_DIR"] + "/fulcrum"
REVISIONS = 10
ENVIRONMENT = os.environ | {"GIT_AUTHOR_NAME": "b", "GIT_AUTHOR_EMAIL": "b@example.org", "GIT_COMMITTER_NAME": "b",
                            "GIT_COMMITTER_EMAIL": "b@example.org", "GIT_CONFIG_NOSYSTEM": "1"}
WORDS = ["".join(random.Random(i).choices("aaabcdeeefghiiklmnnooprrsstttuvwy", k=2 + i % 9)) for i in range(20_000)]


def sentence(rng, words):
    return " ".join(WORDS[int(len(WORDS) * rng.random() ** 4)] for _ in range(words))


def row(rng, number):
    return (f"{number},{rng.randrange(10**9)},2026-{rng.randrange(1, 13):02}-{rng.randrange(1, 29):02},"
            f"{sentence(rng, 4)},{rng.choice('ABCDE')},{rng.random() * 100:.2f},{rng.randrange(10**6)}")


def table(rng, folder, part):
    """200,000 rows; each revision changes a part of the rows, wherever they are, and appends some."""
    rows = [row(rng, n) for n in range(200_000)]
    for revision in range(REVISIONS):
        if revision > 0:
            for n in rng.sample(range(len(rows)), int(len(rows) * part)):
                rows[n] = row(rng, n)
            rows += [row(rng, n) for n in range(len(rows), len(rows) + 500)]
        (folder / "orders.csv").write_text("id,customer,date,text,kind,price,note\n" + "\n".join(rows) + "\n")
        yield


def corpus(rng, folder):
    """4,000 documents of some 6 KB in files, and the same in one JSONL; each revision adds, drops and
    edits one document in a hundred."""
    documents = {n: [sentence(rng, 12) for _ in range(80)] for n in range(4_000)}
    for revision in range(REVISIONS):
        if revision > 0:
            for n in rng.sample(sorted(documents), 40):
                if rng.random() < 0.2:
                    del documents[n]
                else:
                    documents[n][rng.randrange(80)] = sentence(rng, 12)
            for n in range(40):
                documents[10_000 * revision + n] = [sentence(rng, 12) for _ in range(80)]
        shutil.rmtree(folder / "docs", ignore_errors=True)
        with open(folder / "corpus.jsonl", "w", encoding="utf-8") as lines:
            for n, text in sorted(documents.items()):
                path = folder / f"docs/{n % 50}/{n}.txt"
                path.parent.mkdir(parents=True, exist_ok=True)
                path.write_text("\n".join(text))
                lines.write(json.dumps({"id": n, "text": "\n".join(text)}) + "\n")
        yield


def size_of(folder):
    return sum(p.stat().st_size for p in Path(folder).rglob("*") if p.is_file() and ".cache" not in p.parts)


def hash_all(folder):
    began = time.perf_counter()
    total = 0
    for path in sorted(p for p in folder.rglob("*") if p.is_file()):
        data = path.read_bytes()
        hashlib.sha256(data).digest()
        total += len(data)
    return total / 1e6 / (time.perf_counter() - began)


def git(folder, *words):
    subprocess.run(["git", *words], cwd=folder, check=True, env=ENVIRONMENT | {"HOME": str(folder)},
                   stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)


def measure(name, revisions_of):
    with tempfile.TemporaryDirectory() as base:
        base = Path(base)
        data, repository, home = base / "data", base / "git", base / "home"
        data.mkdir()
        repository.mkdir()
        has_lfs = shutil.which("git-lfs") is not None
        if has_lfs:
            git(repository, "init", "-q")
            git(repository, "lfs", "install", "--local")
            (repository / ".gitattributes").write_text("* filter=lfs diff=lfs merge=lfs -text\n"
                                                       ".gitattributes -filter\n")
        whole, seconds, first = 0, [], None
        for _ in revisions_of(data):
            whole += size_of(data)
            ran = subprocess.run([PROGRAM, "--home", home, "data", "commit", "d", data, "--json"], check=True,
                                 capture_output=True, text=True)
            answer = json.loads(ran.stdout)
            seconds.append(answer["seconds"])
            first = first or (answer["mb_per_s"], hash_all(data))
            if has_lfs:
                for entry in repository.iterdir():
                    if entry.name not in (".git", ".gitattributes"):
                        shutil.rmtree(entry) if entry.is_dir() else entry.unlink()
                shutil.copytree(data, repository, dirs_exist_ok=True)
                git(repository, "add", "-A")
                git(repository, "commit", "-q", "-m", "r")
        checked = json.loads(subprocess.run([PROGRAM, "--home", home, "data", "verify", "--json"], check=True,
                                            capture_output=True, text=True).stdout)
        assert checked["ok"] and checked["versions"] == REVISIONS, checked
        ours = size_of(home / "versions")
        lfs = size_of(repository / ".git/lfs/objects") if has_lfs else whole
        print(json.dumps({"bench": "versions", "history": name, "revisions": REVISIONS, "whole_bytes": whole,
                          "lfs": "measured" if has_lfs else "counted", "lfs_bytes": lfs, "stored_bytes": ours,
                          "ratio": round(ours / lfs, 3), "last_commit_s": round(seconds[-1], 2),
                          "commit_mb_per_s": round(first[0], 1), "sha256_mb_per_s": round(first[1], 1)}), flush=True)


measure("table, 0.1 % of the rows a revision", lambda folder: table(random.Random(1), folder, 0.001))
measure("table, 2 % of the rows a revision", lambda folder: table(random.Random(2), folder, 0.02))
measure("corpus, 1 % of the documents a revision", lambda folder: corpus(random.Random(3), folder))
