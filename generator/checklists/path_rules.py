"""The rules of a knowledge base for paths, from its settings."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence

from generator.checklists.choose import PathRules
from generator.checklists.conditions import FileRule, condition_of, problem_of
from generator.checklists.glob_syntax import is_bad
from generator.knowledge.built_in_kinds import built_in_kinds
from generator.knowledge.settings import ChangeKind, Settings


def path_rules(
    settings: Settings,
    used: Collection[str],
    theirs: Mapping[str, Sequence[ChangeKind]] | None = None,
) -> PathRules:
    """Return the globs and the conditions of `mkdocs.yml`, and of kinds that are built in.

    Args:
        settings: the settings.
        used: the kinds that checks name; of those that are built in, no others are returned.
        theirs: the kinds that sources define; ours, and those that are built in, come first.
    """
    built_in = frozenset(used) - frozenset(settings.kinds)
    kinds = {name: _rules(kind) for name, kind in settings.kinds.items()}
    if built_in:
        kinds |= {n: _rules(kind) for n, kind in built_in_kinds().items() if n in built_in}
    for name in built_in.intersection(theirs or {}).difference(kinds):
        found = _rules((theirs or {})[name])
        if not any(is_bad(rule.paths) or problem_of(rule.when) for rule in found):
            kinds[name] = found
    return PathRules(settings.components, kinds, built_in)


def _rules(kind: Sequence[ChangeKind]) -> tuple[FileRule, ...]:
    return tuple(FileRule(one.paths, tuple(condition_of(one))) for one in kind)
