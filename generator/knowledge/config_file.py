"""`mkdocs.yml`, read so that whatever stands in it is told with its place and stops nothing.

The file belongs to the site engine; other readers want a few keys of it. Values are made as MkDocs
makes them, one by one: one that cannot be made is reported, and left out. No tag is acted on.
"""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import yaml
from yaml.constructor import SafeConstructor

from generator.knowledge.diagnostics import Diagnostic, Severity
from generator.knowledge.files import diagnostic, read_file
from generator.knowledge.roots import CONFIG_FILE
from generator.knowledge.source import Constructor, Source, SourceError, compose

try:
    from yaml.cyaml import CSafeLoader as _Loader
except ImportError:  # pragma: no cover - PyYAML built without LibYAML
    from yaml import SafeLoader as _Loader  # type: ignore[assignment]

CODE = "KB010"
_EXAMPLE = "see `runbooks init --help` for a working file"

_TAG = "tag:yaml.org,2002:"
_MERGE = f"{_TAG}merge"


def read_config(root: Path) -> tuple[Source | None, list[Diagnostic]]:
    """Read the `mkdocs.yml` of a knowledge base.

    Args:
        root: the folder that holds it.

    Returns:
        What it holds, as far as it can be read, and what is wrong with it; None where it is
        missing, or no mapping in YAML. Nothing is wrong with one that is missing.
    """
    try:
        raw = read_file(root, CONFIG_FILE)
    except FileNotFoundError:
        return None, []
    except OSError as error:
        found = diagnostic(CONFIG_FILE, error)
        return None, [found]
    problems: list[Diagnostic] = []
    try:
        text, node = compose(CONFIG_FILE, raw, _Loader)
        data = _Constructor(CONFIG_FILE, problems).build(node)
    except SourceError as error:
        return None, [replace(found, code=CODE, hint=_hint(found)) for found in error.diagnostics]
    source = Source(CONFIG_FILE, text, data)
    if not isinstance(data, dict):
        place = source.position(())
        problems.append(
            Diagnostic(CONFIG_FILE, place, CODE, Severity.ERROR, "not a mapping", _EXAMPLE)
        )
        return None, problems
    return source, problems


def _hint(found: Diagnostic) -> str:
    """Return what to do about a file that is not YAML; hints about incidents do not fit here."""
    return _EXAMPLE if "incident" in found.hint else found.hint


class _Constructor(Constructor):
    """Makes the values that MkDocs makes, and None of what has a tag of MkDocs's."""

    def __init__(self, file: str, problems: list[Diagnostic]) -> None:
        super().__init__(file, problems)
        self._values = SafeConstructor()

    def check_tag(self, node: yaml.Node) -> None:
        """Take every tag: those of MkDocs, such as `!ENV`, are right here."""

    def scalar(self, node: yaml.ScalarNode) -> Any:
        """Return a scalar's value; None where it has a tag that only MkDocs knows."""
        if node.tag not in SafeConstructor.yaml_constructors:
            return None
        try:
            return self._values.construct_object(node)
        except Exception as error:
            # PyYAML's constructors raise what Python's raise: ValueError for the month 13 and for
            # 5,000 digits, KeyError for `!!bool maybe`, AttributeError for `!!timestamp soon`.
            kind = node.tag.removeprefix(_TAG)
            shown = node.value if len(node.value) <= 40 else f"{node.value[:40]}..."
            why = f" ({error})" if isinstance(error, ValueError) and len(str(error)) < 80 else ""
            message = f"{shown!r} cannot be read as {kind}{why}"
            self.problems.append(self.problem(node, CODE, message, "correct it, or quote it: it is text then"))  # fmt: skip
            return None

    def mapping(self, node: yaml.Node) -> dict[str, Any]:
        """Return a mapping; of a key that stands twice the last counts, merged ones come first."""
        merged: dict[str, Any] = {}
        own: dict[str, Any] = {}
        for key, below in node.value:
            value = self.build(below)
            if key.tag == _MERGE:
                for one in reversed(value if isinstance(value, list) else [value]):
                    merged |= one if isinstance(one, dict) else {}
            elif isinstance(key, yaml.ScalarNode):
                own[key.value] = value
            else:
                hint = "quote text that begins with [ or {"
                self.problems.append(self.problem(key, CODE, "a key must be plain text", hint))
        return merged | own
