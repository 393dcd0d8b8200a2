"""Action items of incidents, for tables and calendars."""

from __future__ import annotations

import hashlib
from collections import Counter
from dataclasses import dataclass

from generator.model import ActionItem, Incident
from generator.postmortems.base import ExportRequest
from generator.postmortems.document import without_invisible_characters
from generator.text.prose import one_line
from generator.text.urls import incident_address, on_site


@dataclass(frozen=True, slots=True)
class ExportedActionItem:
    """An action item.

    Attributes:
        incident: the id of its incident.
        number: its number in the incident, from 1.
        key: a stable name, which does not depend on other items.
        title: the incident's title.
        severity: the incident's severity.
        do: what to do.
        owner: the role that owns it; may be empty.
        ticket: the ticket; may be empty.
        item: the action item itself, for values that are not text.
        overdue: whether it is overdue.
        address: the URL of the runbook; empty if the URL of the site is not set.
    """

    incident: str
    number: int
    key: str
    title: str
    severity: str
    do: str
    owner: str
    ticket: str
    item: ActionItem
    overdue: bool
    address: str


def action_items(request: ExportRequest) -> list[ExportedActionItem]:
    """Return the action items of all requested incidents, in order."""
    return [
        item
        for incident_id in request.ids
        for item in _of(incident_id, request.base.incidents[incident_id], request)
    ]


def _of(incident_id: str, incident: Incident, request: ExportRequest) -> list[ExportedActionItem]:
    address = on_site(request.site, incident_address(incident_id)) if request.site else ""
    keys = _keys(incident_id, incident)
    return [
        ExportedActionItem(
            incident=incident_id,
            number=number,
            key=key,
            title=one_line(without_invisible_characters(incident.title)),
            severity=incident.severity.value,
            do=without_invisible_characters(item.do).strip(),
            owner=one_line(without_invisible_characters(item.owner or "")),
            ticket=one_line(without_invisible_characters(item.ticket or "")),
            item=item,
            overdue=item.days_over(request.today) > 0,
            address=address,
        )
        for number, (key, item) in enumerate(zip(keys, incident.action_items, strict=True), 1)
    ]


def _keys(incident_id: str, incident: Incident) -> list[str]:
    """Return a key for each action item of an incident.

    An item has no id. Its key comes from its ticket, if no other item has the same ticket, else from
    its words, so a reworded item is a new item. If several have the same words, the first has the
    plain key.
    """
    tickets = Counter(item.ticket for item in incident.action_items)
    seen: Counter[str] = Counter()
    keys: list[str] = []
    for item in incident.action_items:
        own = item.ticket is not None and tickets[item.ticket] == 1
        name = f"ticket {item.ticket}" if own else f"do {one_line(item.do)}"
        seen[name] += 1
        text = f"{incident_id}\0{name}\0{seen[name]}"
        keys.append(f"{incident_id}-{hashlib.sha256(text.encode()).hexdigest()[:16]}")
    return keys
