"""Fuzz what reads untrusted input: `python -m tests.fuzz`."""

from __future__ import annotations

import argparse
import os
import sys
import tempfile
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from tests.fuzz.running import Result, fuzz
from tests.fuzz.targets import TARGETS

_HEADS = ("target", "inputs", "inputs/s", "slowest", "memory", "failures")


def table(results: Sequence[Result]) -> str:
    """Return the results as a table in Markdown."""
    rows = [_HEADS, *(_row(result) for result in results)]
    rows.append(("all", f"{sum(r.inputs for r in results):,}", "", f"{max(r.slowest for r in results):.2f} s",
                 f"{max(r.memory for r in results) >> 20:,} MiB", str(sum(len(r.failures) for r in results))))  # fmt: skip
    widths = [max(len(row[n]) for row in rows) for n in range(len(_HEADS))]
    lines = [f"| {' | '.join(cell.ljust(width) for cell, width in zip(row, widths, strict=True))} |" for row in rows]  # fmt: skip
    lines.insert(1, f"|{'|'.join('-' * (width + 2) for width in widths)}|")
    return "\n".join(lines)


def _row(result: Result) -> tuple[str, ...]:
    pace = result.inputs / result.seconds if result.seconds else 0
    return (result.name, f"{result.inputs:,}", f"{pace:,.0f}", f"{result.slowest:.2f} s",
            f"{result.memory >> 20:,} MiB", str(len(result.failures)))  # fmt: skip


def main() -> int:
    """Run the fuzzers, or the kills; return the exit code."""
    parser = argparse.ArgumentParser(prog="python -m tests.fuzz", description=__doc__)
    names = [target.name for target in TARGETS]
    parser.add_argument("--minutes", type=float, default=10, help="for all targets together")
    parser.add_argument("--seed", type=int, default=None, help="the same seed, the same inputs; default: the time")  # fmt: skip
    parser.add_argument("--only", action="append", choices=names, metavar="NAME", help=", ".join(names))  # fmt: skip
    parser.add_argument("--jobs", type=int, default=os.cpu_count() or 1, help="targets at the same time")  # fmt: skip
    parser.add_argument("--first", type=int, default=0, help="number of the first input")
    parser.add_argument("--kills", type=int, default=0, metavar="N", help="kill commands N times instead")  # fmt: skip
    options = parser.parse_args()
    seed = int(time.time()) if options.seed is None else options.seed
    if options.kills:
        from tests.fuzz.kills import main as kill

        return kill(options.kills, seed)
    keep = Path(tempfile.gettempdir(), f"fuzz-failures-{seed}")
    chosen = [target for target in TARGETS if options.only is None or target.name in options.only]
    seconds = options.minutes * 60 * options.jobs / len(chosen)
    print(f"seed {seed}, {seconds:.0f} s for each of {len(chosen)} targets", flush=True)

    def run(number: int) -> Result:
        result = fuzz(chosen[number], seed, seconds, keep, options.first)
        print(f"{result.name}: {result.inputs:,} inputs, {len(result.failures)} failures", flush=True)  # fmt: skip
        return result

    with ThreadPoolExecutor(options.jobs) as pool:
        results = list(pool.map(run, range(len(chosen))))
    print(f"\n{table(results)}")
    for result in results:
        for kind, (number, _) in result.failures.items():
            print(f"{result.name}: input {number}: {kind}")
    if any(result.failures for result in results):
        print(f"The inputs, and where each fails: {keep}")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
