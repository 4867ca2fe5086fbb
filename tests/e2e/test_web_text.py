"""examples/pipelines/web_text.yaml on a small made-up corpus, through the program."""
import json
import os
import pathlib
import subprocess
import tempfile
import unittest
from random import Random

ROOT = pathlib.Path(__file__).resolve().parents[2]
PROGRAM = pathlib.Path(os.environ["FULCRUM_BIN_DIR"]) / "fulcrum"

WORDS = ("the the the to be of and that have with was from they people their would there about which "
         "water river stone bridge garden winter summer letter library window station village road "
         "harbour lantern music market engineer teacher neighbour visitor council museum journey "
         "mountain island forest kitchen history answer question morning evening quiet careful early "
         "young distant narrow golden heavy simple open broken ancient found carried built followed "
         "opened remembered described measured crossed painted returned listened wondered").split()


def sentences(seed, count):
    """Words in no order: English enough, and no five of them come again."""
    random = Random(seed)
    made = []
    for _ in range(count):
        words = [WORDS[int(random.random() * len(WORDS))] for _ in range(12)]
        made.append(" ".join(words).capitalize() + ".")
    return made


def prose(seed):
    made = sentences(seed, 20)
    return [" ".join(made[i:i + 4]) for i in range(0, 20, 4)]


def page(seed, extra=""):
    paragraphs = "".join(f"<p>{line}</p>" for line in prose(seed))
    return (f"<html><head><title>Page {seed}</title></head><body><nav><a href='/'>Home</a></nav>"
            f"<article>{paragraphs}<p>{extra}</p></article></body></html>")


CHINESE = "委员会决定在月底之前公布这份报告，并在下周召开一次会议，讨论桥梁和道路的修建。" * 12


class WebText(unittest.TestCase):
    def test_the_whole_recipe(self):
        records = [
            {"id": "html", "url": "http://a.example/1", "html": page(1)},
            {"id": "text", "url": "http://a.example/2", "text": "\n".join(prose(2))},
            {"id": "personal", "url": "http://a.example/3",
             "html": page(3, "Whoever has seen that road may write to anna.b@mail.example.org or "
                             "call +44 20 7946 0958 before the winter.")},
            {"id": "mojibake", "url": "http://a.example/4",
             "text": "\n".join(prose(4)) + "\nThe cafÃ© that we went to was closed, and it was the "
                                           "last of the street."},
            {"id": "chinese", "url": "http://a.example/5", "text": CHINESE},
            {"id": "empty", "url": "http://a.example/6", "html": "<html><body></body></html>"},
            {"id": "short", "url": "http://a.example/7", "text": " ".join(sentences(7, 3))},
            {"id": "repeated", "url": "http://a.example/8",
             "text": "\n".join([prose(8)[0]] * 12)},
            {"id": "lorem", "url": "http://a.example/9",
             "text": "\n".join(prose(9)) + "\nThen lorem ipsum was all that anybody had to say."},
        ]
        with tempfile.TemporaryDirectory() as name:
            folder = pathlib.Path(name)
            (folder / "pages.jsonl").write_text(
                "".join(json.dumps(r, ensure_ascii=False) + "\n" for r in records), "utf-8")
            outputs = []
            for threads in ("1", "3"):
                done = subprocess.run(
                    [PROGRAM, "data", "run", ROOT / "examples/pipelines/web_text.yaml", "--in",
                     folder / "pages.jsonl", "--out", folder / f"out{threads}.jsonl", "--decisions",
                     folder / "decisions.jsonl", "--threads", threads, "--json"],
                    capture_output=True, text=True)
                self.assertEqual(done.returncode, 0, done.stderr)
                outputs.append((folder / f"out{threads}.jsonl").read_text("utf-8"))
            answer = json.loads(done.stdout.splitlines()[-1])
            decisions = [json.loads(line)
                         for line in (folder / "decisions.jsonl").read_text("utf-8").splitlines()]
            report = (folder / "out3.jsonl.report.json").read_text("utf-8")
        self.assertEqual(outputs[0], outputs[1])
        kept = {r["id"]: r for r in map(json.loads, outputs[0].splitlines())}
        self.assertEqual({d["id"]: d["rule"] for d in decisions}, {
            "html": "", "text": "", "personal": "", "mojibake": "", "chinese": "other_language",
            "empty": "no_main_text", "short": "gopher_short_doc", "repeated": "dup_line_frac",
            "lorem": "lorem_ipsum"})
        self.assertEqual(sorted(kept), ["html", "mojibake", "personal", "text"])
        self.assertEqual(kept["html"]["title"], "Page 1")
        self.assertNotIn("Home", kept["html"]["text"])
        self.assertNotIn("html", kept["html"])
        self.assertEqual(kept["text"]["language"], "en")
        self.assertIn("write to [email] or call [phone] before", kept["personal"]["text"])
        self.assertNotIn("anna.b", report)
        self.assertIn("The café that", kept["mojibake"]["text"])
        self.assertEqual(answer["records_in"], 9)
        self.assertEqual(answer["records_out"], 4)
        self.assertEqual(answer["rules"]["email"]["changed"], 1)


if __name__ == "__main__":
    unittest.main()
