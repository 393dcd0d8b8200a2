"""The interface between services and the runner."""

from __future__ import annotations

import itertools
import os
import re
import shutil
import socket
import threading
import time
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol

from generator.commands import accounts, guards, processes
from generator.commands.sandbox import Sandbox

_TIMEOUT = 120.0
_START_SECONDS = 30.0
_LONGEST_SOCKET = 103  # bytes; one less on macOS than on Linux
_copying = threading.Lock()


class NotAvailable(Exception):
    """A service is not available here; the message says why and what to do."""


@dataclass(frozen=True, slots=True)
class Need:
    """A service that a proof needs: `postgresql`, or `postgresql:15` for a version of it."""

    name: str
    version: str = ""

    @property
    def text(self) -> str:
        """The service and its version, for a message."""
        return f"{self.name} {self.version}".strip()

    @classmethod
    def combinations(cls, lines: Iterable[str]) -> list[tuple[Need, ...]]:
        """Return what a proof needs, once for each combination of the versions that it names.

        Args:
            lines: its `needs`. `postgresql:15,18` stands for two versions.
        """
        choices = []
        for line in lines:
            name, _, versions = line.partition(":")
            named = dict.fromkeys(version.strip() for version in versions.split(","))
            choices.append([cls(name.strip(), version) for version in named])
        return list(itertools.product(*choices))


@dataclass(frozen=True, slots=True)
class Provided:
    """The values that a service provides to one proof.

    Attributes:
        environment: the variables to use it; its `PATH` is put before that of the run.
        versions: its versions by name, for the record.
        hidden: texts that must not be in a record, such as paths, each with a replacement.
        readable: files, folders and sockets that the proof can use, besides the system folders.
        ports: TCP ports that it can connect to, for a service that has no Unix socket.
    """

    environment: Mapping[str, str] = field(default_factory=dict)
    versions: Mapping[str, str] = field(default_factory=dict)
    hidden: Mapping[str, str] = field(default_factory=dict)
    readable: Sequence[Path] = ()
    ports: Sequence[int] = ()


@dataclass(frozen=True, slots=True)
class Workspace:
    """The folders of one proof.

    Attributes:
        name: unique among all proofs of a run; lowercase letters, digits and underscores.
        incident: the scratch copy of the incident's folder.
        folder: the proof's folder in it.
        cache: the folder in which a service may keep what it installs, from run to run.
        before: what the proof has got from the services that it names before this one.
        stop: set if the run must end early.
    """

    name: str
    incident: Path
    folder: Path
    cache: Path
    before: tuple[Provided, ...] = ()
    stop: threading.Event = field(default_factory=threading.Event)


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


def run_tool(
    command: Sequence[object],
    environment: Mapping[str, str],
    *,
    folder: Path = Path("/"),
    sandbox: Sandbox | None = None,
    timeout: float = _TIMEOUT,
    stop: threading.Event | None = None,
    hint: str = "",
) -> str:
    """Run a program of a service, so that it ends with the run, and return its output.

    Args:
        command: the program and its arguments.
        environment: its variables, besides `PATH` and `LC_ALL`.
        folder: the folder to run it in.
        sandbox: what it can do; None lets it do whatever the user can.
        timeout: seconds after which it is stopped.
        stop: set by another thread to stop it.
        hint: what to do if it takes too long.

    Raises:
        NotAvailable: it cannot be run, failed, or took too long.
        KeyboardInterrupt: it was interrupted.
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
        raise NotAvailable(f"{name} was stopped: {done.stopped}{hint and f'; {hint}'}")
    if done.exit != 0:
        lines = [line for line in done.output.splitlines() if line.strip()]
        errors = [line for line in lines if re.search("error|fatal|cannot", line, re.IGNORECASE)]
        raise NotAvailable(
            f"{name} failed: {(errors or lines[-1:] or [f'exit code {done.exit}'])[0]}"
        )
    return done.output


def sandbox_in(
    scratch: Path, writable: Path, readable: Sequence[Path] = (), ports: Sequence[int] = ()
) -> Sandbox:
    """Return a sandbox for one command, and make its account the owner of the writable folder.

    Args:
        scratch: the scratch folder of the run.
        writable: a folder in it.
        readable: what the command can read or connect to, besides the system folders.
        ports: TCP ports that it can connect to.
    """
    account = accounts.account_in(scratch)
    accounts.give(writable, account)
    paths = tuple(str(path) for path in readable)
    return Sandbox((str(writable),), paths, tuple(ports), account, guards.namespaces())


def socket_in(folder: Path, name: str) -> Path:
    """Return the path of a Unix socket.

    Args:
        folder: where it is.
        name: its name.

    Raises:
        NotAvailable: the system has no Unix sockets, or its path is too long for one.
    """
    if not hasattr(socket, "AF_UNIX"):
        raise NotAvailable("Unix sockets are missing here")
    if len(str(folder / name).encode()) > _LONGEST_SOCKET:
        raise NotAvailable(
            f"the path {folder} is too long for a Unix socket; set TMPDIR to a shorter one"
        )
    return folder / name


def wait_for_socket(path: Path, server: processes.Started, log: Path, title: str) -> None:
    """Wait until a server accepts connections at a Unix socket.

    Args:
        path: the socket.
        server: the server, which was just started.
        log: the file of what it prints.
        title: its name, for messages.

    Raises:
        NotAvailable: it has ended, or does not begin to answer; the message has its last line.
    """
    limit = time.monotonic() + _START_SECONDS
    while not _accepts(path):
        if server.ended() or time.monotonic() > limit:
            raise NotAvailable(f"{title} did not start: {last_line(log)}")
        time.sleep(0.02)


def last_line(log: Path) -> str:
    """Return the last line of a server's log, for a message."""
    said = log.read_text("utf-8", "replace").strip().splitlines() if log.exists() else []
    return said[-1] if said else "its log is empty"


def _accepts(path: Path) -> bool:
    with socket.socket(socket.AF_UNIX) as client:
        return client.connect_ex(str(path)) == 0


def reachable(path: Path, scratch: Path) -> Path:
    """Return a path that a command in a sandbox can read: a copy, if its account cannot reach it.

    Copies have the same relative paths as the originals, so that programs find their libraries.

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
