"""The table of what was measured: beside its targets, and beside the table of the last time."""

from __future__ import annotations

import json
import os
import platform
import statistics
import subprocess
import time
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from pathlib import Path

from tests.bench.rows import ANY, ROWS, Row

LAST = Path(__file__).with_name("last.json")
README = Path(__file__).with_name("README.md")
ADDITIONS = 10_000_000
_ALIKE = 1.1  # below this factor, two tables say the same

_HEAD = """\
# Benchmarks

`make bench` measures this table again and says what has changed since. `make bench SMALL=1` leaves
out 5,000 incidents and 10,000 signatures. `make bench ONLY=search` measures the rows whose names
a regular expression finds, and what they are compared with. `make bench WRITE=1` measures all of
them and also writes this table. `python -m tests.bench --help` names the benchmarks that go into
detail; `python -m tests.bench table --help` says more about this one.

Numbers are medians, with the lowest and the highest in brackets. CPU seconds are those of all
processes; a ratio is to another row of the same size and the same run. Bare MkDocs is MkDocs with
Material on the same pages. Machines differ: compare ratios, not seconds.

A target in seconds is meant for the machine that it runs on. Sizes that are missing here were not
measured in this run.
"""


@dataclass(frozen=True)
class Cell:
    """One row at one size: the median of its values, or why there is none."""

    median: float = 0
    low: float = 0
    high: float = 0
    runs: int = 0
    problem: str = ""

    @classmethod
    def of(cls, values: Sequence[float]) -> Cell:
        return cls(statistics.median(values), min(values), max(values), len(values))


@dataclass(frozen=True)
class Machine:
    """Where and when it was measured; `loop` is the seconds of 10 M additions in Python."""

    cores: int
    python: str
    loop: float
    date: str
    code: str

    @classmethod
    def this(cls, checkout: Path) -> Machine:
        return cls(
            os.cpu_count() or 1, platform.python_version(), _loop(), f"{datetime.now(UTC):%Y-%m-%d}", _code(checkout)
        )  # fmt: skip

    def __str__(self) -> str:
        return (
            f"{self.date}, {self.code or 'unknown code'}: {self.cores} cores, Python {self.python}, "
            f"a loop of 10 M additions takes {self.loop:.2f} s"
        )


def _loop() -> float:
    times = []
    for _ in range(3):
        began = time.process_time()
        total = 0
        for number in range(ADDITIONS):
            total += number
        times.append(time.process_time() - began)
    return statistics.median(times)


def _code(checkout: Path) -> str:
    """Return the commit of what is measured, with a + where something has changed since."""

    def git(*words: str) -> str:
        command = ["git", "-C", checkout, *words, "--", "generator", "templates"]
        try:
            done = subprocess.run(command, capture_output=True, text=True, check=False)
        except OSError:
            return ""
        return done.stdout.strip()

    return git("log", "-1", "--format=%h") + ("+" if git("status", "--porcelain") else "")


@dataclass(frozen=True)
class Table:
    """Everything that was measured in one run."""

    machine: Machine
    cells: Mapping[tuple[str, int], Cell] = field(default_factory=dict)

    def value(self, name: str, size: int) -> float | None:
        cell = self.cells.get((name, size))
        return cell.median if cell and not cell.problem else None

    def ratio(self, row: Row, size: int) -> float | None:
        """Return what a row is, beside the row that it is compared with; else its own number."""
        mine = self.value(row.name, size)
        if not row.of:
            return mine
        other = self.value(row.of, size if row.of_size is None else row.of_size)
        return mine / other if mine is not None and other else None

    def judge(self, row: Row, size: int) -> str:
        """Say whether the target is met, or by which factor it is missed."""
        target = row.target.get(size)
        if target is None:
            return ""
        ratio = self.ratio(row, size)
        if not ratio:
            return "not measured"
        missed = target / ratio if row.at_least else ratio / target
        return "met" if missed <= 1 else f"missed {missed:.2g} times"

    def change(self, row: Row, size: int, last: Table) -> str:
        """Say what has changed since: of ratios, or of times where both machines are as fast."""
        now, before = (table._comparable(row, size) for table in (self, last))
        if not now or not before:
            return ""
        factor = now / before if row.unit == "MB/s" else before / now
        if max(factor, 1 / factor) < _ALIKE:
            return "alike"
        return f"{factor:.2g} times better" if factor > 1 else f"{1 / factor:.2g} times worse"

    def _comparable(self, row: Row, size: int) -> float | None:
        ratio = self.ratio(row, size)
        if ratio is None or row.of or row.unit == "MB":
            return ratio
        return ratio * self.machine.loop if row.unit == "MB/s" else ratio / self.machine.loop


def markdown(table: Table, last: Table | None = None) -> str:
    """Write the table as Markdown, with a line about the machine before it."""
    heads = ["what", "size", "measured", "ratio", "target", "met?", *(["since"] if last else [])]
    lines = [
        f"{table.machine}.\n" + (f"Since: {last.machine}.\n" if last else ""),
        f"| {' | '.join(heads)} |",
        f"| --- | ---: | --- | --- | --- | --- |{' --- |' if last else ''}",
    ]
    for row in ROWS:
        for size in sorted(size for name, size in table.cells if name == row.name):
            cells = _line(table, row, size)
            if last:
                cells.append(table.change(row, size, last))
            lines.append(f"| {' | '.join(cells)} |")
    return "\n".join(lines) + "\n"


def _line(table: Table, row: Row, size: int) -> list[str]:
    cell = table.cells[row.name, size]
    named = "" if size == ANY else f"{size:,}"
    target = row.target.get(size)
    wish = ""
    if target is not None:
        wish = f"{'at least' if row.at_least else 'at most'} {short(target)}{'' if row.of else f' {row.unit}'}"
    if cell.problem:
        problem = cell.problem.replace("|", "\\|").replace("\n", " ")
        return [row.name, named, problem, "", wish, table.judge(row, size)]
    measured = f"{short(cell.median)} {row.unit}"
    if cell.runs > 1:
        measured += f" ({short(cell.low)} to {short(cell.high)})"
    ratio = table.ratio(row, size)
    other = row.of if row.of_size is None else f"that of {row.of_size}"
    beside = f"{short(ratio)} of {other}" if row.of and ratio is not None else ""
    return [row.name, named, measured, beside, wish, table.judge(row, size)]


def short(number: float) -> str:
    """Write a number with two or three digits that count."""
    if number >= 100:
        return f"{number:,.0f}"
    return f"{number:.3g}" if number >= 1 else f"{number:.2g}"


def load(path: Path = LAST) -> Table | None:
    """Read the table of the last time; None where there is none that can be read."""
    try:
        data = json.loads(path.read_text("utf-8"))
        cells = {
            (name, int(size)): Cell(**cell)
            for name, sizes in data["rows"].items()
            for size, cell in sizes.items()
        }
        return Table(Machine(**data["machine"]), cells)
    except (OSError, ValueError, LookupError, TypeError, AttributeError):
        return None


def save(table: Table, path: Path = LAST, readme: Path = README) -> None:
    """Write a table, as data and for readers."""
    rows: dict[str, dict[str, object]] = {}
    for (name, size), cell in table.cells.items():
        known = {key: _rounded(value) for key, value in asdict(cell).items() if value}
        rows.setdefault(name, {})[str(size)] = known
    machine = {key: _rounded(value) for key, value in asdict(table.machine).items()}
    path.write_text(json.dumps({"machine": machine, "rows": rows}, indent=1) + "\n", "utf-8")
    saved = load(path)
    assert saved
    readme.write_text(f"{_HEAD}\n{markdown(saved)}", "utf-8")


def _rounded(value: object) -> object:
    return float(f"{value:.4g}") if isinstance(value, float) else value
