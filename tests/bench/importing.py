"""`python -m tests.bench.importing`: how long the write-ups of others take, and where they go."""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path

ROOT = Path(__file__).parents[2]
CORPORA = ROOT.parent / "shared" / "corpora"
LIMIT = 20  # seconds for all of them


def imported(root: Path, folder: Path) -> tuple[Counter[str], float]:
    """Import a folder of write-ups in a process of its own; return the totals and the seconds."""
    began = time.monotonic()
    done = subprocess.run(
        [sys.executable, "-m", "generator", "import", "--root", root, "--format", "json", folder],
        stdout=subprocess.PIPE, text=True, check=False,
    )  # fmt: skip
    return Counter(json.loads(done.stdout)["totals"]), time.monotonic() - began


def main() -> None:
    """Print a line for each collection, and all of them together."""
    if not CORPORA.is_dir():
        print("import: ../shared/corpora is not here: not measured")
        return
    total: Counter[str] = Counter()
    seconds = 0.0
    print(f"{'write-ups':32} {'files':>6} {'failed':>7} {'fields':>8} {'notes':>8} {'seconds':>8}")
    with tempfile.TemporaryDirectory() as scratch:
        root = Path(scratch)
        (root / "incidents").mkdir()
        (root / "mkdocs.yml").write_text("site_name: Bench\nplugins: [runbooks]\n")
        for folder in sorted(path for path in CORPORA.iterdir() if path.is_dir()):
            found, took = imported(root, folder)
            _line(folder.name, found, took)
            total += found
            seconds += took
    _line(f"all (limit {LIMIT} s)", total, seconds)


def _line(name: str, found: Counter[str], seconds: float) -> None:
    print(
        f"{name:32} {found['imported']:6} {found['failed']:7} {found['words_into_fields']:8}"
        f" {found['words_into_notes']:8} {seconds:8.1f}"
    )


if __name__ == "__main__":
    main()
