"""The rules of the branch into which a release is to be merged, as the options name it."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

import click

from generator.checklists.changes import ChangedFiles, revision_of, top_of
from generator.checklists.git_reading import NoChanges
from generator.checklists.items import ChosenCheck
from generator.checklists.summary_index import SummaryRows
from generator.checklists.target_rules import TargetRules, target_rules
from generator.checklists.wording import RULE_CHANGES
from generator.cli.messages import say
from generator.cli.release import Selection
from generator.commands.masking import visible
from generator.knowledge.git_objects import NotInGit
from generator.knowledge.settings import Settings


def rules_of_target(
    root: Path,
    selection: Selection,
    target: ChangedFiles | None,
    rows: SummaryRows,
    settings: Settings,
) -> TargetRules | None:
    """Return the rules of the release's target, and say what is not known of them; None if it has none.

    Args:
        root: the knowledge base.
        selection: the options.
        target: what a pipeline compares the release with, if it is only proposed.
        rows: the rows of the knowledge base, drafts included.
        settings: its settings.

    Raises:
        click.UsageError: there is no such revision, or git cannot tell what it contains.
    """
    try:
        commit = _commit(root, selection, target)
        if commit is None:
            return None
        found = target_rules(root, commit, rows, settings)
    except (NoChanges, NotInGit) as error:
        raise click.UsageError(
            visible(f"the rules of the target cannot be read: {error}")
        ) from None
    for problem in found.problems if found else ():
        say(visible(f"Not all rules of {commit[:12]} are known: {problem}"))
    return found


def _commit(root: Path, selection: Selection, target: ChangedFiles | None) -> str | None:
    """Return the commit of the knowledge base whose rules count, too."""
    if selection.rules_from is not None:
        commit = revision_of(root, selection.rules_from)
        if commit is None:
            raise NoChanges(f"the repository of {root} has no revision {selection.rules_from!r}")
        return commit
    if target is None:
        return None
    top, ours = top_of(selection.repository), top_of(root)
    if top is None or ours is None:
        return None
    if top == ours:
        return target.start
    # The release can also point a submodule to another commit.
    old = next((one.old for one in target.submodules if top / one.path == ours), "")
    if old and revision_of(root, old) is None:
        raise NoChanges(f"the submodule of {root} does not contain its commit {old[:12]}")
    return old or None


def say_what_is_altered(items: Iterable[ChosenCheck]) -> None:
    """Say what the release does to its own checks."""
    for item in items:
        for reason in item.reasons:
            for match in reason.matched:
                if match.kind == "rules":
                    say(f"{reason.id}: {RULE_CHANGES[match.value]}")
