#!/usr/bin/env python3
"""English quality rules: MB of text per processor second, one JSON line a figure. The corpus and the
peer (datatrove's chain, same run) come from the folder that FULCRUM_BASELINES or ../shared/baselines
names; without it nothing is measured, without its environment only our own side is."""

import json
import os
import resource
import subprocess
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
BASELINES = Path(os.environ.get("FULCRUM_BASELINES", ROOT.parent / "shared" / "baselines"))
WORK = Path(os.environ.get("FULCRUM_BASELINE_VENVS", Path.home() / ".cache" / "fulcrum-baselines"))
MEGABYTES = 5
CHAIN = "steps: [gopher_repetition, gopher_quality, {c4: {filter_no_terminal_punct: false}}, fineweb]\n"
GOAL_MB_PER_CPU_S = 40


def cpu_s():
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def peer():
    if not (WORK / "text-cleaning" / "bin" / "python").exists():
        return None
    out = subprocess.run([BASELINES / "text-cleaning" / "run.sh", str(MEGABYTES), "chain"], check=True, text=True,
                         capture_output=True).stdout
    return json.loads(out.splitlines()[-1])["chain"]["MB_per_cpu_s_without_list_load"]


def ours(corpus, copies):
    with tempfile.TemporaryDirectory() as folder:
        folder = Path(folder)
        (folder / "chain.yaml").write_text(CHAIN)
        text = corpus.read_bytes() * copies
        (folder / "in.jsonl").write_bytes(text)
        best = 0.0
        for _ in range(3):
            before = cpu_s()
            subprocess.run([Path(os.environ["FULCRUM_BIN_DIR"]) / "fulcrum", "data", "run", folder / "chain.yaml", "--in",
                            folder / "in.jsonl", "--out", folder / "out.jsonl", "--threads", "1", "--json"], check=True,
                           stdout=subprocess.DEVNULL)
            best = max(best, len(text) / 1e6 / (cpu_s() - before))
        return best


def main():
    corpus = WORK / "work" / "text-cleaning" / f"corpus-{MEGABYTES}.jsonl" / "corpus.jsonl"
    reference = peer() if BASELINES.is_dir() else None
    if not corpus.exists():
        print(json.dumps({"bench": "text_quality", "skipped": "the corpus is not here"}))
        return
    figure = {"bench": "text_quality", "mb_per_cpu_s": round(ours(corpus, 20), 1), "goal_mb_per_cpu_s": GOAL_MB_PER_CPU_S}
    if reference is None:
        figure["peer"] = "skipped: its environment is not here"
    else:
        figure |= {"datatrove_mb_per_cpu_s": reference, "ratio": round(figure["mb_per_cpu_s"] / reference)}
    print(json.dumps(figure))


if __name__ == "__main__":
    main()
