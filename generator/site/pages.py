"""Every page of the site, from the knowledge base."""

from __future__ import annotations

import posixpath
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import Any

from jinja2 import Environment

from generator.insights import feed
from generator.insights.atom import FILE as FEED
from generator.knowledge.base import KnowledgeBase
from generator.knowledge.diagnostics import Diagnostic
from generator.knowledge.loader import Entry
from generator.model import Incident, SeverityLevel, Status, Step
from generator.site import views
from generator.site.api import build_api
from generator.site.checklist_data import build_checklist_data
from generator.site.checklist_examples import Examples
from generator.site.evidence import Support, evidence_badge, proof_badge, source_numbers
from generator.site.match_data import build_match_data
from generator.site.page import Asset, Page, relative
from generator.site.review_views import (
    given,
    note_views,
    notice,
    review_views,
    stated_views,
)
from generator.site.teaching import Teaching
from generator.site.templates import make_page
from generator.text.markdown import (
    Markdown,
    attribute,
    code,
    fence,
    html_inline,
    inline,
    prose,
)
from generator.text.urls import slug

INCIDENT_PAGE = "incidents/{}/index.md"
PROOFS_PAGE = "incidents/{}/proofs/index.md"

# More error texts than this are spread over one page for each first letter.
_ERRORS_ON_A_PAGE = 300


def incident_path(incident_id: str) -> str:
    """Return the path of an incident's page."""
    return INCIDENT_PAGE.format(incident_id)


@dataclass(frozen=True)
class Pages:
    """Makes the pages of one knowledge base.

    Attributes:
        base: the knowledge base.
        templates: its templates.
        today: the day from which due dates are judged.
    """

    base: KnowledgeBase
    templates: Environment
    today: date

    def all(self, diagnostics: Mapping[str, Sequence[Diagnostic]] | None = None) -> Iterator[Page]:
        """Yield every page.

        Args:
            diagnostics: findings by file; an incident that could not be read shows its own.
        """
        for entry in self.base.entries:
            yield from self.of(entry, (diagnostics or {}).get(entry.file, entry.diagnostics))
        yield from self.indexes()
        yield from self.teaching.pages()
        yield from self.examples.pages(self.templates)

    @cached_property
    def examples(self) -> Examples:
        """The page with the forms of a checklist."""
        return Examples(self.base)

    @cached_property
    def teaching(self) -> Teaching:
        """The pages about all incidents together."""
        return Teaching(self.base, self.templates, self.today)

    def of(self, entry: Entry, diagnostics: Sequence[Diagnostic] = ()) -> Iterator[Page]:
        """Yield the pages about one incident: its runbook and, if it has any, its proofs."""
        yield self.incident(entry, diagnostics)
        if entry.incident is not None and entry.incident.proofs:
            yield self.proofs(entry.id, entry.incident)

    def proofs(self, incident_id: str, incident: Incident) -> Page:
        """Return the page with an incident's proofs: each program, and what it printed."""
        path = PROOFS_PAGE.format(incident_id)
        record = self.base.record(incident_id)
        return self._page(
            path,
            "proofs.md.j2",
            title=f"Proofs: {incident.title}",
            incident=incident_id,
            id=incident_id,
            runbook=self._incident_link(path, incident_id),
            proofs=[
                views.proof_view(
                    proof,
                    self.base.standing(incident_id, proof),
                    record.run(proof.id) if record else None,
                    self.base.proof_files(incident_id, proof.id),
                )
                for proof in incident.proofs
            ],
        )

    def _support(self, incident_id: str, incident: Incident, path: str) -> Support:
        """Return what the badges of an incident's page lead to."""
        if not incident.proofs:
            return Support(source_numbers(incident))
        record = self.base.record(incident_id)
        page = relative(path, PROOFS_PAGE.format(incident_id))
        badges = {
            proof.id: proof_badge(
                f"{page}#{proof.id}",
                self.base.standing(incident_id, proof),
                record.run(proof.id) if record else None,
                incident.components,
            )
            for proof in incident.proofs
        }
        return Support(source_numbers(incident), badges)

    def incident(self, entry: Entry, diagnostics: Sequence[Diagnostic] = ()) -> Page:
        """Return the page of one incident, or of what is wrong with it."""
        path = incident_path(entry.id)
        if entry.incident is None:
            # A folder may have any name; no other incident's page begins with an underscore.
            safe = entry.id if slug(entry.id) == entry.id else f"_{slug(entry.id)}"
            return self._page(
                incident_path(safe),
                "broken.md.j2",
                title=f"{entry.id}: cannot be shown",
                incident=entry.id,
                file=entry.file,
                diagnostics=[
                    {
                        "place": f"{d.file}:{d.position.line}:{d.position.column}",
                        "severity": str(d.severity),
                        "code": d.code,
                        "message": inline(d.message),
                        "hint": inline(d.hint),
                    }
                    for d in diagnostics
                ],
            )
        incident = entry.incident
        return self._page(
            path,
            "incident.md.j2",
            title=incident.title,
            description=" ".join((incident.summary or incident.symptom.description).split())[:300],
            incident=entry.id,
            **self._incident_values(entry.id, incident, path),
        )

    def _incident_values(self, incident_id: str, incident: Incident, path: str) -> dict[str, Any]:
        """Return what the incident's template prints."""
        support = self._support(incident_id, incident, path)
        symptom, cause = incident.symptom, incident.root_cause

        def steps(section: str, of: Iterable[Any]) -> list[views.StepView]:
            return views.step_views(of, section, support)

        def statements(of: Iterable[Any]) -> list[views.StatementView]:
            return views.statement_views(of, support)

        seen = "symptom" not in incident.unwritten

        def written(field: str, of: tuple[Step, ...]) -> tuple[Step, ...]:
            return () if field in incident.unwritten else of

        def badge(statement: Any) -> Markdown:
            return evidence_badge(statement, support)

        return {
            "id": incident_id,
            "it": incident,
            "lead": inline(views.begin(incident)),
            "when": views.when(incident),
            "severity": self._group_link(path, "severity", incident.severity.value),
            "status": self._group_link(path, "status", incident.status.value),
            "components": [self._group_link(path, "components", c) for c in incident.components],
            "tags": [self._group_link(path, "tags", tag) for tag in incident.tags],
            "alerts": [self._group_link(path, "alerts", a) for a in symptom.alerts],
            "given": given(incident),
            "notice": self._notice(incident, path),
            "reviews": review_views(incident),
            "changed": self._changed(incident_id),
            "parameters": [
                {
                    "name": p.name,
                    "description": html_inline(p.description),
                    "example": attribute(p.example or ""),
                    "default": attribute(p.default or ""),
                }
                for p in incident.parameters
            ],
            "signatures": views.signature_views(symptom.signatures),
            "diagnosis": steps("diagnosis", incident.diagnosis),
            "mitigation": steps("mitigation", incident.mitigation),
            "fix": steps("fix", written("fix", incident.fix.steps)),
            "verification": steps("verification", written("verification", incident.verification)),
            "false_positives": statements(symptom.false_positives),
            "related": self._links(incident, incident_id, path),
            "chain": self.teaching.recurrence(incident_id, path),
            "ruled_out": views.ruled_out_views(cause.ruled_out, support),
            "escalation": [
                {
                    "role": inline(e.role),
                    "when": inline(e.when or ""),
                    "contact": inline(e.contact or ""),
                }
                for e in incident.escalation
            ],
            "summary": prose(incident.summary or ""),
            "symptom": prose(symptom.description if seen or not incident.summary else ""),
            "symptom_badge": badge(symptom) if seen else Markdown(),
            "impact": incident.impact
            and {
                "text": prose(incident.impact.description),
                "users": inline(incident.impact.users or ""),
                "data": inline(incident.impact.data or ""),
                "badge": badge(incident.impact),
            },
            "detection": incident.detection
            and {
                "text": prose(incident.detection.description),
                "by": incident.detection.by.value if incident.detection.by else "",
                "badge": badge(incident.detection),
            },
            "cause": prose(cause.statement),
            "cause_badge": badge(cause) if "root_cause" not in incident.unwritten else Markdown(),
            "trigger": prose(cause.trigger or ""),
            "factors": statements(cause.contributing_factors),
            "phases": views.phases(incident),
            "events": views.event_views(incident.timeline, support),
            "stated": stated_views(incident.stated_durations, support),
            "notes": note_views(incident, support),
            "changes": views.change_views(incident.fix.changes, support),
            "checks": [
                {
                    "phase": check.phase.value,
                    "level": check.level.value,
                    "view": views.check_view(check, support),
                    "applies": self._applies(check),
                }
                for check in incident.checks
            ],
            "actions": [
                {
                    "text": inline(item.do),
                    "priority": item.priority.value if item.priority else "",
                    "state": item.state.value,
                    "owner": inline(item.owner or ""),
                    "due": f"{item.due:%Y-%m-%d}" if item.due else "",
                    "overdue": item.days_over(self.today) > 0,
                    "ticket": inline(item.ticket or ""),
                    "badge": badge(item),
                }
                for item in incident.action_items
            ],
            "lessons": [
                (title, statements(texts))
                for title, texts in (
                    ("What went well", incident.lessons.went_well),
                    ("What went wrong", incident.lessons.went_wrong),
                    ("Where we got lucky", incident.lessons.got_lucky),
                )
                if texts
            ]
            if incident.lessons
            else [],
            "sources": [
                {
                    "id": source.id,
                    "title": inline(source.title),
                    "kind": source.kind.value,
                    "date": f"{source.date:%Y-%m-%d}" if source.date else "",
                    "versions": inline(", ".join(source.versions)),
                    "location": self._location(source.location or ""),
                    "says": fence(source.says.strip("\n"), "text", "    ") if source.says else "",
                }
                for source in incident.sources
            ],
            "aliases": [code(alias) for alias in incident.aliases],
            "proved": bool(incident.proofs),
            "tools": [{"name": code(path), "link": path} for path in self.base.tools(incident_id)],
            "raw": "incident.yaml",
            "edit": self._edit_link(f"incidents/{incident_id}/incident.yaml"),
        }

    def _changed(self, incident_id: str) -> str:
        """Return the day of the last change, by git; empty where nothing is known."""
        change = self.base.changes.get(incident_id)
        return f"{change.last:%Y-%m-%d}" if change else ""

    def _location(self, location: str) -> Markdown:
        """Return where a source is; only http and https become links."""
        return (
            inline(location)
            if location.startswith(("http://", "https://"))
            else code(location)
            if location
            else Markdown()
        )

    def _edit_link(self, file: str) -> Markdown:
        template = self.base.settings.edit_url
        if not template:
            return code(file)
        return Markdown(f'<a href="{attribute(template.replace("{path}", file))}">{code(file)}</a>')

    def _applies(self, check: Any) -> Markdown:
        applies = check.applies_to
        parts = [
            f"{label} {', '.join(code(value) for value in values)}"
            for label, values in (
                ("components", applies.components),
                ("paths", applies.paths),
                ("kinds of change", applies.kinds),
            )
            if values
        ]
        return Markdown("; ".join(parts))

    def _notice(self, incident: Incident, path: str) -> Markdown:
        """Return what a reader must know before reading: that this is a draft, or replaced."""
        other = incident.superseded_by
        shown = other is not None and other in self.base.incidents
        return notice(incident, self._incident_link(path, str(other)) if shown else Markdown())

    def _links(self, incident: Incident, incident_id: str, path: str) -> list[dict[str, Any]]:
        """Return the incidents worth reading next, each with why."""
        reasons: dict[str, str] = {}
        for other, reason in (
            *((i, "related") for i in incident.related),
            *((i, "refers to this one") for i in self.base.referrers.get(incident_id, ())),
            (incident.recurrence_of, "this is a recurrence of it"),
        ):
            if other in self.base.incidents and other != incident_id:
                reasons[str(other)] = reason
        return [
            {
                "link": self._incident_link(path, other),
                "why": why,
                "lead": views.lead(self.base.incidents[other]),
            }
            for other, why in reasons.items()
        ]

    def _incident_link(self, path: str, incident_id: str) -> Markdown:
        title = inline(self.base.incidents[incident_id].title, links=False)
        return Markdown(f"[{title}]({relative(path, incident_path(incident_id))})")

    def _group_link(self, path: str, kind: str, name: str) -> Markdown:
        style = {
            "severity": f".kb-{slug(name).lower()}",
            "status": f".kb-status .kb-status-{slug(name)}",
            "components": ".kb-component",
            "tags": ".kb-tag",
            "alerts": ".kb-alert",
        }[kind]
        link = relative(path, f"{kind}/{slug(name)}/index.md")
        return Markdown(f"[{inline(name, links=False)}]({link}){{ .kb-badge {style} }}")

    def line(self, path: str, incident_id: str) -> views.Line:
        """Return an incident as one line of a list on the page at `path`."""
        incident = self.base.incidents[incident_id]
        return views.Line(
            title=inline(incident.title, links=False),
            link=relative(path, incident_path(incident_id)),
            severity=incident.severity.value,
            status=incident.status.value,
            components=incident.components,
            when=views.when(incident),
            lead=views.lead(incident),
        )

    # -- index pages ---------------------------------------------------------------------------

    def indexes(self) -> Iterator[Page]:
        """Yield the home page and the pages that lead to incidents."""
        yield self._home()
        yield self._page("match/index.md", "match.md.j2", title="Paste an error", listed=True)
        yield self._page(
            "checklist/index.md", "checklist.md.j2", title="Deploy checklist", listed=True
        )
        yield self._list("incidents/index.md", "All incidents", self.base.newest, listed=True)
        for kind, title, groups in self._groups:
            yield self._group_index(kind, title, groups)
            # Names that differ by a sign that no folder can hold share a page.
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
        lines = [self.line(path, i) for i in ids]
        return self._page(path, "incidents.md.j2", title=title, listed=listed, lines=lines)

    def _group_index(self, kind: str, title: str, groups: Mapping[str, Sequence[str]]) -> Page:
        path = f"{kind}/index.md"
        rows = [
            {
                "link": self._group_link(path, kind, name),
                "count": len(ids),
                "newest": self._incident_link(path, ids[0]),
            }
            for name, ids in groups.items()
        ]
        return self._page(path, "groups.md.j2", title=title, listed=True, kind=kind, rows=rows)

    def _error_rows(self, path: str, texts: Iterable[tuple[str, str]]) -> list[dict[str, Any]]:
        return [
            {"error": code(text), "link": self._incident_link(path, incident_id)}
            for text, incident_id in texts
        ]

    @cached_property
    def _error_texts(self) -> list[tuple[str, str]]:
        """All error texts with their incidents, in alphabetical order."""
        texts = {
            (" ".join((signature.text or signature.regex or "").split()), incident_id)
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
                {"link": self._group_link(path, kind, name), "count": len(ids)}
                for name, ids in sorted(of.items(), key=lambda g: -len(g[1]))[:30]
            ]
            if kind != "severity"
            else [
                {"link": self._group_link(path, kind, name), "count": len(ids)}
                for name, ids in of.items()
            ]
            for kind, _, of in self._groups
        }
        newest = self.base.newest[: self.base.settings.newest]
        symptoms = [
            (text, i)
            for i in newest
            for signature in self.base.incidents[i].symptom.signatures[:2]
            if (text := " ".join((signature.text or signature.regex or "").split()))
        ]
        return self._page(
            path,
            "home.md.j2",
            title=self.base.settings.site_name,
            listed=True,
            newest=[self.line(path, i) for i in newest],
            groups=groups,
            symptoms=self._error_rows(path, symptoms),
            total=len(self.base.incidents),
            broken=[e.id for e in self.base.entries if e.incident is None],
        )

    def _page(self, path: str, template: str, *, title: str, **values: Any) -> Page:
        return make_page(self.templates, path, template, title=title, **values)


def _initial(text: str) -> str:
    first = next((c for c in text.casefold() if c.isalnum() and c.isascii()), "")
    return first or "other"


def build_assets(base: KnowledgeBase) -> Iterator[Asset]:
    """Yield the files that pages need and lead to: what a paste is compared with, YAML, tools, feed, API."""
    yield build_match_data(base)
    yield build_checklist_data(base)
    yield from Examples(base).assets()
    yield Asset(FEED, feed(base, base.changes))
    yield from build_api(base)
    for entry in base.entries:
        if entry.incident is not None and entry.source is not None:
            yield Asset(entry.file, entry.source.text.encode())
            folder = posixpath.dirname(entry.file)
            for path in base.tools(entry.id):
                yield Asset(f"{folder}/{path}", (base.root / folder / path).read_bytes())
