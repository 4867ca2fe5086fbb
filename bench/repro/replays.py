"""What the replay reports share: finding the program and the trace, running it, tables."""

import json
import os
import subprocess
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


def trace(name):
    """A file of the public traces, which are not part of this tree; None where they are absent."""
    path = Path(os.environ.get("FULCRUM_TRACES", ROOT.parent / "shared" / "data" / "traces")) / name
    return path if path.exists() else None


def run(verb, *options):
    """The answer of `fulcrum VERB --json`."""
    program = Path(os.environ.get("FULCRUM_BIN_DIR", ROOT / "build" / "bin")) / "fulcrum"
    done = subprocess.run([program, verb, "--json", *map(str, options)], text=True, capture_output=True, check=False)
    if done.returncode != 0:
        raise SystemExit(f"fulcrum {verb} {' '.join(map(str, options))}: {done.stderr.strip()}")
    return json.loads(done.stdout)


def advise(*options):
    return run("advise", *options)


def sim(*options):
    """The runs of one `fulcrum sim --json`, as a list."""
    answer = run("sim", *options)
    runs = answer["runs"] if "runs" in answer else [answer]
    for one in runs:
        one["skipped"] = answer.get("skipped", {})
    return runs


def table(header, rows):
    lines = ["| " + " | ".join(header) + " |", "|" + "---|" * len(header)]
    lines += ["| " + " | ".join(str(cell) for cell in row) + " |" for row in rows]
    return "\n".join(lines)


def thousands(value):
    return f"{value:,.0f}"
