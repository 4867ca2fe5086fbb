"""The comparison as a page: figures.csv of compare.py → page.md, and plots where pygal is installed.

    python3 page.py --figures figures.csv --out page [--ours priority_preempt] [--price 1.46]
"""

import argparse
import csv
import os
import random
import statistics
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from compare import PREDICT
from workload import CLASSES, DAYS

DEVICES = 8
RESAMPLES = 2000
HEAD = f"""\
# Eight P100, a month of mixed work
Simulated: {{seeds}} invented months of {DAYS} days, replayed by `fulcrum sim`. Durations are those of
Philly jobs, submissions are made up ([how]({{readme}})). Intervals are 95 %, by resampling the months;
differences are taken month by month, since every policy has the same jobs. Chosen: **{{ours}}**.
What a policy knows of a duration is the mean of the last two jobs of its kind that ended, at most the
limit that was asked for, and longer once that proves too short (`--predict {PREDICT}`).
Policies that stop jobs may stop any of them: it goes on from its last checkpoint, one every ten minutes,
after a minute for the restart.

"""
CARD = """\
## What one newer card would change
A P100 has no Tensor Cores. Half precision halves what a model's weights and activations take of its
16 GB and of its 732 GB/s, and doubles its arithmetic at best (21.2 instead of 10.6 TFLOP/s); the leap
that mixed precision makes on later cards is not to be had from it. One A100 of 40 GB has 1,555 GB/s, 2.1
times as much, and 312 TFLOP/s in half precision, 15 times as much. A recommender with large embeddings
lives on bandwidth; a Transformer's matrix products gain more. So 2.1 P100 a card is the careful end, and
what is assumed here: the realtime recommender trains alone on the one card, all else keeps the eight.

"""


class Figures:
    """Values by (policy, setting, class, figure), one for each seed and in the order of the seeds."""

    def __init__(self, path: Path):
        self._values: dict[tuple[str, str, str, str], dict[int, float]] = {}
        self.policies: list[str] = []
        self.told_otherwise: list[str] = []     # policy@prediction
        self.seeds: list[int] = []
        with open(path, newline="", encoding="utf-8") as file:
            for row in csv.DictReader(file):
                key = (row["policy"], row["setting"], row["class"], row["figure"])
                seed = int(row["seed"])
                self._values.setdefault(key, {})[seed] = float(row["value"])
                names = self.told_otherwise if "@" in row["policy"] else self.policies
                if row["policy"] not in names:
                    names.append(row["policy"])
                if seed not in self.seeds:
                    self.seeds.append(seed)

    def of(self, policy: str, figure: str, class_: str = "", setting: str = "all", scale: float = 1.) -> list[float]:
        """Empty unless every seed has it."""
        by_seed = self._values.get((policy, setting, class_, figure), {})
        return [by_seed[seed] * scale for seed in self.seeds] if len(by_seed) == len(self.seeds) else []


def interval(values: list[float]) -> tuple[float, float]:
    """95 % of the mean, by resampling; the same for the same values."""
    draw = random.Random(1)
    means = sorted(statistics.fmean(draw.choices(values, k=len(values))) for _ in range(RESAMPLES))
    return means[int(.025 * RESAMPLES)], means[int(.975 * RESAMPLES) - 1]


def shown(values: list[float], digits: int = 2) -> str:
    if not values:
        return "not told"
    low, high = interval(values)
    return f"{statistics.fmean(values):,.{digits}f} ({low:,.{digits}f} to {high:,.{digits}f})"


def verdict(ours: list[float], other: list[float], better: str, worse: str) -> str:
    """Less is better; pairs of the same month."""
    if not ours or not other:
        return "not told"
    differences = [mine - its for mine, its in zip(ours, other, strict=True)]
    low, high = interval(differences)
    word = better if high < 0 else f"**{worse}**" if low > 0 else "no clear difference"
    return f"{word}: {statistics.fmean(differences):+,.2f} ({low:+,.2f} to {high:+,.2f})"


def table(header: list[str], rows: list[list[str]]) -> str:
    lines = [header, ["---"] * len(header), *rows]
    return "".join(f"| {' | '.join(line)} |\n" for line in lines) + "\n"


def waiting(figures: Figures, ours: str) -> Iterator[str]:
    for part, name in (("mean", "on average"), ("p90", "P90"), ("p99", "P99")):
        rows = []
        for class_ in ("", *CLASSES):
            waits = {policy: figures.of(policy, f"wait_s.{part}", class_, scale=1 / 3600)
                     for policy in figures.policies}
            rows.append([class_ or "all jobs", *map(shown, waits.values()),
                         *(verdict(waits[ours], waits[policy], "shorter", "LONGER")
                           for policy in figures.policies if policy != ours)])
        yield f"## Hours of waiting, {name}\n"
        yield table(["class", *figures.policies,
                     *(f"{ours} against {policy}" for policy in figures.policies if policy != ours)], rows)


def losses(figures: Figures, ours: str) -> Iterator[str]:
    """Whatever is clearly worse with `ours`, in the figures of this page."""
    asked = [("wait_s.mean", "mean waiting, h", 1 / 3600), ("wait_s.p90", "P90 of waiting, h", 1 / 3600),
             ("wait_s.p99", "P99 of waiting, h", 1 / 3600), ("makespan_s", "hours until all is done", 1 / 3600),
             ("utilization", "utilization lost, points", -100.),
             ("cost", "Σ priority · devices · completion, 10⁹ s", 1e-9)]
    yield f"## Where {ours} loses\n"
    found = False
    for policy in figures.policies:
        for figure, name, scale in asked if policy != ours else []:
            for class_ in ("", *CLASSES):
                text = verdict(figures.of(ours, figure, class_, scale=scale),
                               figures.of(policy, figure, class_, scale=scale), "", "worse")
                if text.startswith("**"):
                    found = True
                    yield f"- against {policy}, {class_ or 'all jobs'}, {name}: {text}\n"
    yield "\n" if found else "Nowhere clearly, in the figures of this page.\n\n"


def totals(figures: Figures, price: float, docs: str) -> Iterator[str]:
    rows = []
    for policy in figures.policies:
        makespan_h = figures.of(policy, "makespan_s", scale=1 / 3600)
        used = figures.of(policy, "utilization")
        paid = [hours * DEVICES * price for hours in makespan_h]
        idle = [money * (1 - share) for money, share in zip(paid, used, strict=bool(paid and used))]
        rows.append([policy, shown(used, 3), shown(makespan_h, 1), shown(paid, 0), shown(idle, 0),
                     shown(figures.of(policy, "cost", scale=1e-9), 3), shown(figures.of(policy, "gap"), 4),
                     shown(figures.of(policy, "preemptions"), 0), shown(figures.of(policy, "most_preemptions"), 1),
                     shown(figures.of(policy, "lost_device_s", scale=1 / 3600), 0)])
    yield "## Utilization and money\n"
    yield table(["policy", "utilization", "hours until all is done", "paid, USD", "of it for idle devices, USD",
                 "Σ priority · devices · completion, 10⁹ s", "gap to the lower bound", "stops",
                 "most of one job", "lost, device-hours"], rows)
    yield (f"At {price} USD an hour and P100, an assumption (`--price`). The jobs are the same under every "
           f"policy, and so is the device-time that they need: a policy moves who waits, and saves money only "
           f"by being done earlier. Utilization is held ÷ available "
           f"([why]({docs}/adr/004-utilization-is-held-by-available.md)).\n\n")


def predictions(figures: Figures, ours: str) -> Iterator[str]:
    """Mean waiting by what is known of durations."""
    names = {told.partition("@")[0]: None for told in figures.told_otherwise}
    rows = []
    for name in [*names, *figures.told_otherwise]:
        policy, _, predict = name.partition("@")
        waits = [figures.of(name, "wait_s.mean", class_, scale=1 / 3600) for class_ in ("", *CLASSES)]
        chosen = figures.of(ours, "wait_s.mean", scale=1 / 3600)
        rows.append([policy, predict or PREDICT, *map(shown, waits),
                     "" if name == ours else verdict(chosen, waits[0], "shorter", "LONGER")])
    if rows:
        yield "## What is known of durations\n"
        yield table(["policy", "known", "all jobs", *CLASSES,
                     f"all jobs, {ours} with {PREDICT} against it"], sorted(rows))
        yield (f"Mean hours of waiting. limit: what was asked for, and nothing else, as plain EASY has it; "
               f"perfect: the duration itself, which nobody has. {ours} above is with {PREDICT}.\n\n")


def newer_card(figures: Figures, ours: str) -> Iterator[str]:
    rows = []
    for class_ in CLASSES:
        for figure, name in (("wait_s.mean", "waiting"), ("jct_s.mean", "from submission to end")):
            before, after = (figures.of(ours, figure, class_, setting, 1 / 3600) for setting in ("all", "newer"))
            rows.append([class_, name, shown(before), shown(after), verdict(after, before, "shorter", "LONGER")])
    yield CARD
    yield table(["class", f"mean hours, {ours}", "eight P100", "and one newer card", "difference"], rows)
    yield ("Nothing stands beside the one card: what arrives while it trains anew on everything waits for the "
           "end, and that training, spread over eight P100 before, takes all of its device-time on it.\n\n"
           "Made by the four commands of the README linked above.\n")


def plots(figures: Figures, folder: Path) -> list[str]:
    """Names of the files; none without pygal."""
    try:
        import pygal
    except ImportError:
        print("no plots: pygal is not installed (pip install -r requirements.txt)", file=sys.stderr)
        return []
    look = {"js": [], "no_prefix": True, "legend_at_bottom": True, "min_scale": 4}
    names = []
    for part in ("mean", "p90", "p99"):
        bars = {policy: [bar(figures.of(policy, f"wait_s.{part}", class_, scale=1 / 3600)) for class_ in CLASSES]
                for policy in figures.policies}
        highest = max((one["ci"]["high"] for some in bars.values() for one in some if one), default=1.)
        # pygal leaves no room for the intervals.
        chart = pygal.Bar(title=f"Hours of waiting by class, {part}", range=(0, 1.05 * highest), **look)
        chart.x_labels = list(CLASSES)
        for policy, some in bars.items():
            chart.add(policy, some)
        chart.add_xml_filter(plain)
        names.append(f"wait-{part}.svg")
        chart.render_to_file(str(folder / names[-1]))
    chart = pygal.Box(title="Utilization over the months", box_mode="tukey", range=(0, 1), **look)
    for policy in figures.policies:
        chart.add(policy, figures.of(policy, "utilization"))
    chart.add_xml_filter(plain)
    names.append("utilization.svg")
    chart.render_to_file(str(folder / names[-1]))
    return names


def plain(root: Any) -> Any:
    """Without pygal's script and its comment with the date: the same figures make the same file."""
    for parent in root.iter():
        for child in list(parent):
            if not isinstance(child.tag, str) or child.tag.endswith("script"):
                parent.remove(child)
    return root


def bar(values: list[float]) -> dict[str, Any] | None:
    if not values:
        return None
    low, high = interval(values)
    return {"value": round(statistics.fmean(values), 3), "ci": {"low": low, "high": high}}


def page(figures: Figures, ours: str, price: float, plot_names: list[str], folder: Path) -> str:
    here = Path(__file__).resolve().parent
    readme, docs = (os.path.relpath(path, folder.resolve()) for path in (here / "README.md", here.parents[1] / "docs"))
    parts = [HEAD.format(seeds=len(figures.seeds), ours=ours, readme=readme), *waiting(figures, ours)]
    parts += [f"![{name.removesuffix('.svg')}]({name})\n" for name in plot_names]
    return "".join(parts + ["\n"] * bool(plot_names) + [
        *losses(figures, ours), *totals(figures, price, docs), *predictions(figures, ours),
        *newer_card(figures, ours)])


def main() -> int:
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--figures", type=Path, required=True)
    options.add_argument("--out", type=Path, required=True, help="a folder")
    options.add_argument("--ours", default="priority_preempt", help="the policy that is compared with the others")
    options.add_argument("--price", type=float, default=1.46, help="USD an hour and P100")
    given = options.parse_args()
    figures = Figures(given.figures)
    if given.ours not in figures.policies:
        options.error(f"{given.figures} knows {', '.join(figures.policies) or 'no policy'}, not {given.ours}")
    given.out.mkdir(parents=True, exist_ok=True)
    text = page(figures, given.ours, given.price, plots(figures, given.out), given.out)
    (given.out / "page.md").write_text(text, encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
