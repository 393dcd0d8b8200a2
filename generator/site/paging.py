"""Splits a long list into pages, so that a change of one row changes one page.

The first page stays at the list's own URL; each other one is at `page/<number>/` below it, where no
component, tag or incident can be. A list with the newest row first is numbered from its end: a full
page keeps its rows, its number and its URL when rows are added, and the newest rows are on the first
page. Other lists are numbered from their beginning.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

from generator.site.page import Page, relative
from generator.text.markdown import Markdown

T = TypeVar("T")

MOST = 100
"""The most rows of a page."""

FULL = 50
"""The rows of a page that stays as it is. The first page has more, so it is never nearly empty."""

_ALL = 10  # with more pages, the links are those around the page, the ends and every tenth
_AROUND = 2


@dataclass(frozen=True, slots=True)
class PageDraft:
    """A page that is not made yet.

    Attributes:
        path: its path.
        inputs: everything that it is made from, besides templates and settings.
        make: makes it.
    """

    path: str
    inputs: str
    make: Callable[[], Page]


@dataclass(frozen=True, slots=True)
class PartOfList(Generic[T]):
    """The rows of one page.

    Attributes:
        path: the path of the page.
        number: the number of the page; 0 is the first page.
        rows: the rows.
        nav: links to the other pages, as HTML of one line; empty if there are none.
    """

    path: str
    number: int
    rows: Sequence[T]
    nav: Markdown

    def title(self, of: str) -> str:
        """Return the title of the page, from the title of the list."""
        return f"{of}, page {self.number}" if self.number else of


def split(path: str, rows: Sequence[T], *, newest_first: bool = False) -> Iterator[PartOfList[T]]:
    """Yield the pages of a list, in the order in which they are read.

    Args:
        path: the path of the list: `components/proxy/index.md`.
        rows: all rows.
        newest_first: whether rows are added at the beginning.
    """
    ends = list(_newest_first(len(rows)) if newest_first else _in_order(len(rows)))
    numbers = [number for number, _, _ in ends]
    for at, (number, start, stop) in enumerate(ends):
        here = _path(path, number)
        nav = _nav(here, path, numbers, at, newest_first=newest_first)
        yield PartOfList(here, number, rows[start:stop], nav)


def _newest_first(count: int) -> Iterator[tuple[int, int, int]]:
    """Yield the number of each page, and where its rows begin and end."""
    pages = (count - FULL - 1) // FULL if count > MOST else 0
    yield 0, 0, count - pages * FULL
    for number in range(pages, 0, -1):
        yield number, count - number * FULL, count - (number - 1) * FULL


def _in_order(count: int) -> Iterator[tuple[int, int, int]]:
    for start in range(0, max(count, 1), MOST):
        yield start and start // MOST + 1, start, start + MOST


def _path(path: str, number: int) -> str:
    return f"{path.removesuffix('index.md')}page/{number}/index.md" if number else path


def _nav(here: str, path: str, numbers: list[int], at: int, *, newest_first: bool) -> Markdown:
    if len(numbers) == 1:
        return Markdown("")
    first, before, after = (
        ("Newest", "Newer", "Older") if newest_first else ("1", "Previous", "Next")
    )

    def link(of: int, text: str, more: str = "") -> str:
        target = relative(here, _path(path, numbers[of]).removesuffix(".md") + ".html")
        return f'<a href="{target}"{more}>{text}</a>'

    parts = [link(at - 1, before, ' rel="prev"')] if at else []
    last = -1
    for of, number in enumerate(numbers):
        if not _linked(of, at, number, len(numbers)):
            continue
        if of > last + 1:
            parts.append("…")
        text, last = str(number) if number else first, of
        parts.append(f'<strong aria-current="page">{text}</strong>' if of == at else link(of, text))
    if at + 1 < len(numbers):
        parts.append(link(at + 1, after, ' rel="next"'))
    return Markdown(f'<nav class="kb-pages" aria-label="Pages">{" ".join(parts)}</nav>')


def _linked(of: int, at: int, number: int, count: int) -> bool:
    return count <= _ALL or of in (0, count - 1) or abs(of - at) <= _AROUND or not number % 10
