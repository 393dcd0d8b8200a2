"""What tells the year of a day without one, such as `July 2`."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from enum import Enum, auto

_LONGEST_WAIT = timedelta(days=183)
"""How long after an incident its write-up is still taken to be published."""
_MOST_MONTHS = timedelta(days=75)


class Hint(Enum):
    """The kinds of hints."""

    DAY = auto()
    MONTH = auto()
    YEAR = auto()
    PUBLICATION = auto()


@dataclass(frozen=True)
class YearHint:
    """Something that tells the year of a day without one.

    Attributes:
        kind: what it is.
        at: the day; the middle of the month or of the year.
        remark: where the year comes from, if somebody should check it.
    """

    kind: Hint
    at: date
    remark: str = ""

    @property
    def years(self) -> list[int]:
        """The years that are possible."""
        year = self.at.year
        if self.kind is Hint.YEAR:
            return [year]
        return [year - 1, year] if self.kind is Hint.PUBLICATION else [year - 1, year, year + 1]

    def best(self, days: list[date]) -> date | None:
        """Return the day of the right year, or None if no year fits.

        Args:
            days: the same day in each possible year; it may be of one year only, as 29 February.
        """
        if self.kind is Hint.PUBLICATION:  # The last time before it.
            before = [day for day in days if timedelta() <= self.at - day <= _LONGEST_WAIT]
            return max(before, default=None)
        nearest = min(days, key=lambda day: abs(day - self.at), default=None)
        far = self.kind is Hint.MONTH and nearest and abs(nearest - self.at) > _MOST_MONTHS
        return None if far else nearest


def of_month(year: int, month: int | None, remark: str = "") -> YearHint:
    """Return the hint that a year is, or a month of a year."""
    if month:
        return YearHint(Hint.MONTH, date(year, month, 15), remark)
    return YearHint(Hint.YEAR, date(year, 7, 1), remark)


def of_season(days: Iterable[date], remark: str) -> YearHint | None:
    """Return the hint that several days are, if they are of one season."""
    known = sorted(days)
    if not known or known[-1] - known[0] > _MOST_MONTHS:
        return None
    return YearHint(Hint.DAY, known[0], remark)
