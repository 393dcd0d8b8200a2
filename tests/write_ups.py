"""Write-ups for the tests of the import, and how they are compared with their drafts."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Any

import yaml

from generator.importers import Imported, import_write_up, read
from generator.importers.dates import only_spells_a_time
from generator.importers.headings import exact_topic, is_column, says_no_more
from generator.importers.parsing import parse_write_up
from generator.importers.words import markdown_words, words
from tests.conftest import SHARED

SOURCES = SHARED / "sources"
CORPORA = SHARED / "corpora"
OWN = Path(__file__).parent / "data" / "write-ups"
NAMES = ("dfds-postmortems", "prometheus-operator-runbooks", "vtex-known-issues")


def corpus(name: str) -> list[Path]:
    return sorted((CORPORA / name).rglob("*.md"))


def draft_of(text: str | bytes, name: str = "write-up.md", form: str | None = None) -> Imported:
    raw = text if isinstance(text, bytes) else text.encode()
    return import_write_up(read(name, raw), form)


def draft_of_file(path: Path) -> Imported:
    return draft_of(path.read_bytes(), path.name)


def fields(imported: Imported) -> dict[str, Any]:
    """The draft as anyone reads it: YAML, without its comments."""
    data: dict[str, Any] = yaml.load(imported.text, Loader=yaml.BaseLoader)
    return data


def data_of(text: str, **more: Any) -> dict[str, Any]:
    return fields(draft_of(text, **more))


def draft_words(value: Any) -> set[str]:
    """All words of a draft, its keys among them."""
    if isinstance(value, dict):
        return {word for key, part in value.items() for word in {*words(key), *draft_words(part)}}
    if isinstance(value, list):
        return {word for part in value for word in draft_words(part)}
    return set(words(value))


def lost(text: str, imported: Imported) -> set[str]:
    """The words of a write-up that stand nowhere in its draft.

    Left out are those of headings, labels and columns for which a field's name stands. The
    importer lists them; that they are nothing else is what `improper` is for.
    """
    replaced = {word for said in imported.said_by_field_names for word in words(said)}
    replaced |= {word for part in imported.dropped for word in words(part.text)}
    known_words = draft_words(fields(imported)) | replaced
    return set(markdown_words(text, parse_write_up(text).labels)) - known_words


_SMALL = frozenset(
    """and value metric field property key item utc gmt z n a x by due bug issue ticket pr mr pull request
    todo to do done open closed complete completed finished in progress wip not started pending planned
    tbd tba none unassigned unknown jira deadline until before on""".split()
)


def improper(imported: Iterable[str]) -> list[str]:
    """What was left out as a heading, a label or a column, and is none that the tables know."""

    def proper(said: str) -> bool:
        said = said.strip(" :")
        kinds = ("at", "what", "do", "owner", "due", "priority", "state", "ticket", "file", "change", "key", "value")  # fmt: skip
        label = said.partition(":")[0]
        return (
            set(words(said))
            <= _SMALL
            | {"before", "after", "line", "fixed", "new", "old", "file", "sev", "s"}
            | set("0123456789")
            or exact_topic(said) is not None
            or says_no_more(said)
            or says_no_more(label)
            or any(is_column(said, kind) for kind in kinds)
            or all(only_spells_a_time(word, ("am", "pm")) for word in words(said))
            or bool(set(words(said)) & {"file", "files", "line", "time", "meaning", "runbook"})
            or said in _KEYS
        )

    return [said for said in imported if words(said) and not proper(said)]


_KEYS = frozenset(
    """date start started level priority updated lastmod summary description impact root_cause title
    productTeam internalReference updatedAt slug slugEN tag tags severity components incident_id affected""".split()
)
