"""A runbook as a list of steps to walk, for the engine that performs a checklist."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from generator.checklists.items import Checklist, ChosenCheck, ParameterValue, Reason, Stage
from generator.commands.exports import mentions
from generator.model import NOT_WRITTEN, Incident, Level, Step


def steps_of(incident: Incident) -> Iterator[tuple[str, Stage, Step]]:
    """Yield the written steps of a runbook, each with its name and stage, in their order.

    A step is named by its stage and its number there: `mitigation-1`, as on its page.
    """
    stages = {
        Stage.DIAGNOSIS: incident.diagnosis,
        Stage.MITIGATION: incident.mitigation,
        Stage.FIX: incident.fix.steps,
        Stage.VERIFICATION: incident.verification,
    }
    for stage, steps in stages.items():
        for number, step in enumerate(steps, 1):
            if step.do != NOT_WRITTEN:
                yield f"{stage.value}-{number}", stage, step


def walk_of(
    incident_id: str,
    incident: Incident,
    values: Mapping[str, str],
    site_url: str | None = None,
    source: str = "",
) -> Checklist:
    """Return the steps of a runbook.

    Only the steps of the verification are blocking: whatever was tried before, these decide.

    Args:
        incident_id: the incident's id.
        incident: the incident.
        values: given values of its parameters.
        site_url: the URL of the site, for links.
        source: the source that the incident comes from; empty if it is ours.
    """
    reason = Reason(
        incident_id, incident_id, incident.title, incident.severity.value, incident.status.value,
        "", False, (), source,
    )  # fmt: skip
    items = tuple(
        ChosenCheck(
            id=f"{incident_id}/{name}",
            phase=stage,
            level=Level.BLOCKING if stage is Stage.VERIFICATION else Level.ADVISORY,
            check=" ".join(step.do.split()),
            run=(step.run or "").rstrip("\n"),
            expect=step.expect,
            risk=step.risk,
            rollback=step.rollback,
            needs=step.needs,
            timeout=step.timeout or "",
            values=tuple(_values(incident, step, values)),
            reasons=(reason,),
            if_not=step.if_not or "",
            poll=step.poll,
            approval=step.approval is not None,
        )
        for name, stage, step in steps_of(incident)
    )
    return Checklist(items, incident.title, site_url, incident=incident_id)


def _values(incident: Incident, step: Step, given: Mapping[str, str]) -> Iterator[ParameterValue]:
    """Yield the parameters that a step's command and its rollback read."""
    reading = mentions(step.run or "")
    undoing = mentions((step.rollback and step.rollback.run) or "")
    for parameter in incident.parameters:
        name = parameter.name
        if name not in reading and name not in undoing:
            continue
        yield ParameterValue(
            name,
            parameter.description,
            parameter.example or "",
            given.get(name, parameter.default),
            name in given,
            not reading.get(name, True) and parameter.default is None,
        )
