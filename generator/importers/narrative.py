"""Write-ups that tell the events in prose, without a timeline."""

from __future__ import annotations

from collections.abc import Sequence

from generator.importers.document import (
    WriteUpBlock,
    WriteUpCode,
    WriteUpParagraph,
    WriteUpTable,
)
from generator.importers.draft import Draft, Values
from generator.importers.errors import looks_like_error
from generator.importers.headings import Topic
from generator.importers.milestones import mark_of
from generator.importers.outline import LESSONS, OutlinePart
from generator.importers.timeline_columns import is_timeline
from generator.importers.timeline_sections import Timelines
from generator.importers.told_times import Told, ToldTimes
from generator.importers.words import words

_ASIDE = frozenset((*LESSONS, Topic.TIMELINE, Topic.ACTIONS, Topic.STATS, Topic.ESCALATION, Topic.NOTES, Topic.CHANGES, Topic.VERIFICATION, Topic.FALSE_POSITIVES))  # fmt: skip
MOST_WORDS = 500
"""How many words of a story without headings are its summary."""
_LEAD = 2
_LONGEST_OPENING = 40


class Narrative:
    """The events that a write-up tells in prose; none if it has a timeline.

    Attributes:
        draft: the draft.
    """

    def __init__(self, draft: Draft, parts: Sequence[OutlinePart], timelines: Timelines) -> None:
        self.draft = draft
        self._told: dict[int, list[Told]] = {}
        self._placed: set[int] = set()
        if draft.several or any(_is_timeline(part, timelines) for part in parts):
            return
        blocks = [
            block
            for part in parts
            if part.topic not in _ASIDE
            for block in part.blocks
            if isinstance(block, WriteUpParagraph) and not block.is_image
        ]
        times = ToldTimes(draft.calendar)
        for block in blocks if times.learn([block.text for block in blocks]) else ():
            if told := times.events(block.text):
                self._told[id(block)] = told
        if times.doubtful:
            sure = ((n, [e for e in told if not e.assumed]) for n, told in self._told.items())
            self._told = {number: told for number, told in sure if told}

    def story(self, heading: str, blocks: Sequence[WriteUpBlock], *, lead: bool) -> tuple[list[WriteUpBlock], list[WriteUpBlock]]:  # fmt: skip
        """Read the paragraphs of a section about nothing in particular that tell events.

        Args:
            heading: the heading for notes.
            blocks: the blocks of the section.
            lead: whether it is the first of the write-up, so that it begins with the summary.

        Returns:
            What is of the summary, and what else is not placed yet.
        """
        summary: list[WriteUpBlock] = []
        rest: list[WriteUpBlock] = []
        room = MOST_WORDS if lead else 0
        prose = 0
        for position, block in enumerate(blocks):
            following = blocks[position + 1] if position + 1 < len(blocks) else None
            is_prose = isinstance(block, WriteUpParagraph)
            prose += is_prose
            first = lead and prose <= _LEAD
            if is_prose and not first and self._segments(heading, block):
                continue
            shows = isinstance(following, WriteUpCode) and not looks_like_error(following)
            size = len(words(block.raw))
            if is_prose and not shows and size <= room:
                summary.append(block)
                room -= size
            else:
                rest.append(block)
        return summary, rest

    def _segments(self, heading: str, block: WriteUpBlock) -> bool:
        """Make a paragraph events: each goes on up to the next."""
        told = self._told.get(id(block), [])
        assert isinstance(block, WriteUpParagraph)
        if not told or len(words(block.text[: told[0].begin])) > _LONGEST_OPENING:
            return False
        self._placed.add(id(block))
        begins = [0, *(event.begin for event in told[1:])]
        with self.draft.unit(heading, block.raw, block.text):
            for event, begin, end in zip(told, begins, [*begins[1:], len(block.text)], strict=True):
                self.draft.entry("timeline", _event(event.at, block.text[begin:end]))
            self.draft.seen(block.raw)
        return True

    def finish(self) -> None:
        """Add the events whose paragraphs are in other fields, or in the notes."""
        if number := sum(map(len, self._told.values())):
            noun = "event comes" if number == 1 else "events come"
            self.draft.remarks.append(f"{number} {noun} from sentences in prose. Check them.")
        for number, told in self._told.items():
            if number not in self._placed:
                events = self.draft.fields.setdefault("timeline", [])
                events += [_event(event.at, event.text) for event in told]


def _event(at: str, text: str) -> Values:
    what = text.strip().rstrip(",; ").removesuffix(" and").rstrip(",; ")
    value: Values = {"at": at, "what": what[:1].upper() + what[1:]}
    if mark := mark_of(what):
        value["marks"] = mark.value
    return value


def _is_timeline(part: OutlinePart, timelines: Timelines) -> bool:
    return (
        part.topic is Topic.TIMELINE
        or timelines.is_one(part.section)
        or any(
            timelines.holds(block, part.section)
            or (isinstance(block, WriteUpTable) and is_timeline(block))
            for block in part.blocks
        )
    )
