"""The handwritten pages of a knowledge base, as what can be found."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

from generator.finding.index import Document


def documents(docs: Path) -> Iterator[Document]:
    """Yield the handwritten pages, for the search index.

    Args:
        docs: the folder that holds them; it may be missing.
    """
    for path in sorted(docs.rglob("*.md")) if docs.is_dir() else ():
        hidden = any(part.startswith(".") for part in path.relative_to(docs).parts)
        if path.is_file() and not hidden:
            text = path.read_text("utf-8-sig", "replace")
            heading = re.search(r"^#\s+(.+?)\s*(?:\{[^}]*\})?\s*$", text, re.MULTILINE)
            name = path.relative_to(docs).with_suffix(".html").as_posix()
            yield Document(name, heading[1] if heading else path.stem, text)
