"""What a pipeline may run without a person."""

from __future__ import annotations

import re
from collections.abc import Container, Iterable, Sequence

from generator.checklists.items import ChosenCheck, ParameterValue
from generator.commands.expectations import compares
from generator.model import Risk


def refusal(
    item: ChosenCheck,
    allowed: Iterable[Risk],
    missing: Sequence[ParameterValue],
    by_name: Container[str] = (),
) -> str:
    """Return why a check cannot run without a person; empty if it can.

    Args:
        item: the check.
        allowed: risks that are allowed, in addition to read-only.
        missing: the required values that are missing.
        by_name: names of steps of a runbook that may run whatever their risk.
    """
    if item.manual:
        return "it needs a person"
    if item.approval:
        return "it needs the word of a second person; run it in a terminal"
    if item.step and item.risk is not Risk.READ_ONLY and item.name not in by_name:
        what = f"it is {item.risk.label}" if item.risk is Risk.DESTRUCTIVE else "it changes state"
        return f"{what if item.risk else 'risk not declared'}; to run it, use --allow {item.name}"
    if item.risk is Risk.DESTRUCTIVE and not item.step:
        return "it is destructive and never runs unattended; run it in a terminal"
    if not item.step and item.risk is not Risk.READ_ONLY and Risk.CHANGES_STATE not in allowed:
        what = "it changes state" if item.risk else "risk not declared"
        return f"{what}; to run it, use --allow {Risk.CHANGES_STATE}"
    if not item.step and not compares(item.expect):  # what a step prints is kept for a person
        return "a person has to check its output"
    return "; ".join(needed(value) for value in missing)


def needed(value: ParameterValue) -> str:
    """Return that a value is missing, and how to set it."""
    what = re.split(r"(?<=[^.])[.;](?:\s|$)", " ".join(value.description.split()))[0]
    return f"needs {value.name}{f' ({what})' if what else ''}; set it with --set {value.name}=..."
