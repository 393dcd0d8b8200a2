"""Action items: lists, tables and paragraphs."""

from __future__ import annotations

import re
from collections.abc import Sequence

from generator.importers.blocks import (
    all_prose,
    is_prose,
    item_prose,
    plain_cells,
    prose_of,
    row_text,
)
from generator.importers.document import (
    List,
    ListItem,
    WriteUpBlock,
    WriteUpParagraph,
    WriteUpTable,
)
from generator.importers.draft import Draft, Values
from generator.importers.headings import is_column
from generator.importers.times import find_date
from generator.importers.words import words
from generator.model import ItemState, Priority
from generator.rules.people import person_in

_PRIORITY = re.compile(r"\bP([0-4])\b")
_ADDRESS = re.compile(r"https?://[^\s<>\"'`|\\^{}\[\]()]+[^\s<>\"'`|\\^{}\[\]().,;:!?]\Z")
_TICKET = re.compile(r"`?([A-Z][A-Z0-9]{1,9}-\d{1,7}|#\d{1,7}|[\w.-]+/[\w.-]+#\d+)`?\Z")
_TICKET_IN_TEXT = re.compile(r"(?<![\w/-])([A-Z][A-Z0-9]{1,9}-\d{1,7})(?![\w-])")
_NOT_TICKETS = re.compile(r"(?:CVE|UTF|ISO|RFC|SHA|SEV|PM|HTTP|TLS|SSL|AES|MD|IPV|KB|P)-?\d*-")
# `5554825 TODO` in the column of tickets, as in Google's book on site reliability.
_STATE_BEHIND = re.compile(
    r"(?P<ticket>.*?)[\s*(]*\b(?P<state>TODO|DONE|OPEN|CLOSED|WIP)\b[\s*).]*\Z"
)
_NONE = re.compile(r"(?:n/?a|none|-)?\Z", re.IGNORECASE)
_BARE_TICKET = re.compile(r"(?:(?:bug|issue|ticket)\s*)?#?(\d{3,9})\Z", re.IGNORECASE)
# `(Database team, by 2018-12-01)` after the text of the item.
_IN_BRACKETS = re.compile(r"\(([^()\n]{4,80})\)")
_A_TEAM = re.compile(
    r"\b(?:team|squad|on-?call|engineers?|engineering|sre|ops|dbas?)\b", re.IGNORECASE
)
_BY = re.compile(r"(?:by|due|before|until)\b", re.IGNORECASE)
_NUMBERS = frozenset(("#", "No", "No.", "Nr", "Nr."))
_INLINE = re.compile(
    r"[(\[]?\b(owner|assignee|assigned to|due|due date|deadline)\s*:\s*((?:(?! [|\u2013\u2014-] )[^,;()\[\]\n]){2,60})[)\]]?",
    re.I,
)
# A heading above items may state the status of all of them.
_STATES_ABOVE = {
    "completed": ItemState.DONE,
    "done": ItemState.DONE,
    "in progress": ItemState.IN_PROGRESS,
    "proposed": ItemState.PROPOSED,
}
_STATE_ABOVE = re.compile(r"\b(?:completed|done|in progress|proposed)\b", re.IGNORECASE)
_STATES: tuple[tuple[str, ItemState], ...] = (
    (r"done|complete[d]?|closed|finished|resolved|shipped|merged|fixed|✅|✔️?|yes|x", ItemState.DONE),
    (r"in[ -]?progress|started|ongoing|wip|underway|in review|doing", ItemState.IN_PROGRESS),
    (r"open|to ?do|not started|pending|new|planned|backlog|scheduled|no", ItemState.OPEN),
    (r"won'?t (?:do|fix)|dropped|cancell?ed|rejected|declined|abandoned", ItemState.DROPPED),
    (r"proposed|proposal|suggested|idea", ItemState.PROPOSED),
)  # fmt: skip


def is_action_table(table: WriteUpTable) -> bool:
    """Whether a table lists action items: what to do, and who, when or how urgently."""
    cells = table.header.cells
    do = any(is_column(cell, "do") for cell in cells)
    return do and any(
        is_column(cell, kind)
        for cell in cells
        for kind in ("owner", "due", "priority")
        if not is_column(cell, "do")
    )


def read_items(draft: Draft, blocks: Sequence[WriteUpBlock], heading: str, above: str) -> None:
    """Read blocks as action items.

    Args:
        draft: the draft.
        blocks: the blocks.
        heading: the heading for a note.
        above: the heading directly above, which may name a priority: `Immediate (P0)`.
    """
    found = _PRIORITY.search(above)
    priority = Priority(f"P{found[1]}").value if found else None
    told = _STATE_ABOVE.search(above)
    state = _STATES_ABOVE[told[0].casefold()] if told else ItemState.UNKNOWN
    for position, block in enumerate(blocks):
        following = blocks[position + 1] if position + 1 < len(blocks) else None
        with draft.unit(heading, block.raw, prose_of(block) if is_prose(block) else ""):
            if isinstance(block, List):
                for item in block.items:
                    with draft.unit(heading, item.raw):
                        _item(draft, item, priority, state)
            elif isinstance(block, WriteUpTable):
                _table(draft, block, priority, state, heading)
            elif isinstance(block, WriteUpParagraph) and isinstance(following, List) and block.text.rstrip().endswith(":"):  # fmt: skip
                continue  # An introduction to the list below; it goes into the notes.
            elif is_prose(block):
                _add(draft, prose_of(block), priority, state)


def _item(draft: Draft, item: ListItem, priority: str | None, state: ItemState) -> None:
    if item.checked is not None:
        state = ItemState.DONE if item.checked else ItemState.OPEN
    prose = [block for block in item.blocks if is_prose(block)]
    if len(prose) != len(item.blocks):
        text = all_prose(prose)
    else:
        text = item_prose(ListItem(item.raw, item.blocks))
    if any(c.isalnum() for c in text):
        _add(draft, text, priority, state)


def _add(draft: Draft, text: str, priority: str | None, state: ItemState) -> None:
    value: Values = {"do": text}
    for match in _INLINE.finditer(text):
        kind, said = match[1].lower(), match[2].strip().rstrip(".")
        if kind.startswith(("due", "dead")):
            if day := find_date(said):
                value.setdefault("due", day.isoformat())
        elif _is_role(said):
            value.setdefault("owner", said)
    for match in _IN_BRACKETS.finditer(text):
        for said in re.split(r"[,;]\s*", match[1]):
            day = find_date(said) if _BY.match(said) else None
            if day:
                value.setdefault("due", day.isoformat())
            elif _A_TEAM.search(said) and not any(map(str.isdigit, said)) and _is_role(said):
                value.setdefault("owner", said.strip())
    own = _PRIORITY.search(text)
    if own or priority:
        value["priority"] = f"P{own[1]}" if own else priority
    value["state"] = state.value
    ticket = _TICKET_IN_TEXT.search(text)
    if ticket and not _NOT_TICKETS.match(ticket[1]):
        value["ticket"] = ticket[1]
    draft.entry("action_items", _ordered(value))


def _ordered(value: Values) -> Values:
    return {key: value[key] for key in ("do", "owner", "due", "priority", "state", "ticket") if key in value}  # fmt: skip


def _is_role(text: str) -> bool:
    """Whether an owner is valid: a role or a team, and not obviously a person."""
    return person_in(text, mailbox_allowed=False) is None


def _table(draft: Draft, table: WriteUpTable, priority: str | None, state: ItemState, heading: str) -> None:  # fmt: skip
    header = list(table.header.cells)
    columns: dict[str, int] = {}
    for kind in ("do", "owner", "due", "priority", "state", "ticket"):
        n = next((n for n, c in enumerate(header) if is_column(c, kind) and n not in columns.values()), None)  # fmt: skip
        if n is not None:
            columns[kind] = n
    if "do" not in columns:
        free = [n for n in range(len(header)) if n not in columns.values()]
        if not free:
            return
        columns["do"] = free[0]
        draft.count("action_items", header[free[0]])
        draft.leftover_headings.append(header[free[0]])
    for kind, n in columns.items():
        if kind != "do" or is_column(header[n], "do"):
            draft.said_by_field_name(header[n])
    for row, cells in zip(table.rows, plain_cells(table), strict=True):
        with draft.unit(heading, row.raw, row_text(row)):
            _row(draft, header, cells, columns, priority, state)


def _row(draft: Draft, header: list[str], cells: list[str], columns: dict[str, int], priority: str | None, state: ItemState) -> None:  # fmt: skip
    text = cells[columns["do"]]
    if not any(c.isalnum() for c in text):
        return
    value: Values = {"state": state.value}
    if priority:
        value["priority"] = priority
    left = [n for n in range(len(header)) if n not in columns.values() and cells[n]]
    for n in [
        n for n in left if header[n].strip() in _NUMBERS and cells[n].strip(" .").isdecimal()
    ]:
        left.remove(n)  # The number of the row, as in a list.
        draft.said_by_field_name(cells[n])
    behind_ticket = _STATE_BEHIND.match(cells[columns["ticket"]]) if "ticket" in columns else None
    if behind_ticket and "state" not in columns:
        read = _read("state", behind_ticket["state"])
        assert read is not None
        value["state"] = read[0]
    for kind, n in columns.items():
        if kind != "do" and any(c.isalnum() or c in "✅✔" for c in cells[n]):
            read = _read(kind, cells[n])
            if read is None:
                left.append(n)
            else:
                value[kind], exact = read
                if not exact:
                    left.append(n)
    behind = "; ".join(f"{header[n]}: {cells[n]}" for n in left)
    value["do"] = f"{text} ({behind})" if behind else text
    draft.entry("action_items", _ordered(value), *(header[n] for n in left))


def _read(kind: str, cell: str) -> tuple[str, bool] | None:
    """Return the value of a cell, and whether it is the whole text of the cell; None if invalid."""
    plain = re.sub(r"^[^\w#@(]+(?=\w)", "", cell.strip(" `*."))
    if kind == "owner":
        return (plain, True) if _is_role(plain) else None
    if kind == "due":
        day = find_date(cell)
        return (day.isoformat(), words(day.isoformat()) == words(cell)) if day else None
    if kind == "priority":
        found = _PRIORITY.search(cell.upper())
        return (f"P{found[1]}", words(cell) == words(found[0])) if found else None
    if kind == "state":
        for pattern, state in _STATES:
            if re.fullmatch(pattern, plain, re.IGNORECASE):
                return state.value, words(state.value) == words(cell) or not words(cell)
        return None
    behind = _STATE_BEHIND.match(plain)
    named = behind["ticket"].strip(" `*.") if behind else plain
    if behind and _NONE.match(named):
        return None
    for form in (_TICKET, _BARE_TICKET):
        if found := form.fullmatch(named):
            return found[1], words(found[1]) == words(cell)
    return (plain, True) if _ADDRESS.fullmatch(plain) else None
