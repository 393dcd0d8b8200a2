"""Reads the sections of a write-up into a draft: each passage into the field for its heading."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import pairwise

from generator.importers.blocks import (
    introduces,
    is_empty,
    is_prose,
    label_pairs,
    plain_cells,
    prose_of,
    side_by_side,
)
from generator.importers.changes import (
    is_file_table,
    read_changes,
    read_fix,
)
from generator.importers.document import (
    List,
    ListItem,
    ParsedWriteUp,
    Quote,
    WriteUpBlock,
    WriteUpParagraph,
    WriteUpSection,
    WriteUpTable,
)
from generator.importers.draft import LEAD_IN, LISTED, PLACES, PROSE, Draft
from generator.importers.figures import place_figure, ticket_named
from generator.importers.front_lines import without_front_lines, without_last_lines
from generator.importers.headings import (
    Topic,
    exact_topic,
    heading_topic,
    is_column,
    label_topic,
    phrase,
    without_number,
)
from generator.importers.item_lists import is_action_table
from generator.importers.items import read_items
from generator.importers.narrative import Narrative
from generator.importers.outline import KEEP_ALL, LESSONS, OPEN, STEPS, outline
from generator.importers.prose import Label
from generator.importers.prose_fields import Passages
from generator.importers.several import incidents_told, said_of_several
from generator.importers.status_updates import with_updates
from generator.importers.steps import read_steps
from generator.importers.struck import without_struck
from generator.importers.timeline_columns import is_timeline
from generator.importers.timeline_sections import Timelines
from generator.importers.times import read_stated_time
from generator.importers.words import words

# Topics of labels inside a passage about something else.
_ANYWHERE = frozenset((Topic.MOMENT, Topic.DURATION, Topic.SEVERITY, Topic.DATE, Topic.ZONE, Topic.USERS, Topic.DATA))  # fmt: skip
_IN_PROSE = frozenset((Topic.IMPACT, Topic.ROOT_CAUSE, Topic.TRIGGER, Topic.DETECTION, Topic.MITIGATION, Topic.FIX, Topic.SYMPTOM, Topic.COMPONENTS, Topic.FACTORS))  # fmt: skip
# Only in the lines about the write-up as a whole.
_ABOUT = frozenset((Topic.TITLE, Topic.TAGS, Topic.ALIASES, Topic.ALERTS, Topic.WRITTEN, Topic.SUMMARY))  # fmt: skip
# A list of times in these is a timeline; in other sections, it tells more of what their field is for.
_MIXED = frozenset((None, Topic.SUMMARY, Topic.STATS))

_FEW_WORDS = 400
_LONGEST_VALUE = 200
# A label with no more words behind it, and no field, is a fact about the write-up.
_FACT = 12
_FEWEST_FACTS = 3


def read_sections(draft: Draft, document: ParsedWriteUp, special: Mapping[str, Topic], title: WriteUpSection | None) -> None:  # fmt: skip
    """Read all sections of a write-up.

    Args:
        draft: the draft.
        document: the write-up.
        special: headings that have another meaning in this format.
        title: the section whose heading is the title of the write-up, if there is one.
    """
    of_title = title.heading if title else ""
    for section in document.sections:
        section.blocks[:] = with_updates(draft, section.blocks)
    draft.several = incidents_told(document, title)
    if draft.several:
        draft.remarks.append(said_of_several(draft.several))
    parts = outline(draft, document.sections, special, title)
    has_topics = any(part.topic for part in parts)
    timelines = Timelines(draft, title)
    narrative = Narrative(draft, parts, timelines)
    below_title = _subtitled(document.sections, title)
    for part in parts:
        section, topic, above = part.section, part.topic, part.above
        struck: list[str] = []
        # An action item that is struck out may say what became of it.
        told = part.blocks if topic is Topic.ACTIONS else without_struck(part.blocks, struck)
        blocks = [block for block in told if not is_empty(block)]
        is_about = section is title or not section.heading or (section is below_title and not topic)
        if topic in _MIXED and not is_about and timelines.is_one(section):
            topic = Topic.TIMELINE
        reader = _SectionReader(draft, section, special, above, timelines, about=is_about)
        if is_about and timelines.is_log(section):
            topic, reader.passages.heading = Topic.TIMELINE, of_title
        elif is_about:
            few = sum(len(words(block.raw)) for block in blocks) <= _FEW_WORDS
            topic = Topic.SUMMARY if has_topics or few else None
            reader.passages.heading = of_title
            if section is below_title:
                draft.leftover_headings.append(section.heading)
            if topic is Topic.SUMMARY or not draft.several:
                front: list[WriteUpBlock] = []
                blocks = list(without_front_lines(blocks, front))
                for block in front:
                    reader.passages.note(block)
        elif topic is above and not struck and reader.is_label(blocks):
            continue
        else:
            reader.own_heading(topic)
        last: list[WriteUpBlock] = []
        if part is parts[-1]:
            blocks = without_last_lines(blocks, last)
        for text in struck:
            draft.note(reader.passages.heading, text)
        if topic is None and not draft.several:
            lead, blocks = narrative.story(reader.passages.heading, blocks, lead=is_about)
            reader.read(lead, Topic.SUMMARY)
        if topic is Topic.TIMELINE:
            timelines.read(section, reader.passages.heading, blocks)
        else:
            reader.read(blocks, topic)
        for block in last:
            reader.passages.note(block)
    narrative.finish()


def _subtitled(sections: Sequence[WriteUpSection], title: WriteUpSection | None) -> WriteUpSection | None:  # fmt: skip
    """Return the section below a subtitle: a heading right under the title, smaller than those of the parts."""
    below = [section for section in sections if title and section.parent is title]
    if len(below) < 2 or title is None or any(not is_empty(block) for block in title.blocks):
        return None
    first, others = below[0], below[1:]
    return first if first.level > min(section.level for section in others) else None


class _SectionReader:
    """Reads one section.

    Attributes:
        passages: reads its prose.
        above: the topic of the section around it.
        lead: the heading, if it is inside a topic and must be kept.
    """

    def __init__(self, draft: Draft, section: WriteUpSection, special: Mapping[str, Topic], above: Topic | None, timelines: Timelines, *, about: bool) -> None:  # fmt: skip
        self.draft, self.section, self.special, self.about = draft, section, special, about
        self.above, self.timelines = above, timelines
        self.passages = Passages(draft, section.path, special)
        self.lead = ""

    def own_heading(self, topic: Topic | None) -> None:
        """Place the heading itself."""
        heading = self.section.heading
        if topic in (None, Topic.NOTES):
            self.draft.leftover_headings.append(heading)
            return
        exact = self.special.get(phrase(heading)) or exact_topic(heading)
        if exact is topic:
            self.draft.said_by_field_name(heading)
        elif (heading_topic(heading) is topic and self.above is not topic) or topic in KEEP_ALL or topic in LESSONS or topic in LISTED or topic is Topic.STATS:  # fmt: skip
            self.draft.leftover_headings.append(heading)
        else:
            self.lead = without_number(heading)
            if exact_topic(heading) or not self.section.blocks:
                self.draft.leftover_headings.append(heading)
                self.lead = ""

    def is_label(self, blocks: Sequence[WriteUpBlock]) -> bool:
        """Read a section as a label: `### Date`, and one short line below it.

        Returns:
            Whether it was one; if not, nothing was done.
        """
        named = label_topic(self.section.heading)
        if named not in (*_ANYWHERE, *_ABOUT, Topic.COMPONENTS) or len(blocks) != 1:
            return False
        block = blocks[0]
        if isinstance(block, List) and all(is_prose(block) and not i.below for i in block.items):
            value = ", ".join(item.text for item in block.items)
        elif isinstance(block, WriteUpParagraph) and "\n" not in block.text:
            value = block.text
        else:
            return False
        if len(value) > _LONGEST_VALUE or named in (Topic.SUMMARY, Topic.TITLE):
            return False
        with self.draft.unit(self.passages.heading, block.raw, prose_of(block)):
            placed = place_figure(
                self.draft, named, self.section.heading, value, self.passages.heading
            )
            if not placed:
                self.draft.seen(block.raw)  # It is read again, as any other section.
        return placed

    def read(self, blocks: Sequence[WriteUpBlock], topic: Topic | None) -> None:
        """Read the blocks; labels may move some of them to other fields."""
        run: list[WriteUpBlock] = []
        home = topic
        parts = list(self._taken_apart(blocks, topic))
        facts = _facts(parts)
        for number, block in enumerate(parts):
            label = block.label if isinstance(block, WriteUpParagraph) else None
            named = self._topic_of(label) if label else None
            if label and not label.alone and self._leads_away(named, home, label):
                self._flush(run, home)
                assert isinstance(block, WriteUpParagraph)
                with self.draft.unit(self.passages.heading, block.raw, block.text):
                    if not place_figure(
                        self.draft, named, label.name, label.value, self.passages.heading
                    ):
                        run.append(block)
                        self.draft.seen(block.text)
                continue
            stands_apart = label and label.bold and not label.alone and self.about
            if home is Topic.SUMMARY and (stands_apart or (number in facts and not named)):
                # Facts about the whole write-up that fit in no field: its authors, its status.
                self._flush(run, home)
                self.passages.note(block)
                continue
            run.append(block)
        self._flush(run, home)

    def _topic_of(self, label: Label) -> Topic | None:
        """Return what a label with its value is about: `Issue: OPS-41` names a ticket, not what was seen."""
        named = self.passages.topic_of(label.name)
        return Topic.ALIASES if named is Topic.SYMPTOM and ticket_named(label.value) else named

    def _leads_away(self, named: Topic | None, home: Topic | None, label: Label) -> bool:
        """Whether a label belongs to another field than the passage around it."""
        if named is None or home not in OPEN:
            return False
        if named is Topic.MOMENT:
            return read_stated_time(label.value) is not None
        if named in _ANYWHERE:
            return True
        if home is Topic.STATS or self.about or home is None:
            return named in _IN_PROSE or named in _ABOUT or named in PLACES
        return named in _IN_PROSE and (label.bold or named is home)

    def _taken_apart(
        self, blocks: Sequence[WriteUpBlock], topic: Topic | None
    ) -> Iterator[WriteUpBlock]:
        """Yield the blocks, with tables and lists of labels as one paragraph a label."""
        for block in blocks:
            if isinstance(block, WriteUpTable) and topic in OPEN and not _is_of_entries(block):
                if self._pairs(block):
                    continue
                rows = list(self._labelled_rows(block))
                if rows:
                    yield from rows
                    continue
            if isinstance(block, Quote) and self.about:
                yield from block.blocks
                continue
            if isinstance(block, List) and topic in OPEN and not (topic in _MIXED and self.timelines.holds(block, self.section)):  # fmt: skip
                yield from self._labelled_items(block, topic)
                continue
            yield block

    def _labelled_rows(self, table: WriteUpTable) -> Iterator[WriteUpParagraph]:
        rows = [list(table.header.cells), *plain_cells(table)]
        raws = [table.header.raw, *(row.raw for row in table.rows)]
        if len(table.header.cells) != 2:
            return
        head = rows[0]
        if (is_column(head[0], "key") and is_column(head[1], "value")) or not any(head):
            with self.draft.unit(self.passages.heading, raws[0]):
                self.draft.said_by_field_name(f"{head[0]} {head[1]}")
            rows, raws = rows[1:], raws[1:]
        told = sum(self.passages.topic_of(row[0]) is not None for row in rows)
        if not rows or (2 * told < len(rows) and not self.about):
            return
        for row, raw in zip(rows, raws, strict=True):
            if any(row):
                label = Label(row[0].rstrip(": "), row[1], bold=True, alone=False)
                yield WriteUpParagraph(raw, f"{label.name}: {row[1]}", label)

    def _pairs(self, table: WriteUpTable) -> bool:
        """Read a table with two labels and their values in a row; False if it is another table."""
        pairs = label_pairs(table)
        told = sum(self.passages.topic_of(name) is not None for name, _ in pairs)
        if not side_by_side(table) or 3 * told < len(pairs):
            return False
        if not all(map(words, table.header.cells)):
            self.draft.leftover_headings += filter(words, table.header.cells)
        heading = self.passages.heading
        for name, value in pairs:
            named = self._topic_of(Label(name, value, bold=True, alone=False))
            with self.draft.unit(heading, f"{name}: {value}", f"- {name}: {value}"):
                place_figure(self.draft, named, name, value, heading)
        return True

    def _labelled_items(self, block: List, topic: Topic | None) -> Iterator[WriteUpBlock]:
        """Yield the items that are labels, and the rest as a list."""
        rest: list[ListItem] = []
        facts = self.about and all(i.label and i.label.value and not i.below for i in block.items)
        for item in block.items:
            label = item.label
            named = self._topic_of(label) if label else None
            first = item.blocks[0] if item.blocks else None
            away = label and not label.alone and self._leads_away(named, topic, label)
            about = topic is Topic.STATS or (self.about and label and (label.bold or facts))
            if label and not item.below and (away or about) and isinstance(first, WriteUpParagraph):
                if rest:
                    yield List("\n".join(i.raw for i in rest), tuple(rest), block.ordered)
                    rest = []
                # A list of nothing but labels is about the page: `- Created by: ...`.
                yield replace(first, label=replace(label, bold=True)) if facts else first
            else:
                rest.append(item)
        if len(rest) == len(block.items):
            yield block
        elif rest:
            yield List("\n".join(i.raw for i in rest), tuple(rest), block.ordered)

    def _flush(self, run: list[WriteUpBlock], topic: Topic | None) -> None:
        """Read the collected blocks as one topic."""
        blocks, lead = list(run), self.lead
        run.clear()
        if not blocks:
            return
        self.lead = ""
        special = [b for b in blocks if topic is not Topic.TIMELINE and self._entries(b, topic)]
        leads = [a for a, b in pairwise(blocks) if b in special and introduces(a)]
        for lead_in in leads:
            self.draft.drop(lead_in.raw, LEAD_IN)
        blocks = [block for block in blocks if block not in special and block not in leads]
        if topic is Topic.TIMELINE:
            self._timeline(blocks)
        elif topic is Topic.ACTIONS:
            read_items(self.draft, blocks, self.passages.heading, self.section.heading)
        elif topic is Topic.FIX:
            read_fix(self.draft, blocks, self.passages.heading, lead)
        elif topic is Topic.CHANGES:
            read_changes(self.draft, blocks, self.passages.heading, lead)
        elif topic in STEPS:
            read_steps(self.draft, STEPS[topic], blocks, self.passages.heading, lead)
        elif topic in LISTED:
            self.passages.statements(blocks, topic)
        elif topic in PROSE:
            self.passages.prose(blocks, topic, lead)
        elif topic is Topic.ESCALATION:
            self.passages.escalation(blocks)
        else:
            for block in blocks:
                self.passages.note(block)

    def _entries(self, table: WriteUpBlock, topic: Topic | None) -> bool:
        """Read a table whose columns show what it is, or a list of times; False if it is neither."""
        timed = topic in _MIXED and self.timelines.holds(table, self.section)
        if timed or (isinstance(table, WriteUpTable) and is_timeline(table)):
            self._timeline([table])
        elif not isinstance(table, WriteUpTable):
            return False
        elif topic is not Topic.ACTIONS and is_action_table(table):
            read_items(self.draft, [table], self.passages.heading, self.section.heading)
        elif topic not in (Topic.CHANGES, Topic.ACTIONS) and is_file_table(table):
            read_changes(self.draft, [table], self.passages.heading, "")
        else:
            return False
        return True

    def _timeline(self, blocks: Sequence[WriteUpBlock]) -> None:
        self.timelines.read(self.section, self.passages.heading, blocks)


def _facts(blocks: Sequence[WriteUpBlock]) -> set[int]:
    """Return the places of short labels with a value, such as `Incident lead: Ada`, that stand together.

    Three with bold names, or two neighbours of which neither value is a sentence.
    """
    labels = [block.label if isinstance(block, WriteUpParagraph) else None for block in blocks]
    short = {n: label for n, label in enumerate(labels) if label and not label.alone and len(words(label.value)) <= _FACT}  # fmt: skip
    bold = {n for n, label in enumerate(labels) if label and label.bold and not label.alone}
    plain = {n for n, label in short.items() if not label.value.endswith((".", "!", "?"))}
    found = {n for n in plain if n - 1 in plain or n + 1 in plain}
    return found | (bold & short.keys() if len(bold) >= _FEWEST_FACTS else set())


def _is_of_entries(table: WriteUpTable) -> bool:
    """Whether a table lists events, action items or files by its columns."""
    return is_timeline(table) or is_action_table(table) or is_file_table(table)
