"""Redis: a server for each proof, because most of what goes wrong with one is set for a whole server.

No other account of the machine can use it: it listens on a Unix socket in a folder that is closed to
other accounts, and asks for a random password. It runs in a sandbox, as proofs do.
"""

from __future__ import annotations

import secrets
import shutil
import threading
from dataclasses import dataclass
from pathlib import Path

from generator.commands import processes
from generator.proofs.services.base import (
    Need,
    Provided,
    Workspace,
    sandbox_in,
    socket_in,
    wait_for_socket,
)
from generator.proofs.services.programs import Programs, find

_PROGRAMS = ("redis-server", "redis-cli")

# The data does not need to survive the proof. Its folder closes the socket: a proof that gets the
# socket runs as another account than the server.
_CONFIGURATION = """
port 0
unixsocketperm 777
daemonize no
save ""
appendonly no
databases 16
"""


@dataclass(frozen=True, slots=True)
class _Server:
    home: Path
    process: processes.Started


class Redis:
    """Starts servers from the program that is installed on the machine."""

    def __init__(self, scratch: Path) -> None:
        """Take a scratch folder, as every service."""
        self._scratch = scratch
        self._programs: dict[str, Programs] = {}
        self._servers: list[_Server] = []
        self._lock = threading.Lock()

    def start(self, need: Need) -> None:
        """Find the program."""
        self._programs[need.version] = find(_PROGRAMS, need, "Redis", "redis-server", self._scratch)

    def open(self, need: Need, workspace: Workspace) -> Provided:
        """Start a server for one proof."""
        programs = self._programs[need.version]
        home = self._scratch / f"redis-{workspace.name}"
        for folder in (home, home / "data", home / "socket"):
            folder.mkdir(mode=0o700)
        password = secrets.token_urlsafe(24)
        socket = socket_in(home / "socket", "redis")
        settings = home / "redis.conf"
        settings.touch(mode=0o600)
        settings.write_text(
            f'{_CONFIGURATION}dir "{home / "data"}"\nunixsocket "{socket}"\nrequirepass {password}\n',
            "utf-8",
        )
        server = processes.start(
            [str(programs.folder / "redis-server"), str(settings)],
            home, {"PATH": "/usr/bin:/bin", "LC_ALL": "C"}, home / "log",
            sandbox=sandbox_in(self._scratch, home, programs.readable),
        )  # fmt: skip
        with self._lock:
            self._servers.append(_Server(home, server))
        wait_for_socket(socket, server, home / "log", "Redis")
        return Provided(
            {
                "REDIS_SOCKET": str(socket),
                "REDIS_PASSWORD": password,
                "REDISCLI_AUTH": password,
                "PATH": str(programs.folder),
            },
            {"Redis": programs.version},
            {password: "PASSWORD", str(socket): "SOCKET"},
            (*programs.readable, socket),
        )

    def close(self) -> None:
        """Stop every server and remove its data."""
        for server in self._servers:
            server.process.stop()
            shutil.rmtree(server.home, ignore_errors=True)
        self._servers.clear()
