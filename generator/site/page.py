"""The parts of the site before rendering: pages of Markdown, and files."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass


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
    """A file that is copied to the site unchanged."""

    path: str
    content: bytes


@dataclass(frozen=True, slots=True)
class LateAsset:
    """A file that is copied to the site unchanged, and made only where it has changed.

    Attributes:
        path: its path.
        key: changes when its content does.
        make: returns its content.
    """

    path: str
    key: str
    make: Callable[[], bytes]

    @property
    def content(self) -> bytes:
        """What it holds."""
        return self.make()


def relative(start: str, target: str) -> str:
    """Return the relative link from one page to another, or to a file.

    Args:
        start: path of the page that has the link.
        target: path of the target, optionally with an anchor.
    """
    return "../" * start.count("/") + target
