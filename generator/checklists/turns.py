"""Where a runbook goes on: the places that can be named, and the one that an `if_not` names."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from generator.checklists.items import ChosenCheck, Stage

_STAGES = "|".join(stage.value for stage in Stage)
_ORDINALS = ("first", "second", "third", "fourth", "fifth")
_NAMED = re.compile(
    rf"\b(?P<stage>{_STAGES})-(?P<number>[0-9]{{1,3}})\b"
    rf"|\b(?P<nth>{'|'.join(_ORDINALS)}|last) step of the (?P<of>{_STAGES})\b"
    rf"|\b(?:go|back|on|continue|return) (?:to|with) (?:the )?(?P<whole>{_STAGES})\b(?!-[0-9])"
    r"|\bthe (?P<next>next) step\b",
    re.IGNORECASE,
)


def place(items: Sequence[ChosenCheck], name: str) -> int | None:
    """Return the number of the step that a name stands for.

    Args:
        items: the steps of the runbook.
        name: `mitigation-2`, or `mitigation` for its first step.
    """
    for number, item in enumerate(items):
        if name in (item.name, item.id, item.phase.value):
            return number
    return None


def suggested(items: Sequence[ChosenCheck], number: int) -> int | None:
    """Return the number of the step to which the `if_not` of a step leads.

    Args:
        items: the steps of the runbook.
        number: the step whose result was not as expected.

    Returns:
        None if the text names no place, or several.
    """
    text = " ".join(items[number].if_not.split())
    found = {_number(items, number, match) for match in _NAMED.finditer(text)} - {None}
    return found.pop() if len(found) == 1 else None


def _number(items: Sequence[ChosenCheck], number: int, match: re.Match[str]) -> int | None:
    if match["next"]:
        return number + 1 if number + 1 < len(items) else None
    if match["stage"]:
        return place(items, f"{match['stage'].lower()}-{int(match['number'])}")
    if match["whole"]:
        return place(items, match["whole"].lower())
    steps = list(_of_stage(items, match["of"].lower()))
    nth = match["nth"].lower()
    which = len(steps) - 1 if nth == "last" else _ORDINALS.index(nth)
    return steps[which] if 0 <= which < len(steps) else None


def _of_stage(items: Sequence[ChosenCheck], stage: str) -> Iterator[int]:
    return (number for number, item in enumerate(items) if item.phase.value == stage)
