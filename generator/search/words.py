"""Splits texts into words, and defines the digits of numbers in the index.

Imports nothing from the rooms for knowledge bases, so that reading an index does not load them.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache

WORD_MAX = 64
"""Longer words are truncated: nobody types them, and a hostile page must not bloat the index."""

TOKEN = re.compile(r"\w+")
_CAMEL = re.compile(r"([a-z0-9])(?=[A-Z])|([A-Z])(?=[A-Z][a-z])")

DIGITS = "".join(chr(c) for c in range(35, 127) if chr(c) not in "\\<")
"""Printable characters except quotation marks, backslash and "<", which could end a string or script."""
BASE = len(DIGITS) // 2
_VALUE = {digit: n for n, digit in enumerate(DIGITS)}


@lru_cache(maxsize=65_536)
def identifier_parts(token: str) -> tuple[str, ...]:
    """Return the parts of an identifier in lowercase; a plain word is a single part."""
    if token.islower() and "_" not in token:
        return (token[:WORD_MAX],)
    found = _CAMEL.sub(r"\1\2_", token).lower().split("_")
    return tuple(part[:WORD_MAX] for part in found if part)


@lru_cache(maxsize=65_536)
def split(token: str) -> tuple[str, ...]:
    """Return the parts of an identifier, followed by the identifier if it has several parts."""
    found = identifier_parts(token)
    return (*found, token.strip("_").lower()[:WORD_MAX]) if len(found) > 1 else found


def decoded(words: str) -> Iterator[str]:
    """Yield the words of an index."""
    before = ""
    for coded in words.split(" ") if words else ():
        before = before[: _VALUE[coded[0]]] + coded[1:]
        yield before


def postings(posts: str) -> Iterator[tuple[int, int]]:
    """Yield the place of each page with a word, and the weight of the word in it."""
    page = value = 0
    for digit in posts:
        n = _VALUE[digit]
        value = value * BASE + n % BASE
        if n < BASE:
            page += value >> 2
            yield page, value & 3
            value = 0
