"""Run in this folder: python3 -m unittest -v test_shop"""

import gzip
import http.client
import json
import re
import tempfile
import threading
import unittest
from collections import Counter
from functools import cache
from pathlib import Path
from random import Random

import numpy as np

import learnable
import pages
import server
from clicks import END_S, START_S, histories, honest_rows
from dirt import Planter
from judge import DROPPABLE, judge
from logs import LATE_NAME, Logs
from preference import Shop
from private_words import resident_id

SEED = 11
PERSONAL = re.compile(r"@|1990000|199 0000|199-0000|555-01|7700 900|\d{17}[\dX]")


@cache
def small_shop() -> Shop:
    return Shop(SEED, 300, 120)


@cache
def default_shop() -> Shop:
    return Shop(SEED)


def build(folder: Path, seed=SEED, dirt=0.1, novel=None, users=300, items=120):
    """(site, truth) of a small shop whose files lie in folder/logs."""
    site = server.build(seed, users, items, dirt, novel, folder / "logs", folder / "truth.json")
    return site, json.loads((folder / "truth.json").read_text())


def read_lines(path: Path) -> list[str]:
    content = path.read_bytes()
    return (gzip.decompress(content) if path.suffix == ".gz" else content).decode().splitlines()


def all_files(folder: Path) -> dict[str, list[str]]:
    return {path.name: read_lines(path) for path in sorted(folder.iterdir())}


class WithFolder(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = Path(folder.name)


class Preference(unittest.TestCase):
    def test_probabilities_sum_to_one_and_skip_the_recent(self):
        shop = small_shop()
        for history in ([], [3], [3, 9], list(range(20))):
            p = shop.next_probabilities(5, history)
            self.assertAlmostEqual(p.sum(), 1.0)
            self.assertGreaterEqual(p.min(), 0.0)
            self.assertEqual(p[history[-5:]].sum(), 0.0)

    def test_drawing_agrees_with_the_probabilities(self):
        shop, rng, draws = small_shop(), Random(SEED), 20000
        for history in ([], [7], [7, 31, 50, 4]):
            p = shop.next_probabilities(2, history)
            seen = np.bincount([shop.draw_next(2, history, rng) for _ in range(draws)],
                               minlength=shop.item_count) / draws
            # Twice the total variation that pure chance would show.
            chance = np.sqrt(2 * p * (1 - p) / (np.pi * draws)).sum() / 2
            self.assertLess(np.abs(seen - p).sum() / 2, 2 * chance, f"seed {SEED}, {history}")

    def test_order_matters(self):
        shop = small_shop()
        a, b = 7, 31
        forth, back = shop.next_probabilities(0, [a, b]), shop.next_probabilities(0, [b, a])
        self.assertGreater(np.abs(forth - back).sum(), 0.5)

    def test_good_list_beats_popular_beats_random(self):
        shop, rng = default_shop(), Random(SEED)
        rows = honest_rows(shop)
        popular = [item for item, _ in Counter(row.item for row in rows).most_common(10)]
        everything = [item.id for item in shop.items]
        sums = Counter()
        for user, seen in histories(rows).items():
            cut = seen[:rng.randrange(1, len(seen))]
            for name, items in (("best", shop.best_items(user, cut)), ("popular", popular),
                                ("random", rng.sample(everything, 10))):
                chance = shop.click_probability(user, cut, items)
                self.assertTrue(0.05 <= chance <= 0.60)
                sums[name] += chance
        means = {name: round(total / shop.user_count, 3) for name, total in sums.items()}
        print("\nmean click probability:", means)
        self.assertGreater(means["best"], means["popular"] + 0.2)
        self.assertGreater(means["popular"], means["random"] + 0.01)

    def test_click_probability_of_odd_lists(self):
        shop = small_shop()
        history = [shop.items[3].id, shop.items[9].id]
        best = shop.best_items("u0001", history)
        self.assertEqual(shop.click_probability("u0001", history, []), 0.05)
        self.assertEqual(shop.click_probability("u0001", history, ["FJ-1", "i9999"]), 0.05)
        once = shop.click_probability("u0001", history, best[:1])
        self.assertEqual(once, shop.click_probability("u0001", history, best[:1] * 10))
        self.assertGreater(shop.click_probability("u0001", history, best),
                           shop.click_probability("u0001", history, best[::-1]))

    def test_the_model_is_learnable(self):
        figures = learnable.measure(default_shop())
        print("\nleave-last-out NDCG@10:", figures)
        self.assertGreater(figures["markov"], 1.25 * figures["knn_last_item"])
        self.assertGreater(figures["markov"], 3 * figures["knn_whole_history"])
        self.assertGreater(figures["markov"], 4 * figures["popularity"])
        self.assertGreater(figures["oracle"], figures["markov_two_back"])


class Clicks(unittest.TestCase):
    def test_size_and_plausibility(self):
        rows = honest_rows(default_shop())
        self.assertTrue(40000 <= len(rows) <= 60000, len(rows))
        self.assertTrue(all(START_S <= row.time_s < END_S for row in rows))
        self.assertTrue(all(row.dwell_s >= 1.5 and row.price > 0 for row in rows))
        self.assertEqual({row.event for row in rows}, {"view", "click", "purchase"})

    def test_seed_decides(self):
        first, again, other = (honest_rows(Shop(seed, 50, 60)) for seed in (1, 1, 2))
        self.assertEqual(first, again)
        self.assertNotEqual([row.item for row in first], [row.item for row in other])


class Dirt(WithFolder):
    def test_rates(self):
        for dirt in (0.0, 0.05, 0.1, 0.3):
            for novel in (None, "foreign", "swapped"):
                with self.subTest(dirt=dirt, novel=novel):
                    lines = Planter(small_shop(), dirt, novel).plant(honest_rows(small_shop()))
                    dirty = Counter(line.kind for line in lines if line.kind)
                    self.assertAlmostEqual(sum(dirty.values()) / len(lines), dirt, delta=0.004)
                    if dirt:
                        self.assertEqual(set(dirty), set(DROPPABLE[:5]) | {"personal"}
                                         | ({"novel"} if novel else set()))
        with self.assertRaises(ValueError):
            Planter(small_shop(), 0.31, None)

    def test_dirt_leaves_the_honest_clicks_alone(self):
        def clean(dirt):
            lines = Planter(small_shop(), dirt, None).plant(honest_rows(small_shop()))
            return {(line.row.user, line.time_s) for line in lines if line.kind is None}
        self.assertLess(clean(0.3), clean(0.0))

    def test_truth_accounts_for_every_line(self):
        for novel in (None, "foreign", "swapped"):
            with self.subTest(novel=novel):
                folder = self.folder / str(novel)
                site, truth = build(folder, dirt=0.2, novel=novel)
                site.logs.write_late(folder / "logs")
                files = all_files(folder / "logs")
                self.assertEqual({name: len(lines) for name, lines in files.items()}, truth["lines"])
                self.assertEqual(sum(truth["counts"].values()), len(truth["rows"]))
                for name, lines in files.items():
                    for number, text in enumerate(lines, 1):
                        self._check(truth["rows"].get(f"{name}:{number}"), text, files, truth)

    def _check(self, planted, text, files, truth):
        """A line shows the dirt that the truth says it has, and no other."""
        kind = planted["kind"] if planted else None
        if kind == "unparsable":
            self.assertRaises(ValueError, json.loads, text)
            return
        row = json.loads(text)
        lacking = [name for name in ("user", "item", "time") if not row.get(name)]
        self.assertEqual(lacking, [planted["detail"]] if kind == "missing" else [])
        if kind == "missing":
            return
        absurd = [name for name, low, high in (("price", 0, 5000), ("dwell_s", 0, 5000))
                  if not low <= row[name] <= high] + (
                      [] if "2026-09-02" <= row["time"][:10] <= "2026-10-31" else ["time"])
        if kind != "novel":
            self.assertEqual(absurd, [planted["detail"]] if kind == "absurd" else [])
            self.assertIn(row["item"], truth["items"])
        self.assertEqual(truth["sessions"][row["session"]], kind == "bot")
        if kind == "duplicate":
            name, _, number = planted["twin"].rpartition(":")
            self.assertEqual(row, json.loads(files[name][int(number) - 1]))
            self.assertNotIn(planted["twin"], truth["rows"])
        self.assertEqual(kind == "personal", bool(PERSONAL.search(row["comment"])), row["comment"])

    def test_resident_id_has_a_right_check_digit(self):
        weights = [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2]
        for _ in range(50):
            number = resident_id(Random(SEED))
            total = sum(int(digit) * weight for digit, weight in zip(number, weights))
            self.assertEqual(number[17], "10X98765432"[total % 11])

    def test_seed_decides_every_byte(self):
        for name, seed in (("a", 1), ("b", 1), ("c", 2)):
            build(self.folder / name, seed=seed, novel="foreign")
        first, again, other = (all_files(self.folder / name / "logs") for name in "abc")
        self.assertEqual(first, again)
        self.assertNotEqual(first, other)
        truths = [(self.folder / name / "truth.json").read_bytes() for name in "abc"]
        self.assertEqual(truths[0], truths[1])


class Serving(WithFolder):
    def setUp(self):
        super().setUp()
        self.site, self.truth = build(self.folder)
        web = server.make_server(self.site, 0)
        thread = threading.Thread(target=web.serve_forever, args=(0.01,), daemon=True)
        thread.start()
        self.connection = http.client.HTTPConnection(*web.server_address)

        def stop():
            self.connection.close()
            web.shutdown()
            web.server_close()
            thread.join()
        self.addCleanup(stop)

    def get(self, target, **headers):
        """(status, body, headers) over one kept-alive connection."""
        self.connection.request("GET", target, headers=headers)
        response = self.connection.getresponse()
        return response.status, response.read().decode(), response.headers

    def get_patiently(self, target):
        for _ in range(3):
            status, body, _ = self.get(target)
            if status == 200:
                return body
        self.fail(f"{target} kept failing")

    def stats(self):
        return json.loads(self.get("/stats")[1])

    def pages_of(self, path):
        data, target = [], path
        while target:
            page = json.loads(self.get_patiently(target))
            data += page["data"]
            target = page["next"]
        return data

    def test_api_pages_and_the_one_that_is_busy_twice(self):
        self.assertEqual([self.get("/api/users?page=3")[0] for _ in range(4)], [503, 503, 200, 200])
        users = self.pages_of("/api/users?page=1&per_page=70")
        self.assertEqual([user["id"] for user in users], small_shop().user_ids())
        items = self.pages_of("/api/items")
        self.assertEqual(len(items), 120)
        self.assertIn(None, {item["category"] for item in items})
        for target in ("/api/users?page=0", "/api/users?page=x", "/api/items?per_page=1001"):
            self.assertEqual(self.get(target)[0], 400)
        self.assertEqual(self.stats()["failures_served"], 2)

    def test_late_file_comes_with_the_last_page_of_users(self):
        logs = self.folder / "logs"
        for page in (1, 2, 3, 3):
            self.get(f"/api/users?page={page}")
            self.assertFalse((logs / LATE_NAME).exists())
        self.get("/api/users?page=3")
        self.assertEqual(len(read_lines(logs / LATE_NAME)), self.truth["lines"][LATE_NAME])
        self.assertGreater(self.truth["lines"][LATE_NAME], 0)
        self.assertTrue(self.stats()["late_file_written"])
        last = max(path.stat().st_mtime for path in logs.iterdir() if path.name != LATE_NAME)
        self.assertGreater((logs / LATE_NAME).stat().st_mtime, last)

    def test_log_files(self):
        names = sorted(path.name for path in (self.folder / "logs").iterdir())
        self.assertEqual(len(names), 60)
        self.assertEqual([name for name in names if not name.endswith(".gz")],
                         [f"clicks-2026-10-{day}.jsonl" for day in (29, 30, 31)])

    def test_catalogue_leads_to_every_item(self):
        items, target = set(), "/catalogue/?page=1"
        while target:
            body = self.get_patiently(target)
            links = [part.split('"')[0] for part in body.split('href="')[1:]]
            items |= {link.removeprefix("/item/").split("?")[0] for link in links if "/item/" in link}
            self.assertIn("/private/orders", links)
            more = [link for link in links if "page=" in link and f'rel="next" href="{link}"' in body]
            target = more[0] if more else None
        self.assertEqual(items, {item.id for item in self.site.shop.items})
        self.assertEqual(self.get("/catalogue/?page=7")[0], 404)

    def test_item_page_under_two_addresses(self):
        item = self.site.shop.items[5]
        plain = self.get_patiently(f"/item/{item.id}")
        tracked = self.get_patiently(f"/item/{item.id}?utm_source=x&ref=y")
        self.assertEqual(plain, tracked)
        self.assertIn(f'<link rel="canonical" href="/item/{item.id}">', plain)
        for text in (item.title, f"{item.price:.2f}", item.description):
            self.assertIn(text, plain)
        forgotten = next(item for item in self.site.shop.items if item.stated_category is None)
        self.assertNotIn("Category", self.get_patiently(f"/item/{forgotten.id}"))
        self.assertEqual(self.get("/item/i9999")[0], 404)

    def test_one_page_fails_twice(self):
        answers = {item.id: [self.get(f"/item/{item.id}")[0] for _ in range(3)]
                   for item in self.site.shop.items}
        self.assertEqual(Counter(map(tuple, answers.values())),
                         {(200, 200, 200): 119, (500, 500, 200): 1})

    def test_robots_and_the_private_corner(self):
        self.assertEqual(self.get("/robots.txt")[1], pages.ROBOTS)
        self.assertIn("Disallow: /private/", pages.ROBOTS)
        self.assertEqual(self.stats()["private_fetched"], 0)
        self.get("/private/orders")
        self.assertEqual(self.stats()["private_fetched"], 1)

    def test_unchanged_pages_say_so(self):
        _, _, headers = self.get("/catalogue/?page=1")
        status, body, _ = self.get("/catalogue/?page=1", **{"If-None-Match": headers["ETag"]})
        self.assertEqual((status, body), (304, ""))


class Judging(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        shop = small_shop()
        logs = Logs(Planter(shop, 0.15, "foreign").plant(honest_rows(shop)))
        cls.truth = logs.truth(shop, {})

    def perfect(self):
        decisions = []
        for key, row in self.truth["rows"].items():
            name, _, line = key.rpartition(":")
            action = "change" if row["kind"] == "personal" else "drop"
            decisions.append({"file": f"somewhere/{name}", "line": int(line), "action": action,
                              "rule": row["kind"]})
        return decisions

    def of_kind(self, decisions, kind):
        return [decision for decision in decisions if decision["rule"] == kind]

    def test_perfect(self):
        verdict = judge(self.truth, self.perfect() * 2)
        self.assertEqual((verdict.precision, verdict.recall, verdict.redaction_recall), (1.0, 1.0, 1.0))
        self.assertEqual(verdict.drops, verdict.planted)

    def test_missing_drops_lower_recall_alone(self):
        decisions = [d for d in self.perfect() if d["rule"] != "bot"]
        verdict = judge(self.truth, decisions)
        lost = self.truth["counts"]["bot"]
        self.assertEqual(verdict.precision, 1.0)
        self.assertAlmostEqual(verdict.recall, 1 - lost / verdict.planted)
        self.assertEqual(verdict.kinds["bot"]["found"], 0)

    def test_wrong_drops_lower_precision_alone(self):
        name, count = next(iter(self.truth["lines"].items()))
        honest = [line for line in range(1, count + 1) if f"{name}:{line}" not in self.truth["rows"]
                  and f"{name}:{line}" not in {row.get("twin") for row in self.truth["rows"].values()}]
        wrong = [{"file": name, "line": line, "action": "drop", "rule": "eager"} for line in honest[:7]]
        nowhere = [{"file": "clicks-1999-01-01.jsonl", "line": 1, "action": "drop", "rule": "eager"}]
        verdict = judge(self.truth, self.perfect() + wrong + nowhere)
        self.assertEqual(verdict.recall, 1.0)
        self.assertAlmostEqual(verdict.precision, verdict.planted / (verdict.planted + 8))
        self.assertEqual((verdict.wrong_drops_by_rule, verdict.outside_logs), ({"eager": 7}, 1))

    def test_either_copy_of_a_pair_once(self):
        decisions = self.perfect()
        others, pairs = [d for d in decisions if d["rule"] != "duplicate"], []
        for row in self.truth["rows"].values():
            if "twin" in row:
                name, _, line = row["twin"].rpartition(":")
                pairs.append({"file": name, "line": int(line), "action": "drop", "rule": "twin"})
        self.assertEqual(judge(self.truth, others + pairs).precision, 1.0)
        self.assertEqual(judge(self.truth, others + pairs).recall, 1.0)
        both = judge(self.truth, decisions + pairs)
        self.assertEqual(both.recall, 1.0)
        self.assertEqual(both.wrong_drops_by_rule, {"twin": len(pairs)})

    def test_dropping_a_personal_row_is_wrong_and_no_redaction(self):
        decisions = self.perfect()
        dropped_too = [{**d, "action": "drop"} for d in self.of_kind(decisions, "personal")]
        verdict = judge(self.truth, decisions + dropped_too)
        self.assertEqual(verdict.redaction_recall, 0.0)
        self.assertLess(verdict.precision, 1.0)


if __name__ == "__main__":
    unittest.main()
