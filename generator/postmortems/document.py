"""A post-mortem as a document, independent of a format.

Formats print these values and add nothing, so all formats have the same content.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from enum import Enum
from typing import NamedTuple

from generator.text.prose import PieceKind, one_line, prose_pieces

# ESC is the only control character that an incident may contain, for errors pasted from a terminal.
# In a document it would control the reader's terminal, or, like the next two, be invalid in XML.
_INVISIBLE = str.maketrans({"\x1b": "\u241b", "\ufffe": "\ufffd", "\uffff": "\ufffd"})
# Characters that only some programs treat as line ends: a line must be one line in all programs.
_ODD_LINE_END = re.compile("\r\n|[\r\x0b\x0c\x1c-\x1e\x85\u2028\u2029]")


class Style(Enum):
    """The style of a piece of text."""

    PLAIN = "plain"
    STRONG = "strong"
    CODE = "code"
    ADDRESS = "address"
    """A URL that begins with http:// or https://, shown as a link."""
    NOTE = "note"
    """A note about a statement: its evidence and its sources."""
    BREAK = "break"
    """A line end inside a table cell."""


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
    """A placeholder for a missing part of the post-mortem."""

    text: str


@dataclass(frozen=True, slots=True)
class PrintedCode:
    """Code, a log, or a passage that is shown unchanged, line by line."""

    text: str
    language: str = "text"


@dataclass(frozen=True, slots=True)
class PrintedList:
    """A list; each item is a list of blocks, of which the first is a paragraph."""

    items: tuple[tuple[PrintedBlock, ...], ...]
    numbered: bool = False


@dataclass(frozen=True, slots=True)
class PrintedTable:
    """A table.

    Attributes:
        head: the header of each column.
        rows: the cells.
        widths: the widths of the columns, as parts of the sum.
    """

    head: tuple[str, ...]
    rows: tuple[tuple[StyledText, ...], ...]
    widths: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Heading:
    """A heading inside a section.

    Attributes:
        text: the text.
        depth: 1 directly below the section's heading, 2 below that.
    """

    text: StyledText
    depth: int = 1


PrintedBlock = PrintedParagraph | MissingPart | PrintedCode | PrintedList | PrintedTable | Heading


@dataclass(frozen=True, slots=True)
class PostMortemSection:
    """A section of the document.

    Attributes:
        key: its anchor, the same in every document.
        title: its heading.
        blocks: its content.
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
        facts: the title block: labels with values.
        notice: a notice to show first, such as that this is a draft; may be empty.
        sections: the sections, in order.
        colophon: the origin of the document.
        publisher: the knowledge base's name.
        components: the incident's components.
        made: the date of the document.
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
    """Return a text without invisible characters on which a program may act."""
    return _ODD_LINE_END.sub("\n", value).translate(_INVISIBLE)


_STYLES = {
    PieceKind.TEXT: Style.PLAIN,
    PieceKind.CODE: Style.CODE,
    PieceKind.ADDRESS: Style.ADDRESS,
}


def prose(value: str) -> StyledText:
    """Return one line of prose with its code and URLs."""
    return tuple(
        Span(_STYLES[kind], text)
        for kind, text in prose_pieces(without_invisible_characters(value))
    )


def plain(value: str, style: Style = Style.PLAIN) -> StyledText:
    """Return an unchanged text on one line."""
    text = one_line(without_invisible_characters(value))
    return (Span(style, text),) if text else ()


def code(value: str, language: str = "text") -> PrintedCode:
    """Return a block that shows a text line by line, without empty lines at both ends."""
    return PrintedCode(without_invisible_characters(value).strip("\n"), language)


def lines(*texts: StyledText) -> StyledText:
    """Join texts for a table cell, each on its own line; empty texts are removed."""
    joined: list[Span] = []
    for text in filter(None, texts):
        joined += [Span(Style.BREAK, ""), *text] if joined else text
    return tuple(joined)


def without_styles(text: StyledText) -> str:
    """Return a text without its styles."""
    return "".join("\n" if style is Style.BREAK else part for style, part in text)


def spans(text: StyledText) -> Iterator[tuple[str, str]]:
    """Yield a text for a template: pairs of style and piece."""
    for style, part in text:
        yield style.value, part
