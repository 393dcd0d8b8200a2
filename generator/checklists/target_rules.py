"""The rules of the branch into which a release is to be merged: they count until it is merged.

A pull request can change the rules by which it is judged: remove a glob, a check or an incident, or
make a check advisory. What the target selects stays on the list, as strict as it is there, and says
what the pull request has done to it. What the pull request adds counts, too.
"""

from __future__ import annotations

import tempfile
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from generator.checklists.choose import PathRules
from generator.checklists.items import PHASES, ChosenCheck, Reason, ReleaseMatch
from generator.checklists.path_rules import path_rules
from generator.checklists.summary_index import SummaryRows, made_rows
from generator.knowledge.earlier import write_earlier_files
from generator.knowledge.loader import (
    INCIDENTS,
    STANDING_FILE,
    STANDING_ID,
    WAIVERS_FILE,
    load_waivers,
)
from generator.knowledge.settings import CONFIG_FILE, Settings, load_settings
from generator.knowledge.sources.kinds import source_kinds
from generator.model import Level, SeverityLevel, Waiver

_LEVELS = list(Level)
_SEVERITIES = [level.value for level in SeverityLevel]


@dataclass(frozen=True)
class TargetRules:
    """What the target says.

    Attributes:
        rows: the incidents and the standing checks there.
        rules: the rules for paths there.
        waivers: the waivers there; None if they are the same.
        problems: what could not be read there, in words.
    """

    rows: SummaryRows
    rules: PathRules
    waivers: tuple[Waiver, ...] | None
    problems: tuple[str, ...]


def target_rules(
    root: Path, commit: str, rows: SummaryRows, settings: Settings
) -> TargetRules | None:
    """Return what the target says; None if it says the same.

    Args:
        root: the knowledge base, with what the release makes of it.
        commit: the target.
        rows: the rows of the knowledge base, drafts included.
        settings: its settings.

    Raises:
        NotInGit: git cannot tell.
    """
    with tempfile.TemporaryDirectory(prefix="runbooks-target-") as name:
        folder = Path(name)
        (folder / INCIDENTS).mkdir()
        found = write_earlier_files(root, commit, folder)
        if not found.incidents and not found.files:
            return None
        problems = [f"{file}: {why}" for file, why in found.refused.items()]
        if CONFIG_FILE in found.files and CONFIG_FILE not in found.refused:
            settings, wrong = load_settings(folder)
            problems += [f"{CONFIG_FILE}: {one.message}" for one in wrong]
        ids = set(found.incidents)
        if f"{INCIDENTS}/{STANDING_FILE}" in found.files:
            ids.add(STANDING_ID)
        there = made_rows(folder, [i for i in ids if _is_there(folder, i)])
        problems += [f"{INCIDENTS}/{one}: it has errors there" for one in there.unreadable]
        kept = {i: row for i, row in rows.rows.items() if i not in ids}
        before = SummaryRows(kept | there.rows, there.unreadable)
        waivers = None
        if f"{INCIDENTS}/{WAIVERS_FILE}" in found.files:
            waivers = load_waivers(folder).content.waivers
    return TargetRules(
        before if settings.drafts else before.published(),
        path_rules(settings, before.kinds, source_kinds(root)),
        waivers,
        tuple(problems),
    )


def _is_there(folder: Path, incident_id: str) -> bool:
    name = STANDING_FILE if incident_id == STANDING_ID else incident_id
    return (folder / INCIDENTS / name).exists()


def strictest(
    now: Iterable[ChosenCheck], target: Iterable[ChosenCheck], rows: SummaryRows
) -> list[ChosenCheck]:
    """Return the checks that the release or its target selects, each as strict as the stricter one.

    Args:
        now: the checks that the release's rules select.
        target: those that the rules of the target select.
        rows: the rows of the release.
    """
    found = {item.id: item for item in now}
    for item in target:
        mine = found.get(item.id)
        if mine is None:
            found[item.id] = _noted(item, [_why_gone(item, rows)])
        elif changes := list(_changes(mine, item)):
            found[item.id] = replace(
                _noted(mine, changes),
                level=min(mine.level, item.level, key=_LEVELS.index),
                phase=min(mine.phase, item.phase, key=PHASES.index),
                approval=mine.approval or item.approval,
            )
    return list(found.values())


def _why_gone(item: ChosenCheck, rows: SummaryRows) -> str:
    incident_id = item.id.partition("/")[0]
    row = rows.rows.get(incident_id)
    if row is None:
        return "broken" if incident_id in rows.unreadable else "removed"
    return "narrowed" if any(c["id"] == item.name for c in row["checks"]) else "removed"


def _changes(mine: ChosenCheck, target: ChosenCheck) -> Iterator[str]:
    if _LEVELS.index(mine.level) > _LEVELS.index(target.level):
        yield "level"
    if PHASES.index(mine.phase) > PHASES.index(target.phase):
        yield "phase"
    if target.approval and not mine.approval:
        yield "approval"
    if mine.command != target.command:  # or a default, which stands before it
        yield "run"
    if mine.expect != target.expect:
        yield "expect"
    if _rank(mine.reasons[0]) > _rank(target.reasons[0]):
        yield "severity"


def _rank(reason: Reason) -> int:
    known = reason.severity in _SEVERITIES
    return _SEVERITIES.index(reason.severity) if known else len(_SEVERITIES)


def _noted(item: ChosenCheck, changes: Sequence[str]) -> ChosenCheck:
    """Add to the first reason of a check what the release does to it."""
    first, *more = item.reasons
    notes = tuple(ReleaseMatch("rules", change) for change in changes)
    return replace(item, reasons=(replace(first, matched=(*first.matched, *notes)), *more))


def without_new_waivers(
    items: Iterable[ChosenCheck], waivers: Sequence[Waiver], target: Sequence[Waiver]
) -> tuple[tuple[ChosenCheck, ...], tuple[Waiver, ...]]:
    """Leave out the waivers that the release itself adds or extends, and say so at their checks.

    Args:
        items: the checks.
        waivers: the waivers of the release.
        target: those of its target.

    Returns:
        The checks, and the waivers that count.
    """
    until = {one.check: one.until for one in sorted(target, key=lambda one: one.until)}
    counted = tuple(one for one in waivers if one.check in until and one.until <= until[one.check])
    new = {one.check for one in waivers} - {one.check for one in counted}
    return tuple(
        _noted(item, ["waiver"]) if any(reason.id in new for reason in item.reasons) else item
        for item in items
    ), counted
