"""What is measured, and the target of each row: the one table of them."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

ANY = 0
"""The size of a row that depends on no size."""


@dataclass(frozen=True)
class Row:
    """One thing that is measured, at each size.

    Attributes:
        name: what it is; ends with what of it: CPU seconds, seconds on the clock, memory.
        unit: of its numbers.
        of: the row that it is compared with; the target is then a ratio to that row.
        of_size: the size of that row; by default the same size.
        target: by size, the most that it may be; without `of`, in the unit.
        at_least: the target is the least that it must be.
    """

    name: str
    unit: str = "s"
    of: str = ""
    of_size: int | None = None
    target: Mapping[int, float] = field(default_factory=dict)
    at_least: bool = False


BARE, BARE_CLOCK, BARE_MEMORY = "bare MkDocs, CPU", "bare MkDocs, clock", "bare MkDocs, memory"
COLD = {100: 0.40, 1_000: 0.36, 5_000: 0.36}
SOON = {5_000: 0.4}

ROWS = (
    Row(BARE),
    Row(BARE_CLOCK),
    Row(BARE_MEMORY, "MB"),
    Row("Zensical, CPU", of=BARE),
    Row("Zensical, clock", of=BARE_CLOCK),
    Row("Hugo, CPU", of=BARE),
    Row("Hugo, clock", of=BARE_CLOCK),
    Row("cold build, CPU", of=BARE, target=COLD),
    Row("cold build, clock", of=BARE_CLOCK, target={1_000: 0.25}),
    Row("cold build, one core, CPU", of=BARE, target=COLD),
    Row("cold build, one core, clock", of=BARE_CLOCK),
    Row("a page, CPU", "ms", of="a page, CPU", of_size=100, target={5_000: 1.1}),
    Row("cold build, memory", "MB", of=BARE_MEMORY, target={5_000: 1.2}),
    Row("site of bare MkDocs, size", "MB"),
    Row("site, size", "MB", of="site of bare MkDocs, size"),
    Row("cache, size", "MB"),
    Row("nothing changed, CPU", of=BARE, target={1_000: 0.03, 5_000: 0.03}),
    Row("one step edited, CPU", of=BARE, target={1_000: 0.04, 5_000: 0.04}),
    Row("one title edited, CPU", of=BARE, target={1_000: 0.06, 5_000: 0.06}),
    Row("one title edited, memory", "MB", of=BARE_MEMORY),
    # 0.4 and 1 s where bare MkDocs takes 22 s for 1,000 incidents, so 110 s for 5,000.
    Row("saved to fresh page, clock", of=BARE_CLOCK, target={1_000: 0.4 / 22, 5_000: 1 / 110}),
    Row("lint, cold, CPU"),
    Row("lint, warm, CPU", target={5_000: 1.5}),
    Row("lint, one change, CPU"),
    Row("lint ID, cold, CPU"),
    Row("lint ID, warm, CPU", target=SOON),
    Row("lint ID, one change, CPU", target=SOON),
    Row("show ID, cold, CPU"),
    Row("show ID, warm, CPU", target=SOON),
    Row("show ID, one change, CPU", target=SOON),
    Row("search, cold, CPU"),
    Row("search, warm, CPU", target=SOON),
    Row("search, one change, CPU", target=SOON),
    Row("match, cold, CPU"),
    Row("match, warm, CPU", target=SOON),
    Row("match, one change, CPU", target=SOON),
    Row("checklist, cold, CPU", target={5_000: 2}),
    Row("checklist, warm, CPU", target={5_000: 0.4}),
    Row("checklist, one change, CPU"),
    Row("checklist of 20 files, cold, CPU"),
    Row("checklist of 20 files, cold, clock", target={5_000: 2}),
    Row("checklist of 20 files, warm, CPU"),
    Row("checklist of 20 files, warm, clock", target={5_000: 0.5}),
    Row("checklist of 20 files, one change, CPU"),
    Row("checklist of 20 files, one change, clock"),
    Row("checklist of 200,000 files, cold, CPU"),
    Row("checklist of 200,000 files, cold, clock"),
    Row("checklist of 200,000 files, warm, CPU"),
    Row("checklist of 200,000 files, warm, clock", target={5_000: 5}),
    Row("checklist of 200,000 files, one change, CPU"),
    Row("checklist of 200,000 files, one change, clock"),
    Row("20 teams: match, cold, CPU"),
    Row("20 teams: match, warm, CPU", target={20_000: 0.3}),
    Row("20 teams: search, cold, CPU"),
    Row("20 teams: search, warm, CPU"),
    Row("20 teams: first result in a browser, CPU", "ms", target={20_000: 150}),
    Row("20 teams: moved for the first result", "MB", target={20_000: 1.5}),
    Row("20 teams: first match in a browser, CPU", "ms"),
    Row("20 teams: moved for the first match", "MB"),
    Row("20 teams: cold build, CPU"),
    Row("20 teams: one step of a team edited, CPU", of="20 teams: cold build, CPU", target={1_000: 0.2}),
    Row("python -c pass, CPU"),
    # 0.15 s where `python -c pass` takes 0.016.
    Row("--help, CPU", of="python -c pass, CPU", target={ANY: 0.15 / 0.016}),
    Row("--version, CPU", of="python -c pass, CPU", target={ANY: 0.15 / 0.016}),
    Row("import 1,000 write-ups, clock", target={ANY: 60}),
    Row("import 1,000 write-ups, CPU"),
    Row("ripgrep -f, per CPU s", "MB/s"),
    Row(
        "match a log, per CPU s", "MB/s", of="ripgrep -f, per CPU s", at_least=True,
        target={100: 3, 1_000: 3, 10_000: 50},
    ),
    Row(
        "match a log, a third any, fields, all, per CPU s", "MB/s", of="match a log, per CPU s",
        at_least=True, target={ANY: 0.8},
    ),
    Row("ClickHouse, per CPU s", "MB/s", of="match a log, per CPU s"),
)  # fmt: skip


def wanted(pattern: str) -> frozenset[str]:
    """Return the names of the rows that a regular expression finds, and of what they are compared with."""
    asked = [row for row in ROWS if re.search(pattern, row.name, re.IGNORECASE)]
    return frozenset(name for row in asked for name in (row.name, row.of) if name)
