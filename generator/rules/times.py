"""KB301 and KB302: impossible times."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise

from generator.knowledge.diagnostics import Severity
from generator.model import Moment
from generator.rules.base import Finding, Rule, Subject


def timeline_order(subject: Subject) -> Iterator[Finding]:
    """The timeline is not in chronological order.

    People read a timeline from top to bottom, and an event out of order usually has a wrong time,
    day or time zone. Times in different zones are compared as points in time. Correct the time,
    or move the event.
    """
    for index, (earlier, later) in enumerate(pairwise(subject.incident.timeline)):
        if later.at < earlier.at:
            yield Finding(
                ("timeline", index + 1, "at"),
                f"this event is earlier than the one above it ({earlier.at.isoformat()})",
                "correct the time or its time zone, or move the event up",
            )


# The first of each pair cannot come after the second. Mitigation may come before detection: some
# symptoms stop by themselves.
_FIRST = (
    *((Moment.STARTED, moment) for moment in Moment if moment is not Moment.STARTED),
    (Moment.DETECTED, Moment.ACKNOWLEDGED),
    (Moment.DETECTED, Moment.ESCALATED),
    (Moment.MITIGATED, Moment.RESOLVED),
)


def milestone_order(subject: Subject) -> Iterator[Finding]:
    """The milestones of the timeline are in an impossible order.

    An incident cannot be detected, mitigated or resolved before it starts, cannot be acknowledged
    or escalated before it is detected, and cannot be mitigated after it is resolved. TTD, TTM and
    TTR are calculated from the milestones, so they are wrong if a milestone is. Correct the time,
    or mark another event.
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
                "correct the time, or mark the right event",
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
