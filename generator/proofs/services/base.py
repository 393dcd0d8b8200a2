"""What a service is to the runner."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol


class NotAvailable(Exception):
    """A service cannot be had here; the text says why and what to do about it."""


@dataclass(frozen=True, slots=True)
class Need:
    """What a proof asks for: `postgresql`, or `postgresql:15` for a version of it."""

    name: str
    version: str = ""

    @classmethod
    def parse(cls, text: str) -> Need:
        """Read a line of a proof's `needs`."""
        name, _, version = text.partition(":")
        return cls(name.strip(), version.strip())


@dataclass(frozen=True, slots=True)
class Provided:
    """What a service gives to one proof.

    Attributes:
        environment: variables that lead to it.
        versions: what it is, by name, for the record.
        hidden: paths that must not stand in a record, each with what to write instead.
    """

    environment: Mapping[str, str] = field(default_factory=dict)
    versions: Mapping[str, str] = field(default_factory=dict)
    hidden: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Workspace:
    """Where one proof runs.

    Attributes:
        name: unique among all proofs of a run; lower-case letters, digits and underscores.
        incident: the scratch copy of the incident's folder.
        folder: the proof's folder in it.
        cache: where a service may keep what it has installed, from run to run.
    """

    name: str
    incident: Path
    folder: Path
    cache: Path


class Service(Protocol):
    """A service: started for a run, given to each proof that needs it, stopped at the end.

    `open` is called from several threads; `start` and `close` from one.
    """

    def start(self, need: Need) -> None:
        """Make the service ready before any proof runs.

        Raises:
            NotAvailable: it cannot be had here.
        """

    def open(self, need: Need, workspace: Workspace) -> Provided:
        """Give the service to one proof, apart from what others see of it.

        Raises:
            NotAvailable: it cannot be had here.
        """

    def close(self) -> None:
        """Stop it, and remove what it left on the disk. It is safe to call twice."""
