"""Kinds of change that need no definition in `mkdocs.yml`: the table in `kinds.yaml`."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from generator.knowledge.settings import ChangeKind, Settings


@cache
def built_in_kinds() -> Mapping[str, tuple[ChangeKind, ...]]:
    """Return them by name; `kinds` of `mkdocs.yml` has the same form, and takes precedence."""
    data: dict[str, Any] = yaml.safe_load(Path(__file__).with_name("kinds.yaml").read_text("utf-8"))
    return Settings.model_validate({"kinds": data}).kinds
