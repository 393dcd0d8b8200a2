"""What the paste box needs to know: one script that a page loads when somebody pastes an error.

`match-engine.js` compiles the signatures and finds them, `match.js` shows what was found.

What the script holds:

- `incidents`: one row each: id, title, severity, status, parameters, first steps. A parameter is
  its name, with its default after a "=" where it has one. A step is what to do and its command.
- `signatures`: one row each: number of the incident, text, whether that is a regular expression.
"""

from __future__ import annotations

from collections.abc import Iterator

from generator.knowledge import KnowledgeBase
from generator.model import Incident, Parameter, Step
from generator.site.assets import FOLDER
from generator.site.page import Asset, script

DATA_FILE = f"{FOLDER}/match-data.js"
VARIABLE = "runbooksMatchData"
FORMAT = 1

FIRST_STEPS = 2
"""How many steps stand under a match; the runbook has all."""


def build_match_data(base: KnowledgeBase) -> Asset:
    """Build the script that holds what the paste box knows."""
    return Asset(
        DATA_FILE,
        script(
            VARIABLE,
            {
                "format": FORMAT,
                "incidents": [_row(i, incident) for i, incident in base.incidents.items()],
                "signatures": list(_signatures(base)),
            },
        ),
    )


def _row(incident_id: str, incident: Incident) -> list[object]:
    return [
        incident_id,
        incident.title,
        incident.severity.value,
        incident.status.value,
        [_parameter(parameter) for parameter in incident.parameters],
        [_step(step) for step in first_steps(incident)],
    ]


def _parameter(parameter: Parameter) -> str:
    default = parameter.default
    return f"{parameter.name}={default}" if default is not None else parameter.name


def _step(step: Step) -> list[str]:
    do = " ".join(step.do.strip().split("\n\n")[0].split())
    return [do, step.run.rstrip("\n")] if step.run else [do]


def first_steps(incident: Incident) -> tuple[Step, ...]:
    """Return the steps with which the card begins."""
    steps = (*incident.diagnosis, *incident.mitigation, *incident.fix.steps)
    return steps[:FIRST_STEPS]


def _signatures(base: KnowledgeBase) -> Iterator[list[object]]:
    for number, incident in enumerate(base.incidents.values()):
        for signature in incident.symptom.signatures:
            if signature.text is not None:
                yield [number, signature.text, 0]
            else:
                yield [number, signature.regex, 1]
