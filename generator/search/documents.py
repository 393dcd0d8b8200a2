"""The handwritten pages of a knowledge base, as documents for the search index."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path, PurePosixPath

from generator.knowledge.files import find_files, read_file
from generator.search.index import OtherPage

STAND_IN = "<!-- runbooks: the home page takes the place of this page -->"
"""The first line of a page that only a site engine without the `runbooks` plugin shows.

Such an engine builds a site without incidents and reports success. Its home page is
`docs/index.md`, which says what is missing. The plugin replaces it with the real home page.
"""

_HEADING = re.compile(r"^#[^\S\n]+(\S.*)$", re.MULTILINE)


def is_stand_in(text: str | bytes) -> bool:
    """Return whether a generated page with the same path replaces a handwritten page."""
    start = text[: len(STAND_IN) + 8]
    head = start.decode("utf-8", "replace") if isinstance(start, bytes) else start
    return head.lstrip("\ufeff \r\n").startswith(STAND_IN)


def document_files(root: Path, docs: str) -> Iterator[str]:
    """Yield the paths of the handwritten pages, from the folder that holds them.

    Args:
        root: the folder of the knowledge base.
        docs: the folder of the pages, as a path from there; it may not exist.
    """
    for file in find_files(root, docs):
        name = file.removeprefix(f"{docs}/")
        if name.endswith(".md") and not any(part.startswith(".") for part in name.split("/")):
            yield name


def documents(root: Path, docs: str) -> Iterator[OtherPage]:
    """Yield the handwritten pages, for the search index.

    Args:
        root: the folder of the knowledge base.
        docs: the folder of the pages, as a path from there; it may not exist.
    """
    for name in document_files(root, docs):
        text = read_file(root, f"{docs}/{name}").decode("utf-8-sig", "replace")
        if is_stand_in(text):
            continue
        heading = _HEADING.search(text)
        path = PurePosixPath(name)
        title = _title(heading[1]) if heading else path.stem
        yield OtherPage(path.with_suffix(".html").as_posix(), title, text)


def _title(heading: str) -> str:
    """Return a heading without the attributes in braces that may end it."""
    title = heading.rstrip()
    if title.endswith("}"):
        begin = title.find("{", title.rfind("}", 0, -1) + 1)
        if begin > 0:
            return title[:begin].rstrip()
    return title
