"""A runbook as text for a terminal: the card for 3 AM, then cause and what was ruled out."""

from __future__ import annotations

import textwrap
from collections.abc import Iterable, Iterator, Sequence

from generator.model import Action, Evidence, Incident, Step
from generator.model.judge import in_words

_WIDTH = 88


def runbook_text(incident_id: str, incident: Incident) -> str:
    """Return an incident's runbook as plain text, each command on lines of its own.

    Args:
        incident_id: its id.
        incident: the incident.
    """
    return "\n".join(_lines(incident_id, incident)) + "\n"


def _lines(incident_id: str, incident: Incident) -> Iterator[str]:
    yield incident.title
    components = ", ".join(incident.components)
    yield " · ".join(
        part for part in (incident_id, incident.severity, incident.status, components) if part
    )
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
    yield from _heading("Is it this?")
    for signature in incident.symptom.signatures:
        sample = (
            signature.matches[0] if signature.matches else signature.text or signature.regex or ""
        )
        yield from _block(sample)
        yield ""
    yield from _steps(incident.diagnosis)
    for title, steps in (
        ("Stop the pain", incident.mitigation),
        ("Fix it for good", incident.fix.steps),
        ("Check that it worked", incident.verification),
    ):
        yield from _heading(title)
        yield from _steps(steps)
    yield from _heading("If not")
    for statement in incident.symptom.false_positives:
        yield from _wrap(f"- {statement.text}", "  ")
    if incident.related:
        yield from _wrap(f"- See also: {', '.join(incident.related)}", "  ")
    yield from _heading("Who to wake")
    for e in incident.escalation:
        reach = ", ".join(part for part in (e.role, e.contact) if part)
        yield from _wrap(f"- {reach}{f': {e.when}' if e.when else ''}", "  ")
    yield from _heading("Cause")
    yield from _wrap(
        f"{incident.root_cause.statement} {_evidence(incident.root_cause.evidence)}", "  "
    )
    if incident.root_cause.ruled_out:
        yield from _heading("What it was not")
        for claim in incident.root_cause.ruled_out:
            yield from _wrap(f"- NOT TRUE: {claim.claim}", "  ")
            yield from _wrap(f"{claim.why} {_evidence(claim.evidence)}", "    ")


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
        if step.if_not:
            gap = "\n" if step.if_not.startswith("- ") else " "
            yield from _wrap(f"If not:{gap}{step.if_not}", "     ")


def _action(action: Action) -> Iterator[str]:
    if action.run:
        yield ""
        yield from _block(action.run, "       ")
        yield ""
    expected = "; ".join(in_words(action.expect))
    if expected:
        yield from _wrap(f"Expect: {expected}", "     ")
    if action.rollback:
        yield from _wrap(f"Rollback: {action.rollback.do}", "     ")
        if action.rollback.run:
            yield from _block(action.rollback.run, "       ")


def _evidence(evidence: Evidence) -> str:
    return f"[{evidence.value}]"


def _block(text: str, indent: str = "    ") -> Iterable[str]:
    return (f"{indent}{line}" for line in _safe(text).strip("\n").splitlines())


def _wrap(text: str, indent: str = "", rest: str | None = None) -> Iterator[str]:
    """Break prose into lines; paragraphs and the items of lists begin lines of their own."""
    first, later = indent, indent if rest is None else rest
    for paragraph in _safe(text).strip().splitlines():
        if not paragraph.strip():
            yield ""
            continue
        yield from textwrap.wrap(
            paragraph.strip(),
            _WIDTH,
            initial_indent=first,
            subsequent_indent=later + ("  " if paragraph.lstrip().startswith("- ") else ""),
            break_long_words=False,
            break_on_hyphens=False,
        )
        first = later


def _safe(text: str) -> str:
    """Show escape characters instead of letting a field's text drive the terminal."""
    return text.replace("\x1b", "␛")
