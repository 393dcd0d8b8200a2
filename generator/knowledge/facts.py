"""The facts of an incident by which others find it: small, and kept between runs as plain data."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from generator.model import Incident
from generator.signatures.source import Source


@dataclass(frozen=True, slots=True)
class SignatureFacts:
    """One signature in its plain form, and the texts of its samples."""

    source: Source
    samples: tuple[str, ...]

    def row(self) -> list[Any]:
        """Return the signature as data for JSON."""
        return [self.source, self.samples]


@dataclass(frozen=True, slots=True)
class Facts:
    """What lists and lookups need of an incident.

    Attributes:
        title: the title.
        severity: the severity.
        status: the status.
        day: when it began, else the day of its newest source, in ISO form; empty without either.
        components: the affected components.
        tags: the tags.
        alerts: the names of its alerts.
        aliases: its other names.
        related: ids of related incidents.
        recurrence_of: the id of the earlier incident.
        superseded_by: the id of the incident that replaces it.
        signatures: its signatures.
    """

    title: str
    severity: str
    status: str
    day: str
    components: tuple[str, ...]
    tags: tuple[str, ...]
    alerts: tuple[str, ...]
    aliases: tuple[str, ...]
    related: tuple[str, ...]
    recurrence_of: str | None
    superseded_by: str | None
    signatures: tuple[SignatureFacts, ...]

    @property
    def references(self) -> tuple[str, ...]:
        """The incidents that it names as related, repeated or superseding."""
        return tuple(i for i in (*self.related, self.recurrence_of, self.superseded_by) if i)

    def row(self) -> list[Any]:
        """Return the facts as data for JSON."""
        signatures = [s.row() for s in self.signatures]
        return [*(getattr(self, name) for name in _SIMPLE), signatures]

    @classmethod
    def from_row(cls, row: list[Any]) -> Facts:
        """Return the facts that `row` has given."""
        values: list[Any] = [tuple(v) if isinstance(v, list) else v for v in row]
        values[-1] = tuple(SignatureFacts(s, tuple(samples)) for s, samples in values[-1])
        return cls(*values)


_SIMPLE = tuple(name for name in Facts.__slots__ if name != "signatures")


def facts_of(incident: Incident) -> Facts:
    """Return the facts of an incident."""
    symptom = incident.symptom
    day = incident.occurred or incident.documented
    return Facts(
        incident.title,
        incident.severity.value,
        incident.status.value,
        day.isoformat() if day else "",
        incident.components,
        incident.tags,
        symptom.alerts,
        incident.aliases,
        incident.related,
        incident.recurrence_of,
        incident.superseded_by,
        tuple(SignatureFacts(s.source, s.samples) for s in symptom.signatures),
    )
