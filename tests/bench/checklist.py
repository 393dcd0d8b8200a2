"""How fast a release gets its checklist: `python -m tests.bench.checklist [--incidents N] [--paths N...]`.

Each time is a process of its own, from the command that a user types. "cold" has no kept file, as
in a fresh clone; "warm" has one. Beside it: loading the same incidents, and Python starting with
the libraries of the command. "tried" is how often a glob met a path; every glob on every path
would be the product.
"""

from __future__ import annotations

import argparse
import random
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from generator.checklists.choose import PathRules, Release, choose_checks
from generator.checklists.globs import ChangedPaths
from generator.checklists.summary_index import FILE, read_rows
from tests.bench.generate import PARTS, SERVICES, TECHNOLOGIES, write

_LOAD = "import sys; from pathlib import Path; from generator.knowledge.base import load; load(Path(sys.argv[1]))"


def paths(count: int) -> list[str]:
    """Return changed files as a large release has them."""
    pick = random.Random(3)
    found = []
    for n in range(count):
        service = f"{pick.choice(SERVICES)}-{pick.choice(PARTS)}"
        technology = pick.choice(tuple(TECHNOLOGIES))
        found.append(
            pick.choice(
                (
                    f"{service}/src/module_{n}.py",
                    f"{service}/migrations/{n:04d}_change.sql",
                    f"deploy/{technology}/host-{n}.conf",
                    f"docs/page-{n}.md",
                )
            )
        )
    return found


def timed(*command: str | Path) -> float:
    """Return the seconds that a command takes."""
    began = time.perf_counter()
    subprocess.run([sys.executable, *map(str, command)], check=True, capture_output=True)
    return time.perf_counter() - began


def main() -> None:
    """Measure, and print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--incidents", type=int, default=5000)
    parser.add_argument("--paths", type=int, nargs="+", default=[200, 2000, 20_000])
    parser.add_argument("--repeat", type=int, default=3)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        root = Path(name) / "base"
        root.mkdir()
        write(root, options.incidents)
        measure(root, options.paths, options.repeat)


def measure(root: Path, counts: list[int], repeat: int) -> None:
    """Measure one knowledge base with several numbers of changed files."""

    def median(*command: str | Path, cold: bool = False) -> float:
        times = []
        for _ in range(repeat):
            if cold:
                shutil.rmtree((root / FILE).parent, ignore_errors=True)
            times.append(timed(*command))
        return statistics.median(times)

    load = median("-c", _LOAD, root)
    start = median("-m", "generator", "checklist", "--help")
    print(f"loading alone {load:.2f} s (one process), starting {start:.2f} s")
    print("| changed files | checks found | cold, s | warm, s | choosing, ms | tried | product |")
    print("| ---: | ---: | ---: | ---: | ---: | ---: | ---: |")
    for count in counts:
        changed = paths(count)
        listed = root / "changed.txt"
        listed.write_text("\n".join(changed))
        command = ("-m", "generator", "checklist", "--root", root, "--changed-files", listed)
        cold = median(*command, "--format", "csv", "-o", root / "out", cold=True)
        warm = median(*command, "--format", "csv", "-o", root / "out")
        rows = read_rows(root)
        began = time.perf_counter()
        found = choose_checks(rows, Release(paths=tuple(changed)), PathRules())
        choosing = time.perf_counter() - began
        globs = {g for row in rows.rows.values() for c in row["checks"] for g in c.get("paths", ())}
        index = ChangedPaths(changed)
        tried = sum(len(list(index.candidates(glob))) for glob in globs)
        print(
            f"| {count:,} | {len(found):,} | {cold:.2f} | {warm:.2f} | {choosing * 1000:.0f} "
            f"| {tried:,} | {len(globs) * count:,} |"
        )


if __name__ == "__main__":
    main()
