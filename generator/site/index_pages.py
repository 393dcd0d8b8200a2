"""The pages that link to incidents: the home page, the lists, the groups, the error texts."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from jinja2 import Environment

from generator.knowledge.base import KnowledgeBase
from generator.model import SeverityLevel, Signature, Status
from generator.site.list_lines import IncidentLine, lead, when
from generator.site.markdown_links import group_link, title_link
from generator.site.page import Page, relative
from generator.site.templates import make_page
from generator.text.labels import plural
from generator.text.markdown import code, inline
from generator.text.urls import incident_address, slug

# If there are more error texts than this, each first letter has its own page.
_ERRORS_ON_A_PAGE = 300
_GROUPS_AT_HOME = 30


@dataclass(frozen=True)
class IndexPages:
    """Makes these pages for one knowledge base.

    Attributes:
        base: the knowledge base.
        templates: the templates.
    """

    base: KnowledgeBase
    templates: Environment

    def pages(self) -> Iterator[Page]:
        """Yield the home page and the pages that link to incidents."""
        yield self._home()
        yield self._page("match/index.md", "match.md.j2", title="Paste an error", listed=True)
        yield self._page(
            "checklist/index.md", "checklist.md.j2", title="Deploy checklist", listed=True
        )
        yield self._list("incidents/index.md", "All incidents", self.base.newest, listed=True)
        for kind, title, groups in self._groups:
            yield self._group_index(kind, title, groups)
            # Names that differ only in characters that a folder name cannot contain share a page.
            folders: dict[str, list[str]] = {}
            for name in groups:
                folders.setdefault(slug(name), []).append(name)
            for folder, names in folders.items():
                ids = dict.fromkeys(i for name in names for i in groups[name])
                title = self._group_title(kind, ", ".join(names))
                yield self._list(f"{kind}/{folder}/index.md", title, tuple(ids))
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

    def _list(self, path: str, title: str, ids: Sequence[str], *, listed: bool = False) -> Page:
        lines = [self._line(path, i) for i in ids]
        return self._page(
            path,
            "incidents.md.j2",
            title=title,
            listed=listed,
            lines=lines,
            counted=plural(len(ids), "incident"),
        )

    def _line(self, path: str, incident_id: str) -> IncidentLine:
        """Return an incident as one line of a list on the page at `path`."""
        incident = self.base.incidents[incident_id]
        return IncidentLine(
            title=inline(incident.title, links=False),
            link=relative(path, f"{incident_address(incident_id)}index.html"),
            severity=incident.severity.value,
            status=incident.status.value,
            components=incident.components,
            when=when(incident),
            lead=lead(incident),
        )

    def _group_index(self, kind: str, title: str, groups: Mapping[str, Sequence[str]]) -> Page:
        path = f"{kind}/index.md"
        rows = [
            {
                "link": group_link(path, kind, name),
                "counted": plural(len(ids), "incident"),
                "newest": title_link(self.base, path, ids[0]),
            }
            for name, ids in groups.items()
        ]
        return self._page(path, "groups.md.j2", title=title, listed=True, kind=kind, rows=rows)

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
            for incident_id, incident in self.base.incidents.items()
            for signature in incident.symptom.signatures
        }
        return sorted(texts, key=lambda pair: (_initial(pair[0]), pair[0].casefold(), pair[1]))

    def _errors(self) -> Iterator[Page]:
        texts = self._error_texts
        path = "errors/index.md"
        title = "Incidents by error text"
        if len(texts) <= _ERRORS_ON_A_PAGE:
            rows = self._error_rows(path, texts)
            yield self._page(path, "errors.md.j2", title=title, listed=True, rows=rows, letters=[])
            return
        letters: dict[str, list[tuple[str, str]]] = {}
        for pair in texts:
            letters.setdefault(_initial(pair[0]), []).append(pair)
        links = [
            {"name": letter, "link": f"{letter}/index.md", "count": len(of)}
            for letter, of in letters.items()
        ]
        yield self._page(path, "errors.md.j2", title=title, listed=True, rows=[], letters=links)
        for letter, of in letters.items():
            page = f"errors/{letter}/index.md"
            rows = self._error_rows(page, of)
            yield self._page(
                page, "errors.md.j2", title=f"Error texts: {letter}", rows=rows, letters=[]
            )

    def _home(self) -> Page:
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
            for signature in self.base.incidents[i].symptom.signatures[:2]
            if (text := _error_text(signature))
        ]
        return self._page(
            path,
            "home.md.j2",
            title=self.base.settings.site_name,
            listed=True,
            newest=[self._line(path, i) for i in newest],
            groups=groups,
            symptoms=self._error_rows(path, symptoms),
            total=len(self.base.incidents),
            broken=[e.id for e in self.base.entries if e.incident is None],
        )

    def _page(self, path: str, template: str, *, title: str, **values: Any) -> Page:
        return make_page(self.templates, path, template, title=title, **values)


def _largest(groups: Mapping[str, Sequence[str]]) -> list[tuple[str, Sequence[str]]]:
    """Return the groups with the most incidents, which the home page shows."""
    return sorted(groups.items(), key=lambda group: -len(group[1]))[:_GROUPS_AT_HOME]


def _error_text(signature: Signature) -> str:
    """Return a signature on one line."""
    return " ".join((signature.text or signature.regex or "").split())


def _initial(text: str) -> str:
    first = next((c for c in text.casefold() if c.isalnum() and c.isascii()), "")
    return first or "other"
