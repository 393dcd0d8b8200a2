"""Defines a format of write-ups."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from generator.importers.document import ParsedWriteUp
from generator.importers.draft import Draft
from generator.importers.headings import Topic


def _nothing(draft: Draft, document: ParsedWriteUp) -> None:
    """Do nothing more."""


@dataclass(frozen=True)
class WriteUpFormat:
    """One kind of write-up.

    Attributes:
        about: its description, in one line.
        fits: returns whether a write-up is of this kind.
        headings: headings that have another meaning in this format, as `headings.phrase`
        spells them.
        front: keys of the front matter that have a meaning in this format, as typed.
        finish: called after everything has been read.
    """

    about: str
    fits: Callable[[ParsedWriteUp], bool]
    headings: Mapping[str, Topic] = field(default_factory=dict)
    front: Mapping[str, Topic] = field(default_factory=dict)
    finish: Callable[[Draft, ParsedWriteUp], None] = _nothing
