"""What begins an entry of a timeline, and what belongs to it."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date, timedelta
from itertools import pairwise

from generator.importers.blocks import is_prose
from generator.importers.dates import StatedDay, next_weekday, only_day, read_day, read_weekday
from generator.importers.document import List, WriteUpBlock, WriteUpCode, WriteUpParagraph
from generator.importers.times import StatedTime, read_relative, read_stated_time
from generator.importers.words import words
from generator.importers.zones import Zone, named_zone, stated_zone

_SEPARATOR = re.compile(r"[\s`*~)\]]{0,20}(?:[-\u2013\u2014:|,;\u2192>]+\s*|\s)")
_LABEL = re.compile(r"([^\W\d][^:\n|]{1,60}?)\s?:\s+(?=\S)")
_MOST_WORDS_OF_ZONE = 5
# `2024-07-02 (all times in UTC; what users saw is in CET)`
_ASIDE = re.compile(r"[\s*_`:,]{0,6}\([^()\n]{3,240}\)[\s*_`:.]{0,6}")
_NO_WORD = re.compile(r"[^\w]*")
_NEXT_DAY = re.compile(r"\W{0,9}(?:the\s)?(?:next|following)\sday\W{0,9}", re.IGNORECASE)
_SOME_DAY = re.compile(
    r"\W{0,9}(?:day\s\d{1,2}|(?:the\s)?(?:next|following|same)\s(?:morning|evening|night|week|month|monday)"
    r"|(?:\w+\s)?(?:days?|weeks?)\slater|later|weekend|tomorrow|yesterday)\W{0,9}",
    re.IGNORECASE,
)
_TYPED = frozenset(("", "text", "txt", "plain", "plaintext", "markdown", "md", "none"))
_LENGTH = re.compile(r"(\([^()]{1,30}\))\s*[:\u2013\u2014-]\s*(?=\S)")


def is_timed(text: str) -> bool:
    """Whether a line begins with a time, or is a label with a time: `Detected: 2024-05-01 10:00 UTC`."""
    return (
        read_stated_time(text) is not None
        or read_relative(text) is not None
        or labelled_time(text) is not None
    )


def labelled_time(text: str) -> tuple[str, str, StatedTime] | None:
    """Return the label, the time and what was read of it, of a line that has nothing else."""
    label = _LABEL.match(text)
    value = text[label.end() :] if label else ""
    stamp = read_stated_time(value)
    if label is None or stamp is None or any(c.isalnum() for c in value[stamp.end :]):
        return None
    return label[1], value, stamp


def time_of(text: str) -> StatedTime | None:
    """Return the time that a line begins with, or that its label has."""
    labelled = labelled_time(text)
    return read_stated_time(text) or (labelled[2] if labelled else None)


def day_line(text: str) -> tuple[StatedDay, Zone | None] | None:
    """Return the day that a line consists of, with the zone behind it, such as `**July 2** (UTC)`."""
    if day := only_day(text):
        return day, None
    begin = _NO_WORD.match(text)
    day = read_day(text, begin.end() if begin else 0)
    rest = text[day.end :] if day else ""
    zone = stated_zone(rest) or named_zone(rest)
    aside = _ASIDE.fullmatch(rest) is not None
    few = (aside or len(words(rest)) <= _MOST_WORDS_OF_ZONE) and not is_timed(text)
    return (day, zone) if day and zone and few else None


def other_day(text: str, day: date | None) -> tuple[date | None] | None:
    """Return the day that a line such as `Thursday` or `Next day` means, or None if it is no such line.

    Args:
        text: the line.
        day: the day of the entries above it.

    Returns:
        The day, in a tuple; it is None if the line begins another day, and it is open which.
    """
    weekday = read_weekday(text)
    if weekday is not None:
        return (next_weekday(day, weekday) if day and day.weekday() != weekday else day,)
    if _NEXT_DAY.fullmatch(text):
        return (day + timedelta(days=1) if day else None,)
    return (None,) if _SOME_DAY.fullmatch(text) else None


def is_timed_list(block: List, fewest: int = 2) -> bool:
    """Whether most items of a list begin with a time."""
    timed = sum(is_timed(item.text) for item in block.items)
    return timed >= fewest and 3 * timed >= 2 * len(block.items)


def is_time_alone(text: str) -> bool:
    """Whether a line is a time, with nothing behind it."""
    stamp = read_stated_time(text)
    return stamp is not None and not any(c.isalnum() for c in text[stamp.end :])


def body_of(blocks: Sequence[WriteUpBlock]) -> list[WriteUpBlock]:
    """Return the first blocks that tell what happened, up to the next time or day."""
    body: list[WriteUpBlock] = []
    for block in blocks:
        first = (
            block.items[0].text
            if isinstance(block, List) and block.items
            else getattr(block, "text", "")
        )
        if not is_prose(block) or is_timed(first) or only_day(first):
            break
        body.append(block)
    return body


def told_behind(text: str, end: int) -> str:
    """Return what stands behind a time."""
    gap = _SEPARATOR.match(text, end)
    what = text[gap.end() if gap else end :].strip()
    if length := _LENGTH.match(what):  # `10:00-10:15 (15 min): ...`
        what = f"{what[length.end() :]} {length[1]}"
    return what


def is_newest_first(lines: Sequence[str]) -> bool:
    """Whether times without days run backwards, as on a status page."""
    stamps = [stamp.clock for line in lines if (stamp := read_stated_time(line)) and not stamp.day]
    back = sum(a > b for a, b in pairwise(stamps))
    return len(stamps) > 2 and 3 * back >= 2 * (len(stamps) - 1)


def last_text(block: WriteUpBlock) -> str:
    """Return the text that stands directly above what follows a block."""
    if isinstance(block, List):
        last = block.items[-1]
        return "" if last.below else last.text
    return block.text.rpartition("\n")[2] if isinstance(block, WriteUpParagraph) else ""


def typed_entries(code: WriteUpCode) -> list[str]:
    """Return the entries of a timeline that is typed as code; none if it is something else.

    A line without a time continues the one above it.
    """
    if code.language not in _TYPED:
        return []
    entries: list[str] = []
    for line in filter(str.strip, code.text.split("\n")):
        text = line.strip().lstrip("-*\u2022| ").rstrip("| ")
        if entries and not is_timed(text) and day_line(text) is None:
            entries[-1] += f" {text}"
        else:
            entries.append(text)
    return entries if any(map(is_timed, entries)) else []
