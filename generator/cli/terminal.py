"""A runbook as text for a terminal: the card for 3 AM, then cause and what was ruled out."""

from __future__ import annotations

import shutil
import textwrap
from collections.abc import Iterable, Iterator, Sequence

from generator.commands.expectations import in_words
from generator.model import NOT_WRITTEN, Action, Evidence, Incident, Status, Step
from generator.text.labels import HEADINGS, spell_severity
from generator.text.soft_breaks import without_soft_breaks

_WIDTH = 88
_NARROWEST = 40


def runbook_text(incident_id: str, incident: Incident) -> str:
    """Return an incident's runbook as plain text, each command on its own lines.

    Args:
        incident_id: its id.
        incident: the incident.
    """
    return "\n".join(_lines(incident_id, incident)) + "\n"


def _lines(incident_id: str, incident: Incident) -> Iterator[str]:
    yield incident.title
    components = ", ".join(incident.components)
    level = spell_severity(incident.severity.value)
    yield " · ".join(part for part in (incident_id, level, incident.status, components) if part)
    yield from _standing(incident)
    yield ""
    yield from _wrap(incident.symptom.description)
    if incident.parameters:
        yield from _heading("Values for the commands")
        for p in incident.parameters:
            known = (
                f" (default {p.default})"
                if p.default
                else f" (such as {p.example})"
                if p.example
                else ""
            )
            yield from _wrap(f"{p.name}: {p.description}{known}", "  ", "    ")
    yield from _heading(HEADINGS["diagnosis"])
    for signature in incident.symptom.signatures:
        yield from _block(signature.example)
        yield ""
    yield from _steps(incident.diagnosis)
    for title, steps in (
        (HEADINGS["mitigation"], incident.mitigation),
        (HEADINGS["fix"], incident.fix.steps),
        (HEADINGS["verification"], incident.verification),
    ):
        yield from _heading(title)
        yield from _steps([step for step in steps if step.do != NOT_WRITTEN])
    if incident.symptom.false_positives or incident.related:
        yield from _heading("If not")
    for statement in incident.symptom.false_positives:
        yield from _wrap(f"- {statement.text}", "  ")
    if incident.related:
        yield from _wrap(f"- See also: {', '.join(incident.related)}", "  ")
    if incident.escalation:
        yield from _heading("Who to wake")
    for e in incident.escalation:
        reach = ", ".join(part for part in (e.role, e.contact) if part)
        yield from _wrap(f"- {reach}{f': {e.when}' if e.when else ''}", "  ")
    yield from _heading("Cause")
    cause = incident.root_cause
    evidence = "" if cause.statement == NOT_WRITTEN else f" {_evidence(cause.evidence)}"
    yield from _wrap(f"{cause.statement}{evidence}", "  ")
    if incident.root_cause.ruled_out:
        yield from _heading("What it was not")
        for claim in incident.root_cause.ruled_out:
            yield from _wrap(f"- NOT TRUE: {claim.claim}", "  ")
            yield from _wrap(f"{claim.why} {_evidence(claim.evidence)}", "    ")
    if incident.stated_durations:
        yield from _heading("Reported durations (not computed)")
        for stated in incident.stated_durations:
            until = f" (until {stated.until.value})" if stated.until else ""
            yield from _wrap(f"- {stated.of}{until}: {stated.says}", "  ")
    if incident.notes:
        yield from _heading("Notes, word for word")
        for note in incident.notes:
            if note.heading:
                yield from _wrap(note.heading, "  ")
            yield from _block(note.text)
            yield ""


def _standing(incident: Incident) -> Iterator[str]:
    """Yield who set the status, and what to know before following the steps."""
    last = incident.reviews[-1] if incident.reviews else None
    if last and last.status is incident.status:
        because = f": {last.note}" if last.note else ""
        yield from _wrap(f"{last.status.value} by {last.by}, {last.date:%Y-%m-%d}{because}")
    if incident.status is Status.WITHDRAWN:
        yield "WITHDRAWN: do not follow this runbook."
    elif incident.status is Status.DRAFT:
        lacks = ", ".join(incident.unwritten).replace("_", " ")
        unread = "" if incident.reviews else "not reviewed yet"
        said = "; ".join(filter(None, (unread, f"not written yet: {lacks}" if lacks else "")))
        yield from _wrap(f"DRAFT: {said}" if said else "DRAFT")
    if incident.superseded_by:
        yield f"REPLACED by {incident.superseded_by}"


def _heading(title: str) -> Iterator[str]:
    yield ""
    yield title.upper()


def _steps(steps: Sequence[Step]) -> Iterator[str]:
    if not steps:
        yield "  Nothing is recorded."
    for number, step in enumerate(steps, 1):
        if number > 1:
            yield ""
        risk = f" [{step.risk.value}]" if step.risk else ""
        yield from _wrap(f"{number}. {step.do}{risk}", "  ", "     ")
        yield from _action(step)
        if step.approval:
            yield from _wrap("Approval: a second person has to agree.", "     ")
        if step.if_not:
            gap = "\n" if step.if_not.startswith("- ") else " "
            yield from _wrap(f"If not:{gap}{step.if_not}", "     ")


def _action(action: Action) -> Iterator[str]:
    if action.run:
        yield ""
        yield from _block(action.run, "       ")
        yield ""
    expected = "; ".join(in_words(action.expect, action.poll))
    if expected:
        yield from _wrap(f"Expect: {expected}", "     ")
    if action.rollback:
        yield from _wrap(f"Rollback: {action.rollback.do}", "     ")
        if action.rollback.run:
            yield from _block(action.rollback.run, "       ")


def _evidence(evidence: Evidence) -> str:
    return f"[{evidence.value}]"


def _block(text: str, indent: str = "    ") -> Iterable[str]:
    return (f"{indent}{line}" for line in text.strip("\n").splitlines())


def _wrap(text: str, indent: str = "", rest: str | None = None) -> Iterator[str]:
    """Break prose into lines; paragraphs and list items begin new lines."""
    first, later = indent, indent if rest is None else rest
    # A line that is wider than the terminal would go on in the middle of a word.
    width = max(_NARROWEST, min(_WIDTH, shutil.get_terminal_size((_WIDTH, 24)).columns))
    for paragraph in without_soft_breaks(text):
        if not paragraph:
            yield ""
            continue
        yield from textwrap.wrap(
            paragraph,
            width,
            initial_indent=first,
            subsequent_indent=later + ("  " if paragraph.startswith("- ") else ""),
            break_long_words=False,
            break_on_hyphens=False,
        )
        first = later
