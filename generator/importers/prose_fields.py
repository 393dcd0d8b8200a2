"""Passages of prose: paragraphs of fields, lists of statements, and notes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from generator.importers.blocks import (
    is_prose,
    item_prose,
    list_prose,
    note_text,
    one_line_code,
    prose_of,
    table_prose,
)
from generator.importers.changes import file_in, is_file_label, read_fix
from generator.importers.document import (
    List,
    ListItem,
    Quote,
    WriteUpBlock,
    WriteUpCode,
    WriteUpParagraph,
    WriteUpTable,
)
from generator.importers.draft import Draft
from generator.importers.errors import errors_in, place_error_of
from generator.importers.figures import alerts_in, with_label
from generator.importers.headings import Topic, label_topic, phrase
from generator.importers.milestones import mark_of
from generator.importers.response import place_command
from generator.importers.snippets import code_change
from generator.importers.words import words

_LONGEST_ROLE = 120
# The fields whose text quotes the error of this incident.
_QUOTE_ERRORS = frozenset(
    (
        Topic.SYMPTOM,
        Topic.SUMMARY,
        Topic.IMPACT,
        Topic.DETECTION,
        Topic.ROOT_CAUSE,
        Topic.TRIGGER,
        Topic.FACTORS,
    )
)


class Passages:
    """Reads the passages under one heading.

    Attributes:
        draft: the draft.
        heading: the heading for notes.
        special: headings and labels that have another meaning in this format.
    """

    def __init__(self, draft: Draft, heading: str, special: Mapping[str, Topic]) -> None:
        self.draft, self.heading, self.special = draft, heading, special

    def topic_of(self, label: str) -> Topic | None:
        """Return the topic of a label in this format."""
        moment = Topic.MOMENT if mark_of(label) else None
        return self.special.get(phrase(label)) or label_topic(label) or moment

    def note(self, block: WriteUpBlock) -> None:
        """Keep a block as a note; the lines of labels become a list."""
        if isinstance(block, WriteUpCode) and place_error_of(self.draft, block):
            self.draft.seen(block.raw)
            return
        text = note_text(block) or block.raw
        labelled = isinstance(block, WriteUpParagraph) and block.label and not block.label.alone
        self.draft.note(self.heading, f"- {text}" if labelled else text)

    def prose(self, blocks: Sequence[WriteUpBlock], topic: Topic, lead: str) -> None:
        """Read blocks into a field of prose; `lead` is the heading at the beginning of the first."""
        draft, before = self.draft, ""
        for block in blocks:
            above, before = before, block.text if isinstance(block, WriteUpParagraph) else ""
            with draft.unit(self.heading, block.raw):
                if isinstance(block, WriteUpCode):
                    self._code(block, topic, above)
                elif is_prose(block):
                    text = prose_of(block)
                    label = block.label if isinstance(block, WriteUpParagraph) else None
                    if label and label.value and self.topic_of(label.name) is topic:
                        text = with_label(draft, label.name, label.value)
                    if lead:
                        text, lead = f"{lead}: {text}" if not isinstance(block, List) else f"{lead}:\n\n{text}", ""  # fmt: skip
                    draft.passage(topic, text)
                    alerts_in(draft, text)
                    self._errors(topic, text)
                    if found := _file_of(block):
                        draft.last_file = found
                elif isinstance(block, List):
                    self._mixed_list(block, topic)
                elif isinstance(block, Quote):
                    self.prose(block.blocks, topic, "")
                elif isinstance(block, WriteUpTable) and (text := table_prose(block)):
                    if lead:
                        text, lead = f"{lead}:\n\n{text}", ""
                    draft.passage(topic, text)
                    self._errors(topic, text)
        if lead:
            draft.leftover_headings.append(lead)

    def _errors(self, topic: Topic, text: str) -> None:
        if topic in _QUOTE_ERRORS:
            errors_in(self.draft, text)

    def _mixed_list(self, block: List, topic: Topic) -> None:
        """Read a list with code or tables: its prose into this field, the rest into other fields."""
        for item in block.items:
            prose = tuple(part for part in item.blocks if is_prose(part))
            if prose:
                text = list_prose(
                    List(item.raw, (ListItem(item.raw, prose, item.checked),), ordered=False)
                )
                self.draft.passage(topic, text)
                self._errors(topic, text)
            for part in item.blocks:
                if not is_prose(part):
                    with self.draft.unit(self.heading, part.raw):
                        if isinstance(part, WriteUpCode):
                            self._code(part, topic, item.text)

    def _code(self, code: WriteUpCode, topic: Topic, above: str) -> None:
        """Place code in prose: an error, a step, a change, one line; else it becomes a note."""
        draft = self.draft
        if place_error_of(draft, code) or place_command(draft, code, above, topic):
            return
        change = code_change(code, "") if topic is Topic.ROOT_CAUSE else None
        if change and {"before", "after"} <= set(change):
            read_fix(draft, [code], self.heading, "")
        elif (line := one_line_code(code.text)) is not None:
            draft.passage(topic, line)
            draft.seen(code.text)

    def statements(self, blocks: Sequence[WriteUpBlock], topic: Topic) -> None:
        """Read blocks into a list of statements: each item of a list one, each paragraph one."""
        draft = self.draft
        for position, block in enumerate(blocks):
            following = blocks[position + 1] if position + 1 < len(blocks) else None
            with draft.unit(self.heading, block.raw, note_text(block)):
                if isinstance(block, List):
                    for item in block.items:
                        with draft.unit(self.heading, item.raw):
                            self._statement(item, topic)
                elif isinstance(block, WriteUpParagraph) and isinstance(following, List) and len(words(block.text)) < 6:  # fmt: skip
                    continue  # A heading in another form; it becomes a note.
                elif isinstance(block, WriteUpCode) and place_error_of(draft, block):
                    continue
                elif is_prose(block):
                    draft.passage(topic, prose_of(block))
                    self._errors(topic, prose_of(block))

    def _statement(self, item: ListItem, topic: Topic) -> None:
        """Read an item as a statement; commands below it may be a step."""
        steps = [
            part
            for part in item.below
            if isinstance(part, WriteUpCode) and place_command(self.draft, part, item.text, topic)
        ]
        rest = tuple(part for part in item.blocks if part not in steps)
        if all(map(is_prose, rest)):
            text = item_prose(ListItem(item.raw, rest, item.checked))
            self.draft.passage(topic, text)
            self._errors(topic, text)

    def escalation(self, blocks: Sequence[WriteUpBlock]) -> None:
        """Read a list of roles; everything else stays as a note."""
        draft = self.draft
        for block in blocks:
            with draft.unit(self.heading, block.raw, note_text(block)):
                items = block.items if isinstance(block, List) else ()
                for item in items:
                    text = item_prose(item)
                    if "\n" not in text and len(text) <= _LONGEST_ROLE:
                        draft.entry("escalation", {"role": text})


def _file_of(block: WriteUpBlock) -> tuple[str, int | None] | None:
    """Return the file that a labelled line of a block names: `**File**: ...`."""
    items = block.items if isinstance(block, List) else ()
    labels = [item.label for item in items] if items else [getattr(block, "label", None)]
    for label in labels:
        if label and is_file_label(label.name) and (found := file_in(label.value)):
            return found
    return None
