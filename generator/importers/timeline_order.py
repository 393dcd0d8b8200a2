"""The events of a draft in order of time, with each milestone marked once."""

from __future__ import annotations

from datetime import datetime

from generator.importers.draft import Values
from generator.importers.milestones import is_page, mark_of
from generator.model import Moment

_LABEL_WORDS = 3


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


def repeated(events: list[Values]) -> list[Values]:
    """Return the events that are labels, such as `Start`, where another tells what happened at that time."""
    return [event for event in events if _is_repeated(event, events)]


def _is_repeated(event: Values, events: list[Values]) -> bool:
    label = len(event["what"].split()) <= _LABEL_WORDS and "marks" in event
    return label and any(
        other is not event
        and _at(other) == _at(event)
        and mark_of(other["what"]) == event["marks"]
        and len(other["what"]) > len(event["what"])
        for other in events
    )


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
