"""An incident's runbook as Markdown for an assistant: short, with values filled in.

What belongs to a command stands with it, in the same item, and a command that changes something says
so inside its block: an assistant that quotes the block quotes the risk, the guard and the rollback.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from generator.assistants.evidence import IncidentEvidence
from generator.checklists.formats.markdown import span
from generator.commands.expectations import described
from generator.commands.exports import filled_in, mentions
from generator.model import NOT_WRITTEN, Action, Incident, Risk, Status, Step
from generator.text.controls import written_out
from generator.text.labels import HEADINGS, spell_severity
from generator.text.markdown import fence
from generator.text.prose import one_line

_INDENT = "   "
UNDO = "Undo: "


def card(incident_id: str, incident: Incident, evidence: IncidentEvidence, values: Mapping[str, str], source: str = "") -> str:  # fmt: skip
    """Return the card.

    Args:
        incident_id: the incident's id.
        incident: the incident.
        evidence: how well it is supported.
        values: values of its parameters, by name; defaults stand in for the others.
        source: the source that it comes from; empty if it is ours.
    """
    known: dict[str, str | None] = {
        p.name: values.get(p.name, p.default) for p in incident.parameters
    }
    return written_out("\n".join(_lines(incident_id, incident, evidence, known, source)) + "\n")


def _lines(incident_id: str, incident: Incident, evidence: IncidentEvidence, values: Mapping[str, str | None], source: str) -> Iterator[str]:  # fmt: skip
    yield f"# {one_line(incident.title)}"
    yield ""
    about = (
        span(incident_id),
        spell_severity(incident.severity.value),
        incident.status.value,
        f"from {source}" if source else "",
        ", ".join(incident.components),
    )
    yield " · ".join(filter(None, about))
    yield ""
    yield evidence.summary
    yield from _standing(incident)
    if incident.status is Status.WITHDRAWN:
        return
    yield ""
    yield incident.symptom.description.strip()
    yield from _values(incident, values)
    yield from _section(HEADINGS["diagnosis"])
    for signature in incident.symptom.signatures:
        yield from (fence(signature.example), "")
    yield from _steps(incident.diagnosis, evidence, values)
    for title, steps in (
        (HEADINGS["mitigation"], incident.mitigation),
        (HEADINGS["fix"], incident.fix.steps),
        (HEADINGS["verification"], incident.verification),
    ):
        yield from _section(title)
        yield from _steps([step for step in steps if step.do != NOT_WRITTEN], evidence, values)
    yield from _if_not(incident, evidence)
    yield from _section("Who to wake")
    for role in incident.escalation:
        reach = ", ".join(filter(None, (role.role, role.contact)))
        yield f"- {one_line(reach)}{f': {one_line(role.when)}' if role.when else ''}"
    if not incident.escalation:
        yield "No role is recorded."
    yield from _section("Cause")
    yield f"{incident.root_cause.statement.strip()} ({evidence.words(incident.root_cause)})"


def _standing(incident: Incident) -> Iterator[str]:
    said = []
    if incident.status is Status.WITHDRAWN:
        said.append("WITHDRAWN: do not follow this runbook. Its steps are left out.")
    elif incident.status is Status.DRAFT:
        lacks = ", ".join(incident.unwritten).replace("_", " ")
        missing = f" Not written yet: {lacks}." if lacks else ""
        said.append(f"DRAFT: nobody has published this runbook.{missing}")
    if incident.superseded_by:
        said.append(f"REPLACED by {span(incident.superseded_by)}.")
    for line in said:
        yield from ("", f"**{line}**")


def _values(incident: Incident, values: Mapping[str, str | None]) -> Iterator[str]:
    if not incident.parameters:
        return
    yield from _section("Values for the commands")
    for parameter in incident.parameters:
        value = values[parameter.name]
        shown = f"= {span(value)}" if value is not None else "is not known yet: ask for it"
        yield f"- {span(parameter.name)} {shown} ({one_line(parameter.description)})"


def _section(title: str) -> Iterator[str]:
    yield from ("", f"## {title}", "")


def _steps(steps: Sequence[Step], evidence: IncidentEvidence, values: Mapping[str, str | None]) -> Iterator[str]:  # fmt: skip
    if not steps:
        yield "Nothing is recorded."
    for number, step in enumerate(steps, 1):
        yield f"{number}. {one_line(step.do)} ({evidence.words(step)})"
        for part in _details(step, values):
            yield from ("", f"{_INDENT}{part}")


def _details(step: Step, values: Mapping[str, str | None]) -> Iterator[str]:
    if step.needs:
        yield f"Needs: {one_line('; '.join(step.needs))}"
    if step.run:
        yield _command(step.run, values, _guards(step))
    else:
        yield from (line.removeprefix("# ") for line in _guards(step) if UNDO not in line)
    expected = [
        f"{part.words} {span(part.text)}"
        if part.words and part.text is not None
        else part.text or part.words
        for part in described(step.expect, step.poll)
    ]
    if expected:
        yield f"Expect: {'; '.join(expected)}"
    if step.if_not:
        gap = f"\n\n{_INDENT}" if step.if_not.lstrip().startswith(("- ", "* ")) else " "
        yield f"If not:{gap}{_indented(step.if_not)}"
    if step.rollback:
        yield f"{UNDO}{_indented(step.rollback.do)}"
        if step.rollback.run:
            yield _command(step.rollback.run, values)


def _command(run: str, values: Mapping[str, str | None], comments: Sequence[str] = ()) -> str:
    """Return the block of a command, with the values that it mentions."""
    known = {name: value for name, value in values.items() if name in mentions(run)}
    return fence("\n".join([*comments, filled_in(run, known)]), "sh", _INDENT)


def _guards(action: Action) -> list[str]:
    """Return what must be known before a command runs, as lines of comments for its block."""
    if action.risk is None:
        return ["# Risk: not recorded. Ask a person before you run it."] if action.run else []
    if action.risk is Risk.READ_ONLY:
        return []
    lines = [f"# Risk: {action.risk.label.upper()}. Ask a person before you run it."]
    if action.approval:
        lines.append("# Guard: a second person has to agree.")
    if action.rollback:
        lines.append(f"# {UNDO}{one_line(action.rollback.do)}")
    elif action.risk is Risk.DESTRUCTIVE:
        lines.append(f"# {UNDO}nothing is recorded.")
    return lines


def _indented(text: str) -> str:
    """Return a text whose later lines stay in the item of a list."""
    return f"\n{_INDENT}".join(text.strip().splitlines())


def _if_not(incident: Incident, evidence: IncidentEvidence) -> Iterator[str]:
    yield from _section("If not")
    lines = [
        f"- Looks the same, but is something else: {one_line(one.text)} ({evidence.words(one)})"
        for one in incident.symptom.false_positives
    ]
    lines += [
        f"- NOT TRUE: {sentence(claim.claim)} {one_line(claim.why)} ({evidence.words(claim)})"
        for claim in incident.root_cause.ruled_out
    ]
    if incident.related:
        lines.append(f"- See also: {', '.join(map(span, incident.related))}")
    yield from lines or ["Nothing is recorded that looks like this."]


def sentence(text: str) -> str:
    """Return a text on one line, with a full stop if it has no end."""
    line = one_line(text)
    return line if line.endswith((".", "!", "?")) else f"{line}."
