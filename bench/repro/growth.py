#!/usr/bin/env python3
"""How one scheduling pass grows with the cluster: runs pass_bench and writes growth.md and growth.svg.

    bench/repro/growth.py --bin BUILD/bin [--lines FILE]    # FILE: figures that pass_bench printed before

The plot needs pygal (examples/case-8xp100/requirements.txt); without it only the table is written.
"""
import argparse
import json
import math
import pathlib
import subprocess

HERE = pathlib.Path(__file__).resolve().parent
POLICIES = {"priority": "strict priority", "easy_smith": "Smith's rule with EASY"}


def table(figures):
    yield "# One scheduling pass, from a hundred nodes to a hundred thousand\n"
    yield ("Made by `growth.py` from `pass_bench` on one core: nodes of four and eight devices and three models, "
           "21 request shapes, ten jobs waiting for each node. A job ends, another comes, the pass runs; 200 times. "
           "The first pass looks at everything.\n")
    yield "| policy | nodes | jobs waiting | pass, median ms | pass, worst ms | first pass ms | memory of the process, MiB |"
    yield "|---|---|---|---|---|---|---|"
    for f in figures:
        yield (f"| {POLICIES[f['policy']]} | {f['nodes']:,} | {f['waiting']:,} | {f['pass_p50_ms']:.4f} | "
               f"{f['pass_max_ms']:.3f} | {f['first_pass_ms']:.1f} | {f['resident_mib']} |")
    yield ("\nUnder strict priority every node on which the first waiting job could run is closed to those behind it, "
           "which is found anew in each pass: it grows with the nodes. With EASY only the head's room is looked at.\n")
    yield "![The median pass over the number of nodes, both axes logarithmic](growth.svg)"


def plot(figures, path):
    try:
        import pygal
    except ImportError:
        print("SKIPPED growth.svg: pygal is not installed")
        return
    chart = pygal.XY(logarithmic=True, width=720, height=420, title="One scheduling pass, median", x_title="nodes",
                     y_title="ms", js=[], legend_at_bottom=True, truncate_legend=-1, range=(0.001, 10))
    chart.y_labels = [0.001, 0.01, 0.1, 1, 10]
    chart.x_labels = [2, 3, 4, 5]
    chart.x_value_formatter = lambda exponent: f"{10 ** exponent:,.0f}"
    chart.xrange = (1.9, 5.1)
    for policy, name in POLICIES.items():
        chart.add(name, [(math.log10(f["nodes"]), f["pass_p50_ms"]) for f in figures if f["policy"] == policy])
    path.write_text(chart.render(is_unicode=True), "utf-8")


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--bin", type=pathlib.Path)
    parser.add_argument("--lines", type=pathlib.Path)
    options = parser.parse_args()
    if not options.bin and not options.lines:
        parser.error("give --bin or --lines")
    text = options.lines.read_text() if options.lines else subprocess.run(
        [options.bin / "pass_bench"], check=True, text=True, stdout=subprocess.PIPE).stdout
    figures = [json.loads(line) for line in text.splitlines()]
    (HERE / "growth.md").write_text("\n".join(table(figures)) + "\n", "utf-8")
    plot(figures, HERE / "growth.svg")


if __name__ == "__main__":
    main()
