"""`python -m tests.bench.proofs`: how long the proofs of this repository's incidents take."""

from __future__ import annotations

import json
import os
import resource
import subprocess
import sys
import time
from pathlib import Path

ROOT = Path(__file__).parents[2]
LIMIT = 60  # seconds for all of them on two cores, packages already in the cache


def run() -> tuple[list[dict[str, object]], float]:
    """Run all proofs; return them and the seconds from start to end."""
    began = time.monotonic()
    done = subprocess.run(
        [sys.executable, "-m", "generator", "prove", "--trust", "--no-record", "--format", "json", "--root", ROOT],
        stdout=subprocess.PIPE, text=True, check=False,
    )  # fmt: skip
    return json.loads(done.stdout)["proofs"], time.monotonic() - began


def main() -> None:
    """Print a line for each proof, and all of them together."""
    run()  # fills the cache of packages
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    proofs, wall = run()
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    cpu = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    print("| proof | shows | outcome | s |\n| --- | --- | --- | ---: |")
    for proof in proofs:
        name = f"{str(proof['incident']).split('-')[0]}/{proof['proof']}"
        print(f"| {name} | {proof['shows']} | {proof['outcome']} | {proof['seconds']:.1f} |")
    print(
        f"\n{len(proofs)} proofs in {wall:.1f} s of {LIMIT} s, on {os.cpu_count()} cores; {cpu:.1f} CPU s"
    )


if __name__ == "__main__":
    main()
