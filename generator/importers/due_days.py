"""Days on which action items are due, and whose year or order is open: `by May 22`, `bis 05.11.2026`."""

from __future__ import annotations

import re
from datetime import date, timedelta

from generator.importers.dates import StatedDay, only_day, read_day
from generator.importers.days import Calendar

_DUE = re.compile(
    r"\b(?:due(?: (?:date|by|on))?|by|before|until|deadline|eta|bis(?: (?:zum|am))?|f\u00e4llig(?: am)?|d'ici(?: au| le)?|jusqu'au|avant le|hasta(?: el)?|antes del?|at\u00e9)(?!\w)\s{0,3}[:=]?\s{0,3}",
    re.IGNORECASE,
)
# "Delete rows from before 2026-10-14" is no deadline.
_OF_DATA = ("before", "until")
_LATEST = timedelta(days=300)


def due_in(text: str, calendar: Calendar) -> date | None:
    """Return the day that a text names behind a word such as `by`; None if it is open which.

    An item is due after the incident, within less than a year.

    Args:
        text: the text of an action item.
        calendar: what the write-up says about its days.
    """
    for word in _DUE.finditer(text[:2_000]):
        stated = read_day(text, word.end())
        if stated and not (stated.year and word[0].casefold().startswith(_OF_DATA)):
            return _first_after(stated, calendar)
    return None


def due_alone(cell: str, calendar: Calendar) -> date | None:
    """Return the day that a cell consists of, as `due_in` does."""
    stated = only_day(cell)
    return _first_after(stated, calendar) if stated else None


def _first_after(stated: StatedDay, calendar: Calendar) -> date | None:
    known = [calendar.day, calendar.written, calendar.published, *sorted(calendar.known)]
    after = next(filter(None, known), None)
    if after is None:
        return None
    years = (stated.year,) if stated.year else (after.year, after.year + 1)
    days = [day for year in years for day in stated.on(year, calendar.order)]
    days = [day for day in days if timedelta() <= day - after <= _LATEST]
    right = [day for day in days if stated.weekday in (None, day.weekday())]
    return right[0] if len(right) == 1 else None
