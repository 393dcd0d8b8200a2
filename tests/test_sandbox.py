"""A proof's sandbox does what `prove --list` says: each guard is attacked, and must hold."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import sys
import tempfile
import textwrap
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from generator.commands import accounts, guards, kernel, processes
from generator.commands.processes.orphans import ended_with_this
from generator.commands.sandbox import PROCESSES, Sandbox, landlock
from generator.proofs.services.base import sandbox_in
from tests.pace import PATIENCE

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(os.name != "posix", reason="processes are watched over on POSIX alone"),
]

PYTHON = [Path(sys.executable).absolute(), Path(sys.prefix), Path(sys.base_prefix)]
# Unlike any other process of the machine, so that what was left behind is found.
LONG = f"sleep 5{os.getpid()}"
GOT_IN = "GOT IN"


@pytest.fixture
def scratch() -> Iterator[Path]:
    """The scratch folder of a run; the path of a Unix socket in it is short."""
    folder = accounts.scratch_folder("test-sandbox-", Path(tempfile.gettempdir()))
    yield folder
    shutil.rmtree(folder)


@pytest.fixture
def outside() -> Iterator[Path]:
    """A folder outside that everybody may write to, with a secret in it."""
    folder = Path(tempfile.mkdtemp(prefix="test-outside-"))
    folder.chmod(0o777)
    (folder / "secret").write_text("hunter2", "utf-8")
    (folder / "secret").chmod(0o666)
    yield folder
    shutil.rmtree(folder)


# -- attacks -------------------------------------------------------------------------------------

# Each is Python in which OUT is the folder outside; one that prints has got in.
ATTACKS = {
    "write a file": ("write", "open(OUT + '/new', 'w').write('x')"),
    "change a file": ("write", "open(OUT + '/secret', 'a').write('x')"),
    "truncate a file": ("write", "os.truncate(OUT + '/secret', 1)"),
    "remove a file": ("write", "os.remove(OUT + '/secret')"),
    "move a file in": ("write", "os.rename(OUT + '/secret', 'here')"),
    "link a file in": ("write", "os.link(OUT + '/secret', 'here')"),
    "make a folder": ("write", "os.mkdir(OUT + '/new')"),
    "make a socket": ("write", "socket.socket(socket.AF_UNIX).bind(OUT + '/new')"),
    "read a file": ("read", "open(OUT + '/secret').read()"),
    "read a file through a link": ("read", "os.symlink(OUT, 'l'); open('l/secret').read()"),
    "list a folder": ("read", "os.listdir(OUT)"),
    "run a program": ("read", "subprocess.run([OUT + '/program'], check=True)"),
    "read the variables of a process": ("read", "open(f'/proc/{VICTIM}/environ').read()"),
    "change a mode": ("modes", "os.chmod(OUT + '/secret', 0o777)"),
    "change an owner": ("modes", "os.chown(OUT + '/secret', 1, 1)"),
    "change the times": ("modes", "os.utime(OUT + '/secret', (1, 1))"),
    "connect to a port": ("tcp", "socket.create_connection(('127.0.0.1', PORT), 5)"),
    "send a datagram": ("network", "s = socket.socket(type=socket.SOCK_DGRAM); s.connect(('127.0.0.1', UDP)); s.send(b'x'); time.sleep(.2); s.send(b'x')"),
    "connect to a socket": ("sockets", "socket.socket(socket.AF_UNIX).connect(OUT + '/socket')"),
    "connect to a socket without a path": ("signals", "socket.socket(socket.AF_UNIX).connect(ABSTRACT)"),
    "ask for a process": ("signals", "os.kill(VICTIM, 0)"),
    "end a process": ("signals", "os.kill(VICTIM, 9)"),
    "end the process that watches over it": ("signals", "os.kill(os.getppid(), 9); time.sleep(5)"),
    "leave shared memory": ("memory", "ctypes.CDLL(None).shmget(KEY, 4096, 0o1666) >= 0 or 1/0"),
}  # fmt: skip
# What the kernel refuses in any case, or what nothing but namespaces can refuse.
OWN_IS_FINE = {"leave shared memory", "end the process that watches over it"}
KEY = 0x52420000 + os.getpid() % 0x10000


class Machine:
    """What there is to attack on a machine, and whether it came to harm."""

    def __init__(self, outside: Path) -> None:
        self.outside = outside
        program = outside / "program"
        program.write_text("#!/bin/sh\n", "utf-8")
        program.chmod(0o777)
        self.abstract = f"\0test-sandbox-{outside.name}"
        self.tcp = socket.create_server(("127.0.0.1", 0))
        self.udp = socket.socket(type=socket.SOCK_DGRAM)
        self.udp.bind(("127.0.0.1", 0))
        self.unix = [socket.socket(socket.AF_UNIX) for _ in range(2)]
        for each, name in zip(self.unix, (str(outside / "socket"), self.abstract), strict=True):
            if name[0] != "\0" or sys.platform == "linux":
                each.bind(name)
                each.listen()
        (outside / "socket").chmod(0o777)
        self.victim = subprocess.Popen(["sleep", "1000"])
        self.before = self.state()

    def state(self) -> dict[str, object]:
        """Return what no attack must change."""
        found = {}
        for path in sorted(self.outside.rglob("*")):
            about = path.lstat()
            content = path.read_bytes() if path.is_file() else b""
            found[path.name] = (about.st_mode, about.st_uid, about.st_mtime, content)
        return {"files": found, "victim": self.victim.poll(), "memory": self.memory()}

    @staticmethod
    def memory() -> bool:
        try:
            kernel.call("shmget", KEY, 0, 0)
        except OSError:
            return False
        return True

    def names(self) -> str:
        """Return how attacks call it, as Python."""
        values = {
            "OUT": str(self.outside), "PORT": self.tcp.getsockname()[1],
            "UDP": self.udp.getsockname()[1], "ABSTRACT": self.abstract,
            "VICTIM": self.victim.pid, "KEY": KEY,
        }  # fmt: skip
        return "\n".join(f"{name} = {value!r}" for name, value in values.items())

    def close(self) -> None:
        for each in (self.tcp, self.udp, *self.unix):
            each.close()
        self.victim.kill()
        self.victim.wait()


@pytest.fixture
def machine(outside: Path) -> Iterator[Machine]:
    made = Machine(outside)
    yield made
    made.close()


def attack(machine: Machine, scratch: Path, code: str, sandbox: Sandbox | None) -> str:
    """Run an attack in Python; return what it printed."""
    script = f"import ctypes, os, socket, subprocess, time\n{machine.names()}\n{code}\nprint('{GOT_IN}')\n"  # fmt: skip
    place = scratch / "place"
    if sandbox and sandbox.account is None and accounts.needed():
        accounts.give(place, accounts.Account(0, 0))
    done = processes.run(
        [sys.executable, "-c", script], place, {"PATH": os.defpath}, PATIENCE, sandbox=sandbox
    )
    return done.output


def held_by(name: str, *, spaces: bool) -> None:
    """Skip the test where this machine does not have a guard, and say why."""
    own = spaces and accounts.needed()
    missing = "" if spaces else "without namespaces"
    with pytest.MonkeyPatch.context() as patch:
        if not spaces:
            patch.setattr(guards, "namespaces_missing", lambda: missing)
        (guard,) = (g for g in guards.guards(own_account=own, as_root=False) if g.name == name)
    if not guard.by:
        pytest.skip(f"{guard.keeps}: {guard.missing}")


@pytest.mark.parametrize("spaces", [True, False], ids=["all guards", "without namespaces"])
@pytest.mark.parametrize("name", ATTACKS)
def test_an_attack_gets_nowhere(name: str, spaces: bool, machine: Machine, scratch: Path) -> None:
    guard, code = ATTACKS[name]
    held_by(guard, spaces=spaces)
    if spaces and guards.namespaces_missing():
        pytest.skip(guards.namespaces_missing())
    if name == "truncate a file" and landlock.version() < landlock.TRUNCATES and not spaces:
        pytest.skip(f"Landlock {landlock.version()} cannot forbid to truncate")
    place = scratch / "place"
    place.mkdir(mode=0o700)
    sandbox = sandbox_in(scratch, place, PYTHON)
    if not spaces:
        # As root even, where this is root: Landlock must hold on its own.
        sandbox = sandbox._replace(namespaces=False, account=None)
    said = attack(machine, scratch, code, sandbox)
    assert machine.state() == machine.before
    assert "Error" in said or name in OWN_IS_FINE
    if name not in OWN_IS_FINE:
        assert GOT_IN not in said


@pytest.mark.parametrize("name", ATTACKS)
def test_the_attack_works_outside_a_sandbox(name: str, machine: Machine, scratch: Path) -> None:
    if name == "change an owner" and os.geteuid() != 0:
        pytest.skip("only root changes owners")
    if "shmget" in ATTACKS[name][1] and sys.platform != "linux":
        pytest.skip("Linux's way of shared memory")
    (scratch / "place").mkdir()
    said = attack(machine, scratch, ATTACKS[name][1], None)
    try:
        assert GOT_IN in said or name == "end the process that watches over it", said
    finally:
        if machine.memory():
            subprocess.run(["ipcrm", "-M", str(KEY)], check=True)


def test_the_sandbox_does_not_stand_in_the_way(scratch: Path) -> None:
    code = """
        import multiprocessing, os, pathlib, socket, subprocess, tempfile
        pathlib.Path("file").write_text("x")
        os.chmod("file", 0o600); os.rename("file", "other"); os.symlink("other", "link")
        tempfile.NamedTemporaryFile().close()
        open("/dev/null", "w").write("x"); open("/dev/urandom", "rb").read(4)
        subprocess.run("echo a | cat <(echo b) -", shell=True, check=True, executable="/bin/bash")
        child = subprocess.Popen(["sleep", "1000"]); child.kill(); child.wait()
        listening = socket.create_server(("127.0.0.1", 0))
        socket.socket(socket.AF_UNIX).bind("socket")
        print("ALL RIGHT")
    """
    place = scratch / "place"
    place.mkdir(mode=0o700)
    sandbox = sandbox_in(scratch, place, PYTHON)
    environment = {"PATH": os.defpath, "TMPDIR": str(place)}
    script = [sys.executable, "-c", textwrap.dedent(code)]
    done = processes.run(script, place, environment, PATIENCE, sandbox=sandbox)
    assert "ALL RIGHT" in done.output


def test_its_own_server_is_reached_and_processes_have_names(scratch: Path) -> None:
    if guards.namespaces_missing():
        pytest.skip(guards.namespaces_missing())
    code = """
        import getpass, os, socket
        listening = socket.create_server(("127.0.0.1", 0))
        socket.create_connection(listening.getsockname()).close()
        open("/dev/shm/mine", "w").write("x")
        print("ALL RIGHT", getpass.getuser(), len([p for p in os.listdir("/proc") if p.isdigit()]))
    """
    place = scratch / "place"
    place.mkdir(mode=0o700)
    script = [sys.executable, "-c", textwrap.dedent(code)]
    done = processes.run(
        script, place, {"PATH": os.defpath}, PATIENCE, sandbox=sandbox_in(scratch, place, PYTHON)
    )
    assert done.output.startswith("ALL RIGHT")
    assert int(done.output.split()[-1]) <= 3
    assert not Path("/dev/shm/mine").exists()


@pytest.mark.parametrize("spaces", [True, False], ids=["all guards", "without namespaces"])
def test_a_service_s_port_is_open_and_no_other(
    spaces: bool, machine: Machine, scratch: Path
) -> None:
    held_by("tcp", spaces=False)
    place = scratch / "place"
    place.mkdir(mode=0o700)
    with socket.create_server(("127.0.0.1", 0)) as service:
        port = service.getsockname()[1]
        sandbox = sandbox_in(scratch, place, PYTHON, [port])
        if not spaces:
            sandbox = sandbox._replace(namespaces=False, account=None)
        wanted = f"socket.create_connection(('127.0.0.1', {port}), 5)"
        assert GOT_IN in attack(machine, scratch, wanted, sandbox)
        assert "PermissionError" in attack(machine, scratch, ATTACKS["connect to a port"][1], sandbox)  # fmt: skip


def test_a_command_has_so_many_processes_and_no_more(scratch: Path) -> None:
    if os.geteuid() == 0 and not accounts.needed():
        pytest.skip("no limit holds for root, and there is no other account here")
    place = scratch / "place"
    place.mkdir(mode=0o700)
    forks = f"for i in $(seq {PROCESSES + 44}); do sleep 1000 & done 2>&1; echo all"
    done = processes.run(
        ["bash", "-c", forks], place, {"PATH": os.defpath}, 4.0,
        sandbox=sandbox_in(scratch, place),
    )  # fmt: skip
    assert "all" not in done.output
    assert "Resource temporarily unavailable" in done.output


def test_files_and_memory_have_limits(scratch: Path) -> None:
    place = scratch / "place"
    place.mkdir(mode=0o700)
    code = "truncate -s 2G file; echo $?; ulimit -d; ulimit -c"
    done = processes.run(
        ["bash", "-c", code], place, {"PATH": os.defpath}, PATIENCE,
        sandbox=sandbox_in(scratch, place),
    )  # fmt: skip
    assert done.output.splitlines()[-3:] == ["153", "4194304", "0"]


# -- nothing outlives ----------------------------------------------------------------------------

ESCAPES = {
    "a session of its own": f"setsid {LONG} & sleep 0.3",
    "its supervisor killed": f"setsid {LONG} & sleep 0.3; kill -9 $PPID",
    "every process killed": f"setsid {LONG} & sleep 0.3; kill -9 $PPID 1 -1",
    "twice away": f"(setsid bash -c 'trap \"\" TERM HUP; (setsid {LONG} &) ; {LONG}' &) ; sleep 0.3; kill -9 $PPID",
}  # fmt: skip


def still_runs() -> bool:
    return subprocess.run(["pgrep", "-f", f"^{LONG}"], capture_output=True).returncode == 0


@pytest.mark.parametrize("spaces", [True, False], ids=["all guards", "without namespaces"])
@pytest.mark.parametrize("name", ESCAPES)
def test_nothing_outlives_a_sandbox(name: str, spaces: bool, scratch: Path) -> None:
    held_by("outlive", spaces=spaces)
    if not spaces and "every" in name and os.geteuid() != 0:
        held_by("signals", spaces=False)
    place = scratch / "place"
    place.mkdir(mode=0o700)
    sandbox = sandbox_in(scratch, place)
    if not spaces:
        sandbox = sandbox._replace(namespaces=False, account=None)
    processes.run(
        ["bash", "-c", ESCAPES[name]], Path("/"), {"PATH": os.defpath}, PATIENCE, sandbox=sandbox
    )
    assert not still_runs()


@pytest.mark.skipif(sys.platform != "linux", reason="Linux alone gives orphans to who asks")
def test_without_any_guard_what_is_left_ends_with_the_run() -> None:
    mine = subprocess.Popen(["sleep", "1000"])
    with ended_with_this():
        processes.run(
            ["bash", "-c", ESCAPES["its supervisor killed"]], Path("/"), {"PATH": os.defpath}, 3.0
        )
        assert still_runs()
    assert not still_runs()
    assert mine.poll() is None
    mine.kill()
    mine.wait()


def test_a_sandbox_that_is_stopped_ends_at_once(scratch: Path) -> None:
    place = scratch / "place"
    place.mkdir(mode=0o700)
    stop = threading.Event()
    threading.Timer(0.5, stop.set).start()
    began = time.monotonic()
    command = ["bash", "-c", f"trap '' TERM INT; setsid {LONG} & {LONG}"]
    done = processes.run(
        command, place, {"PATH": os.defpath}, PATIENCE,
        sandbox=sandbox_in(scratch, place), stop=stop,
    )  # fmt: skip
    assert done.stopped == processes.INTERRUPTED
    assert not still_runs()
    assert time.monotonic() - began < PATIENCE / 10


# -- what is said --------------------------------------------------------------------------------


def test_every_guard_is_attacked() -> None:
    attacked = {guard for guard, _ in ATTACKS.values()} | {"outlive", "processes"}
    assert {g.name for g in guards.guards(own_account=False, as_root=False)} == attacked


def test_a_missing_guard_says_what_is_missing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(guards, "namespaces_missing", lambda: "the system allows no namespaces")
    monkeypatch.setattr(landlock, "version", lambda: 0)
    found = list(guards.guards(own_account=False, as_root=True))
    assert [g.by for g in found] == [""] * len(found)
    assert all(g.missing for g in found)


def test_accounts_are_nobody_s() -> None:
    if not accounts.needed():
        pytest.skip("only root takes other accounts")
    if guards.namespaces_missing():
        pytest.skip(guards.namespaces_missing())
    taken = {accounts.account_in(Path("/")) for _ in range(50)}
    assert len(taken) == 50
    assert not any(Path(f"/proc/{pid}").stat().st_uid in {a.uid for a in taken if a} for pid in (1, os.getpid()))  # fmt: skip
