"""The rules of a knowledge base for paths, from its settings."""

from __future__ import annotations

from generator.checklists.choose import PathRules
from generator.checklists.conditions import FileRule, condition_of
from generator.knowledge.settings import Settings


def path_rules(settings: Settings) -> PathRules:
    """Return the globs and the conditions of `mkdocs.yml`."""
    return PathRules(
        settings.components,
        {
            name: tuple(FileRule(one.paths, condition_of(one)) for one in kind)
            for name, kind in settings.kinds.items()
        },
    )
