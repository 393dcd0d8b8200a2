"""The knowledge base: all incidents of a folder, and lookups across them."""

from __future__ import annotations

import gc
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import date
from functools import cached_property
from pathlib import Path

from generator.knowledge import history
from generator.knowledge.diagnostics import Diagnostic
from generator.knowledge.loader import Entry, StandingEntry, load_entries, load_standing
from generator.knowledge.records import (
    GENERATED,
    PROOFS,
    TOOLS,
    ProofRecord,
    ProofState,
    proof_state,
    read_record,
    written_files,
)
from generator.knowledge.roots import INCIDENTS, NotAKnowledgeBase
from generator.knowledge.settings import Settings, load_settings
from generator.model import Incident, Proof, Status
from generator.signatures.survey import Survey, survey

__all__ = ["KnowledgeBase", "NotAKnowledgeBase", "collector_off", "load"]


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
    """

    root: Path
    entries: tuple[Entry, ...]
    settings: Settings = field(default_factory=Settings)
    diagnostics: tuple[Diagnostic, ...] = ()
    today: date | None = None
    standing_checks: StandingEntry = field(default_factory=StandingEntry)

    @cached_property
    def shown(self) -> KnowledgeBase:
        """What the site and its data show: everything, or no drafts if `mkdocs.yml` says so.

        A folder that cannot be read is kept: its status is unknown.
        """
        if self.settings.drafts:
            return self
        entries = (
            e for e in self.entries if not e.incident or e.incident.status is not Status.DRAFT
        )
        return replace(self, entries=tuple(entries))

    @cached_property
    def incidents(self) -> Mapping[str, Incident]:
        """The incidents that could be read, by id."""
        return {entry.id: entry.incident for entry in self.entries if entry.incident}

    @cached_property
    def by_id(self) -> Mapping[str, Entry]:
        """All entries, broken ones included, by id."""
        return {entry.id: entry for entry in self.entries}

    @cached_property
    def newest(self) -> tuple[str, ...]:
        """Ids, the newest incident first: by the day it began, else by its newest source."""

        def day(incident_id: str) -> date:
            incident = self.incidents[incident_id]
            return incident.occurred or incident.documented or date.min

        return tuple(sorted(sorted(self.incidents), key=day, reverse=True))

    @cached_property
    def by_component(self) -> Mapping[str, tuple[str, ...]]:
        """Ids by component."""
        return self._index(lambda incident: incident.components)

    @cached_property
    def by_severity(self) -> Mapping[str, tuple[str, ...]]:
        """Ids by severity, the worst first."""
        return self._index(lambda incident: (incident.severity.value,))

    @cached_property
    def by_status(self) -> Mapping[str, tuple[str, ...]]:
        """Ids by status."""
        return self._index(lambda incident: (incident.status.value,))

    @cached_property
    def by_tag(self) -> Mapping[str, tuple[str, ...]]:
        """Ids by tag."""
        return self._index(lambda incident: incident.tags)

    @cached_property
    def by_alert(self) -> Mapping[str, tuple[str, ...]]:
        """Ids by the name of an alert."""
        return self._index(lambda incident: incident.symptom.alerts)

    @cached_property
    def by_title(self) -> Mapping[str, tuple[str, ...]]:
        """Ids by title, ignoring case."""
        return self._index(lambda incident: (incident.title.casefold(),))

    @cached_property
    def by_alias(self) -> Mapping[str, tuple[str, ...]]:
        """Ids by alias."""
        return self._index(lambda incident: incident.aliases)

    @cached_property
    def by_signature(self) -> Mapping[str, tuple[str, ...]]:
        """Ids by the text or the regular expression of a signature."""
        return self._index(
            lambda incident: (s.text or s.regex or "" for s in incident.symptom.signatures)
        )

    @cached_property
    def survey(self) -> Survey:
        """Which signatures match which samples."""
        return survey(self.incidents)

    @cached_property
    def referrers(self) -> Mapping[str, tuple[str, ...]]:
        """Ids of the incidents that name an incident as related, repeated or superseding."""
        return self._index(
            lambda incident: tuple(
                i for i in (*incident.related, incident.recurrence_of, incident.superseded_by) if i
            )
        )

    @cached_property
    def changes(self) -> Mapping[str, history.ChangeTimes]:
        """When incidents were changed, by id, from git; empty without git."""
        return history.changes(self.root)

    def record(self, incident_id: str) -> ProofRecord | None:
        """Return the records of an incident's proofs; None if there are none."""
        if incident_id not in self._records:
            self._records[incident_id] = read_record(self.root / INCIDENTS / incident_id)
        return self._records[incident_id]

    @cached_property
    def _records(self) -> dict[str, ProofRecord | None]:
        return {}

    def proof_state(self, incident_id: str, proof: Proof) -> ProofState:
        """Return whether the record of an incident's proof is still good."""
        return proof_state(
            self.root / INCIDENTS / incident_id,
            self.incidents[incident_id],
            proof,
            self.record(incident_id),
            self.today,
            self.settings.proof_max_age_days,
        )

    def proof_files(self, incident_id: str, proof_id: str) -> Mapping[str, str]:
        """Return the text of a proof's own files, by their path from the proof's folder."""
        folder = self.root / INCIDENTS / incident_id / PROOFS / proof_id
        return {
            path.relative_to(folder).as_posix(): path.read_text("utf-8", "replace")
            for path in written_files(folder)
            if path.name not in GENERATED
        }

    def tools(self, incident_id: str) -> tuple[str, ...]:
        """Return the tools that an incident gives its readers, as paths from its folder."""
        folder = self.root / INCIDENTS / incident_id
        return tuple(p.relative_to(folder).as_posix() for p in written_files(folder / TOOLS))

    def _index(self, keys: Callable[[Incident], Iterable[str]]) -> Mapping[str, tuple[str, ...]]:
        index: dict[str, dict[str, None]] = {}
        for incident_id in self.newest:
            for key in keys(self.incidents[incident_id]):
                index.setdefault(key, {})[incident_id] = None
        return {key: tuple(index[key]) for key in sorted(index)}


def load(
    root: Path,
    progress: Callable[[Entry], None] = lambda _: None,
    read: Callable[[Path, str], Entry] | None = None,
    today: date | None = None,
) -> KnowledgeBase:
    """Load a knowledge base.

    Args:
        root: the folder that contains `mkdocs.yml` and `incidents/`.
        progress: called with each entry once it is loaded.
        read: loads one incident; the default is `load_entry`.
        today: the day from which the age of a proof's record is judged; None judges no age.

    Raises:
        NotAKnowledgeBase: the folder is not a knowledge base.
    """
    if not (root / INCIDENTS).is_dir():
        raise NotAKnowledgeBase(f"{root} is not a knowledge base: missing {INCIDENTS}/")
    settings, diagnostics = load_settings(root)
    with collector_off():
        entries = tuple(_each(load_entries(root, read), progress))
    return KnowledgeBase(root, entries, settings, tuple(diagnostics), today, load_standing(root))


def _each(entries: Iterable[Entry], progress: Callable[[Entry], None]) -> Iterator[Entry]:
    for entry in entries:
        progress(entry)
        yield entry


@contextmanager
def collector_off() -> Iterator[None]:
    """Turn off the cyclic garbage collector: it would walk all incidents, which are all kept."""
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()
