"""Quotation marks that programs, translations and copies write differently, or leave out."""

from __future__ import annotations

import re

QUOTES = (
    "\"'`\u00b4\u2018\u2019\u201a\u201b\u201c\u201d\u201e\u201f\u00ab\u00bb\u2039\u203a\u300c\u300d"
)

BREAKS = re.compile(f"[{re.escape(QUOTES)}\\\\/]")
"""Where a text can differ in a log: quotation marks differ, and what stands behind a backslash."""

_SAME = str.maketrans(dict.fromkeys(QUOTES, '"'))
_NONE = str.maketrans("", "", QUOTES)


def same_quotes(text: str) -> str:
    """Return a text of the same length in which every quotation mark is `"`."""
    return text.translate(_SAME)


def without_quotes(text: str) -> str:
    """Return a text without its quotation marks."""
    return text.translate(_NONE)
