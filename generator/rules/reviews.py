"""KB901 to KB905: the status of an incident and its reviews."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise

from generator.knowledge.diagnostics import Severity
from generator.model import Status
from generator.rules.base import Finding, Rule, Subject

_ORDER = tuple(Status)


def status_without_review(subject: Subject) -> Iterator[Finding]:
    """The status is reviewed, published or withdrawn, but `reviews` does not say by whom.

    How much a reader trusts a runbook depends on who reviewed it. Write the role and the day in
    `reviews`. If nobody knows them, leave `reviews` empty; do not invent a reviewer.
    """
    incident = subject.incident
    if incident.status is not Status.DRAFT and not incident.reviews:
        yield Finding(
            ("status",),
            f"the status is {incident.status.value}, but `reviews` does not say by whom",
            "add the role and the day if you know them: "
            f"reviews: [{{status: {incident.status.value}, by: Database team, date: 2026-11-20}}]",
        )


def status_against_reviews(subject: Subject) -> Iterator[Finding]:
    """The status differs from the status of the last review.

    One of the two is outdated. The site, the lists and the search use `status`. The page also
    shows who set it, from the last entry of `reviews`. Correct the status, or add the missing
    review.
    """
    incident = subject.incident
    if incident.reviews and incident.reviews[-1].status is not incident.status:
        yield Finding(
            ("status",),
            f"the status is {incident.status.value}, but the last review says "
            f"{incident.reviews[-1].status.value}",
            "correct the status, or add the missing review",
        )


def review_days(subject: Subject) -> Iterator[Finding]:
    """The reviews are not in chronological order.

    Reviews are listed from the oldest to the newest, and the last one counts. A review out of
    order usually has a wrong day. Correct the day, or move the entry.
    """
    for index, (earlier, later) in enumerate(pairwise(subject.incident.reviews)):
        if later.date < earlier.date:
            yield Finding(
                ("reviews", index + 1, "date"),
                f"this review is earlier than the one above it ({earlier.date:%Y-%m-%d})",
                "correct the day, or move the entry up",
            )


def review_backwards(subject: Subject) -> Iterator[Finding]:
    """A review changes the status backwards.

    The order is draft, reviewed, published, withdrawn. To work on a text again, set its status to
    `draft` and follow the same order from there. Any other change backwards is usually an entry in
    the wrong place. Put the entries in order, or add the change to `draft`.
    """
    for index, (earlier, later) in enumerate(pairwise(subject.incident.reviews)):
        back = _ORDER.index(later.status) < _ORDER.index(earlier.status)
        if back and later.status is not Status.DRAFT:
            yield Finding(
                ("reviews", index + 1, "status"),
                f"{later.status.value} cannot follow {earlier.status.value}",
                "put the entries in order, or add the change back to `draft`",
            )


def withdrawn_without_reason(subject: Subject) -> Iterator[Finding]:
    """A withdrawn incident does not say why it was withdrawn or what replaces it.

    Its page keeps its URL, and readers who follow an old link need to know where to go instead.
    Name the incident that replaces it in `superseded_by`, or write the reason in the `note` of the
    review that withdrew it.
    """
    incident = subject.incident
    if incident.status is not Status.WITHDRAWN or incident.superseded_by:
        return
    if not any(r.note for r in incident.reviews if r.status is Status.WITHDRAWN):
        yield Finding(
            ("status",),
            "the incident is withdrawn, but does not say why or what replaces it",
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
