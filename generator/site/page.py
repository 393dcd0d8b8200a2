"""The parts of the site before rendering: pages of Markdown, and files."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Page:
    """One page of the site.

    Attributes:
        path: its path, with forward slashes: `incidents/some-id/index.md`.
        title: plain text, for the browser's tab and for lists.
        markdown: the page, complete, with one first-level heading.
        description: plain text of one line for previews.
        incident: the incident that the page is about, if any.
        listed: whether the navigation may include it; it never includes incident pages, because
        its cost grows with the square of the number of pages.
    """

    path: str
    title: str
    markdown: str
    description: str = ""
    incident: str | None = None
    listed: bool = False

    @property
    def url(self) -> str:
        """URL of the rendered page, relative to the site: `incidents/some-id/index.html`."""
        return self.path.removesuffix(".md") + ".html"


@dataclass(frozen=True, slots=True)
class Asset:
    """A file that is copied to the site unchanged.

    Attributes:
        path: its path, with forward slashes.
        made: its content, or what makes it, which is called only if the content is needed.
        key: a digest of everything that the content is made from, if it is known: a file with the same
            path and key has the same content, so it need not be made.
    """

    path: str
    made: bytes | Callable[[], bytes] = field(repr=False)
    key: bytes | None = field(default=None, compare=False, repr=False)

    @property
    def content(self) -> bytes:
        """Its content."""
        return self.made if isinstance(self.made, bytes) else self.made()


def relative(start: str, target: str) -> str:
    """Return the relative link from one page to another, or to a file.

    Args:
        start: path of the page that has the link.
        target: path of the target, optionally with an anchor.
    """
    return "../" * start.count("/") + target
