"""What this user keeps on this machine, outside of every knowledge base: a key, and what is trusted.

A knowledge base may come from somebody else, with whatever files they like; nothing in it can say
that it is trusted. So that stands in the user's own folder for state, in files that nobody else can
write, or, the key, read.
"""

from __future__ import annotations

import os
import stat
import sys
from collections.abc import Iterable
from contextlib import suppress
from functools import cache
from hashlib import blake2b
from pathlib import Path

KEY_FILE = "cache-key"
_KEY_BYTES = 32
_PRIVATE = 0o600


def state_folder() -> Path | None:
    """Return the folder for what this program keeps between runs; it may not exist yet.

    Returns:
        None where there is none, or where it would be another user's, as under `sudo`.
    """
    named = os.environ.get("XDG_STATE_HOME", "")
    try:
        if named and Path(named).is_absolute():
            base = Path(named)
        elif sys.platform == "win32" and os.environ.get("LOCALAPPDATA"):
            base = Path(os.environ["LOCALAPPDATA"])
        else:
            base = Path.home() / ".local" / "state"
        folder = base / "incident-runbooks"
        near = next(path for path in (folder, *folder.parents) if path.exists())
        # A folder of the system's may let this user make one in it.
        return folder if is_own(near.stat(), 0) or near.stat().st_uid == 0 else None
    except (RuntimeError, OSError):
        return None


def is_own(about: os.stat_result, forbidden: int) -> bool:
    """Say whether a file is this user's, without some permissions; Windows tells neither so.

    Args:
        about: what the system says of the file.
        forbidden: the permissions that it must not have.
    """
    if not hasattr(os, "geteuid"):
        return True
    return about.st_uid == os.geteuid() and not about.st_mode & forbidden


def read_state(name: str, forbidden: int = stat.S_IWGRP | stat.S_IWOTH) -> bytes | None:
    """Return what a file of the state holds, or None where it is missing or not this user's own.

    Args:
        name: its name.
        forbidden: the permissions with which it is not read.
    """
    folder = state_folder()
    if folder is None:
        return None
    try:
        if not is_own(folder.lstat(), stat.S_IWGRP | stat.S_IWOTH):
            return None
        about = (folder / name).lstat()
        if not stat.S_ISREG(about.st_mode) or not is_own(about, forbidden):
            return None
        return (folder / name).read_bytes()
    except OSError:
        return None


def write_state(name: str, content: bytes, *, keep: bool = False) -> None:
    """Write a file of the state whole, for this user's eyes only.

    Args:
        name: its name.
        content: what it holds.
        keep: leave a file alone that is there already, as another process was faster.

    Raises:
        OSError: there is no folder for it, or it cannot be written.
    """
    folder = state_folder()
    if folder is None:
        raise OSError(None, "there is no folder for this user's state")
    folder.mkdir(0o700, parents=True, exist_ok=True)
    other = folder / f".{name}.{os.getpid()}"
    try:
        other.unlink(missing_ok=True)
        with os.fdopen(os.open(other, os.O_WRONLY | os.O_CREAT | os.O_EXCL, _PRIVATE), "wb") as to:
            to.write(content)
        if keep:
            with suppress(FileExistsError):
                os.link(other, folder / name)
        else:
            other.replace(folder / name)
    finally:
        with suppress(OSError):
            other.unlink(missing_ok=True)


@cache
def key() -> bytes | None:
    """Return the secret of this user on this machine, made when it is first needed.

    Returns:
        None where it cannot be kept.
    """
    with suppress(OSError):
        for keep in (True, False):  # one that others can read is no secret any more
            found = read_state(KEY_FILE, stat.S_IRWXG | stat.S_IRWXO)
            if found is not None and len(found) == _KEY_BYTES:
                return found
            write_state(KEY_FILE, os.urandom(_KEY_BYTES), keep=keep)
        found = read_state(KEY_FILE, stat.S_IRWXG | stat.S_IRWXO)
        return found if found is not None and len(found) == _KEY_BYTES else None
    return None


class Seal:
    """A digest of parts, in their order, that only this user on this machine can make."""

    def __init__(self, *parts: str | bytes) -> None:
        """Begin with parts that many digests share; a caller tests `key` first."""
        secret = key()
        assert secret is not None
        self._hashed = blake2b(digest_size=20, key=secret)
        _update(self._hashed, parts)

    def of(self, *parts: str | bytes) -> bytes:
        """Return the digest of the first parts and these."""
        hashed = self._hashed.copy()
        _update(hashed, parts)
        return hashed.digest()


def _update(hashed: blake2b, parts: Iterable[str | bytes]) -> None:
    for part in parts:
        data = part.encode("utf-8", "surrogatepass") if isinstance(part, str) else part
        hashed.update(len(data).to_bytes(8, "big"))
        hashed.update(data)  # not joined: it may be large


def seal(*parts: str | bytes) -> bytes:
    """Return a digest of these parts, in this order, that only this user on this machine can make.

    Args:
        parts: the parts; a caller tests `key` first.
    """
    return Seal().of(*parts)
