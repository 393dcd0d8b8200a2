"""The search index of a knowledge base, kept in a file and made again only where pages have changed."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from generator.cache.fingerprints import digest
from generator.cache.json_text import encode
from generator.cache.kept_files import read_kept, write_kept
from generator.cache.memory import collector_off
from generator.cache.parallel import do_all
from generator.cache.rows import Rows
from generator.cache.trust import FOLDER
from generator.knowledge.files import find_files
from generator.knowledge.sources.places import IncidentLists, incident_lists
from generator.search.ranking import SearchEngine

# The modules that load a knowledge base are slow to import, and a fresh index does not need them.
if TYPE_CHECKING:
    from generator.knowledge.base import KnowledgeBase
    from generator.search.index import PageExtract

FILE = f"{FOLDER}/search.json"
EXTRACTS = f"{FOLDER}/extracts.rows"
DOCS = "docs"

Index = dict[str, Any]
Kept = dict[str, Any]
"""What a file keeps: `index`, `counts` as `patched` needs them, `pages`: [address, digest], `stamp`."""


class KeptSearch(NamedTuple):
    """The engine for all pages that the site's search finds.

    Attributes:
        engine: the engine.
        unreadable: the number of incidents that cannot be read, and so are not found.
    """

    engine: SearchEngine
    unreadable: int


def kept_engine(
    root: Path, load: Callable[[], KnowledgeBase], lists: IncidentLists | None = None
) -> KeptSearch:
    """Return the engine for all pages that the site's search finds.

    Args:
        root: the folder of the knowledge base.
        load: loads the knowledge base; called only if something has changed.
        lists: which incidents there are, if that was looked up already.
    """
    docs = (str(root / file) for file in find_files(root, DOCS) if file.endswith(".md"))
    places = (lists or incident_lists(root)).places()
    stamps = places.stamps
    stamp = places.stamp(docs)
    kept: Kept = read_kept(root / FILE, "") or {}

    def opened(index: Index) -> KeptSearch:
        engine = SearchEngine(index)
        return KeptSearch(engine, len(stamps) - sum(bool(page.incident) for page in engine.pages))

    if stamp and kept.get("stamp") == stamp:
        return opened(kept["index"])
    from generator.search.documents import documents
    from generator.search.index import extract_document

    pages = [extract_document(page) for page in documents(root, DOCS)]
    return opened(kept_index(load(), pages, root / FILE, kept, stamp))


def kept_index(
    base: KnowledgeBase,
    documents: Sequence[PageExtract],
    file: Path,
    kept: Kept | None = None,
    stamp: str = "",
) -> Index:
    """Return the index of a knowledge base and its other pages, and keep it.

    Args:
        base: the knowledge base.
        documents: the other pages.
        file: the file that keeps the index.
        kept: what the file keeps, if it has been read already.
        stamp: the stamp of all files of the pages, if there is one.
    """
    from generator.search.index import counted_index

    if kept is None:
        kept = read_kept(file, "") or {}
    digests = {i: base.by_id[i].digest for i in base.newest}
    pages = [[i, of] for i, of in digests.items()]
    pages += [[page.address, digest(encode(page.row())).hex()] for page in documents]
    index: Index
    if kept.get("pages") == pages:
        index, counts = kept["index"], kept["counts"]
    else:
        with collector_off():
            made = _patched_index(base, kept, pages, digests)
            if made is None:
                extracts = extracts_of(base, digests)
                made = counted_index([*extracts.values(), *documents])
        index, counts = made
    if kept.get("pages") != pages or kept.get("stamp") != stamp:
        write_kept(file, "", {"stamp": stamp, "pages": pages, "counts": counts, "index": index})
    return index


def extracts_of(base: KnowledgeBase, digests: Mapping[str, str]) -> dict[str, PageExtract]:
    """Return the index data of incidents, and keep it.

    Args:
        base: the knowledge base.
        digests: the digest of each incident's file by id.
    """
    from generator.search.index import PageExtract

    rows = Rows(base.root / EXTRACTS, digests)
    return {i: PageExtract.from_row(row) for i, row in rows.all(partial(_extracted, base)).items()}


def extract_row(base: KnowledgeBase, incident_id: str) -> list[Any]:
    """Return the index data of an incident, as `keep_extracts` takes it."""
    from generator.search.index import extract

    source = base.source_of(incident_id)
    return extract(incident_id, base.incidents[incident_id], source).row()


def keep_extracts(base: KnowledgeBase, made: Mapping[str, list[Any]]) -> None:
    """Keep index data that was made together with something else.

    Args:
        base: the knowledge base.
        made: what `extract_row` has returned, by id.
    """
    rows = Rows(base.root / EXTRACTS, {i: base.by_id[i].digest for i in base.newest})
    for incident_id, row in made.items():
        rows.put(incident_id, row)
    rows.save()


def _extracted(base: KnowledgeBase, ids: list[str]) -> Iterator[tuple[str, list[Any]]]:
    return do_all(partial(extract_row, base), ids)


def _patched_index(
    base: KnowledgeBase, kept: Kept, pages: list[list[str]], digests: Mapping[str, str]
) -> tuple[Index, dict[str, int]] | None:
    """Return the index with some incidents changed; None if it must be made from all pages."""
    from generator.search.index import PageExtract, patched

    before = kept.get("pages") or []
    if [address for address, _ in before] != [address for address, _ in pages]:
        return None
    changed = [n for n, page in enumerate(pages) if page != before[n]]
    if len(changed) * 2 > len(pages) or any(pages[n][0] not in digests for n in changed):
        return None
    old = Rows(base.root / EXTRACTS, dict(before))
    was = {n: old.get(pages[n][0]) for n in changed}
    if None in was.values():
        return None
    rows = Rows(base.root / EXTRACTS, digests)
    for n in changed:
        rows.put(pages[n][0], next(_extracted(base, [pages[n][0]]))[1])
    new = {n: PageExtract.from_row(rows.get(pages[n][0])) for n in changed}
    rows.save()
    return patched(
        kept["index"],
        kept["counts"],
        {n: PageExtract.from_row(row) for n, row in was.items()},
        new,
    )
