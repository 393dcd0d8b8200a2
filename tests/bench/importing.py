"""`python -m tests.bench importing [FOLDER...]`: write-ups to drafts: how much is in fields, and how long it takes."""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import mean
from typing import Any

from tests.bench.jobs import Job
from tests.bench.processes import ROOT, Run, run

_OWN = ROOT / "tests" / "data" / "write-ups"
_SHARED = ROOT.parent / "shared"
MANY = 1_000
"""How many write-ups are timed for the table of `make bench`."""


@dataclass(frozen=True)
class Collection:
    """What became of the write-ups of one folder.

    Attributes:
        name: of the folder.
        files: the report of each file that was imported.
        failed: how many were not.
        seconds: how long it took, on the clock.
    """

    name: str
    files: tuple[dict[str, Any], ...]
    failed: int
    seconds: float

    def row(self) -> str:
        """Return the line of the table."""
        placed = [(sum(f["words"]["fields"].values()), sum(f["words"]["notes"].values())) for f in self.files]  # fmt: skip
        fields, notes = (sum(part) for part in zip(*placed, strict=True)) if placed else (0, 0)
        shares = [a / (a + b) for a, b in placed if a + b]
        timed = sum(f["events"] > 0 for f in self.files)
        events = sum(f["events"] for f in self.files)
        passages = sum(len(f["undecided"]) for f in self.files)
        rate = MANY * self.seconds / len(self.files) if self.files else 0.0
        return (
            f"{self.name[:30]:30} {len(self.files):6} {self.failed:7} {fields:8} {notes:7}"
            f" {fields / ((fields + notes) or 1):7.1%} {mean(shares) if shares else 0:7.1%}"
            f" {events:7} {timed:6} {passages:9} {self.seconds:8.1f} {rate:8.1f}"
        )


_HEADER = (
    f"{'write-ups':30} {'files':>6} {'failed':>7} {'fields':>8} {'notes':>7} {'words':>7} {'mean':>7}"
    f" {'events':>7} {'timed':>6} {'undecided':>9} {'seconds':>8} {'/ 1,000':>8}"
)


def new_base(root: Path) -> None:
    """Make an empty knowledge base."""
    (root / "incidents").mkdir(parents=True)
    (root / "mkdocs.yml").write_text("site_name: Bench\nplugins: [runbooks]\n")


def imported(root: Path, folder: Path) -> Collection:
    """Import a folder of write-ups into a knowledge base."""
    began = time.monotonic()
    done = subprocess.run(
        [sys.executable, "-m", "generator", "import", "--root", root, "--format", "json", folder],
        stdout=subprocess.PIPE, text=True, check=False,
    )  # fmt: skip
    seconds = time.monotonic() - began
    files = json.loads(done.stdout)["files"]
    good = tuple(file for file in files if file["outcome"] == "imported")
    failed = sum(file["outcome"] == "failed" for file in files)
    return Collection(folder.name, good, failed, seconds)


def imports(folder: Path) -> list[Job]:
    """Return what imports many write-ups: ours, each with another number in it."""
    source, bases = folder / "write-ups", iter(range(MANY))

    def measured() -> Sequence[Run]:
        if not source.exists():
            source.mkdir()
            own = sorted(_OWN.iterdir())
            for number in range(MANY):
                text = own[number % len(own)].read_text("utf-8")
                (source / f"{number}.md").write_text(f"{text}\nCopy {number}.\n", "utf-8")
        root = folder / f"base-{next(bases)}"
        new_base(root)
        return [run("-m", "generator", "import", "--root", root, source, cwd=root)]

    rows = {
        f"import {MANY:,} write-ups, clock": "seconds",
        f"import {MANY:,} write-ups, CPU": "cpu",
    }
    return [Job("import", rows, measured)]


def main(folders: Sequence[str] | None = None) -> None:
    """Print a line for each folder."""
    named = [Path(name) for name in (sys.argv[1:] if folders is None else folders)]
    corpora = _SHARED / "corpora"
    shared = sorted(p for p in corpora.iterdir() if p.is_dir()) if corpora.is_dir() else []
    cases = [p for p in (_SHARED / "cases" / "write-ups",) if p.is_dir()]
    print(_HEADER)
    with tempfile.TemporaryDirectory(prefix="runbooks-bench-") as scratch:
        for number, folder in enumerate(named or [*shared, *cases, _OWN]):
            root = Path(scratch) / str(number)
            new_base(root)
            print(imported(root, folder.resolve()).row(), flush=True)
    print("words: the part of all words in fields; mean: of the parts of each write-up")
    print("timed: write-ups with events; / 1,000: seconds for 1,000 such write-ups")


if __name__ == "__main__":
    main()
