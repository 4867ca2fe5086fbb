"""Is the hidden model worth learning?  Leave-last-out NDCG@10 of simple predictors.

    python3 learnable.py [--seed 7] [--users 2000] [--items 400]

`oracle` ranks by the true probabilities: no model can beat it on average.
"""

import argparse
import json

import numpy as np

from clicks import histories, honest_rows
from preference import Shop


def split(shop: Shop):
    """(user, all but the last item, the last item) for users with at least three clicks."""
    cases = []
    for user, items in histories(honest_rows(shop)).items():
        if len(items) >= 3:
            indices = shop.known(items)
            cases.append((int(user[1:]), indices[:-1], indices[-1]))
    return cases


def ndcg_at_10(scores: np.ndarray, target: int) -> float:
    """One relevant item: 1 / log2(rank + 1) inside the first ten, else 0.  Ties count half."""
    rank = 1 + (scores > scores[target]).sum() + ((scores == scores[target]).sum() - 1) / 2
    return 1.0 / np.log2(rank + 1) if rank <= 10 else 0.0


def popularity(cases, count):
    seen = np.zeros(count)
    for _, items, _ in cases:
        np.add.at(seen, items, 1)
    return seen


def cosine(cases, count):
    matrix = np.zeros((len(cases), count))
    for row, (_, items, _) in enumerate(cases):
        matrix[row, items] = 1
    together = matrix.T @ matrix
    norm = np.sqrt(np.diag(together)) + 1e-9
    similarity = together / norm[:, None] / norm
    np.fill_diagonal(similarity, 0)
    return similarity


def transitions(cases, count, gap=1):
    table = np.zeros((count, count))
    for _, items, _ in cases:
        np.add.at(table, (items[:-gap], items[gap:]), 1)
    return table / (table.sum(axis=1, keepdims=True) + 5.0)


def measure(shop: Shop) -> dict[str, float]:
    cases, count = split(shop), shop.item_count
    popular = popularity(cases, count)
    similarity = cosine(cases, count)
    prior = 1e-3 * popular / popular.sum()
    chain, chain2 = transitions(cases, count), transitions(cases, count, 2)
    sums = {name: 0.0 for name in
            ("popularity", "knn_whole_history", "knn_last_item", "markov", "markov_two_back", "oracle")}
    for user, items, target in cases:
        ranked = {
            "popularity": popular,
            "knn_whole_history": similarity[items].sum(axis=0),
            "knn_last_item": similarity[items[-1]],
            "markov": chain[items[-1]] + prior,
            "markov_two_back": chain[items[-1]] + 0.6 * chain2[items[-2]] + prior,
            "oracle": shop.next_probabilities(user, items)}
        for name, scores in ranked.items():
            scores = scores.copy()
            scores[items[-5:]] = -1.0       # the same courtesy for all
            sums[name] += ndcg_at_10(scores, target)
    return {name: round(float(value) / len(cases), 4) for name, value in sums.items()}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--seed", type=int, default=7)
    parser.add_argument("--users", type=int, default=2000)
    parser.add_argument("--items", type=int, default=400)
    arguments = parser.parse_args()
    print(json.dumps(measure(Shop(arguments.seed, arguments.users, arguments.items))))


if __name__ == "__main__":
    main()
