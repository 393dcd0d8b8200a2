"""The entry of an incident in a list: its symptom, and when it happened."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from generator.knowledge.base import KnowledgeBase
from generator.model import Incident
from generator.text.markdown import Markdown, inline

_LEAD = 220  # the most characters of a symptom in a list


@dataclass(frozen=True, slots=True)
class IncidentLine:
    """An incident in a list."""

    title: Markdown
    link: str
    severity: str
    status: str
    source: str
    components: tuple[str, ...]
    when: str
    lead: Markdown


@dataclass(frozen=True, slots=True)
class ListText:
    """What a list shows of an incident besides its facts."""

    when: str
    lead: Markdown


def list_text(incident: Incident) -> ListText:
    """Return what a list shows of an incident besides its facts."""
    return ListText(when(incident), lead(incident))


def list_texts(base: KnowledgeBase) -> dict[str, ListText]:
    """Return what lists show of each incident, by id; kept between builds."""

    def row(incident: Incident) -> tuple[str, str]:
        text = list_text(incident)
        return text.when, text.lead

    rows = base.rows("listed", row)
    return {i: ListText(shown, Markdown(text)) for i, (shown, text) in rows.items()}


def begin(incident: Incident) -> str:
    """Return the first paragraph of the symptom; in a draft without one, of the summary."""
    text = incident.symptom.description
    if incident.summary and "symptom" in incident.unwritten:
        text = incident.summary
    return text.split("\n\n")[0]


def lead(incident: Incident) -> Markdown:
    """Return the symptom, in as many whole sentences as fit in a list."""
    text = " ".join(begin(incident).split())
    if len(text) > _LEAD:
        whole = text[:_LEAD].rpartition(". ")[0]
        text = f"{whole}." if whole else text[:_LEAD].rpartition(" ")[0].rstrip(",;:.") + " …"
    return inline(text)


def when(incident: Incident) -> str:
    """Return when it happened, or else when it was documented; empty if neither is known."""
    day: date | None = incident.occurred
    if day:
        return f"{day:%Y-%m-%d}"
    return f"documented {incident.documented:%Y-%m-%d}" if incident.documented else ""
