"""What a service is to the runner."""

from __future__ import annotations

import os
import shutil
import threading
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol

from generator.commands import accounts, guards, processes
from generator.commands.sandbox import Sandbox

_TIMEOUT = 120.0
_copying = threading.Lock()


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
        hidden: paths and passwords that must not stand in a record, each with what to write instead.
        readable: files, folders and sockets that the proof may use, besides the system's folders.
        ports: TCP ports that it may connect to, for a service that has no Unix socket.
    """

    environment: Mapping[str, str] = field(default_factory=dict)
    versions: Mapping[str, str] = field(default_factory=dict)
    hidden: Mapping[str, str] = field(default_factory=dict)
    readable: Sequence[Path] = ()
    ports: Sequence[int] = ()


@dataclass(frozen=True, slots=True)
class Workspace:
    """Where one proof runs.

    Attributes:
        name: unique among all proofs of a run; lower-case letters, digits and underscores.
        incident: the scratch copy of the incident's folder.
        folder: the proof's folder in it.
        cache: where a service may keep what it has installed, from run to run.
        stop: set when the run is to end early.
    """

    name: str
    incident: Path
    folder: Path
    cache: Path
    stop: threading.Event = field(default_factory=threading.Event)


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


def run_tool(
    command: Sequence[object],
    environment: Mapping[str, str],
    *,
    folder: Path = Path("/"),
    sandbox: Sandbox | None = None,
    timeout: float = _TIMEOUT,
    stop: threading.Event | None = None,
) -> str:
    """Run a program of a service to its end, so that it ends with the run; return what it printed.

    Raises:
        NotAvailable: it cannot be run, failed, or took too long.
        KeyboardInterrupt: somebody interrupted it.
    """
    arguments = [str(part) for part in command]
    done = processes.run(
        arguments, folder, {"PATH": os.defpath, "LC_ALL": "C", **environment}, timeout,
        sandbox=sandbox, stop=stop,
    )  # fmt: skip
    name = Path(arguments[0]).name
    if done.stopped == processes.INTERRUPTED and not (stop and stop.is_set()):
        raise KeyboardInterrupt
    if done.stopped:
        raise NotAvailable(f"{name} was stopped: {done.stopped}")
    if done.exit != 0:
        said = [line for line in done.output.splitlines() if line.strip()]
        raise NotAvailable(f"{name} failed: {said[-1] if said else done.exit}")
    return done.output


def sandbox_in(
    scratch: Path, writable: Path, readable: Sequence[Path] = (), ports: Sequence[int] = ()
) -> Sandbox:
    """Return a sandbox for one command, and give it the folder that it may write to.

    Args:
        scratch: the scratch folder of the run.
        writable: a folder in it.
        readable: what it may read or connect to, besides the system's folders.
        ports: TCP ports that it may connect to.
    """
    account = accounts.account_in(scratch)
    accounts.give(writable, account)
    paths = tuple(str(path) for path in readable)
    return Sandbox((str(writable),), paths, tuple(ports), account, guards.namespaces())


def reachable(path: Path, scratch: Path) -> Path:
    """Return a path that a sandbox can be given: a copy, where another account cannot reach it.

    Copies lie side by side as what they copy does, so that programs find their libraries.

    Args:
        path: a file or a folder.
        scratch: the scratch folder of the run.
    """
    if not accounts.needed() or guards.namespaces():
        return path
    if all(folder.stat().st_mode & 0o001 for folder in path.resolve().parents):
        return path
    copy = scratch / "copies" / path.relative_to("/")
    with _copying:
        if not copy.exists():
            copy.parent.mkdir(parents=True, exist_ok=True)
            if path.is_dir():
                shutil.copytree(path, copy, symlinks=True)
            else:
                shutil.copy2(path, copy)
    return copy
