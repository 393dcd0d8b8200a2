"""When the events of a write-up were: the one place that says where a day, a year and a zone come from.

From nearest to farthest; what is farther and says something else loses:

1. the entry itself;
2. its column: a day in a row above, a zone in the column's heading;
3. the line or heading above it, then the headings around that;
4. what the section of the timeline says in a sentence ("All times in CET.");
5. the first paragraph: "On July 2, 2024 the API failed.";
6. labels: the start, the date of the incident, then `**Date**`;
7. the title, then the file name;
8. front matter about the incident (`incident_date`).

The day on which a write-up was published (`date` of the front matter, "Last updated") is no event's day.
At most it gives a year to days that have none, with a remark. What something nearer leaves open is not
taken from farther away: the entry stays in the notes, and a remark says why.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from datetime import date, datetime, time, timedelta

from generator.importers.dates import DayOrder, StatedDay, days_in
from generator.importers.times import StatedTime
from generator.importers.zones import Zone, named_zone, settled, stated_zone

_MOST_REASONS = 6
_LONGEST_WAIT = timedelta(days=270)
"""How long after an incident its write-up is still taken to be published in the next months."""
_MOST_MONTHS = timedelta(days=75)


@dataclass(frozen=True)
class Near:
    """What is said nearer to an entry than the write-up as a whole.

    Attributes:
        day: the day, if one is stated.
        zone: the zone, if one is stated.
        why: why the day is open although something near names one; empty if it is not.
        of_entry: whether the day is that of the entry before, not of a line, a heading or a column.
    """

    day: date | None = None
    zone: Zone | None = None
    why: str = ""
    of_entry: bool = False


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
        year: the year that the title or the file name has without a day, and the month.
        published: the day of publication.
        order: whether day or month comes first in a day of numbers, if the write-up shows it.
        known: all days that the text names in full.
        start: the start from which times such as `T+95m` are counted.
    """

    text: str = ""
    day: date | None = None
    day_from: str = ""
    zone: Zone | None = None
    zone_remark: str = ""
    year: tuple[int, int | None] | None = None
    published: date | None = None
    order: DayOrder | None = None
    known: frozenset[date] = frozenset()
    start: datetime | None = None
    _why: str = ""
    _other: str = ""
    _told: dict[str, None] = field(default_factory=dict)
    _open: Counter[str] = field(default_factory=Counter)

    def learn(self, said: Iterable[SaidOfDays]) -> None:
        """Find the day of events without a day.

        Args:
            said: the days of each place, from nearest to farthest.
        """
        places = [place for place in said if place.days]
        for place in places:  # A year for days without one, before all places are compared.
            self.day = self.day or next(filter(None, (day.sure() for day in place.days)), None)
        found: list[tuple[str, list[date]]] = []
        for place in places:
            days = [self.date_of(stated, None) for stated in place.days]
            if not found and all(day is None for day, _ in days):
                # The nearest place is open: what is farther away may be another day.
                self.day, self._why = None, days[0][1]
                return
            found.append((place.where, sorted({day for day, _ in days if day})))
        self.day = None
        for number, (where, days_here) in enumerate(found):
            farther = [days[0] for _, days in found[number + 1 :] if len(days) == 1]
            one = _one_of(days_here, farther)
            if one:
                self.day, self.day_from = one, where
                other = next(((w, days) for w, days in found if days and one not in days and len(days) == 1), None)  # fmt: skip
                self._other = f"{other[0]} says {other[1][0]}" if other else ""
                return

    def date_of(self, stated: StatedDay, near: date | None) -> tuple[date | None, str]:
        """Return the date of a stated day, or None and why it is open.

        Args:
            stated: the day.
            near: the day that something nearer than the write-up as a whole names.
        """
        years = [stated.year] if stated.year else self._years(near)
        possible = [day for year in years for day in stated.on(year, self.order)]
        if stated.is_open and len({(day.month, day.day) for day in possible}) > 1:
            sure = {day for day in possible if day in self.known or day == near}
            if len(sure) != 1:
                a, b = (f"{day:%B} {day.day}" for day in sorted(possible)[:2])
                return None, f"{stated.text.strip()} may be {a} or {b}"
            possible = list(sure)
        if not possible:
            return None, f"no year is stated for {stated.text.strip()}" if not years else f"{stated.text.strip()} is no day"  # fmt: skip
        day = self._nearest(possible, stated, near)
        if day is None:
            return None, f"no year is stated for {stated.text.strip()}"
        if stated.weekday is not None and not stated.year and day.weekday() != stated.weekday:
            return None, f"{stated.text.strip()} is no such weekday in {day.year}"
        return day, ""

    def _years(self, near: date | None) -> list[int]:
        if anchor := near or self.day or self._other_day():
            return [anchor.year - 1, anchor.year, anchor.year + 1]
        if self.year:
            year, month = self.year
            return [year - 1, year, year + 1] if month else [year]
        return [self.published.year - 1, self.published.year] if self.published else []

    def _other_day(self) -> date | None:
        """Return a day of the text, if all its days are of one season: those without a year are, too."""
        known = sorted(self.known)
        return known[0] if known and known[-1] - known[0] <= _MOST_MONTHS else None

    def _nearest(self, days: list[date], stated: StatedDay, near: date | None) -> date | None:
        """Return the day whose year fits best, or None if none does."""
        if stated.year or (len(days) == 1 and not self.published):
            return days[0]
        if anchor := near or self.day or self._other_day():
            return min(days, key=lambda day: abs(day - anchor))
        if self.year and self.year[1]:
            middle = date(self.year[0], self.year[1], 15)
            best = min(days, key=lambda day: abs(day - middle))
            return best if abs(best - middle) <= _MOST_MONTHS else None
        if self.year:
            return days[0]
        assert self.published
        before = [d for d in days if timedelta() <= self.published - d <= _LONGEST_WAIT]
        if not before:
            return None
        day = max(before)
        self._tell(f"The year {day.year} comes from the day of publication, {self.published}. Check the days of the timeline.")  # fmt: skip
        return day

    def within(self, near: Near, text: str) -> Near:
        """Return what is near below a heading or a line with a day or a zone.

        Args:
            near: what is near above it.
            text: the heading or line.
        """
        zone = stated_zone(text) or named_zone(text) or near.zone
        days = [stated for _, stated in days_in(text)]
        if not days:
            return replace(near, zone=zone)
        return replace(self.on_day(near, days), zone=zone)

    def on_day(self, near: Near, days: list[StatedDay]) -> Near:
        """Return what is near below a line that names days."""
        found = [self.date_of(stated, near.day) for stated in days]
        dates = sorted({day for day, _ in found if day})
        why = next((why for day, why in found if day is None), "")
        if why and not dates:
            return Near(None, near.zone, why)
        one = _one_of(dates, [day for day in (near.day, self.day) if day])
        if one is None:
            return Near(None, near.zone, f"{dates[0]} and {dates[-1]} are stated together")
        return Near(one, near.zone)

    def day_of(self, stated: StatedTime, near: Near) -> date | None:
        """Return the day of an entry; if it is open, the draft will say why."""
        if stated.day:
            day, why = self.date_of(stated.day, near.day)
            if day is None:
                self.leave(why)
            return day
        day = near.day
        if day is None:
            day, why = self.day, near.why or self._why or self._no_day()
            if near.why or day is None:
                self.leave(why)
                return None
            if self._other:
                self._tell(
                    f"Times without a day are on {day}, as {self.day_from} says; {self._other}."
                )
            elif self.day_from == FILE_NAME:
                self._tell(f"The day {day} comes from the file name. Check it.")
        elif near.of_entry and self.day and day < self.day:
            self.leave(f"they may be on {day}, as the entry before, or on {self.day}")
            return None
        if stated.weekday is not None and stated.weekday != day.weekday():
            ahead = (stated.weekday - day.weekday()) % 7
            if ahead > 2 or not near.of_entry:
                self.leave(f"their weekday is not that of {day}")
                return None
            day += timedelta(days=ahead)
        return day

    def _no_day(self) -> str:
        published = f"; {self.published} is the day of publication" if self.published else ""
        return f"no day is stated for them{published}"

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
            self.leave("no zone is stated for them")
            return None
        at, told = settled(zone, self.text).at(datetime.combine(day, clock))
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
        self._tell(f"Times since the start are counted from {self.start.isoformat()}.")
        return self.start + length

    def leave(self, why: str) -> None:
        """Record that a time stays in the notes, and why."""
        self._open[why] += 1

    def _tell(self, remark: str) -> None:
        name = remark.partition(" ")[0]
        if (
            not any(told.startswith(f"{name} was read") for told in self._told)
            or " was read" not in remark
        ):
            self._told.setdefault(remark)

    def remarks(self) -> Iterator[str]:
        """Yield what somebody should know about the times of the draft, in sentences."""
        yield from self._told
        for why, number in self._open.most_common(_MOST_REASONS):
            plain = "".join(c if c.isprintable() else " " for c in " ".join(why.split()))
            yield f"{number} {'time stays' if number == 1 else 'times stay'} in notes: {plain}."
        if rest := sum(n for _, n in self._open.most_common()[_MOST_REASONS:]):
            yield f"{rest} more times stay in notes."


FILE_NAME = "its file name"


def _one_of(days: list[date], others: list[date]) -> date | None:
    """Return the day that several days of one place mean: the first of two nights, or one that is confirmed."""
    if len(days) == 1 or (len(days) == 2 and days[1] - days[0] == timedelta(days=1)):
        return days[0]
    confirmed = [day for day in days if day in others]
    return confirmed[0] if len(confirmed) == 1 else None
