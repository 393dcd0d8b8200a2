"""The waivers of `runbooks checklist`: those of the knowledge base, and those given for one run."""

from __future__ import annotations

import difflib
from collections.abc import Mapping, Sequence
from datetime import date
from pathlib import Path

import click

from generator.checklists.items import ChosenCheck
from generator.checklists.target_rules import TargetRules, without_new_waivers
from generator.checklists.waivers import with_waivers
from generator.commands.masking import visible
from generator.knowledge.loader import load_waivers


def read_waivers(context: click.Context, parameter: click.Parameter, given: Sequence[str]) -> dict[str, str]:  # fmt: skip # noqa: ARG001
    """Read `--waive ID=REASON`: the reasons by the id of the check."""
    waived = {}
    for text in given:
        name, _, reason = text.partition("=")
        if not reason.strip():
            raise click.BadParameter(f'{text!r} is not ID=REASON: disk-full/space-left="ordered"')
        waived[name] = " ".join(visible(reason).split())
    return waived


def waived_checks(
    root: Path,
    items: Sequence[ChosenCheck],
    given: Mapping[str, str],
    operator: str,
    today: date,
    target: TargetRules | None = None,
) -> tuple[ChosenCheck, ...]:
    """Return the checks of a list, each with the decision that it need not hold.

    Args:
        root: the knowledge base.
        items: the checks.
        given: the reasons for this run, by the id of the check.
        operator: who gives those.
        today: the day in UTC.
        target: the rules of the release's target: waivers that it does not have do not count.

    Raises:
        click.UsageError: a check that is not on the list is waived for this run.
        click.ClickException: the file of the waivers has errors.
    """
    found = load_waivers(root)
    for problem in found.diagnostics:
        place = f"{problem.file}:{problem.position.line}:{problem.position.column}"
        raise click.ClickException(f"{place}: {problem.message} ({problem.hint})")
    on_list = [reason.id for item in items for reason in item.reasons]
    for name in given:
        if name not in on_list:
            near = difflib.get_close_matches(name, on_list, 3, 0.5)
            hint = (
                f"did you mean {' or '.join(near)}?" if near else "`runbooks checklist` shows ids"
            )
            raise click.UsageError(f"no check of this list has the id {name!r}; {hint}")
    waivers = found.content.waivers
    if target and target.waivers is not None:
        items, waivers = without_new_waivers(items, waivers, target.waivers)
    return with_waivers(items, waivers, given, operator, today)
