"""The services of proofs are private: no other account of the machine gets anywhere."""

from __future__ import annotations

import ast
import contextlib
import os
import pwd
import re
import secrets
import shutil
import socket
import stat
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from generator.commands import accounts, guards
from generator.commands.sandbox import Account
from generator.proofs.services import SERVICES, Need, NotAvailable, Provided, Workspace, programs
from generator.proofs.services import postgresql as postgresql_service
from tests.conftest import ROOT
from tests.pace import PATIENCE

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(not hasattr(socket, "AF_UNIX"), reason="Unix sockets are missing here"),
]

# Programs that proofs or services start. What may run unwatched is listed here, with why: nothing.
STARTERS = {"subprocess", "multiprocessing", "pty", "asyncio"}
# What a service needs to run the programs that it found; it goes with the scratch folder.
PROGRAMS = ("copies", "programs-")
STARTING_CALLS = {"system", "popen", "fork", "forkpty", "posix_spawn", "execv", "startfile"}


GUARDS = ("all guards", "without namespaces")


@contextlib.contextmanager
def scratch_of_a_run(guard: str) -> Iterator[Path]:
    """Make the scratch folder of a run with these guards."""
    with pytest.MonkeyPatch.context() as patch:
        if guard == "without namespaces":
            patch.setattr(guards, "namespaces_missing", lambda: "a test")
        elif guards.namespaces_missing():
            pytest.skip(guards.namespaces_missing())
        folder = accounts.scratch_folder("test-services-", Path(tempfile.gettempdir()))
        yield folder
        shutil.rmtree(folder)


@pytest.fixture(params=GUARDS)
def scratch(request: pytest.FixtureRequest) -> Iterator[Path]:
    """The scratch folder of a run."""
    with scratch_of_a_run(request.param) as folder:
        yield folder


@pytest.fixture(
    scope="class",
    params=[(guard, name) for guard in GUARDS for name in SERVICES],
    ids=" ".join,
)
def running(request: pytest.FixtureRequest) -> Iterator[tuple[Path, Provided]]:
    """Each service while it runs, for tests that only look: the scratch folder, and what a proof gets."""
    guard, name = request.param
    with scratch_of_a_run(guard) as scratch:
        for provided in opened(name, scratch):
            yield scratch, provided


@pytest.fixture
def postgresql(scratch: Path) -> Iterator[Provided]:
    yield from opened("postgresql", scratch)


NEEDS = {"pgbouncer": ("postgresql",)}
"""What a proof must name before a service."""


def opened(name: str, scratch: Path) -> Iterator[Provided]:
    """Start a service and what it needs, and give it to a proof."""
    place = scratch / "000-proof"
    place.mkdir(mode=0o700)
    workspace = Workspace("proof_0", place, place, scratch / "cache")
    services = [(each, SERVICES[each](scratch)) for each in (*NEEDS.get(name, ()), name)]
    try:
        for each, service in services:
            service.start(Need(each))
            given = service.open(Need(each), workspace)
            workspace = replace(workspace, before=(*workspace.before, given))
        yield given
    except NotAvailable as error:
        pytest.fail(str(error))
    finally:
        for _, service in reversed(services):
            service.close()


def psql(provided: Provided, sql: str, **changed: str) -> subprocess.CompletedProcess[str]:
    variables = {"PATH": os.defpath, **provided.environment, **changed}
    program = Path(provided.environment["PATH"]) / "psql"
    return subprocess.run([program, "-XAtc", sql], env=variables, capture_output=True, text=True)


def as_account(account: Account, attempts: dict[str, Callable[[], object]]) -> list[str]:
    """Try things in a process of another account; return the names of what worked."""
    come, go = os.pipe()
    child = os.fork()
    if child == 0:
        os.setgroups([])
        os.setgid(account.gid)
        os.setuid(account.uid)
        for name, attempt in attempts.items():
            try:
                attempt()
            except (OSError, ValueError):
                continue
            os.write(go, f"{name}\n".encode())
        os._exit(0)
    os.close(go)
    with os.fdopen(come, encoding="utf-8") as stream:
        worked = stream.read().splitlines()
    os.waitpid(child, 0)
    return worked


def started() -> set[int]:
    """Return all processes below this one."""
    parents = {}
    for status in Path("/proc").glob("[0-9]*/stat"):
        try:
            text = status.read_text("utf-8", "replace")
        except OSError:
            continue
        parents[int(status.parent.name)] = int(text.rpartition(")")[2].split()[1])
    found: set[int] = set()
    while more := {pid for pid, parent in parents.items() if parent in {os.getpid(), *found}} - found:  # fmt: skip
        found |= more
    return found


def listening(pid: int) -> list[str]:
    """Return the addresses at which a process listens where others of the machine can connect."""
    here = Path("/proc/self/ns/net").readlink() == Path(f"/proc/{pid}/ns/net").readlink()
    if not here:
        return []
    own = set()
    for opened in Path(f"/proc/{pid}/fd").iterdir():
        with contextlib.suppress(FileNotFoundError):  # the one that lists the folder
            own.add(str(opened.readlink()))
    found = []
    for table in ("tcp", "tcp6", "udp", "udp6"):
        for line in Path(f"/proc/{pid}/net/{table}").read_text("ascii").splitlines()[1:]:
            fields = line.split()
            waits = fields[3] == "0A" if "tcp" in table else True
            if waits and f"socket:[{fields[9]}]" in own:
                found.append(f"{table} {fields[1]}")
    return found


others = pytest.mark.parametrize("other", ["nobody", "daemon"])
as_root = pytest.mark.skipif(
    os.name != "posix" or os.geteuid() != 0, reason="only root can take another account"
)
on_linux = pytest.mark.skipif(not Path("/proc/self/ns").exists(), reason="needs Linux")


class TestWhileItRuns:
    @as_root
    @others
    def test_another_account_gets_nowhere(self, other: str, running: tuple[Path, Provided]) -> None:
        scratch, _ = running
        record = pwd.getpwnam(other)
        below = [path for path in scratch.rglob("*") if not path.is_symlink()]
        attempts: dict[str, Callable[[], object]] = {"list the scratch folder": lambda: list(scratch.iterdir())}  # fmt: skip
        for path in below:
            name = str(path.relative_to(scratch))
            mode = path.lstat().st_mode
            if stat.S_ISSOCK(mode):
                attempts[f"connect to {name}"] = lambda path=path: socket.socket(socket.AF_UNIX).connect(str(path))  # fmt: skip
            elif stat.S_ISDIR(mode):
                attempts[f"list {name}"] = lambda path=path: list(path.iterdir())
                attempts[f"write to {name}"] = lambda path=path: (path / "new").touch()
            else:
                attempts[f"read {name}"] = lambda path=path: path.open("rb")
                attempts[f"see {name}"] = lambda path=path: path.stat()
        for pid in started():
            attempts[f"read the variables of {pid}"] = lambda pid=pid: Path(f"/proc/{pid}/environ").read_bytes()  # fmt: skip
            attempts[f"enter the folder of {pid}"] = lambda pid=pid: list(
                Path(f"/proc/{pid}/root/").iterdir()
            )
            attempts[f"open the files of {pid}"] = lambda pid=pid: list(
                Path(f"/proc/{pid}/fd").iterdir()
            )
            attempts[f"signal {pid}"] = lambda pid=pid: os.kill(pid, 0)
        assert len(attempts) > 1
        assert as_account(Account(record.pw_uid, record.pw_gid), attempts) == []

    @on_linux
    def test_nothing_listens_where_others_connect(self, running: tuple[Path, Provided]) -> None:
        assert [address for pid in started() for address in listening(pid)] == []

    def test_no_secret_stands_in_the_arguments_of_a_process(
        self, running: tuple[Path, Provided]
    ) -> None:
        secret = [s for s, name in running[1].hidden.items() if name == "PASSWORD"]
        for pid in started():
            line = Path(f"/proc/{pid}/cmdline").read_bytes().decode()
            assert not [s for s in secret if s in line]


@on_linux
def test_the_check_finds_what_listens() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
        assert [a for a in listening(os.getpid()) if a.endswith(f":{port:04X}")]


def test_postgresql_is_closed_and_asks_for_its_password(postgresql: Provided) -> None:
    folder = Path(postgresql.environment["PGHOST"])
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    assert stat.S_IMODE((folder.parent / "password").stat().st_mode) == 0o600
    assert (folder.parent / "password").read_text("ascii").strip() == postgresql.environment["PGPASSWORD"]  # fmt: skip
    assert psql(postgresql, "SHOW listen_addresses").stdout == "\n"
    methods = "SELECT string_agg(DISTINCT auth_method, ' ') FROM pg_hba_file_rules"
    assert psql(postgresql, methods).stdout == "scram-sha-256\n"
    stored = "SELECT left(rolpassword, 13) FROM pg_authid WHERE rolname = 'postgres'"
    assert psql(postgresql, stored).stdout == "SCRAM-SHA-256\n"
    for wrong in ("", "postgres", secrets.token_urlsafe(24)):
        refused = psql(postgresql, "SELECT 1", PGPASSWORD=wrong, PGPASSFILE="/dev/null")
        assert refused.returncode == 2
        assert "password" in refused.stderr


@pytest.mark.parametrize(
    ("name", "variable"), [("postgresql", "PGPASSWORD"), ("redis", "REDIS_PASSWORD")]
)
def test_every_password_is_new(name: str, variable: str, scratch: Path) -> None:
    found = set()
    for _ in range(2):
        for provided in opened(name, scratch):
            found.add(provided.environment[variable])
        (scratch / "000-proof").rmdir()
    assert len(found) == 2
    assert all(len(password) >= 32 for password in found)


def test_the_superuser_s_programs_are_in_a_sandbox(postgresql: Provided) -> None:
    outside = Path(tempfile.mkdtemp(prefix="test-outside-"))
    outside.chmod(0o777)
    (outside / "secret").write_text("hunter2", "utf-8")
    (outside / "secret").chmod(0o666)
    for attack in (f"touch {outside}/new", f"cat {outside}/secret", f"rm {outside}/secret"):
        done = psql(postgresql, f"COPY (SELECT 1) TO PROGRAM '{attack}'")
        assert done.returncode == 1, attack
        assert "program" in done.stderr
    read = psql(postgresql, f"SELECT pg_read_file('{outside}/secret')")
    assert "hunter2" not in read.stdout + read.stderr
    assert [path.name for path in outside.iterdir()] == ["secret"]
    shutil.rmtree(outside)


@pytest.mark.parametrize("name", ["postgresql", "redis", "pgbouncer"])
def test_a_closed_service_leaves_nothing(name: str, scratch: Path) -> None:
    before = started()
    for _ in opened(name, scratch):
        assert started() - before
    limit = time.monotonic() + PATIENCE
    while started() - before:
        assert time.monotonic() < limit
        time.sleep(0.05)
    kept = [path.name for path in scratch.iterdir() if not path.name.startswith(PROGRAMS)]
    assert kept == ["000-proof"]
    assert list((scratch / "000-proof").iterdir()) == []


@pytest.mark.parametrize("name", ["postgresql", "redis"])
def test_a_path_that_is_too_long_for_a_socket_is_said(name: str) -> None:
    long = Path(tempfile.mkdtemp(prefix="test-services-"))
    scratch = long / ("x" * 100)
    scratch.mkdir()

    def begin() -> None:
        service = SERVICES[name](scratch)
        service.start(Need(name))
        service.open(Need(name), Workspace("proof_0", scratch, scratch, scratch))

    with pytest.raises(NotAvailable, match="set TMPDIR to a shorter one"):
        begin()
    shutil.rmtree(long)


def redis(provided: Provided, *command: str, **changed: str) -> str:
    """Send a command with redis-cli; return what it prints."""
    variables = {"PATH": os.defpath, **provided.environment, **changed}
    program = Path(provided.environment["PATH"]) / "redis-cli"
    sent = [program, "-s", provided.environment["REDIS_SOCKET"], *command]
    done = subprocess.run(sent, env=variables, capture_output=True, text=True)
    return (done.stdout + done.stderr).strip()


@pytest.fixture
def a_redis(scratch: Path) -> Iterator[Provided]:
    yield from opened("redis", scratch)


def test_redis_is_closed_and_asks_for_its_password(a_redis: Provided) -> None:
    socket_file = Path(a_redis.environment["REDIS_SOCKET"])
    assert stat.S_IMODE(socket_file.parent.stat().st_mode) == 0o700
    assert stat.S_IMODE((socket_file.parents[1] / "redis.conf").stat().st_mode) == 0o600
    assert redis(a_redis, "PING") == "PONG"
    assert redis(a_redis, "CONFIG", "GET", "port").split() == ["port", "0"]
    assert "NOAUTH" in redis(a_redis, "PING", REDISCLI_AUTH="")
    for wrong in ("redis", secrets.token_urlsafe(24)):
        assert "WRONGPASS" in redis(a_redis, "PING", REDISCLI_AUTH=wrong)


def test_redis_writes_nothing_outside_its_folder(a_redis: Provided) -> None:
    outside = Path(tempfile.mkdtemp(prefix="test-outside-"))
    outside.chmod(0o777)
    for setting in ("dir", "logfile", "dbfilename", "unixsocket"):
        redis(a_redis, "CONFIG", "SET", setting, str(outside / "new"))
    script = f"return loadfile('{outside}/new') or io.open('{outside}/new', 'w')"
    assert "ERR" in redis(a_redis, "EVAL", script, "0")
    redis(a_redis, "SAVE")
    assert list(outside.iterdir()) == []
    outside.rmdir()


def test_each_proof_has_a_redis_of_its_own(scratch: Path) -> None:
    service = SERVICES["redis"](scratch)
    service.start(Need("redis"))
    try:
        first, second = (
            service.open(Need("redis"), Workspace(f"proof_{n}", scratch, scratch, scratch))
            for n in range(2)
        )
        assert redis(first, "CONFIG", "SET", "maxmemory", "1mb") == "OK"
        assert redis(first, "SET", "key", "value") == "OK"
        assert redis(second, "CONFIG", "GET", "maxmemory").split() == ["maxmemory", "0"]
        assert redis(second, "DBSIZE") == "0"
        password = second.environment["REDIS_PASSWORD"]
        assert "WRONGPASS" in redis(first, "PING", REDISCLI_AUTH=password)
    finally:
        service.close()


@pytest.mark.parametrize("name", ["redis", "pgbouncer", "nginx"])
def test_a_missing_program_is_said_with_its_package(
    name: str, scratch: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", "/nonexistent")
    monkeypatch.setattr(programs, "_FOLDERS", ())
    with pytest.raises(NotAvailable, match=f"apt-get install {name}"):
        SERVICES[name](scratch).start(Need(name))


@pytest.fixture
def a_pool(scratch: Path) -> Iterator[Provided]:
    yield from opened("pgbouncer", scratch)


def through(pool: Provided, sql: str, database: str = "proof_0", **changed: str) -> subprocess.CompletedProcess[str]:  # fmt: skip
    """Run a statement through the pool, with the psql of the machine or of the wheel."""
    variables = {"PATH": os.defpath, "PGPASSWORD": pool.environment["PGBOUNCER_URL"].split(":")[2].split("@")[0], **changed}  # fmt: skip
    program = shutil.which("psql") or next(iter(embedded())) / "psql"
    place = f"host={pool.environment['PGBOUNCER_HOST']} port={pool.environment['PGBOUNCER_PORT']} user=postgres dbname={database}"
    return subprocess.run(
        [program, "-XAtd", place, "-c", sql], env=variables, capture_output=True, text=True
    )


def embedded() -> Iterator[Path]:
    return (folder for _, folder in postgresql_service._embedded())


def test_pgbouncer_is_closed_and_asks_for_the_password_of_the_server(a_pool: Provided) -> None:
    folder = Path(a_pool.environment["PGBOUNCER_HOST"])
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    for file in ("pgbouncer.ini", "users.txt"):
        assert stat.S_IMODE((folder.parent / file).stat().st_mode) == 0o600
    assert through(a_pool, "SELECT current_database()").stdout == "proof_0\n"
    settings = dict(line.split("|")[:2] for line in through(a_pool, "SHOW CONFIG", "pgbouncer").stdout.splitlines())  # fmt: skip
    assert settings["listen_addr"] == ""
    assert settings["auth_type"] == "scram-sha-256"
    for wrong in ("", "postgres", secrets.token_urlsafe(24)):
        refused = through(a_pool, "SELECT 1", PGPASSWORD=wrong, PGPASSFILE="/dev/null")
        assert refused.returncode == 2
        assert re.search("no password|authentication failed", refused.stderr)


def test_pgbouncer_without_a_database_before_it_says_so(scratch: Path) -> None:
    service = SERVICES["pgbouncer"](scratch)
    service.start(Need("pgbouncer"))
    with pytest.raises(NotAvailable, match="name postgresql before it in `needs`"):
        service.open(Need("pgbouncer"), Workspace("proof_0", scratch, scratch, scratch))
    service.close()


def test_another_version_of_a_program_is_said(scratch: Path) -> None:
    with pytest.raises(NotAvailable, match=r"Redis 2 is not installed: .* has version [0-9.]+"):
        SERVICES["redis"](scratch).start(Need("redis", "2"))


def test_nothing_in_the_room_of_proofs_starts_a_process_unwatched() -> None:
    for file in (ROOT / "generator/proofs").rglob("*.py"):
        for node in ast.walk(ast.parse(file.read_text("utf-8"))):
            names = []
            if isinstance(node, ast.Import):
                names = [alias.name.partition(".")[0] for alias in node.names]
            elif isinstance(node, ast.ImportFrom):
                names = [(node.module or "").partition(".")[0]]
            elif isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
                assert node.func.attr not in STARTING_CALLS, f"{file}:{node.lineno}"
            assert not STARTERS & set(names), f"{file}: use base.run_tool or processes.start"
