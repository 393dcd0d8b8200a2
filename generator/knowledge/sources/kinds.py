"""Kinds of change that sources define in their `mkdocs.yml`: their checks are chosen by them."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path

from generator.knowledge.settings import ChangeKind, Settings
from generator.knowledge.sources.origins import origins


def source_kinds(root: Path) -> Mapping[str, tuple[ChangeKind, ...]]:
    """Return the kinds by name; of two sources that define the same one, the first counts.

    Args:
        root: the folder of our knowledge base.
    """
    found: dict[str, tuple[ChangeKind, ...]] = {}
    for origin in origins(root):
        if origin.kinds != "{}":
            kinds = Settings.model_validate({"kinds": json.loads(origin.kinds)}).kinds
            found = {**kinds, **found}
    return found
