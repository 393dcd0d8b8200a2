"""By what a release is judged: the rules of its knowledge base, and those of its target."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from generator.checklists.choose import (
    PathRules,
    Release,
    files_with_conditions,
    selected_checks,
)
from generator.checklists.items import ChosenCheck
from generator.checklists.repositories import identified
from generator.checklists.summary_index import SummaryRows
from generator.checklists.target_rules import TargetRules
from generator.cli.release import DescribedRelease


@dataclass(frozen=True)
class Judge:
    """Rules, and the release as they see it.

    Attributes:
        rows: the incidents and the standing checks.
        rules: the rules for paths.
        release: what the release touches, with what conditions look at.
    """

    rows: SummaryRows
    rules: PathRules
    release: Release

    def selected(self, values: Mapping[str, str]) -> list[ChosenCheck]:
        """Return the checks that these rules select."""
        return selected_checks(self.rows, self.release, self.rules, values)


def judges(
    described: DescribedRelease, rows: SummaryRows, rules: PathRules, target: TargetRules | None
) -> list[Judge]:
    """Return the rules of the release, and those of its target if they see something else.

    Lines and the repository are only looked up if a condition asks for them.

    Args:
        described: the release.
        rows: the incidents and the standing checks of the release.
        rules: its rules for paths.
        target: the rules of its target, if they differ.
    """
    found = [Judge(rows, rules, described.release)]
    if target:
        found.append(Judge(target.rows, target.rules, described.release))
    conditions = [one for by in found for one in (*by.rows.conditions, *by.rules.conditions)]
    if not conditions:
        return found
    where = described.repository
    if where is not None:
        known = identified(where, described.head, conditions)
        found = [replace(by, release=replace(by.release, repository=known)) for by in found]
        # A release can also change what identifies its repository.
        if described.target is not None:
            start = identified(where, described.target.start, conditions)
            if start != known:
                theirs = found[-1]
                found[1:] = [replace(theirs, release=replace(theirs.release, repository=start))]
    wanted = {name for by in found for name in files_with_conditions(by.rows, by.release, by.rules)}
    lines = described.lines(sorted(wanted))
    return [replace(by, release=replace(by.release, lines=lines)) for by in found]
