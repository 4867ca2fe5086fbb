"""The hidden preference model: what a shopper of this shop does next.

Given a user and what the user has looked at so far, the next item comes from a
mixture of four habits:

  follow    an item's own successors ("what comes after this one"), directed
  recall    successors of the item before the last one, another table
  category  the category moves along a directed transition matrix, bent by the
            user's taste for categories; within it, the user's affinity decides
  taste     whatever the user likes, wherever it stands

Order therefore matters: popularity knows only the last habit, a symmetric
co-occurrence mixes up successors and predecessors, a first-order chain misses
`recall` and the user's taste.  The recently seen items are never repeated.

Everything follows from (seed, users, items), so that the server and the
simulated shoppers share one truth without exchanging a file.
"""

import random
from bisect import bisect_right
from functools import lru_cache

import numpy as np

from catalogue import CATEGORIES, describe_item, item_id, user_id

FOLLOW, RECALL, CATEGORY, TASTE = 0.42, 0.14, 0.32, 0.12
SUCCESSOR_WEIGHTS = np.array([0.34, 0.24, 0.16, 0.12, 0.08, 0.06])
RECENT = 5            # items that are not shown interest in again at once
TASTE_DIMENSIONS = 8

# A list that holds the whole of the next-item probability would be clicked
# with CLICK_CEILING; one that holds nothing of it with CLICK_FLOOR.
CLICK_FLOOR, CLICK_CEILING = 0.05, 0.60
CLICK_SATURATION = 0.75   # the discounted mass at which the ceiling is reached
LAST_PLACE_ATTENTION = 0.7


class _UserTaste:
    """One user's distributions: within each category, over all items, between categories."""

    def __init__(self, shop: "Shop", user: int):
        logits = 0.6 * (shop.item_vectors @ shop.user_vectors[user]) + shop.log_popularity
        weights = np.exp(logits - logits.max())
        self.within = weights / np.bincount(shop.item_category, weights)[shop.item_category]
        likes = shop.user_category_taste[user]
        self.overall = self.within * likes[shop.item_category]
        self.overall /= self.overall.sum()
        moves = shop.transitions * likes
        self.moves = moves / moves.sum(axis=1, keepdims=True)
        self._shop = shop
        self._tables = None

    def sampling_tables(self):
        """Cumulative lists for drawing; built only for users who are drawn from."""
        if self._tables is None:
            self._tables = (
                np.cumsum(self.overall).tolist(),
                np.cumsum(self.moves, axis=1).tolist(),
                [np.cumsum(self.within[members]).tolist()
                 for members in self._shop.category_members])
        return self._tables


class Shop:
    """The hidden world.  Users and items are indices here, strings at the public functions."""

    def __init__(self, seed: int, users: int = 2000, items: int = 400):
        if users < 1 or items < 4 * len(CATEGORIES):
            raise ValueError(f"need at least 1 user and {4 * len(CATEGORIES)} items, "
                             f"got {users} and {items}")
        self.seed, self.user_count, self.item_count = seed, users, items
        self.categories = list(CATEGORIES)
        rng = np.random.default_rng([seed, 1])
        self._make_items(rng)
        self._make_transitions(rng)
        self._make_successors(rng)
        self._make_users(rng)
        self._taste = lru_cache(maxsize=4096)(lambda user: _UserTaste(self, user))
        self._successor_sums = np.cumsum(SUCCESSOR_WEIGHTS).tolist()
        self._index = {item.id: i for i, item in enumerate(self.items)}

    def _make_items(self, rng) -> None:
        count, kinds = self.item_count, len(self.categories)
        # Every category gets its share; the ids do not betray it.
        self.item_category = rng.permutation(np.arange(count) % kinds)
        self.category_members = [np.flatnonzero(self.item_category == c) for c in range(kinds)]
        self._member_lists = [members.tolist() for members in self.category_members]
        centres = rng.normal(0.0, 1.0, (kinds, TASTE_DIMENSIONS))
        self.item_vectors = (0.5 * centres[self.item_category]
                             + rng.normal(0.0, 0.8, (count, TASTE_DIMENSIONS)))
        self.log_popularity = rng.normal(0.0, 0.7, count)
        words = random.Random(f"catalogue/{self.seed}")
        self.items = [describe_item(i, self.categories[self.item_category[i]], words)
                      for i in range(count)]

    def _make_transitions(self, rng) -> None:
        kinds = len(self.categories)
        ring = rng.permutation(kinds)
        self.transitions = np.full((kinds, kinds), 0.15 / kinds)
        for place, category in enumerate(ring):
            self.transitions[category, category] += 0.30
            self.transitions[category, ring[(place + 1) % kinds]] += 0.33
            self.transitions[category, ring[(place + 4) % kinds]] += 0.22

    def _make_successors(self, rng) -> None:
        """Two directed tables, each (items, 6): what comes next, and what comes after next."""
        popularity = np.exp(0.5 * self.log_popularity)
        tables = []
        for _ in range(2):
            table = np.empty((self.item_count, len(SUCCESSOR_WEIGHTS)), dtype=np.int64)
            for item in range(self.item_count):
                weights = self.transitions[self.item_category[item]][self.item_category] * popularity
                weights[item] = 0.0
                # An item does not lead back to what led to it: that is what makes order count.
                weights[np.flatnonzero((table[:item] == item).any(axis=1))] = 0.0
                table[item] = rng.choice(self.item_count, table.shape[1], replace=False,
                                         p=weights / weights.sum())
            tables.append(table)
        self.successors, self.later_successors = tables
        self._successor_lists = [table.tolist() for table in tables]

    def _make_users(self, rng) -> None:
        self.user_vectors = rng.normal(0.0, 1.0, (self.user_count, TASTE_DIMENSIONS))
        tastes = rng.dirichlet(np.full(len(self.categories), 0.7), self.user_count)
        self.user_category_taste = 0.85 * tastes + 0.15 / len(self.categories)

    def next_probabilities(self, user: int, history: list[int]) -> np.ndarray:
        """P(next item), shape (items,), for item indices seen so far, oldest first."""
        taste = self._taste(user)
        if not history:
            return taste.overall
        last = history[-1]
        to_category = taste.moves[self.item_category[last]]
        category_share = CATEGORY if len(history) > 1 else CATEGORY + RECALL
        p = taste.within * (category_share * to_category)[self.item_category]
        p += TASTE * taste.overall
        p[self.successors[last]] += FOLLOW * SUCCESSOR_WEIGHTS
        if len(history) > 1:
            p[self.later_successors[history[-2]]] += RECALL * SUCCESSOR_WEIGHTS
        p[history[-RECENT:]] = 0.0
        return p / p.sum()

    def draw_next(self, user: int, history: list[int], rng: random.Random) -> int:
        """Draws from next_probabilities() without computing it: pick a habit, reject repeats."""
        overall, moves, within = self._taste(user).sampling_tables()
        if not history:
            return min(bisect_right(overall, rng.random()), self.item_count - 1)
        recent = history[-RECENT:]
        while True:
            habit = rng.random()
            if habit < FOLLOW:
                item = self._successor(0, history[-1], rng)
            elif habit < FOLLOW + RECALL and len(history) > 1:
                item = self._successor(1, history[-2], rng)
            elif habit < FOLLOW + RECALL + CATEGORY:
                row = moves[self.item_category[history[-1]]]
                category = min(bisect_right(row, rng.random()), len(row) - 1)
                members = self._member_lists[category]
                place = bisect_right(within[category], rng.random())
                item = members[min(place, len(members) - 1)]
            else:
                item = min(bisect_right(overall, rng.random()), self.item_count - 1)
            if item not in recent:
                return item

    def _successor(self, table: int, item: int, rng: random.Random) -> int:
        place = min(bisect_right(self._successor_sums, rng.random()), len(SUCCESSOR_WEIGHTS) - 1)
        return self._successor_lists[table][item][place]

    def item_index(self, item: str) -> int | None:
        return self._index.get(item)

    def click_probability(self, user: str, history: list[str], items: list[str]) -> float:
        """How likely the user clicks something in a shown list; ids, best place first.

        Rises with the true next-item probability that the list holds, later places
        counting a little less.  Unknown ids and repeats hold nothing.  In [0.05, 0.60].
        """
        p = self.next_probabilities(int(user[1:]), self.known(history))
        mass, seen = 0.0, set()
        for place, item in enumerate(items):
            index = self._index.get(item)
            if index is None or index in seen:
                continue
            seen.add(index)
            attention = 1.0 - (1.0 - LAST_PLACE_ATTENTION) * min(place / 9.0, 1.0)
            mass += attention * float(p[index])
        return CLICK_FLOOR + (CLICK_CEILING - CLICK_FLOOR) * min(mass / CLICK_SATURATION, 1.0)

    def known(self, items: list[str]) -> list[int]:
        return [self._index[item] for item in items if item in self._index]

    def best_items(self, user: str, history: list[str], count: int = 10) -> list[str]:
        """What a perfect model would show."""
        p = self.next_probabilities(int(user[1:]), self.known(history))
        return [item_id(int(i)) for i in np.argsort(-p, kind="stable")[:count]]

    def user_ids(self) -> list[str]:
        return [user_id(i) for i in range(self.user_count)]
