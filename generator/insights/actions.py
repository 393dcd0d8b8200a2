"""Action items of all incidents: which are open or overdue, and who owns them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from functools import cached_property

from generator.insights.counted import CountedIncident
from generator.model import Status
from generator.model.sections import days_over


class ActionItemGroup(StrEnum):
    """The list to which an action item belongs."""

    OVERDUE = "overdue"
    """Open or in progress, and past its due date."""
    OPEN = "open"
    """Open or in progress."""
    PROPOSED = "proposed"
    """A recommendation that nobody has accepted."""
    UNKNOWN = "unknown"
    """Its source does not say its status."""
    DONE = "done"
    DROPPED = "dropped"


@dataclass(frozen=True, slots=True)
class TrackedActionItem:
    """One action item, with its status today.

    Attributes:
        incident: the incident's id.
        number: which of the incident's items it is, from 1.
        do: what is to be done.
        owner: the role that does it; empty where none is named.
        due: the day by which it is done.
        priority: P0 to P4; empty where none is given.
        state: its state, as it was written.
        ticket: the ticket's name or address; may be empty.
        group: in which list it belongs.
        days_over: by how many days it is overdue; 0 when it is not.
    """

    incident: str
    number: int
    do: str
    owner: str
    due: date | None
    priority: str
    state: str
    ticket: str
    group: ActionItemGroup
    days_over: int

    @property
    def name(self) -> str:
        """Its name in lists and as an anchor: `some-incident#1`."""
        return f"{self.incident}#{self.number}"

    @property
    def is_open(self) -> bool:
        """Whether it is still to be done, overdue or not."""
        return self.group in (ActionItemGroup.OVERDUE, ActionItemGroup.OPEN)


@dataclass(frozen=True)
class ActionItems:
    """Action items, most urgent first."""

    all: tuple[TrackedActionItem, ...]

    def of(self, *groups: ActionItemGroup) -> tuple[TrackedActionItem, ...]:
        """Return the items of some lists, in order."""
        return tuple(item for item in self.all if item.group in groups)

    @cached_property
    def open(self) -> tuple[TrackedActionItem, ...]:
        """The items that are still to be done, overdue items first."""
        return tuple(item for item in self.all if item.is_open)

    @cached_property
    def by_owner(self) -> Mapping[str, tuple[TrackedActionItem, ...]]:
        """Open items by owner, sorted by name; items without an owner are last, under ""."""
        return by_owner(self.open)

    @cached_property
    def by_incident(self) -> Mapping[str, tuple[TrackedActionItem, ...]]:
        """Open items by incident; the incident with the most urgent item is first."""
        return by_incident(self.open)

    def counts(self) -> dict[str, int]:
        """Return the number of items of each kind; overdue items are also open."""
        number = {group.value: len(self.of(group)) for group in ActionItemGroup}
        return {**number, ActionItemGroup.OPEN.value: len(self.open)}


def action_items(incidents: Mapping[str, CountedIncident], today: date) -> ActionItems:
    """Collect the action items of all except withdrawn incidents.

    Args:
        incidents: what is counted of the incidents, by id.
        today: the date against which due dates are checked; an item is overdue from the day after.

    Returns:
        The items: overdue first, then by due date (items without one last) and by priority.
    """
    found = [
        _item(incident_id, number, incident, today)
        for incident_id, incident in incidents.items()
        if incident.status != Status.WITHDRAWN
        for number in range(1, len(incident.action_items) + 1)
    ]
    return ActionItems(tuple(sorted(found, key=_urgency)))


def by_owner(items: Iterable[TrackedActionItem]) -> dict[str, tuple[TrackedActionItem, ...]]:
    """Group items by owner; case and spaces do not matter."""
    names: dict[str, str] = {}
    groups: dict[str, list[TrackedActionItem]] = {}
    for item in items:
        key = owner_key(item.owner)
        names.setdefault(key, item.owner)
        groups.setdefault(key, []).append(item)
    order = sorted(groups, key=lambda key: (not key, key))
    return {names[key]: tuple(groups[key]) for key in order}


def by_incident(items: Iterable[TrackedActionItem]) -> dict[str, tuple[TrackedActionItem, ...]]:
    """Group items by incident, in order."""
    groups: dict[str, list[TrackedActionItem]] = {}
    for item in items:
        groups.setdefault(item.incident, []).append(item)
    return {incident: tuple(of) for incident, of in groups.items()}


def owner_key(owner: str) -> str:
    """Return a role in a normal form, without case and extra spaces."""
    return " ".join(owner.split()).casefold()


def _item(
    incident_id: str, number: int, incident: CountedIncident, today: date
) -> TrackedActionItem:
    item = incident.action_items[number - 1]
    over = days_over(item.state, item.due, today)
    group = (
        ActionItemGroup.OVERDUE
        if over
        else ActionItemGroup.OPEN
        if item.state.is_open
        else ActionItemGroup(item.state.value)
    )
    return TrackedActionItem(
        incident=incident_id,
        number=number,
        do=item.do,
        owner=item.owner,
        due=item.due,
        priority=item.priority,
        state=item.state.value,
        ticket=item.ticket,
        group=group,
        days_over=over,
    )


def _urgency(item: TrackedActionItem) -> tuple[object, ...]:
    return (
        item.group is not ActionItemGroup.OVERDUE,
        item.due or date.max,
        item.priority or "P9",
        item.incident,
        item.number,
    )
