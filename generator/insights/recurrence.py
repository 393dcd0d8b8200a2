"""Incidents that recurred, and action items that had not been done by then.

An incident names in `recurrence_of` the earlier incident that it repeats. No field says when an
action item was done, so nothing is claimed about it: only its current status and its due date count.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from generator.insights.counted import CountedIncident, CountedItem
from generator.model import ItemState, Status


class UnfinishedReason(StrEnum):
    """Why an action item of an earlier incident is listed for a recurrence."""

    OPEN = "open"
    """It is not done now, so it was not done then."""
    LATER = "due-later"
    """It is done now, but was due only after the recurrence."""
    DROPPED = "dropped"
    """It was dropped."""
    PROPOSED = "proposed"
    """Nobody has accepted it."""
    UNKNOWN = "unknown"
    """Its source does not say its status."""


_BY_STATE = {
    ItemState.OPEN: UnfinishedReason.OPEN,
    ItemState.IN_PROGRESS: UnfinishedReason.OPEN,
    ItemState.DROPPED: UnfinishedReason.DROPPED,
    ItemState.PROPOSED: UnfinishedReason.PROPOSED,
    ItemState.UNKNOWN: UnfinishedReason.UNKNOWN,
}
_ORDER = tuple(UnfinishedReason)


@dataclass(frozen=True, slots=True)
class UnfinishedActionItem:
    """An action item of an earlier incident that was not, or may not have been, done in time.

    Attributes:
        incident: the earlier incident.
        number: its number in the incident, from 1.
        do: what to do.
        owner: the role; may be empty.
        due: the due date.
        why: why it is listed here.
    """

    incident: str
    number: int
    do: str
    owner: str
    due: date | None
    why: UnfinishedReason


@dataclass(frozen=True, slots=True)
class Recurrence:
    """One recurrence of an incident.

    Attributes:
        incident: the later incident.
        of: the id that it names as the earlier one.
        known: whether there is such an incident.
        occurred: the day it came back; None where its timeline does not say.
        unfinished: action items of all earlier incidents of the chain, the surest first.
        done_undated: how many of their items are done, without a word on whether that was in time.
    """

    incident: str
    of: str
    known: bool
    occurred: date | None
    unfinished: tuple[UnfinishedActionItem, ...]
    done_undated: int

    @property
    def open(self) -> tuple[UnfinishedActionItem, ...]:
        """The items that are not done now."""
        return tuple(item for item in self.unfinished if item.why is UnfinishedReason.OPEN)


@dataclass(frozen=True, slots=True)
class Chain:
    """An incident and its recurrences.

    Attributes:
        first: the id of the first incident.
        known: whether that incident exists.
        returns: the recurrences, oldest first.
    """

    first: str
    known: bool
    returns: tuple[Recurrence, ...]

    @property
    def members(self) -> tuple[str, ...]:
        """The ids of all incidents in it, the first incident first."""
        return tuple(dict.fromkeys((self.first, *(r.incident for r in self.returns))))


def chains(incidents: Mapping[str, CountedIncident]) -> tuple[Chain, ...]:
    """Find the incidents that recurred.

    A withdrawn incident is not a recurrence, but others can be recurrences of it. Incidents that name
    each other in a circle are one chain that begins with the oldest of them.

    Args:
        incidents: what is counted of the incidents, by id.

    Returns:
        The chains, latest recurrence first.
    """
    parents = {
        i: it.recurrence_of
        for i, it in incidents.items()
        if it.recurrence_of and it.recurrence_of != i and it.status != Status.WITHDRAWN
    }
    by_first: dict[str, list[str]] = {}
    for incident_id, first in _firsts(parents, incidents).items():
        by_first.setdefault(first, []).append(incident_id)
    found = [_chain(first, members, parents, incidents) for first, members in by_first.items()]
    return tuple(sorted(found, key=lambda chain: _newest(chain, incidents), reverse=True))


def chains_by_incident(found: tuple[Chain, ...]) -> dict[str, Chain]:
    """Return the chain of each incident that is in one, by id."""
    return {member: chain for chain in found for member in chain.members}


def _firsts(parents: Mapping[str, str], incidents: Mapping[str, CountedIncident]) -> dict[str, str]:
    """Follow every incident back to the first one; in a circle, to the oldest one."""
    firsts: dict[str, str] = {}
    for start in parents:
        path: dict[str, int] = {}
        at = start
        while at in parents and at not in firsts and at not in path:
            path[at] = len(path)
            at = parents[at]
        if at in path:
            circle = list(path)[path[at] :]
            first = min(circle, key=lambda i: (_day(incidents, i), i))
        else:
            first = firsts.get(at, at)
        firsts.update(dict.fromkeys(path, first))
    return firsts


def _chain(
    first: str,
    members: list[str],
    parents: Mapping[str, str],
    incidents: Mapping[str, CountedIncident],
) -> Chain:
    # In a circle, the first incident also names an earlier one, but it is not a recurrence.
    later = sorted((m for m in members if m != first), key=lambda i: (_day(incidents, i), i))
    everybody = (first, *later)
    returns = tuple(
        _recurrence(i, parents[i], _earlier(i, everybody, parents, incidents), incidents)
        for i in later
    )
    return Chain(first, first in incidents, returns)


def _earlier(
    incident_id: str,
    everybody: tuple[str, ...],
    parents: Mapping[str, str],
    incidents: Mapping[str, CountedIncident],
) -> list[str]:
    """Return the earlier incidents: those named as earlier, step by step, and those that began earlier."""
    before: dict[str, None] = {}
    at = incident_id
    while at in parents and parents[at] not in before and parents[at] != incident_id:
        at = parents[at]
        before[at] = None
    began = incidents[incident_id].occurred
    for other in everybody:
        known = incidents[other].occurred if other in incidents else None
        if other != incident_id and began and known and known < began:
            before[other] = None
    return [i for i in everybody if i in before and i in incidents]


def _recurrence(
    incident_id: str, of: str, earlier: list[str], incidents: Mapping[str, CountedIncident]
) -> Recurrence:
    began = incidents[incident_id].occurred
    unfinished: list[UnfinishedActionItem] = []
    done_undated = 0
    for other, number, item in _items(earlier, incidents):
        why = _BY_STATE.get(item.state)
        if why is None and item.due and began and item.due > began:
            why = UnfinishedReason.LATER
        if why is None:
            done_undated += 1
        else:
            unfinished.append(
                UnfinishedActionItem(other, number, item.do, item.owner, item.due, why)
            )
    unfinished.sort(key=lambda item: _ORDER.index(item.why))
    return Recurrence(incident_id, of, of in incidents, began, tuple(unfinished), done_undated)


def _items(
    ids: list[str], incidents: Mapping[str, CountedIncident]
) -> Iterator[tuple[str, int, CountedItem]]:
    for incident_id in ids:
        for number, item in enumerate(incidents[incident_id].action_items, 1):
            yield incident_id, number, item


def _day(incidents: Mapping[str, CountedIncident], incident_id: str) -> date:
    incident = incidents.get(incident_id)
    return (incident.occurred or incident.documented or date.max) if incident else date.min


def _newest(chain: Chain, incidents: Mapping[str, CountedIncident]) -> tuple[date, str]:
    days = [r.occurred or incidents[r.incident].documented or date.min for r in chain.returns]
    return max(days, default=date.min), chain.first
