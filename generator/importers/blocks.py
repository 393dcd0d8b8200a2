"""Blocks of a write-up as the prose of an incident."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from generator.importers.document import (
    Html,
    List,
    ListItem,
    Quote,
    Row,
    WriteUpBlock,
    WriteUpCode,
    WriteUpParagraph,
    WriteUpTable,
)
from generator.importers.words import markdown_words, words

_MOST_ROWS = 30


def is_prose(block: WriteUpBlock) -> bool:
    """Whether a block can become prose without loss: no table, no code of several lines."""
    if isinstance(block, WriteUpParagraph):
        return True
    if isinstance(block, List):
        return all(is_prose(part) for item in block.items for part in item.blocks)
    if isinstance(block, Quote):
        return all(map(is_prose, block.blocks))
    return isinstance(block, WriteUpCode) and one_line_code(block.text) is not None


def one_line_code(code: str) -> str | None:
    """Return code of one line in the markup of prose, or None."""
    lines = [line.strip() for line in code.split("\n") if line.strip()]
    return f"`{lines[0]}`" if len(lines) == 1 and "`" not in lines[0] else None


def prose_of(block: WriteUpBlock) -> str:
    """Return a block as prose; parts that prose cannot represent stay as in the write-up."""
    if isinstance(block, WriteUpParagraph):
        return block.text
    if isinstance(block, List):
        return list_prose(block)
    if isinstance(block, Quote):
        return "\n\n".join(map(prose_of, block.blocks))
    if isinstance(block, WriteUpCode):
        return one_line_code(block.text) or block.raw
    return block.raw


def note_text(block: WriteUpBlock) -> str:
    """Return a block as prose for a note; empty if it stays as in the write-up, as code does."""
    return prose_of(block) if is_prose(block) and not isinstance(block, WriteUpCode) else ""


def all_prose(blocks: Iterable[WriteUpBlock]) -> str:
    """Return several blocks as paragraphs."""
    return "\n\n".join(text for block in blocks if (text := prose_of(block)).strip())


def list_prose(block: List) -> str:
    """Return a list as lines that begin with `- `; numbers stay."""
    lines: list[str] = []
    for number, item in enumerate(block.items, block.first):
        mark = f"- {number}. " if block.ordered else "- "
        text = item_prose(item).split("\n")
        lines.append(f"{mark}{text[0]}".rstrip())
        lines += [f"  {line}" if line else line for line in text[1:]]
    return "\n".join(line for line in lines if line.strip())


def item_prose(item: ListItem, *, boxed: bool = True) -> str:
    """Return an item with the blocks below it, without its bullet or number.

    Args:
        item: the item.
        boxed: whether a box that is not ticked stays; one that is ticked always does.
    """
    parts = [item.text] if item.text else []
    parts += [prose_of(block) for block in item.below]
    if parts and (item.checked or (boxed and item.checked is not None)):
        parts[0] = f"[{'x' if item.checked else ' '}] {parts[0]}"
    return "\n".join(parts)


def plain_cells(table: WriteUpTable) -> list[list[str]]:
    """Return the rows of a table, each as long as its heading."""
    width = len(table.header.cells)
    return [[*row.cells, *[""] * (width - len(row.cells))] for row in table.rows]


def side_by_side(table: WriteUpTable) -> bool:
    """Whether a table has several labels with their values in a row, as far as its columns tell."""
    width = len(table.header.cells)
    return width >= 4 and width % 2 == 0


def label_pairs(table: WriteUpTable) -> list[tuple[str, str]]:
    """Return the labels and values of a table of two columns, or of pairs of columns.

    A first row with one cell is a heading, and no label.
    """
    width = len(table.header.cells)
    rows = plain_cells(table)
    if width == 2 or all(map(words, table.header.cells)):
        rows.insert(0, list(table.header.cells))
    return [
        (row[n].rstrip(": "), row[n + 1])
        for row in rows
        for n in range(0, width - 1, 2)
        if words(row[n])
    ]


def table_prose(table: WriteUpTable) -> str:
    """Return a table as a list for prose: a row a line, below what its columns are; empty if it is large."""
    if len(table.rows) > _MOST_ROWS:
        return ""
    told = [[cell.strip(" :") for cell in row.cells if words(cell)] for row in table.rows]
    lines = [
        f"- {': '.join((row[0], ' · '.join(row[1:])))}" if row[1:] else f"- {row[0]}"
        for row in told
        if row
    ]
    header = " · ".join(cell.strip(" :") for cell in table.header.cells if words(cell))
    return "\n".join((f"{header}:\n", *lines) if header else lines)


def row_text(row: Row, header: Sequence[str] = ()) -> str:
    """Return a row for the notes: its cells on one line, unless the parser has lost a cell.

    Args:
        row: the row.
        header: the heads of the columns, without which a cell may say less.
    """
    heads = [*header, *[""] * len(row.cells)]
    cells = [
        (head.strip(" *_:"), cell) for head, cell in zip(heads, row.cells, strict=False) if cell
    ]
    text = " | ".join(f"{head}: {cell}" if words(head) else cell for head, cell in cells)
    return f"- {text}" if set(markdown_words(row.raw)) <= set(words(text)) else row.raw


def introduces(block: WriteUpBlock, most_words: int = 14) -> bool:
    """Whether a block is a short sentence that only introduces the next one: `We saw these events:`."""
    return (
        isinstance(block, WriteUpParagraph)
        and block.text.rstrip().endswith((":", "\uff1a"))
        and len(words(block.text)) <= most_words
    )


def is_empty(block: WriteUpBlock) -> bool:
    """Whether a block has no words."""
    return not any(c.isalnum() for c in block.raw) and not isinstance(block, Html)
