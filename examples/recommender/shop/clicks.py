"""Honest sessions: who came when, looked at what, and for how long."""

import random
from dataclasses import dataclass
from datetime import datetime, timedelta, timezone

from catalogue import item_id, user_id
from preference import Shop

DAYS = 60
LAST_DAY = datetime(2026, 10, 31, tzinfo=timezone.utc)
FIRST_DAY = LAST_DAY - timedelta(days=DAYS - 1)
START_S = FIRST_DAY.timestamp()
END_S = (LAST_DAY + timedelta(days=1)).timestamp()

BROWSERS = [
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 Chrome/{v}.0.0.0 Safari/537.36",
    "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 Version/18.{v} Safari",
    "Mozilla/5.0 (iPhone; CPU iPhone OS 18_{v} like Mac OS X) AppleWebKit/605.1.15 Mobile/15E148",
    "Mozilla/5.0 (X11; Linux x86_64; rv:{v}.0) Gecko/20100101 Firefox/{v}.0",
    "Mozilla/5.0 (Linux; Android 14; Pixel 8) AppleWebKit/537.36 Chrome/{v}.0.0.0 Mobile Safari",
    "ShopApp/4.0.{v} (iOS)", "ShopApp/4.0.{v} (Android)",
]
# Ordinary remarks, some with figures in them that are nobody's secret.
COMMENTS = [
    "nice colour", "would buy again", "too expensive for me", "gift for my sister",
    "does it fit size 42?", "order 20261007 arrived late", "compared with model X100-2000",
    "3 of 4 stars", "has 24 months of warranty", "delivery took 5-7 days", "looks smaller than it is",
    "质量不错", "发货很快，下次还来", "价格 199 元有点贵", "schön, aber laut", "muy bueno",
    "ISBN 978-0-306-40615-7 is the older edition", "25 x 40 x 110 cm fits our shelf",
]


@dataclass(slots=True)
class Row:
    """One line of the click log, before it is written.  `time_s` is UTC seconds."""

    time_s: float
    session: object        # a visit's handle until sessions are numbered, then its id
    user: str
    item: str
    event: str
    price: float
    dwell_s: float
    agent: str
    comment: str = ""
    event_id: str = ""

    def fields(self) -> dict:
        return {"event_id": self.event_id, "time": iso_time(self.time_s), "session": self.session,
                "user": self.user, "item": self.item, "event": self.event, "price": self.price,
                "dwell_s": self.dwell_s, "agent": self.agent, "comment": self.comment}


def iso_time(time_s: float) -> str:
    moment = datetime.fromtimestamp(time_s, timezone.utc)
    return moment.strftime("%Y-%m-%dT%H:%M:%S.") + f"{moment.microsecond // 1000:03d}Z"


def day_name(time_s: float) -> str:
    return datetime.fromtimestamp(time_s, timezone.utc).strftime("%Y-%m-%d")


def browser(rng: random.Random) -> str:
    return rng.choice(BROWSERS).format(v=rng.randrange(1, 9) + 120)


def honest_rows(shop: Shop) -> list[Row]:
    """All true clicks, in order of time.  A user's own order is the model's order."""
    rows: list[Row] = []
    visits = 0
    for user in range(shop.user_count):
        rng = random.Random(f"user/{shop.seed}/{user}")
        history: list[int] = []
        agent = browser(rng)
        # Some decide within seconds, some read every word.
        pace_s = 18.0 * rng.lognormvariate(0.0, 0.5) if rng.random() > 0.05 else 4.0
        free_from_s = START_S
        for start_s in _visit_starts(rng):
            start_s = max(start_s, free_from_s)
            length = 2 + int(rng.expovariate(1 / 4.0))
            if rng.random() < 0.01:
                length += rng.randrange(20, 40)     # a long evening is no bot
            visit = _visit(shop, user, start_s, min(length, 60), pace_s, agent, history, visits, rng)
            visits += 1
            rows.extend(visit)
            if visit:
                free_from_s = visit[-1].time_s + 1800
    rows.sort(key=lambda row: row.time_s)
    return rows


def _visit_starts(rng: random.Random) -> list[float]:
    count = 1 + min(int(rng.expovariate(1 / 4.1) * 0.6 + rng.random() * 3.2), 24)
    evening_h = rng.gauss(19.5, 2.5)
    starts = []
    for _ in range(count):
        hour = rng.gauss(evening_h, 2.5) if rng.random() < 0.6 else rng.uniform(0, 24)
        starts.append(START_S + 86400 * rng.randrange(DAYS) + 3600 * (hour % 24))
    return sorted(starts)


def _visit(shop, user, start_s, length, pace_s, agent, history, visit, rng) -> list[Row]:
    """One session; appends what was seen to `history`.  Ends early at the end of the record."""
    rows = []
    time_s = start_s
    for _ in range(length):
        dwell_s = min(max(pace_s * rng.lognormvariate(0.0, 0.8), 1.5), 900.0)
        if rng.random() < 0.003:
            dwell_s = rng.uniform(900, 2400)        # a tab left open
        if time_s + dwell_s > END_S - 1:
            break
        index = shop.draw_next(user, history, rng)
        history.append(index)
        chance = rng.random()
        event = "purchase" if chance < 0.06 else "view" if chance < 0.38 else "click"
        price = shop.items[index].price
        if rng.random() < 0.05:
            price = round(price * rng.choice([0.8, 0.9]), 2)    # on sale that day
        comment = rng.choice(COMMENTS) if rng.random() < 0.04 else ""
        rows.append(Row(time_s, visit, user_id(user), item_id(index), event, price,
                        round(dwell_s, 1), agent, comment))
        time_s += dwell_s + rng.uniform(0.5, 3.0)
    return rows


def histories(rows: list[Row]) -> dict[str, list[str]]:
    """user → items in order."""
    seen: dict[str, list[str]] = {}
    for row in rows:
        seen.setdefault(row.user, []).append(row.item)
    return seen

