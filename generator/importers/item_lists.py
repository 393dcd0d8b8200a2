"""Which lists and tables are of action items, by what their items say about themselves."""

from __future__ import annotations

from generator.importers.document import List, WriteUpBlock, WriteUpTable
from generator.importers.headings import is_column
from generator.importers.item_details import details_of

_FEWEST_ITEMS = 2
_OF_ITEMS = frozenset(("ticket", "state", "owner", "due"))


def is_action_table(table: WriteUpTable) -> bool:
    """Whether a table lists action items: what to do, and who, when or how urgently."""
    cells = table.header.cells
    do = any(is_column(cell, "do") for cell in cells)
    return do and any(
        is_column(cell, kind)
        for cell in cells
        for kind in ("owner", "due", "priority")
        # A column "Date" may say when something was.
        if not is_column(cell, "do") and not (kind == "due" and is_column(cell, "at"))
    )


def is_item_list(block: WriteUpBlock) -> bool:
    """Whether a list is one of action items whatever its heading says.

    Most of its items say something about themselves, and not all the same: a list of links names only tickets,
    and a list of results has only marks.
    """
    if not isinstance(block, List) or len(block.items) < _FEWEST_ITEMS:
        return False
    told = [
        details_of(item.text).values.keys() | ({"state"} if item.checked is not None else set())
        for item in block.items
    ]
    return 2 * sum(map(bool, told)) > len(told) and len(set().union(*told) & _OF_ITEMS) > 1


def tells_details(block: WriteUpBlock) -> bool:
    """Whether a block is a list or table of items most of which have a box, a ticket or a state."""
    if isinstance(block, WriteUpTable):
        return is_action_table(block)
    items = block.items if isinstance(block, List) else ()
    told = sum(item.checked is not None or says_more(item.text) for item in items)
    return len(items) > 1 and 2 * told >= len(items)


def says_more(text: str) -> bool:
    """Whether the text of an item has a ticket, a state or the like in it."""
    return bool(details_of(text).values)
