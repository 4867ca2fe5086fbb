"""Simulated shoppers: they ask a gateway for recommendations and click by their true preference.

    python3 shoppers.py --gateway http://127.0.0.1:8080 --model NAME --seed 7 --sessions 2000

A session is one to five impressions of one user.  Whether a shopper clicks
follows from the seed and the shown list alone, not from timing.  Everything
sent is marked simulated.  The last line printed is one JSON object.
"""

import argparse
import http.client
import json
import random
import sys
import threading
import time
import uuid
from dataclasses import asdict, dataclass
from pathlib import Path
from urllib.parse import urlsplit

from clicks import histories, honest_rows
from preference import Shop

LIST_LENGTH = 10
HISTORY_LENGTH = 50
REFUSALS_IN_A_ROW = 20      # then something is wrong with the request itself
RETRIED_STATUSES = (429, 502, 503, 504)


class GaveUp(Exception):
    """The gateway did not answer for longer than the shopper's patience."""


class Refused(Exception):
    """The gateway answered with an error that trying again will not mend."""


class Gateway:
    """One keep-alive connection.  Busy answers and lost connections are tried again, for a while."""

    def __init__(self, url: str, patience_s: float):
        parts = urlsplit(url)
        if parts.scheme != "http" or not parts.hostname:
            raise ValueError(f"gateway must be an http:// address, got {url}")
        self._connection = http.client.HTTPConnection(parts.hostname, parts.port or 80, timeout=10)
        self._prefix = parts.path.rstrip("/")
        self._patience_s = patience_s
        self.retries = 0

    def post(self, path: str, body: dict) -> dict:
        content = json.dumps(body).encode()
        give_up_s = time.monotonic() + self._patience_s
        pause_s = 0.05
        while True:
            problem = ""
            try:
                self._connection.request("POST", self._prefix + path, content,
                                         {"Content-Type": "application/json"})
                response = self._connection.getresponse()
                answer = response.read()
                if response.status < 300:
                    return json.loads(answer) if answer else {}
                problem = f"{path} answered {response.status}: {answer[:200].decode(errors='replace')}"
                if response.status not in RETRIED_STATUSES:
                    raise Refused(problem)
            except (OSError, http.client.HTTPException) as error:
                self._connection.close()
                problem = f"{path}: {error or type(error).__name__}"
            if time.monotonic() + pause_s > give_up_s:
                raise GaveUp(problem)
            self.retries += 1
            time.sleep(pause_s)
            pause_s = min(pause_s * 2, 1.0)

    def close(self) -> None:
        self._connection.close()


@dataclass
class Tally:
    sessions: int = 0
    impressions: int = 0
    clicks: int = 0
    expected_clicks: float = 0.0     # sum of the true click probabilities
    refused: int = 0
    retries: int = 0

    def add(self, other: "Tally") -> None:
        for name, value in asdict(other).items():
            setattr(self, name, getattr(self, name) + value)


class Crowd:
    """Hands out sessions to the threads and adds up what came of them."""

    def __init__(self, arguments, shop: Shop):
        self.arguments, self.shop = arguments, shop
        self.users = shop.user_ids()
        self.histories = histories(honest_rows(shop))
        # Two runs with one seed are two experiments: their request ids must differ.
        self.run = arguments.run_id or uuid.uuid4().hex[:12]
        self.tally, self.problem = Tally(), ""
        self._versions: dict[str, list[int]] = {}     # model version → [impressions, clicks]
        self._lock = threading.Lock()
        self._next_session = 0
        self._refused_in_a_row = 0

    def take_session(self) -> int | None:
        stop_file = self.arguments.stop_file
        with self._lock:
            if self.problem or (self.arguments.sessions and self._next_session >= self.arguments.sessions):
                return None
            if stop_file is not None and stop_file.exists():
                return None
            self._next_session += 1
            return self._next_session - 1

    def work(self) -> None:
        """One thread: sessions until there are no more."""
        tally = Tally()
        try:
            gateway = Gateway(self.arguments.gateway, self.arguments.patience)
            while (number := self.take_session()) is not None:
                self.shop_once(gateway, number, tally)
            tally.retries = gateway.retries
            gateway.close()
        except Exception as error:      # a thread's failure must reach the exit status
            self.problem = str(error) or type(error).__name__
        with self._lock:
            self.tally.add(tally)

    def shop_once(self, gateway: Gateway, number: int, tally: Tally) -> None:
        rng = random.Random(f"shopper/{self.arguments.seed}/{number}")
        user = rng.choice(self.users)
        history = list(self.histories.get(user, []))
        tally.sessions += 1
        for impression in range(rng.randrange(1, 6)):
            try:
                self._impression(gateway, f"{self.run}-{number}-{impression}", user, history, rng, tally)
                self._refused_in_a_row = 0
            except Refused as refusal:
                tally.refused += 1
                self._refused_in_a_row += 1
                if self._refused_in_a_row >= REFUSALS_IN_A_ROW:
                    raise GaveUp(str(refusal)) from None

    def _impression(self, gateway, request_id, user, history, rng, tally) -> None:
        shown_for = history[-HISTORY_LENGTH:]
        answer = gateway.post(f"/v2/models/{self.arguments.model}/infer", {
            "id": request_id,
            "inputs": [{"name": "history", "shape": [len(shown_for)], "datatype": "BYTES",
                        "data": shown_for}],
            "parameters": {"user": user, "k": LIST_LENGTH, "simulated": True}})
        items = shown_items(answer)
        chance = self.shop.click_probability(user, history, items)
        clicked = rng.random() < chance
        gateway.post("/v2/feedback", {"id": request_id, "reward": int(clicked), "simulated": True})
        history.append(self._goes_on_with(user, history, items, clicked, rng))
        tally.impressions += 1
        tally.clicks += clicked
        tally.expected_clicks += chance
        with self._lock:
            counts = self._versions.setdefault(str(answer.get("model_version", "")), [0, 0])
            counts[0] += 1
            counts[1] += clicked

    def _goes_on_with(self, user, history, items, clicked, rng) -> str:
        """The clicked item, by its true weight in the list; without a click, what they find themselves."""
        known = self.shop.known(history)
        if clicked and (shown := self.shop.known(items)):
            p = self.shop.next_probabilities(int(user[1:]), known)[shown]
            if p.sum() > 0:
                return self.shop.items[rng.choices(shown, p.tolist())[0]].id
            return self.shop.items[shown[0]].id
        return self.shop.items[self.shop.draw_next(int(user[1:]), known, rng)].id

    def report(self, seconds: float) -> dict:
        tally = self.tally
        return {**asdict(tally), "expected_clicks": round(tally.expected_clicks, 1),
                "click_rate": round(tally.clicks / tally.impressions, 4) if tally.impressions else None,
                "impressions_per_s": round(tally.impressions / max(seconds, 1e-9), 1),
                "versions": {version: {"impressions": shown, "clicks": clicks}
                             for version, (shown, clicks) in sorted(self._versions.items())},
                "simulated": True, "problem": self.problem or None}


def shown_items(answer: dict) -> list[str]:
    for output in answer.get("outputs", []):
        if output.get("name") == "items":
            return output["data"]
    raise Refused('the answer has no output "items"')


def parse_arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--gateway", required=True)
    parser.add_argument("--model", required=True)
    parser.add_argument("--seed", type=int, default=7, help="decides who comes and what they do")
    parser.add_argument("--shop-seed", type=int, help="the shop server's seed, where it differs")
    parser.add_argument("--users", type=int, default=2000, help="as given to the shop server")
    parser.add_argument("--items", type=int, default=400, help="as given to the shop server")
    parser.add_argument("--sessions", type=int, default=1000, help="0: until the stop file exists")
    parser.add_argument("--concurrency", type=int, default=2, help="threads, a connection each")
    parser.add_argument("--stop-file", type=Path)
    parser.add_argument("--patience", type=float, default=30.0,
                        help="seconds to keep trying while the gateway is busy or away")
    parser.add_argument("--run-id", help="prefix of the request ids (random where absent)")
    arguments = parser.parse_args()
    if arguments.sessions <= 0 and arguments.stop_file is None:
        parser.error("give --sessions or --stop-file")
    return arguments


def main() -> int:
    arguments = parse_arguments()
    shop_seed = arguments.seed if arguments.shop_seed is None else arguments.shop_seed
    crowd = Crowd(arguments, Shop(shop_seed, arguments.users, arguments.items))
    started_s = time.monotonic()
    threads = [threading.Thread(target=crowd.work) for _ in range(max(1, arguments.concurrency))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    print(json.dumps(crowd.report(time.monotonic() - started_s)))
    if crowd.problem:
        print(f"shoppers.py: {crowd.problem}", file=sys.stderr)
    return 1 if crowd.problem or crowd.tally.refused else 0


if __name__ == "__main__":
    sys.exit(main())
