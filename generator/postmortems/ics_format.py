"""Action items as a calendar: an all-day event on the due date.

The standard also has to-do entries (VTODO), but many calendars, such as Google Calendar, do not show
them. All calendars show events.
"""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from typing import TYPE_CHECKING

from generator.model import ItemState, Priority
from generator.postmortems.action_items import ExportedActionItem, action_items
from generator.postmortems.base import ExportedFile, ExportRequest
from generator.postmortems.document import without_invisible_characters
from generator.text.prose import one_line

if TYPE_CHECKING:
    from icalendar import Event

_OVER = (ItemState.DONE, ItemState.DROPPED)
# RFC 5545 counts from 1, the highest, to 9.
_PRIORITIES = {
    Priority.P0: 1,
    Priority.P1: 3,
    Priority.P2: 5,
    Priority.P3: 7,
    Priority.P4: 9,
}


def export(request: ExportRequest) -> ExportedFile:
    """Return the open action items as iCalendar (RFC 5545)."""
    from icalendar import Calendar

    name = one_line(without_invisible_characters(request.base.settings.site_name))
    calendar = Calendar()
    calendar.add("prodid", "-//incident-runbooks//action items//EN")
    calendar.add("version", "2.0")
    calendar.add("calscale", "GREGORIAN")
    calendar.add("method", "PUBLISH")
    calendar.add("x-wr-calname", f"{name}: action items")
    stamp = datetime.combine(request.today, time(), UTC)
    left_out: list[str] = []
    for item in action_items(request):
        if item.item.state in _OVER:
            continue
        if item.item.due is None:
            left_out.append(f"{item.incident} #{item.number}")
        else:
            calendar.add_component(_event(item, stamp))
    return ExportedFile(calendar.to_ical(), tuple(left_out), "without a due date")


def _event(item: ExportedActionItem, stamp: datetime) -> Event:
    from icalendar import Event, vUri

    of = item.item
    assert of.due is not None
    event = Event()
    event.add("uid", f"{item.key}@incident-runbooks")
    event.add("dtstamp", stamp)
    event.add("dtstart", of.due)
    if of.due < date.max:
        event.add("dtend", of.due + timedelta(days=1))
    urgent = f"{of.priority.value}: " if of.priority else ""
    event.add("summary", f"{urgent}{one_line(item.do)}")
    event.add("description", _description(item))
    event.add("categories", ["incident", item.incident])
    event.add("transp", "TRANSPARENT")  # it does not block time on that day
    if of.priority:
        event.add("priority", _PRIORITIES[of.priority])
    if item.address:
        event.add("url", vUri(item.address))
    return event


def _description(item: ExportedActionItem) -> str:
    of = item.item
    facts = (
        ("Owner", item.owner),
        ("State", of.state.value),
        ("Ticket", item.ticket),
        ("Incident", f"{item.title} ({item.incident}, {item.severity})"),
        ("Runbook", item.address),
    )
    lines = [f"{label}: {value}" for label, value in facts if value]
    return "\n".join((item.do, "", *lines))
