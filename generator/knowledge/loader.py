"""From a folder to an incident: reads its files and checks them against the model."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Generic

from generator.cache.fingerprints import BESIDE_FILES, digest
from generator.cache.fingerprints import INCIDENT_FILE as INCIDENT_FILE
from generator.knowledge.beside import joined, read_beside
from generator.knowledge.diagnostics import Diagnostic
from generator.knowledge.facts import Facts, facts_of
from generator.knowledge.files import diagnostic, read_file
from generator.knowledge.roots import INCIDENTS as INCIDENTS
from generator.knowledge.roots import STANDING_ID as STANDING_ID
from generator.knowledge.roots import earlier_twins
from generator.knowledge.roots import is_id as is_id
from generator.knowledge.source import Source, SourceError, parse_yaml
from generator.knowledge.validation import M, failure, validate
from generator.model import Incident, StandingChecks, Waivers

INCIDENT_FILES = (INCIDENT_FILE, *BESIDE_FILES)
STANDING_FILE = "checks.yaml"
"""The file under `incidents/` with the checks of every deploy."""

WAIVERS_FILE = "waivers.yaml"
"""The file under `incidents/` with the checks that need not hold for a while."""


class Entry:
    """One folder under `incidents/`."""

    def __init__(
        self,
        incident_id: str,
        file: str,
        source: Source | None,
        incident: Incident | None,
        diagnostics: tuple[Diagnostic, ...] = (),
        partial: Incident | None = None,
    ) -> None:
        """Describe a folder.

        Args:
            incident_id: the folder's name.
            file: path of its `incident.yaml`, relative to the root, with forward slashes.
            source: what the files say; None if `incident.yaml` could not be read as YAML.
            incident: the incident; None if there are errors.
            diagnostics: what is wrong with the files.
            partial: the incident without what a file beside it holds, if only that has errors.
        """
        self.id = incident_id
        self.file = file
        self._source = source
        self._incident = incident
        self._diagnostics = diagnostics
        self._partial = partial

    @property
    def source(self) -> Source | None:
        """What the files say; None if `incident.yaml` could not be read as YAML."""
        return self._source

    @property
    def files(self) -> tuple[str, ...]:
        """The paths of the files that could be read, `incident.yaml` first."""
        return tuple(one.file for one in self.source.files) if self.source else ()

    @property
    def incident(self) -> Incident | None:
        """The incident; None if there are errors."""
        return self._incident

    @property
    def partial(self) -> Incident | None:
        """The incident without what a file beside it holds, if only that has errors."""
        return self._partial

    @property
    def readable(self) -> bool:
        """Whether there are no errors; tells that without the incident itself."""
        return self.incident is not None

    @property
    def facts(self) -> Facts | None:
        """The facts of the incident, by which others find it; None if there are errors."""
        return facts_of(self.incident) if self.incident else None

    @property
    def digest(self) -> str:
        """A digest of what the files say; empty if there are errors."""
        return text_digest(self.source) if self.incident and self.source else ""

    @property
    def diagnostics(self) -> tuple[Diagnostic, ...]:
        """What is wrong with the files."""
        return self._diagnostics


def load_entries(root: Path, ids: Iterable[str], read: Callable[[str], Entry]) -> Iterator[Entry]:
    """Return the entries of a knowledge base, in the order of their ids.

    Args:
        root: the folder that contains `incidents/`.
        ids: the names of its folders, sorted.
        read: returns the entry of one; a broken one has its diagnostics.

    Yields:
        An entry for each folder.
    """
    names = tuple(ids)
    twins = earlier_twins(names)
    for name in names:
        twin = twins.get(name)
        if twin is None:
            yield read(name)
            continue
        entry = load_entry(root, name)
        clash = failure(
            entry.file,
            "KB009",
            f"the ids {twin!r} and {name!r} differ only in case",
            "rename one: on many systems, both are the same folder",
        )
        yield Entry(entry.id, entry.file, entry.source, None, (*entry.diagnostics, clash))


def text_digest(source: Source) -> str:
    """Return a digest of what an incident's files say."""
    return digest(*(one.text for one in source.files)).hex()


def incident_file(incident_id: str) -> str:
    """Return the path of an incident's file from the root, with forward slashes."""
    return f"{INCIDENTS}/{incident_id}/{INCIDENT_FILE}"


def incident_of(file: str) -> str:
    """Return the id of the incident that a file says, given by its path; empty if it says none."""
    top, _, rest = file.partition("/")
    incident_id, _, name = rest.partition("/")
    return incident_id if top == INCIDENTS and name in INCIDENT_FILES else ""


def load_entry(root: Path, incident_id: str) -> Entry:
    """Load one incident.

    Args:
        root: the folder that contains `incidents/`.
        incident_id: the name of a folder in it; nothing else is ever read.
    """
    file = incident_file(incident_id)

    def broken(*diagnostics: Diagnostic, source: Source | None = None) -> Entry:
        return Entry(incident_id, file, source, None, diagnostics)

    if not is_id(incident_id):
        return broken(
            failure(
                file,
                "KB009",
                f"the folder's name {incident_id!r} is not an id",
                "use lower-case letters and digits, joined by single hyphens: two-words",
            )
        )
    if incident_id == STANDING_ID:
        return broken(
            failure(
                file,
                "KB009",
                f"the id {STANDING_ID!r} is reserved for the checks of {INCIDENTS}/{STANDING_FILE}",
                "rename the folder",
            )
        )
    beside = read_beside(root, f"{INCIDENTS}/{incident_id}")
    try:
        source = parse_yaml(file, read_file(root, file))
    except FileNotFoundError:
        missing = (
            failure(
                orphan,
                "KB012",
                f"there is no {INCIDENT_FILE} beside this file",
                f"write {INCIDENT_FILE}, or move the file to the folder of its incident",
            )
            for orphan in beside.files
        )
        return (
            broken(*missing, *beside.diagnostics)
            if beside.files
            else broken(
                failure(
                    file,
                    "KB009",
                    f"the folder {incident_id!r} has no {INCIDENT_FILE}",
                    f"write {INCIDENT_FILE}, or move the folder out of {INCIDENTS}/",
                )
            )
        )
    except OSError as error:
        return broken(diagnostic(file, error), *beside.diagnostics)
    except SourceError as error:
        return broken(*error.diagnostics, *beside.diagnostics)
    source, twice = joined(source, beside)
    incident, diagnostics = validate(source, Incident)
    if source.problems or incident is None:
        return broken(*source.problems, *diagnostics, *twice, *beside.diagnostics, source=source)
    if twice or beside.diagnostics:
        return Entry(incident_id, file, source, None, (*twice, *beside.diagnostics), incident)
    return Entry(incident_id, file, source, incident)


@dataclass(frozen=True, slots=True)
class FileEntry(Generic[M]):
    """A file under `incidents/` that belongs to no incident.

    Attributes:
        content: what it says; empty if there is none, and if there are errors.
        source: its text; None if there is none, or if it could not be read as YAML.
        diagnostics: what is wrong with it.
    """

    content: M
    source: Source | None = None
    diagnostics: tuple[Diagnostic, ...] = ()


def load_standing(root: Path) -> FileEntry[StandingChecks]:
    """Load the checks that come from no incident, if there are any.

    Args:
        root: the folder that contains `incidents/`.
    """
    return _load_file(root, STANDING_FILE, StandingChecks())


def load_waivers(root: Path) -> FileEntry[Waivers]:
    """Load the waivers, if there are any.

    Args:
        root: the folder that contains `incidents/`.
    """
    return _load_file(root, WAIVERS_FILE, Waivers())


def _load_file(root: Path, name: str, empty: M) -> FileEntry[M]:
    file = f"{INCIDENTS}/{name}"
    try:
        source = parse_yaml(file, read_file(root, file))
    except FileNotFoundError:
        return FileEntry(empty)
    except OSError as error:
        return FileEntry(empty, diagnostics=(diagnostic(file, error),))
    except SourceError as error:
        return FileEntry(empty, diagnostics=tuple(error.diagnostics))
    content, diagnostics = validate(source, type(empty))
    if source.problems or content is None:
        return FileEntry(empty, source, (*source.problems, *diagnostics))
    return FileEntry(content, source)
