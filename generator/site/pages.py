"""The whole site: every page, and the files that pages need."""

from __future__ import annotations

import posixpath
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import cached_property, partial

from jinja2 import Environment

from generator.cache.fingerprints import digest
from generator.insights import CountedIncident, feed
from generator.insights.atom import FILE as FEED
from generator.insights.atom import own_days
from generator.knowledge.base import KnowledgeBase
from generator.knowledge.diagnostics import Diagnostic
from generator.knowledge.loader import Entry
from generator.site.api import api_piece, build_api
from generator.site.checklist_data import build_checklist_data, checklist_piece
from generator.site.checklist_examples import Examples
from generator.site.incident_page import broken_page, incident_page, proofs_page
from generator.site.index_pages import IndexPages
from generator.site.insight_pages import InsightPages
from generator.site.list_lines import ListText, list_texts
from generator.site.llms import FILE as LLMS
from generator.site.llms import llms_txt
from generator.site.match_data import build_match_data, match_piece
from generator.site.page import Asset, LateAsset, Page
from generator.site.pieces import Piece, Pieces


@dataclass(frozen=True)
class Pages:
    """Makes the pages of one knowledge base.

    Attributes:
        base: the knowledge base.
        templates: the templates.
        today: the date against which due dates are checked.
        counted: what is counted of the incidents, if that is known already.
    """

    base: KnowledgeBase
    templates: Environment
    today: date
    counted: Mapping[str, CountedIncident] | None = None

    def with_fresh(self, fresh: Mapping[str, Entry]) -> Pages:
        """Return the same for some incidents as they are now, without reading the others again.

        Args:
            fresh: entries that could be read, by id.
        """
        now = {i: CountedIncident.of(e.incident) for i, e in fresh.items() if e.incident}
        known = self.insight_pages.incidents
        return replace(
            self,
            base=self.base.with_fresh(fresh).shown,
            counted={i: now.get(i, it) for i, it in known.items()},
        )

    def all(self, diagnostics: Mapping[str, Sequence[Diagnostic]] | None = None) -> Iterator[Page]:
        """Yield every page.

        Args:
            diagnostics: findings by id; the page of an incident that cannot be read shows its findings.
        """
        for entry in self.base.entries:
            yield from self.of(entry, (diagnostics or {}).get(entry.id, entry.diagnostics))
        yield from self.indexes()
        yield from self.insight_pages.pages()
        yield from self.examples.pages(self.templates)

    @cached_property
    def examples(self) -> Examples:
        """The page with the formats of a checklist."""
        return Examples(self.base)

    @cached_property
    def insight_pages(self) -> InsightPages:
        """The pages about all incidents."""
        return InsightPages(self.base, self.templates, self.today, self.counted)

    def indexes(self) -> Iterator[Page]:
        """Yield the home page and the pages that link to incidents."""
        return self.index_pages.pages()

    @cached_property
    def index_pages(self) -> IndexPages:
        """The home page and the pages that link to incidents."""
        return IndexPages(self.base, self.templates, self.listed)

    @cached_property
    def listed(self) -> Mapping[str, ListText]:
        """What lists show of each incident, by id."""
        return list_texts(self.base)

    def of(self, entry: Entry, diagnostics: Sequence[Diagnostic] = ()) -> Iterator[Page]:
        """Yield the pages about one incident: its runbook and, if it has any, its proofs."""
        yield self.incident(entry, diagnostics)
        if entry.incident is not None and entry.incident.proofs:
            yield proofs_page(self.base, self.templates, entry.id, entry.incident)

    def incident(self, entry: Entry, diagnostics: Sequence[Diagnostic] = ()) -> Page:
        """Return the page of one incident, or the page with its errors."""
        if entry.incident is None:
            return broken_page(self.templates, entry, diagnostics)
        return incident_page(self.base, self.templates, entry.id, self.insight_pages, self.today)


def make_piece(base: KnowledgeBase, incident_id: str) -> Piece:
    """Return what files about all incidents take from one; it depends on its files and the settings."""
    return {
        **api_piece(base, incident_id),
        **match_piece(base, incident_id),
        **checklist_piece(base, incident_id),
        "days": [day.isoformat() for day in own_days(base.incidents[incident_id])],
    }


def build_assets(
    base: KnowledgeBase,
    examples: Iterable[Asset] | None = None,
    pieces: Pieces | None = None,
) -> Iterator[Asset | LateAsset]:
    """Yield the files that pages load or link to: data of the paste box, YAML, tools, feed, API, `llms.txt`.

    Args:
        base: the knowledge base.
        examples: the examples of checklists, if they are made already.
        pieces: what files about all incidents take from each; it may be kept.
    """
    pieces = pieces or Pieces(base, make_piece)
    yield build_match_data(base, pieces)
    yield build_checklist_data(base, pieces)
    yield from Examples(base).assets() if examples is None else examples
    yield _feed(base.own, pieces)
    yield from build_api(base, pieces)
    yield LateAsset(LLMS, pieces.key(LLMS), lambda: llms_txt(base))
    for entry in base.entries:
        if entry.readable:
            for file in entry.files:
                yield LateAsset(file, entry.digest, partial(_text, entry, file))
            folder = posixpath.dirname(entry.file)
            for path in base.tools(entry.id):
                yield Asset(f"{folder}/{path}", base.content(entry.id, path))


def _feed(base: KnowledgeBase, pieces: Pieces) -> LateAsset:
    changes = base.changes

    def days(incident_id: str) -> list[date]:
        return [date.fromisoformat(day) for day in pieces.of(incident_id)["days"]]

    key = digest(pieces.key(FEED), repr(changes)).hex()
    return LateAsset(FEED, key, lambda: feed(base, changes, days))


def _text(entry: Entry, file: str) -> bytes:
    files = entry.source.files if entry.source is not None else ()
    return next((one.text.encode() for one in files if one.file == file), b"")
