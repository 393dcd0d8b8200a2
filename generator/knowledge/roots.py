"""Where a knowledge base is: the folder that contains `mkdocs.yml` and `incidents/`."""

from __future__ import annotations

import re
from collections.abc import Iterable
from pathlib import Path

CONFIG_FILE = "mkdocs.yml"
INCIDENTS = "incidents"
COPY_FILE = "source.json"
"""What a copy of another knowledge base says of itself, beside `incidents/`."""
LOCK_FILE = "sources.lock.yaml"
"""The file beside `mkdocs.yml` that says what was taken of each source."""

STANDING_ID = "standing"
"""The prefix of the ids of those checks, in place of an incident's id; no incident can have it."""

_ID = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*\Z")
_ID_MAX = 100
# Windows cannot create folders with these names, so nobody there could check out the repository.
_RESERVED = re.compile(r"(?:con|prn|aux|nul|com[0-9]|lpt[0-9])\Z")


class NotAKnowledgeBase(Exception):
    """A folder is not a knowledge base."""


def find_root(start: Path) -> Path:
    """Return the nearest folder, this one or a parent, that is a knowledge base.

    Raises:
        NotAKnowledgeBase: no folder is one.
    """
    here = start.resolve()
    for folder in (here, *here.parents):
        if is_root(folder):
            return folder
    raise NotAKnowledgeBase(
        f"no knowledge base here: neither {here} nor a parent folder contains "
        f"{CONFIG_FILE} and {INCIDENTS}/"
    )


def earlier_twins(names: Iterable[str]) -> dict[str, str]:
    """Return the names that differ only in case from an earlier one, each with that one."""
    seen: dict[str, str] = {}
    first = {name: seen.setdefault(name.casefold(), name) for name in names}
    return {name: twin for name, twin in first.items() if twin != name}


def is_id(name: str) -> bool:
    """Say whether a folder with this name can contain an incident."""
    return bool(_ID.match(name)) and len(name) <= _ID_MAX and not _RESERVED.match(name)


def is_root(folder: Path) -> bool:
    """Say whether a folder is a knowledge base."""
    return (folder / CONFIG_FILE).is_file() and (folder / INCIDENTS).is_dir()
