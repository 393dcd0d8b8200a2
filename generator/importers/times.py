"""Parses times and dates as people write them. Missing parts are not invented."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, timezone, tzinfo
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

# Names that mean one offset from UTC, in minutes. Left out are names of several zones, such as
# CST (Chicago, Shanghai, Havana) and IST (Delhi, Dublin, Jerusalem).
ZONES: dict[str, int] = {
    "UTC": 0, "GMT": 0, "Z": 0, "WET": 0, "WEST": 60, "BST": 60, "CET": 60, "MEZ": 60, "MET": 60,
    "CEST": 120, "MESZ": 120, "MEST": 120, "EET": 120, "EEST": 180, "MSK": 180, "TRT": 180,
    "SGT": 480, "HKT": 480, "AWST": 480, "JST": 540, "KST": 540, "AEST": 600, "AEDT": 660,
    "NZST": 720, "NZDT": 780, "BRT": -180, "EDT": -240, "EST": -300, "CDT": -300, "MDT": -360,
    "MST": -420, "PDT": -420, "PST": -480, "AKST": -540, "HST": -600,
}  # fmt: skip
"""Named zones, each with its minutes east of UTC."""

# Names that mean a place's clock, in summer and in winter.
_PLACES = {
    "PACIFIC TIME": "America/Los_Angeles", "PT": "America/Los_Angeles",
    "MOUNTAIN TIME": "America/Denver", "CENTRAL TIME": "America/Chicago",
    "EASTERN TIME": "America/New_York", "ET": "America/New_York",
    "UK TIME": "Europe/London", "CENTRAL EUROPEAN TIME": "Europe/Berlin",
}  # fmt: skip

_MONTHS = {
    name: number
    for number, names in enumerate(
        (
            "january jan", "february feb", "march mar", "april apr", "may", "june jun",
            "july jul", "august aug", "september sep sept", "october oct", "november nov",
            "december dec",
        ),
        1,
    )
    for name in names.split()
}  # fmt: skip
_MONTH = "|".join(sorted(_MONTHS, key=len, reverse=True))
_ISO_DATE = r"(?P<y>(?:19|20)\d\d)[-/.](?P<m>\d{1,2})[-/.](?P<d>\d{1,2})(?!\d)"
_DAY_MONTH = rf"(?P<d2>\d{{1,2}})(?:st|nd|rd|th)?\.?\s+(?:of\s+)?(?P<n2>{_MONTH})\.?,?\s+(?P<y2>(?:19|20)\d\d)"
_MONTH_DAY = rf"(?P<n3>{_MONTH})\.?\s+(?P<d3>\d{{1,2}})(?:st|nd|rd|th)?,?\s+(?P<y3>(?:19|20)\d\d)"
_YEAR_MONTH_DAY = rf"(?P<y4>(?:19|20)\d\d),?\s+(?P<n4>{_MONTH})\.?\s+(?P<d4>\d{{1,2}})(?!\d)"
_DATE = re.compile(
    rf"(?<![\w-])(?:{_ISO_DATE}|{_YEAR_MONTH_DAY}|{_DAY_MONTH}|{_MONTH_DAY})", re.IGNORECASE
)
# A day and a month; the year is the write-up's.
_YEARLESS = re.compile(
    rf"(?:(?P<n>{_MONTH})\.?\s+(?P<d>\d{{1,2}})|(?P<d2>\d{{1,2}})\.?\s+(?P<n2>{_MONTH}))"
    r"(?:st|nd|rd|th)?\b(?!:)(?!,?\s*(?:19|20)\d\d\b(?!:))",
    re.IGNORECASE,
)
_CLOCK = re.compile(
    r"(?<![\w:.+-])(?P<h>[01]?\d|2[0-3]):(?P<min>[0-5]\d)(?::(?P<s>[0-5]\d)(?:[.,]\d{1,9})?)?"
    r"(?:\s*(?P<half>[ap])\.?m\b\.?)?(?![:\w]*\d:)",
    re.IGNORECASE,
)
_CLOSERS = re.compile(r"[\]`*~)]*")
_OFFSET = r"(?:(?:UTC|GMT)\s*)?(?P<sign>[+-\u2212])(?P<oh>\d{1,2}):?(?P<om>\d\d)?"
_NAMES = [*ZONES, *_PLACES, *(name.title() for name in _PLACES if " " in name)]
_ZONE_NAME = "|".join(sorted(_NAMES, key=len, reverse=True))
_ZONE = re.compile(rf"\s*\(?(?:(?P<name>{_ZONE_NAME})(?![\w+\u2212-])|{_OFFSET}(?!\d))\)?")
_ZONE_SOMEWHERE = re.compile(
    rf"(?<![\w])(?:(?P<name>{_ZONE_NAME})(?![\w+]|-\d)|(?:UTC|GMT)\s?[+-]\d{{1,2}}(?::?\d\d)?)"
)
_STATES_ZONE = re.compile(
    rf"\b(?:all\s+)times?[:,]?\s+(?P<plain>{_ZONE_NAME})(?!\w)|"
    rf"\b(?:all\s+)?(?:times?|timestamps?|hours)\b[^.\n|]{{0,40}}?\b(?:in|are|is|zone)\b[^.\n|]{{0,20}}?"
    rf"(?<![\w])(?P<name>{_ZONE_NAME})(?!\w)",
    re.IGNORECASE,
)


@dataclass(frozen=True)
class StatedTime:
    """A time, as far as a text states it.

    Attributes:
        day: the day, if it is stated.
        clock: the time of day.
        zone: the zone, if it is stated.
        end: where in the text what was read ends.
    """

    day: date | None
    clock: time
    zone: tzinfo | None
    end: int

    def at(self, day: date | None, zone: tzinfo | None) -> datetime | None:
        """Return the time, with parts stated elsewhere; None if the day or the zone is not known."""
        day, zone = self.day or day, self.zone or zone
        return datetime.combine(day, self.clock, zone) if day and zone else None


def find_date(text: str) -> date | None:
    """Return the first day that a text names with its year, or None."""
    for match in _DATE.finditer(text):
        if found := _day(match):
            return found
    return None


def _day(match: re.Match[str]) -> date | None:
    part = match.groupdict()
    try:
        if part["y"]:
            return date(int(part["y"]), int(part["m"]), int(part["d"]))
        n = next(n for n in "234" if part[f"y{n}"])
        return date(int(part[f"y{n}"]), _MONTHS[part[f"n{n}"].lower()], int(part[f"d{n}"]))
    except ValueError:
        return None


def _nearest(match: re.Match[str], near: date) -> date | None:
    """Return the day of a month that lies nearest to another day."""
    month = _MONTHS[(match["n"] or match["n2"]).lower()]
    days = []
    for year in (near.year - 1, near.year, near.year + 1):
        try:
            days.append(date(year, month, int(match["d"] or match["d2"])))
        except ValueError:
            continue
    return min(days, key=lambda day: abs(day - near), default=None)


def read_stated_time(text: str, near: date | None = None) -> StatedTime | None:
    """Read the time at the start of a text; None if there is none.

    A day may precede it, with or without a weekday.

    Args:
        text: the text.
        near: the day that the write-up is about; it sets the year of a day without one.
    """
    position, day = 0, None
    begin = re.match(
        r"[\s`*~(\[]*(?:(?:mon|tues?|wed(?:nes)?|thu(?:rs)?|fri|sat(?:ur)?|sun)(?:day)?\.?,?\s+)?",
        text,
        re.I,
    )
    position = begin.end() if begin else 0
    match = _DATE.match(text, position)
    yearless = _YEARLESS.match(text, position) if near and not match else None
    if match or yearless:
        day = _day(match) if match else _nearest(yearless, near) if yearless and near else None
        match = match or yearless
        if day is None or match is None:
            return None
        gap = re.compile(r"(?:T|[\s,`@-]|at\s)*").match(text, match.end())
        position = gap.end() if gap else match.end()
    clock = _CLOCK.match(text, position) or (
        re.compile(_CLOCK.pattern.replace(r"(?<![\w:.+-])", "", 1), re.I).match(text, position)
    )
    if not clock:
        return None
    hour, half = int(clock["h"]), (clock["half"] or "").lower()
    if half:
        if not 1 <= hour <= 12:
            return None
        hour = hour % 12 + (12 if half == "p" else 0)
    # `09:00-11:00` is a span; an offset without UTC or GMT is only read after a full time.
    whole = clock["s"] is not None or (match is not None and text[match.end()] in "Tt")
    closed = _CLOSERS.match(text, clock.end())
    zone, end = read_zone(text, closed.end() if closed else clock.end(), offset_alone=whole)
    return StatedTime(day, time(hour, int(clock["min"]), int(clock["s"] or 0)), zone, end)


def read_zone(
    text: str, position: int = 0, *, offset_alone: bool = False
) -> tuple[tzinfo | None, int]:
    """Return the zone at a position of a text, and where it ends.

    Args:
        text: the text.
        position: the position.
        offset_alone: whether `+02:00` counts without UTC or GMT before it.
    """
    match = _ZONE.match(text, position)
    if not match:
        return None, position
    if match["name"]:
        return _zone(match["name"]), match.end()
    minutes = int(match["oh"]) * 60 + int(match["om"] or 0)
    told = "UTC" in match[0] or "GMT" in match[0]
    if minutes > 14 * 60 or not (told or (offset_alone and match["om"])):
        return None, position
    return _offset(minutes if match["sign"] == "+" else -minutes), match.end()


def named_zone(text: str) -> tzinfo | None:
    """Return the zone that a short text such as a column's heading names, or None."""
    offsets = {read_zone(match[0])[0] for match in _ZONE_SOMEWHERE.finditer(text)}
    return next(iter(offsets)) if len(offsets) == 1 else None


def stated_zone(text: str) -> tzinfo | None:
    """Return the zone that a sentence such as "All times in CET." states for all times."""
    offsets = {_zone(match["name"] or match["plain"]) for match in _STATES_ZONE.finditer(text)}
    return next(iter(offsets)) if len(offsets) == 1 else None


def _zone(name: str) -> tzinfo | None:
    name = name.upper()
    if name in ZONES:
        return _offset(ZONES[name])
    try:
        return ZoneInfo(_PLACES[name])
    except (KeyError, ZoneInfoNotFoundError):  # The system has no table of zones.
        return None


def _offset(minutes: int) -> tzinfo:
    return UTC if not minutes else timezone(timedelta(minutes=minutes))


def spell_time(at: datetime) -> str:
    """Return a time in the format of an incident's file."""
    text = at.isoformat(timespec="seconds")
    return text.replace("+00:00", "Z") if text.endswith("+00:00") else text
