"""Write-ups that tell of several incidents, as a report of a month does: a draft is one incident."""

from __future__ import annotations

import re
from collections.abc import Iterator

from generator.importers.dates import DayOrder, days_in
from generator.importers.document import List, ParsedWriteUp, WriteUpParagraph, WriteUpSection
from generator.importers.headings import Topic, heading_topic
from generator.importers.timeline_entries import is_timed, is_timed_list
from generator.importers.words import words

_FEWEST_WORDS = 25
_MOST_NAMED = 3
_LEAD = 3_000
# `In June, we had four incidents`, `three separate outages`.
_SAYS_SO = re.compile(
    r"\b(?:two|three|four|five|six|seven|eight|nine|ten|several|multiple|[2-9]|1\d)\s(?:[\w-]{1,20}\s){0,2}(?:incidents|outages|disruptions)\b",
    re.IGNORECASE,
)
_LASTED = re.compile(r"\b(?:lasting|lasted|duration)\b", re.IGNORECASE)
_NUMBERED = re.compile(r"\W{0,9}(?:incident|outage)\s?#?(?:\d{1,2}|[A-H]|one|two|three|four)(?![\w-])", re.IGNORECASE)  # fmt: skip


def incidents_told(document: ParsedWriteUp, title: WriteUpSection | None) -> tuple[str, ...]:
    """Return the headings of the incidents that a write-up tells of; empty if it is one incident.

    They are numbered, or each names another day and the write-up says that there are several, or how long each
    lasted. Days of one incident, and the days of a timeline, are not several incidents.
    """
    stories = [heading for heading, told in _stories(document, title) if told >= _FEWEST_WORDS]
    numbered = [heading for heading in stories if _NUMBERED.match(heading)]
    if len(numbered) > 1:
        return tuple(numbered)
    dated: dict[tuple[tuple[int, int, DayOrder | None], ...], str] = {}
    for heading in stories:
        if day := next((stated for _, stated in days_in(heading)), None):
            dated.setdefault(day.readings, heading)
    lasted = sum(_LASTED.search(heading) is not None for heading in dated.values())
    says_so = _SAYS_SO.search(_lead(document)) is not None
    return tuple(dated.values()) if len(dated) > 1 and (says_so or lasted > 1) else ()


def said_of_several(headings: tuple[str, ...]) -> str:
    """Return what somebody should know about a write-up of several incidents."""
    named = "; ".join(" ".join(heading.split())[:80] for heading in headings[:_MOST_NAMED])
    more = "; ..." if len(headings) > _MOST_NAMED else ""
    return f"The write-up seems to tell of {len(headings)} incidents ({named}{more}). A draft is one incident: split the write-up, and import each part."  # fmt: skip


def _lead(document: ParsedWriteUp) -> str:
    blocks = [block for section in document.sections[:2] for block in section.blocks[:6]]
    headings = [section.heading for section in document.sections[:1]]
    return "\n".join([*headings, *(block.raw for block in blocks)])[:_LEAD]


def _stories(document: ParsedWriteUp, title: WriteUpSection | None) -> Iterator[tuple[str, int]]:
    """Yield each heading, bold lines among them, with how many words of prose stand below it."""
    found: dict[int, list[int]] = {}
    headings: list[tuple[str, list[int]]] = []
    for section in document.sections:
        around: list[list[int]] = []
        at: WriteUpSection | None = section.parent
        is_timeline = heading_topic(section.heading) is Topic.TIMELINE
        while at is not None:
            is_timeline = is_timeline or heading_topic(at.heading) is Topic.TIMELINE
            around += [found[id(at)]] if id(at) in found else []
            at = at.parent
        if is_timeline:
            continue
        own = found.setdefault(id(section), [0])
        if section is not title and section.heading:
            headings.append((section.heading, own))
        target = own
        for block in section.blocks:
            label = block.label if isinstance(block, WriteUpParagraph) else None
            if label and label.bold and label.alone and not label.value:
                target = [0]
                headings.append((label.name, target))
            elif isinstance(block, WriteUpParagraph | List) and not _is_entry(block):
                for count in {id(each): each for each in (target, own, *around)}.values():
                    count[0] += len(words(block.raw))
    for heading, count in headings:
        yield heading, count[0]


def _is_entry(block: WriteUpParagraph | List) -> bool:
    return is_timed_list(block) if isinstance(block, List) else is_timed(block.text)
