"""Records of proofs: what happened when a proof was run, and whether that still holds.

A record is `incidents/<id>/proofs/record.json`. It has a digest of the proof (its declaration and
its files) and one of what it proves (the statements that name it). If either has changed since, the
record is stale: it says nothing about the current proof or statement.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from datetime import date, datetime
from enum import StrEnum
from pathlib import Path
from typing import Literal

from pydantic import BaseModel, ConfigDict, ValidationError

from generator.knowledge.files import find_files, read_file
from generator.knowledge.roots import INCIDENTS
from generator.model import FileConditions, Incident, Proof
from generator.model.walk import statements

PROOFS = "proofs"
RECORD_FILE = "record.json"
SHARED = "shared"
"""The folder under `proofs/` whose files every proof of the incident may use."""
TOOLS = "tools"
"""The folder next to `proofs/` with the programs that the incident gives its readers."""

# What a digest or a scratch folder leaves out: it is installed or generated, not written.
IGNORED = frozenset(("node_modules", "__pycache__", RECORD_FILE))

# What readers do not need: a program generates it from the files next to it.
GENERATED = frozenset(("package-lock.json",))


class ProofOutcome(StrEnum):
    """How running a proof ended."""

    PROVED = "proved"
    DISPROVED = "disproved"
    NOT_RUN = "not-run"


class ProofRun(BaseModel):
    """One run of one proof.

    Attributes:
        proof: the proof's id.
        shows: what it shows.
        outcome: proved, disproved or not-run.
        reason: why it was not proved; empty when it was.
        when: the end of the run, UTC.
        seconds: how long it took, without the start of services.
        versions: the version of everything that it needs.
        command: the command that ran, in the proof's folder.
        exit: the command's exit code.
        output: what it printed; shortened, with masked secrets.
        proof_digest: digest of the proof's declaration and files.
        statement_digest: digest of the statements that name it.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    proof: str
    shows: str
    outcome: ProofOutcome
    reason: str = ""
    when: datetime
    seconds: float
    versions: dict[str, str] = {}
    command: str
    exit: int | None = None
    output: str = ""
    proof_digest: str
    statement_digest: str


class ProofRecord(BaseModel):
    """All records of one incident."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    version: Literal[1] = 1
    proofs: tuple[ProofRun, ...] = ()

    def run(self, proof_id: str) -> ProofRun | None:
        """Return the record of a proof, or None if it never ran."""
        return next((run for run in self.proofs if run.proof == proof_id), None)

    def text(self) -> str:
        """Return the record as it is written: JSON, sorted by proof, with a line end at the end."""
        proofs = [run.model_dump(mode="json") for run in sorted(self.proofs, key=lambda r: r.proof)]
        return json.dumps({"version": 1, "proofs": proofs}, indent=2, ensure_ascii=False) + "\n"


def record_path(folder: Path) -> Path:
    """Return where an incident keeps its record.

    Args:
        folder: the incident's folder.
    """
    return folder / PROOFS / RECORD_FILE


def read_record(folder: Path) -> ProofRecord | None:
    """Read an incident's record.

    Args:
        folder: the incident's folder.

    Returns:
        None if there is none, or if it cannot be read: both mean that nothing is proved.
    """
    try:
        text = read_file(*_place(folder, PROOFS, RECORD_FILE)).decode("utf-8")
        return ProofRecord.model_validate_json(text)
    except (OSError, UnicodeDecodeError, ValidationError):
        return None


def proof_files(folder: Path, proof_id: str) -> Iterator[str]:
    """Yield the files that a proof consists of, in a fixed order, as paths from the incident's folder.

    These are its own folder, the files directly under `proofs/`, `proofs/shared/`, and the
    incident's tools.

    Args:
        folder: the incident's folder.
        proof_id: the proof's id.
    """
    found = list(written_files(folder, PROOFS, deep=False))
    for part in (f"{PROOFS}/{proof_id}", f"{PROOFS}/{SHARED}", TOOLS):
        found += written_files(folder, part)
    yield from sorted(found, key=lambda name: name.split("/"))


def written_files(folder: Path, part: str, *, deep: bool = True) -> Iterator[str]:
    """Yield the files in a folder that are not generated, in a fixed order, as paths from the incident's folder.

    Args:
        folder: the incident's folder.
        part: a folder below it, which may be missing.
        deep: whether to yield files of its subfolders, too.
    """
    root, name = _place(folder)
    found = find_files(root, f"{name}/{part}", IGNORED, deep=deep)
    return (file.removeprefix(f"{name}/") for file in found)


def _place(folder: Path, *parts: str) -> tuple[Path, str]:
    """Return the root of the knowledge base, and a path from there into an incident's folder."""
    return folder.parents[1], "/".join((INCIDENTS, folder.name, *parts))


def proof_digest(folder: Path, proof: Proof) -> str:
    """Return the digest of a proof: of how it is declared and of its files.

    Args:
        folder: the incident's folder.
        proof: the proof.
    """
    digest = hashlib.sha256(proof.model_dump_json(exclude={"description", "shows"}).encode())
    for name in proof_files(folder, proof.id):
        # Line ends differ between checkouts; what a program does, does not.
        content = read_file(*_place(folder, name)).replace(b"\r\n", b"\n")
        digest.update(f"\0{name}\0{len(content)}\0".encode() + content)
    return digest.hexdigest()


def statement_digest(incident: Incident, proof: Proof) -> str:
    """Return the digest of what a proof proves: the text of every statement that names it.

    Args:
        incident: the incident.
        proof: one of its proofs.
    """
    said = sorted(
        statement.model_dump_json(
            exclude={
                "evidence": True,
                "source": True,
                "proof": True,
                "contributing_factors": True,
                "ruled_out": True,
                "signatures": True,
                "false_positives": True,
                "alerts": True,
                "approval": True,  # who must agree is nothing that a proof shows
                "poll": True,  # nor is how long one waits for it
                # Nor is which changes of a file make a check necessary.
                "applies_to": {
                    *FileConditions.model_fields,
                    "when_kind",
                },
            }
        )
        for _, statement in statements(incident)
        if statement.proof == proof.id
    )
    words = [proof.shows.value, proof.description, *said]
    return hashlib.sha256("\0".join(words).encode()).hexdigest()


class ProofState(StrEnum):
    """Whether a record is still good."""

    GOOD = "good"
    MISSING = "missing"
    FAILED = "failed"
    STALE = "stale"
    OLD = "old"

    @property
    def holds(self) -> bool:
        """Whether the proof shows the statement as it is now, however long ago it ran."""
        return self in (ProofState.GOOD, ProofState.OLD)

    @property
    def without_age(self) -> ProofState:
        """The same, whatever the day."""
        return ProofState.GOOD if self is ProofState.OLD else self


def proof_state(
    folder: Path,
    incident: Incident,
    proof: Proof,
    record: ProofRecord | None,
    today: date | None,
    max_age_days: int,
) -> ProofState:
    """Return whether the record of a proof is still good.

    Args:
        folder: the incident's folder.
        incident: the incident.
        proof: one of its proofs.
        record: its record, if there is one.
        today: the day from which the age is calculated; None ignores the age.
        max_age_days: how many days a record stays good.
    """
    run = record.run(proof.id) if record else None
    if run is None:
        return ProofState.MISSING
    if run.outcome is not ProofOutcome.PROVED:
        return ProofState.FAILED
    if run.statement_digest != statement_digest(incident, proof):
        return ProofState.STALE
    if run.proof_digest != proof_digest(folder, proof):
        return ProofState.STALE
    return aged(ProofState.GOOD, run, today, max_age_days)


def aged(
    state: ProofState, run: ProofRun | None, today: date | None, max_age_days: int
) -> ProofState:
    """Return the state of a proof, given whether its record is good but for its age.

    Args:
        state: the state.
        run: its record, if there is one.
        today: the day from which the age is calculated; None ignores the age.
        max_age_days: how many days a record stays good.
    """
    if not state.holds:
        return state
    if run is None or run.outcome is not ProofOutcome.PROVED:
        return ProofState.MISSING
    if today is not None and (today - run.when.date()).days > max_age_days:
        return ProofState.OLD
    return ProofState.GOOD
