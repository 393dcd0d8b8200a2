"""The pages that link to incidents: the home page, the lists, the groups, the error texts."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property, partial
from typing import Any

from jinja2 import Environment

from generator.knowledge.base import KnowledgeBase
from generator.knowledge.facts import SignatureFacts
from generator.knowledge.settings import TagPage
from generator.model import SeverityLevel, Status
from generator.signatures.source import first_text
from generator.site.list_lines import IncidentLine, ListText
from generator.site.markdown_links import group_link, title_link
from generator.site.page import Page, relative
from generator.site.paging import MOST, PageDraft, PartOfList, split
from generator.site.templates import make_page
from generator.text.labels import plural
from generator.text.markdown import code, inline
from generator.text.urls import incident_address, slug

_GROUPS_AT_HOME = 30
_LONGEST_EXAMPLE = 120  # characters; a phone shows them on four lines


@dataclass(frozen=True)
class IndexPages:
    """Makes these pages for one knowledge base.

    Attributes:
        base: the knowledge base.
        templates: the templates.
        listed: what lists show of each incident, by id.
    """

    base: KnowledgeBase
    templates: Environment
    listed: Mapping[str, ListText]

    def pages(self) -> Iterator[Page]:
        """Yield the home page and the pages that link to incidents."""
        for draft in self.drafts():
            yield draft.make()

    def drafts(self) -> Iterator[PageDraft]:
        """Yield the same pages before they are made; each is made from the rows that it shows."""
        yield self._home()
        yield self._draft("match/index.md", "match.md.j2", title="Paste an error", listed=True)
        yield self._draft(
            "checklist/index.md", "checklist.md.j2", title="Deploy checklist", listed=True
        )
        yield from self._list("incidents/index.md", "All incidents", self.base.newest, listed=True)
        for kind, title, groups in self._groups:
            yield from self._group_index(kind, title, groups)
            # Names that differ only in characters that a folder name cannot contain share a page.
            folders: dict[str, list[str]] = {}
            for name in groups:
                folders.setdefault(slug(name), []).append(name)
            for folder, names in folders.items():
                ids = dict.fromkeys(i for name in names for i in groups[name])
                tag = self.base.settings.tags.get(names[0]) if kind == "tags" else None
                title = (tag and tag.title) or self._group_title(kind, ", ".join(names))
                yield from self._list(f"{kind}/{folder}/index.md", title, tuple(ids), tag=tag)
        yield from self._errors()

    @cached_property
    def _groups(self) -> tuple[tuple[str, str, Mapping[str, Sequence[str]]], ...]:
        base = self.base
        severities = {level.value: base.by_severity.get(level.value, ()) for level in SeverityLevel}
        statuses = {s.value: ids for s in Status if (ids := base.by_status.get(s.value))}
        return (
            ("components", "Incidents by component", base.by_component),
            ("severity", "Incidents by severity", {k: v for k, v in severities.items() if v}),
            ("tags", "Incidents by tag", base.by_tag),
            ("status", "Incidents by status", statuses),
            ("alerts", "Incidents by alert", base.by_alert),
        )

    @staticmethod
    def _group_title(kind: str, name: str) -> str:
        what = {
            "components": "Component",
            "severity": "Severity",
            "tags": "Tag",
            "status": "Status",
        }
        return f"{what.get(kind, 'Alert')}: {name}"

    def _list(
        self, path: str, title: str, ids: Sequence[str], *, listed: bool = False, tag: TagPage | None = None
    ) -> Iterator[PageDraft]:  # fmt: skip
        mixed = len({bool(self.base.source_of(i)) for i in ids}) > 1
        order = (
            "ours before those of other knowledge bases, each newest first"
            if mixed
            else "newest first"
        )
        for part in split(path, ids, newest_first=True):
            # A page that stays as it is does not tell how many there are.
            counted = "Earlier incidents" if part.number else plural(len(ids), "incident")
            intro = f"{counted}, {order}."
            sections = self._sections(part.rows, tag)
            inputs = repr((part.path, title, intro, part.nav, listed, sections))
            inputs += "".join(self._line_inputs(i) for i in part.rows)
            make = partial(self._list_page, part, title, intro, listed, tag, sections)
            yield PageDraft(part.path, inputs, make)

    def _sections(self, ids: Sequence[str], tag: TagPage | None) -> dict[str, list[str]]:
        """Return the parts of a list by the first such tag of each incident; the rest is under ""."""
        found: dict[str, list[str]] = {name: [] for name in (*(tag.by if tag else ()), "")}
        for incident_id in ids:
            own = (name for name in self.base.facts[incident_id].tags if name in found)
            found[next(own, "")].append(incident_id)
        return {name: of for name, of in found.items() if of}

    def _list_page(
        self, part: PartOfList[str], title: str, intro: str, listed: bool,
        tag: TagPage | None, sections: Mapping[str, Sequence[str]],
    ) -> Page:  # fmt: skip
        shown = [
            {
                "name": inline(name, links=False),
                "anchor": f"by-{slug(name)}" if name else "by-nothing",
                "lines": [self._line(part.path, i) for i in ids],
            }
            for name, ids in sections.items()
        ]
        return self._part(
            part, "incidents.md.j2", title=title, listed=listed, sections=shown, intro=intro,
            about=inline(tag.about if tag else ""),
        ).make()  # fmt: skip

    def _line_inputs(self, incident_id: str) -> str:
        """Return everything that a line is made from; every incident stands in several lists."""
        if incident_id not in self._inputs:
            facts, text = self.base.facts[incident_id], self.listed[incident_id]
            shown = facts.title, facts.severity, facts.status, facts.components, text
            self._inputs[incident_id] = repr((incident_id, shown))
        return self._inputs[incident_id]

    @cached_property
    def _inputs(self) -> dict[str, str]:
        return {}

    def _line(self, path: str, incident_id: str) -> IncidentLine:
        """Return an incident as one line of a list on the page at `path`."""
        facts, text = self.base.facts[incident_id], self.listed[incident_id]
        return IncidentLine(
            title=inline(facts.title, links=False),
            link=relative(path, f"{incident_address(incident_id)}index.html"),
            severity=facts.severity,
            status=facts.status,
            source=self.base.source_of(incident_id),
            components=facts.components,
            when=text.when,
            lead=text.lead,
        )

    def _group_index(
        self, kind: str, title: str, groups: Mapping[str, Sequence[str]]
    ) -> Iterator[PageDraft]:
        for part in split(f"{kind}/index.md", list(groups.items())):
            rows = [
                {
                    "link": group_link(part.path, kind, name),
                    "counted": plural(len(ids), "incident"),
                    "newest": title_link(self.base, part.path, ids[0]),
                }
                for name, ids in part.rows
            ]
            yield self._part(part, "groups.md.j2", title=title, listed=True, kind=kind, rows=rows)

    def _error_rows(self, path: str, texts: Iterable[tuple[str, str]]) -> list[dict[str, Any]]:
        return [
            {"error": code(text), "link": title_link(self.base, path, incident_id)}
            for text, incident_id in texts
        ]

    @cached_property
    def _error_texts(self) -> list[tuple[str, str]]:
        """All error texts with their incidents, in alphabetical order."""
        texts = {
            (_error_text(signature), incident_id)
            for incident_id, facts in self.base.facts.items()
            for signature in facts.signatures
        }
        return sorted(texts, key=lambda pair: (_initial(pair[0]), pair[0].casefold(), pair[1]))

    def _errors(self) -> Iterator[PageDraft]:
        """Yield the error texts: all on one page, or else a list for each first letter."""
        texts = self._error_texts
        path = "errors/index.md"
        title = "Incidents by error text"
        letters: dict[str, list[tuple[str, str]]] = {}
        if len(texts) > MOST:
            for pair in texts:
                letters.setdefault(_initial(pair[0]), []).append(pair)
        links = [
            {"name": letter, "link": f"{letter}/index.md", "count": len(of)}
            for letter, of in letters.items()
        ]
        rows = [] if letters else self._error_rows(path, texts)
        yield self._draft(
            path, "errors.md.j2", title=title, listed=True, rows=rows, letters=links, nav=""
        )
        for letter, of in letters.items():
            for part in split(f"errors/{letter}/index.md", of):
                yield self._part(
                    part,
                    "errors.md.j2",
                    title=f"Error texts: {letter}",
                    rows=self._error_rows(part.path, part.rows),
                    letters=[],
                )

    def _home(self) -> PageDraft:
        path = "index.md"
        groups = {
            kind: [
                {"link": group_link(path, kind, name), "count": len(ids)}
                for name, ids in (of.items() if kind == "severity" else _largest(of))
            ]
            for kind, _, of in self._groups
        }
        newest = self.base.newest[: self.base.settings.newest]
        symptoms = [
            (text, i)
            for i in newest
            for signature in self.base.facts[i].signatures[:2]
            if (text := _error_text(signature))
        ]
        return self._draft(
            path,
            "home.md.j2",
            title=self.base.settings.site_name,
            listed=True,
            example=self._example(path, newest),
            newest=[self._line(path, i) for i in newest],
            groups=groups,
            symptoms=self._error_rows(path, symptoms),
            total=len(self.base.facts),
            broken=[e.id for e in self.base.entries if not e.readable],
        )

    def _example(self, path: str, ids: Iterable[str]) -> Mapping[str, str] | None:
        """Return an error of the newest incident that has a short sample, and where it leads."""
        for incident_id in ids:
            samples = [s for of in self.base.facts[incident_id].signatures for s in of.samples]
            lines = [" ".join(sample.split()) for sample in samples]
            short = next((line for line in lines if len(line) <= _LONGEST_EXAMPLE), None)
            if short:
                return {"error": code(short), "link": title_link(self.base, path, incident_id)}
        return None

    def _part(
        self,
        part: PartOfList[Any],
        template: str,
        *,
        title: str,
        listed: bool = False,
        **values: Any,
    ) -> PageDraft:
        """Return a page of a list; the navigation of the site has only the first."""
        values |= {"nav": part.nav, "number": part.number, "listed": listed and not part.number}
        return self._draft(part.path, template, title=part.title(title), **values)

    def _draft(self, path: str, template: str, *, title: str, **values: Any) -> PageDraft:
        inputs = repr((path, template, title, values))
        make = partial(make_page, self.templates, path, template, title=title, **values)
        return PageDraft(path, inputs, make)


def _largest(groups: Mapping[str, Sequence[str]]) -> list[tuple[str, Sequence[str]]]:
    """Return the groups with the most incidents, which the home page shows."""
    return sorted(groups.items(), key=lambda group: -len(group[1]))[:_GROUPS_AT_HOME]


def _error_text(signature: SignatureFacts) -> str:
    """Return a signature on one line."""
    return " ".join(first_text(signature.source).split())


def _initial(text: str) -> str:
    first = next((c for c in text.casefold() if c.isalnum() and c.isascii()), "")
    return first or "other"
