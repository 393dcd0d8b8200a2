"""The search index of a knowledge base, kept in a file for commands that must answer fast."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from generator.cache.fingerprints import incident_files, stamp_all
from generator.cache.kept_files import read_kept, write_kept
from generator.cache.trust import FOLDER
from generator.search.ranking import SearchEngine

# The modules that load a knowledge base are slow to import, and a fresh index does not need them.
if TYPE_CHECKING:
    from generator.knowledge.base import KnowledgeBase

FILE = f"{FOLDER}/search.json"


def kept_engine(root: Path, load: Callable[[], KnowledgeBase]) -> SearchEngine:
    """Return the engine for all pages that the site's search finds, from its file if it is fresh.

    Args:
        root: the folder of the knowledge base.
        load: loads the knowledge base; called only if it must be read.
    """
    docs = root / "docs"
    files = (root / "mkdocs.yml", *sorted(docs.rglob("*.md")), *incident_files(root))
    stamp = stamp_all(map(str, files))
    kept = read_kept(root / FILE, stamp)
    if kept is not None:
        return SearchEngine(kept)
    from generator.search.documents import documents
    from generator.search.index import extract_all, index_of

    index = index_of(extract_all(load(), documents(docs)))
    write_kept(root / FILE, stamp, index)
    return SearchEngine(index)
