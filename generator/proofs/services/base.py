"""The interface between services and the runner."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol


class NotAvailable(Exception):
    """A service is not available here; the message says why and what to do."""


@dataclass(frozen=True, slots=True)
class Need:
    """A service that a proof needs: `postgresql`, or `postgresql:15` for a version of it."""

    name: str
    version: str = ""

    @classmethod
    def parse(cls, text: str) -> Need:
        """Read a line of a proof's `needs`."""
        name, _, version = text.partition(":")
        return cls(name.strip(), version.strip())


@dataclass(frozen=True, slots=True)
class Provided:
    """The values that a service provides to one proof.

    Attributes:
        environment: the variables to use it; its `PATH` is put before that of the run.
        versions: its versions by name, for the record.
        hidden: texts that must not be in a record, such as paths, each with a replacement.
    """

    environment: Mapping[str, str] = field(default_factory=dict)
    versions: Mapping[str, str] = field(default_factory=dict)
    hidden: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Workspace:
    """The folders of one proof.

    Attributes:
        name: unique among all proofs of a run; lowercase letters, digits and underscores.
        incident: the scratch copy of the incident's folder.
        folder: the proof's folder in it.
        cache: the folder in which a service may keep what it installs, from run to run.
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
        """Start the service before any proof runs.

        Raises:
            NotAvailable: it is not available here.
        """

    def open(self, need: Need, workspace: Workspace) -> Provided:
        """Provide the service to one proof, separate from other proofs.

        Raises:
            NotAvailable: it is not available here.
        """

    def close(self) -> None:
        """Stop it, and remove its files. It is safe to call twice."""
