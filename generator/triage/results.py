"""From the matches of each signature to the incidents that a log shows, best first."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from generator.signatures.block import VALUES, FoundSignature
from generator.signatures.language import CompiledSignature

SIMILAR_BYTES = 1 << 20
"""How many bytes of a text are compared to find similar incidents."""


@dataclass(frozen=True)
class IncidentSignature:
    """A signature with its incident and its index in the incident's list."""

    incident: str
    index: int
    signature: CompiledSignature


@dataclass(frozen=True)
class MatchedIncident:
    """An incident that a log shows.

    Attributes:
        incident: its ID.
        signatures: the matches of each of its signatures, the most specific first.
        captures: the value of each parameter, from the most specific signature that captures it, or
            one of `values` from which that is derived.
        values: a few of the captured values, for parameters with several different values; the first
            is the one in `captures`.
    """

    incident: str
    signatures: tuple[tuple[IncidentSignature, FoundSignature], ...]
    captures: dict[str, str]
    values: dict[str, list[str]]

    @property
    def best(self) -> tuple[IncidentSignature, FoundSignature]:
        """The most specific signature and its matches."""
        return self.signatures[0]

    @property
    def rank(self) -> tuple[int, int, str]:
        """The sort key of incidents: more literal characters, then more lines, then the ID."""
        named, found = self.best
        return -named.signature.weight, -found.count, self.incident


def matched_incidents(
    named: Sequence[IncidentSignature], found: Mapping[int, FoundSignature]
) -> list[MatchedIncident]:
    """Return the incidents that a log shows, the most specific match first.

    Args:
        named: all signatures, in the matcher's order.
        found: the matches, by the signature's number.
    """
    by_incident: dict[str, list[tuple[IncidentSignature, FoundSignature]]] = {}
    for number, what in found.items():
        by_incident.setdefault(named[number].incident, []).append((named[number], what))
    return sorted((_incident(i, pairs) for i, pairs in by_incident.items()), key=lambda s: s.rank)


def _incident(
    incident: str, pairs: list[tuple[IncidentSignature, FoundSignature]]
) -> MatchedIncident:
    pairs.sort(key=lambda p: (-p[0].signature.weight, -p[1].count, p[0].index))
    values: dict[str, list[str]] = {}
    for _, found in pairs:
        for name in found.captures:
            known = values.setdefault(name, [])
            known += [value for value in found.values[name] if value not in known]
    best = {name: usable_first(known)[:VALUES] for name, known in values.items()}
    captures = {name: known[0] for name, known in best.items()}
    several = {name: known for name, known in best.items() if len(known) > 1}
    return MatchedIncident(incident, tuple(pairs), captures, several)


def usable_first(values: Sequence[str]) -> list[str]:
    """Return captured values in the order in which they are offered.

    A name that is derived from another one comes after those that are not: `users_id_seq` and
    `users_pkey` after `users`, which is the one that commands can use.
    """
    return sorted(values, key=lambda value: any(value.startswith(f"{v}_") for v in values))
