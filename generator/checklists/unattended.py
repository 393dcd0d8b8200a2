"""What a pipeline may run, where no person looks."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from generator.checklists.items import ChosenCheck, ParameterValue
from generator.commands.expectations import compares
from generator.model import Risk


def refusal(item: ChosenCheck, allowed: Iterable[Risk], missing: Sequence[ParameterValue]) -> str:
    """Return why a check is not done without a person; empty when it may run.

    Args:
        item: the check.
        allowed: risks that somebody has allowed, on top of read-only.
        missing: values that it needs and that nobody has given.
    """
    if item.manual:
        return "a person has to look"
    if item.risk is Risk.DESTRUCTIVE:
        return "it is destructive and never runs unattended; run it in a terminal"
    if item.risk is not Risk.READ_ONLY and Risk.CHANGES_STATE not in allowed:
        what = "it changes state" if item.risk else "risk not declared"
        return f"{what}; --allow {Risk.CHANGES_STATE} lets it run"
    if not compares(item.expect):
        return "what it shows has to be judged by a person"
    return "; ".join(needed(value) for value in missing)


def needed(value: ParameterValue) -> str:
    """Say that a value is missing, and how to give it."""
    what = re.split(r"(?<=[^.])[.;](?:\s|$)", " ".join(value.description.split()))[0]
    return f"needs {value.name}{f' ({what})' if what else ''}; give it with --set {value.name}=..."
