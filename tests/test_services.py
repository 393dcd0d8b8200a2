"""The services of proofs are private: no other account of the machine gets anywhere."""

from __future__ import annotations

import ast
import contextlib
import os
import pwd
import secrets
import shutil
import socket
import stat
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from generator.commands import accounts, guards
from generator.commands.sandbox import Account
from generator.proofs.services import SERVICES, Need, NotAvailable, Provided, Workspace
from generator.proofs.services.postgresql import PostgreSQL
from tests.conftest import ROOT
from tests.pace import PATIENCE

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(not hasattr(socket, "AF_UNIX"), reason="Unix sockets are missing here"),
]

# Programs that proofs or services start. What may run unwatched is listed here, with why: nothing.
STARTERS = {"subprocess", "multiprocessing", "pty", "asyncio"}
STARTING_CALLS = {"system", "popen", "fork", "forkpty", "posix_spawn", "execv", "startfile"}


@pytest.fixture(params=["all guards", "without namespaces"])
def scratch(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """The scratch folder of a run."""
    if request.param == "without namespaces":
        monkeypatch.setattr(guards, "namespaces_missing", lambda: "a test")
    elif guards.namespaces_missing():
        pytest.skip(guards.namespaces_missing())
    folder = accounts.scratch_folder("test-services-", Path(tempfile.gettempdir()))
    yield folder
    shutil.rmtree(folder)


@pytest.fixture(params=SERVICES)
def given(request: pytest.FixtureRequest, scratch: Path) -> Iterator[Provided]:
    """What each service gives to a proof, while it runs."""
    yield from opened(SERVICES[request.param](scratch), request.param, scratch)


@pytest.fixture
def postgresql(scratch: Path) -> Iterator[Provided]:
    yield from opened(PostgreSQL(scratch), "postgresql", scratch)


def opened(service, name: str, scratch: Path) -> Iterator[Provided]:
    place = scratch / "000-proof"
    place.mkdir(mode=0o700)
    try:
        service.start(Need(name))
        yield service.open(Need(name), Workspace("proof_0", place, place, scratch / "cache"))
    except NotAvailable as error:
        pytest.fail(str(error))
    finally:
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


@as_root
@others
def test_another_account_gets_nowhere(other: str, given: Provided, scratch: Path) -> None:
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
def test_nothing_listens_where_others_connect(given: Provided) -> None:
    assert [address for pid in started() for address in listening(pid)] == []


@on_linux
def test_the_check_finds_what_listens() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
        assert [a for a in listening(os.getpid()) if a.endswith(f":{port:04X}")]


def test_no_secret_stands_in_the_arguments_of_a_process(given: Provided) -> None:
    secret = [s for s, name in given.hidden.items() if name == "PASSWORD"]
    for pid in started():
        line = Path(f"/proc/{pid}/cmdline").read_bytes().decode()
        assert not [s for s in secret if s in line]


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


def test_every_password_is_new(scratch: Path) -> None:
    found = set()
    for _ in range(2):
        for provided in opened(PostgreSQL(scratch), "postgresql", scratch):
            found.add(provided.environment["PGPASSWORD"])
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


def test_a_closed_service_leaves_nothing(scratch: Path) -> None:
    before = started()
    for _ in opened(PostgreSQL(scratch), "postgresql", scratch):
        assert started() - before
    limit = time.monotonic() + PATIENCE
    while started() - before:
        assert time.monotonic() < limit
        time.sleep(0.05)
    assert [path.name for path in scratch.iterdir() if path.name != "copies"] == ["000-proof"]
    assert list((scratch / "000-proof").iterdir()) == []


def test_a_path_that_is_too_long_for_a_socket_is_said() -> None:
    long = Path(tempfile.mkdtemp(prefix="test-services-"))
    scratch = long / ("x" * 100)
    scratch.mkdir()
    with pytest.raises(NotAvailable, match="set TMPDIR to a shorter one"):
        PostgreSQL(scratch).start(Need("postgresql"))
    shutil.rmtree(long)


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
