"""What figures, chains and action items take from an incident: small, and kept between runs as plain data.

So a build after one edited incident reads one whole incident, however many there are.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from generator.cache.memory import collector_off
from generator.knowledge.base import KnowledgeBase
from generator.model import INTERVALS, ActionItem, Incident, ItemState


@dataclass(frozen=True, slots=True)
class CountedItem:
    """An action item of an incident; see `ActionItem`."""

    do: str
    owner: str
    due: date | None
    priority: str
    state: ItemState
    ticket: str

    @classmethod
    def of(cls, item: ActionItem) -> CountedItem:
        """Return the item of an incident."""
        priority = item.priority.value if item.priority else ""
        return cls(item.do, item.owner or "", item.due, priority, item.state, item.ticket or "")

    def row(self) -> list[Any]:
        """Return the item as data for JSON."""
        return [self.do, self.owner, _told(self.due), self.priority, self.state, self.ticket]

    @classmethod
    def from_row(cls, row: list[Any]) -> CountedItem:
        """Return the item that `row` has given."""
        do, owner, due, priority, state, ticket = row
        return cls(do, owner, _day(due), priority, _STATES[state], ticket)


@dataclass(frozen=True, slots=True)
class CountedIncident:
    """What is counted of an incident.

    Attributes:
        title: the title.
        severity: the severity.
        status: the status.
        occurred: the day it began.
        documented: the day of its newest source.
        components: the affected components.
        tags: the tags.
        recurrence_of: the id of the earlier incident.
        has_cause: whether its root cause is written.
        evidence: the evidence for its root cause.
        triggered: whether it names a trigger.
        has_factors: whether it names contributing factors.
        ruled_out: how many claims about the cause it rules out.
        detected_by: who or what noticed it; empty if it does not say.
        seconds: TTD, TTM and TTR, as far as its timeline has them.
        stated: the milestones that end the durations that it reports without times; empty if it does
            not say.
        proofs: the ids of its proofs.
        action_items: its action items.
    """

    title: str
    severity: str
    status: str
    occurred: date | None
    documented: date | None
    components: tuple[str, ...]
    tags: tuple[str, ...]
    recurrence_of: str | None
    has_cause: bool
    evidence: str
    triggered: bool
    has_factors: bool
    ruled_out: int
    detected_by: str
    seconds: Mapping[str, float]
    stated: tuple[str, ...]
    proofs: tuple[str, ...]
    action_items: tuple[CountedItem, ...]

    @classmethod
    def of(cls, incident: Incident) -> CountedIncident:
        """Return what is counted of an incident."""
        cause = incident.root_cause
        by = incident.detection.by if incident.detection else None
        took = {short: incident.time_to(until) for short, _, until in INTERVALS}
        return cls(
            title=incident.title,
            severity=incident.severity.value,
            status=incident.status.value,
            occurred=incident.occurred,
            documented=incident.documented,
            components=incident.components,
            tags=incident.tags,
            recurrence_of=incident.recurrence_of,
            has_cause="root_cause" not in incident.unwritten,
            evidence=cause.evidence.value,
            triggered=bool(cause.trigger),
            has_factors=bool(cause.contributing_factors),
            ruled_out=len(cause.ruled_out),
            detected_by=by.value if by else "",
            seconds={short: t.total_seconds() for short, t in took.items() if t is not None},
            stated=tuple(d.until.value if d.until else "" for d in incident.stated_durations),
            proofs=tuple(proof.id for proof in incident.proofs),
            action_items=tuple(map(CountedItem.of, incident.action_items)),
        )

    def row(self) -> list[Any]:
        """Return it as data for JSON."""
        values = {name: getattr(self, name) for name in self.__slots__}
        values["occurred"], values["documented"] = _told(self.occurred), _told(self.documented)
        values["action_items"] = [item.row() for item in self.action_items]
        return [*values.values()]

    @classmethod
    def from_row(cls, row: list[Any]) -> CountedIncident:
        """Return what `row` has given."""
        values = dict(zip(cls.__slots__, row, strict=True))
        values["occurred"], values["documented"] = _day(row[3]), _day(row[4])
        for name in ("components", "tags", "stated", "proofs"):
            values[name] = tuple(values[name])
        values["action_items"] = tuple(map(CountedItem.from_row, values["action_items"]))
        return cls(**values)


def counted(base: KnowledgeBase) -> dict[str, CountedIncident]:
    """Return what is counted of each incident of a knowledge base, by id."""
    with collector_off():
        rows = base.rows("counted", lambda incident: CountedIncident.of(incident).row())
        return {i: CountedIncident.from_row(row) for i, row in rows.items()}


def _told(day: date | None) -> str | None:
    return day.isoformat() if day else None


def _day(told: str | None) -> date | None:
    return date.fromisoformat(told) if told else None


_STATES = {state.value: state for state in ItemState}
