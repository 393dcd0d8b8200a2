"""Where a knowledge base is: the folder that contains `mkdocs.yml` and `incidents/`."""

from __future__ import annotations

from pathlib import Path

CONFIG_FILE = "mkdocs.yml"
INCIDENTS = "incidents"


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


def is_root(folder: Path) -> bool:
    """Say whether a folder is a knowledge base."""
    return (folder / CONFIG_FILE).is_file() and (folder / INCIDENTS).is_dir()
