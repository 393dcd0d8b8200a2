"""Action items as CSV, for a spreadsheet or a tracker's import."""

from __future__ import annotations

import csv
import io

from generator.postmortems.action_items import ExportedActionItem, action_items
from generator.postmortems.base import ExportedFile, ExportRequest
from generator.text.spreadsheet import spreadsheet_cell

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


def export(request: ExportRequest) -> ExportedFile:
    """Return the action items as CSV: RFC 4180, UTF-8, with a header."""
    buffer = io.StringIO(newline="")
    writer = csv.writer(buffer, dialect="excel", lineterminator="\r\n")
    writer.writerow(COLUMNS)
    for item in action_items(request):
        writer.writerow([spreadsheet_cell(value) for value in _row(item)])
    return ExportedFile(buffer.getvalue().encode("utf-8", "replace"))


def _row(item: ExportedActionItem) -> tuple[str, ...]:
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
