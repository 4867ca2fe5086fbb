"""Five simulated annotators, one of them poor, who answer label tasks through the engine.

    python3 annotators.py --home HOME --queue NAME --truth FILE --seed 7

A subject `session/ID` is asked whether it is a bot, `item/ID` which category it
has.  An answer depends on the seed, the annotator and the subject alone.  They
stop when nobody gets a task for some rounds and the queue has none open.
"""

import argparse
import json
import random
import sys
import time
from collections import Counter
from pathlib import Path

try:
    import fulcrum
except ImportError:     # straight from the source tree
    sys.path.insert(0, str(Path(__file__).resolve().parents[3] / "python"))
    import fulcrum

# Annotator → how often they answer wrongly.
ERROR_RATES = {"ada": 0.02, "ben": 0.05, "cho": 0.05, "dee": 0.08, "eli": 0.35}
PAUSE_S = 0.1


def true_answer(truth: dict, subject: str, options: list[str]) -> str | None:
    """None for a subject that the shop does not know."""
    kind, _, name = subject.partition("/")
    if kind == "session" and name in truth["sessions"]:
        words = {"program", "yes"} if truth["sessions"][name] else {"person", "no"}
        return next((option for option in options if option in words), None)
    if kind == "item":
        return truth["items"].get(name)
    return None


def answer(truth: dict, annotator: str, task: dict, seed: int) -> str:
    """The true answer, or with the annotator's error rate another option."""
    options = task["options"]
    rng = random.Random(f"label/{seed}/{annotator}/{task['subject']}")
    right = true_answer(truth, task["subject"], options)
    if right not in options:
        return rng.choice(options)
    others = [option for option in options if option != right]
    return rng.choice(others) if others and rng.random() < ERROR_RATES[annotator] else right


def work(client, truth: dict, queue: str, seed: int, idle_rounds: int, patience_s: float) -> Counter:
    """Rounds over all annotators until the queue is done.  Raises TimeoutError where tasks stay open
    that nobody is given for `patience_s`."""
    given: Counter = Counter()
    idle, idle_since_s = 0, time.monotonic()
    while True:
        got = 0
        for annotator in ERROR_RATES:
            task = client.query("label.next", queue=queue, annotator=annotator)["task"]
            if task is None:
                continue
            client.command("label.answer", task=task["id"], annotator=annotator,
                           answer=answer(truth, annotator, task, seed), simulated=True)
            got += 1
            given[annotator] += 1
        if got:
            idle, idle_since_s = 0, time.monotonic()
            continue
        idle += 1
        if idle >= idle_rounds:
            still_open = client.query("label.queue", queue=queue)["open"]
            if still_open == 0:
                return given
            if time.monotonic() - idle_since_s > patience_s:
                raise TimeoutError(f"{still_open} tasks are open but nobody is given one")
        time.sleep(PAUSE_S)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--home", help="the engine's home (default: as for fulcrum)")
    parser.add_argument("--queue", required=True)
    parser.add_argument("--truth", type=Path, required=True)
    parser.add_argument("--seed", type=int, default=7)
    parser.add_argument("--idle-rounds", type=int, default=5)
    parser.add_argument("--patience", type=float, default=30.0, help="seconds to wait for open tasks")
    arguments = parser.parse_args()
    try:
        truth = json.loads(arguments.truth.read_text(encoding="utf-8"))
        with fulcrum.Client(home=arguments.home) as client:
            given = work(client, truth, arguments.queue, arguments.seed, arguments.idle_rounds,
                         arguments.patience)
    except (OSError, ValueError, TimeoutError, fulcrum.Error) as error:
        print(f"annotators.py: {error}", file=sys.stderr)
        return 1
    print(json.dumps({"queue": arguments.queue, "answers": sum(given.values()),
                      "by_annotator": dict(given), "error_rates": ERROR_RATES, "simulated": True}))
    return 0


if __name__ == "__main__":
    sys.exit(main())
