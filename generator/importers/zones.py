"""Reads time zones as people write them, and says what a clock of a zone means on a day.

The calendar is the tz database: `PST` in July is no clock that anybody's wall had in California. A name
that several places use for different clocks has no meaning until the write-up settles it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, timezone, tzinfo
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

_PACIFIC, _MOUNTAIN, _CENTRAL = "America/Los_Angeles", "America/Denver", "America/Chicago"
_EASTERN, _BERLIN, _LISBON, _HELSINKI = "America/New_York", "Europe/Berlin", "Europe/Lisbon", "Europe/Helsinki"  # fmt: skip

# Names of an offset from UTC in minutes, with the place whose clock has it for a part of the year.
_NAMES: dict[str, tuple[int, str]] = {
    "UTC": (0, ""), "GMT": (0, ""), "Z": (0, ""), "ZULU": (0, ""),
    "WET": (0, _LISBON), "WEST": (60, _LISBON), "BST": (60, "Europe/London"),
    "CET": (60, _BERLIN), "MEZ": (60, _BERLIN), "MET": (60, _BERLIN),
    "CEST": (120, _BERLIN), "MESZ": (120, _BERLIN), "MEST": (120, _BERLIN),
    "EET": (120, _HELSINKI), "EEST": (180, _HELSINKI),
    "MSK": (180, ""), "TRT": (180, ""), "SGT": (480, ""), "HKT": (480, ""), "AWST": (480, ""),
    "JST": (540, ""), "KST": (540, ""), "AEST": (600, "Australia/Sydney"),
    "AEDT": (660, "Australia/Sydney"), "NZST": (720, "Pacific/Auckland"),
    "NZDT": (780, "Pacific/Auckland"), "BRT": (-180, ""), "EDT": (-240, _EASTERN),
    "EST": (-300, _EASTERN), "CDT": (-300, _CENTRAL), "MDT": (-360, _MOUNTAIN),
    "MST": (-420, _MOUNTAIN), "PDT": (-420, _PACIFIC), "PST": (-480, _PACIFIC),
    "AKDT": (-480, "America/Anchorage"), "AKST": (-540, "America/Anchorage"), "HST": (-600, ""),
    "COORDINATED UNIVERSAL TIME": (0, ""), "PACIFIC STANDARD TIME": (-480, _PACIFIC),
    "PACIFIC DAYLIGHT TIME": (-420, _PACIFIC), "EASTERN STANDARD TIME": (-300, _EASTERN),
    "EASTERN DAYLIGHT TIME": (-240, _EASTERN), "CENTRAL STANDARD TIME": (-360, _CENTRAL),
    "CENTRAL DAYLIGHT TIME": (-300, _CENTRAL), "MOUNTAIN DAYLIGHT TIME": (-360, _MOUNTAIN),
    "MOUNTAIN STANDARD TIME": (-420, _MOUNTAIN), "BRITISH SUMMER TIME": (60, "Europe/London"),
    "CENTRAL EUROPEAN SUMMER TIME": (120, _BERLIN), "INDIA STANDARD TIME": (330, ""),
    "INDIAN STANDARD TIME": (330, ""), "CHINA STANDARD TIME": (480, ""), "JAPAN STANDARD TIME": (540, ""),
}  # fmt: skip

# Names of a place's clock, in summer and in winter.
_PLACES = {
    "PACIFIC TIME": _PACIFIC, "PT": _PACIFIC, "MOUNTAIN TIME": _MOUNTAIN, "MT": _MOUNTAIN,
    "CENTRAL TIME": _CENTRAL, "CT": _CENTRAL, "EASTERN TIME": _EASTERN, "ET": _EASTERN,
    "UK TIME": "Europe/London", "LONDON TIME": "Europe/London", "BERLIN TIME": _BERLIN,
    "PARIS TIME": "Europe/Paris", "CENTRAL EUROPEAN TIME": _BERLIN, "TOKYO TIME": "Asia/Tokyo",
    "SYDNEY TIME": "Australia/Sydney", "NEW YORK TIME": _EASTERN,
}  # fmt: skip

# Offsets that some places keep in summer, too: a name out of its season may be right.
_ALL_YEAR = {
    "MST": "Arizona", "MOUNTAIN STANDARD TIME": "Arizona", "AEST": "Queensland",
}  # fmt: skip

# Names of several clocks: the places, each with the words by which a write-up settles it.
_SEVERAL: dict[str, tuple[tuple[str, str, str], ...]] = {
    "CST": (
        ("the middle of America", _CENTRAL, r"\bCDT\b|\b[Cc]entral (?:[Tt]ime|[Ss]tandard|[Dd]aylight)|America/Chicago|\bUS Central\b"),
        ("China", "Asia/Shanghai", r"\b[Cc]hina [Ss]tandard|Asia/Shanghai|\b[Bb]eijing [Tt]ime"),
        ("Cuba", "America/Havana", r"America/Havana"),
    ),
    "IST": (
        ("India", "Asia/Kolkata", r"\b[Ii]ndian? ([Ss]tandard )?[Tt]ime|Asia/(?:Kolkata|Calcutta)"),
        ("Ireland", "Europe/Dublin", r"\b[Ii]rish ([Ss]tandard )?[Tt]ime|Europe/Dublin"),
        ("Israel", "Asia/Jerusalem", r"\b[Ii]srael ([Ss]tandard )?[Tt]ime|Asia/Jerusalem|\bIDT\b"),
    ),
    "AST": (
        ("the Atlantic coast", "America/Halifax", r"\bADT\b|\b[Aa]tlantic ([Ss]tandard )?[Tt]ime|America/Halifax"),
        ("Arabia", "Asia/Riyadh", r"\b[Aa]rabian? ([Ss]tandard )?[Tt]ime|Asia/Riyadh"),
    ),
}  # fmt: skip
# Names of which one meaning is far more frequent than the others.
_MOSTLY = {"BST": "British Summer Time (in Bangladesh, it is UTC+06:00)"}

_ALL = (*_NAMES, *_PLACES, *_SEVERAL)
_SHORT = [name for name in _ALL if " " not in name]
# In lower case, `est`, `met` and `et` are words of other languages.
_LOWER = ["utc", "Utc", "gmt", "cet", "cest", "pst", "pdt", "edt"]
_LONG = "|".join(
    re.escape(name).replace(r"\ ", r"\s") for name in sorted(_ALL, key=len, reverse=True) if " " in name
)  # fmt: skip
_IANA = r"(?:Africa|America|Antarctica|Arctic|Asia|Atlantic|Australia|Europe|Indian|Pacific|Etc|US)/[A-Z][\w+-]{1,30}(?:/[A-Z]\w{1,30})?"
_NAME = f"{_IANA}|(?i:{_LONG})|{'|'.join(sorted([*_SHORT, *_LOWER], key=len, reverse=True))}"
_AMOUNT = r"(?P<sign>[+\u2212\u2013-])(?P<oh>\d{1,2})(?::?(?P<om>[0-5]\d))?(?![\d:])"
_OFFSET = rf"(?:UTC|GMT|utc)\s?{_AMOUNT}"
_ALONE = {"pacific": _PACIFIC, "eastern": _EASTERN, "central": _CENTRAL, "mountain": _MOUNTAIN}

# Behind a clock, as in `10:00 (UTC+2)` or `10:00 PST (UTC-8)`.
_BEHIND = re.compile(
    rf"\s{{0,9}}[\[(]?(?:{_OFFSET}|(?P<name>{_NAME})(?!\w|[+\u2212-]\d)|(?P<alone>Pacific|Eastern|Central|Mountain)\b)"
    rf"(?:\s?\((?:UTC|GMT)\s?(?P<sign2>[+\u2212\u2013-])(?P<oh2>\d{{1,2}})(?::?(?P<om2>[0-5]\d))?\))?[\])]?"
)
# Without UTC or GMT: after a full time any offset, after a day and a clock what can be no span as in
# `09:00-11:00`.
_BARE_OFFSET = re.compile(r"\s{0,2}(?P<sign>[+\u2212-])(?P<oh>\d\d):?(?P<om>[0-5]\d)(?![\d:])")
_SURE_OFFSET = re.compile(r"\s{0,2}(?:(?P<sign>\+)(?P<oh>\d\d):?(?P<om>[0-5]\d)|(?<=\s)(?P<sign3>-)(?P<oh3>\d\d)(?P<om3>[0-5]\d))(?![\d:])")  # fmt: skip
_SOMEWHERE = re.compile(rf"(?<![\w/])(?:{_OFFSET}|(?P<name>{_NAME})(?![\w+/]|-\d))|\((?P<alone>Pacific|Eastern|Central|Mountain)\)|(?<![\w/])(?P<pair>[A-Z]{{3,4}}/[A-Z]{{3,4}})(?!\w)")  # fmt: skip
_TIMES = r"(?i:\b(?:times?(?:\s?stamps?)?|hours|zeiten|uhrzeiten|heures|horas|horarios|hor\u00e1rios)\b|\u6642\u523b|\u6642\u9593)"
_ALONE_NAME = r"(?:Pacific|Eastern|Central|Mountain)(?!\s[Tt]ime)"
_NO_LETTER = r"(?![A-Za-z0-9_])"
_STATES = re.compile(
    rf"\b(?i:all|alle|toutes les|todas? (?:as|las)|todos (?:os|los))\s+{_TIMES}[:,]?\s+(?P<plain>{_OFFSET.replace('?P<', '?P<x')}|{_NAME}|{_ALONE_NAME}){_NO_LETTER}|"
    rf"{_TIMES}[^.\n|]{{0,40}}?(?:\b(?i:in|are|is|zone|en|em|sind|sont)\b|:|\u306f)[^.\n|]{{0,20}}?"
    rf"(?<![A-Za-z0-9_/])(?P<said>{_OFFSET.replace('?P<', '?P<y')}|{_NAME}|{_ALONE_NAME}){_NO_LETTER}"
)
_GOES_ON = re.compile(r"(?:/[A-Z]{3,4}\b)?(?:\s?\((?:UTC|GMT)[^()\n]{1,8}\))?")


@dataclass(frozen=True)
class Zone:
    """A zone as a text names it.

    Attributes:
        name: the name as written.
        minutes: the offset east of UTC that the name means; None if it means a place's clock.
        place: the place in the tz database; empty if the offset is the same all year.
        several: why the name has no single meaning; empty if it has one.
    """

    name: str
    minutes: int | None = None
    place: str = ""
    several: str = ""

    def same_as(self, other: Zone) -> bool:
        """Whether another name means the same clock."""
        return (self.minutes, self.place, self.several) == (other.minutes, other.place, other.several)  # fmt: skip

    def at(self, clock: datetime) -> tuple[datetime | None, str]:
        """Return what a clock of this zone means.

        Args:
            clock: a day and a time of day, without a zone.

        Returns:
            The time, or None if it has no single meaning, and what somebody should know about it; it may
            be empty.
        """
        if self.several:
            return None, self.several
        if not self.place:
            return clock.replace(tzinfo=_offset(self.minutes or 0)), ""
        try:
            place: tzinfo = ZoneInfo(self.place)
        except (ZoneInfoNotFoundError, ValueError, OSError):
            return None, f"the tz database of this machine does not have {self.place}"
        offsets = {_minutes(clock.replace(tzinfo=place, fold=fold)) for fold in (0, 1)}
        if self.minutes in offsets:
            remark = _MOSTLY.get(self.name.upper(), "")
            told = f"{self.name} was read as {remark}." if remark else ""
            return clock.replace(tzinfo=_offset(self.minutes or 0)), told
        if len(offsets) > 1:
            return (
                None,
                f"the clocks of {self.place} were changed at {clock:%H:%M} on {clock:%Y-%m-%d}",
            )
        here = offsets.pop()
        if self.minutes is None:
            return clock.replace(tzinfo=_offset(here)), ""
        if where := _ALL_YEAR.get(self.name.upper()):
            return (
                None,
                f"{self.name} on {clock:%Y-%m-%d} is the clock of {where}, or a slip of the pen",
            )
        return clock.replace(tzinfo=_offset(here)), (
            f"{self.name} was read as the clock of {self.place}, which was {spelled(here)} on {clock:%Y-%m-%d}; "
            f"the name means {spelled(self.minutes)}. Check the times."
        )


def _minutes(at: datetime) -> int:
    return int((at.utcoffset() or timedelta()).total_seconds() // 60)


def _offset(minutes: int) -> tzinfo:
    return UTC if not minutes else timezone(timedelta(minutes=minutes))


def spelled(minutes: int) -> str:
    """Return an offset as `UTC+02:00`."""
    hours, rest = divmod(abs(minutes), 60)
    return f"UTC{'-' if minutes < 0 else '+'}{hours:02}:{rest:02}" if minutes else "UTC"


def _amount(sign: str, hours: str, minutes: str | None) -> int | None:
    total = int(hours) * 60 + int(minutes or 0)
    return None if total > 14 * 60 else total if sign == "+" else -total


def _named(name: str) -> Zone | None:
    if "/" in name:
        try:
            ZoneInfo(name)
        except (ZoneInfoNotFoundError, ValueError, OSError):
            return None
        return Zone(name, None, name)
    key = " ".join(name.upper().split())
    if key in _NAMES:
        minutes, place = _NAMES[key]
        return Zone(name, minutes, place)
    if key in _PLACES:
        return Zone(name, None, _PLACES[key])
    places = ", ".join(place for place, _, _ in _SEVERAL[key])
    return Zone(name, several=f"{name} names several zones ({places})")


def read_zone(
    text: str, position: int = 0, *, after_day: bool = False, after_seconds: bool = False
) -> tuple[Zone | None, int]:
    """Return the zone at a position of a text, and where it ends.

    Args:
        text: the text.
        position: the position.
        after_day: whether a day and a clock stand before it, so that `+02:00` counts without UTC.
        after_seconds: whether a clock with seconds, or after a `T`, stands before it.
    """
    if match := _BEHIND.match(text, position):
        if match["oh2"] and match["name"]:  # The offset says what the name means.
            minutes = _amount(match["sign2"], match["oh2"], match["om2"])
            return (Zone(match["name"], minutes), match.end()) if minutes is not None else (None, position)  # fmt: skip
        if match["name"]:
            zone = _named(match["name"])
        elif match["alone"]:
            zone = Zone(match["alone"], None, _ALONE[match["alone"].lower()])
        else:
            zone = _of_offset(match)
        return (zone, match.end()) if zone else (None, position)
    bare = _BARE_OFFSET if after_seconds else _SURE_OFFSET if after_day else None
    if bare and (match := bare.match(text, position)):
        zone = _of_offset(match)
        return (zone, match.end()) if zone else (None, position)
    return None, position


def _of_offset(match: re.Match[str]) -> Zone | None:
    part = match.groupdict()
    n = "" if part["sign"] else "3"
    minutes = _amount(part[f"sign{n}"], part[f"oh{n}"], part[f"om{n}"])
    return None if minutes is None else Zone(spelled(minutes), minutes)


def named_zone(text: str) -> Zone | None:
    """Return the zone that a short text such as a column's heading names, or None."""
    found: list[Zone] = []
    for match in _SOMEWHERE.finditer(text):
        if match["pair"]:  # `PST/PDT`: the clock of one place.
            found += [zone for name in match["pair"].split("/") if name in _ALL and (zone := _named(name))]  # fmt: skip
        elif match["alone"]:
            found.append(Zone(match["alone"], None, _ALONE[match["alone"].lower()]))
        elif zone := _named(match["name"]) if match["name"] else _of_offset(match):
            found.append(zone)
    return one_zone(found)


def is_zone(text: str) -> bool:
    """Whether a text is the name of a zone and nothing else, such as `UTC` or `(UTC+2)`."""
    plain = text.strip(" `*_()[]")
    zone, end = read_zone(plain)
    return zone is not None and end == len(plain)


def stated_zone(text: str) -> Zone | None:
    """Return the zone that a sentence such as "All times in CET." states for all times."""
    found = []
    for match in _STATES.finditer(text):
        # What stands behind the name belongs to it: "All times in PST (UTC-8)", "all times PST/PDT".
        begin = match.start("plain") if match["plain"] else match.start("said")
        end = _GOES_ON.match(text, match.end())
        name = text[begin : end.end() if end else match.end()]
        if zone := named_zone(name) or read_zone(name)[0]:
            found.append(zone)
    return one_zone(found)


def one_zone(zones: Iterable[Zone]) -> Zone | None:
    """Return the zone that several names mean; one without a meaning if they contradict one another."""
    found = list(zones)
    if not found:
        return None
    first = found[0]
    if all(zone.same_as(first) for zone in found):
        return first
    if first.place and all(zone.place == first.place for zone in found):
        return Zone("/".join(dict.fromkeys(zone.name for zone in found)), None, first.place)
    offsets = {zone.minutes for zone in found}
    if len(offsets) == 1 and None not in offsets:  # `PST (UTC-8)`
        return Zone(first.name, first.minutes)
    plain = [zone for zone in found if not zone.several]
    if len(plain) == 1 and len(found) == 2:  # `IST (UTC+05:30)`
        return Zone(first.name, plain[0].minutes, plain[0].place)
    names = " and ".join(dict.fromkeys(zone.name for zone in found))
    return Zone(names, several=f"{names} are stated together")


def settled(zone: Zone, text: str) -> Zone:
    """Return a zone with the meaning that a write-up gives to a name of several zones."""
    meanings = [place for _, place, words in _SEVERAL.get(zone.name.upper(), ()) if re.search(words, text)]  # fmt: skip
    if not zone.several or len(meanings) != 1:
        return zone
    # `CST` is winter time; the other names are kept all year, or change as their place does.
    return Zone(zone.name, -360 if meanings[0] == _CENTRAL else None, meanings[0])
