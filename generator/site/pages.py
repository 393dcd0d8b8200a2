"""The whole site: every page, and the files that pages need."""

from __future__ import annotations

import posixpath
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property, partial

from jinja2 import Environment

from generator.cache.fingerprints import code_fingerprint, digest
from generator.insights import feed
from generator.insights.atom import FILE as FEED
from generator.knowledge.base import KnowledgeBase
from generator.knowledge.diagnostics import Diagnostic
from generator.knowledge.loader import Entry
from generator.site.api import build_api
from generator.site.checklist_data import build_checklist_data
from generator.site.checklist_examples import Examples
from generator.site.incident_page import broken_page, incident_page, proofs_page
from generator.site.index_pages import IndexPages
from generator.site.insight_pages import InsightPages
from generator.site.match_data import build_match_data
from generator.site.page import Asset, Page


@dataclass(frozen=True)
class Pages:
    """Makes the pages of one knowledge base.

    Attributes:
        base: the knowledge base.
        templates: the templates.
        today: the date against which due dates are checked.
    """

    base: KnowledgeBase
    templates: Environment
    today: date

    def all(self, diagnostics: Mapping[str, Sequence[Diagnostic]] | None = None) -> Iterator[Page]:
        """Yield every page.

        Args:
            diagnostics: findings by file; the page of an incident that cannot be read shows its findings.
        """
        for entry in self.base.entries:
            yield from self.of(entry, (diagnostics or {}).get(entry.file, entry.diagnostics))
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
        return InsightPages(self.base, self.templates, self.today)

    def indexes(self) -> Iterator[Page]:
        """Yield the home page and the pages that link to incidents."""
        return IndexPages(self.base, self.templates).pages()

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


def build_assets(base: KnowledgeBase) -> Iterator[Asset]:
    """Yield the files that pages load or link to: data of the paste box, YAML, tools, feed, API."""
    yield build_match_data(base)
    yield build_checklist_data(base)
    yield from Examples(base).assets()
    yield Asset(FEED, feed(base, base.changes))
    yield from build_api(base)
    for entry in base.entries:
        if entry.readable:
            key = digest("source", code_fingerprint(), entry.digest)
            yield Asset(entry.file, partial(_text, entry), key)
            folder = posixpath.dirname(entry.file)
            for path in base.tools(entry.id):
                yield Asset(f"{folder}/{path}", base.content(entry.id, path))


def _text(entry: Entry) -> bytes:
    return entry.source.text.encode() if entry.source else b""
