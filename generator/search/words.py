"""How a text is cut into words, and how numbers are written in the index.

Imports nothing of a knowledge base: whoever only reads an index need not load what makes one.
"""

from __future__ import annotations

import re
from functools import lru_cache

WORD_MAX = 64
"""Longer words are cut: nobody types them, and a hostile page must not bloat the index."""

TOKEN = re.compile(r"\w+")
_CAMEL = re.compile(r"([a-z0-9])(?=[A-Z])|([A-Z])(?=[A-Z][a-z])")

DIGITS = "".join(chr(c) for c in range(35, 127) if chr(c) not in "\\<")
"""Printable, and neither a quote, a backslash nor "<": nothing can end a string or a script."""
BASE = len(DIGITS) // 2


@lru_cache(maxsize=65_536)
def identifier_parts(token: str) -> tuple[str, ...]:
    """Return the parts of an identifier in lower case; a plain word is its only part."""
    if token.islower() and "_" not in token:
        return (token[:WORD_MAX],)
    found = _CAMEL.sub(r"\1\2_", token).lower().split("_")
    return tuple(part[:WORD_MAX] for part in found if part)


@lru_cache(maxsize=65_536)
def split(token: str) -> tuple[str, ...]:
    """Return the parts of an identifier, and the identifier itself at the end if it has several."""
    found = identifier_parts(token)
    return (*found, token.strip("_").lower()[:WORD_MAX]) if len(found) > 1 else found
