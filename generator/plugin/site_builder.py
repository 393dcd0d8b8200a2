"""Makes everything for the site, and makes parts again only if something has changed.

A builder lasts as long as its process: one build, or all builds of `runbooks serve`. What it
makes is the same as what `generator.site` makes from nothing; a test compares them.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import asdict, dataclass, replace
from datetime import date
from functools import partial
from pathlib import Path
from typing import Any

from jinja2 import Environment

from generator.cache import fingerprints
from generator.cache.fingerprints import digest
from generator.cache.parallel import do_all
from generator.cache.store import FILE, Store, Value
from generator.cache.trust import FOLDER
from generator.insights import CountedIncident
from generator.knowledge.base import KnowledgeBase, load
from generator.knowledge.diagnostics import Diagnostic, Severity
from generator.knowledge.loader import INCIDENT_FILES, Entry, incident_of
from generator.knowledge.records import IGNORED
from generator.knowledge.roots import CONFIG_FILE, INCIDENTS, LOCK_FILE
from generator.knowledge.settings import Settings
from generator.knowledge.sources.lock import BadLock
from generator.knowledge.sources.places import incident_places
from generator.knowledge.sources.taking import restore
from generator.knowledge.templates import template_files
from generator.plugin.page_texts import PageTexts
from generator.rules import RULES, lint
from generator.rules.sources import SOURCE_CODES
from generator.search.index import OtherPage, extract_document
from generator.search.kept import extract_row, keep_extracts, kept_index
from generator.site import Asset, LateAsset, Page, Pages, build_assets, environment
from generator.site.charts import can_draw
from generator.site.list_lines import ListText
from generator.site.page import LatePage
from generator.site.pages import make_piece
from generator.site.paging import PageDraft
from generator.site.pieces import Pieces
from generator.site.search_data import search_assets

SITE_INDEX = f"{FOLDER}/site-search.json"

_MOST_FIRST = 3
"""Of so many saved incidents, the pages are made before all others."""

Progress = Callable[[str, int, int], None]
"""Called with the current task, the number of finished parts, and the number of parts."""


def silent(stage: str, done: int, total: int) -> None:
    """Ignore the progress."""


@dataclass(frozen=True)
class Checked:
    """A knowledge base, and its findings; of incidents that can be read, those that are not only hints."""

    base: KnowledgeBase
    findings: tuple[Diagnostic, ...]

    @property
    def errors(self) -> list[Diagnostic]:
        """The findings that stop a build; without a source, the rest of the site is built."""
        return [
            d for d in self.findings if d.severity is Severity.ERROR and d.code not in SOURCE_CODES
        ]


class SiteBuilder:
    """Loads, checks and renders one knowledge base, any number of times."""

    def __init__(
        self, root: Path, *, store: Store | None = None, progress: Progress = silent
    ) -> None:
        """Begin.

        Args:
            root: the folder that contains `mkdocs.yml` and `incidents/`.
            store: the cache; the default is in the root.
            progress: called with the progress.
        """
        self.root = root
        self.store = store if store is not None else Store(root / FILE)
        self.progress = progress
        self._before: KnowledgeBase | None = None
        self._example_files: list[Asset] | None = None
        self._templates: tuple[str, Environment] | None = None
        self._maker: Pages | None = None
        self._texts = PageTexts()
        self._sources: tuple[str, dict[str, str]] | None = None

    def check(self, today: date, settings: Settings | None = None) -> Checked:
        """Load and lint.

        Args:
            today: the date against which the age of a proof's record is checked.
            settings: options to use instead of the options in `mkdocs.yml`.
        """

        def reading(total: int) -> AbstractContextManager[Callable[[], None]]:
            return nullcontext(_counter(self.progress, "Loading incidents", total))

        problems = self._restored()
        base = load(self.root, today, kept=True, reading=reading, before=self._before)
        self._before = base
        if settings is not None:
            base = replace(base, settings=settings)
        done = _counter(self.progress, "Checking incidents", len(base.own.entries))
        findings = lint(base, RULES, progress=done, sources=problems, least=Severity.WARNING)
        return Checked(base, tuple(findings))

    def _restored(self) -> dict[str, str]:
        """Make the copies of sources that the lock says; again only if it changes, as that may fetch."""
        files = (str(self.root / CONFIG_FILE), str(self.root / LOCK_FILE))
        now = fingerprints.stamp_all(files)
        if self._sources is None or self._sources[0] != now:
            try:
                problems = restore(self.root)
            except BadLock:
                problems = {}  # lint reports it
            self._sources = now, problems
        return self._sources[1]

    def pages(self, checked: Checked, today: date) -> list[Page]:
        """Return every page, complete.

        Args:
            checked: the result of `check`.
            today: the date against which due dates are checked.
        """
        return [page.whole() for page in self.late_pages(checked, today)]

    def late_pages(self, checked: Checked, today: date) -> list[LatePage]:
        """Return every page; the Markdown of one that has not changed is not read.

        Args:
            checked: the result of `check`.
            today: the date against which due dates are checked.
        """
        base = checked.base.shown
        self._texts = PageTexts()
        stamps = fingerprints.stamp_all(template_files(self.root))
        if self._templates is None or self._templates[0] != stamps:
            self._templates = stamps, environment(self.root)
        maker = self._maker = Pages(base, self._templates[1], today)
        salt = digest(
            stamps,
            repr(base.settings),
            str(can_draw()),
        )
        by_id: dict[str, list[Diagnostic]] = {}
        for diagnostic in checked.findings:
            by_id.setdefault(incident_of(diagnostic.file), []).append(diagnostic)

        def again(entry: Entry) -> list[Page]:
            return list(maker.of(entry, by_id.get(entry.id, entry.diagnostics)))

        def make(entry: Entry) -> Value:
            made: Value = {"pages": [asdict(page) for page in again(entry)]}
            if most and entry.readable:  # spread over the cores once, and not for each of them
                made["extract"] = extract_row(base, entry.id)
                made["piece"] = make_piece(base, entry.id)
            return made

        inputs = _PageInputs(base, maker.insight_pages.incidents, maker.listed, today)
        keys = {
            entry.id: digest(
                salt,
                inputs.of(entry, by_id.get(entry.id, ())),
                maker.insight_pages.recurrence_inputs(entry.id),
            )
            for entry in base.entries
        }
        known = self.store.get_many(keys.values())
        new = [entry for entry in base.entries if keys[entry.id] not in known]
        most = len(new) * 2 > len(base.entries)  # of fewer, the search index is patched
        pieces = self._pieces(base)
        extracts: dict[str, list[Any]] = {}
        for entry, value in do_all(make, new, lambda: (base.newest, base.referrers)):
            known[keys[entry.id]] = self._keep(keys[entry.id], map(_page, value["pages"]))
            if "piece" in value:
                extracts[entry.id] = value["extract"]
                self.store.put_many({pieces.kept_key(entry.id): value["piece"]})
        if extracts:
            keep_extracts(base, extracts)
        pages = [
            page
            for entry in base.entries
            for page in self._late(known[keys[entry.id]], partial(again, entry))
        ]
        pages += self._made("list", salt, maker.index_pages.drafts())
        # They depend on figures, and so on the date.
        pages += self._made("insights", salt, maker.insight_pages.drafts())
        return [*pages, *self._examples(maker, salt)]

    def first_pages(self, today: date, opened: Collection[str] = ()) -> list[Page]:
        """Return pages of incidents that have changed since the last build.

        Args:
            today: the date against which due dates are checked.
            opened: paths in the site; if many incidents have changed, only these pages are made.

        Returns:
            Nothing if templates have changed, if incidents came or went, or if one cannot be read.
        """
        maker, templates = self._maker, self._templates
        if maker is None or maker.base.kept is None or templates is None:
            return []
        before = maker.base.kept.stamps
        places = incident_places(self.root)
        stamps = places.stamps
        if (
            stamps.keys() != before.keys()
            or maker.today != today
            or templates[0] != fingerprints.stamp_all(template_files(self.root))
        ):
            return []
        wanted = [i for i, now in stamps.items() if not now or now != before.get(i)]
        if len(wanted) > _MOST_FIRST:
            wanted = [i for i in wanted if f"{INCIDENTS}/{i}/index.html" in opened]
        fresh = {i: places.load(i) for i in wanted if i in maker.base.by_id}
        if not all(entry.incident for entry in fresh.values()):
            return []
        now = maker.with_fresh(fresh)
        return [page for i in fresh if i in now.base.by_id for page in now.of(now.base.by_id[i])]

    def _keep(self, key: bytes, pages: Iterable[Page]) -> Value:
        """Cache pages that were made together; the text only of those that the engine always reads."""
        heads = []
        for page in pages:
            head = page if page.listed else replace(page, markdown="")
            heads.append([asdict(head), (known_as := page.key)])
            self._texts.put(known_as, page.markdown)
        self.store.put_many({key: {"pages": heads}})
        return {"pages": heads}

    def _late(self, heads: Value, again: Callable[[], list[Page]]) -> Iterator[LatePage]:
        """Yield pages that `_keep` has cached.

        Args:
            heads: what it returned.
            again: makes the same pages.
        """

        def read(number: int, key: str) -> str:
            known = heads["pages"][number][0]["markdown"] or self._texts.get(key)
            return again()[number].markdown if known is None else known

        for number, (head, key) in enumerate(heads["pages"]):
            yield LatePage(_page(head), key, partial(read, number, key))

    def assets(self, checked: Checked) -> Iterator[Asset | LateAsset]:
        """Yield the files that are copied to the site, except the search index."""
        base = checked.base.shown
        return build_assets(base, self._example_files, self._pieces(base))

    def _pieces(self, base: KnowledgeBase) -> Pieces:
        return Pieces(base, make_piece, self.store.get_or_make)

    def index(self, checked: Checked, documents: Iterable[OtherPage]) -> list[Asset]:
        """Return the search index: one script, or of a large one its parts, too.

        Args:
            checked: what `check` returned.
            documents: the pages of `docs/`.
        """
        pages = [extract_document(document) for document in documents]
        index = kept_index(checked.base.shown, pages, self.root / SITE_INDEX)
        self.store.flush()
        return search_assets(index)

    def _made(self, what: str, salt: bytes, drafts: Iterable[PageDraft]) -> Iterator[LatePage]:
        """Yield pages; those whose inputs are known are not made again."""
        by_key = {digest(what, salt, draft.inputs): draft for draft in drafts}
        known = self.store.get_many(by_key)
        for key, draft in by_key.items():
            heads = known.get(key) or self._keep(key, [draft.make()])
            yield from self._late(heads, partial(_alone, draft))

    def _examples(self, maker: Pages, salt: bytes) -> Iterator[LatePage]:
        """Yield the page with the formats of a checklist; `assets` returns its files."""
        incident = maker.examples.incident
        self._example_files = []
        if incident is None:
            return
        key = digest("examples", salt, incident, maker.base.by_id[incident].digest)
        value = self.store.get_or_make(
            key,
            lambda: {
                "pages": [asdict(page) for page in maker.examples.pages(maker.templates)],
                "files": [[file.path, file.content.decode()] for file in maker.examples.assets()],
            },
        )
        self._example_files = [Asset(path, text.encode()) for path, text in value["files"]]
        for page in map(_page, value["pages"]):
            yield LatePage(page, page.key, partial(getattr, page, "markdown"))


def _page(values: Value) -> Page:
    return Page(**values)


def _alone(draft: PageDraft) -> list[Page]:
    return [draft.make()]


@dataclass(frozen=True)
class _PageInputs:
    """Tells what an incident's page depends on, besides templates and settings."""

    base: KnowledgeBase
    counted: Mapping[str, CountedIncident]
    listed: Mapping[str, ListText]
    today: date

    def of(self, entry: Entry, diagnostics: Sequence[Diagnostic]) -> str:
        """Return everything that the page of an incident depends on."""
        facts, base = entry.facts, self.base
        if facts is None:
            return repr((entry.id, entry.file, tuple(diagnostics) or entry.diagnostics))
        others = map(self._other, (*facts.references, *base.referrers.get(entry.id, ())))
        # The date changes a page only through due dates, and through the age of a proof's record.
        of = self.counted[entry.id]
        ages = bool(of.proofs) or any(item.due for item in of.action_items)
        alone = base.is_alone(entry.id)
        files = [] if alone else list(_files_beside(base.folder(entry.id)))
        changed = base.changes.get(entry.id)
        day = self.today if ages else None
        there = base.address_there(entry.id)
        return repr((entry.id, entry.digest, there, [*others], day, files, changed))

    def _other(self, incident_id: str) -> tuple[object, ...]:
        """Return what a page shows of another incident, or sorts it by."""
        facts = self.base.facts.get(incident_id)
        if facts is None:
            return (incident_id,)
        return incident_id, facts.title, facts.severity, facts.status, self.listed[incident_id]


def _files_beside(folder: Path) -> Iterator[tuple[str, int, int]]:
    """Yield an incident's other files (proofs, their record, tools), with size and time."""
    for where, below, names in os.walk(folder):
        below[:] = sorted(set(below) - IGNORED)
        for name in sorted(names):
            if where != str(folder) or name not in INCIDENT_FILES:
                path = os.path.join(where, name)  # noqa: PTH118 - thousands
                status = os.lstat(path)
                yield path, status.st_size, status.st_mtime_ns


def _counter(progress: Progress, stage: str, total: int) -> Callable[[], None]:
    done = 0

    def count() -> None:
        nonlocal done
        done += 1
        progress(stage, done, total)

    return count
