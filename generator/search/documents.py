"""The handwritten pages of a knowledge base, as what can be found."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

from generator.search.index import OtherPage

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


def documents(docs: Path) -> Iterator[OtherPage]:
    """Yield the handwritten pages, for the search index.

    Args:
        docs: the folder that holds them; it may be missing.
    """
    for path in sorted(docs.rglob("*.md")) if docs.is_dir() else ():
        hidden = any(part.startswith(".") for part in path.relative_to(docs).parts)
        if path.is_file() and not hidden:
            text = path.read_text("utf-8-sig", "replace")
            if is_stand_in(text):
                continue
            heading = re.search(r"^#\s+(.+?)\s*(?:\{[^}]*\})?\s*$", text, re.MULTILINE)
            name = path.relative_to(docs).with_suffix(".html").as_posix()
            yield OtherPage(name, heading[1] if heading else path.stem, text)
