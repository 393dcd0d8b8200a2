"""The rules of a knowledge base for paths, from its settings."""

from __future__ import annotations

from collections.abc import Collection

from generator.checklists.choose import PathRules
from generator.checklists.conditions import FileRule, condition_of
from generator.knowledge.built_in_kinds import built_in_kinds
from generator.knowledge.settings import Settings


def path_rules(settings: Settings, used: Collection[str]) -> PathRules:
    """Return the globs and the conditions of `mkdocs.yml`, and of kinds that are built in.

    Args:
        settings: the settings.
        used: the kinds that checks name; of those that are built in, no others are returned.
    """
    built_in = frozenset(used) - frozenset(settings.kinds)
    kinds = dict(settings.kinds)
    if built_in:
        kinds |= {name: of for name, of in built_in_kinds().items() if name in built_in}
    return PathRules(
        settings.components,
        {
            name: tuple(FileRule(one.paths, tuple(condition_of(one))) for one in kind)
            for name, kind in kinds.items()
        },
        built_in,
    )
