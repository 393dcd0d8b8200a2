"""The outline of a write-up: its sections with their topics, and those that only look like text.

Many write-ups have no headings below their title: a bold line, the first line of a list's item, or the
summary of a fold heads what follows. Such a part becomes a section, too.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from generator.importers.document import (
    Html,
    List,
    ListItem,
    WriteUpBlock,
    WriteUpCode,
    WriteUpParagraph,
    WriteUpSection,
)
from generator.importers.draft import PLACES, Draft
from generator.importers.headings import (
    Topic,
    exact_topic,
    heading_topic,
    label_topic,
    may_sum_up,
    may_tell_cause,
    phrase,
    strict_topic,
)
from generator.importers.item_lists import is_item_list
from generator.importers.markings import TAG
from generator.importers.prose import Label
from generator.importers.times import read_stated_time
from generator.importers.words import words

STEPS = {
    Topic.DIAGNOSIS: "diagnosis",
    Topic.MITIGATION: "mitigation",
    Topic.VERIFICATION: "verification",
}
"""The fields that are steps, by their topics."""
LESSONS = frozenset((Topic.LESSONS, Topic.WENT_WELL, Topic.WENT_WRONG, Topic.GOT_LUCKY))
"""The topics of lessons."""
KEEP_ALL = frozenset((Topic.TIMELINE, Topic.ACTIONS, Topic.NOTES))
"""All headings below these belong to them, such as a part of the timeline named "Detection"."""
HEADS = frozenset((*PLACES, *STEPS, Topic.FIX, Topic.CHANGES, Topic.TIMELINE, Topic.ACTIONS, Topic.STATS, Topic.ESCALATION)) - {Topic.USERS, Topic.DATA}  # fmt: skip
"""What a label on a line of its own can head."""
OPEN = frozenset((None, Topic.SUMMARY, Topic.STATS, Topic.SYMPTOM, Topic.IMPACT, Topic.ROOT_CAUSE, Topic.DETECTION, Topic.TRIGGER, Topic.FIX, Topic.MITIGATION))  # fmt: skip
"""Topics whose passages may have labels of other fields."""
# What is told as a whole: a heading below it can mean any field.
_WHOLE = frozenset((None, Topic.SUMMARY, Topic.STATS))
_IN_LESSONS = frozenset((*LESSONS, Topic.ACTIONS, Topic.FACTORS, Topic.TIMELINE))
_MOST_WORDS = 8
_FOLD = re.compile(r"\s*<details\b[^<>]*>\s*(?:<summary\b[^<>]*>(?P<text>[^\0]{0,400}?)</summary>)?\s*\Z", re.IGNORECASE)  # fmt: skip
_TAG = re.compile(r"</?[A-Za-z][^<>]{0,2000}>")
_IMAGE = re.compile(r"<img\b[^<>]{0,2000}>", re.IGNORECASE)
_ATTRIBUTE = re.compile(r"\b(src|alt|title)\s?=\s?(?:\"([^\"]*)\"|'([^']*)')", re.IGNORECASE)


@dataclass(frozen=True)
class OutlinePart:
    """A section with its topic.

    Attributes:
        section: the section, which the write-up may only have as a bold line.
        topic: what it is about.
        above: what the section around it is about.
        blocks: its blocks, without those of sections in it.
    """

    section: WriteUpSection
    topic: Topic | None
    above: Topic | None
    blocks: tuple[WriteUpBlock, ...]


def outline(
    draft: Draft,
    sections: Sequence[WriteUpSection],
    special: Mapping[str, Topic],
    title: WriteUpSection | None,
) -> list[OutlinePart]:
    """Return the parts of a write-up, in order.

    Args:
        draft: the draft, which records tags that are left out.
        sections: the sections of the write-up.
        special: headings that have another meaning in this format.
        title: the section whose heading is the title of the write-up.
    """
    found: dict[int, Topic | None] = {}
    parts: list[OutlinePart] = []
    sides = any(map(_names_side, sections))
    for section in sections:
        above = found.get(id(section.parent)) if section.parent else None
        named = section is not title and section.heading
        topic = topic_below(above, section.heading, special) if named else above
        if named and section.heading in draft.several:
            topic = None  # The time of one of several incidents is no event of this one.
        elif named:
            topic = _of_items(topic, section.blocks)
            if topic is Topic.WENT_WRONG and above not in LESSONS and not sides and _tells_cause(section):  # fmt: skip
                topic = Topic.ROOT_CAUSE
            elif topic is Topic.LESSONS and above is None and may_sum_up(section.heading) and _is_told(section):  # fmt: skip
                topic = Topic.SUMMARY
        found[id(section)] = topic
        splitter = _Splitter(draft, section, topic, special)
        splitter.read()
        parts.append(OutlinePart(section, topic, above, tuple(splitter.own)))
        for made in splitter.made:
            below = _of_items(topic_below(topic, made.heading, special), made.blocks)
            parts.append(OutlinePart(made, below, topic, tuple(made.blocks)))
    return parts


def topic_below(above: Topic | None, heading: str, special: Mapping[str, Topic]) -> Topic | None:
    """Return the topic of a heading below a section about `above`."""
    own = special.get(phrase(heading)) or heading_topic(heading)
    if own is None and read_stated_time(heading):
        own = Topic.TIMELINE
    if above in KEEP_ALL:
        return above
    if above in LESSONS:
        return own if own in _IN_LESSONS else above
    if above in _WHOLE:
        return own or above
    if phrase(heading) in special:
        return own
    strict = strict_topic(heading)
    # "The technical problem" below "Root cause" is about the cause.
    return strict[0] if strict and not strict[1] else above


def _names_side(section: WriteUpSection) -> bool:
    """Whether a section, or a label in it, is about what went well or where there was luck."""
    names = [section.heading]
    for block in section.blocks:
        parts = block.items if isinstance(block, List) else (block,)
        labels = [part.label for part in parts if isinstance(part, WriteUpParagraph | ListItem)]
        names += [label.name for label in labels if label]
    return any(heading_topic(name) in (Topic.WENT_WELL, Topic.GOT_LUCKY) for name in names)


def _tells_cause(section: WriteUpSection) -> bool:
    """Whether "What went wrong" tells the cause as a story; a list below it is one of lessons."""
    return may_tell_cause(section.heading) and _is_told(section)


def _is_told(section: WriteUpSection) -> bool:
    """Whether a section has paragraphs, and no list."""
    blocks = section.blocks
    return any(isinstance(block, WriteUpParagraph) for block in blocks) and not any(
        isinstance(block, List) for block in blocks
    )


def _of_items(topic: Topic | None, blocks: Sequence[WriteUpBlock]) -> Topic | None:
    """Return the topic of a section; a list of action items is one below an unknown or general heading, too."""
    is_open = topic in (None, Topic.LESSONS)
    return Topic.ACTIONS if is_open and any(map(is_item_list, blocks)) else topic


class _Splitter:
    """Splits the blocks of a section.

    Attributes:
        own: the blocks that stay in the section.
        made: the sections in it that have no heading.
    """

    def __init__(self, draft: Draft, section: WriteUpSection, topic: Topic | None, special: Mapping[str, Topic]) -> None:  # fmt: skip
        self.draft, self.section, self.topic, self.special = draft, section, topic, special
        self.own: list[WriteUpBlock] = []
        self.made: list[WriteUpSection] = []
        self.target = self.own

    def read(self) -> None:
        blocks = self.section.blocks
        splits = self.topic not in KEEP_ALL and (self.topic in OPEN or self.topic in LESSONS)
        position = 0
        while position < len(blocks):
            block = blocks[position]
            following = blocks[position + 1] if position + 1 < len(blocks) else None
            position += 1
            if isinstance(block, Html) and self._html(block):
                continue
            label = _label_of(block) if splits else None
            if label:
                value = [WriteUpParagraph(label.value, label.value)] if label.value else []
                if self._heads(label):
                    self._begin(label.name, value)
                    continue
                if self._goes_on(label, following):
                    self._begin(label.name, value)
                    while position < len(blocks) and isinstance(blocks[position], List | WriteUpCode):  # fmt: skip
                        self.target.append(blocks[position])
                        position += 1
                    self.target = self.own
                    continue
            whole = self.topic in _WHOLE or self.topic in LESSONS
            if whole and isinstance(block, List) and self._skeleton(block):
                continue
            self.target.append(block)

    def _begin(self, heading: str, blocks: Sequence[WriteUpBlock]) -> None:
        self.made.append(
            WriteUpSection(heading, self.section.level + 1, list(blocks), self.section)
        )
        self.target = self.made[-1].blocks

    def _known(self, label: Label) -> bool:
        """Whether a label means a field that is not the one around it."""
        named = self.special.get(phrase(label.name)) or label_topic(label.name)
        asks = label.name.endswith("?")
        if self.topic in LESSONS or asks:
            named = named or heading_topic(label.name)
        if not label.bold and not self._is_strict(label.name):
            return False
        if named not in HEADS:
            return False
        below = topic_below(self.topic, label.name, self.special)
        return self.topic in _WHOLE or below is not self.topic or (self.topic in LESSONS and named in LESSONS)  # fmt: skip

    def _is_strict(self, name: str) -> bool:
        return (self.special.get(phrase(name)) or exact_topic(name)) is not None

    def _heads(self, label: Label) -> bool:
        """Whether a label on a line of its own begins a section."""
        if not label.alone:
            return False
        if self._known(label):
            # "The technical problem" below a line "Root cause" is about the cause.
            here = topic_below(self.topic, self.made[-1].heading, self.special) if self.made else None  # fmt: skip
            return here in _WHOLE or here in LESSONS or self._is_strict(label.name)
        # Between such headings, other bold lines are headings, too.
        return bool(
            self.made
            and self.target is not self.own
            and self.topic in _WHOLE
            and label.bold
            and not label.value
            and len(words(label.name)) <= _MOST_WORDS
            and topic_below(self.topic, self.made[-1].heading, self.special) not in KEEP_ALL
        )

    def _goes_on(self, label: Label, following: WriteUpBlock | None) -> bool:
        """Whether a label with a value also heads the list or code below it."""
        return (
            not label.alone
            and label.bold
            and self.topic in _WHOLE
            and isinstance(following, List | WriteUpCode)
            and self._known(label)
        )

    def _skeleton(self, block: List) -> bool:
        """Read a list whose items are sections: `- **Impact**:`, with a list below it."""
        labels = [self._label_of(item) for item in block.items]
        known = sum(label is not None and self._known(label) for label in labels)
        if known < 1 or 2 * sum(label is not None for label in labels) < len(labels):
            return False
        if known < 2 and len(labels) > 1:
            return False
        rest: list[ListItem] = []
        before = self.target
        for item, label in zip(block.items, labels, strict=True):
            if label is None:
                rest.append(item)
                continue
            value = [WriteUpParagraph(label.value, label.value)] if label.value else []
            self._begin(label.name, [*value, *item.below])
        self.target = before
        if rest:
            before.append(List("\n".join(item.raw for item in rest), tuple(rest), block.ordered))
        return True

    def _label_of(self, item: ListItem) -> Label | None:
        """Return what an item with blocks below it is headed by."""
        if not item.below or len(words(item.text)) > 40:
            return None
        label = item.label
        if label and (label.alone or (label.bold and self._known(label))):
            return label
        if exact_topic(item.text):
            return Label(item.text, "", bold=False, alone=True)
        return None

    def _html(self, block: Html) -> bool:
        """Read folds and other tags between paragraphs; False if the block has a text of its own."""
        if fold := _FOLD.match(block.raw):
            # A summary that means a field begins a section already; this one does not.
            self.draft.drop(block.raw, TAG)
            if text := " ".join(_TAG.sub(" ", fold["text"] or "").split()):
                self.draft.leftover_headings.append(text)
            return True
        if words(_TAG.sub(" ", block.raw)):
            return False
        if not _TAG.search(block.raw):
            return False
        self.target += _images(block.raw)
        self.draft.drop(block.raw, TAG)
        return True


def _label_of(block: WriteUpBlock) -> Label | None:
    """Return the label of a paragraph; a line that is only a known heading is one, too."""
    if not isinstance(block, WriteUpParagraph) or block.label:
        return block.label if isinstance(block, WriteUpParagraph) else None
    strict = strict_topic(block.text) if len(words(block.text)) <= _MOST_WORDS else None
    if strict and not strict[1] and exact_topic(block.text):
        return Label(block.text, "", bold=False, alone=True)
    return None


def _images(raw: str) -> Iterator[WriteUpParagraph]:
    """Yield the images of tags, as prose has them."""
    for image in _IMAGE.findall(raw):
        given = {m[1].casefold(): m[2] or m[3] or "" for m in _ATTRIBUTE.finditer(image)}
        text = " ".join((given.get("alt") or given.get("title") or "").split())
        source = given.get("src", "").strip()
        if text or source:
            said = f"{text} ({source})" if text and source else text or source
            yield WriteUpParagraph(said, said, is_image=True)
