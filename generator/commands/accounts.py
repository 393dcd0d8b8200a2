"""The accounts under which root runs what it does not trust: one that nothing else runs under.

Root could change the modes of all files and signal every process, and servers such as PostgreSQL
refuse to run as root. A shared account such as `nobody` is none of ours alone either.
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

# The numbers that systemd takes for accounts that exist only while something runs.
_FIRST, _COUNT = 61184, 4336
_NEEDED = (0, 6, 7)  # CAP_CHOWN, CAP_SETGID, CAP_SETUID


def scratch_folder(prefix: str, parent: Path) -> Path:
    """Make a folder with a random name that no other account of the machine can enter."""
    folder = Path(tempfile.mkdtemp(prefix=prefix, dir=parent))
    if needed() and not guards.namespaces():
        number = _unused()
        os.chown(folder, number, number)
        folder.chmod(0o710)  # nobody has the group but who is given it
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
    """Return an account that gets to the same files and has a name, for programs that ask for it."""
    if account is None or guards.namespaces():
        return account  # Namespaces give it a name.
    return Account(pwd.getpwnam("nobody").pw_uid, account.gid)


def give(folder: Path, account: Account | None) -> None:
    """Make an account the owner of a folder and everything in it. No link is followed."""
    if account is None:
        return
    for place, folders, files in os.walk(folder):
        for path in (place, *(os.path.join(place, name) for name in (*folders, *files))):  # noqa: PTH118
            os.chown(path, *account, follow_symlinks=False)


def needed() -> bool:
    """Whether this process is root, and can run something as another account."""
    if os.name != "posix" or os.geteuid() != 0:
        return False
    if sys.platform != "linux":
        return True
    status = Path("/proc/self/status").read_text("ascii", "replace")
    effective = int(status.partition("CapEff:")[2].split(maxsplit=1)[0], 16)
    return all(effective & 1 << capability for capability in _NEEDED)


def guards_here() -> Iterator[guards.Guard]:
    """Yield each guard of a command that this process runs in a sandbox."""
    root = os.name == "posix" and os.geteuid() == 0
    yield from guards.guards(own_account=needed(), as_root=root and not needed())


def _unused() -> int:
    """Return a number that is neither an account nor a group here, and that no process has."""
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
    """Return numbers from a random one on, so that two runs rarely take the same."""
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
