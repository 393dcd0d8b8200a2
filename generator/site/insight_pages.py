"""The pages about all incidents: action items, and insights."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from functools import cached_property, partial
from typing import Any

from jinja2 import Environment

from generator.insights import (
    ActionItems,
    Chain,
    CountedIncident,
    Figures,
    TrackedActionItem,
    action_items,
    chains,
    counted,
    figures,
)
from generator.insights.atom import FILE as FEED
from generator.insights.figures import told_sources
from generator.insights.recurrence import chains_by_incident
from generator.knowledge.base import KnowledgeBase
from generator.site import action_views, insight_views
from generator.site.insight_views import InsightSection, OriginList
from generator.site.page import Page, relative
from generator.site.paging import PageDraft, PartOfList, split
from generator.site.recurrence_views import ReturnView, chain_view
from generator.site.templates import make_page
from generator.text.labels import plural
from generator.text.markdown import Markdown
from generator.text.urls import API


@dataclass(frozen=True)
class InsightPages:
    """Makes these pages for one knowledge base.

    Attributes:
        base: the knowledge base.
        templates: the templates.
        today: the date against which due dates are checked.
        known: what is counted of the incidents, if that is known already.
    """

    base: KnowledgeBase
    templates: Environment
    today: date
    known: Mapping[str, CountedIncident] | None = None

    @cached_property
    def incidents(self) -> Mapping[str, CountedIncident]:
        """What is counted of the incidents that the site shows."""
        return counted(self.base.shown) if self.known is None else self.known

    @cached_property
    def figures(self) -> Figures:
        """All figures."""
        return figures(self.base, self.today, self.incidents)

    @cached_property
    def items(self) -> ActionItems:
        """All action items, with their status today."""
        return action_items(self.incidents, self.today)

    @cached_property
    def _chains(self) -> Mapping[str, Chain]:
        return chains_by_incident(chains(self.incidents))

    def recurrence(self, incident_id: str, page: str) -> list[ReturnView]:
        """Return the chain of recurrences that includes an incident, for its page; empty if none does."""
        chain = self._chains.get(incident_id)
        return chain_view(chain, self.incidents, page, incident_id) if chain else []

    def recurrence_inputs(self, incident_id: str) -> str:
        """Return everything that `recurrence` depends on."""
        chain = self._chains.get(incident_id)
        if chain is None:
            return ""
        known = (self.incidents.get(member) for member in chain.members)
        return repr((chain, [(it.title, it.occurred) for it in known if it]))

    def pages(self) -> Iterator[Page]:
        """Yield the pages."""
        for draft in self.drafts():
            yield draft.make()

    def drafts(self) -> Iterator[PageDraft]:
        """Yield the same pages before they are made; each is made from what it shows."""
        actions = action_views.action_values(self.items, self.incidents)
        yield self._draft(
            action_views.PAGE, "actions.md.j2", title="Action items", listed=True, **actions
        )
        for one in action_views.item_lists(self.items):
            for items in split(one.path, one.items):
                yield self._item_list(one.title, items)
        views = insight_views.InsightSections(self.figures, self.incidents)
        yield self._insights(views.all())
        for found in views.lists:
            for part in split(found.path, found.rows, newest_first=found.newest_first):
                yield self._origins(found, part)

    def _draft(self, path: str, template: str, *, title: str, **values: Any) -> PageDraft:
        make = partial(make_page, self.templates, path, template, title=title, **values)
        return PageDraft(path, repr((path, title, values)), make)

    def _item_list(self, title: str, part: PartOfList[TrackedActionItem]) -> PageDraft:
        """Return a page with action items."""
        return self._draft(
            part.path,
            "action-list.md.j2",
            title=part.title(title),
            items=[action_views.item_view(item, self.incidents, part.path) for item in part.rows],
            nav=part.nav,
            actions=Markdown(relative(part.path, action_views.PAGE)),
        )

    def _origins(self, found: OriginList, part: PartOfList[tuple[str, str]]) -> PageDraft:
        """Return a page with incidents that a figure comes from."""
        groups: dict[str, list[Markdown]] = {}
        for name, row in part.rows:
            groups.setdefault(name, []).append(found.link(part.path, row))
        return self._draft(
            part.path,
            "origins.md.j2",
            title=part.title(found.title),
            # A page that stays as it is does not tell how many there are.
            summary="" if part.number else found.summary,
            groups=list(groups.items()),
            nav=part.nav,
            insights=Markdown(relative(part.path, insight_views.PAGE)),
        )

    def _insights(self, sections: list[InsightSection]) -> PageDraft:
        page, known = insight_views.PAGE, self.figures
        counts = dict(known.actions)
        return self._draft(
            page,
            "insights.md.j2",
            title="Insights",
            listed=True,
            counted=plural(len(known.incidents), "incident"),
            sources=told_sources(known),
            drafts=plural(len(known.drafts), "draft") if known.drafts else "",
            withdrawn=plural(known.withdrawn, "withdrawn incident") if known.withdrawn else "",
            hidden=not self.base.settings.drafts,
            sections=sections,
            chains=[chain_view(chain, self.incidents, page) for chain in known.chains],
            returns=plural(sum(len(chain.returns) for chain in known.chains), "time"),
            open=plural(counts["open"], "action item"),
            overdue=f"{counts['overdue']:,}",
            feed=relative(page, FEED),
            api=relative(page, f"{API}/incidents.json"),
        )
