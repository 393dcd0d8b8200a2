"""PgBouncer: a pool in front of a proof's own database, for each proof that needs one.

It is as closed as the server behind it: it listens on a Unix socket in a folder that is closed to
other accounts, asks for the server's random password, and runs in a sandbox.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from urllib.parse import quote

from generator.proofs.services.base import (
    Need,
    NotAvailable,
    Provided,
    Workspace,
    sandbox_in,
    socket_in,
)
from generator.proofs.services.programs import Programs, find
from generator.proofs.services.servers import ServersOfProofs

_PORT = 6432

# The mode that most people run, and the one in which a session is nobody's for long.
_CONFIGURATION = """
[pgbouncer]
listen_port = {port}
unix_socket_dir = {socket}
unix_socket_mode = 0777
auth_type = scram-sha-256
auth_file = {users}
admin_users = {user}
pool_mode = transaction
[databases]
* = host={host} port={server_port}
"""


class PgBouncer:
    """Starts pools from the program that is installed on the machine."""

    def __init__(self, scratch: Path) -> None:
        """Take a scratch folder, as every service."""
        self._scratch = scratch
        self._programs: dict[str, Programs] = {}
        self._pools = ServersOfProofs("PgBouncer")

    def start(self, need: Need) -> None:
        """Find the program."""
        self._programs[need.version] = find(
            ("pgbouncer",), need, "PgBouncer", "pgbouncer", self._scratch
        )

    def open(self, need: Need, workspace: Workspace) -> Provided:
        """Start a pool in front of the database that the proof has got."""
        programs = self._programs[need.version]
        database = next((each for each in workspace.before if "PGHOST" in each.environment), None)
        if database is None:
            raise NotAvailable("pgbouncer needs a database: name postgresql before it in `needs`")
        home = self._scratch / f"pgbouncer-{workspace.name}"
        for folder in (home, home / "socket"):
            folder.mkdir(mode=0o700)
        socket = socket_in(home / "socket", f".s.PGSQL.{_PORT}")
        settings = _write_settings(home, database.environment)
        readable = (*programs.readable, *database.readable)
        self._pools.start(
            [str(programs.folder / "pgbouncer"), str(settings)],
            home,
            socket,
            sandbox_in(self._scratch, home, readable, database.ports),
        )
        return Provided(
            _variables(socket.parent, database.environment) | {"PATH": str(programs.folder)},
            {"PgBouncer": programs.version},
            {str(socket.parent): "POOL", quote(str(socket.parent)): "POOL"},
            (*programs.readable, socket),
        )

    def close(self) -> None:
        """Stop every pool and remove its files."""
        self._pools.close()


def _write_settings(home: Path, database: Mapping[str, str]) -> Path:
    settings, users = home / "pgbouncer.ini", home / "users.txt"
    for file in (settings, users):
        file.touch(mode=0o600)
    user = database["PGUSER"]
    users.write_text(f'"{user}" "{database["PGPASSWORD"]}"\n', "utf-8")
    settings.write_text(
        _CONFIGURATION.format(
            port=_PORT, socket=home / "socket", users=users, user=user,
            host=database["PGHOST"], server_port=database["PGPORT"],
        ),
        "utf-8",
    )  # fmt: skip
    return settings


def _variables(folder: Path, database: Mapping[str, str]) -> dict[str, str]:
    """Return the variables that lead a client to the pool, as `PG*` lead it to the server."""
    login = f"{database['PGUSER']}:{database['PGPASSWORD']}"
    place = f"host={quote(str(folder))}&port={_PORT}"
    return {
        "PGBOUNCER_HOST": str(folder),
        "PGBOUNCER_PORT": str(_PORT),
        "PGBOUNCER_URL": f"postgres://{login}@/{database['PGDATABASE']}?{place}",
    }
