"""Badges: how severe, how risky, and how well supported."""

from __future__ import annotations

from collections.abc import Mapping

from generator.model import Incident, Supported
from generator.model.steps import Risk
from generator.site.markdown import Markdown

RISK_LABELS = {
    Risk.READ_ONLY: "read-only",
    Risk.CHANGES_STATE: "changes state",
    Risk.DESTRUCTIVE: "destructive",
}


def source_numbers(incident: Incident) -> dict[str, int]:
    """Return the number under which each source stands on the page, by its id."""
    return {source.id: number for number, source in enumerate(incident.sources, 1)}


def evidence_badge(statement: Supported, numbers: Mapping[str, int]) -> Markdown:
    """Return the badge of a statement, leading to its first source, then the other sources.

    Args:
        statement: what is supported.
        numbers: the page's sources with their numbers; ids that it lacks are left out.
    """
    level = statement.evidence.value
    known = [source for source in statement.source if source in numbers]
    if not known:
        return Markdown(f"*{level}*{{ .kb-evidence .kb-{level} }}")
    links = [f"[{level}](#source-{known[0]}){{ .kb-evidence .kb-{level} }}"]
    links += [
        f"[{numbers[source]}](#source-{source}){{ .kb-evidence-more title='Source {numbers[source]}' }}"
        for source in known[1:]
    ]
    return Markdown(" ".join(links))


def risk_badge(risk: Risk | None) -> Markdown:
    """Return the badge that says what a command does; empty where that is not stated."""
    return Markdown(f"*{RISK_LABELS[risk]}*{{ .kb-risk .kb-{risk.value} }}" if risk else "")
