"""Which columns of a table say when, and which says what happened."""

from __future__ import annotations

import re
from dataclasses import dataclass

from generator.importers.blocks import plain_cells
from generator.importers.dates import only_day
from generator.importers.document import WriteUpTable
from generator.importers.headings import is_column, phrase
from generator.importers.times import read_relative, read_stated_time
from generator.importers.zones import Zone, is_zone, named_zone

_TIME = re.compile(
    r"(?:date and )?(?:date |local |start |event )?times?\b(?! (?:to|taken|spent|since|of|in (?:min|sec|hour)))|timestamps?\b|start(?:ed)?\Z"
    r"|(?:uhr)?zeit(?:punkt|stempel)?\b|datum\b|heures?\b|horas?\b|hor\u00e1rio\b|horario\b|fecha\b|data\b|\u6642\u523b|\u65e5\u6642|\u65e5\u4ed8|elapsed\b|offset\b|t\Z"
)
_PARENTHESES = re.compile(r"\([^()]*\)")


@dataclass(frozen=True)
class TimeColumns:
    """The columns of a table of events.

    Attributes:
        day: the column of days, if days have one of their own.
        clock: the column of times.
        what: the column of what happened.
        named: whether that column is named so.
        rest: the other columns.
        zone: the zone that the heading of a column names.
    """

    day: int | None
    clock: int
    what: int
    named: bool
    rest: tuple[int, ...]
    zone: Zone | None


def time_columns(table: WriteUpTable) -> TimeColumns | None:
    """Return the columns of a table of events; None if it is another table."""
    header, rows = table.header.cells, plain_cells(table)
    times = [n for n, cell in enumerate(header) if _is_time_column(cell)]
    if len(header) < 2 or not times or not rows:
        return None
    clocks = [n for n in times if any(_is_time(row[n]) for row in rows)]
    days = [n for n in times if n not in clocks and any(only_day(row[n]) for row in rows)]
    if not clocks:
        return None
    clock, day = clocks[0], days[0] if days else None
    if 2 * sum(_is_time(row[clock]) for row in rows) < len(rows):
        return None
    rest = [n for n in range(len(header)) if n not in (clock, day)]
    if not rest:
        return None
    named = [n for n in rest if is_column(header[n], "what")]
    # Without a name, it is the column with the most to read.
    what = named[0] if named else max(rest, key=lambda n: (sum(len(row[n]) for row in rows), -n))
    zones = (named_zone(header[n]) for n in (clock, day) if n is not None)
    zone = next((zone for zone in zones if zone), None)
    return TimeColumns(day, clock, what, bool(named), tuple(n for n in rest if n != what), zone)


def is_timeline(table: WriteUpTable) -> bool:
    """Whether a table lists events: a column of times, and another of what happened."""
    return time_columns(table) is not None


def _is_time(cell: str) -> bool:
    return read_stated_time(cell) is not None or read_relative(cell) is not None


def _is_time_column(cell: str) -> bool:
    plain = phrase(_PARENTHESES.sub(" ", cell))
    # A column may be headed by its zone alone.
    return is_column(cell, "at") or bool(_TIME.match(plain)) or is_zone(cell)
