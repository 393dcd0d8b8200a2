"""What all formats share: what is asked for, and what comes of it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date

from generator.knowledge.base import KnowledgeBase
from generator.postmortems.contents import post_mortem
from generator.postmortems.document import PostMortem


@dataclass(frozen=True, slots=True)
class ExportRequest:
    """What is to be exported.

    Attributes:
        base: the knowledge base.
        ids: the incidents, each of which could be read; a document is of the first.
        today: the day it is.
        site: where the site is; None leaves addresses out.
    """

    base: KnowledgeBase
    ids: tuple[str, ...]
    today: date
    site: str | None = None

    def document(self) -> PostMortem:
        """Return the post-mortem of the first incident."""
        return post_mortem(self.base, self.ids[0], self.site, self.today)


@dataclass(frozen=True, slots=True)
class ExportedFile:
    """What a format made.

    Attributes:
        content: the whole file; text is UTF-8.
        left_out: the action items that the format could not take, by name.
        why: why not.
    """

    content: bytes
    left_out: tuple[str, ...] = ()
    why: str = ""


@dataclass(frozen=True, slots=True)
class ExportFormat:
    """A format.

    Attributes:
        write: makes the file.
        endings: what names of such files end in; the first is the usual one.
        several: whether one file takes several incidents.
        text: whether it can be shown on a terminal.
    """

    write: Callable[[ExportRequest], ExportedFile]
    endings: tuple[str, ...]
    several: bool = False
    text: bool = True
