"""The search index of a knowledge base, kept in a file: for what must answer without loading it."""

from __future__ import annotations

import json
from collections.abc import Callable
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING

from generator.cache.file_cache import incident_files, modules, read_kept, stamp_all, write_kept
from generator.search.ranking import Engine

# Loading a knowledge base takes long to import, and a fresh index does without.
if TYPE_CHECKING:
    from generator.knowledge.base import KnowledgeBase

FILE = ".cache/runbooks/search.json"


def kept_engine(root: Path, load: Callable[[], KnowledgeBase]) -> Engine:
    """Return the engine of all that the site's search finds, from its file where that is fresh.

    Args:
        root: the folder of the knowledge base.
        load: loads the knowledge base; called only when it must be read.
    """
    docs = root / "docs"
    code = modules("cache", "knowledge", "model", "search", "text")
    files = (root / "mkdocs.yml", *sorted(docs.rglob("*.md")), *incident_files(root), *code)
    stamp = stamp_all(map(str, files), version("incident-runbooks"))
    content = read_kept(root / FILE, stamp)
    if content is not None:
        return Engine(json.loads(content))
    from generator.search.documents import documents
    from generator.search.index import extract_all, index_of

    index = index_of(extract_all(load(), documents(docs)))
    text = json.dumps(index, ensure_ascii=False, separators=(",", ":"))
    write_kept(root / FILE, stamp, text.encode("utf-8", "replace"))
    return Engine(index)
