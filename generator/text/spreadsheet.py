"""Texts for the cells of a spreadsheet."""

from __future__ import annotations

import re

# What spreadsheets take for a formula (OWASP, "CSV injection"), also behind blanks, which some of
# them drop, and in full width.
_FORMULA = re.compile(r"\s*[=+\-@\uff1d\uff0b\uff0d\uff20]|[\t\r\n]")


def spreadsheet_cell(text: str) -> str:
    """Return a text that no spreadsheet takes for a formula: one that could be gets a `'` in front."""
    return f"'{text}" if _FORMULA.match(text) else text
