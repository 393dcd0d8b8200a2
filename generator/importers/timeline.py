"""Timelines: tables, lists and lines that begin with a time."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date, datetime, timedelta, tzinfo

from generator.importers.blocks import item_prose, plain_cells, prose_of, row_text
from generator.importers.document import (
    List,
    ListItem,
    WriteUpBlock,
    WriteUpCode,
    WriteUpParagraph,
    WriteUpTable,
)
from generator.importers.draft import Draft, Values
from generator.importers.errors import looks_like_error, place_error
from generator.importers.headings import is_column, phrase
from generator.importers.times import find_date, named_zone, read_stated_time, read_zone, spell_time
from generator.importers.words import words
from generator.model import Moment

_SEPARATOR = re.compile(r"[\s`*~)\]]*(?:[-\u2013—:|]+\s*|\s)")
# Explicit words for milestones of an event: in parentheses, as a label, or as the whole text.
_MARKS: tuple[tuple[str, Moment], ...] = (
    (r"(?:problem|incident|issue|outage|impact) (?:started|starts|begins|began|start)|started", Moment.STARTED),
    (r"(?:problem |incident |issue |outage )?(?:detected|detection)", Moment.DETECTED),
    (r"(?:alert |incident )?acknowledged", Moment.ACKNOWLEDGED),
    (r"(?:incident )?escalated", Moment.ESCALATED),
    (r"(?:incident |issue |problem |outage )?mitigated", Moment.MITIGATED),
    (r"(?:incident |issue |problem |outage )?(?:resolved|over|ended|ends|closed)|(?:end of|all clear).{0,20}", Moment.RESOLVED),
)  # fmt: skip


def is_timeline(table: WriteUpTable) -> bool:
    """Whether a table lists events: a column of times, and another of what happened."""
    header = table.header.cells
    times = [n for n, cell in enumerate(header) if _is_time_column(cell)]
    if len(header) < 2 or not times:
        return False
    rows = plain_cells(table)
    told = sum(read_stated_time(" ".join(row[n] for n in times)) is not None for row in rows)
    return bool(rows) and 2 * told >= len(rows)


def _is_time_column(cell: str) -> bool:
    words_of = phrase(cell)
    return is_column(cell, "at") or bool(
        re.match(r"(?:date and )?(?:date |local )?time\b|timestamp\b", words_of)
    )


def read_timeline(
    draft: Draft, blocks: Sequence[WriteUpBlock], heading: str, day: date | None
) -> date | None:
    """Read blocks as a timeline.

    Args:
        draft: the draft.
        blocks: the blocks.
        heading: the heading for a note.
        day: the day of these blocks, if their heading or the write-up names one.

    Returns:
        The day of the last event.
    """
    reader = _Events(draft, heading, day or draft.day)
    for block in blocks:
        if isinstance(block, WriteUpTable):
            with draft.unit(heading, block.raw):
                reader.table(block)
        elif isinstance(block, List):
            for item in block.items:
                with draft.unit(heading, item.raw, item_prose(item)):
                    reader.item(item)
        elif isinstance(block, WriteUpParagraph):
            for line in block.text.split("\n"):
                with draft.unit(heading, line):
                    if not reader.line(line):
                        reader.day = find_date(line) if len(words(line)) <= 6 and find_date(line) else reader.day  # fmt: skip
        else:
            with draft.unit(heading, block.raw, prose_of(block)):
                if isinstance(block, WriteUpCode) and looks_like_error(block):
                    place_error(draft, block.text)
    return reader.day


class _Events:
    def __init__(self, draft: Draft, heading: str, day: date | None) -> None:
        self.draft, self.heading, self.day = draft, heading, day
        self.last: datetime | None = None

    def table(self, table: WriteUpTable) -> None:
        """Read each row; a row without a time goes unchanged into the notes."""
        header = list(table.header.cells)
        times = [n for n, cell in enumerate(header) if _is_time_column(cell)][:2]
        if not times:
            return
        zone = next((z for n in times if (z := named_zone(header[n]))), None)
        self._header(header, times)
        rest = [n for n in range(len(header)) if n not in times]
        for row, cells in zip(table.rows, plain_cells(table), strict=True):
            with self.draft.unit(self.heading, row.raw, row_text(row)):
                what = self._what(header, cells, rest)
                self.event(" ".join(cells[n] for n in times), what, zone)

    def _header(self, header: list[str], times: list[int]) -> None:
        for n, cell in enumerate(header):
            if n in times or is_column(cell, "what"):
                self.draft.said_by_field_name(cell)

    def _what(self, header: list[str], cells: list[str], rest: list[int]) -> str:
        """Return what happened: the column of that name, and the other columns with their names."""
        main = next((n for n in rest if is_column(header[n], "what")), rest[0] if rest else -1)
        parts = [cells[main]] if main >= 0 else []
        if main >= 0 and not is_column(header[main], "what"):
            self.draft.said_by_field_name(header[main])
        parts += [f"{header[n]}: {cells[n]}" for n in rest if n != main and cells[n]]
        for n in rest:
            if n != main:
                self.draft.count("timeline", header[n])
        return (
            " · ".join(part for part in parts if part)
            if len(parts) > 2
            else "; ".join(filter(None, parts))
        )

    def item(self, item: ListItem) -> None:
        """Read an item that begins with a time."""
        codes = [part for part in item.below if isinstance(part, WriteUpCode)]
        for code in codes:
            if looks_like_error(code):
                place_error(self.draft, code.text)
        self.line(item_prose(item))

    def line(self, text: str) -> bool:
        """Read a line that begins with a time; False if it does not."""
        stamp = read_stated_time(text, self.day)
        if stamp is None:
            return False
        end = stamp.end
        span = re.compile(r"\s*(?:-|\u2013|—|to|until)\s*\d{1,2}:\d\d(?:\s*[ap]m)?\b", re.I).match(
            text, end
        )
        if span:
            _, end = read_zone(text, span.end())
        gap = _SEPARATOR.match(text, end)
        what = text[gap.end() if gap else end :].strip()
        if not any(c.isalnum() for c in what):
            return False
        return self.event(text[:end], what, None)

    def event(self, when: str, what: str, zone: tzinfo | None) -> bool:
        """Add an event; False if its time is unknown."""
        stamp = read_stated_time(when, self.day)
        if stamp is None or not any(c.isalnum() for c in what):
            return False
        at = stamp.at(self.day, zone or self.draft.zone)
        if at is None:
            return False
        # A clock that jumps back by half a day or more has passed midnight.
        same_clock = stamp.day is None and self.last and at.utcoffset() == self.last.utcoffset()
        if same_clock and self.last and self.last - at > timedelta(hours=12):
            at += timedelta(days=1)
        self.day, self.last = at.date(), at
        told = spell_time(at)
        behind = when[stamp.end :]
        if words(behind):  # Such as the end of a span.
            what = f"{what} ({' '.join(when.split()).strip('`*~[]() ')})"
        else:
            self.draft.time_as_written(when, told)
        value: Values = {"at": told, "what": what}
        if mark := _mark_of(what):
            value["marks"] = mark.value
        self.draft.entry("timeline", value)
        return True


def _mark_of(what: str) -> Moment | None:
    """Return the milestone that an event explicitly states."""
    told = [match[1] for match in re.finditer(r"\(([^()]{3,40})\)", what)]
    label = re.match(r"\W*([\w ]{3,30}?)\s*(?::|\s(?:--|[-\u2013—])\s)", what)
    told += [label[1]] if label else []
    told.append(what.strip(" .!*"))
    for text in told:
        for pattern, moment in _MARKS:
            if re.fullmatch(pattern, text.strip(), re.IGNORECASE):
                return moment
    return None


def events_in_order(events: list[Values]) -> list[Values]:
    """Return events in order of time, with each milestone marked once, at its first event."""

    def at(event: Values) -> datetime:
        return datetime.fromisoformat(event["at"].replace("Z", "+00:00"))

    marked: set[str] = set()
    ordered = sorted(events, key=at)
    for event in ordered:
        if event.get("marks") in marked:
            del event["marks"]
        elif "marks" in event:
            marked.add(event["marks"])
    return ordered
