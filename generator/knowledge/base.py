"""The knowledge base: all incidents of a folder, and lookups across them."""

from __future__ import annotations

import posixpath
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from functools import cached_property
from pathlib import Path
from typing import Any

from generator.cache.memory import collector_off
from generator.knowledge import history
from generator.knowledge.diagnostics import Diagnostic
from generator.knowledge.facts import Facts
from generator.knowledge.files import holds_only, read_file
from generator.knowledge.kept import KeptIncidents, Reading, in_silence
from generator.knowledge.loader import (
    INCIDENT_FILES,
    Entry,
    FileEntry,
    load_entries,
    load_standing,
    load_waivers,
)
from generator.knowledge.records import (
    GENERATED,
    PROOFS,
    TOOLS,
    ProofRecord,
    ProofState,
    aged,
    proof_state,
    read_record,
    written_files,
)
from generator.knowledge.roots import INCIDENTS, NotAKnowledgeBase
from generator.knowledge.settings import Settings, load_settings
from generator.knowledge.sources.copies import SourceCopy, read_copy
from generator.knowledge.sources.origins import Origin
from generator.knowledge.sources.places import IncidentPlaces, incident_places
from generator.model import Incident, Proof, StandingChecks, Status, Waivers
from generator.signatures.source import as_key

__all__ = ["KnowledgeBase", "NotAKnowledgeBase", "load"]


@dataclass(frozen=True)
class KnowledgeBase:
    """All incidents below a root.

    Attributes:
        root: the folder that contains `mkdocs.yml` and `incidents/`.
        entries: every folder under `incidents/`, in the order of ids, broken ones included.
        settings: the options of the `runbooks` plugin.
        standing_checks: the file of the checks that come from no incident.
        diagnostics: what is wrong with `mkdocs.yml`.
        today: the day from which the age of a proof's record is judged; None judges no age.
        kept: what earlier runs have kept of the incidents; None if each was read from its file.
        places: where the incidents are; None if all of them are ours.
    """

    root: Path
    entries: tuple[Entry, ...]
    settings: Settings = field(default_factory=Settings)
    diagnostics: tuple[Diagnostic, ...] = ()
    today: date | None = None
    standing_checks: FileEntry[StandingChecks] = field(
        default_factory=lambda: FileEntry(StandingChecks())
    )
    kept: KeptIncidents | None = field(default=None, compare=False, repr=False)
    places: IncidentPlaces | None = field(default=None, compare=False, repr=False)

    @cached_property
    def shown(self) -> KnowledgeBase:
        """What the site and its data show: everything, or no drafts if `mkdocs.yml` says so.

        A folder of ours that cannot be read is kept: its status is unknown. What cannot be read of
        a source is left out.
        """
        foreign = self.places.foreign if self.places else {}
        if self.settings.drafts and not foreign:
            return self
        entries = (e for e in self.entries if e.readable or e.id not in foreign)
        if not self.settings.drafts:
            entries = (e for e in entries if not e.facts or e.facts.status != Status.DRAFT)
        return replace(self, entries=tuple(entries))

    @cached_property
    def own(self) -> KnowledgeBase:
        """What is ours: without the incidents of sources."""
        if self.places is None or not self.places.foreign:
            return self
        entries = (e for e in self.entries if e.id not in self.places.foreign)
        return replace(self, entries=tuple(entries))

    def origin(self, incident_id: str) -> Origin | None:
        """Return the source of an incident; None if it is ours."""
        there = self.places.foreign.get(incident_id) if self.places else None
        return there.origin if there else None

    def source_of(self, incident_id: str) -> str:
        """Return the name of the source of an incident; empty if it is ours."""
        origin = self.origin(incident_id)
        return origin.name if origin else ""

    def address_there(self, incident_id: str) -> str:
        """Return the URL of an incident's page on the site of its source; empty if there is none."""
        there = self.places.foreign.get(incident_id) if self.places else None
        return there.address if there else ""

    def folder(self, incident_id: str) -> Path:
        """Return the folder of an incident."""
        root, there = self._base_of(incident_id)
        return root / INCIDENTS / there

    def _base_of(self, incident_id: str) -> tuple[Path, str]:
        return self.places.base_of(incident_id) if self.places else (self.root, incident_id)

    @cached_property
    def waivers(self) -> FileEntry[Waivers]:
        """The file of what need not hold for a while."""
        return load_waivers(self.root)

    @cached_property
    def incidents(self) -> Mapping[str, Incident]:
        """The incidents that could be read, by id."""
        return _Incidents(self.entries)

    @cached_property
    def facts(self) -> Mapping[str, Facts]:
        """The facts of the incidents that could be read, by id; no whole incident is read for them."""
        return {entry.id: facts for entry in self.entries if (facts := entry.facts)}

    @cached_property
    def by_id(self) -> Mapping[str, Entry]:
        """All entries, broken ones included, by id."""
        return {entry.id: entry for entry in self.entries}

    def named(self, wanted: str) -> tuple[str, ...]:
        """Return the ids that a name can stand for: itself, else its aliases, else ids that begin with it."""
        if wanted in self.by_id:
            return (wanted,)
        aliases = tuple(i for i, facts in self.facts.items() if wanted in facts.aliases)
        return aliases or tuple(i for i in self.by_id if i.startswith(wanted))

    @cached_property
    def newest(self) -> tuple[str, ...]:
        """Ids, ours before those of other knowledge bases, the newest incident first.

        By the day it began, else by its newest source. A library that is newer than all that happened
        here must not push our incidents off the home page.
        """
        by_day = sorted(sorted(self.facts), key=lambda i: self.facts[i].day, reverse=True)
        return tuple(sorted(by_day, key=lambda i: bool(self.source_of(i))))

    @cached_property
    def by_component(self) -> Mapping[str, tuple[str, ...]]:
        """Ids by component."""
        return self._index(lambda facts: facts.components)

    @cached_property
    def by_severity(self) -> Mapping[str, tuple[str, ...]]:
        """Ids by severity, the worst first."""
        return self._index(lambda facts: (facts.severity,))

    @cached_property
    def by_status(self) -> Mapping[str, tuple[str, ...]]:
        """Ids by status."""
        return self._index(lambda facts: (facts.status,))

    @cached_property
    def by_tag(self) -> Mapping[str, tuple[str, ...]]:
        """Ids by tag."""
        return self._index(lambda facts: facts.tags)

    @cached_property
    def by_alert(self) -> Mapping[str, tuple[str, ...]]:
        """Ids by the name of an alert."""
        return self._index(lambda facts: facts.alerts)

    @cached_property
    def by_title(self) -> Mapping[str, tuple[str, ...]]:
        """Ids by title, ignoring case."""
        return self._index(lambda facts: (facts.title.casefold(),))

    @cached_property
    def by_alias(self) -> Mapping[str, tuple[str, ...]]:
        """Ids by alias."""
        return self._index(lambda facts: facts.aliases)

    @cached_property
    def by_signature(self) -> Mapping[str, tuple[str, ...]]:
        """Ids by the text or the regular expression of a signature."""
        return self._index(lambda facts: (as_key(s.source) for s in facts.signatures))

    @cached_property
    def referrers(self) -> Mapping[str, tuple[str, ...]]:
        """Ids of the incidents that name an incident as related, repeated or superseding."""
        return self._index(lambda facts: facts.references)

    @cached_property
    def changes(self) -> Mapping[str, history.ChangeTimes]:
        """When incidents were changed, by id, from git; empty without git."""
        return history.changes(self.root)

    def with_fresh(self, fresh: Mapping[str, Entry]) -> KnowledgeBase:
        """Return the knowledge base with some incidents as they are now.

        Args:
            fresh: their entries by id. The history is not read again, because saving does not change it.
        """
        base = replace(self, entries=tuple(fresh.get(e.id, e) for e in self.entries))
        vars(base)["changes"] = self.changes
        return base

    def rows(self, name: str, make: Callable[[Incident], Any]) -> dict[str, Any]:
        """Return what is made of each incident, by id; kept, so only changed incidents are read.

        Args:
            name: what is made; nothing else has this name.
            make: makes it from one incident, as a value that JSON can express.
        """
        if self.kept is None:
            return {i: make(incident) for i, incident in self.incidents.items()}
        rows = self.kept.rows(name, make)
        return {i: rows[i] for i in self.facts}

    def is_alone(self, incident_id: str) -> bool:
        """Return whether an incident's folder has nothing but the incident itself."""
        if incident_id not in self._alone:
            root, there = self._base_of(incident_id)
            folder = f"{INCIDENTS}/{there}"
            self._alone[incident_id] = holds_only(root, folder, INCIDENT_FILES)
        return self._alone[incident_id]

    @cached_property
    def _alone(self) -> dict[str, bool]:
        return {}

    def record(self, incident_id: str) -> ProofRecord | None:
        """Return the records of an incident's proofs; None if there are none."""
        if incident_id not in self._records:
            self._records[incident_id] = read_record(self.folder(incident_id))
        return self._records[incident_id]

    @cached_property
    def _records(self) -> dict[str, ProofRecord | None]:
        return {}

    def proof_state(self, incident_id: str, proof: Proof) -> ProofState:
        """Return whether the record of an incident's proof is still good.

        A site gives no files of its proofs, so for its incidents, that is what it says itself.
        """
        stands = self._standing_there(incident_id)
        if stands is not None:
            record = self.record(incident_id)
            run = record.run(proof.id) if record else None
            state = stands.get(proof.id, ProofState.MISSING)
            return aged(state, run, self.today, self.settings.proof_max_age_days)
        return proof_state(
            self.folder(incident_id),
            self.incidents[incident_id],
            proof,
            self.record(incident_id),
            self.today,
            self.settings.proof_max_age_days,
        )

    def _standing_there(self, incident_id: str) -> Mapping[str, ProofState] | None:
        """Return what proofs of an incident are worth as its site says; None if it comes from no site."""
        there = self.places.foreign.get(incident_id) if self.places else None
        if there is None or there.origin.kind != "site":
            return None
        folder = there.origin.folder
        if folder not in self._copies:
            self._copies[folder] = read_copy(folder)
        copy = self._copies[folder]
        one = copy.incidents.get(there.id) if copy else None
        return one.standing if one else {}

    @cached_property
    def _copies(self) -> dict[Path, SourceCopy | None]:
        return {}

    def proof_files(self, incident_id: str, proof_id: str) -> Mapping[str, str]:
        """Return the text of a proof's own files, by their path from the proof's folder."""
        folder = self.folder(incident_id)
        part = f"{PROOFS}/{proof_id}"
        return {
            name.removeprefix(f"{part}/"): self.content(incident_id, name).decode(
                "utf-8", "replace"
            )
            for name in written_files(folder, part)
            if posixpath.basename(name) not in GENERATED
        }

    def tools(self, incident_id: str) -> tuple[str, ...]:
        """Return the tools that an incident gives its readers, as paths from its folder."""
        return tuple(written_files(self.folder(incident_id), TOOLS))

    def content(self, incident_id: str, name: str) -> bytes:
        """Return what a file holds, named by its path from the incident's folder.

        Raises:
            OSError: it cannot be read.
        """
        root, there = self._base_of(incident_id)
        return read_file(root, f"{INCIDENTS}/{there}/{name}")

    def _index(self, keys: Callable[[Facts], Iterable[str]]) -> Mapping[str, tuple[str, ...]]:
        index: dict[str, dict[str, None]] = {}
        for incident_id in self.newest:
            for key in keys(self.facts[incident_id]):
                index.setdefault(key, {})[incident_id] = None
        return {key: tuple(index[key]) for key in sorted(index)}


class _Incidents(Mapping[str, Incident]):
    """The incidents that could be read, by id; each is read when it is needed."""

    def __init__(self, entries: Iterable[Entry]) -> None:
        self._entries = {entry.id: entry for entry in entries if entry.readable}

    def __getitem__(self, incident_id: str) -> Incident:
        incident = self._entries[incident_id].incident
        assert incident is not None
        return incident

    def __contains__(self, incident_id: object) -> bool:
        return incident_id in self._entries

    def __iter__(self) -> Iterator[str]:
        return iter(self._entries)

    def __len__(self) -> int:
        return len(self._entries)


def load(
    root: Path,
    today: date | None = None,
    *,
    kept: bool = False,
    reading: Reading = in_silence,
    before: KnowledgeBase | None = None,
) -> KnowledgeBase:
    """Load a knowledge base.

    Args:
        root: the folder that contains `mkdocs.yml` and `incidents/`.
        today: the day from which the age of a proof's record is judged; None judges no age.
        kept: use what earlier runs have kept, and keep what is read; files are read when their
            content is needed.
        before: the same knowledge base as this process has loaded it before.
        reading: shows the progress of reading what is kept.

    Raises:
        NotAKnowledgeBase: the folder is not a knowledge base.
    """
    if not (root / INCIDENTS).is_dir():
        raise NotAKnowledgeBase(f"{root} is not a knowledge base: missing {INCIDENTS}/")
    settings, diagnostics = load_settings(root)
    known = KeptIncidents(root, reading, before.kept if before else None) if kept else None
    with collector_off():
        places = known.places if known else incident_places(root)
        entries = tuple(load_entries(root, places.stamps, known.entry if known else places.load))
    standing = load_standing(root)
    return KnowledgeBase(
        root, entries, settings, tuple(diagnostics), today, standing, known, places
    )
