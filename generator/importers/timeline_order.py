"""The events of a draft in order of time, with each milestone marked once."""

from __future__ import annotations

from datetime import datetime

from generator.importers.draft import Values
from generator.importers.milestones import is_page
from generator.model import Moment


def events_in_order(events: list[Values]) -> list[Values]:
    """Return events in order of time, with each milestone marked once, at its first event."""
    marked: set[str] = set()
    ordered = sorted(events, key=_at)
    for event in ordered:
        if event.get("marks") in marked:
            del event["marks"]
        elif "marks" in event:
            marked.add(event["marks"])
    return ordered


def mark_page(events: list[Values]) -> None:
    """Mark the first page as the detection, where nothing else says when that was.

    Args:
        events: the events in order; only those between the start and the end count.
    """
    marked = {event.get("marks") for event in events}
    started = Moment.STARTED.value in marked
    for event in events if Moment.DETECTED.value not in marked else ():
        mark = event.get("marks")
        if mark in (Moment.MITIGATED.value, Moment.RESOLVED.value):
            return
        started = started and mark != Moment.STARTED.value
        if not started and mark is None and is_page(event["what"]):
            event["marks"] = Moment.DETECTED.value
            return


def _at(event: Values) -> datetime:
    return datetime.fromisoformat(event["at"].replace("Z", "+00:00"))
