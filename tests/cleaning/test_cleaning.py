"""What cleaning is worth on shops that it has never seen, and that it cannot have peeked.

The seeds were never used while the cleaner was written.  FULCRUM_CLEANING_SEEDS ("2001-2020")
runs others, always over the same rates of dirt.
"""

import concurrent.futures
import json
import os
import pathlib
import re
import subprocess
import tempfile
import time
import unittest

import measure

SEEDS = measure.read_seeds(os.environ.get("FULCRUM_CLEANING_SEEDS", "1001-1020"))
RATES = (0.0, 0.05, 0.1, 0.2, 0.3)
LEAST = 0.95
SHOP_PLAN = measure.ROOT / "examples" / "recommender" / "plan.yaml"
MOST_FALSE_DROPS = 0.001  # of the honest rows of a shop without dirt


def cases():
    """Every rate four times; foreign and swapped take turns."""
    for place, seed in enumerate(SEEDS):
        dirt = RATES[place % len(RATES)]
        novel = ("foreign", "swapped")[(place // len(RATES)) % 2] if dirt else ""
        yield measure.Case(seed, dirt, novel)


class UnseenShops(unittest.TestCase):
    def test_precision_and_recall_against_what_was_planted(self):
        with concurrent.futures.ThreadPoolExecutor(max_workers=2) as pool:
            all_figures = list(pool.map(measure.measure, cases()))
        table = "\n".join([measure.Figures.HEADER] + [f.line() for f in all_figures])
        print("\n" + table, flush=True)
        for figures in all_figures:
            with self.subTest(seed=figures.case.seed, dirt=figures.case.dirt):
                if figures.case.dirt == 0:
                    self.assertLessEqual(figures.false_drop_share, MOST_FALSE_DROPS)
                    continue
                self.assertGreater(figures.kinds["novel"]["planted"], 0)
                self.assertGreaterEqual(figures.precision, LEAST)
                self.assertGreaterEqual(figures.recall, LEAST)
                self.assertGreaterEqual(figures.redaction, LEAST)


class OneShop(unittest.TestCase):
    """A small shop, collected once."""

    @classmethod
    def setUpClass(cls):
        cls.folder = tempfile.TemporaryDirectory(prefix="fulcrum-cleaning-")
        folder = pathlib.Path(cls.folder.name)
        with measure.Shop(measure.Case(SEEDS[0], 0.2, "swapped"), folder) as shop:
            cls.inputs = measure.collect(shop, folder)
        cls.key = shop.key

    @classmethod
    def tearDownClass(cls):
        cls.folder.cleanup()

    def clean(self, name):
        return measure.step(pathlib.Path(self.folder.name) / name, "data.clean", {}, self.inputs)

    def test_every_row_is_accounted_for(self):
        outputs, report = self.clean("accounts")
        self.assertEqual(report["rows_in"], report["rows_kept"] + report["dropped"])
        read = sum(file["lines"] for file in
                   json.loads((self.inputs["events"] / "manifest.json").read_text())["files"])
        self.assertEqual(report["rows_in"], read)
        kept = outputs["clean"].read_text().splitlines()
        self.assertEqual(len(kept), report["rows_kept"])
        self.assertEqual(len(outputs["interactions"].read_text().splitlines()) - 1, len(kept))
        decisions = [json.loads(line) for line in outputs["decisions"].read_text().splitlines()]
        dropped = [(d["file"], d["line"]) for d in decisions if d["action"] == "drop"]
        changed = {(d["file"], d["line"]) for d in decisions if d["action"] == "change"}
        self.assertEqual(len(dropped), report["dropped"])
        self.assertEqual(len(set(dropped)), len(dropped), "a row is dropped once")
        self.assertFalse(changed & set(dropped), "what is dropped needs no mending")
        accounts = json.loads(outputs["accounting"].read_text())
        by_rule = {rule: sum(d["action"] == "drop" and d["rule"] == rule for d in decisions)
                   for rule in accounts}
        self.assertEqual(by_rule, {rule: account["dropped"] for rule, account in accounts.items()})

    def test_killed_at_any_moment_it_ends_with_the_same_bytes(self):
        begin = time.monotonic()
        outputs, _ = self.clean("whole")
        whole_s = time.monotonic() - begin
        whole = {name: path.read_bytes() for name, path in outputs.items()}
        spec, work = measure.write_spec(pathlib.Path(self.folder.name) / "killed", "data.clean", {},
                                        self.inputs)
        killed = 0
        for attempt in range(6):
            process = subprocess.Popen([measure.fulcrum(), "step", str(spec)], cwd=work,
                                       env=measure.bare_environment(),
                                       stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
            try:
                process.wait(timeout=whole_s * (attempt + 1) / 7)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
                killed += 1
        self.assertGreater(killed, 0)
        outputs, _ = self.clean("killed")
        self.assertEqual({name: path.read_bytes() for name, path in outputs.items()}, whole)

    def test_the_answer_key_is_not_needed_and_not_there(self):
        """`Shop` took it off the disk: nothing that the steps could open holds it."""
        secret = self.key[:2000]
        for path in pathlib.Path(self.folder.name).rglob("*"):
            if path.is_file():
                self.assertNotIn(secret, path.read_bytes(), str(path))


class WhoMayReadTheTruth(unittest.TestCase):
    def test_no_source_knows_of_it(self):
        """Steps and score get no path to it, and no source of the product names it."""
        names = re.compile(r"truth\.json|--truth|judge\.py|annotators\.py")
        for path in (measure.ROOT / "src").rglob("*.*"):
            if path.suffix in (".cpp", ".h", ".def") and not path.name.endswith("_test.cpp"):
                self.assertIsNone(names.search(path.read_text()), str(path))

    def test_the_plan_hands_it_to_the_judge_and_the_annotators_only(self):
        plan = SHOP_PLAN.read_text()
        allowed = re.compile(r"shop/(server|judge|annotators)\.py.*?\]", re.DOTALL)
        self.assertNotIn("truth.json", allowed.sub("", plan))
        self.assertEqual(len(allowed.findall(plan)), 3)

    def test_the_cleaner_shares_no_words_with_the_generator(self):
        """No import, include or path of one in the other."""
        for path in (measure.ROOT / "src" / "data").glob("*.*"):
            self.assertNotIn("examples/", path.read_text(), str(path))
        for path in measure.SHOP.glob("*.py"):
            self.assertNotIn("src/data", path.read_text(), str(path))


if __name__ == "__main__":
    unittest.main()
