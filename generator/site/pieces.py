"""What files about all incidents take from each one: made once from an incident, then joined.

A piece is JSON, so it can be kept between builds, by the digest of the incident's file.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cached_property
from typing import Any

from generator.cache.fingerprints import code_fingerprint, digest
from generator.knowledge.base import KnowledgeBase

Piece = dict[str, Any]


class Pieces:
    """The pieces of a knowledge base, made when they are needed."""

    def __init__(
        self,
        base: KnowledgeBase,
        make: Callable[[KnowledgeBase, str], Piece],
        keep: Callable[[bytes, Callable[[], Piece]], Piece] = lambda _, make: make(),
    ) -> None:
        """Begin.

        Args:
            base: the knowledge base.
            make: makes the piece of one incident.
            keep: returns what is kept under a key, or else makes and keeps it.
        """
        self._base = base
        self._make = make
        self._keep = keep
        self._known: dict[str, Piece] = {}

    def of(self, incident_id: str) -> Piece:
        """Return the piece of an incident."""
        if incident_id not in self._known:
            self._known[incident_id] = self._keep(
                self.kept_key(incident_id), lambda: self._make(self._base, incident_id)
            )
        return self._known[incident_id]

    def kept_key(self, incident_id: str) -> bytes:
        """Return the key under which the piece of an incident is kept."""
        return digest("piece", self.key_of(incident_id))

    def key_of(self, incident_id: str) -> bytes:
        """Return a digest of everything that comes from an incident's file, and of the settings."""
        return digest(self._salt, incident_id, self._base.by_id[incident_id].digest)

    def key(self, name: str) -> str:
        """Return a digest of everything that a file about all incidents is made from.

        Args:
            name: what differs between such files.
        """
        return digest(name, self._all).hex()

    @cached_property
    def _salt(self) -> bytes:
        return digest("pieces", code_fingerprint(), repr(self._base.settings))

    @cached_property
    def _all(self) -> bytes:
        standing = self._base.standing_checks
        waivers = self._base.waivers.content
        rows = [f"{entry.id} {entry.digest}" for entry in self._base.entries]
        return digest(
            self._salt, repr((standing.content, standing.diagnostics, waivers)), "\n".join(rows)
        )
