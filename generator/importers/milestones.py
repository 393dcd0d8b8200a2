"""Finds the milestone that an event states in so many words: its start, detection, and so on."""

from __future__ import annotations

import re
from collections.abc import Iterator

from generator.model import Moment

_IT = r"(?:the )?(?:(?:main|customer|user) )?(?:problem|incident|issue|outage|impact|alert|disruption|degradation)"
# Explicit words for milestones: in parentheses, as a label, in capitals, or as the whole text.
_MARKS: tuple[tuple[str, Moment], ...] = (
    (rf"{_IT} (?:is |was |has )?(?:started|starts|start|begins|began|begun)|started|(?:start|beginning) of {_IT}", Moment.STARTED),
    (rf"(?:{_IT} |first )?(?:is |was |has been )?(?:detected|(?:automated |automatic )?detection)", Moment.DETECTED),
    (rf"(?:{_IT} )?(?:is |was |has been )?acknowledged", Moment.ACKNOWLEDGED),
    (rf"(?:{_IT} )?(?:is |was |has been )?escalated", Moment.ESCALATED),
    (rf"(?:{_IT} )?(?:is |was |has been )?mitigated", Moment.MITIGATED),
    (rf"(?:{_IT} )?(?:is |was |has been )?(?:fully )?(?:resolved|over|ended|ends|closed|repaired)|end of {_IT}|all clear", Moment.RESOLVED),
)  # fmt: skip
_IN_PARENTHESES = re.compile(r"\(([^()]{3,40})\)")
_LABEL = re.compile(r"\A\W*+([\w ]{3,40}?)(?:\s*+:|\s++(?:--|[-\u2013\u2014])\s)")
_IN_CAPITALS = re.compile(r"\A\W*+([A-Z]{4,}(?: [A-Z]{2,}){0,4})\b")
_CAPITALS_BEHIND = re.compile(r"(?<![A-Za-z])([A-Z]{4,20}(?: [A-Z]{2,20}){1,4})\W{0,9}\Z")
# "Incident detected by the alert ..." says no less; "resolved for some users" says something else.
_SENTENCE = re.compile(rf"\A\W*+({_IT} (?:is |was |has been |has )?(?:\w+))(?=\s*+(?:[.,;:!(\u2014-]|\Z|by\b|via\b|through\b|at\b))", re.IGNORECASE)  # fmt: skip
# Sentences, and the cells of a row, which follow one another with a semicolon or a point.
_PARTS = re.compile(r"[.!;]\s|\s\u00b7\s")
_HEAD = re.compile(r"[\w ]{1,30}:\s")
_OF_IT = re.compile(rf"(?:{_IT}\b.*|.*\bof {_IT})", re.IGNORECASE)
# By themselves, other words may be about something else: `Started`, `Closed`.
_ALONE = re.compile(
    r"(?:fully )?(?:mitigated|resolved|detected|all clear|(?:automated |automatic |first )detection)",
    re.IGNORECASE,
)
_NOT_YET = re.compile(r"\b(?:not|never|partially|partly|almost|nearly|believed|assumed|appears|seems|thought)\b|\?", re.I)  # fmt: skip
# Words of labels whose topic is a milestone.
_MOMENTS: tuple[tuple[str, Moment], ...] = (
    (
        r"start|beg[ia]n|debut|d\u00e9but|inicio|in\u00edcio|\u958b\u59cb|\u767a\u751f",
        Moment.STARTED,
    ),
    (r"detect|erkannt|bemerkt|\u691c\u77e5", Moment.DETECTED),
    (r"acknowledge", Moment.ACKNOWLEDGED),
    (r"mitigat", Moment.MITIGATED),
    (
        r"end|resolved|behoben|gel\u00f6st|\bfin\b|\bfim\b|\u7d42\u4e86|\u5fa9\u65e7|\u89e3\u6d88",
        Moment.RESOLVED,
    ),
)
_PAGED = re.compile(
    r"\b(?:(?:is|are|was|were|am|got|gets|been|we['\u2019]re|being) (?:\w{1,12} )?paged|paged (?:by|via|through|again)"
    r"|pages? (?:the )?(?:[\w-]{1,20} ){0,3}on-?call|receives? (?:an? |the )?(?:\w{1,12} )?page(?:r\b|s?\b)|received (?:an? |the )?(?:\w{1,12} )?page(?:r\b|s?\b)"
    r"|(?:monitor(?:s|ing)?|alerts?|alarms?|alerting|probes?) (?:[\w-]{1,20} ){0,3}detected|page(?:r|rduty)? (?:fires|fired|goes off|went off|alerts?|alerted))\b",
    re.IGNORECASE,
)


def mark_of(what: str) -> Moment | None:
    """Return the milestone that an event explicitly states, or None.

    Args:
        what: what happened, as prose.
    """
    if _NOT_YET.search(what[:200]):
        return None
    told = _IN_PARENTHESES.findall(what)
    told += [match[1] for form in (_LABEL, _IN_CAPITALS, _SENTENCE) if (match := form.match(what))]
    told += _CAPITALS_BEHIND.findall(what)
    told += _parts(what)
    told.append(what.strip(" .!*"))
    for text in told:
        plain = " ".join(text.split())
        for pattern, moment in _MARKS:
            if re.fullmatch(pattern, plain, re.IGNORECASE):
                return moment
    return None


def moment_of(label: str) -> Moment | None:
    """Return the milestone that a label of a time means, such as `Start time` and `Ende`."""
    plain = label.casefold()
    return next((m for pattern, m in _MOMENTS if re.search(pattern, plain)), None) or mark_of(label)


def is_page(what: str) -> bool:
    """Whether an event says that somebody was paged, by which an incident is detected at the latest."""
    return _PAGED.search(what) is not None and not _NOT_YET.search(what[:200])


def _parts(what: str) -> Iterator[str]:
    """Yield the sentences and cells of a text, and the ends of sentences, that can state a milestone."""
    for part in _PARTS.split(what):
        plain = part.strip(" .!*_")
        head = _HEAD.match(plain)
        first, comma, _ = plain.partition(", ")
        for text in (plain, plain[head.end() :] if head else "", first if comma else ""):
            if _OF_IT.fullmatch(text) or _ALONE.fullmatch(text):
                yield text
        if comma and _OF_IT.fullmatch(last := plain.rpartition(", ")[2]):
            yield last
    last_word = what.rstrip(" .!*_").rpartition(" ")[2].strip("*_")
    if last_word.isupper() and _ALONE.fullmatch(last_word):
        yield last_word
