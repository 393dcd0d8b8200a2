"""`python -m tests.bench table`: everything that has a target, and what has changed since."""

from __future__ import annotations

import argparse
import re
import sys
import tempfile
from collections.abc import Collection, Sequence
from pathlib import Path

from tests.bench.commands import commands, starts, write_lists, write_paste
from tests.bench.generate import identifier, liven, write
from tests.bench.importing import imports
from tests.bench.jobs import Job, Pace, Progress, chosen, measure
from tests.bench.processes import ROOT, copied_code
from tests.bench.report import LAST, README, Cell, Machine, Table, load, markdown, save
from tests.bench.rows import ANY, wanted
from tests.bench.sites import builds, serve
from tests.bench.teams import TEAMS, teams, write_teams
from tests.bench.throughput import logs

_MANY = 10_000  # signatures, with which ripgrep reads 1 to 6 MB a second


class _Bench:
    """Measures the rows that are wanted, and keeps what it finds."""

    def __init__(self, folder: Path, rows: Collection[str], pace: Pace) -> None:
        self.cells: dict[tuple[str, int], Cell] = {}
        self._folder = folder
        self._rows = rows
        self._pace = pace
        self._tell = Progress()

    def starts(self) -> None:
        self._measure("any size", ANY, [*starts(self._folder), *imports(self._folder)])

    def incidents(self, count: int) -> None:
        """Measure everything about a knowledge base of one size."""
        root, rivals = self._folder / f"{count}", self._folder / f"{count}-rivals"
        about = f"{count:,} incidents"
        for jobs in (
            builds(root, rivals, count),
            serve(root, count, self._pace.rounds),
            commands(root, count),
        ):
            if chosen(jobs, self._rows) and not root.exists():
                self._tell(f"{about}: writing them")
                write(root, count)
                liven(root, count)
                write_paste(root / "incidents" / identifier(count // 3, count) / "incident.yaml")
                write_lists(root)
            self._measure(about, count, jobs)

    def teams(self, each: int) -> None:
        """Measure a knowledge base that shows those of many teams."""
        folder, count = self._folder / f"{each}-teams", TEAMS * each
        about = f"{TEAMS} teams of {each:,} incidents"
        jobs = teams(folder, each)
        if chosen(jobs, self._rows):
            self._tell(f"{about}: writing them")
            write_teams(folder, each)
        self._measure(about, count, jobs)

    def signatures(self, count: int, megabytes: int) -> None:
        """Measure how fast a long log is read."""
        jobs = logs(self._folder, count, megabytes)
        self._measure(f"{count:,} signatures", count, jobs)

    def _measure(self, about: str, size: int, jobs: Sequence[Job]) -> None:
        found = measure(chosen(jobs, self._rows), about, self._pace, self._tell)
        for name, cell in found.items():
            if name in self._rows:
                self.cells[name, size] = cell


def sizes(text: str) -> list[int]:
    """Read numbers with commas between them."""
    return [int(part) for part in text.split(",") if part]


def _options(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.bench table", description=__doc__)
    add = parser.add_argument
    add("--small", action="store_true", help="100 and 1,000 alone: under 10 minutes on 2 quiet cores")  # fmt: skip
    add("--only", default="", metavar="PATTERN", help="only rows whose names a regular expression finds, and what they are compared with")  # fmt: skip
    add("--write", action="store_true", help=f"replace {LAST.name} and {README.name}")
    add("--incidents", type=sizes, default="100,1000,5000", help="sizes (default: %(default)s)")
    add("--teams", type=sizes, default="50,1000", help=f"sizes of each of {TEAMS} teams (default: %(default)s)")  # fmt: skip
    add("--signatures", type=sizes, default="100,1000,10000", help="sizes (default: %(default)s)")
    add("--log", type=int, default=256, metavar="MB", help="size of the log (default: %(default)s)")
    add("--rounds", type=int, default=3, help="repeat so often at most (default: %(default)s)")
    add("--seconds", type=float, default=100, help="but begin no round after so many (default: %(default)s)")  # fmt: skip
    add("--code", type=Path, default=ROOT, metavar="DIR", help="measure another checkout")
    options = parser.parse_args(arguments)
    if options.only and options.write:
        parser.error("--write needs all rows, so it does not go with --only")
    if not (options.code / "generator").is_dir():
        parser.error(f"--code: {options.code} is no checkout")
    try:
        if not wanted(options.only):
            parser.error(f"no row has a name with {options.only}")
    except re.error as error:
        parser.error(f"--only: {error}")
    if options.small:
        options.incidents = [n for n in options.incidents if n <= 1_000]
        options.signatures = [n for n in options.signatures if n <= 1_000]
        options.teams = [n for n in options.teams if n <= 50]
    return options


def main(arguments: Sequence[str] | None = None) -> None:
    """Measure, and print the table."""
    options = _options(arguments)
    machine = Machine.this(options.code)
    pace = Pace(options.rounds, options.seconds)
    with copied_code(options.code), tempfile.TemporaryDirectory(prefix="runbooks-bench-") as folder:
        bench = _Bench(Path(folder), wanted(options.only), pace)
        try:
            bench.starts()
            for count in options.signatures:
                bench.signatures(count, options.log if count < _MANY else options.log // 16 or 1)
            for count in options.incidents:
                bench.incidents(count)
            for each in options.teams:
                bench.teams(each)
        except KeyboardInterrupt:
            print("Interrupted: the table has what was measured before.", file=sys.stderr)
    table = Table(machine, bench.cells)
    print(markdown(table, load()), end="")
    if options.write:
        save(table)


if __name__ == "__main__":
    main()
