"""Redis: a server for each proof, because most of what goes wrong with one is set for a whole server.

No other account of the machine can use it: it listens on a Unix socket in a folder that is closed to
other accounts, and asks for a random password. It runs in a sandbox, as proofs do.
"""

from __future__ import annotations

import secrets
from pathlib import Path

from generator.proofs.services.base import (
    Need,
    Provided,
    Workspace,
    sandbox_in,
    socket_in,
)
from generator.proofs.services.programs import Programs, find
from generator.proofs.services.servers import ServersOfProofs

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


class Redis:
    """Starts servers from the program that is installed on the machine."""

    def __init__(self, scratch: Path) -> None:
        """Take a scratch folder, as every service."""
        self._scratch = scratch
        self._programs: dict[str, Programs] = {}
        self._servers = ServersOfProofs("Redis")

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
        self._servers.start(
            [str(programs.folder / "redis-server"), str(settings)],
            home,
            socket,
            sandbox_in(self._scratch, home, programs.readable),
        )
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
        self._servers.close()
