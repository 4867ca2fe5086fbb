"""The published web filters decide as datatrove does, document by document."""
import json
import os
import pathlib
import subprocess
import tempfile
import unittest

from corpus import documents

ROOT = pathlib.Path(__file__).resolve().parents[3]
FULCRUM = pathlib.Path(os.environ["FULCRUM_BIN_DIR"]) / "fulcrum"
FILTERS = ("gopher_repetition", "gopher_quality", "c4", "fineweb")
SHARED = pathlib.Path(os.environ.get("FULCRUM_SHARED", ROOT.parent / "shared"))


def peer_python():
    made = subprocess.run([ROOT / "tools" / "peer-env", "datatrove"], capture_output=True, text=True)
    if made.returncode != 0:
        raise unittest.SkipTest("SKIPPED datatrove: it cannot be installed: " + made.stderr.strip().splitlines()[-1])
    return made.stdout.strip()


def write(path, records):
    path.write_text("".join(json.dumps(record, ensure_ascii=False) + "\n" for record in records), "utf-8")


def read(path):
    return [json.loads(line) for line in path.read_text("utf-8").splitlines()]


def decide(folder, name, corpus, fields=""):
    (folder / "pipeline.yaml").write_text(f"{fields}\nsteps: [{name}]\n")
    subprocess.run([FULCRUM, "data", "run", folder / "pipeline.yaml", "--in", corpus, "--decisions", folder / "d.jsonl", "--json"],
                   check=True, stdout=subprocess.DEVNULL)
    return [(one["id"], one["rule"]) for one in read(folder / "d.jsonl")]


class Decisions(unittest.TestCase):
    def compare(self, records):
        python = peer_python()
        with tempfile.TemporaryDirectory() as name:
            folder = pathlib.Path(name)
            write(folder / "corpus.jsonl", records)
            oracle = pathlib.Path(__file__).with_name("oracle.py")
            subprocess.run([python, oracle, folder / "corpus.jsonl", folder / "answers.jsonl"], check=True)
            answers = read(folder / "answers.jsonl")
            write(folder / "given.jsonl", [{**record, "w": one["words"], "s": one["sentences"]}
                                           for record, one in zip(records, answers)])
            for each in FILTERS:
                wanted = [(one["id"], one["decisions"][each]) for one in answers]
                self.assertGreater(len({rule for _, rule in wanted}), 2, f"{each}: the corpus tries too little")
                given = decide(folder, each, folder / "given.jsonl", "fields: {words: w, line_sentences: s}")
                self.assertEqual(given, wanted, f"{each}, with datatrove's words")
                own = decide(folder, each, folder / "corpus.jsonl")
                differing = [(a, b) for a, b in zip(own, wanted) if a != b]
                print(f"{each}: {len(wanted)} documents, {len(differing)} differ with our own words", differing[:5])
                self.assertLessEqual(len(differing), 0.005 * len(wanted), f"{each}: {differing}")

    def test_on_documents_of_our_own(self):
        self.compare(list(documents(600, seed=7)))

    def test_on_real_pages(self):
        generator = SHARED / "baselines" / "lib" / "corpus.py"
        if not generator.exists():
            self.skipTest("SKIPPED real pages: they are not part of the project")
        with tempfile.TemporaryDirectory() as folder:
            path = pathlib.Path(folder) / "corpus.jsonl"
            subprocess.run(["python3", generator, "web", "3", path], check=True, stdout=subprocess.DEVNULL,
                           env={**os.environ, "FULCRUM_DATA": str(SHARED / "data")})
            self.compare([{"id": one["id"], "text": one["text"]} for one in read(path)])


if __name__ == "__main__":
    unittest.main()
