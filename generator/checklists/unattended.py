"""What a pipeline may run without a person."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from generator.checklists.items import ChosenCheck, ParameterValue
from generator.commands.expectations import compares
from generator.model import Risk


def refusal(item: ChosenCheck, allowed: Iterable[Risk], missing: Sequence[ParameterValue]) -> str:
    """Return why a check cannot run without a person; empty if it can.

    Args:
        item: the check.
        allowed: risks that are allowed, in addition to read-only.
        missing: the required values that are missing.
    """
    if item.manual:
        return "it needs a person"
    if item.risk is Risk.DESTRUCTIVE:
        return "it is destructive and never runs unattended; run it in a terminal"
    if item.risk is not Risk.READ_ONLY and Risk.CHANGES_STATE not in allowed:
        what = "it changes state" if item.risk else "risk not declared"
        return f"{what}; to run it, use --allow {Risk.CHANGES_STATE}"
    if not compares(item.expect):
        return "a person has to check its output"
    return "; ".join(needed(value) for value in missing)


def needed(value: ParameterValue) -> str:
    """Return that a value is missing, and how to set it."""
    what = re.split(r"(?<=[^.])[.;](?:\s|$)", " ".join(value.description.split()))[0]
    return f"needs {value.name}{f' ({what})' if what else ''}; set it with --set {value.name}=..."
