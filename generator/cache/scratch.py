"""Temporary folders that are locked while their process lives, and removed when it was killed."""

from __future__ import annotations

import os
import shutil
import tempfile
import time
from pathlib import Path
from types import TracebackType

try:
    import fcntl
except ImportError:  # Windows
    fcntl = None  # type: ignore[assignment]

_ABANDONED_SECONDS = 86_400
_BEING_MADE_SECONDS = 60


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
