"""Servers that a service starts for one proof each, and stops when all proofs have ended."""

from __future__ import annotations

import shutil
import threading
from collections.abc import Sequence
from pathlib import Path

from generator.commands import processes
from generator.commands.sandbox import Sandbox
from generator.proofs.services.base import wait_for_socket


class ServersOfProofs:
    """The servers that one service has started."""

    def __init__(self, title: str) -> None:
        """Begin without any.

        Args:
            title: the name of the service, for messages.
        """
        self._title = title
        self._started: list[tuple[Path, processes.Started]] = []
        self._lock = threading.Lock()

    def start(self, command: Sequence[str], home: Path, socket: Path, sandbox: Sandbox | None) -> None:  # fmt: skip
        """Start a server, and wait until it listens.

        Args:
            command: the program with its arguments.
            home: the folder of the server, which is removed at the end.
            socket: the Unix socket on which it listens.
            sandbox: what it may do.

        Raises:
            NotAvailable: it ended, or does not listen in time.
        """
        log = home / "log"
        server = processes.start(list(command), home, {"PATH": "/usr/bin:/bin", "LC_ALL": "C"}, log, sandbox=sandbox)  # fmt: skip
        with self._lock:
            self._started.append((home, server))
        wait_for_socket(socket, server, log, self._title)

    def close(self) -> None:
        """Stop every server and remove its folder."""
        for home, server in self._started:
            server.stop()
            shutil.rmtree(home, ignore_errors=True)
        self._started.clear()
