"""Statements that their author has struck out, as in `~~The disk was full~~ (it was not)`: they are no facts."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from generator.importers.blocks import item_prose, prose_of, row_text
from generator.importers.document import (
    List,
    ListItem,
    Quote,
    WriteUpBlock,
    WriteUpParagraph,
    WriteUpTable,
)
from generator.importers.headings import state_word
from generator.importers.words import words
from generator.model import ItemState

_MARKS = (("~~", "~~"), ("<del>", "</del>"), ("<s>", "</s>"), ("<strike>", "</strike>"))
_GIVEN_UP = "❌✗✘✖"
_AROUND_REMARK = " ().:;,\u2013\u2014-"
_GOES_ON = tuple("(\u2013\u2014-:;,.[")


def is_struck(text: str) -> bool:
    """Whether a statement is struck out as a whole, perhaps with a remark behind it.

    A correction is not: of `~~100~~ 200 users were affected`, the rest still stands.
    """
    return parts_of_struck(text) is not None


def parts_of_struck(text: str) -> tuple[str, str] | None:
    """Return what is struck out of a statement, and the remark behind it; None if the statement stands."""
    text = text.strip(" \n\t*_\"'")
    for begin, end in _MARKS:
        if text.casefold().startswith(begin):
            inside, found, rest = text[len(begin) :].partition(end)
            rest = rest.strip(" \n*_\"'.")
            # More struck parts may follow the first one.
            much = len(words(inside)) >= len(words(rest))
            much = much or _state_after(rest) is not None
            stands = not found or not (rest.startswith(_GOES_ON) or much)
            return None if stands else (inside.strip(), rest)
    return None


def without_struck(blocks: Iterable[WriteUpBlock], struck: list[str]) -> Iterator[WriteUpBlock]:
    """Yield blocks without the statements that are struck out.

    Args:
        blocks: the blocks.
        struck: to which those statements are added, as prose.
    """
    for block in blocks:
        if not any(begin in block.raw.casefold() for begin, _ in _MARKS):
            yield block
        elif isinstance(block, WriteUpParagraph):
            if is_struck(block.text):
                struck.append(prose_of(block))
            else:
                yield block
        elif isinstance(block, List):
            if items := tuple(_items(block, struck)):
                raw = "\n".join(item.raw for item in items)
                yield block if items == block.items else List(raw, items, block.ordered, block.first)  # fmt: skip
        elif isinstance(block, WriteUpTable):
            rows = [row for row in block.rows if not is_struck(max(row.cells, key=len, default=""))]
            struck += [row_text(row) for row in block.rows if row not in rows]
            raw = "\n".join(row.raw for row in (block.header, *rows))
            if rows:
                yield block if len(rows) == len(block.rows) else WriteUpTable(raw, block.header, tuple(rows))  # fmt: skip
        elif isinstance(block, Quote):
            kept = tuple(without_struck(block.blocks, struck))
            if kept:
                yield block if kept == block.blocks else Quote("\n".join(b.raw for b in kept), kept)
        else:
            yield block


def _items(block: List, struck: list[str]) -> Iterator[ListItem]:
    for item in block.items:
        if is_struck(item.text):
            struck.append(f"- {item_prose(item)}")
            continue
        blocks = tuple(without_struck(item.blocks, struck))
        if blocks == item.blocks:
            yield item
        elif blocks:
            yield ListItem("\n".join(part.raw for part in blocks), blocks, item.checked)


def given_up(text: str) -> tuple[str, str] | None:
    """Return what a struck item said, and the state that the remark behind it tells; None if it tells none.

    Some strike out what is done, others what they will not do.
    """
    parts = parts_of_struck(text)
    if not parts:
        return None
    inside, remark = parts
    found = _state_after(remark)
    if not found:
        return None
    state, exact = found
    said = remark.strip(_AROUND_REMARK)
    return (inside if exact else f"{inside} ({said})"), state.value


def _state_after(remark: str) -> tuple[ItemState, bool] | None:
    """Return whether a struck item is done or dropped, as the remark behind it begins, and whether it says no more."""
    said = remark.strip(_AROUND_REMARK)
    word = state_word(said.lstrip(_GIVEN_UP + "\ufe0f "))
    if word:
        return word if word[0] in (ItemState.DROPPED, ItemState.DONE) else None
    return (ItemState.DROPPED, not words(said)) if set(_GIVEN_UP) & set(said[:1]) else None
