"""Chooses the incidents that show all that a library has, for tests that take seconds for each incident."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import yaml

# What these hold is named by the incident itself.
_NAMED_BY_ITSELF = ("captures", "fields", "values")


def read_incidents(root: Path) -> dict[str, Any]:
    """Return what the YAML files of each incident of a knowledge base hold, by id."""
    incidents: dict[str, Any] = {}
    for path in sorted((root / "incidents").glob("*/*.yaml")):
        incidents.setdefault(path.parent.name, {}).update(yaml.safe_load(path.read_text("utf-8")))
    return incidents


def telling(incidents: Mapping[str, Any]) -> list[str]:
    """Return the ids of a few incidents that together use each field and each sign of a command.

    Args:
        incidents: what their YAML files hold, by id.
    """
    shown = {name: frozenset(_traits(incident)) for name, incident in incidents.items()}
    left = {trait for traits in shown.values() for trait in traits}
    chosen = []
    while left:
        best = max(shown, key=lambda name: len(shown[name] & left))
        chosen.append(best)
        left -= shown[best]
    return sorted(chosen)


def _traits(value: object, place: str = "") -> Iterator[str]:
    if isinstance(value, dict):
        same = place.rpartition(".")[2] in _NAMED_BY_ITSELF
        for name, inner in value.items():
            yield from _traits(inner, place if same else f"{place}.{name}")
    elif isinstance(value, list):
        for inner in value:
            yield from _traits(inner, place)
    else:
        yield place
        if place.endswith(".run"):
            yield from (f"a command with {sign}" for sign in re.findall(r"[^\w\s]", str(value)))
