"""Reads days as people write them, as far as they are stated: a year or an order may be missing."""

from __future__ import annotations

import re
from collections.abc import Container, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

_ENGLISH = (
    "january jan", "february feb", "march mar", "april apr", "may", "june jun", "july jul",
    "august aug", "september sep sept", "october oct", "november nov", "december dec",
)  # fmt: skip
# German, French, Spanish and Portuguese write the day before the month.
_OTHERS = (
    "januar jänner janvier enero janeiro", "februar février fevrier febrero fevereiro",
    "märz maerz mars marzo março", "avril abril", "mai mayo maio", "juni juin junio junho",
    "juli juillet julio julho", "août aout agosto", "septembre septiembre setembro",
    "oktober okt octobre octubre outubro", "novembre noviembre novembro",
    "dezember dez décembre diciembre dezembro",
)  # fmt: skip
_MONTHS = {
    name: number
    for table in (_ENGLISH, _OTHERS)
    for number, names in enumerate(table, 1)
    for name in names.split()
}
_ENGLISH_NAMES = frozenset(" ".join(_ENGLISH).split())
_ENGLISH_MONTH = "|".join(sorted(_ENGLISH_NAMES, key=len, reverse=True))
_ANY_MONTH = "|".join(sorted(_MONTHS, key=len, reverse=True))
_WEEKDAYS = {
    name: number
    for number, names in enumerate(
        (
            "monday mon montag lundi lunes", "tuesday tues tue dienstag mardi martes",
            "wednesday wed mittwoch mercredi miércoles", "thursday thurs thur thu donnerstag jeudi jueves",
            "friday fri freitag vendredi viernes", "saturday sat samstag samedi sábado",
            "sunday sun sonntag dimanche domingo",
        )
    )
    for name in names.split()
}  # fmt: skip
# Words in which a time is told, and for which the format of a time in a draft stands.
_OF_TIMES = frozenset((*_MONTHS, *_WEEKDAYS, *"am pm a p m of the at de del den um".split()))
_NTH_DAY = re.compile(r"\d{1,2}(?:st|nd|rd|th)\Z")
_WEEKDAY = (
    rf"(?:(?P<w>{'|'.join(sorted(_WEEKDAYS, key=len, reverse=True))})\b\.?,?\s+(?:the\s+|den\s+)?)?"
)
_YEAR = r"(?:19|20)\d\d"
_NTH = r"(?:st|nd|rd|th|er|º)?"
_FORMS = (
    # 2024-07-02, 2024/7/2
    rf"(?P<y1>{_YEAR})(?P<s1>[-/.])(?P<m1>\d{{1,2}})(?P=s1)(?P<d1>\d{{1,2}})(?!\d)",
    # 2024年7月2日
    r"(?P<y2>(?:19|20)\d\d)年\s?(?P<m2>\d{1,2})月\s?(?P<d2>\d{1,2})日",
    # 2024 July 2
    rf"(?P<y3>{_YEAR}),?[\s-](?P<n3>{_ENGLISH_MONTH})\.?[\s-](?P<d3>\d{{1,2}})(?![\d:])",
    # 02/Jul/24, as Jira writes it
    rf"(?P<d9>\d{{1,2}})(?P<s9>[/-])(?P<n9>{_ENGLISH_MONTH})(?P=s9)(?P<y9>\d\d)(?![\w:/-])",
    # 2 July 2024, 2nd of July, 2. Juli 2024, 2 de julio de 2024, 2-Jul-2024
    rf"(?P<d4>\d{{1,2}}){_NTH}\.?[\s/-]{{1,3}}(?:(?:of|de)\s)?(?P<n4>{_ANY_MONTH})\b\.?(?:(?:,?\s|[/-]|\sde\s|\sdel\s)(?P<y4>{_YEAR})\b(?!:\d))?",
    # July 2nd, 2024, July 2-3, 2024
    rf"(?P<n5>{_ENGLISH_MONTH})\.?[\s-](?P<d5>\d{{1,2}})(?:st|nd|rd|th)?\b(?!:\d)(?:\s?[-\u2013]\s?(?P<e5>\d{{1,2}})(?:st|nd|rd|th)?\b(?!:\d|h|\s?[ap]\.?m))?(?:,?\s{{1,2}}(?P<y5>{_YEAR})\b(?!:\d))?",
    # 7月2日
    r"(?P<m6>\d{1,2})月\s?(?P<d6>\d{1,2})日",
    # 03/04/2024, 3.4.2024, 03-04-2024
    r"(?P<a7>\d{1,2})(?P<s7>[-/.])(?P<b7>\d{1,2})(?P=s7)(?P<y7>(?:19|20)\d\d)(?![\w-]|[./]\d)",
    # 3/4/24
    r"(?P<a8>\d{1,2})(?P<s8>/)(?P<b8>\d{1,2})/(?P<y8>\d\d)(?![\w:-]|[./]\d)",
)  # fmt: skip
_DAY = re.compile(rf"(?<![\w./-]){_WEEKDAY}(?:{'|'.join(_FORMS)})", re.IGNORECASE)
_DAY_HERE = re.compile(rf"{_WEEKDAY}(?:{'|'.join(_FORMS)})", re.IGNORECASE)
# Only where an entry begins: elsewhere, `3/4` is a fraction and `7.2` a version.
_SHORT = re.compile(
    rf"{_WEEKDAY}(?:(?P<a7>\d{{1,2}})(?P<s7>/)(?P<b7>\d{{1,2}})(?![\w/.])|(?P<a8>\d{{1,2}})(?P<s8>\.)(?P<b8>\d{{1,2}})\.(?!\d))",
    re.IGNORECASE,
)
_NO_WORD = re.compile(r"[^\w]*")
_MONTH_AND_YEAR = re.compile(rf"\b(?P<n>{_ENGLISH_MONTH})\.?,?\s(?P<y>{_YEAR})\b|(?<![\w./-])(?P<y2>{_YEAR})-(?P<m>0[1-9]|1[0-2])(?![\w./-])", re.IGNORECASE)  # fmt: skip
_YEAR_ALONE = re.compile(rf"(?:\b(?:in|of|from|during|q[1-4])\s|\A)(?P<y>{_YEAR})(?![\w./-]|:\d)", re.IGNORECASE)  # fmt: skip
_A_YEAR = re.compile(rf"(?<![\w./-])(?P<y>{_YEAR})(?![\w./-]|:\d)")


class DayOrder(StrEnum):
    """Which comes first in a day of numbers."""

    DAY = "day"
    MONTH = "month"


@dataclass(frozen=True)
class StatedDay:
    """A day, as far as a text states it.

    Attributes:
        text: the day as written.
        end: where in the text it ends.
        year: its year, if it is stated.
        readings: its possible months and days, with the order that each takes.
        weekday: 0 for Monday; None if it is not stated.
    """

    text: str
    end: int
    year: int | None
    readings: tuple[tuple[int, int, DayOrder | None], ...]
    weekday: int | None = None

    @property
    def is_open(self) -> bool:
        """Whether the order of day and month is open."""
        return len(self.readings) > 1

    @property
    def order(self) -> DayOrder | None:
        """The order that this day proves, if it is of numbers and only one order is possible."""
        return None if self.is_open else self.readings[0][2]

    def on(self, year: int, order: DayOrder | None = None) -> list[date]:
        """Return the possible dates in a year."""
        found = []
        for month, day, takes in self.readings:
            if self.is_open and order and takes is not order:
                continue
            try:
                found.append(date(year, month, day))
            except ValueError:
                continue
        return found

    def sure(self) -> date | None:
        """Return the date, if everything is stated."""
        found = self.on(self.year) if self.year else []
        return found[0] if len(found) == 1 else None


def read_day(text: str, position: int = 0, *, short: bool = False) -> StatedDay | None:
    """Return the day at a position of a text, or None.

    Args:
        text: the text.
        position: the position.
        short: whether `3/4` and `3.4.` count, too.
    """
    match = _DAY_HERE.match(text, position)
    found = _stated(match) if match else None
    if match and found is None:
        return None
    if found is None and short and (match := _SHORT.match(text, position)):
        found = _stated(match)
    return found


def days_in(text: str) -> Iterator[tuple[int, StatedDay]]:
    """Yield the days that a text names, each with where it begins; of `July 2-3`, both."""
    for match in _DAY.finditer(text):
        if found := _stated(match):
            yield match.start(), found
            if last := match["e5"]:
                month = found.readings[0][0]
                end = ((month, int(last), None),)
                yield match.start(), StatedDay(match[0], match.end(), found.year, end)


def only_day(text: str) -> StatedDay | None:
    """Return the day that a text consists of, such as `**Tuesday, July 2**`, or None."""
    begin = _NO_WORD.match(text)
    found = read_day(text, begin.end() if begin else 0, short=True)
    return found if found and not any(c.isalnum() for c in text[found.end :]) else None


def find_date(text: str) -> date | None:
    """Return the first day that a text names with its year and in a sure order, or None."""
    return next((day for _, stated in days_in(text) if (day := stated.sure())), None)


def next_weekday(day: date, weekday: int) -> date:
    """Return the first day after another that is a weekday; 0 is Monday."""
    return day + timedelta(days=(weekday - day.weekday() - 1) % 7 + 1)


def read_weekday(text: str) -> int | None:
    """Return the weekday that a text consists of, such as `**Thursday**`: 0 for Monday, or None."""
    return _WEEKDAYS.get(text.strip(" \t*_`#:().,").casefold())


def month_and_year(text: str, *, anywhere: bool = False) -> tuple[int, int | None] | None:
    """Return the year that a text names without a day, and its month if it has one.

    Args:
        text: the text.
        anywhere: whether any number that may be a year counts, such as the last word of a title.
    """
    if match := _MONTH_AND_YEAR.search(text):
        month = _MONTHS[match["n"].lower()] if match["n"] else int(match["m"])
        return int(match["y"] or match["y2"]), month
    match = (_A_YEAR if anywhere else _YEAR_ALONE).search(text)
    return (int(match["y"]), None) if match else None


def _stated(match: re.Match[str]) -> StatedDay | None:
    part = {name: value for name, value in match.groupdict().items() if value is not None}
    form = next(name[1] for name in part if name[0] in "dab" and name != "w")
    year = int(part[f"y{form}"]) if f"y{form}" in part else None
    if form in "89" and year is not None:
        year += 2000
    weekday = _WEEKDAYS[part["w"].lower()] if "w" in part else None
    name = part.get(f"n{form}", "")
    if year is None and name.islower() and name in _ENGLISH_NAMES:
        return None  # `node 2 may fail` names no day.
    readings: list[tuple[int, int, DayOrder | None]]
    if form in "78":
        a, b = int(part[f"a{form}"]), int(part[f"b{form}"])
        readings = [(b, a, DayOrder.DAY)]
        # With dots, the day comes first wherever people write so.
        if part[f"s{form}"] != "." or not _is_day(year, b, a):
            readings.append((a, b, DayOrder.MONTH))
    else:
        month = _MONTHS[name.lower()] if name else int(part[f"m{form}"])
        readings = [(month, int(part[f"d{form}"]), None)]
    possible = [reading for reading in readings if _is_day(year, reading[0], reading[1])]
    if len(possible) == 2 and possible[0][:2] == possible[1][:2]:
        possible = [(*possible[0][:2], None)]
    if not possible:
        return None
    return StatedDay(match[0], match.end(), year, tuple(possible), weekday)


def _is_day(year: int | None, month: int, day: int) -> bool:
    try:
        date(year or 2024, month, day)
    except ValueError:
        return False
    return True


def only_spells_a_time(word: str, others: Container[str] = ()) -> bool:
    """Whether a word of a time that was read only spells it: `am`, `april`, `22nd`.

    Args:
        word: the word.
        others: the words around it; beside `pm`, `3` is another word for 15.
    """
    if word.isdecimal():
        return ("pm" in others or "am" in others) and len(word) < 3 and 0 < int(word) < 13
    return word in _OF_TIMES or _NTH_DAY.match(word) is not None
