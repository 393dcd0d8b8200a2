"""Temporary files and folders, locked while their process lives, and removed when it was killed."""

from __future__ import annotations

import contextlib
import os
import shutil
import stat
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from types import TracebackType

try:
    import fcntl
except ImportError:  # Windows
    fcntl = None  # type: ignore[assignment]

_ABANDONED_SECONDS = 86_400
_BEING_MADE_SECONDS = 60
NEW_ENDS = ".runbooks-new"
"""How names end of what is written beside its target, and then renamed."""


def lock_folder(folder: Path) -> int | None:
    """Lock a folder for as long as this process lives.

    Returns:
        What to close in order to unlock it, -1 where there are no locks, None where another
        process holds it.
    """
    if fcntl is None:
        age = time.time() - folder.stat().st_mtime
        return -1 if age > _ABANDONED_SECONDS else None
    try:
        descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW)
    except OSError:
        return None
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        os.close(descriptor)
        return None
    return descriptor


def lock_file(path: Path) -> int | None:
    """Lock a file for as long as this process lives, and make it if it does not exist.

    Returns:
        What to close in order to unlock it, -1 where there are no locks, None where another
        process holds it.

    Raises:
        OSError: it cannot be made.
    """
    if fcntl is None:
        return -1
    while True:
        lock = os.open(path, os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW, 0o600)
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            os.close(lock)
            return None
        except OSError:
            return lock  # a file system without locks
        if os.fstat(lock).st_nlink:
            return lock
        os.close(lock)  # its last owner has just removed it


def unlock_folder(lock: int | None) -> None:
    """Unlock what `lock_folder` has locked."""
    if lock is not None and lock >= 0:
        os.close(lock)


class Scratch:
    """A temporary folder, removed at the end; those that killed processes left go at the start.

    Args:
        prefix: what names of folders for the same use begin with.

    Attributes:
        folder: where it is.
    """

    def __init__(self, prefix: str) -> None:
        _remove_abandoned(Path(tempfile.gettempdir()), prefix)
        self.folder = Path(tempfile.mkdtemp(prefix=prefix))
        self._lock = lock_folder(self.folder)

    def __enter__(self) -> Path:
        return self.folder

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def close(self) -> None:
        """Remove the folder."""
        shutil.rmtree(self.folder, ignore_errors=True)
        unlock_folder(self._lock)


def _remove_abandoned(temporary: Path, prefix: str) -> None:
    for folder in temporary.glob(f"{prefix}*"):
        try:
            about = folder.lstat()
        except OSError:
            continue
        ours = not hasattr(os, "getuid") or about.st_uid == os.getuid()
        # Between being made and being locked, a folder looks like an abandoned one.
        if not ours or time.time() - about.st_mtime < _BEING_MADE_SECONDS:
            continue
        lock = lock_folder(folder)
        if lock is not None:
            shutil.rmtree(folder, ignore_errors=True)
            unlock_folder(lock)


@contextlib.contextmanager
def new_file(folder: Path, name: str) -> Iterator[tuple[int, Path]]:
    """Yield a new file, open for writing, that takes the place of another one when it is whole.

    Whatever the body does not rename is removed, and so is what killed processes left in the folder.

    Args:
        folder: the folder of the other file.
        name: the name of the other file.
    """
    _remove_left(folder)
    for _ in range(3):
        descriptor, made = tempfile.mkstemp(dir=folder, prefix=f".{name}.", suffix=NEW_ENDS)
        lock = os.dup(descriptor) if fcntl else None
        if lock is None or _is_mine(lock):
            break
        os.close(descriptor)
        unlock_folder(lock)
    try:
        yield descriptor, Path(made)
    finally:
        Path(made).unlink(missing_ok=True)
        unlock_folder(lock)


@contextlib.contextmanager
def new_folder(parent: Path, name: str) -> Iterator[Path]:
    """Yield a new folder, to be renamed when it is whole; see `new_file`.

    Args:
        parent: where it is made.
        name: what it is for.
    """
    _remove_left(parent)
    for _ in range(3):
        folder = Path(tempfile.mkdtemp(dir=parent, prefix=f".{name}.", suffix=NEW_ENDS))
        lock = lock_folder(folder)
        if fcntl is None or (lock is not None and folder.exists()):
            break
        unlock_folder(lock)
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)
        unlock_folder(lock)


def _is_mine(lock: int) -> bool:
    """Lock a new file; say whether it is still there, and not taken for one that was left."""
    with contextlib.suppress(OSError):  # a file system without locks
        fcntl.flock(lock, fcntl.LOCK_EX)
    return os.fstat(lock).st_nlink > 0


def _remove_left(folder: Path) -> None:
    """Remove what killed processes left in a folder; what a running one has is locked."""
    if fcntl is None:
        return
    for left in folder.glob(f".*{NEW_ENDS}"):
        with contextlib.suppress(OSError):
            about = left.lstat()
            if about.st_uid != os.getuid():
                continue
            if stat.S_ISDIR(about.st_mode):
                lock = lock_folder(left)
                if lock is not None:
                    shutil.rmtree(left, ignore_errors=True)
                    unlock_folder(lock)
            elif stat.S_ISREG(about.st_mode):
                _remove_file(left)


def _remove_file(left: Path) -> None:
    descriptor = os.open(left, os.O_RDONLY | os.O_NOFOLLOW)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        left.unlink()
    finally:
        os.close(descriptor)
