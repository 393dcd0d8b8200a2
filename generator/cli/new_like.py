"""What `runbooks new --like` takes from another incident: its commands, parameters and what its proofs share."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

import click

from generator.importers.writing import draft_text
from generator.knowledge.files import copy_file
from generator.knowledge.loader import INCIDENTS
from generator.knowledge.records import PROOFS, SHARED, written_files
from generator.model import Incident
from generator.model.steps import Action

# How well a statement of the other incident is known says nothing of the new one.
_NOT_TAKEN = frozenset(("evidence", "source", "proof"))
# What a reader looks for first.
_FIRST = ("id", "phase", "check", "do")
_STEPS = ("diagnosis", "mitigation", "verification", "checks")


def text_like(model: Incident, model_id: str, given: dict[str, Any]) -> str:
    """Return the file of a draft with the steps, checks and parameters of another incident.

    Its own story is not taken: no description, signature, cause, claim, source or proof.

    Args:
        model: the other incident.
        model_id: its id.
        given: fields that are given already, by name; they come first.
    """
    taken: dict[str, Any] = {
        "severity": model.severity.value if model.severity else None,
        "components": list(model.components),
        "tags": list(model.tags),
        "related": [model_id],
    }
    data = {**{name: value for name, value in taken.items() if value}, **given}
    symptom = data.pop("symptom", None)
    if symptom:
        data["symptom"] = symptom
    for name in _STEPS:
        data[name] = [_action(action) for action in getattr(model, name)]
    data["fix"] = [_action(action) for action in model.fix.steps]
    data["parameters"] = [_values(parameter) for parameter in model.parameters]
    order = ("title", "status", "severity", "components", "tags", "related", "symptom", "diagnosis",
             "mitigation", "fix", "verification", "parameters", "checks")  # fmt: skip
    return draft_text(
        {name: data[name] for name in order if data.get(name)},
        [
            f"A draft, made like {model_id}: its steps, checks and parameters.",
            "Change or remove each of them, and write the symptom with its signatures, and the cause.",
        ],
    )


def _action(action: Action) -> dict[str, Any]:
    found = _values(action)
    names = [*(name for name in _FIRST if name in found), *(n for n in found if n not in _FIRST)]
    return {name: found[name] for name in names if name not in _NOT_TAKEN}


def _values(part: Any) -> dict[str, Any]:
    found: dict[str, Any] = part.model_dump(
        mode="json", by_alias=True, exclude_defaults=True, exclude_none=True
    )
    return found


def copy_shared(model: Path, folder: Path) -> list[str]:
    """Copy what all proofs of an incident share, and the packages that they need.

    Args:
        model: the folder of the incident.
        folder: the folder of the new incident.

    Returns:
        The copied files, as paths in the folder of the incident.

    Raises:
        click.ClickException: a file cannot be copied; what was copied is removed.
    """
    names = [*written_files(model, PROOFS, deep=False), *written_files(model, f"{PROOFS}/{SHARED}")]
    try:
        for name in names:
            target = folder / name
            target.parent.mkdir(parents=True, exist_ok=True)
            copy_file(model.parents[1], f"{INCIDENTS}/{model.name}/{name}", target)
    except OSError as error:
        shutil.rmtree(folder / PROOFS, ignore_errors=True)
        raise click.ClickException(f"{error.filename or model}: {error.strerror}") from None
    return names
