"""The timelines of a write-up: which section, list or heading is one, and what its headings say."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from generator.importers.dates import days_in
from generator.importers.days import Near
from generator.importers.document import (
    List,
    WriteUpBlock,
    WriteUpParagraph,
    WriteUpSection,
    WriteUpTable,
)
from generator.importers.draft import Draft
from generator.importers.timeline import Timeline
from generator.importers.timeline_entries import is_timed, is_timed_list, time_of
from generator.importers.times import read_stated_time
from generator.importers.zones import stated_zone

_FEWEST_PARAGRAPHS = 3


class Timelines:
    """Reads all timelines of a write-up; those below one heading continue one another.

    Attributes:
        draft: the draft.
        title: the section whose heading is the title of the write-up, if there is one.
    """

    def __init__(self, draft: Draft, title: WriteUpSection | None) -> None:
        self.draft, self.title = draft, title
        self._readers: dict[int, Timeline] = {}
        self._timed: dict[int, bool] = {}
        self._nears: dict[int, Near] = {}

    def read(self, section: WriteUpSection, heading: str, blocks: Sequence[WriteUpBlock]) -> None:
        """Read blocks of a section.

        Args:
            section: the section; a time in its heading is that of the blocks.
            heading: the heading for notes.
            blocks: the blocks.
        """
        chain = self._chain(section)
        # Headings with times beside one another are one timeline.
        top = chain[0] if chain and not read_stated_time(chain[0].heading) else None
        near, around = self._near(section, chain), self._said(chain[:-1])
        reader = self._readers.get(id(top))
        is_time = section is not self.title and read_stated_time(section.heading) is not None
        if reader is None:
            reader = self._readers[id(top)] = Timeline(self.draft, heading, near, around)
        else:
            own = section is not self.title and any(days_in(section.heading))
            reader.part(heading, near, around, own_day=own, is_time=is_time)
            if section is not self.title:
                reader.other_day(section.heading)
        told = reader.headed(section.heading, blocks) if is_time else 0
        reader.read(blocks[told:])

    def is_one(self, section: WriteUpSection) -> bool:
        """Whether a section is a timeline whatever its heading says: most of its paragraphs begin with a time."""
        told = [block for block in section.blocks if isinstance(block, WriteUpParagraph)]
        timed = sum(is_timed(block.text) for block in told)
        rest = [block for block in section.blocks if isinstance(block, List | WriteUpTable)]
        return timed >= _FEWEST_PARAGRAPHS and 2 * timed > len(told) and not rest

    def is_log(self, section: WriteUpSection) -> bool:
        """Whether a section is nothing but updates, each with its day, time and zone, as a page of a status site."""
        stamps = [
            read_stated_time(block.text) if isinstance(block, WriteUpParagraph) else None
            for block in section.blocks
        ]
        return len(stamps) > 1 and all(stamp and stamp.day and stamp.zone for stamp in stamps)

    def holds(self, block: WriteUpBlock, section: WriteUpSection) -> bool:
        """Whether a block of another section tells events whose times are all known."""
        if isinstance(block, WriteUpParagraph) and block.text.strip() in self.draft.several:
            return False
        if isinstance(block, List) and is_timed_list(block):
            texts = [item.text for item in block.items]
        elif (
            isinstance(block, WriteUpParagraph) and self._of_times(section) and is_timed(block.text)
        ):
            texts = block.text.split("\n")
        else:
            return False
        calendar, near = self.draft.calendar, self._near(section, self._chain(section))
        stamps = [stamp for text in texts if (stamp := time_of(text))]
        return all(
            (stamp.day or near.day or calendar.day) and (stamp.zone or near.zone or calendar.zone)
            for stamp in stamps
        )

    def _of_times(self, section: WriteUpSection) -> bool:
        """Whether a section has enough paragraphs that begin with a time."""
        if id(section) not in self._timed:
            texts = [block.text for block in section.blocks if isinstance(block, WriteUpParagraph)]
            timed = sum(
                line_is_timed for text in texts for line_is_timed in map(is_timed, text.split("\n"))
            )
            self._timed[id(section)] = timed >= _FEWEST_PARAGRAPHS
        return self._timed[id(section)]

    def _chain(self, section: WriteUpSection) -> list[WriteUpSection]:
        """Return the section and those around it, from the outermost; without the title."""
        chain: list[WriteUpSection] = []
        at: WriteUpSection | None = section
        while at is not None:
            if at is not self.title and at.heading:
                chain.insert(0, at)
            at = at.parent
        return chain

    def _near(self, section: WriteUpSection, chain: Sequence[WriteUpSection]) -> Near:
        """Return what the headings of a section say, and sentences about all times below them."""
        if id(section) not in self._nears:
            self._nears[id(section)] = self._said(chain)
        return self._nears[id(section)]

    def _said(self, chain: Sequence[WriteUpSection]) -> Near:
        near = Near()
        for section in chain:
            near = self.draft.calendar.within(near, section.heading)
            texts = [block.text for block in section.blocks if isinstance(block, WriteUpParagraph)]
            near = replace(near, zone=stated_zone("\n".join(texts)) or near.zone)
        return near
