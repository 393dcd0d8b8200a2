"""`python -m tests.bench`: how fast it is, beside bare MkDocs with Material on the same Markdown.

Each measurement is a process of its own, begun from nothing. Bare MkDocs builds the very pages
that `runbooks render` writes, with Material's search switched on, its incident pages outside the
navigation too. Machines are noisy: read ratios. A cold build uses all cores and bare MkDocs one:
where others are busy, their CPU seconds say more.
"""

from __future__ import annotations

import argparse
import os
import re
import shutil
import signal
import statistics
import subprocess
import sys
import tempfile
import threading
import time
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from tests.bench.generate import identifier, write

ROOT = Path(__file__).parents[2]

# What is measured is a copy: a change of the code makes every cache useless, and somebody may be
# working on it while this runs.
CODE = Path(tempfile.gettempdir()) / f"runbooks-bench-code-{os.getpid()}"

_CHECK = """
import sys, time
from datetime import date
from pathlib import Path
from generator.knowledge.base import load
from generator.rules import RULES
from generator.rules.engine import lint
began = time.perf_counter()
found = lint(load(Path(sys.argv[1]), today=date(2026, 11, 21)), RULES)
print(time.perf_counter() - began, sum(d.severity == 3 for d in found))
"""

_BARE = """
site_name: Bench
docs_dir: {docs}
use_directory_urls: false
not_in_nav: "*"
theme: {{name: material, font: false, features: [navigation.footer, navigation.top]}}
plugins: [search]
markdown_extensions:
  - attr_list
  - tables
  - toc: {{permalink: true}}
  - pymdownx.highlight: {{anchor_linenums: false}}
  - pymdownx.superfences
nav:
  - Home: index.md
  - Guide: guide.md
  - Incidents: incidents/index.md
  - Components: components/index.md
  - Errors: errors/index.md
"""


@dataclass(frozen=True)
class Run:
    """One process and its children: how long it took, its CPU, and the memory of the largest."""

    seconds: float
    cpu: float
    megabytes: float
    output: str = ""


def environment() -> dict[str, str]:
    path = os.pathsep.join(filter(None, [str(CODE), os.environ.get("PYTHONPATH", "")]))
    return {**os.environ, "PYTHONPATH": path, "NO_MKDOCS_2_WARNING": "1"}


def run(*command: str | Path, cwd: Path) -> Run:
    """Run a program and measure it.

    Raises:
        RuntimeError: it failed; with what it said.
    """
    with tempfile.TemporaryFile("w+") as output:
        began = time.perf_counter()
        process = subprocess.Popen(
            [sys.executable, *map(str, command)],
            cwd=cwd,
            env=environment(),
            stdout=output,
            stderr=output,
        )
        _, status, usage = os.wait4(process.pid, 0)
        seconds = time.perf_counter() - began
        process.returncode = os.waitstatus_to_exitcode(status)
        output.seek(0)
        text = output.read()
    if process.returncode:
        raise RuntimeError(
            f"{' '.join(map(str, command))}: exit {process.returncode}\n{text[-3000:]}"
        )
    return Run(seconds, usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024, text)


def median(repeat: int, measure: Callable[[], Run]) -> Run:
    runs = [measure() for _ in range(repeat)]
    return Run(
        statistics.median(r.seconds for r in runs),
        statistics.median(r.cpu for r in runs),
        max(r.megabytes for r in runs),
        runs[-1].output,
    )


def megabytes(folder: Path) -> float:
    return sum(path.stat().st_size for path in folder.rglob("*") if path.is_file()) / 1e6


def edit(path: Path, key: str) -> str:
    """Write something new into the first field of a name, and return what."""
    mark = f"changed{time.time_ns()}"
    text = path.read_text("utf-8")
    # A value may go on in the next lines, which stand further to the right.
    pattern = rf"^( *(?:- )?){key}: [^\n]*(?:\n\1  +[^\n:]*(?=\n))*"
    path.write_text(re.sub(pattern, rf"\g<1>{key}: {mark}", text, count=1, flags=re.M), "utf-8")
    return mark


@contextmanager
def serving(root: Path) -> Iterator[str]:
    """Run `runbooks serve`, and give its address."""
    process = subprocess.Popen(
        [sys.executable, "-m", "generator", "serve", "--root", str(root), "--port", "0"],
        env=environment(),
        stderr=subprocess.PIPE,
        text=True,
    )
    assert process.stderr
    said = []
    try:
        for line in process.stderr:
            said.append(line)
            if found := re.search(r"Serving on (http://\S+)", line):
                threading.Thread(target=process.stderr.read, daemon=True).start()
                yield found[1]
                return
        raise RuntimeError("".join(said))
    finally:
        process.send_signal(signal.SIGINT)
        process.wait(30)


def saved_to_fresh(root: Path, count: int, repeat: int) -> float:
    """Return the seconds from saving an incident to its fresh page; the median."""
    times = []
    name = identifier(count // 2, count)
    with serving(root) as url:
        for _ in range(repeat):
            time.sleep(1)
            mark = edit(root / "incidents" / name / "incident.yaml", "if_not")
            began = time.perf_counter()
            while True:
                with urllib.request.urlopen(f"{url}incidents/{name}/", timeout=300) as answer:
                    if mark.encode() in answer.read():
                        break
                time.sleep(0.02)
            times.append(time.perf_counter() - began)
    return statistics.median(times)


def measure(count: int, folder: Path, repeat: int) -> dict[str, float]:
    """Measure everything for one size."""
    root, pages, bare = folder / "kb", folder / "pages", folder / "bare"
    write(root, count)
    some = root / "incidents" / identifier(count // 3, count) / "incident.yaml"

    def tell(text: str) -> None:
        print(f"{count:,} incidents: {text}", file=sys.stderr, flush=True)

    def build(*, cold: bool = False, change: str = "") -> Run:
        if cold:
            shutil.rmtree(root / ".cache", ignore_errors=True)
        if change:
            edit(some, change)
        return run("-m", "generator", "build", "--root", root, cwd=root)

    tell("loading and checking")
    checks = [run("-c", _CHECK, root, cwd=root).output.split() for _ in range(repeat)]
    if any(errors != "0" for _, errors in checks):
        raise RuntimeError("the generated knowledge base has errors")
    tell("rendering the Markdown for bare MkDocs")
    run("-m", "generator", "render", pages, "--root", root, cwd=root)
    bare.mkdir()
    (bare / "mkdocs.yml").write_text(_BARE.format(docs=pages), "utf-8")
    tell("bare MkDocs with Material")
    by_mkdocs = median(repeat, lambda: run("-m", "mkdocs", "build", "-q", cwd=bare))
    tell("cold build")
    cold = median(repeat, lambda: build(cold=True))
    tell("warm builds")
    warm = median(repeat, lambda: build(change="if_not"))
    titled = median(repeat, lambda: build(change="title"))
    tell("serving")
    fresh = saved_to_fresh(root, count, max(3, repeat))
    number = sum(1 for _ in pages.rglob("*.md"))
    return {
        "incidents": count,
        "pages": number,
        "load and check, s": statistics.median(float(seconds) for seconds, _ in checks),
        "bare MkDocs + Material, s": by_mkdocs.seconds,
        "cold build, s": cold.seconds,
        "  of bare MkDocs": cold.seconds / by_mkdocs.seconds,
        "  CPU of bare MkDocs, s": by_mkdocs.cpu,
        "  CPU of a cold build, s": cold.cpu,
        "  pages per second": number / cold.seconds,
        "  ms per page": 1000 * cold.seconds / number,
        "  ms per incident": 1000 * cold.seconds / count,
        "warm build, one step edited, s": warm.seconds,
        "  of bare MkDocs ": warm.seconds / by_mkdocs.seconds,
        "warm build, one title edited, s": titled.seconds,
        "  of bare MkDocs  ": titled.seconds / by_mkdocs.seconds,
        "saved → fresh page, s": fresh,
        "memory of bare MkDocs, MB": by_mkdocs.megabytes,
        "memory of a cold build, MB": cold.megabytes,
        "memory of a warm build, MB": warm.megabytes,
        "site of bare MkDocs, MB": megabytes(bare / "site"),
        "site, MB": megabytes(root / "site"),
        "cache, MB": megabytes(root / ".cache"),
    }


def table(columns: list[dict[str, float]]) -> str:
    """Write the measurements as a table of Markdown, a column for each size."""
    rows = []
    for name in columns[0]:
        cells = [
            f"{c[name]:,.0f}"
            if c[name] >= 100 or name in ("incidents", "pages")
            else f"{c[name]:.2f}"
            for c in columns
        ]
        rows.append(
            f"| {name.strip() if name[0] != ' ' else '· ' + name.strip()} | {' | '.join(cells)} |"
        )
    rows.insert(1, f"| --- |{' ---: |' * len(columns)}")
    return "\n".join(rows)


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m tests.bench", description=__doc__)
    parser.add_argument(
        "--sizes", default="100,1000,5000", help="numbers of incidents (default: %(default)s)"
    )
    parser.add_argument(
        "--repeat",
        type=int,
        default=1,
        help="take the median of so many runs (default: %(default)s)",
    )
    parser.add_argument(
        "--folder", type=Path, help="work here and leave everything (default: a temporary folder)"
    )
    options = parser.parse_args()
    for name in ("generator", "templates"):
        shutil.copytree(ROOT / name, CODE / name, ignore=shutil.ignore_patterns("__pycache__"))
    try:
        bench(options)
    finally:
        shutil.rmtree(CODE)


def bench(options: argparse.Namespace) -> None:
    columns: list[dict[str, float]] = []
    for size in map(int, options.sizes.split(",")):
        with tempfile.TemporaryDirectory(prefix="runbooks-bench-") as temporary:
            folder = (options.folder or Path(temporary)) / str(size)
            columns.append(measure(size, folder, options.repeat))
            print(f"\n{table(columns)}\n", flush=True)
    if len(columns) > 1:
        growth = columns[-1]["  ms per page"] / columns[0]["  ms per page"]
        print(f"Time per page, largest to smallest: {growth:.2f}")


if __name__ == "__main__":
    main()
