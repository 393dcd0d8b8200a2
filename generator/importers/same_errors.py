"""Finds incidents with the same errors as a draft."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from generator.model import Incident
from generator.signatures.language import CompiledSignature, SignatureError, compile_signature
from generator.signatures.survey import find_in


@dataclass
class KnownErrors:
    """The errors of all incidents, to compare with the errors of a draft.

    `runbooks lint` reports an error that matches two incidents that do not name each other. So the
    draft names the incidents that match.
    """

    _known: list[tuple[str, list[CompiledSignature], list[str]]] = field(default_factory=list)

    def add(self, incident_id: str, incident: Incident) -> None:
        """Add an incident, so that later drafts are compared with it."""
        signatures, samples = _errors(incident)
        if signatures or samples:
            self._known.append((incident_id, signatures, samples))

    def of(self, incident: Incident) -> tuple[str, ...]:
        """Return the ids of incidents whose signatures match the samples of this one, or the reverse."""
        signatures, samples = _errors(incident)
        return tuple(
            incident_id
            for incident_id, theirs, their_samples in self._known
            if _meet(signatures, their_samples) or _meet(theirs, samples)
        )


def _errors(incident: Incident) -> tuple[list[CompiledSignature], list[str]]:
    signatures: list[CompiledSignature] = []
    samples: list[str] = []
    for declared in incident.symptom.signatures:
        samples += declared.samples
        try:
            signatures.append(compile_signature(declared.source))
        except SignatureError:
            continue
    return signatures, samples


def _meet(signatures: Iterable[CompiledSignature], samples: list[str]) -> bool:
    return any(find_in(signature, sample) for signature in signatures for sample in samples)
