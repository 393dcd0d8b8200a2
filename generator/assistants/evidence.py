"""How well the statements of an incident are supported, in words."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cached_property
from typing import Any

from generator.knowledge.base import KnowledgeBase
from generator.knowledge.records import ProofRun, ProofState
from generator.model import Evidence, Proof, Supported
from generator.model.walk import statements
from generator.site.evidence import run_on
from generator.text.labels import plural


class IncidentEvidence:
    """What the records of an incident's proofs say about its statements."""

    def __init__(self, base: KnowledgeBase, incident_id: str) -> None:
        """Read nothing yet: the state of a proof is found when it is asked for, from its files.

        Args:
            base: the knowledge base.
            incident_id: an incident that can be read.
        """
        self._base = base
        self._id = incident_id
        self._incident = base.incidents[incident_id]
        self._states: dict[str, ProofState] = {}

    def level(self, statement: Supported) -> str:
        """Return `proved`, `not proved`, `observed` or `reported`.

        A statement whose proof has no good record is never called proved.
        """
        if statement.evidence is not Evidence.PROVED:
            return statement.evidence.value
        return "proved" if self._holding(statement) else "not proved"

    def words(self, statement: Supported) -> str:
        """Return the level; of a proved statement also the day of its proof."""
        run = self._holding(statement)
        if run is not None:
            return f"proved {run.when:%Y-%m-%d}"
        level = self.level(statement)
        if level == "not proved":
            known = self._of(statement)
            why = self._state(known).value if known else ProofState.MISSING.value
            return f"not proved: the record of its proof is {why}"
        return level

    @cached_property
    def summary(self) -> str:
        """The levels of symptom and cause, and the day of the newest proof that holds, in a sentence."""
        incident = self._incident
        parts = [
            f"Evidence: symptom {self._words_with_versions(incident.symptom)}",
            f"cause {self._words_with_versions(incident.root_cause)}",
        ]
        ruled_out = incident.root_cause.ruled_out
        if ruled_out:
            proved = sum(self.level(claim) == "proved" for claim in ruled_out)
            parts.append(f"{plural(len(ruled_out), 'claim')} ruled out, {proved} with a proof")
        return "; ".join(parts) + "."

    def _words_with_versions(self, statement: Supported) -> str:
        run = self._holding(statement)
        on = run_on(run, self._incident.components) if run else ""
        return self.words(statement) + on

    def as_json(self) -> dict[str, Any]:
        """Return the levels of symptom and cause, and when they were proved, as JSON has them."""
        return {
            name: self.statement_as_json(statement)
            for name, statement in (
                ("symptom", self._incident.symptom),
                ("root_cause", self._incident.root_cause),
            )
        }

    def statement_as_json(self, statement: Supported) -> dict[str, Any]:
        """Return the level of a statement, and when and on what it was proved."""
        run = self._holding(statement)
        return {
            "level": self.level(statement),
            "proved_at": f"{run.when:%Y-%m-%dT%H:%M:%SZ}" if run else None,
            "versions": dict(run.versions) if run else {},
        }

    def proofs(self) -> Iterator[tuple[Proof, ProofState, ProofRun | None]]:
        """Yield each proof with what its record is worth, and the record."""
        for proof in self._incident.proofs:
            yield proof, self._state(proof), self._run(proof)

    def counts(self) -> dict[str, int]:
        """Return how many statements have each level."""
        found: dict[str, int] = {}
        for _, statement in statements(self._incident):
            level = self.level(statement)
            found[level] = found.get(level, 0) + 1
        return found

    def _holding(self, statement: Supported) -> ProofRun | None:
        """Return the run that proves a statement now; None if none does."""
        proof = self._of(statement)
        if statement.evidence is not Evidence.PROVED or proof is None:
            return None
        return self._run(proof) if self._state(proof).holds else None

    def _of(self, statement: Supported) -> Proof | None:
        """Return the proof that a statement names."""
        return next((one for one in self._incident.proofs if one.id == statement.proof), None)

    def _state(self, proof: Proof) -> ProofState:
        if proof.id not in self._states:
            self._states[proof.id] = self._base.proof_state(self._id, proof)
        return self._states[proof.id]

    def _run(self, proof: Proof) -> ProofRun | None:
        record = self._base.record(self._id)
        return record.run(proof.id) if record else None
