"""Tables of action items, and what items of every form share."""

from __future__ import annotations

from generator.importers.blocks import plain_cells, row_text
from generator.importers.document import WriteUpTable
from generator.importers.draft import Draft, Values
from generator.importers.due_days import due_alone
from generator.importers.headings import is_column
from generator.importers.item_details import (
    KINDS,
    details_of,
    says_none,
    state_behind,
    value_of,
)
from generator.importers.struck import given_up, is_struck
from generator.importers.words import words
from generator.model import ItemState

NUMBERS = frozenset(("#", "no", "nr", "nº", "n°", "№", "num", "番号"))


def note_said(draft: Draft, text: str, value: str) -> None:
    """Record which words of a text a value, and the name of its field, replace."""
    there = set(words(value))
    if said := " ".join(word for word in words(text) if word not in there):
        draft.said_by_field_name(said)


def ordered(value: Values) -> Values:
    """Return an item with its keys in the order of the model."""
    return {key: value[key] for key in ("do", "owner", "due", "priority", "state", "ticket") if key in value}  # fmt: skip


def read_table(draft: Draft, table: WriteUpTable, priority: str | None, state: ItemState, heading: str) -> None:  # fmt: skip
    """Read a table: each row an item.

    Args:
        draft: the draft.
        table: the table.
        priority: the priority of rows that do not say one.
        state: their state.
        heading: the heading for a note.
    """
    header = list(table.header.cells)
    columns: dict[str, int] = {}
    for kind in ("do", *KINDS):
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
    for cell in header:
        if is_number_column(cell):
            draft.said_by_field_name(cell)
    for row, cells in zip(table.rows, plain_cells(table), strict=True):
        with draft.unit(heading, row.raw, row_text(row)):
            if is_struck(max(cells, key=len, default="")) and not _give_up(draft, cells, columns):
                continue
            _row(draft, header, cells, columns, priority, state)


def _row(draft: Draft, header: list[str], cells: list[str], columns: dict[str, int], priority: str | None, state: ItemState) -> None:  # fmt: skip
    text = cells[columns["do"]]
    if not any(c.isalnum() for c in text):
        return
    value: Values = {"state": state.value}
    if priority:
        value["priority"] = priority
    left = [n for n in range(len(header)) if n not in columns.values() and cells[n]]
    for n in [n for n in left if is_number_column(header[n]) and cells[n].strip(" .").isdecimal()]:
        left.remove(n)  # The number of the row, as in a list.
        draft.said_by_field_name(cells[n])
    read_state = said = ""
    if "ticket" in columns and "state" not in columns:
        read_state, said = state_behind(cells[columns["ticket"]])
        if read_state:
            value["state"] = read_state
            draft.said_by_field_name(said)
    for kind, n in columns.items():
        if kind != "do" and cells[n].strip():
            cell = cells[n]
            if kind == "ticket" and read_state:
                cell = cell.strip().removesuffix(said).rstrip(" *(`_-")
            read = value_of(kind, cell)
            if kind == "due" and read is None and (due := due_alone(cell, draft.calendar)):
                read = due.isoformat(), True
            if read is None:
                if says_none(cells[n]):
                    draft.said_by_field_name(cells[n])
                else:
                    left.append(n)
            else:
                value[kind], exact = read
                if not exact:
                    left.append(n)
                else:
                    note_said(draft, cells[n], value[kind])
    details = details_of(text)
    for said in details.said:
        note_said(draft, said, " ".join(details.values.values()))
    given = {**value, **details.values}
    value = {**given, **{kind: value[kind] for kind in columns if kind in value}}
    text = details.do
    behind = "; ".join(f"{header[n]}: {cells[n]}" for n in left)
    value["do"] = f"{text} ({behind})" if behind else text
    draft.entry("action_items", ordered(value), *(header[n] for n in left))


def _give_up(draft: Draft, cells: list[str], columns: dict[str, int]) -> bool:
    """Read the row of a struck item, in its cells; False if nothing tells what became of it."""
    n = columns["do"]
    stated = cells[columns["state"]] if "state" in columns else ""
    found = given_up(cells[n]) or given_up(f"{cells[n]} {stated}")
    if not found or not is_struck(cells[n]):
        return False
    cells[n] = found[0]
    if "state" in columns:
        draft.said_by_field_name(stated)
        cells[columns["state"]] = found[1]
    else:
        cells[n] = f"{found[0]} - {found[1]}"
    return True


def is_number_column(heading: str) -> bool:
    """Whether a column has the numbers of the rows."""
    return heading.strip(" .*").casefold() in NUMBERS
