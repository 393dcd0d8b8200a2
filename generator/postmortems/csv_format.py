"""Action items as CSV, for a spreadsheet or a tracker's import."""

from __future__ import annotations

import csv
import io

from generator.postmortems.base import Export, Request
from generator.postmortems.items import Item, items
from generator.text.spreadsheet import cell

COLUMNS = (
    "incident",
    "number",
    "do",
    "owner",
    "due",
    "priority",
    "state",
    "overdue",
    "ticket",
    "severity",
    "title",
    "address",
)
"""The header."""


def export(request: Request) -> Export:
    """Return the action items as CSV: RFC 4180, UTF-8, with a header."""
    buffer = io.StringIO(newline="")
    writer = csv.writer(buffer, dialect="excel", lineterminator="\r\n")
    writer.writerow(COLUMNS)
    for item in items(request):
        writer.writerow([cell(value) for value in _row(item)])
    return Export(buffer.getvalue().encode("utf-8", "replace"))


def _row(item: Item) -> tuple[str, ...]:
    of = item.item
    return (
        item.incident,
        str(item.number),
        item.do,
        item.owner,
        of.due.isoformat() if of.due else "",
        of.priority.value if of.priority else "",
        of.state.value,
        "yes" if item.overdue else "no",
        item.ticket,
        item.severity,
        item.title,
        item.address,
    )
