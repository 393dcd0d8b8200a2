"""KB901 to KB905: how an incident's text came to its status."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise

from generator.knowledge.diagnostics import Severity
from generator.model import Status
from generator.rules.base import Finding, Rule, Subject

_ORDER = tuple(Status)


def status_without_review(subject: Subject) -> Iterator[Finding]:
    """The status is reviewed, published or withdrawn, and `reviews` does not say by whom.

    At night a reader trusts a runbook as much as those who looked at it. Write the role and the
    day below `reviews`; where nobody knows them any more, leave it, and do not invent a reviewer.
    """
    incident = subject.incident
    if incident.status is not Status.DRAFT and not incident.reviews:
        yield Finding(
            ("status",),
            f"{incident.status.value}, and `reviews` does not say by whom",
            "add the role and the day, if they are known: "
            f"reviews: [{{status: {incident.status.value}, by: Database team, date: 2026-11-20}}]",
        )


def status_against_reviews(subject: Subject) -> Iterator[Finding]:
    """The status is not the one that the last review gave.

    One of the two was forgotten. The site, the lists and the search go by `status`; the page also
    shows who gave it, which is the last entry of `reviews`. Write the status that holds, and add
    the review that is missing.
    """
    incident = subject.incident
    if incident.reviews and incident.reviews[-1].status is not incident.status:
        yield Finding(
            ("status",),
            f"the status is {incident.status.value}, the last review says "
            f"{incident.reviews[-1].status.value}",
            "write the status that holds, or add the review that is missing",
        )


def review_days(subject: Subject) -> Iterator[Finding]:
    """The reviews are not in the order of their days.

    They are read from the oldest to the newest, and the last one counts. One out of order is most
    often a wrong day. Correct the day, or move the entry.
    """
    for index, (earlier, later) in enumerate(pairwise(subject.incident.reviews)):
        if later.date < earlier.date:
            yield Finding(
                ("reviews", index + 1, "date"),
                f"this review is earlier than the one above it ({earlier.date:%Y-%m-%d})",
                "correct the day, or move the entry up",
            )


def review_backwards(subject: Subject) -> Iterator[Finding]:
    """A review takes the status back.

    The way is draft, reviewed, published, withdrawn. Who takes a text back to work on it sets it
    to `draft`, and from there it goes the same way again; any other step back is most often an
    entry in the wrong place. Put the entries in their order, or write the step to `draft`.
    """
    for index, (earlier, later) in enumerate(pairwise(subject.incident.reviews)):
        back = _ORDER.index(later.status) < _ORDER.index(earlier.status)
        if back and later.status is not Status.DRAFT:
            yield Finding(
                ("reviews", index + 1, "status"),
                f"{later.status.value} comes before {earlier.status.value}, which stands above it",
                "put the entries in order, or add the step back to `draft`",
            )


def withdrawn_without_reason(subject: Subject) -> Iterator[Finding]:
    """A withdrawn incident says neither why nor what replaced it.

    Its page stays at its address, and whoever follows an old link needs to know where to go
    instead. Name the incident that replaces it in `superseded_by`, or say in the `note` of the
    review that withdrew it why it is not to be followed.
    """
    incident = subject.incident
    if incident.status is not Status.WITHDRAWN or incident.superseded_by:
        return
    if not any(r.note for r in incident.reviews if r.status is Status.WITHDRAWN):
        yield Finding(
            ("status",),
            "withdrawn, and nothing says why or what replaces it",
            "add `superseded_by`, or a `note` to the review that withdrew it",
        )


_STEP = "  - {{status: {}, by: Database team, date: {}}}\n"


def _reviews(*steps: tuple[str, str]) -> str:
    lines = "".join(_STEP.format(status, day) for status, day in steps)
    return f"status: {steps[-1][0]}\nreviews:\n{lines}"


_GOOD = _reviews(("reviewed", "2026-11-18"), ("published", "2026-11-20"))

REVIEWS = (
    Rule(
        "KB901",
        "no-review",
        Severity.HINT,
        _GOOD,
        "status: published\nreviews: []\n",
        (1, 9),
        status_without_review,
    ),
    Rule(
        "KB902",
        "status-against-reviews",
        Severity.ERROR,
        _GOOD,
        "status: published\nreviews:\n" + _STEP.format("reviewed", "2026-11-18"),
        (1, 9),
        status_against_reviews,
        lenient_in_drafts=True,
    ),
    Rule(
        "KB903",
        "review-days",
        Severity.ERROR,
        _GOOD,
        """\
status: published
reviews:
  - {status: reviewed, by: Database team, date: 2026-11-18}
  - {status: published, by: Platform team, date: 2026-11-17}
""",
        (4, 50),
        review_days,
        lenient_in_drafts=True,
    ),
    Rule(
        "KB904",
        "review-backwards",
        Severity.WARNING,
        """\
status: published
reviews:
  - {status: withdrawn, by: Database team, date: 2026-11-18, note: The fix does not help.}
  - {status: draft, by: Database team, date: 2026-11-19}
  - {status: published, by: Platform team, date: 2026-11-20}
""",
        """\
status: reviewed
reviews:
  - {status: published, by: Platform team, date: 2026-11-18}
  - {status: reviewed, by: Database team, date: 2026-11-20}
""",
        (4, 14),
        review_backwards,
        lenient_in_drafts=True,
    ),
    Rule(
        "KB905",
        "withdrawn-without-reason",
        Severity.HINT,
        """\
status: withdrawn
reviews:
  - status: withdrawn
    by: Database team
    date: 2026-11-20
    note: The version that it is about runs nowhere any more.
""",
        "status: withdrawn\n",
        (1, 9),
        withdrawn_without_reason,
    ),
)
