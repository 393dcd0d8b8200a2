"""The pages about one incident: its runbook, its proofs, or what is wrong with its file."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from jinja2 import Environment

from generator.knowledge.base import KnowledgeBase
from generator.knowledge.diagnostics import Diagnostic
from generator.knowledge.loader import Entry
from generator.model import Incident
from generator.site.evidence import BadgeLinks, proof_badge, source_numbers
from generator.site.incident_views import IncidentViews
from generator.site.insight_pages import InsightPages
from generator.site.markdown_links import incident_path, title_link
from generator.site.page import Page, relative
from generator.site.proof_views import proof_view
from generator.site.templates import make_page
from generator.text.markdown import inline
from generator.text.urls import incident_address, slug


def incident_page(
    base: KnowledgeBase,
    templates: Environment,
    incident_id: str,
    insight_pages: InsightPages,
    today: date,
) -> Page:
    """Return the runbook of an incident.

    Args:
        base: the knowledge base.
        templates: the templates.
        incident_id: an incident that could be read.
        insight_pages: knows the recurrences that the incident is among.
        today: the date against which due dates are checked.
    """
    incident, path = base.incidents[incident_id], incident_path(incident_id)
    chain = insight_pages.recurrence(incident_id, path)
    support = _support(base, incident_id, incident)
    return make_page(
        templates,
        path,
        "incident.md.j2",
        title=incident.title,
        description=" ".join((incident.summary or incident.symptom.description).split())[:300],
        incident=incident_id,
        page=IncidentViews(base, incident_id, path, support, today).page(chain),
    )


def proofs_page(
    base: KnowledgeBase, templates: Environment, incident_id: str, incident: Incident
) -> Page:
    """Return the page with an incident's proofs: each program, and its output."""
    path = _proofs_path(incident_id)
    record = base.record(incident_id)
    return make_page(
        templates,
        path,
        "proofs.md.j2",
        title=f"Proofs: {incident.title}",
        incident=incident_id,
        id=incident_id,
        source=base.source_of(incident_id),
        runbook=title_link(base, path, incident_id),
        proofs=[
            proof_view(
                proof,
                base.proof_state(incident_id, proof),
                record.run(proof.id) if record else None,
                base.proof_files(incident_id, proof.id),
                base.source_of(incident_id),
            )
            for proof in incident.proofs
        ],
    )


def broken_page(
    templates: Environment, entry: Entry, diagnostics: Sequence[Diagnostic] = ()
) -> Page:
    """Return the page of an incident that could not be read: what is wrong with its file."""
    # A folder may have any name; no other incident's page begins with an underscore.
    safe = entry.id if slug(entry.id) == entry.id else f"_{slug(entry.id)}"
    return make_page(
        templates,
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


def _proofs_path(incident_id: str) -> str:
    return f"{incident_address(incident_id)}proofs/index.md"


def _support(base: KnowledgeBase, incident_id: str, incident: Incident) -> BadgeLinks:
    """Return the targets of the badges on an incident's page."""
    if not incident.proofs:
        return BadgeLinks(source_numbers(incident))
    record = base.record(incident_id)
    page = relative(incident_path(incident_id), f"{incident_address(incident_id)}proofs/index.html")
    badges = {
        proof.id: proof_badge(
            f"{page}#{proof.id}",
            base.proof_state(incident_id, proof),
            record.run(proof.id) if record else None,
            incident.components,
            base.source_of(incident_id),
        )
        for proof in incident.proofs
    }
    return BadgeLinks(source_numbers(incident), badges)
