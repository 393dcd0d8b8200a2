"""Parses the small markup that authors can use in prose. All other markup is plain text.

- paragraphs, separated by empty lines,
- lists: lines that begin with `- `,
- `code` between single backticks, on one line,
- URLs that begin with http:// or https://.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from enum import Enum
from typing import NamedTuple

CODE_SPAN = re.compile(r"`(?<!``)(?=\s*[^`\s])([^`\n]+)`(?!`)")

_ADDRESS = re.compile(r"https?://[^\s<>\"'`|\\^{}\[\]]+[^\s<>\"'`|\\^{}\[\].,;:!?)]")
_MARKUP = re.compile(f"{CODE_SPAN.pattern}|{_ADDRESS.pattern}")
_ITEM = re.compile(r"- +")
_GAP = re.compile(r"\n\s*\n")


class PieceKind(Enum):
    """The kind of a piece of prose."""

    TEXT = "text"
    CODE = "code"
    ADDRESS = "address"


class ProsePiece(NamedTuple):
    """A part of a line: text, code, or a URL."""

    kind: PieceKind
    text: str


class ProseBlock(NamedTuple):
    """A paragraph, or a list.

    Attributes:
        lines: the paragraph as one text, or the items of the list.
        listed: whether it is a list.
    """

    lines: tuple[str, ...]
    listed: bool


def one_line(value: str) -> str:
    """Return a text on one line: each run of white space becomes one space, none at the ends."""
    return " ".join(value.split())


def prose_pieces(value: str) -> list[ProsePiece]:
    """Split one line of prose into pieces.

    Args:
        value: prose; line ends count as spaces.
    """
    text = one_line(value)
    found: list[ProsePiece] = []
    end = 0
    for match in _MARKUP.finditer(text):
        if match.start() > end:
            found.append(ProsePiece(PieceKind.TEXT, text[end : match.start()]))
        code = match[1]
        found.append(
            ProsePiece(PieceKind.ADDRESS, match[0])
            if code is None
            else ProsePiece(PieceKind.CODE, code)
        )
        end = match.end()
    if end < len(text):
        found.append(ProsePiece(PieceKind.TEXT, text[end:]))
    return found


def blocks(value: str) -> Iterator[ProseBlock]:
    """Yield the paragraphs and lists of a prose text, in order."""
    for paragraph in _GAP.split(value.strip()):
        lines: list[str] = []
        items: list[str] = []
        for line in paragraph.splitlines():
            stripped = line.strip()
            marker = _ITEM.match(stripped)
            if marker:
                items.append(stripped[marker.end() :])
            elif items:
                items[-1] += " " + stripped
            else:
                lines.append(stripped)
        if lines:
            yield ProseBlock((" ".join(lines),), listed=False)
        if items:
            yield ProseBlock(tuple(items), listed=True)
