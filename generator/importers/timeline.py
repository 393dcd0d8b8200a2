"""Timelines: tables, lists, lines and headings that begin with a time."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime, timedelta

from generator.importers.blocks import (
    all_prose,
    introduces,
    item_prose,
    one_line_code,
    plain_cells,
    row_text,
)
from generator.importers.dates import StatedDay, only_day
from generator.importers.days import HALF_A_DAY, Near
from generator.importers.document import (
    List,
    ListItem,
    Quote,
    WriteUpBlock,
    WriteUpCode,
    WriteUpParagraph,
    WriteUpTable,
)
from generator.importers.draft import Draft, Values
from generator.importers.errors import place_error_of
from generator.importers.figures import alerts_in
from generator.importers.headings import Topic, is_column, label_topic
from generator.importers.item_tables import is_number_column
from generator.importers.milestones import mark_of, moment_of
from generator.importers.response import place_command
from generator.importers.struck import is_struck
from generator.importers.timeline_columns import TimeColumns, time_columns
from generator.importers.timeline_entries import (
    body_of,
    day_line,
    is_newest_first,
    is_time_alone,
    is_timed,
    is_timed_list,
    labelled_time,
    last_text,
    other_day,
    told_behind,
    typed_entries,
)
from generator.importers.times import StatedTime, read_relative, read_stated_time, spell_time
from generator.importers.words import words
from generator.model import Moment

_LONGEST_HEADING = 300


class Timeline:
    """Reads one timeline into a draft; the parts below its headings continue its days.

    Attributes:
        draft: the draft.
        heading: the heading for notes.
        near: what stands near the next entry: its day and its zone.
    """

    def __init__(self, draft: Draft, heading: str, near: Near, around: Near) -> None:
        self.draft, self.heading, self.near = draft, heading, near
        self._given = around
        self._last: datetime | None = None
        self._is_new_part = False
        self._newest_first = False
        # The line that says the day of the entries below it, as written.
        self._day_line = ""
        # The text above a block of code.
        self._above = ""

    def part(self, heading: str, near: Near, around: Near, *, own_day: bool, is_time: bool) -> None:
        """Begin the part below another heading.

        Args:
            heading: the heading for notes.
            near: what is said by this heading and those around it.
            around: what is said by those around it.
            own_day: whether the heading itself names a day.
            is_time: whether the heading is a time.
        """
        self.heading, self._day_line = heading, ""
        if own_day or (around.day, around.why) != (self._given.day, self._given.why):
            self.near, self._last = near, self._last if is_time else None
        else:
            self.near = replace(self.near, zone=near.zone)
            # Which day it is when the clock jumps back: a part may go on, or begin anew.
            self._is_new_part = self._last is not None and not is_time
        self._given = around

    def read(self, blocks: Sequence[WriteUpBlock]) -> None:
        """Read blocks; what is no event goes into the notes."""
        rest = list(blocks)
        while rest:
            block = rest.pop(0)
            if isinstance(block, WriteUpParagraph) and is_time_alone(block.text):
                body = body_of(rest)
                if body and self.headed(block.text, body):
                    del rest[: len(body)]
                    continue
            if rest and isinstance(rest[0], WriteUpCode) and self._introduced(block, rest[0]):
                del rest[0]
                continue
            self._block(block)

    def headed(self, heading: str, blocks: Sequence[WriteUpBlock]) -> int:
        """Read a time as a heading, with what happened behind it or in the blocks below.

        Returns:
            How many blocks were read; 0 if the heading is no event.
        """
        stamp = read_stated_time(heading)
        if stamp is None:
            return 0
        body = body_of(blocks)
        told = all_prose(body)
        what = told_behind(heading, stamp.end)
        what = f"{what}: {told}" if what and told else what or told
        raw = "\n".join([heading, *(block.raw for block in body)])
        with self.draft.unit(self.heading, raw, told):
            return len(body) or 1 if self.event(heading[: stamp.end], stamp, what) else 0

    def _block(self, block: WriteUpBlock) -> None:
        if isinstance(block, WriteUpTable):
            with self.draft.unit(self.heading, block.raw):
                self.table(block)
        elif isinstance(block, List):
            self.items(block)
        elif isinstance(block, Quote):
            self.read(block.blocks)
        elif isinstance(block, WriteUpParagraph):
            lines = block.text.split("\n")
            self._ahead(lines)
            # A paragraph behind entries, such as "What we ran:", is not on their day.
            beside = self._last is None or any(is_timed(line) for line in lines)
            for line in lines:
                with (
                    self._unit(line, line) if beside else self.draft.unit(self.heading, line, line)
                ):
                    self.line(line)
        else:
            with self.draft.unit(self.heading, block.raw):
                if isinstance(block, WriteUpCode):
                    self._code(block)
            return
        self._above = last_text(block)

    def _ahead(self, lines: Sequence[str]) -> None:
        """Look at the times of entries before they are read: their order, and the days that some have."""
        self._newest_first = is_newest_first(lines)
        if not self._newest_first and self._last is None:
            stamps = [stamp for line in lines if (stamp := read_stated_time(line))]
            self.near = self.draft.calendar.contradicted(stamps, self.near)

    def items(self, block: List) -> None:
        """Read the items of a list."""
        self._ahead([item.text for item in block.items])
        for item in block.items:
            with self._unit(item.raw, item_prose(item)):
                self.item(item)

    def item(self, item: ListItem) -> None:
        """Read an item that begins with a time, or that is a day above its own items."""
        placed = [
            code
            for code in item.below
            if isinstance(code, WriteUpCode) and self._is_placed(code, item.text)
        ]
        for code in placed:
            self.draft.seen(code.raw)
        item = replace(item, blocks=tuple(part for part in item.blocks if part not in placed))
        below = [part for part in item.below if isinstance(part, List) and is_timed_list(part, 1)]
        if not below:
            self.line(item_prose(item, boxed=False))
            return
        others = tuple(part for part in item.blocks if part not in below)
        if others:
            self.line(item_prose(ListItem(item.raw, others, item.checked), boxed=False))
        for part in below:
            self.items(part)

    def _is_placed(self, code: WriteUpCode, above: str) -> bool:
        """Place an error or a command below an entry; whether the entry can do without it."""
        if place_error_of(self.draft, code):
            return one_line_code(code.text) is None
        return place_command(self.draft, code, above, Topic.TIMELINE)

    def _introduced(self, block: WriteUpBlock, code: WriteUpCode) -> bool:
        """Read "The command that we ran:" and the command as a step; False if they are none."""
        if not introduces(block) or is_timed(getattr(block, "text", "")):
            return False
        return place_command(self.draft, code, getattr(block, "text", ""), Topic.TIMELINE)

    def line(self, text: str) -> bool:
        """Read a line that begins with a time, or that is a day; False if it is neither."""
        if alone := day_line(text):
            day, zone = alone
            self.near = replace(self.near, zone=zone or self.near.zone)
            return self._day(text, day)
        if self.other_day(text):
            return True
        if stamp := read_stated_time(text):
            return self.event(text[: stamp.end], stamp, told_behind(text, stamp.end))
        if relative := read_relative(text):
            return self._relative(text, *relative)
        if (found := labelled_time(text)) is not None:
            label, when, stamp = found
            is_moment = label_topic(label) is Topic.MOMENT
            return self.event(when, stamp, label, moment_of(label) if is_moment else None)
        return False

    def table(self, table: WriteUpTable) -> None:
        """Read each row; a row without a time goes unchanged into the notes."""
        columns = time_columns(table)
        header = list(table.header.cells)
        if columns is None:
            self._untimed(header, table)
            return
        self.near = replace(self.near, zone=columns.zone or self.near.zone)
        self._header(header, columns)
        rows = plain_cells(table)
        self._ahead(
            [row[columns.clock] for row in rows] if columns.day in (None, columns.clock) else ()
        )
        for row, cells in zip(table.rows, rows, strict=True):
            with self._unit(row.raw, row_text(row, header)):
                self._row(header, cells, columns)

    @contextmanager
    def _unit(self, raw: str, text: str) -> Iterator[None]:
        """Read an entry; one that becomes a note takes along the line with its day."""
        if self._day_line and not day_line(text):
            text = f"- {self._day_line}: {text.removeprefix('- ')}"
        with self.draft.unit(self.heading, raw, text):
            yield

    def _untimed(self, header: list[str], table: WriteUpTable) -> None:
        for cell in header:
            if is_column(cell, "at") or is_column(cell, "what"):
                self.draft.said_by_field_name(cell)
        for row in table.rows:
            self.draft.note(self.heading, row_text(row, header))
            self.draft.seen(row.raw)

    def _header(self, header: list[str], columns: TimeColumns) -> None:
        for n, cell in enumerate(header):
            if n in (columns.day, columns.clock) or is_column(cell, "what") or (n == columns.what and not columns.named):  # fmt: skip
                self.draft.said_by_field_name(cell)

    def _row(self, header: list[str], cells: list[str], columns: TimeColumns) -> None:
        day_cell = cells[columns.day] if columns.day is not None else ""
        when, what = cells[columns.clock], cells[columns.what]
        for cell in (day_cell, when):
            if day := only_day(cell):
                self._day(cell, day)
            elif any(c.isalnum() for c in cell) and cell is day_cell:
                self.near = replace(self.near, day=None, why=("the day cannot be read", cell[:40]))
        left = [n for n in columns.rest if any(c.isalnum() for c in cells[n])]
        for n in [
            n for n in left if is_number_column(header[n]) and cells[n].strip(" .").isdecimal()
        ]:
            left.remove(n)  # The number of the row, as in a list.
            self.draft.said_by_field_name(cells[n])
        parts = [what, *(f"{header[n]}: {cells[n]}" for n in left)]
        self.draft.count("timeline", *(header[n] for n in columns.rest))
        joined = (" · " if len(parts) > 2 else "; ").join(part for part in parts if part)
        if stamp := read_stated_time(when):
            self.event(when, stamp, joined)
        elif relative := read_relative(when):
            self._relative(f"{when} {joined}", *relative)

    def _code(self, code: WriteUpCode) -> None:
        """Read a timeline typed as code; a line without a time continues the one above it."""
        if place_error_of(self.draft, code) or place_command(
            self.draft, code, self._above, Topic.TIMELINE
        ):
            return
        entries = typed_entries(code)
        for entry in entries:
            with self._unit(entry, entry):
                self.line(entry)

    def other_day(self, text: str) -> bool:
        """Take the day that a line such as `Thursday` means for what is below it; False if it means none."""
        found = other_day(text, self.near.day or self.draft.calendar.day)
        if found is None:
            return False
        why = () if found[0] else ("the day above them is open", text)
        self._day_line = ""
        self.near = replace(self.near, day=found[0], why=why, of_entry=False)
        self._last, self._is_new_part = None, False
        return True

    def _day(self, text: str, day: StatedDay) -> bool:
        """Take the day of a line of its own for what is below it."""
        self.near = self.draft.calendar.on_day(self.near, [day])
        self._last, self._is_new_part = None, False
        self._day_line = ""
        if self.near.day is None:
            return False  # The line becomes a note itself.
        self._day_line = " ".join(text.split()).strip(" `*_:-[]")
        self.draft.time_as_written(text, self.near.day.isoformat())
        return True

    def _relative(self, text: str, length: timedelta, end: int) -> bool:
        what = told_behind(text, end)
        at = self.draft.calendar.since_start(length) if what else None
        return at is not None and self._add(text[:end], spell_time(at), what)

    def event(self, when: str, stamp: StatedTime, what: str, mark: Moment | None = None) -> bool:
        """Add an event; False if its time is open.

        Args:
            when: its time as written.
            stamp: the same, as read.
            what: what happened.
            mark: the milestone, if it is known.
        """
        if not any(c.isalnum() for c in what) or is_struck(what):
            return False
        calendar = self.draft.calendar
        day = calendar.day_of(stamp, self.near)
        zones = (stamp.zone, self.near.zone)
        at = calendar.time_of(day, stamp.clock, zones) if day else None
        if day is None or at is None:
            return False
        last = self._last
        if stamp.day is None and last and at.utcoffset() == last.utcoffset():
            back = last - at
            if (back > HALF_A_DAY and (self._is_new_part or self._newest_first)) or (
                self._newest_first and -back > HALF_A_DAY
            ):
                why = ("they may be on the day before or after", str(day))
                self.near = replace(self.near, day=None, why=why)
                calendar.leave(*why)
                return False
            # A clock that jumps back by half a day or more has passed midnight.
            if back > HALF_A_DAY:
                day += timedelta(days=1)
                at = calendar.time_of(day, stamp.clock, zones)
                if at is None:
                    return False
        self._last, self._is_new_part = at, False
        of_entry = self.near.of_entry or stamp.day is not None
        self.near = replace(self.near, day=day, why=(), of_entry=of_entry)
        if stamp.about or words(when[stamp.clock_end :]):  # Such as the end of a span.
            what = f"{what} ({' '.join(when.split()).strip('`*[]() ')})"
            self.draft.seen(when)
            return self._add("", spell_time(at), what, mark)
        return self._add(when, spell_time(at), what, mark)

    def _add(self, when: str, told: str, what: str, mark: Moment | None = None) -> bool:
        if when:
            self.draft.time_as_written(
                re.sub(r"^\W*(?:at|um|\u00e0)\s", "", when, flags=re.I), told
            )
            self.draft.seen(when)
        value: Values = {"at": told, "what": what}
        if mark := mark or mark_of(what):
            value["marks"] = mark.value
        self.draft.entry("timeline", value)
        alerts_in(self.draft, value["what"])
        return True
