"""Where each incident is, and by which id it is known here: ours, and those of other knowledge bases.

Ours win: an incident whose id is taken gets the name of its source before its id, and references
among incidents of one source follow. An incident that is here already, in the same version, is left
out.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from generator.cache.fingerprints import (
    INCIDENT_FILE,
    copy_stamps,
    digest,
    incident_stamps,
    whole_stamp,
)
from generator.cache.rows import Rows
from generator.cache.trust import FOLDER
from generator.knowledge.roots import COPY_FILE, INCIDENTS, STANDING_ID, is_id
from generator.knowledge.sources.origins import Origin, is_in, origins
from generator.limits import SOURCE_INCIDENTS
from generator.text.urls import incident_address, on_site

# The model is slow to import, and what is kept does not need it.
if TYPE_CHECKING:
    from generator.knowledge.facts import Facts
    from generator.knowledge.loader import Entry
    from generator.knowledge.source import Source
    from generator.model import Incident

ABOUT = f"{FOLDER}/origins.rows"

_WHOLE = ("site", "package")
"""Kinds of which a copy says in `COPY_FILE` what it has, and is only ever replaced as a whole."""


class ForeignIncident(NamedTuple):
    """An incident of another knowledge base.

    Attributes:
        origin: where it comes from.
        id: its id there.
    """

    origin: Origin
    id: str

    @property
    def folder(self) -> Path:
        """Its folder."""
        return self.origin.folder / INCIDENTS / self.id

    @property
    def address(self) -> str:
        """The URL of its own page; empty if that is not known."""
        site = self.origin.site
        return on_site(site, incident_address(self.id)) if site else ""


@dataclass
class LeftOut:
    """What is not taken of another knowledge base.

    Attributes:
        missing: why it cannot be read at all; empty if it can.
        bad_ids: names of folders that cannot be ids here.
        beyond: how many incidents are more than the limit.
    """

    missing: str = ""
    bad_ids: list[str] = field(default_factory=list)
    beyond: int = 0


@dataclass(frozen=True)
class IncidentPlaces:
    """The incidents of a knowledge base, ours and those of its sources.

    Attributes:
        root: the folder of the knowledge base.
        stamps: the stamp of each incident's files by its id here, in the order of ids.
        foreign: those that are not ours, by their ids here.
        known: the ids here of a source's incidents, by the name of the source and by their ids there.
        origins: the sources.
        refused: what is not taken, by the name of the source.
    """

    root: Path
    stamps: Mapping[str, str]
    foreign: Mapping[str, ForeignIncident] = field(default_factory=dict)
    known: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    origins: tuple[Origin, ...] = ()
    refused: Mapping[str, LeftOut] = field(default_factory=dict)

    def stamp(self, others: Iterable[str] = ()) -> str:
        """Return one stamp of all incidents, and of other files; empty if something changed just now."""
        settled = all(self.stamps[i] for i in self.foreign)
        return whole_stamp(self.root, self.stamps, others) if settled else ""

    def base_of(self, incident_id: str) -> tuple[Path, str]:
        """Return the folder of the knowledge base that has an incident, and its id there."""
        there = self.foreign.get(incident_id)
        return (there.origin.folder, there.id) if there else (self.root, incident_id)

    def folder(self, incident_id: str) -> Path:
        """Return the folder of an incident."""
        root, there = self.base_of(incident_id)
        return root / INCIDENTS / there

    def read(self, incident_id: str) -> Entry:
        """Read an incident's files; references of one that is not ours are those of its source."""
        from generator.knowledge.loader import Entry, incident_file, load_entry

        root, there = self.base_of(incident_id)
        entry = load_entry(root, there)
        if there == incident_id:
            return entry
        source = entry.source and with_id(entry.source, incident_id)
        file = incident_file(incident_id)
        return Entry(incident_id, file, source, entry.incident, entry.diagnostics, entry.partial)

    def load(self, incident_id: str) -> Entry:
        """Read an incident's files; references are ids here."""
        entry = self.read(incident_id)
        if incident_id not in self.foreign or entry.incident is None:
            return entry
        from generator.knowledge.loader import Entry

        here = self.with_ids_here(incident_id, entry.incident)
        return Entry(incident_id, entry.file, entry.source, here, entry.diagnostics)

    def with_ids_here(self, incident_id: str, incident: Incident) -> Incident:
        """Return an incident with references that are ids here, and defaults that are paths from here.

        References to what is not here are left out.

        Args:
            incident_id: its id here.
            incident: as its files have it.
        """
        there = self.foreign.get(incident_id)
        if there is None:
            return incident
        path = os.path.relpath(there.origin.folder, self.root).replace(os.sep, "/")
        own = f"{INCIDENTS}/{there.id}/"
        return incident.model_copy(
            update={
                **_references(incident, self.known[there.origin.name]),
                "parameters": tuple(
                    p.model_copy(update={"default": f"{path}/{p.default}"})
                    if (p.default or "").startswith(own)
                    else p
                    for p in incident.parameters
                ),
            }
        )

    def facts_here(self, incident_id: str, facts: Facts) -> Facts:
        """Return the facts of an incident in the same way."""
        there = self.foreign.get(incident_id)
        if there is None:
            return facts
        return replace(facts, **_references(facts, self.known[there.origin.name]))


def _references(one: Incident | Facts, ids: Mapping[str, str]) -> dict[str, Any]:
    """Return what an incident refers to, by its fields: as ids here; what is not here is left out."""
    return {
        "related": tuple(ids[i] for i in one.related if i in ids),
        "recurrence_of": ids.get(one.recurrence_of or ""),
        "superseded_by": ids.get(one.superseded_by or ""),
    }


def incident_places(root: Path) -> IncidentPlaces:
    """Return where the incidents of a knowledge base are.

    Args:
        root: the folder that contains `mkdocs.yml` and `incidents/`.

    Raises:
        OSError: there is no `incidents/`, or it cannot be read.
    """
    return incident_lists(root).places()


def incident_lists(root: Path) -> IncidentLists:
    """Return which incidents there are, before anything is decided about those of sources.

    Args:
        root: the folder that contains `mkdocs.yml` and `incidents/`.

    Raises:
        OSError: there is no `incidents/`, or it cannot be read.
    """
    own = incident_stamps(root)
    found = origins(root)
    refused = {origin.name: LeftOut() for origin in found}
    listed = {origin.name: _listed(origin, refused[origin.name]) for origin in found}
    return IncidentLists(root, own, found, listed, refused)


@dataclass(frozen=True)
class IncidentLists:
    """The incidents of a knowledge base and of its sources, each by its id there.

    Attributes:
        root: the folder of the knowledge base.
        own: the stamp of each of our incidents' files, by its id.
        origins: the sources.
        listed: the same of each source, by its name.
        refused: what is not taken, by the name of the source.
    """

    root: Path
    own: dict[str, str]
    origins: tuple[Origin, ...]
    listed: Mapping[str, dict[str, str]]
    refused: Mapping[str, LeftOut]

    @property
    def stamp(self) -> str:
        """One stamp of all that `places` depends on; empty if something changed just now."""
        stamps = [whole_stamp(self.root, self.own)]
        stamps += [whole_stamp(o.folder, self.listed[o.name]) for o in self.origins]
        return digest(repr(self.origins), *stamps).hex() if all(stamps) else ""

    def places(self) -> IncidentPlaces:
        """Return where each incident is, and by which id it is known here."""
        if not self.origins:
            return IncidentPlaces(self.root, self.own)
        return _Gathering(self.root, self.own, self.listed, self.refused).all(self.origins)


def with_id(source: Source, incident_id: str) -> Source:
    """Return what an incident's files say, with paths as if its id were another."""
    name = source.file.rpartition("/")[2]
    beside = {of: with_id(one, incident_id) for of, one in source.beside.items()}
    return replace(source, file=f"{INCIDENTS}/{incident_id}/{name}", beside=beside)


class _About(NamedTuple):
    """What decides whether an incident is taken.

    Attributes:
        version: a digest of what it says, however it is written; empty if it has errors.
        components: its components.
        tags: its tags.
    """

    version: str = ""
    components: tuple[str, ...] = ()
    tags: tuple[str, ...] = ()


class _Gathering:
    """Decides which incidents of sources are taken, and by which ids they are known."""

    def __init__(
        self,
        root: Path,
        own: dict[str, str],
        listed: Mapping[str, dict[str, str]],
        refused: Mapping[str, LeftOut],
    ) -> None:
        self._root = root
        self._own = own
        self._taken: dict[str, tuple[Origin | None, str]] = {i.casefold(): (None, i) for i in own}
        self._prefixed: dict[str, list[str]] = {}  # ids here, by the id that was taken already
        self._listed = listed
        self._refused = refused
        self._rows: Rows | None = None

    def all(self, found: tuple[Origin, ...]) -> IncidentPlaces:
        stamps = dict(self._own)
        foreign: dict[str, ForeignIncident] = {}
        known: dict[str, dict[str, str]] = {}
        for origin in found:
            ids = known[origin.name] = {}
            for there, now in self._listed[origin.name].items():
                here = self._id_here(origin, there, self._refused[origin.name])
                if not here:
                    continue
                ids[there] = here
                holder = self._taken.setdefault(here.casefold(), (origin, there))
                if holder == (origin, there):
                    foreign[here] = ForeignIncident(origin, there)
                    stamps[here] = f"{origin.name} {now}" if now else ""
        if self._rows:
            self._rows.save()
        return IncidentPlaces(
            self._root, dict(sorted(stamps.items())), foreign, known, found, self._refused
        )

    def _id_here(self, origin: Origin, there: str, refused: LeftOut) -> str:
        """Return the id of an incident here: of itself, or of the same incident; empty if it is not taken."""
        if origin.narrowed:
            about = self._about(origin, there)
            # One with errors is in no list.
            if not about.version or not is_in(
                origin.components, origin.tags, about.components, about.tags
            ):
                return ""
        if there not in self._taken:
            return there
        prefixed = self._prefixed.setdefault(there, [])
        version = self._about(origin, there).version
        for known in (there, *prefixed):
            if version and version == self._about(*self._taken[known]).version:
                return known
        here = f"{origin.name}-{there}"
        if not is_id(here) or here in self._taken:
            refused.bad_ids.append(there)
            return ""
        prefixed.append(here)
        return here

    def _about(self, origin: Origin | None, there: str) -> _About:
        name = f"{origin.name if origin else ''}/{there}"
        if self._rows is None:
            stamps = {f"/{i}": now for i, now in self._own.items()}
            for source, listed in self._listed.items():
                stamps.update({f"{source}/{i}": now for i, now in listed.items()})
            self._rows = Rows(self._root / ABOUT, stamps)
        row = self._rows.get(name)
        if row is None:
            from generator.knowledge.loader import load_entry

            incident = load_entry(origin.folder if origin else self._root, there).incident
            row = list(_about(incident) if incident else _About())
            self._rows.put(name, row)
        version, components, tags = row
        return _About(version, tuple(components), tuple(tags))


def _about(incident: Incident) -> _About:
    said = incident.model_dump_json(exclude_defaults=True, by_alias=True)
    return _About(digest(said).hex(), tuple(incident.components), tuple(incident.tags))


def _listed(origin: Origin, refused: LeftOut) -> dict[str, str]:
    """Return the stamps of a source's incidents, by their ids there."""
    try:
        stamps = (
            copy_stamps(origin.folder, COPY_FILE)
            if origin.kind in _WHOLE
            else incident_stamps(origin.folder)
        )
    except OSError as error:
        refused.missing = error.strerror or type(error).__name__
        return {}
    found: dict[str, str] = {}
    for name, now in stamps.items():
        if not is_id(name) or name == STANDING_ID:
            refused.bad_ids.append(name)
        elif not now and not (origin.folder / INCIDENTS / name / INCIDENT_FILE).is_file():
            continue
        elif len(found) >= SOURCE_INCIDENTS:
            refused.beyond += 1
        else:
            found[name] = now
    return found
