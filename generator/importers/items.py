"""Action items: lists, tables and paragraphs."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from generator.importers.blocks import (
    all_prose,
    introduces,
    is_prose,
    item_prose,
    note_text,
    prose_of,
)
from generator.importers.document import (
    List,
    ListItem,
    WriteUpBlock,
    WriteUpParagraph,
    WriteUpTable,
)
from generator.importers.draft import LEAD_IN, Draft, Values
from generator.importers.due_days import due_in
from generator.importers.headings import state_word
from generator.importers.item_details import (
    PRIORITY,
    details_of,
    labelled,
)
from generator.importers.item_lists import says_more, tells_details
from generator.importers.item_tables import note_said, ordered, read_table
from generator.importers.struck import given_up, is_struck, without_struck
from generator.importers.words import words
from generator.model import ItemState, Priority

# A bold line above a list is an item, unless it only groups the items below it.
_GROUPS = re.compile(
    r"\b(?:term|immediate(?:ly)?|prevent\w*|detect\w*|mitigat\w*|process|phases?|priority|P[0-4]|teams?|done|completed?"
    r"|open|to ?do|other|next|future|now|later|weeks?|months?|days?|items?|actions?|follow|improvements?|Q[1-4])\b",
    re.IGNORECASE,
)
# A heading above items may state the status of all of them.
_STATES_ABOVE = {
    "completed": ItemState.DONE,
    "done": ItemState.DONE,
    "in progress": ItemState.IN_PROGRESS,
    "proposed": ItemState.PROPOSED,
    "not planned": ItemState.DROPPED,
    "rejected": ItemState.DROPPED,
    "dropped": ItemState.DROPPED,
    "declined": ItemState.DROPPED,
}
_MOST_WORDS_ABOVE = 6
_FOOTNOTE = re.compile(r"\[\d{1,3}\]\s")
_STATE_ABOVE = re.compile(rf"\b(?:{'|'.join(_STATES_ABOVE)})\b", re.IGNORECASE)


def read_items(draft: Draft, blocks: Sequence[WriteUpBlock], heading: str, above: str) -> None:
    """Read blocks as action items.

    Args:
        draft: the draft.
        blocks: the blocks.
        heading: the heading for a note.
        above: the heading directly above, which may name a priority: `Immediate (P0)`.
    """
    items = _Items(draft, heading, above)
    items.below(above)
    items.read(joined_lists(blocks))


def joined_lists(blocks: Sequence[WriteUpBlock]) -> list[WriteUpBlock]:
    """Join a numbered list that other blocks interrupt: what is between belongs to the item above it."""
    joined: list[WriteUpBlock] = []
    at, items = -1, list[ListItem]()
    for block in blocks:
        if isinstance(block, List) and block.ordered:
            first = joined[at] if at >= 0 else None
            if isinstance(first, List) and block.first == first.first + len(items):
                between = joined[at + 1 :]
                if between:
                    items[-1] = _with(items[-1], between)
                    del joined[at + 1 :]
                items += block.items
                continue
            if at >= 0:
                joined[at] = _list(joined[at], items)
            at, items = len(joined), list(block.items)
        joined.append(block)
    if at >= 0:
        joined[at] = _list(joined[at], items)
    return joined


def _list(first: WriteUpBlock, items: list[ListItem]) -> WriteUpBlock:
    assert isinstance(first, List)
    if len(items) == len(first.items):
        return first
    return List("\n".join(item.raw for item in items), tuple(items), first.ordered, first.first)


def _with(item: ListItem, below: Sequence[WriteUpBlock]) -> ListItem:
    raw = "\n".join((item.raw, *(block.raw for block in below)))
    return ListItem(raw, (*item.blocks, *below), item.checked)


@dataclass
class _Items:
    """Reads action items.

    Attributes:
        draft: the draft.
        heading: the heading for a note.
        above: the heading directly above.
        priority: the priority of items that do not say one.
        state: their state.
    """

    draft: Draft
    heading: str
    above: str = ""
    priority: str | None = None
    state: ItemState = ItemState.UNKNOWN

    def below(self, heading: str) -> None:
        """Take what a heading says about all items below it."""
        found, told = PRIORITY.search(heading), _STATE_ABOVE.search(heading)
        word = state_word(heading)
        self.priority = Priority(f"P{found[1]}").value if found else None
        self.state = _STATES_ABOVE[told[0].casefold()] if told else ItemState.UNKNOWN
        if not told and word and word[1]:
            self.state = word[0]

    def _below_line(self, text: str) -> None:
        """Take what a line such as `Not planned:` says about the list below it."""
        word = state_word(text)
        says = PRIORITY.search(text) or (word and word[1])
        self.below(text if says and len(words(text)) <= _MOST_WORDS_ABOVE else self.above)

    def read(self, blocks: Sequence[WriteUpBlock]) -> None:
        """Read blocks; a list below an item that introduces it belongs to the item."""
        position = 0
        beside = any(isinstance(b, List) and len(b.items) > 1 for b in blocks) or any(map(tells_details, blocks))  # fmt: skip
        while position < len(blocks):
            block = blocks[position]
            following = blocks[position + 1] if position + 1 < len(blocks) else None
            position += 1
            if isinstance(following, List) and not following.ordered and self._takes_list(block):
                if isinstance(block, List):
                    items = (*block.items[:-1], _with(block.items[-1], [following]))
                    block = List(f"{block.raw}\n{following.raw}", items, block.ordered, block.first)
                else:
                    item = _with(ListItem(block.raw, (block,)), [following])
                    block = List(item.raw, (item,), ordered=False)
                position += 1
            with self.draft.unit(self.heading, block.raw, note_text(block)):
                if isinstance(block, WriteUpParagraph) and (
                    is_struck(block.text) or _is_remark(block, following, beside=beside)
                ):
                    continue
                self._block(block, following)

    def _takes_list(self, block: WriteUpBlock) -> bool:
        """Whether a list below a block belongs to its last item."""
        if isinstance(block, List):
            last = block.items[-1].blocks[-1:] if block.items else ()
            return block.ordered and any(_introduces(part) for part in last)
        return (
            _is_bold_line(block)
            and len(words(block.raw)) > 2
            and not _introduces(block)
            and not _GROUPS.search(block.raw)
        )

    def _block(self, block: WriteUpBlock, following: WriteUpBlock | None) -> None:
        if isinstance(block, List):
            for item in block.items:
                with self.draft.unit(self.heading, item.raw):
                    self._item(item)
        elif isinstance(block, WriteUpTable):
            read_table(self.draft, block, self.priority, self.state, self.heading)
        elif _is_bold_line(block) and isinstance(following, List | WriteUpTable):
            self.below(block.raw)
            self.draft.leftover_headings.append(prose_of(block))
            self.draft.seen(block.raw)
        elif isinstance(block, WriteUpParagraph) and isinstance(following, List) and _introduces(block):  # fmt: skip
            self._below_line(block.text)
            if introduces(block):
                self.draft.drop(block.raw, LEAD_IN)
        elif isinstance(block, WriteUpParagraph) and self._goes_on(block):
            return
        elif is_prose(block):
            self._add(prose_of(block), {})

    def _goes_on(self, block: WriteUpParagraph) -> bool:
        """Read a line such as `Owner: Web team` below an item; False if it is something else."""
        items = self.draft.fields.get("action_items", ())
        label = block.label
        found = labelled(f"{label.name}: {label.value}") if label and label.value else None
        if not items or found is None or not found[2] or items[-1].get(found[0], found[1]) != found[1]:  # fmt: skip
            return False
        value = {**items[-1], found[0]: found[1]}
        items[-1].clear()
        items[-1].update(ordered(value))
        note_said(self.draft, block.text, found[1])
        self.draft.count("action_items", found[1])
        return True

    def _item(self, item: ListItem) -> None:
        values: Values = {}
        if is_struck(item.text):
            if told := given_up(item.text):
                self._add("\n".join((told[0], *map(prose_of, item.below))), {"state": told[1]})
            return
        struck: list[str] = []
        item = ListItem(item.raw, tuple(without_struck(item.blocks, struck)), item.checked)
        for text in struck:
            self.draft.note(self.heading, text)
            self.draft.seen(text)
        if item.checked is not None:
            values["state"] = (ItemState.DONE if item.checked else ItemState.OPEN).value
        blocks: list[WriteUpBlock] = []
        for position, block in enumerate(item.blocks):
            rest, found = self._details_below(block) if position else (block, {})
            values.update(found)
            if rest is not None and is_prose(rest):
                blocks.append(rest)
        text = item_prose(ListItem(item.raw, tuple(blocks))) if item.text else all_prose(blocks)
        if any(c.isalnum() for c in text):
            self._add(text, values)

    def _details_below(self, block: WriteUpBlock) -> tuple[WriteUpBlock | None, Values]:
        """Return a block below an item without the lines that are details: `- Owner: Web team`."""
        values: Values = {}
        lines = block.items if isinstance(block, List) else (block,)
        rest = []
        for line in lines:
            has_more = isinstance(line, ListItem) and line.below
            label = None if has_more else getattr(line, "label", None)
            text = f"{label.name}: {label.value}" if label and label.value else ""
            found = labelled(text)
            if found and found[2] and found[0] not in values:
                values[found[0]] = found[1]
                note_said(self.draft, text, found[1])
            else:
                rest.append(line)
        if not values:
            return block, values
        if not rest or not isinstance(block, List):
            return None, values
        items = tuple(part for part in rest if isinstance(part, ListItem))
        return List("\n".join(item.raw for item in items), items, block.ordered), values

    def _add(self, text: str, values: Values) -> None:
        details = details_of(text)
        for said in details.said:
            note_said(self.draft, said, " ".join(details.values.values()))
        value = {**details.values, **values, "do": details.do}
        if "due" not in value and (due := due_in(text, self.draft.calendar)):
            value["due"] = due.isoformat()
        if self.priority:
            value.setdefault("priority", self.priority)
        value.setdefault("state", self.state.value)
        self.draft.entry("action_items", ordered(value))


def _is_remark(block: WriteUpParagraph, following: WriteUpBlock | None, *, beside: bool) -> bool:
    """Whether a paragraph is no item: a footnote, or a remark beside the list of items: "One ticket each, please."."""
    if _FOOTNOTE.match(block.text):
        return True
    leads = isinstance(following, List | WriteUpTable) and _is_bold_line(block)
    return (
        beside
        and not leads
        and not says_more(block.text)
        and not introduces(block)
        and (block.label is None or labelled(f"{block.label.name}: {block.label.value}") is None)
    )


def _is_bold_line(block: WriteUpBlock) -> bool:
    label = block.label if isinstance(block, WriteUpParagraph) else None
    return label is not None and label.bold and label.alone and not label.value


def _introduces(block: WriteUpBlock) -> bool:
    return isinstance(block, WriteUpParagraph) and block.text.rstrip().endswith((":", "\uff1a"))
