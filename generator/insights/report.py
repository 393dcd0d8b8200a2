"""All figures as plain data, for programs."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date, timedelta
from typing import Any

from generator.insights.actions import TrackedActionItem
from generator.insights.figures import LEAST, Figures, IncidentGroup, IncidentGroups, Measure
from generator.insights.recurrence import Chain, Recurrence

VERSION = 1
"""Keys can be added; no key changes its meaning or disappears within a version."""


def figures_report(figures: Figures, today: date) -> dict[str, Any]:
    """Return all figures, each with the ids of its incidents."""
    whose = {i: group.name for group in figures.sources for i in group.incidents}
    over, causes, proofs = figures.over_time, figures.causes, figures.proofs
    return {
        "version": VERSION,
        "today": today.isoformat(),
        "counted": {
            "incidents": len(figures.incidents),
            "drafts": list(figures.drafts),
            "sources": [
                {"source": g.name, "count": len(g.incidents), "incidents": list(g.incidents)}
                for g in figures.sources
            ],
            "withdrawn_left_out": figures.withdrawn,
            "drafts_left_out": figures.hidden_drafts,
        },
        "over_time": {
            "unit": over.unit,
            "periods": [
                {
                    "period": period.name,
                    "count": len(period.incidents),
                    "by_severity": {g.name: list(g.incidents) for g in period.severities},
                }
                for period in over.periods
            ],
            "undated": list(over.undated),
        },
        "components": _groups(figures.components),
        "causes": {
            "supported": _listed(causes.supported),
            "not_written": list(causes.unwritten),
            "name_trigger": list(causes.triggered),
            "name_contributing_factors": list(causes.factors),
            "rule_out": list(causes.ruled_out),
            "claims_ruled_out": causes.claims,
            "tags": _groups(causes.tags),
        },
        "found": {
            "by": _listed(figures.found.named),
            "not_recorded": list(figures.found.without),
        },
        "times": {
            "least_incidents": LEAST,
            "measures": [_measure(measure) for measure in figures.measures],
            "stated_otherwise": list(figures.stated_otherwise),
        },
        "proofs": {
            "max_age_days": proofs.max_age_days,
            "incidents": list(proofs.incidents),
            "records": [
                {"standing": g.name, "count": len(g.incidents), "proofs": list(g.incidents)}
                for g in proofs.by_state
            ],
        },
        "recurrences": [_chain(chain, whose) for chain in figures.chains],
        "action_items": dict(figures.actions),
    }


def item_report(item: TrackedActionItem) -> dict[str, Any]:
    """Return an action item as plain data."""
    return {
        "name": item.name,
        "incident": item.incident,
        "number": item.number,
        "do": item.do,
        "owner": item.owner or None,
        "due": item.due.isoformat() if item.due else None,
        "priority": item.priority or None,
        "state": item.state,
        "ticket": item.ticket or None,
        "overdue": bool(item.days_over),
        "days_overdue": item.days_over,
    }


def _listed(groups: Iterable[IncidentGroup]) -> list[dict[str, Any]]:
    return [
        {"name": g.name, "count": len(g.incidents), "incidents": list(g.incidents)} for g in groups
    ]


def _groups(groups: IncidentGroups) -> dict[str, Any]:
    return {
        "named": _listed(groups.named),
        "others": {"names": groups.rest_names, "incidents": list(groups.rest)},
        "none": list(groups.without),
    }


def _measure(measure: Measure) -> dict[str, Any]:
    return {
        "name": measure.short,
        "means": measure.name,
        "count": len(measure.spent),
        "median_seconds": _seconds(measure.median),
        "shortest_seconds": _seconds(measure.shortest),
        "longest_seconds": _seconds(measure.longest),
        "seconds": dict(measure.spent),
        "only_stated": list(measure.stated),
    }


def _seconds(length: timedelta | None) -> float | None:
    return None if length is None else length.total_seconds()


def _chain(chain: Chain, whose: Mapping[str, str]) -> dict[str, Any]:
    return {
        "first": chain.first,
        "known": chain.known,
        "returns": [_return(back, whose.get(back.incident)) for back in chain.returns],
    }


def _return(back: Recurrence, source: str | None) -> dict[str, Any]:
    return {
        "incident": back.incident,
        "source": source,
        "recurrence_of": back.of,
        "occurred": back.occurred.isoformat() if back.occurred else None,
        "action_items": [
            {
                "incident": item.incident,
                "number": item.number,
                "do": item.do,
                "owner": item.owner or None,
                "due": item.due.isoformat() if item.due else None,
                "why": item.why.value,
            }
            for item in back.unfinished
        ],
        "done_since_when_unknown": back.done_undated,
    }
