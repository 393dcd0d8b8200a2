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
from generator.importers.words import words

_MARKS = (("~~", "~~"), ("<del>", "</del>"), ("<s>", "</s>"), ("<strike>", "</strike>"))
_GOES_ON = tuple("(\u2013\u2014-:;,.[")


def is_struck(text: str) -> bool:
    """Whether a statement is struck out as a whole, perhaps with a remark behind it.

    A correction is not: of `~~100~~ 200 users were affected`, the rest still stands.
    """
    text = text.strip(" \n\t*_\"'")
    for begin, end in _MARKS:
        if text.casefold().startswith(begin):
            inside, found, rest = text[len(begin) :].partition(end)
            rest = rest.strip(" \n*_\"'.")
            # More struck parts may follow the first one.
            much = len(words(inside)) >= len(words(rest))
            return bool(found) and (rest.startswith(_GOES_ON) or much)
    return False


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
