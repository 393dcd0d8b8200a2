"""What a new incident needs: an id, values as YAML, and a point in time from typed text."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Container
from datetime import UTC, datetime
from html import unescape
from typing import Any
from zoneinfo import ZoneInfo

import yaml
from anyascii import anyascii

from generator.knowledge.loader import STANDING_ID, is_id

MADE_BY_IMPORT = "A draft that `runbooks import` made"
"""How the comments at the top of an imported draft begin."""

WHOLE_WRITE_UP = "The write-up"
HEADINGS_LEFT = "Headings"
TIMES_LEFT = "Times as written"
LINES_LEFT = "Other lines"
FRONT_MATTER_LEFT = "Front matter"
CODE_LEFT = "Code"
NOTES_OF_IMPORT = frozenset(
    (WHOLE_WRITE_UP, HEADINGS_LEFT, TIMES_LEFT, LINES_LEFT, FRONT_MATTER_LEFT, CODE_LEFT)
)
"""The headings of notes in which the import collects what fits in no field."""

_TITLE_LENGTH = 1_000
_HUMPS = re.compile(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])")
_APOSTROPHES = re.compile("['\u2019]")
_OTHER_SCRIPTS = re.compile(r"[^\x00-\x7f]+")
_THOUSANDS = re.compile(r"(?<=\d),(?=\d)")
_ID_LENGTH = 72  # of an id from a title; ids are used in URLs and on the command line

_TYPED = re.compile(
    r"(?P<day>\d{4}-\d\d-\d\d)(?:[Tt]|\s+)(?P<time>\d\d?:\d\d(?::\d\d(?:\.\d{1,6})?)?)"
    r"\s*(?P<zone>[Zz]|UTC|GMT|[+-]\d\d:?\d\d|[A-Za-z][\w+-]*(?:/[\w+-]+)+)?\Z"
)
_LINE_ENDS = re.compile("[\n\r\x85\u2028\u2029]")


class NoTime(ValueError):
    """The typed text is not a point in time; the message says what is missing."""


def id_from(title: str) -> str:
    """Return the id for a title; empty if it has neither letters nor digits.

    Letters of other scripts are transliterated to Latin; the words of `NameOfAnAlert` are split.
    """
    title = title.strip()
    found = latin_slug(title if " " in title else _HUMPS.sub(" ", title))
    # Some names are reserved by Windows, and one is reserved for the standing checks.
    return found if not found or (is_id(found) and found != STANDING_ID) else f"incident-{found}"


def latin_slug(text: str, longest: int = _ID_LENGTH) -> str:
    """Return a text as lower-case words in ASCII, joined by hyphens; empty if it has none."""
    text = unescape(_APOSTROPHES.sub("", text[:_TITLE_LENGTH]))
    spelled = _OTHER_SCRIPTS.sub(lambda run: _in_latin(run[0]), text)
    words = re.findall("[a-z0-9]+", _APOSTROPHES.sub("", _THOUSANDS.sub("", spelled)).lower())
    found = ""
    for word in words:
        longer = f"{found}-{word}" if found else word[:longest]
        if len(longer) > longest:
            break
        found = longer
    return found


def _in_latin(text: str) -> str:
    """Transliterate letters of other scripts to Latin, and leave out symbols such as emoji.

    Chinese becomes `ShuJuKu`, with a capital for each character; its words are split.
    """
    letters = "".join(c if unicodedata.category(c)[0] != "S" else " " for c in text)
    return _HUMPS.sub(" ", anyascii(letters))


def free_id(wanted: str, taken: Container[str]) -> str:
    """Return the first of `wanted`, `wanted-2`, `wanted-3` ... that is not taken.

    Args:
        wanted: an id.
        taken: the names of all folders under `incidents/`, in lower case.
    """
    number, found = 1, wanted
    while found in taken:
        number += 1
        found = f"{wanted}-{number}"
    return found


def yaml_value(text: str) -> str:
    """Write a text as a value of YAML, on one line: plain if that is safe, else in quotes.

    Args:
        text: readable text; reading the result returns the same text.
    """
    style = '"' if _LINE_ENDS.search(text) else None  # in other styles YAML folds them into spaces
    written: str = yaml.safe_dump(
        {"k": text}, default_style=style, width=float("inf"), allow_unicode=True
    )
    return written.rstrip("\n").partition(": ")[2]


def point_in_time(typed: str, now: datetime) -> datetime:
    """Read a point in time: `now`, RFC 3339, or a day and a time with a zone.

    Args:
        typed: such as `2026-11-20 03:12 +01:00`, `2026-11-20 03:12 Europe/Berlin`.
        now: what `now` means, with a zone.

    Raises:
        NoTime: it is not a time, it has no zone, or it does not exist in that zone, or exists twice.
    """
    typed = typed.strip()
    if typed.lower() == "now":
        return now.astimezone(UTC).replace(second=0, microsecond=0)
    found = _TYPED.match(typed)
    if not found:
        raise NoTime(f"{typed!r} is not a time; write it as 2026-11-20 03:12 +01:00, or now")
    if not found["zone"]:
        raise NoTime(
            f"{typed!r} has no zone; add Z for UTC, an offset (+01:00) or a place (Europe/Berlin)"
        )
    clock = found["time"].zfill(5) if found["time"].count(":") == 1 else found["time"]
    clock = f"0{clock}" if clock[1] == ":" else clock
    try:
        local = datetime.fromisoformat(f"{found['day']}T{clock}")
    except ValueError as error:
        raise NoTime(f"{typed!r} is not a time: {error}") from None
    when = _in_zone(local, found["zone"])
    if when > now:
        raise NoTime(f"{typed!r} is in the future")
    return when


def _in_zone(local: datetime, zone: str) -> datetime:
    if zone.upper() in ("Z", "UTC", "GMT"):
        return local.replace(tzinfo=UTC)
    try:
        if zone[0] in "+-":
            return datetime.fromisoformat(local.isoformat() + zone)
        place: Any = ZoneInfo(zone)
    except (ValueError, OSError, LookupError):
        raise NoTime(f"unknown time zone {zone!r}; write Z, or the offset: +01:00") from None
    offsets = {local.replace(tzinfo=place, fold=fold).utcoffset() for fold in (0, 1)}
    if len(offsets) > 1:
        raise NoTime(f"in {zone} the clocks change in that hour; write the offset: +01:00")
    when = local.replace(tzinfo=place)
    # The offset is written and not the place, so that the file alone says which moment it was.
    return datetime.fromisoformat(when.isoformat())
