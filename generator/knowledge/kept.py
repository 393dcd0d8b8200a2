"""Incidents as earlier runs have read them: only files that have changed since are read again.

What is kept of an incident are its facts (`facts.py`), which are read of all incidents at once, and
the whole incident, which is read when somebody asks for it. It is checked against the model again, so
nothing that is kept can become an incident that no file could be.
"""

from __future__ import annotations

import posixpath
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import replace
from functools import cached_property
from pathlib import Path
from typing import Any

from generator.cache.fingerprints import digest
from generator.cache.memory import collector_off
from generator.cache.rows import Rows
from generator.cache.trust import FOLDER
from generator.knowledge.beside import field_of
from generator.knowledge.diagnostics import Diagnostic
from generator.knowledge.facts import Facts, facts_of
from generator.knowledge.files import FileRefused, read_file
from generator.knowledge.loader import INCIDENT_FILE, Entry, incident_file, text_digest
from generator.knowledge.roots import INCIDENTS
from generator.knowledge.source import Source
from generator.knowledge.sources.places import incident_places, with_id
from generator.model import Incident

FACTS = f"{FOLDER}/facts.rows"
WHOLE = f"{FOLDER}/incidents.rows"

Reading = Callable[[int], AbstractContextManager[Callable[[], None]]]
"""Called with how many incidents are read; what it gives is called once for each."""


def in_silence(_: int) -> AbstractContextManager[Callable[[], None]]:
    """Show no progress."""
    return nullcontext(lambda: None)


class KeptIncidents:
    """The incidents of a knowledge base, read from their files only where those have changed.

    Attributes:
        places: where the incidents are.
        stamps: the stamp of each incident's files by id, empty where nothing is kept of it.
    """

    def __init__(
        self, root: Path, reading: Reading = in_silence, before: KeptIncidents | None = None
    ) -> None:
        """Look at the files; none is read yet.

        Args:
            root: the folder that contains `incidents/`.
            reading: shows the progress.
            before: the same folder as this process has known it; what did not change is shared.
        """
        self.root = root
        self.places = incident_places(root)
        self.stamps = self.places.stamps
        self._reading = reading
        self._read: dict[str, Entry] = {}
        self._incidents: dict[str, Incident] = {}
        self._last: tuple[str, Source] | None = None
        if before is not None:
            same = before.stamps.items() & self.stamps.items()
            known = before._incidents
            self._incidents = {i: known[i] for i, stamp in same if stamp and i in known}

    def entry(self, incident_id: str) -> Entry:
        """Return the entry of a folder, which is read when it is needed."""
        return KeptEntry(incident_id, self)

    def read(self, incident_id: str) -> Entry:
        """Return an incident as its files have it now."""
        if incident_id not in self._read:
            self._read[incident_id] = self.places.read(incident_id)
        return self._read[incident_id]

    def incident(self, incident_id: str) -> Incident | None:
        """Return an incident, or None if its files have errors."""
        if not self.are_known:  # somebody needs only this one
            one = self.read(incident_id).incident
            return one and self.places.with_ids_here(incident_id, one)
        if incident_id not in self.facts:
            return None
        if incident_id not in self._incidents:
            payload = self._whole.payload(incident_id)
            found = Incident.model_validate_json(payload) if payload else None
            found = found or self.read(incident_id).incident
            if found is None:
                raise self._changed(incident_id)
            self._incidents[incident_id] = found
        return self.places.with_ids_here(incident_id, self._incidents[incident_id])

    def source(self, incident_id: str) -> Source | None:
        """Return what an incident's files say, or None if `incident.yaml` cannot be read as YAML."""
        if not self.are_known or incident_id not in self.facts or incident_id in self._read:
            return self.read(incident_id).source
        if self._last is not None and self._last[0] == incident_id:
            return self._last[1]
        root, there = self.places.base_of(incident_id)
        beside = {
            field_of(name): _text(root, f"{INCIDENTS}/{there}/{name}")
            for name in self.beside.get(incident_id, ())
        }
        source = replace(_text(root, incident_file(there)), beside=beside)
        if there != incident_id:
            source = with_id(source, incident_id)
        if text_digest(source) != self._known[1][incident_id]:
            raise self._changed(incident_id)
        # One that asks for it twice in turn, as rules do, gets the same, with its positions.
        self._last = incident_id, source
        return source

    def rows(self, name: str, make: Callable[[Incident], Any]) -> dict[str, Any]:
        """Return what is made of each incident, by id, and keep it.

        Args:
            name: what is made; the name of the file that keeps it.
            make: makes it from one incident, as a value that JSON can express.
        """

        def new(ids: list[str]) -> Iterator[tuple[str, Any]]:
            for incident_id in ids:
                incident = self.incident(incident_id)
                if incident is not None:
                    yield incident_id, make(incident)

        with collector_off():
            return Rows(self.root / FOLDER / f"{name}.rows", self.digests).all(new)

    def is_readable(self, incident_id: str) -> bool:
        """Return whether an incident's files have no errors; of one, without those of all others."""
        if not self.are_known and self._fact_rows.payload(incident_id) is not None:
            return True  # nothing is kept of one with errors
        return incident_id in self.facts

    @property
    def are_known(self) -> bool:
        """Whether the facts of all incidents have been read already."""
        return "_known" in self.__dict__

    @cached_property
    def facts(self) -> Mapping[str, Facts]:
        """The facts of all incidents that can be read, by id."""
        found = self._known[0]
        if not self.places.foreign:
            return found
        return {i: self.places.facts_here(i, facts) for i, facts in found.items()}

    @cached_property
    def digests(self) -> Mapping[str, str]:
        """A digest of what each incident says that can be read, by id: of its files, and of what ids mean here."""
        found = self._known[1]
        if not self.places.foreign:
            return found
        return {i: self._digest_here(i, of) for i, of in found.items()}

    def _digest_here(self, incident_id: str, of: str) -> str:
        there = self.places.foreign.get(incident_id)
        if there is None:
            return of
        return digest(of, there.origin.name, *self.facts[incident_id].references).hex()

    def _changed(self, incident_id: str) -> FileRefused:
        path = self.places.folder(incident_id) / INCIDENT_FILE
        return FileRefused(path, "the file changed while it was read", "run the command again")

    @property
    def beside(self) -> Mapping[str, Sequence[str]]:
        """The names of the files beside `incident.yaml`, by id, where there are any."""
        return self._known[2]

    @cached_property
    def _known(
        self,
    ) -> tuple[Mapping[str, Facts], Mapping[str, str], Mapping[str, Sequence[str]]]:
        with collector_off():
            rows = self._fact_rows.all(self._make)
            self._whole.save()
            facts = {i: Facts.from_row(row) for i, (_, _, row) in rows.items()}
        digests = {i: digest for i, (digest, _, _) in rows.items()}
        return facts, digests, {i: names for i, (_, names, _) in rows.items() if names}

    @cached_property
    def _fact_rows(self) -> Rows:
        return Rows(self.root / FACTS, self.stamps)

    @cached_property
    def _whole(self) -> Rows:
        return Rows(self.root / WHOLE, self.stamps)

    def _make(self, ids: list[str]) -> Iterator[tuple[str, Any]]:
        """Yield of some incidents digest, files beside them and facts, and keep them whole.

        Nothing is kept of one with errors: it is read again until somebody mends it.
        """
        if not ids:
            return
        with self._reading(len(ids)) as advance:
            for incident_id in ids:
                entry = self._read.pop(incident_id, None) or self.places.read(incident_id)
                if entry.incident is None or entry.source is None:
                    self._read[incident_id] = entry
                else:
                    whole = entry.incident.model_dump_json(
                        exclude_unset=True, by_alias=True
                    ).encode()
                    self._whole.put_payload(incident_id, whole)
                    self._incidents[incident_id] = entry.incident
                    beside = [posixpath.basename(file) for file in entry.files[1:]]
                    yield incident_id, [entry.digest, beside, facts_of(entry.incident).row()]
                advance()


class KeptEntry(Entry):
    """A folder whose incident is read when somebody asks for it."""

    def __init__(self, incident_id: str, kept: KeptIncidents) -> None:
        self._kept = kept
        super().__init__(incident_id, incident_file(incident_id), None, None)

    @property
    def readable(self) -> bool:
        """Whether there are no errors; tells that without the incident itself."""
        return self._kept.is_readable(self.id)

    @property
    def facts(self) -> Facts | None:
        """The facts of the incident; None if there are errors."""
        return self._kept.facts.get(self.id)

    @property
    def digest(self) -> str:
        """A digest of what the files say; empty if there are errors."""
        return self._kept.digests.get(self.id, "")

    @property
    def source(self) -> Source | None:
        """What the files say; None if `incident.yaml` could not be read as YAML."""
        return self._kept.source(self.id)

    @property
    def files(self) -> tuple[str, ...]:
        """The paths of the files that could be read, `incident.yaml` first."""
        if not self.readable:
            return super().files
        beside = self._kept.beside.get(self.id, ())
        return (self.file, *(f"{INCIDENTS}/{self.id}/{name}" for name in beside))

    @property
    def partial(self) -> Incident | None:
        """The incident without what a file beside it holds, if only that has errors."""
        return None if self.readable else self._kept.read(self.id).partial

    @property
    def incident(self) -> Incident | None:
        """The incident; None if there are errors."""
        return self._kept.incident(self.id)

    @property
    def diagnostics(self) -> tuple[Diagnostic, ...]:
        """What is wrong with the files."""
        return () if self.readable else self._kept.read(self.id).diagnostics


def _text(root: Path, file: str) -> Source:
    """Return what a file says, without its data."""
    try:
        text = read_file(root, file).decode("utf-8-sig", "replace")
    except OSError:
        text = ""
    return Source(file, text, None)
