"""Writes the click logs a day a file, and the truth about every planted row.

Old days are gzip, the last three plain.  One front end's lines of one old day
are held back; they come in a file of their own, later: `clicks-DAY.late.jsonl`.
"""

import gzip
import json
import os
from collections import Counter
from datetime import datetime, timedelta, timezone
from pathlib import Path

from clicks import DAYS, FIRST_DAY, day_name
from dirt import Line
from preference import Shop

PLAIN_DAYS = 3
LATE_DAY = (FIRST_DAY + timedelta(days=15)).strftime("%Y-%m-%d")
LATE_NAME = f"clicks-{LATE_DAY}.late.jsonl"
LATE_WRITTEN_S = (FIRST_DAY + timedelta(days=DAYS, hours=6)).timestamp()


class Logs:
    """All files in memory: name → lines.  Nothing is written before write()."""

    def __init__(self, lines: list[Line]):
        plain = {(FIRST_DAY + timedelta(days=d)).strftime("%Y-%m-%d")
                 for d in range(DAYS - PLAIN_DAYS, DAYS)}
        self.files: dict[str, list[Line]] = {}
        for line in lines:
            day = day_name(line.time_s)
            if day == LATE_DAY and _held_back(line):
                name = LATE_NAME
            else:
                name = f"clicks-{day}.jsonl" + ("" if day in plain else ".gz")
            self.files.setdefault(name, []).append(line)

    def write(self, folder: Path) -> None:
        """Every file but the late one."""
        folder.mkdir(parents=True, exist_ok=True)
        for name in sorted(set(self.files) - {LATE_NAME}):
            day = datetime.strptime(name[7:17], "%Y-%m-%d").replace(tzinfo=timezone.utc)
            _write(folder / name, _bytes(self.files[name]), day.timestamp() + 86400)

    def write_late(self, folder: Path) -> None:
        if LATE_NAME in self.files:
            _write(folder / LATE_NAME, _bytes(self.files[LATE_NAME]), LATE_WRITTEN_S)

    def truth(self, shop: Shop, options: dict) -> dict:
        """The answer key; a row's key is "file:line", lines counted from 1 after unpacking."""
        key = {id(line): f"{name}:{number}" for name, lines in self.files.items()
               for number, line in enumerate(lines, 1)}
        rows, sessions = {}, {}
        for lines in self.files.values():
            for line in lines:
                session = line.row.session
                sessions[session] = sessions.get(session, False) or line.kind == "bot"
                if line.kind:
                    rows[key[id(line)]] = {"kind": line.kind, "detail": line.detail}
                    if line.twin is not None:
                        rows[key[id(line)]]["twin"] = key[id(line.twin)]
        return {
            "options": options,
            "lines": {name: len(lines) for name, lines in sorted(self.files.items())},
            "late_file": LATE_NAME if LATE_NAME in self.files else None,
            "counts": dict(Counter(row["kind"] for row in rows.values())),
            "rows": rows,
            "sessions": dict(sorted(sessions.items())),
            "items": {item.id: item.category for item in shop.items},
        }


def _held_back(line: Line) -> bool:
    """One front end in five served the session."""
    return int(line.row.session[1:]) % 5 == 2


def _bytes(lines: list[Line]) -> bytes:
    dumps = json.JSONEncoder(ensure_ascii=False).encode
    texts = [dumps(line.row.fields()) if line.text is None else line.text for line in lines]
    return ("\n".join(texts) + "\n").encode()


def _write(path: Path, content: bytes, modified_s: float) -> None:
    """Appears whole or not at all; the same bytes for the same lines."""
    if path.suffix == ".gz":
        content = gzip.compress(content, compresslevel=4, mtime=0)
    write_whole(path, content)
    os.utime(path, (modified_s, modified_s))


def write_whole(path: Path, content: bytes) -> None:
    draft = path.with_name(f".{path.name}.{os.getpid()}")
    draft.write_bytes(content)
    draft.replace(path)
