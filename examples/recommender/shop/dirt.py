"""What is planted among the honest rows, at a known rate, with a record of every row.

A row carries at most one kind of dirt, so the accounting adds up:

  bot         added sessions: superhuman rates or perfectly flat dwell times, crawling
  duplicate   an added second delivery of an honest row, sometimes formatted otherwise
  missing     an honest row that lost its user, item or time
  absurd      an honest row with an impossible price, dwell or time
  unparsable  an honest row cut off in the middle
  personal    an honest row with personal data in its comment: redact, do not drop
  novel       with --novel-dirt: one more kind, for which nobody wrote a rule
"""

import json
import random
from dataclasses import dataclass, replace

from clicks import END_S, START_S, Row, browser, iso_time
from preference import Shop
from private_words import personal_comment

SHARES = {"bot": 0.40, "duplicate": 0.20, "missing": 0.10, "absurd": 0.10, "unparsable": 0.08,
          "personal": 0.12}
NOVEL_SHARE = 0.12
NOVEL_KINDS = ("foreign", "swapped")
ADDED = {"bot", "duplicate", "foreign"}     # the others damage a row that exists anyway

BOT_AGENTS = ["PriceHound/2.1 (+http://pricehound.example/bot)", "python-requests/2.31.0",
              "ShopCrawler/1.4 (like Gecko)", "curl/8.5.0"]
SWAPPED_AGENT = "ShopApp/4.1.0 (build 4107)"
KIOSK_AGENT = "KioskClient/3.2 store-fjord"


@dataclass(slots=True)
class Line:
    """One line of a log.  `time_s` decides its file and place: when it was received."""

    time_s: float
    row: Row
    kind: str | None = None
    detail: str = ""
    text: str | None = None            # set when it is not plainly row.fields()
    twin: "Line | None" = None         # a duplicate's first delivery


class Planter:
    """Draws how much of each kind, then plants it.  Everything follows from the shop's seed."""

    def __init__(self, shop: Shop, rate: float, novel: str | None):
        if not 0.0 <= rate <= 0.3:
            raise ValueError(f"dirt must be between 0 and 0.3, got {rate}")
        self.shop, self.rate, self.novel = shop, rate, novel
        self.rng = random.Random(f"dirt/{shop.seed}/{rate}/{novel}")

    def shares(self) -> dict[str, float]:
        if self.novel is None:
            return dict(SHARES)
        shares = {kind: share * (1 - NOVEL_SHARE) for kind, share in SHARES.items()}
        return {**shares, self.novel: NOVEL_SHARE}

    def quotas(self, honest: int) -> dict[str, int]:
        """Rows of each kind, such that dirty ÷ all lines (added ones included) is the rate."""
        shares = self.shares()
        added = sum(share for kind, share in shares.items() if kind in ADDED)
        dirty = self.rate * honest / (1 - self.rate * added)
        return {kind: round(dirty * share) for kind, share in shares.items()}

    def plant(self, rows: list[Row]) -> list[Line]:
        """Honest rows in, all lines out, in order of time; sessions and events are numbered."""
        quotas = self.quotas(len(rows))
        lines = [Line(row.time_s, row) for row in rows]
        lines += self._bots(quotas["bot"])
        if self.novel == "foreign":
            lines += self._foreign(quotas["foreign"])
        lines.sort(key=lambda line: line.time_s)
        self._number(lines)
        honest = [line for line in lines if line.kind is None]
        if self.novel == "swapped":
            honest = self._swap(honest, quotas["swapped"])
        self.rng.shuffle(honest)
        for kind, damage in (("missing", self._missing), ("absurd", self._absurd),
                             ("unparsable", self._truncate), ("personal", self._personal)):
            for _ in range(quotas[kind]):
                line = honest.pop()
                line.kind = kind
                damage(line)
        lines += [self._deliver_again(honest.pop()) for _ in range(quotas["duplicate"])]
        lines.sort(key=lambda line: line.time_s)
        return lines

    @staticmethod
    def _number(lines: list[Line]) -> None:
        """Ids in order of time, so that they betray nothing."""
        sessions: dict[object, str] = {}
        for number, line in enumerate(lines):
            line.row.session = sessions.setdefault(line.row.session, f"s{len(sessions):06d}")
            line.row.event_id = f"e{number:07d}"

    # Added rows.

    def _bots(self, quota: int) -> list[Line]:
        lines: list[Line] = []
        while len(lines) < quota:
            left = quota - len(lines)
            length = self.rng.randrange(20, 90)
            if left - length < 20:
                length = min(max(left, 20), 109)
            lines += self._bot_session(len(lines), length)
        return lines

    def _bot_session(self, number: int, length: int) -> list[Line]:
        rng = self.rng
        style = rng.choices(["crawler", "disguised", "patient"], [0.45, 0.35, 0.20])[0]
        agent = rng.choice(BOT_AGENTS) if style == "crawler" else browser(rng)
        # A patient bot is no faster than a person; only its clockwork gives it away.
        gap_s = rng.uniform(2.0, 4.0) if style == "patient" else rng.uniform(0.15, 0.9)
        user = rng.choice(self.shop.user_ids())
        time_s = rng.uniform(START_S, END_S - length * 5)
        stride, index = rng.choice([1, 1, 1, 2, -1]), rng.randrange(self.shop.item_count)
        lines = []
        for _ in range(length):
            item = self.shop.items[index % self.shop.item_count]
            row = Row(time_s, ("bot", number), user, item.id, "view" if rng.random() < 0.8 else "click",
                      item.price, round(gap_s, 1), agent)
            lines.append(Line(time_s, row, "bot", style))
            time_s += gap_s * rng.uniform(0.97, 1.03)
            index += stride
        return lines

    def _foreign(self, quota: int) -> list[Line]:
        """A sister shop's kiosks report here by mistake: other ids, prices in cents."""
        rng, lines = self.rng, []
        while len(lines) < quota:
            time_s = rng.uniform(START_S, END_S - 3600)
            user = f"kiosk-{rng.randrange(1, 9)}"
            visit = ("kiosk", len(lines))
            for _ in range(min(rng.randrange(2, 9), quota - len(lines))):
                row = Row(time_s, visit, user, f"FJ-{rng.randrange(88000, 88900)}", "click",
                          float(rng.randrange(900, 24900)), round(rng.lognormvariate(2.6, 0.7), 1),
                          KIOSK_AGENT)
                lines.append(Line(time_s, row, "novel", "foreign"))
                time_s += row.dwell_s + rng.uniform(1.0, 4.0)
        return lines

    def _deliver_again(self, first: Line) -> Line:
        rng = self.rng
        # Most repeats come within a minute; some after the next rotation of the log.
        delay_s = rng.uniform(0.5, 60) if rng.random() < 0.85 else rng.uniform(3600, 40000)
        copy = Line(min(first.time_s + delay_s, END_S - 0.001), first.row, "duplicate", "same", twin=first)
        shape = rng.random()
        if shape < 0.25:
            copy.text, copy.detail = json.dumps(first.row.fields(), ensure_ascii=False,
                                                separators=(",", ":")), "spacing"
        elif shape < 0.5:
            keys = list(first.row.fields().items())
            rng.shuffle(keys)
            copy.text, copy.detail = json.dumps(dict(keys), ensure_ascii=False), "key order"
        return copy

    # Damage to rows that exist anyway.

    def _missing(self, line: Line) -> None:
        fields = line.row.fields()
        line.detail = self.rng.choice(["user", "item", "time"])
        shape = self.rng.randrange(3)
        if shape == 0:
            del fields[line.detail]
        else:
            fields[line.detail] = None if shape == 1 else ""
        line.text = json.dumps(fields, ensure_ascii=False)

    def _absurd(self, line: Line) -> None:
        rng, fields = self.rng, line.row.fields()
        line.detail = rng.choice(["price", "dwell_s", "time"])
        if line.detail == "price":
            fields["price"] = rng.choice([-fields["price"], -1.0, 9999999.99, 1e12])
        elif line.detail == "dwell_s":
            fields["dwell_s"] = rng.choice([-1.0, -fields["dwell_s"], 8640000.0, 4294967295.0])
        else:
            fields["time"] = iso_time(rng.choice([0.0, rng.uniform(0, 86400), 4086288000.0])
                                      + rng.uniform(0, 3600))
        line.text = json.dumps(fields, ensure_ascii=False)

    def _truncate(self, line: Line) -> None:
        whole = json.dumps(line.row.fields(), ensure_ascii=False)
        line.text, line.detail = whole[:self.rng.randrange(12, len(whole) - 1)], "truncated"

    def _personal(self, line: Line) -> None:
        line.detail, comment = personal_comment(self.rng)
        line.row = replace(line.row, comment=comment)

    def _swap(self, honest: list[Line], quota: int) -> list[Line]:
        """One build of the app writes the price where the dwell belongs, and the other way round."""
        by_session: dict[object, list[Line]] = {}
        for line in honest:
            by_session.setdefault(line.row.session, []).append(line)
        sessions = list(by_session)
        self.rng.shuffle(sessions)
        left = quota
        for session in sessions:
            for line in by_session[session][:left]:
                line.kind, line.detail = "novel", "swapped"
                line.row = replace(line.row, agent=SWAPPED_AGENT, price=line.row.dwell_s,
                                   dwell_s=line.row.price)
                left -= 1
            if left <= 0:
                break
        return [line for line in honest if line.kind is None]
