"""Reads times of day as people write them. Missing parts are not invented; `days` looks for them."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime, time, timedelta

from generator.importers.dates import StatedDay, read_day
from generator.importers.zones import Zone, read_zone

_CLOCK = re.compile(
    r"(?P<h>[01]?\d|2[0-3])[:\uff1a](?P<min>[0-5]\d)(?:[:\uff1a](?P<s>[0-5]\d)(?:[.,]\d{1,9})?)?"
    r"(?:\s?(?P<half>[ap])\.?m\b\.?|(?P<half2>[ap])\b)?(?![:\w]{0,12}\d:)(?:\s(?:Uhr|uhr|hrs?|hours|h)\b)?",
    re.IGNORECASE,
)
# Other forms of a clock: 14h30, 14h UTC, 14.30 Uhr, 14 Uhr, 7 PM, 10時30分, 1430Z, 1430 UTC.
# `2h` alone is a length of time.
_CLOCKS = (
    re.compile(r"(?P<h>[01]?\d|2[0-3])\s?[hH]\s?(?P<min>[0-5]\d)(?:min|m)?(?![\w:])"),
    re.compile(r"(?P<h>[01]?\d|2[0-3])(?P<min>)\s?[hH](?=\s?\(?(?:UTC|GMT|CES?T|BRT)\b)"),
    re.compile(r"(?P<h>[01]?\d|2[0-3])(?:\.(?P<min>[0-5]\d))?\s?[Uu]hr\b"),
    re.compile(r"(?P<h>1[0-2]|0?[1-9])(?:\.(?P<min>[0-5]\d))?\s?(?P<half>[ap])\.?m\b\.?", re.IGNORECASE),
    re.compile(r"(?P<h>[01]?\d|2[0-3])時(?:(?P<min>[0-5]?\d)分)?"),
    re.compile(r"(?P<h>[01]\d|2[0-3])(?P<min>[0-5]\d)(?=Z\b|\s?(?:UTC|GMT|hrs?\b|h\b))(?:\s?hrs?\b|\s?h\b)?"),
)  # fmt: skip
_BEGIN = re.compile(r"[\s`*_(\[\u2022]*")
_ABOUT = re.compile(
    r"(?:(?:at|um|\u00e0)\s+)?(?:(?P<about>around|about|approximately|approx\.?|ca?\.|circa|roughly|gegen|vers|~|\u2248)\s*)?",
    re.IGNORECASE,
)
_WEEKDAY_ALONE = re.compile(
    r"(?P<w>mon|tues?|wed(?:nes)?|thu(?:rs?)?|fri|sat(?:ur)?|sun)(?:day)?\b\.?,?\s+(?=\d)",
    re.IGNORECASE,
)
_WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_GAP = re.compile(r"(?:T(?=\d)|[\s,`@*_|)\]:\u2013\u2014-]|(?:at|um|\u00e0)\s)*", re.IGNORECASE)
_CLOSERS = re.compile(r"[\]`*~)_]*")
# `7:20-ish`, `2:00頃`
_VAGUE = re.compile(r"-?ish\b|\u9803", re.IGNORECASE)
_DAY_BEHIND = re.compile(r"(?:,\s{0,3}|\s{1,3}on\s{1,3}(?:the\s)?|\s{0,3}\()", re.IGNORECASE)
_SPAN = re.compile(
    r"\s{0,9}(?:-|\u2013|\u2014|\bto\b|\buntil\b|\bbis\b|\u2192|->)\s{0,9}", re.IGNORECASE
)
# `Between 10:00 and 10:15`
_BETWEEN = re.compile(r"(?:from|between)\s+(?=\S)", re.IGNORECASE)
_SPAN_AND = re.compile(r"\s{0,9}(?:-|\u2013|\u2014|\bto\b|\buntil\b|\band\b)\s{0,9}", re.IGNORECASE)
_RELATIVE = re.compile(
    r"(?:T\s?(?P<sign>[+\u2212\u2013-])\s?|(?P<plus>\+)\s?)"
    r"(?:(?P<clock>\d{1,3}:[0-5]\d:[0-5]\d)|"
    r"(?:(?P<d>\d{1,3})\s?d(?:ays?)?\s?)?(?:(?P<h>\d{1,3})\s?h(?:ours?|rs?)?\s?)?"
    r"(?:(?P<m>\d{1,5})\s?m(?:in(?:ute)?s?)?)?(?:\s?(?P<s>\d{1,5})\s?s(?:ec(?:ond)?s?)?)?)(?!\w)"
    r"|T\s?(?P<zero>(?:[+]\s?)?0)(?:\s?m(?:in)?)?(?![\w.]|:\d)"
)


@dataclass(frozen=True)
class StatedTime:
    """A time, as far as a text states it.

    Attributes:
        day: the day, if it is stated.
        clock: the time of day.
        zone: the zone, if it is stated.
        end: where in the text what was read ends; behind the end of a span.
        clock_end: where the first time ends, if it is a span.
        about: the word that says that the time is not exact; may be empty.
        weekday: 0 for Monday, if it stands without a date.
    """

    day: StatedDay | None
    clock: time
    zone: Zone | None
    end: int
    clock_end: int
    about: str = ""
    weekday: int | None = None


def read_stated_time(text: str) -> StatedTime | None:
    """Read the time at the start of a text; None if there is none.

    A day may stand before or behind it, with or without a weekday, and the end of a span behind it.
    """
    begin = _BEGIN.match(text)
    begins = begin.end() if begin else 0
    between = _BETWEEN.match(text, begins)
    found = _time_at(text, between.end() if between else begins)
    if found is None:
        return None
    gap = (_SPAN_AND if between else _SPAN).match(text, found.end)
    last = _time_at(text, gap.end()) if gap and gap.end() > found.end else None
    if last is None:
        return None if between else found
    zone = found.zone or last.zone
    return StatedTime(found.day, found.clock, zone, last.end, found.end, found.about, found.weekday)


def _time_at(text: str, position: int) -> StatedTime | None:
    about = _ABOUT.match(text, position)
    position = about.end() if about else position
    told = about["about"] or "" if about else ""
    day = read_day(text, position, short=True)
    weekday = None
    if day:
        gap = _GAP.match(text, day.end)
        position = gap.end() if gap else day.end
        if more := _ABOUT.match(text, position):
            position, told = more.end(), told or more["about"] or ""
    elif name := _WEEKDAY_ALONE.match(text, position):
        weekday, position = _WEEKDAYS.index(name["w"][:3].lower()), name.end()
    clock = _CLOCK.match(text, position)
    whole = bool(clock and clock["s"]) or text[position - 1 : position] in ("T", "t")
    clock = clock or next((m for form in _CLOCKS if (m := form.match(text, position))), None)
    if not clock:
        return None
    part = clock.groupdict()
    hour, half = int(part["h"]), (part.get("half") or part.get("half2") or "").lower()
    if half:
        if not 1 <= hour <= 12:
            return None
        hour = hour % 12 + (12 if half == "p" else 0)
    at = clock.end()
    if vague := _VAGUE.match(text, at):
        at, told = vague.end(), told or vague[0]
    closed = _CLOSERS.match(text, at)
    at = closed.end() if closed else at
    zone, end = read_zone(text, at, after_day=day is not None, after_seconds=whole)
    if day is None and (behind := _DAY_BEHIND.match(text, end)):
        day = read_day(text, behind.end())
        if day:
            closed = _CLOSERS.match(text, day.end)
            end = closed.end() if closed else day.end
            if zone is None:
                zone, end = read_zone(text, end)
    moment = time(hour, int(part["min"] or 0), int(part.get("s") or 0))
    return StatedTime(day, moment, zone, end, end, told, weekday)


def read_relative(text: str) -> tuple[timedelta, int] | None:
    """Return the time since the start at the start of a text, such as `T+95m`, and where it ends."""
    begin = _BEGIN.match(text)
    match = _RELATIVE.match(text, begin.end() if begin else 0)
    if not match:
        return None
    if match["zero"]:
        return timedelta(), match.end()
    if match["clock"]:
        hours, minutes, seconds = map(int, match["clock"].split(":"))
        length = timedelta(hours=hours, minutes=minutes, seconds=seconds)
    elif any(match[unit] for unit in "dhms"):
        length = timedelta(
            days=int(match["d"] or 0), hours=int(match["h"] or 0),
            minutes=int(match["m"] or 0), seconds=int(match["s"] or 0),
        )  # fmt: skip
    else:
        return None
    return (length if match["plus"] or match["sign"] == "+" else -length), match.end()


def spell_time(at: datetime) -> str:
    """Return a time in the format of an incident's file."""
    text = at.isoformat(timespec="seconds")
    return text.replace("+00:00", "Z") if text.endswith("+00:00") else text
