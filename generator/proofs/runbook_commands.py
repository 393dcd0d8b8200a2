"""The commands of a runbook as files, so that a proof runs what a reader runs and not a copy of it."""

from __future__ import annotations

from pathlib import Path

from generator.model import Check, Incident, Proof
from generator.model.walk import actions

FOLDER = "commands"
"""The folder in the scratch copy of the incident, beside `proofs/`."""


def runbook_commands(incident: Incident, proof: Proof) -> dict[str, str]:
    """Return the command of each step and check that names a proof, by the name of its file.

    The names are `diagnosis-1.sh`, `fix-2.sh` (numbers as on the page, from 1) and
    `check-<id>.sh`; the command of a rollback is in `mitigation-1-rollback.sh`.

    Args:
        incident: the incident.
        proof: one of its proofs.
    """
    found = {}
    for route, action in actions(incident):
        if action.proof != proof.id:
            continue
        number = int(route[-1]) + 1
        name = f"check-{action.id}" if isinstance(action, Check) else f"{route[0]}-{number}"
        if action.run is not None:
            found[f"{name}.sh"] = action.run
        if action.rollback is not None and action.rollback.run is not None:
            found[f"{name}-rollback.sh"] = action.rollback.run
    return found


def write_runbook_commands(incident: Incident, proof: Proof, folder: Path) -> None:
    """Write these commands into the scratch copy of an incident; without any, write nothing."""
    commands = runbook_commands(incident, proof)
    if not commands:
        return
    place = folder / FOLDER
    place.mkdir()
    for name, command in commands.items():
        (place / name).write_text(command.rstrip("\n") + "\n", "utf-8", newline="\n")
