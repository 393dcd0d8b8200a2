"""Puts the library into the wheel: the incidents with the tag `library`, with their proofs and records."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

# The frontend has no YAML here. A test compares what this finds with what the program reads.
_TAGGED = re.compile(r"^tags:[^\n]*\blibrary\b", re.MULTILINE)
_INSTALLED = {"node_modules", "__pycache__"}


class LibraryHook(BuildHookInterface[Any]):
    """Adds the files; an editable installation reads them where they are."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Name the files, and where each belongs in the wheel."""
        if version == "editable":
            return
        root = Path(self.root)
        # It defines the kinds of change of their checks.
        build_data["force_include"][str(root / "mkdocs.yml")] = "generator/library/mkdocs.yml"
        for incident in sorted(root.glob("incidents/*/incident.yaml")):
            if not _TAGGED.search(incident.read_text("utf-8")):
                continue
            for path in sorted(incident.parent.rglob("*")):
                name = path.relative_to(root)
                if path.is_file() and _INSTALLED.isdisjoint(name.parts):
                    build_data["force_include"][str(path)] = f"generator/library/{name.as_posix()}"
