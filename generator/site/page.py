"""The parts of the site before rendering: pages of Markdown, and files."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import cached_property

from generator.cache.fingerprints import digest


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

    @property
    def key(self) -> str:
        """Changes when the Markdown does."""
        return digest(self.markdown).hex()


class LatePage:
    """A page that was made by an earlier build; its Markdown is read when it is needed.

    Attributes: those of `Page`.
    """

    def __init__(self, head: Page, key: str, read: Callable[[], str]) -> None:
        """Describe a page.

        Args:
            head: the page, without its Markdown.
            key: changes when its Markdown does.
            read: returns its Markdown.
        """
        self.path, self.url, self.key = head.path, head.url, key
        self.title, self.description = head.title, head.description
        self.incident, self.listed = head.incident, head.listed
        self._head = head
        self._read = read

    @cached_property
    def markdown(self) -> str:
        """The page, complete."""
        return self._read()

    def whole(self) -> Page:
        """Return the page with its Markdown."""
        return replace(self._head, markdown=self.markdown)


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
