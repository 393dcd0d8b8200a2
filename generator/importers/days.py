"""When the events of a write-up were: the one place that says where a day, a year and a zone come from.

From nearest to farthest; what is farther and says something else loses:

1. the entry itself;
2. its column: a day in a row above, a zone in the column's heading;
3. the line or heading above it, then the headings around that;
4. what the section of the timeline says in a sentence ("All times in CET.");
5. the first paragraph: "On July 2, 2024 the API failed.";
6. labels: the start, the date of the incident, then `**Date**`;
7. the title (a zone only in parentheses), then the file name;
8. front matter about the incident (`incident_date`).

The day on which a write-up was published (`date` of the front matter, "Last updated", a day alone under the
title) is no event's day. Nor is the assumed day that of an entry if one further on, with a day, shows it cannot be.
At most it gives a year to days that have none, with a remark. What something nearer leaves open is not
taken from farther away: the entry stays in the notes, and a remark says why.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, time, timedelta
from itertools import islice

from generator.importers.dates import (
    DayOrder,
    StatedDay,
    days_in,
    month_and_year,
    next_weekday,
    only_day,
)
from generator.importers.times import StatedTime, spell_time
from generator.importers.years import Hint, YearHint, of_month
from generator.importers.zones import Zone, named_zone, settled, stated_zone

HALF_A_DAY = timedelta(hours=12)
"""A clock that jumps back by more has passed midnight."""
_BACKGROUND = timedelta(days=31)
_MOST_REASONS = 6
_MOST_EXAMPLES = 3


@dataclass(frozen=True)
class Near:
    """What is said nearer to an entry than the write-up as a whole.

    Attributes:
        day: the day, if one is stated.
        zone: the zone, if one is stated.
        why: why the day is open although something near names one, and an example; empty if it is not.
        of_entry: whether the day is that of the entry before, not of a line, a heading or a column.
        year: what tells the year of days without one.
    """

    day: date | None = None
    zone: Zone | None = None
    why: tuple[str, ...] = ()
    of_entry: bool = False
    year: YearHint | None = None


@dataclass(frozen=True)
class SaidOfDays:
    """The days that one place of a write-up names.

    Attributes:
        where: the place, for a sentence.
        days: the days.
    """

    where: str
    days: tuple[StatedDay, ...]


@dataclass
class Calendar:
    """What a write-up says about when.

    Attributes:
        text: the whole write-up.
        day: the day of events without a day, if one is stated.
        day_from: where it is stated.
        zone: the zone of times without a zone, if one is stated.
        zone_remark: what to say when it is used.
        years: what tells the year of days without one, from nearest to farthest.
        published: the day of publication.
        written: the same, where a byline or a day alone under the title says it.
        order: whether day or month comes first in a day of numbers, if the write-up shows it.
        known: all days that the text names in full.
        start: the start from which times such as `T+95m` are counted.
    """

    text: str = ""
    day: date | None = None
    day_from: str = ""
    zone: Zone | None = None
    zone_remark: str = ""
    years: list[YearHint] = field(default_factory=list)
    published: date | None = None
    written: date | None = None
    order: DayOrder | None = None
    known: frozenset[date] = frozenset()
    start: datetime | None = None
    _why: tuple[str, ...] = ()
    _other: str = ""
    _settled: dict[str, Zone] = field(default_factory=dict)
    _told: dict[str, None] = field(default_factory=dict)
    _open: Counter[str] = field(default_factory=Counter)
    _examples: dict[str, dict[str, None]] = field(default_factory=dict)

    def learn(self, said: Iterable[SaidOfDays]) -> None:
        """Find the day of events without a day.

        Args:
            said: the days of each place, from nearest to farthest.
        """
        places = [place for place in said if place.days]
        # A year for days without one, before all places are compared.
        sure = (day for place in places for stated in place.days if (day := stated.sure()))
        self.years = [*(YearHint(Hint.DAY, day) for day in islice(sure, 1)), *self.years]
        found: list[tuple[str, list[date]]] = []
        for place in places:
            days = [self.date_of(stated, Near()) for stated in place.days]
            if not found and all(day is None for day, _, _ in days):
                # The nearest place is open: what is farther away may be another day.
                self._why = days[0][1:]
                return
            found.append((place.where, sorted({day for day, _, _ in days if day})))
        for number, (where, here) in enumerate(found):
            farther = [days[0] for _, days in found[number + 1 :] if len(days) == 1]
            if one := _one_of(here, farther):
                self.day, self.day_from = one, where
                self.years.insert(0, YearHint(Hint.DAY, one))
                others = [(w, d[0]) for w, d in found if len(d) == 1 and d[0] != one]
                self._other = f"{others[0][0]} says {others[0][1]}" if others else ""
                return
        if found:
            self._why = ("several days are stated", f"{found[0][1][0]}, {found[0][1][-1]}")

    def date_of(self, stated: StatedDay, near: Near) -> tuple[date | None, str, str]:
        """Return the date of a stated day; if it is open, None, why, and the day as an example.

        Args:
            stated: the day.
            near: what is near.
        """
        text = " ".join(stated.text.split())
        hints = [YearHint(Hint.DAY, near.day)] if near.day else []
        hints += [near.year] if near.year else []
        hint = next(iter((*hints, *self.years)), None)
        years = [stated.year] if stated.year else hint.years if hint else []
        possible = [day for year in years for day in stated.on(year, self.order)]
        if stated.is_open and len({(day.month, day.day) for day in possible}) > 1:
            sure = {day for day in possible if day in self.known or day == near.day}
            if len(sure) != 1:
                a, b = (f"{day:%B} {day.day}" for day in sorted(possible)[:2])
                return None, "the order of day and month is open", f"{text} may be {a} or {b}"
            possible = list(sure)
        if years and not possible:
            return None, "there is no such day", text
        day = possible[0] if stated.year else hint.best(possible) if hint else None
        if day is None:
            return None, "no year is stated", text
        if stated.year is None and stated.weekday not in (None, day.weekday()):
            return None, "no year is stated in which the weekday is right", text
        if stated.year is None and hint and hint.remark:
            self._tell(
                f"The year {day.year} comes from {hint.remark}. Check the days of the timeline."
            )
        return day, "", ""

    def within(self, near: Near, text: str) -> Near:
        """Return what is near below a heading or a line with a day or a zone.

        Args:
            near: what is near above it.
            text: the heading or line.
        """
        zone = stated_zone(text) or named_zone(text) or near.zone
        days = [stated for _, stated in days_in(text)]
        if days or (alone := only_day(text)) is None:
            month = month_and_year(text)
            year = of_month(*month) if month else near.year
            near = self.on_day(near, days) if days else near
            return replace(near, zone=zone, year=year)
        return replace(self.on_day(near, [alone]), zone=zone)

    def on_day(self, near: Near, days: list[StatedDay]) -> Near:
        """Return what is near below a line that names days."""
        found = [self.date_of(stated, near) for stated in days]
        dates = sorted({day for day, _, _ in found if day})
        if not dates:
            return Near(None, near.zone, found[0][1:], year=near.year)
        one = _one_of(dates, [day for day in (near.day, self.day) if day])
        if one is None:
            why = ("several days are stated above them", f"{dates[0]}, {dates[-1]}")
            return Near(None, near.zone, why, year=near.year)
        return Near(one, near.zone, year=near.year)

    def day_of(self, stated: StatedTime, near: Near) -> date | None:
        """Return the day of an entry; if it is open, the draft will say why."""
        if stated.day:
            day, *why = self.date_of(stated.day, near)
            if day is None:
                self.leave(*why)
            return day
        day = near.day
        if day is None:
            if near.why or self.day is None:
                self.leave(*(near.why or self._why or self._no_day()))
                return None
            day = self.day
            if self._other:
                self._tell(
                    f"Times without a day are on {day}, as {self.day_from} says; {self._other}."
                )
            elif self.day_from == FILE_NAME:
                self._tell(f"The day {day} comes from the file name. Check it.")
        elif near.of_entry and self.day and day < self.day:
            self.leave("the entry before has another day than the write-up", f"{day}, {self.day}")
            return None
        if stated.weekday is None or stated.weekday == day.weekday():
            return day
        if near.of_entry:
            return next_weekday(day, stated.weekday)
        self.leave("the weekday is not that of the stated day", str(day))
        return None

    def contradicted(self, stamps: Sequence[StatedTime], near: Near) -> Near:
        """Return what is near entries; a later entry with its own day may show that theirs cannot be assumed.

        `23:50`, then `00:12 (March 4)`: the first is on March 3, whatever the title says.

        Args:
            stamps: the times of the entries, in order.
            near: what is near them.
        """
        if near.day or near.why or self.day is None:
            return near
        at: datetime | None = None
        for stamp in stamps:
            day = self.date_of(stamp.day, near)[0] if stamp.day else None
            if stamp.day and day is None:
                return near
            near_by = (
                day and self.day - day < _BACKGROUND
            )  # Farther back, a row is about earlier events.
            if day and at and near_by and datetime.combine(day, stamp.clock) < at:
                why = (
                    "an entry further on has a day that does not go with it",
                    f"{self.day}, {day}",
                )
                return replace(near, why=why)
            if day:
                return near
            now = datetime.combine(at.date() if at else self.day, stamp.clock)
            at = now + timedelta(days=1) if at and at - now > HALF_A_DAY else now
        return near

    def _no_day(self) -> tuple[str, str]:
        published = f"{self.published} is the day of publication" if self.published else ""
        return "no day is stated", published

    def time_of(self, day: date, clock: time, zones: Iterable[Zone | None]) -> datetime | None:
        """Return a time of an entry.

        Args:
            day: its day.
            clock: its time of day.
            zones: what each place says about its zone, from nearest to farthest.
        """
        zone = next((zone for zone in zones if zone), None)
        if zone is None and (zone := self.zone) and self.zone_remark:
            self._tell(self.zone_remark)
        if zone is None:
            self.leave("no zone is stated")
            return None
        if zone.several:  # The text is searched once for each name.
            zone = self._settled.get(zone.name) or settled(zone, self.text)
            self._settled[zone.name] = zone
        at, told = zone.at(datetime.combine(day, clock))
        if at is None:
            self.leave(told)
            return None
        if told:
            self._tell(told)
        return at

    def since_start(self, length: timedelta) -> datetime | None:
        """Return the time that is so long after the stated start."""
        if self.start is None:
            self.leave("no start is stated from which they are counted")
            return None
        self._tell(f"Times since the start are counted from {spell_time(self.start)}.")
        return self.start + length

    def leave(self, why: str, example: str = "") -> None:
        """Record that a time stays in the notes, why, and an example."""
        self._open[why] += 1
        examples = self._examples.setdefault(why, {})
        if example and len(examples) < _MOST_EXAMPLES:
            examples.setdefault("".join(c for c in " ".join(example.split()) if c.isprintable()))

    def _tell(self, remark: str) -> None:
        self._told.setdefault(remark)

    def remarks(self) -> Iterator[str]:
        """Yield what somebody should know about the times of the draft, in sentences."""
        zones: set[str] = set()
        for remark in self._told:
            name, was_read, _ = remark.partition(" was read as ")
            if not was_read or name not in zones:
                zones.add(name)
                yield remark
        for why, number in self._open.most_common(_MOST_REASONS):
            examples = "; ".join(self._examples[why])
            behind = f" ({examples})" if examples else ""
            yield f"{number} {'time stays' if number == 1 else 'times stay'} in notes: {why}{behind}."
        if rest := sum(n for _, n in self._open.most_common()[_MOST_REASONS:]):
            yield f"{rest} more times stay in notes."


FILE_NAME = "its file name"


def _one_of(days: list[date], others: list[date]) -> date | None:
    """Return the day that several days of one place mean: the first of two nights, or one that is confirmed."""
    if len(days) == 1 or (len(days) == 2 and days[1] - days[0] == timedelta(days=1)):
        return days[0]
    confirmed = [day for day in days if day in others]
    return confirmed[0] if len(confirmed) == 1 else None
