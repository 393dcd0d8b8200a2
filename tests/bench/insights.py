"""`python -m tests.bench.insights`: what insights, action items, feed and API add to a build.

The same knowledge base is built with and without them, in turn, so that both see the same noise of
the machine, and the quickest build of each counts: whatever else runs only ever adds. Read the CPU
seconds: a cold build uses all cores, and whoever else is busy on them changes how long it takes.
"""

from __future__ import annotations

import argparse
import shutil
import tempfile
from pathlib import Path

from tests.bench.generate import edit, identifier, liven, write
from tests.bench.processes import Run, copied_code, run

_BUILD = """
import sys
from datetime import date
from pathlib import Path
from generator.plugin.mkdocs_site import build_site
from generator.site import pages
from generator.site.insight_pages import InsightPages
if sys.argv[2] == "without":
    pages.feed = lambda base, changes: b""
    pages.build_api = lambda base: ()
    InsightPages.pages = lambda self: iter(())
    InsightPages.inputs = InsightPages.recurrence_inputs = lambda self, *_: ""
    InsightPages.recurrence = lambda self, *_: []
build_site(Path(sys.argv[1]), date(2026, 11, 21))
"""

KINDS = ("without", "with")


def measure(root: Path, count: int, repeat: int) -> dict[str, dict[str, list[Run]]]:
    """Build cold and warm, with and without, in turn."""
    runs: dict[str, dict[str, list[Run]]] = {
        name: {kind: [] for kind in KINDS} for name in ("cold", "one step edited")
    }
    some = root / "incidents" / identifier(count // 3, count) / "incident.yaml"
    for _ in range(repeat):
        for kind in KINDS:
            shutil.rmtree(root / ".cache", ignore_errors=True)
            runs["cold"][kind].append(run("-c", _BUILD, root, kind, cwd=root))
            edit(some, "if_not")
            runs["one step edited"][kind].append(run("-c", _BUILD, root, kind, cwd=root))
    return runs


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m tests.bench.insights", description=__doc__)
    parser.add_argument("--size", type=int, default=1000, help="incidents (default: %(default)s)")
    parser.add_argument("--repeat", type=int, default=3, help="builds of each (default: %(default)s)")  # fmt: skip
    options = parser.parse_args()
    with copied_code(), tempfile.TemporaryDirectory(prefix="runbooks-bench-") as folder:
        root = Path(folder) / "kb"
        write(root, options.size)
        liven(root, options.size)
        runs = measure(root, options.size, options.repeat)
    print(f"| {options.size:,} incidents | without, s | with, s | added | CPU without, s | CPU with, s | added |")  # fmt: skip
    print("| --- | ---: | ---: | ---: | ---: | ---: | ---: |")
    for name, by_kind in runs.items():
        cells = []
        for of in ("seconds", "cpu"):
            before, after = (min(getattr(one, of) for one in by_kind[k]) for k in KINDS)
            cells += [f"{before:.2f}", f"{after:.2f}", f"{100 * (after / before - 1):+.1f} %"]
        print(f"| {name} | {' | '.join(cells)} |")


if __name__ == "__main__":
    main()
