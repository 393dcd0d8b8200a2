"""Accounts for commands that root runs in a sandbox.

Root can change the modes of all files and signal every process, and PostgreSQL does not run as
root. Other programs of the machine can run as `nobody`, so commands get accounts that nobody uses.
"""

from __future__ import annotations

import contextlib
import functools
import grp
import itertools
import os
import pwd
import secrets
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

from generator.commands import guards
from generator.commands.sandbox import Account

# The range of systemd for accounts that exist only while a service runs.
_FIRST, _COUNT = 61184, 4336
_NEEDED = (0, 6, 7)  # CAP_CHOWN, CAP_SETGID, CAP_SETUID


def scratch_folder(prefix: str, parent: Path) -> Path:
    """Make a folder with a random name that no other account of the machine can enter."""
    folder = Path(tempfile.mkdtemp(prefix=prefix, dir=parent))
    # Asked first, before there are threads: the answer comes from a fork.
    if not guards.namespaces() and needed():
        number = _unused()
        os.chown(folder, number, number)
        folder.chmod(0o710)  # no other account has this group
    return folder


def account_in(scratch: Path) -> Account | None:
    """Return an account for one command; None means the caller's.

    With namespaces, each command has its own. Otherwise it is the owner of the scratch folder.

    Args:
        scratch: what `scratch_folder` made.
    """
    if not needed():
        return None
    if guards.namespaces():
        number = _unused()
        return Account(number, number)
    owner = scratch.stat()
    return Account(owner.st_uid, owner.st_gid)


def named(account: Account | None) -> Account | None:
    """Return an account that has the same group and a name, for programs that ask for a name."""
    if account is None or guards.namespaces():
        return account  # In its namespaces, it has a name.
    return Account(pwd.getpwnam("nobody").pw_uid, account.gid)


def give(folder: Path, account: Account | None) -> None:
    """Make an account the owner of a folder and everything in it. Does not follow links."""
    if account is None:
        return
    for place, folders, files in os.walk(folder):
        for path in (place, *(os.path.join(place, name) for name in (*folders, *files))):  # noqa: PTH118
            os.chown(path, *account, follow_symlinks=False)


def needed() -> bool:
    """Whether this process is root and can run commands as another account."""
    if os.name != "posix" or os.geteuid() != 0:
        return False
    if sys.platform != "linux":
        return True
    status = Path("/proc/self/status").read_text("ascii", "replace")
    effective = int(status.partition("CapEff:")[2].split(maxsplit=1)[0], 16)
    return all(effective & 1 << capability for capability in _NEEDED)


def guards_here() -> Iterator[guards.Guard]:
    """Yield each guard for a command that this process runs in a sandbox."""
    root = os.name == "posix" and os.geteuid() == 0
    yield from guards.guards(own_account=needed(), as_root=root and not needed())


def _unused() -> int:
    """Return a number that no account, group or process has."""
    running = set(_running())
    for number in itertools.islice(_numbers(), _COUNT):
        if number not in running and not _taken(number):
            return number
    raise OSError("no number of an account is free")


def _running() -> Iterator[int]:
    """Yield the account of each process."""
    for process in Path("/proc").glob("[0-9]*"):
        with contextlib.suppress(OSError):
            yield process.stat().st_uid


@functools.cache
def _numbers() -> Iterator[int]:
    """Return numbers from a random start, so that two runs rarely use the same."""
    begin = secrets.randbelow(_COUNT)
    return (_FIRST + (begin + n) % _COUNT for n in itertools.count())


def _taken(number: int) -> bool:
    for find in (pwd.getpwuid, grp.getgrgid):
        try:
            find(number)
        except KeyError:
            continue
        return True
    return False
