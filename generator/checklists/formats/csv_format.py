"""A checklist as comma-separated values, for a spreadsheet (RFC 4180)."""

from __future__ import annotations

import csv
import io

from generator.checklists import wording
from generator.checklists.items import Checklist, ChosenCheck
from generator.commands.expectations import in_words
from generator.text.spreadsheet import spreadsheet_cell

COLUMNS = (
    "id",
    "phase",
    "level",
    "check",
    "run",
    "expect",
    "risk",
    "needs",
    "rollback",
    "reasons",
)


def as_csv(checklist: Checklist) -> str:
    """Return a checklist as CSV with a header; no cell is a formula."""
    stream = io.StringIO()
    writer = csv.writer(stream)
    writer.writerow(COLUMNS)
    for item in checklist.items:
        writer.writerow([spreadsheet_cell(text) for text in _cells(item)])
    return stream.getvalue()


def _cells(item: ChosenCheck) -> tuple[str, ...]:
    rollback = item.rollback
    return (
        item.id,
        item.phase.value,
        item.level.value,
        item.check,
        item.command if item.run else "",
        "; ".join(in_words(item.expect, item.poll)),
        item.risk.value if item.risk else "",
        "; ".join(item.needs),
        "\n".join(part for part in (rollback.do, item.undo) if part) if rollback else "",
        "\n".join(
            f"{reason.id} ({wording.origin(reason)}): {wording.joined(wording.why(reason))}"
            if reason.incident
            else wording.joined(wording.why(reason))
            for reason in item.reasons
        ),
    )
