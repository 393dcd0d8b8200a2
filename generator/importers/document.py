"""A write-up as a tree: front matter, and sections of blocks."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from generator.importers.headings import exact_topic
from generator.importers.prose import Label


@dataclass(frozen=True)
class WriteUpParagraph:
    """A paragraph: its source, its text in the markup of prose, and its label.

    `is_image` is true if it is only an image.
    """

    raw: str
    text: str
    label: Label | None = None
    is_image: bool = False


@dataclass(frozen=True)
class ListItem:
    """An item of a list: its own text, and the blocks below it."""

    raw: str
    blocks: tuple[WriteUpBlock, ...]
    checked: bool | None = None

    @property
    def text(self) -> str:
        """The item's own text in the markup of prose, on one line."""
        first = self.blocks[0] if self.blocks else None
        return " ".join(first.text.split()) if isinstance(first, WriteUpParagraph) else ""

    @property
    def label(self) -> Label | None:
        """The label that the item begins with."""
        first = self.blocks[0] if self.blocks else None
        return first.label if isinstance(first, WriteUpParagraph) else None

    @property
    def below(self) -> tuple[WriteUpBlock, ...]:
        """The blocks below the item's own text."""
        first = self.blocks[0] if self.blocks else None
        return self.blocks[1:] if isinstance(first, WriteUpParagraph) else self.blocks


@dataclass(frozen=True)
class List:
    """A list, numbered or not."""

    raw: str
    items: tuple[ListItem, ...]
    ordered: bool
    first: int = 1


@dataclass(frozen=True)
class Row:
    """A row of a table, with its cells in the markup of prose."""

    raw: str
    cells: tuple[str, ...]


@dataclass(frozen=True)
class WriteUpTable:
    """A table."""

    raw: str
    header: Row
    rows: tuple[Row, ...]


@dataclass(frozen=True)
class WriteUpCode:
    """A block of code."""

    raw: str
    text: str
    language: str = ""


@dataclass(frozen=True)
class Quote:
    """A quotation."""

    raw: str
    blocks: tuple[WriteUpBlock, ...]


@dataclass(frozen=True)
class Html:
    """HTML between paragraphs; it stays text."""

    raw: str


WriteUpBlock = WriteUpParagraph | List | WriteUpTable | WriteUpCode | Quote | Html


@dataclass
class WriteUpSection:
    """A heading and the blocks up to the next heading.

    Attributes:
        heading: its text; empty for the part before the first heading.
        level: 1 for the highest; 0 for the part before the first heading.
        blocks: its blocks.
        parent: the section of the next higher heading; None for the highest.
    """

    heading: str = ""
    level: int = 0
    blocks: list[WriteUpBlock] = field(default_factory=list)
    parent: WriteUpSection | None = None

    @property
    def path(self) -> str:
        """Its heading, after headings above it that have no blocks of their own."""
        parent = self.parent if self.parent and self.parent.level > 1 else None
        above = (
            parent.path if parent and not parent.blocks and not exact_topic(self.heading) else ""
        )
        return f"{above} / {self.heading}" if above and self.heading else self.heading or above


@dataclass
class ParsedWriteUp:
    """A whole write-up.

    Attributes:
        front: the values of the front matter, as text, lists and mappings.
        front_raw: the lines of the front matter.
        sections: everything else; the first is the part before any heading.
        labels: the labels of reference links, in lower case.
        problem: what is wrong with the front matter, in a sentence.
        links: the targets of its images and links, as written.
        dropped: what is in the file but not for its readers, each part with what it is.
    """

    front: dict[str, Any]
    front_raw: str
    sections: list[WriteUpSection]
    labels: frozenset[str] = frozenset()
    problem: str = ""
    links: tuple[str, ...] = ()
    dropped: tuple[tuple[str, str], ...] = ()

    @property
    def headings(self) -> list[str]:
        """All headings, in order."""
        return [section.heading for section in self.sections if section.heading]
