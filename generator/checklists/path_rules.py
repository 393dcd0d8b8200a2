"""The rules of a knowledge base for paths, from its settings."""

from __future__ import annotations

from generator.checklists.choose import PathRules
from generator.checklists.line_conditions import condition_of
from generator.knowledge.settings import Settings


def path_rules(settings: Settings) -> PathRules:
    """Return the globs and the conditions of `mkdocs.yml`."""
    conditions = {name: condition_of(kind) for name, kind in settings.kinds.items()}
    return PathRules(
        settings.components,
        settings.kind_globs,
        {name: condition for name, condition in conditions.items() if condition},
    )
