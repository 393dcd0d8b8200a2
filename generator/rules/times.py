"""KB301 and KB302: times that cannot be."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise

from generator.knowledge.diagnostics import Severity
from generator.model import Moment
from generator.rules.base import Finding, Rule, Subject


def timeline_order(subject: Subject) -> Iterator[Finding]:
    """The timeline is not in the order of its times.

    A timeline is read from top to bottom, and one event out of order is most often a wrong time,
    a wrong day or a wrong zone. Times in different zones are compared as points in time. Correct
    the time, or move the event.
    """
    for index, (earlier, later) in enumerate(pairwise(subject.incident.timeline)):
        if later.at < earlier.at:
            yield Finding(
                ("timeline", index + 1, "at"),
                f"this event is earlier than the one above it ({earlier.at.isoformat()})",
                "correct the time or its zone, or move the event up",
            )


# What cannot come before what. Mitigation may come before detection: some pains stop by themselves.
_FIRST = (
    *((Moment.STARTED, moment) for moment in Moment if moment is not Moment.STARTED),
    (Moment.DETECTED, Moment.ACKNOWLEDGED),
    (Moment.DETECTED, Moment.ESCALATED),
    (Moment.MITIGATED, Moment.RESOLVED),
)


def milestone_order(subject: Subject) -> Iterator[Finding]:
    """The milestones of the timeline are in an order that cannot be.

    Nothing is detected, mitigated or resolved before it started; nobody acknowledges or
    escalates what is not yet detected; what is resolved is mitigated by then. Times to detect,
    mitigate and resolve are derived from the milestones, so a wrong one makes them wrong.
    Correct the time, or mark another event.
    """
    at = {
        event.marks: (index, event.at)
        for index, event in reversed(list(enumerate(subject.incident.timeline)))
        if event.marks
    }
    for first, second in _FIRST:
        if first in at and second in at and at[second][1] < at[first][1]:
            yield Finding(
                ("timeline", at[second][0], "marks"),
                f"`{second.value}` is marked before `{first.value}`",
                "correct the time, or mark the event at which it came about",
            )


TIMES = (
    Rule(
        "KB301",
        "timeline-order",
        Severity.ERROR,
        """\
timeline:
  - {at: "2026-03-01T04:00:00+01:00", what: The first login fails.}
  - {at: "2026-03-01T03:10:00Z", what: The service is restarted.}
""",
        """\
timeline:
  - at: 2026-03-01T03:10:00Z
    what: The service is restarted.
  - at: 2026-03-01T03:00:00Z
    what: The first login fails.
""",
        (4, 9),
        timeline_order,
        lenient_in_drafts=True,
    ),
    Rule(
        "KB302",
        "milestone-order",
        Severity.ERROR,
        """\
timeline:
  - {at: 2026-03-01T03:00:00Z, what: The first login fails., marks: started}
  - {at: 2026-03-01T03:10:00Z, what: The service is restarted., marks: resolved}
""",
        """\
timeline:
  - at: 2026-03-01T03:00:00Z
    what: The service is restarted.
    marks: resolved
  - at: 2026-03-01T03:10:00Z
    what: The first login fails.
    marks: started
""",
        (4, 12),
        milestone_order,
        lenient_in_drafts=True,
    ),
)
