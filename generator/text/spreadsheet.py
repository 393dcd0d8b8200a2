"""Texts for the cells of a spreadsheet."""

from __future__ import annotations

import re

# What spreadsheets treat as a formula (OWASP, "CSV injection"), also after spaces, which some of them
# drop, and in full width.
_FORMULA = re.compile(r"\s*[=+\-@\uff1d\uff0b\uff0d\uff20]|[\t\r\n]")


def spreadsheet_cell(text: str) -> str:
    """Return a text that no spreadsheet treats as a formula: a possible formula gets a leading `'`."""
    return f"'{text}" if _FORMULA.match(text) else text
