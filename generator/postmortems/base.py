"""What all formats share: the request and the result."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date

from generator.knowledge.base import KnowledgeBase
from generator.postmortems.contents import post_mortem
from generator.postmortems.document import PostMortem


@dataclass(frozen=True, slots=True)
class ExportRequest:
    """What to export.

    Attributes:
        base: the knowledge base.
        ids: the incidents, all readable; a document is about the first.
        today: the current date.
        site: the URL of the site; None leaves out URLs.
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
    """The result of a format.

    Attributes:
        content: the whole file; text is UTF-8.
        left_out: the action items that the format cannot include, by name.
        why: the reason.
    """

    content: bytes
    left_out: tuple[str, ...] = ()
    why: str = ""


@dataclass(frozen=True, slots=True)
class ExportFormat:
    """A format.

    Attributes:
        write: makes the file.
        endings: the file extensions; the first is the usual one.
        several: whether one file can contain several incidents.
        text: whether a terminal can show it.
    """

    write: Callable[[ExportRequest], ExportedFile]
    endings: tuple[str, ...]
    several: bool = False
    text: bool = True
