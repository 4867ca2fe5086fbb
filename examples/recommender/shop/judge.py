"""Compares what a cleaner dropped and changed with what was planted.

    python3 judge.py --truth FILE --decisions FILE [--min-precision .95 --min-recall .95] [--json]

A decision is one JSON line {"file","line","action","rule"}: action "drop", or
"change" ("redact" means the same); lines count from 1 in the unpacked file; of
`file` the last part of the path counts.

  precision   right drops ÷ all drops
  recall      right drops ÷ planted rows that are to be dropped
  redaction   personal rows that were changed and kept ÷ personal rows

Of a duplicate pair either copy is the right one to drop, once: dropping both
loses an honest row and counts as one wrong drop.  Exit 1 below a minimum, 2 when
a file cannot be read.
"""

import argparse
import json
import sys
from collections import Counter, defaultdict
from dataclasses import asdict, dataclass, field
from pathlib import Path

DROPPABLE = ("bot", "duplicate", "missing", "absurd", "unparsable", "novel")


@dataclass
class Verdict:
    """Counts are rows."""

    drops: int = 0
    right_drops: int = 0
    planted: int = 0
    personal: int = 0
    redacted: int = 0
    precision: float = 1.0
    recall: float = 1.0
    redaction_recall: float = 1.0
    kinds: dict = field(default_factory=dict)              # kind → {"planted", "found", "recall"}
    wrong_drops_by_rule: dict = field(default_factory=dict)
    outside_logs: int = 0                                   # decisions about lines that do not exist


def judge(truth: dict, decisions: list[dict]) -> Verdict:
    dropped, changed, outside = _sort_out(truth, decisions)
    planted = {key: row for key, row in truth["rows"].items() if row["kind"] in DROPPABLE}
    first_deliveries = {row["twin"]: key for key, row in planted.items() if "twin" in row}
    found: set[str] = set()
    wrong_rules: Counter = Counter()
    # The planted copies first, so that a dropped first delivery only counts where its copy was kept.
    for key, rule in sorted(dropped.items(), key=lambda entry: entry[0] not in planted):
        answers_for = key if key in planted else first_deliveries.get(key)
        if answers_for is None or answers_for in found:
            wrong_rules[rule] += 1
        else:
            found.add(answers_for)
    personal = {key for key, row in truth["rows"].items() if row["kind"] == "personal"}
    redacted = len(personal & changed - dropped.keys())
    kinds = _by_kind(planted, found)
    kinds["personal (redacted)"] = _share(len(personal), redacted)
    return Verdict(
        drops=len(dropped) + outside, right_drops=len(found), planted=len(planted),
        personal=len(personal), redacted=redacted,
        precision=_ratio(len(found), len(dropped) + outside),
        recall=_ratio(len(found), len(planted)), redaction_recall=_ratio(redacted, len(personal)),
        kinds=kinds, wrong_drops_by_rule=dict(wrong_rules.most_common()), outside_logs=outside)


def _sort_out(truth: dict, decisions: list[dict]) -> tuple[dict[str, str], set[str], int]:
    """({dropped row: rule}, changed rows, drops of lines that no log has); repeats count once."""
    dropped: dict[str, str] = {}
    changed: set[str] = set()
    outside: set[str] = set()
    for decision in decisions:
        name, line = decision["file"].rsplit("/", 1)[-1], int(decision["line"])
        key = f"{name}:{line}"
        if decision["action"] == "drop":
            if 1 <= line <= truth["lines"].get(name, 0):
                dropped.setdefault(key, str(decision.get("rule", "")))
            else:
                outside.add(key)
        elif decision["action"] in ("change", "redact"):
            changed.add(key)
        else:
            raise ValueError(f'unknown action "{decision["action"]}"')
    return dropped, changed, len(outside)


def _by_kind(planted: dict, found: set[str]) -> dict:
    counts: dict[str, list[int]] = defaultdict(lambda: [0, 0])
    for key, row in planted.items():
        counts[row["kind"]][0] += 1
        counts[row["kind"]][1] += key in found
    return {kind: _share(*counts[kind]) for kind in DROPPABLE if kind in counts}


def _share(planted: int, found: int) -> dict:
    return {"planted": planted, "found": found, "recall": _ratio(found, planted)}


def _ratio(part: int, whole: int) -> float:
    return part / whole if whole else 1.0


def read_decisions(path: Path) -> list[dict]:
    decisions = []
    with path.open(encoding="utf-8") as lines:
        for number, line in enumerate(lines, 1):
            if not line.strip():
                continue
            try:
                decision = json.loads(line)
                if not isinstance(decision["file"], str) or decision["action"] not in (
                        "drop", "change", "redact"):
                    raise ValueError("file or action is wrong")
                int(decision["line"])
            except (ValueError, KeyError, TypeError) as error:
                raise ValueError(f"{path.name}:{number}: not a decision ({error})") from None
            decisions.append(decision)
    return decisions


def table(verdict: Verdict) -> str:
    rows = [f"{'kind':<22}{'planted':>8}{'found':>8}{'recall':>9}"]
    rows += [f"{kind:<22}{count['planted']:>8}{count['found']:>8}{count['recall']:>9.3f}"
             for kind, count in verdict.kinds.items()]
    rows.append(f"drops {verdict.drops}, right {verdict.right_drops}: precision "
                f"{verdict.precision:.4f}, recall {verdict.recall:.4f}; redaction recall "
                f"{verdict.redaction_recall:.4f}")
    rows += [f"wrong drops by rule {rule or '(unnamed)'}: {count}"
             for rule, count in verdict.wrong_drops_by_rule.items()]
    if verdict.outside_logs:
        rows.append(f"drops of lines that no log has: {verdict.outside_logs}")
    return "\n".join(rows)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--truth", type=Path, required=True)
    parser.add_argument("--decisions", type=Path, required=True)
    parser.add_argument("--min-precision", type=float, default=0.95)
    parser.add_argument("--min-recall", type=float, default=0.95)
    parser.add_argument("--min-redaction", type=float, default=0.95)
    parser.add_argument("--json", action="store_true", help="one JSON line last")
    arguments = parser.parse_args()
    try:
        truth = json.loads(arguments.truth.read_text(encoding="utf-8"))
        verdict = judge(truth, read_decisions(arguments.decisions))
    except (OSError, ValueError) as error:
        print(f"judge.py: {error}", file=sys.stderr)
        return 2
    passed = (verdict.precision >= arguments.min_precision and verdict.recall >= arguments.min_recall
              and verdict.redaction_recall >= arguments.min_redaction)
    print(table(verdict))
    print("enough" if passed else "NOT enough")
    if arguments.json:
        print(json.dumps({**asdict(verdict), "passed": passed}))
    return 0 if passed else 1


if __name__ == "__main__":
    sys.exit(main())
