"""The view of an incident's timeline on its page."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, timedelta

from generator.model import INTERVALS, Event, Incident, StatedDuration
from generator.site.evidence import BadgeLinks, evidence_badge
from generator.text.durations import spell_duration
from generator.text.markdown import Markdown, attribute, inline


@dataclass(frozen=True, slots=True)
class EventView:
    """One event of the timeline."""

    time: str
    marks: str
    what: Markdown
    badge: Markdown


def event_views(events: Iterable[Event], support: BadgeLinks) -> list[EventView]:
    """Return the views of the timeline, times in UTC."""
    return [
        EventView(
            f"{event.at.astimezone(UTC):%Y-%m-%d %H:%M:%S} UTC".replace(":00 UTC", " UTC"),
            event.marks.value if event.marks else "",
            inline(event.what),
            evidence_badge(event, support),
        )
        for event in sorted(events, key=lambda event: event.at)
    ]


def phases(incident: Incident) -> Markdown:
    """Return the timeline as a bar: the time until detected, mitigated, resolved.

    Returns:
        One HTML element whose label says the same in words; empty if the timeline does not have
        the start and at least one of the others.
    """
    known = [
        (short, long, spent)
        for short, long, moment in INTERVALS
        if (spent := incident.time_to(moment)) is not None
    ]
    if not known:
        return Markdown()
    label = ", ".join(f"{long}: {spell_duration(spent)}" for _, long, spent in known)
    spans = []
    passed = timedelta()
    for short, long, spent in sorted(known, key=lambda interval: interval[2]):
        share = max((spent - passed).total_seconds(), 0)
        spans.append(
            f'<span class="kb-phase kb-{short.lower()}" style="flex-grow:{share:.0f}">'
            f'<abbr title="{long}">{short}</abbr> {spell_duration(spent)}</span>'
        )
        passed = spent
    return Markdown(
        f'<div class="kb-phases" role="img" aria-label="{attribute(label)}">{"".join(spans)}</div>'
    )


@dataclass(frozen=True, slots=True)
class StatedView:
    """A duration that a source reports."""

    of: Markdown
    says: Markdown
    until: str
    badge: Markdown


def stated_views(stated: tuple[StatedDuration, ...], support: BadgeLinks) -> list[StatedView]:
    """Return the views of the durations that sources report.

    Args:
        stated: the durations.
        support: the page's sources.
    """
    return [
        StatedView(
            inline(one.of),
            inline(one.says),
            one.until.value if one.until else "",
            evidence_badge(one, support),
        )
        for one in stated
    ]
