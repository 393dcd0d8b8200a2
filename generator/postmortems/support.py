"""Notes about statements: evidence and sources."""

from __future__ import annotations

from dataclasses import dataclass

from generator.knowledge.base import KnowledgeBase
from generator.knowledge.records import ProofState
from generator.model import Evidence, Incident, Supported
from generator.postmortems.document import Style, StyledText, plain

_WHY_NOT = {
    ProofState.MISSING: "never ran",
    ProofState.FAILED: "failed",
    ProofState.STALE: "is out of date",
}


@dataclass(frozen=True, slots=True)
class SupportNotes:
    """The evidence of an incident's statements.

    Attributes:
        base: the knowledge base, which knows the state of its proofs.
        id: the incident's id.
        incident: the incident.
    """

    base: KnowledgeBase
    id: str
    incident: Incident

    def note(self, statement: Supported, *also: str, proved: str = "proved") -> StyledText:
        """Return the evidence of a statement: `(proved, proof race; source 2)`.

        A statement whose proof has no good record is never shown as proved.

        Args:
            statement: the statement.
            also: other facts to put first.
            proved: the label if the proof has a good record.
        """
        parts = [*also, self._level(statement, proved)]
        numbers = self.numbers(statement.source)
        if numbers:
            parts.append(f"{'source' if len(numbers) == 1 else 'sources'} {', '.join(numbers)}")
        return plain(f"({'; '.join(parts)})", Style.NOTE)

    def short_note(self, statement: Supported, *also: str) -> StyledText:
        """Return the same, without the evidence if it is only `reported`.

        Most statements of a post-mortem are reported; a note after each event and each step would hide
        the statements with better evidence.
        """
        if statement.evidence is not Evidence.REPORTED or self.numbers(statement.source):
            return self.note(statement, *also)
        return plain(f"({'; '.join(also)})", Style.NOTE) if also else ()

    def numbers(self, sources: tuple[str, ...]) -> list[str]:
        """Return the numbers of sources in the document."""
        order = {source.id: str(n) for n, source in enumerate(self.incident.sources, 1)}
        return [order[source] for source in sources if source in order]

    def _level(self, statement: Supported, proved: str) -> str:
        if statement.evidence is not Evidence.PROVED:
            return statement.evidence.value
        proof = next((p for p in self.incident.proofs if p.id == statement.proof), None)
        if proof is None:
            return "not proved: no proof"
        state = self.base.proof_state(self.id, proof)
        if state.holds:
            old = ", long ago" if state is ProofState.OLD else ""
            return f"{proved} by {proof.id}{old}"
        return f"not proved: proof {proof.id} {_WHY_NOT[state]}"
