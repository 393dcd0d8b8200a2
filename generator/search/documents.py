"""The handwritten pages of a knowledge base, as documents for the search index."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

from generator.search.index import OtherPage

STAND_IN = "<!-- runbooks: the home page takes the place of this page -->"
"""The first line of a page that only a site engine without the `runbooks` plugin shows.

Such an engine builds a site without incidents and reports success. Its home page is
`docs/index.md`, which says what is missing. The plugin replaces it with the real home page.
"""


def is_stand_in(text: str | bytes) -> bool:
    """Return whether a generated page with the same path replaces a handwritten page."""
    start = text[: len(STAND_IN) + 8]
    head = start.decode("utf-8", "replace") if isinstance(start, bytes) else start
    return head.lstrip("\ufeff \r\n").startswith(STAND_IN)


def documents(docs: Path) -> Iterator[OtherPage]:
    """Yield the handwritten pages, for the search index.

    Args:
        docs: their folder; it may not exist.
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
