"""KB001 and KB003 of files that are not opened: links that lead out, pipes, devices, what is too large.

No incident's text says that they are there, so no rule meets them: this walks the folders of which
files are read, shown or run.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator

from generator.knowledge.base import KnowledgeBase
from generator.knowledge.diagnostics import Diagnostic
from generator.knowledge.files import INSTALLED, diagnostic, walk
from generator.knowledge.loader import Entry
from generator.knowledge.roots import INCIDENTS
from generator.text.templating import TEMPLATES


def strays(base: KnowledgeBase, ids: Collection[str] | None = None) -> Iterator[Diagnostic]:
    """Yield a finding for each file that is not opened, less those that the loader reports.

    Args:
        base: the knowledge base.
        ids: the incidents whose folders are looked through; None for all, and what else is read.
    """
    for entry in base.entries:
        if ids is None or entry.id in ids:
            folder = f"{INCIDENTS}/{entry.id}"
            if _has_one_file(base, entry):
                continue
            told = {d.file for d in entry.diagnostics} | (
                {folder} if entry.source is None else set()
            )
            yield from (d for d in strays_in(base, folder) if d.file not in told)
    if ids is None:
        for folder in (TEMPLATES, *base.settings.published):
            yield from strays_in(base, folder)


def _has_one_file(base: KnowledgeBase, entry: Entry) -> bool:
    """Return whether a folder has only an incident's file that could be read; most have."""
    if base.kept is None or not base.kept.stamps.get(entry.id) or not entry.readable:
        return False
    return base.is_alone(entry.id)


def strays_in(base: KnowledgeBase, folder: str) -> Iterator[Diagnostic]:
    """Yield a finding for each file below a folder that is not opened."""
    for found in walk(base.root, folder, INSTALLED):
        if found.why is not None:
            yield diagnostic(found.name, found.why)
