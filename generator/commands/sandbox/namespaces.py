"""Namespaces: separate root folder, processes, network and shared memory (Linux 5.12).

The new root folder contains only the system folders and the paths of the sandbox. Other files of
the machine do not exist there.
"""

from __future__ import annotations

import fcntl
import os
import pwd
import struct

from generator.commands.kernel import call, system_call
from generator.commands.sandbox import DEVICES, SYSTEM, Account, Sandbox

_NEWNS, _NEWIPC, _NEWUSER, _NEWPID, _NEWNET = 0x20000, 1 << 27, 1 << 28, 1 << 29, 1 << 30
_OPEN_TREE, _MOVE_MOUNT, _MOUNT_SETATTR = 428, 429, 442
_CLONE_TREE, _CLOEXEC, _RECURSIVE, _EMPTY_PATH, _HERE = 1, os.O_CLOEXEC, 0x8000, 0x1000, -100
_MOVE_FROM_FD = 4
_RDONLY, _NOSUID, _NODEV, _NOEXEC = 1, 2, 4, 8
_PRIVATE = 0x40000 | 0x4000  # and recursive
_DETACH = 2
_INET, _STREAM, _SIOCSIFFLAGS, _IFF_UP = 2, 1, 0x8914, 1
_BASE = "/usr"  # the mount point of the new root folder until it becomes the root
_SHARED_MEMORY = "256m"


def begin() -> None:
    """Create a process namespace for the next child of this process.

    Raises:
        OSError: the kernel does not allow that.
    """
    if os.geteuid() == 0:
        call("unshare", _NEWPID)
        return
    uid, gid = os.geteuid(), os.getegid()
    call("unshare", _NEWUSER | _NEWPID)
    for name, text in (("setgroups", "deny"), ("uid_map", f"{uid} {uid} 1"), ("gid_map", f"{gid} {gid} 1")):  # fmt: skip
        with open(f"/proc/self/{name}", "w") as file:
            file.write(text)


def enter(sandbox: Sandbox) -> None:
    """Create a root folder, a network and shared memory for this process.

    Raises:
        OSError: the kernel does not allow that.
    """
    here = os.getcwd()
    os.umask(0o022)  # the account needs access to the folders of the new root
    call("unshare", _NEWNS | _NEWIPC | (0 if sandbox.ports else _NEWNET))
    call("mount", None, b"/", None, _PRIVATE, None)
    _change_root(sandbox)
    if not sandbox.ports:
        _loopback_up()
    if os.path.isdir(here):
        os.chdir(here)


def _change_root(sandbox: Sandbox) -> None:
    # Opened before the new root folder is mounted, which hides other files.
    links = {path: os.readlink(path) for path in SYSTEM if os.path.islink(path)}
    system = [path for path in SYSTEM if os.path.isdir(path) and path not in links]
    devices = [path for path in DEVICES if os.path.exists(path)]
    readable = sorted(path for path in sandbox.readable if not _below(path, system))
    trees = [(path, _copied(path, _RDONLY | _NOSUID | _NODEV)) for path in (*system, *readable)]
    trees += [(path, _copied(path, _NOSUID)) for path in devices]
    trees += [(path, _copied(path, _NOSUID | _NODEV)) for path in sorted(sandbox.writable)]
    _mount("tmpfs", _BASE, "mode=755")
    for path, target in links.items():
        os.symlink(target, _make_parent(path))
    for path, (tree, is_folder) in trees:
        _attach(tree, is_folder, path)
    if sandbox.account and not _known(sandbox.account):
        _name(sandbox.account)
    for folder in ("/proc", "/dev/shm", "/tmp"):
        os.makedirs(_BASE + folder, exist_ok=True)
    _mount("proc", f"{_BASE}/proc", "", _NOEXEC)
    _mount("tmpfs", f"{_BASE}/dev/shm", f"mode=1777,size={_SHARED_MEMORY}", _NOEXEC)
    for name, number in (("fd", ""), ("stdin", "/0"), ("stdout", "/1"), ("stderr", "/2")):
        os.symlink(f"/proc/self/fd{number}", f"{_BASE}/dev/{name}")
    os.chdir(_BASE)
    call("pivot_root", b".", b".")
    call("umount2", b".", _DETACH)
    os.chdir("/")
    _restrict(_HERE, b"/", 0, _RDONLY)


def _below(path: str, folders: list[str]) -> bool:
    real = os.path.realpath(path)
    return any(real == folder or real.startswith(f"{folder}/") for folder in folders)


def _copied(path: str, attributes: int) -> tuple[int, bool]:
    """Return a copy of the mounts at a path, and whether it is a folder."""
    flags = _CLONE_TREE | _CLOEXEC | _RECURSIVE
    tree = system_call(_OPEN_TREE, _HERE, os.fsencode(path), flags)
    _restrict(tree, b"", _EMPTY_PATH | _RECURSIVE, attributes)
    return tree, os.path.isdir(path)


def _restrict(place: int, path: bytes, flags: int, attributes: int) -> None:
    wanted = struct.pack("QQQQ", attributes, 0, 0, 0)
    system_call(_MOUNT_SETATTR, place, path, flags, wanted, len(wanted))


def _attach(tree: int, is_folder: bool, path: str) -> None:
    target = _make_parent(path)
    if is_folder:
        os.makedirs(target, exist_ok=True)
    elif not os.path.exists(target):
        os.close(os.open(target, os.O_CREAT | os.O_WRONLY | os.O_CLOEXEC, 0o600))
    system_call(_MOVE_MOUNT, tree, b"", _HERE, os.fsencode(target), _MOVE_FROM_FD)
    os.close(tree)


def _make_parent(path: str) -> str:
    target = _BASE + path
    os.makedirs(os.path.dirname(target), exist_ok=True)
    return target


def _mount(kind: str, target: str, options: str, more: int = 0) -> None:
    flags = _NOSUID | _NODEV | more
    call("mount", kind.encode(), target.encode(), kind.encode(), flags, options.encode())


def _known(account: Account) -> bool:
    try:
        return bool(pwd.getpwuid(account.uid))
    except KeyError:
        return False


def _name(account: Account) -> None:
    """Add an account to /etc/passwd, because many programs ask for their user name."""
    with open(f"{_BASE}/etc/passwd", encoding="utf-8", errors="surrogateescape") as file:
        text = file.read()
    with open(f"{_BASE}/.passwd", "w", encoding="utf-8", errors="surrogateescape") as file:
        file.write(f"{text}runbooks:x:{account.uid}:{account.gid}::/:/bin/sh\n")
    os.chmod(f"{_BASE}/.passwd", 0o644)
    _attach(*_copied(f"{_BASE}/.passwd", _RDONLY), "/etc/passwd")


def _loopback_up() -> None:
    made = call("socket", _INET, _STREAM, 0)  # Python's module takes long to import
    fcntl.ioctl(made, _SIOCSIFFLAGS, struct.pack("16sH22x", b"lo", _IFF_UP))
    os.close(made)
