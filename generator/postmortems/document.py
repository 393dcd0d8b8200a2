"""A post-mortem as a document: what it says and in which order, in no format yet.

Formats print these values and derive nothing: whatever a reader sees in one format stands in all.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from enum import Enum
from typing import NamedTuple

from generator.text.prose import PieceKind, one_line, prose_pieces

# ESC is the one control character that an incident may hold, for errors pasted from a terminal. In
# a document it would drive the reader's terminal, or, as the two that follow, be no XML.
_INVISIBLE = str.maketrans({"\x1b": "\u241b", "\ufffe": "\ufffd", "\uffff": "\ufffd"})
# What some programs take for a line end and others do not: a line must be one for all of them.
_ODD_LINE_END = re.compile("\r\n|[\r\x0b\x0c\x1c-\x1e\x85\u2028\u2029]")


class Style(Enum):
    """How a piece of text stands out."""

    PLAIN = "plain"
    STRONG = "strong"
    CODE = "code"
    ADDRESS = "address"
    """An address that begins with http:// or https://, and is its own link."""
    NOTE = "note"
    """What is said about a statement: how well it is supported, and from where."""
    BREAK = "break"
    """A line end inside a table's cell."""


class Span(NamedTuple):
    """A piece of text in one style."""

    style: Style
    text: str


StyledText = tuple[Span, ...]
"""One line of text, or one paragraph."""


@dataclass(frozen=True, slots=True)
class PrintedParagraph:
    """A paragraph."""

    text: StyledText


@dataclass(frozen=True, slots=True)
class MissingPart:
    """Stands where a part of the post-mortem should be."""

    text: str


@dataclass(frozen=True, slots=True)
class PrintedCode:
    """Code, a log, or a passage that is shown line by line as it is."""

    text: str
    language: str = "text"


@dataclass(frozen=True, slots=True)
class PrintedList:
    """A list; each item is blocks of its own, the first of them a paragraph."""

    items: tuple[tuple[PrintedBlock, ...], ...]
    numbered: bool = False


@dataclass(frozen=True, slots=True)
class PrintedTable:
    """A table.

    Attributes:
        head: what stands above each column.
        rows: the cells.
        widths: how wide the columns are, in parts of the sum.
    """

    head: tuple[str, ...]
    rows: tuple[tuple[StyledText, ...], ...]
    widths: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Heading:
    """A heading inside a section.

    Attributes:
        text: what it says.
        depth: 1 below the section's own heading, 2 below that.
    """

    text: StyledText
    depth: int = 1


PrintedBlock = PrintedParagraph | MissingPart | PrintedCode | PrintedList | PrintedTable | Heading


@dataclass(frozen=True, slots=True)
class PostMortemSection:
    """A section of the document.

    Attributes:
        key: its name for links, the same in every document.
        title: its heading.
        blocks: what stands in it.
    """

    key: str
    title: str
    blocks: tuple[PrintedBlock, ...]


@dataclass(frozen=True, slots=True)
class PostMortem:
    """A whole post-mortem.

    Attributes:
        id: the incident's id.
        title: the incident's title.
        facts: the title block: labels with what stands behind each.
        notice: what a reader must know first, such as that this is a draft; may be empty.
        sections: the sections, in order.
        colophon: where the document comes from.
        publisher: the knowledge base's name.
        components: the incident's components.
        made: the day on which it was made.
    """

    id: str
    title: str
    facts: tuple[tuple[str, StyledText], ...]
    notice: StyledText
    sections: tuple[PostMortemSection, ...]
    colophon: StyledText
    publisher: str
    components: tuple[str, ...] = ()
    made: date = field(default=date.min)


def without_invisible_characters(value: str) -> str:
    """Return a text without characters that a reader cannot see and a program may act on."""
    return _ODD_LINE_END.sub("\n", value).translate(_INVISIBLE)


_STYLES = {
    PieceKind.TEXT: Style.PLAIN,
    PieceKind.CODE: Style.CODE,
    PieceKind.ADDRESS: Style.ADDRESS,
}


def prose(value: str) -> StyledText:
    """Return one line of prose with its code and addresses."""
    return tuple(
        Span(_STYLES[kind], text)
        for kind, text in prose_pieces(without_invisible_characters(value))
    )


def plain(value: str, style: Style = Style.PLAIN) -> StyledText:
    """Return a text as it is, on one line."""
    text = one_line(without_invisible_characters(value))
    return (Span(style, text),) if text else ()


def code(value: str, language: str = "text") -> PrintedCode:
    """Return a block that shows a text line by line; empty lines at both ends go."""
    return PrintedCode(without_invisible_characters(value).strip("\n"), language)


def lines(*texts: StyledText) -> StyledText:
    """Join texts to one for a table's cell, each on a line of its own; empty ones go."""
    joined: list[Span] = []
    for text in filter(None, texts):
        joined += [Span(Style.BREAK, ""), *text] if joined else text
    return tuple(joined)


def without_styles(text: StyledText) -> str:
    """Return a text without its styles."""
    return "".join("\n" if style is Style.BREAK else part for style, part in text)


def spans(text: StyledText) -> Iterator[tuple[str, str]]:
    """Yield a text for a template: each style's name with its piece."""
    for style, part in text:
        yield style.value, part
