"""The handwritten pages of a knowledge base, as what can be found."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path, PurePosixPath

from generator.knowledge.files import find_files, read_file
from generator.search.index import Document

STAND_IN = "<!-- runbooks: the home page takes the place of this page -->"
"""The first line of a page that only an engine without this product shows.

An engine that does not know the plugin `runbooks` builds a site without incidents and reports
success. Its home page is `docs/index.md`, which says what is missing; where the incidents are
known, the real home page takes its place.
"""


def is_stand_in(text: str | bytes) -> bool:
    """Say whether a handwritten page gives way to the page that has the same path."""
    start = text[: len(STAND_IN) + 8]
    head = start.decode("utf-8", "replace") if isinstance(start, bytes) else start
    return head.lstrip("\ufeff \r\n").startswith(STAND_IN)


def document_files(root: Path, docs: str) -> Iterator[str]:
    """Yield the paths of the handwritten pages, from the folder that holds them.

    Args:
        root: the folder of the knowledge base.
        docs: the folder of the pages, as a path from there; it may be missing.
    """
    for file in find_files(root, docs):
        name = file.removeprefix(f"{docs}/")
        if name.endswith(".md") and not any(part.startswith(".") for part in name.split("/")):
            yield name


def documents(root: Path, docs: str) -> Iterator[Document]:
    """Yield the handwritten pages, for the search index.

    Args:
        root: the folder of the knowledge base.
        docs: the folder of the pages, as a path from there; it may be missing.
    """
    for name in document_files(root, docs):
        text = read_file(root, f"{docs}/{name}").decode("utf-8-sig", "replace")
        if is_stand_in(text):
            continue
        heading = re.search(r"^#\s+(.+?)\s*(?:\{[^}]*\})?\s*$", text, re.MULTILINE)
        path = PurePosixPath(name)
        yield Document(
            path.with_suffix(".html").as_posix(), heading[1] if heading else path.stem, text
        )
