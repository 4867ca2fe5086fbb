"""What the replay reports share: finding the program and the trace, running `fulcrum sim`, tables."""

import json
import os
import subprocess
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


def trace(name):
    """A file of the public traces, which are not part of this tree; None where they are absent."""
    path = Path(os.environ.get("FULCRUM_TRACES", ROOT.parent / "shared" / "data" / "traces")) / name
    return path if path.exists() else None


def sim(*options):
    """The runs of one `fulcrum sim --json`, as a list."""
    program = Path(os.environ.get("FULCRUM_BIN_DIR", ROOT / "build" / "bin")) / "fulcrum"
    run = subprocess.run([program, "sim", "--json", *map(str, options)], text=True, capture_output=True, check=False)
    if run.returncode != 0:
        raise SystemExit(f"fulcrum sim {' '.join(map(str, options))}: {run.stderr.strip()}")
    answer = json.loads(run.stdout)
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
