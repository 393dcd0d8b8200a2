"""What the site is made of, before anything renders it: pages of Markdown, and files."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Page:
    """One page of the site.

    Attributes:
        path: where it lies, with forward slashes: `incidents/some-id/index.md`.
        title: plain text, for the browser's tab and for lists.
        markdown: the page, complete, with one first-level heading.
        description: plain text of one line for previews.
        incident: the incident that the page is about, if it is about one.
        listed: whether it may stand in the navigation; incident pages do not, because the
            navigation's cost grows with the square of its pages.
    """

    path: str
    title: str
    markdown: str
    description: str = ""
    incident: str | None = None
    listed: bool = False

    @property
    def url(self) -> str:
        """Address of the rendered page, relative to the site: `incidents/some-id/index.html`."""
        return self.path.removesuffix(".md") + ".html"


@dataclass(frozen=True, slots=True)
class Asset:
    """A file that the site carries as it is."""

    path: str
    content: bytes


def relative(start: str, target: str) -> str:
    """Return the link from one page to another, or to a file, up to the top and down again.

    Args:
        start: path of the page that holds the link.
        target: path of what it leads to, with an anchor if wanted.
    """
    return "../" * start.count("/") + target
