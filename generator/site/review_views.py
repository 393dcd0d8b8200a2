"""The review status of a page: its status, who gave it, what is missing."""

from __future__ import annotations

from dataclasses import dataclass

from generator.model import Incident, Review, Status
from generator.text.markdown import Markdown, inline, styled

_NAMES = {"root_cause": "root cause"}


@dataclass(frozen=True, slots=True)
class ReviewView:
    """One review."""

    status: str
    by: Markdown
    date: str
    note: Markdown


def review_views(incident: Incident) -> list[ReviewView]:
    """Return the reviews, newest first."""
    return [
        ReviewView(r.status.value, inline(r.by), _day(r), inline(r.note or ""))
        for r in reversed(incident.reviews)
    ]


def given(incident: Incident) -> Markdown:
    """Return who gave an incident its status, and when; empty if that is not recorded."""
    last = _last(incident)
    if last is None:
        return Markdown()
    by = f"by {inline(last.by, links=False)}, {_day(last)}"
    return styled("a", "kb-given", by, link="#review")


def notice(incident: Incident, successor: Markdown) -> Markdown:
    """Return the notice that a reader must see first: withdrawn, replaced, or a draft.

    Args:
        incident: the incident.
        successor: link to the incident that replaces it; may be empty.
    """
    last = _last(incident)
    why = inline(last.note or "") if last else Markdown()
    if incident.status is Status.WITHDRAWN:
        parts = ["**This runbook is withdrawn.** Do not follow it."]
        if successor:
            parts.append(f"**It is replaced by** {successor}.")
        if last:
            parts.append(f"Withdrawn by {inline(last.by)}, {_day(last)}{_because(why)}")
        return Markdown(" ".join(parts))
    if successor:
        return Markdown(f"**This runbook is replaced by** {successor}")
    if incident.status is Status.DRAFT:
        parts = ["**This runbook is a draft.**"]
        if last:
            parts.append(f"Returned to draft by {inline(last.by)}, {_day(last)}{_because(why)}")
        else:
            parts.append("Nobody has reviewed it yet.")
        if incident.unwritten:
            names = ", ".join(_NAMES.get(name, name) for name in incident.unwritten)
            parts.append(f"Not written yet: {names}.")
        return Markdown(" ".join(parts))
    return Markdown()


def _last(incident: Incident) -> Review | None:
    """Return the review that gave the status; None if the last review gave another status."""
    last = incident.reviews[-1] if incident.reviews else None
    return last if last and last.status is incident.status else None


def _because(why: Markdown) -> str:
    return f": {why}" if why else "."


def _day(review: Review) -> str:
    return f"{review.date:%Y-%m-%d}"
