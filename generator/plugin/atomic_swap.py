"""Replaces a folder as a whole, so that readers see either the old site or the new one.

The new site is built in a folder beside the old one, and both swap names in one step if the system
supports that (Linux). Elsewhere there are two steps; if power fails between them, the next build
restores the old site first.
"""

from __future__ import annotations

import ctypes
import os
import shutil
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

try:
    import fcntl
except ImportError:  # Windows
    fcntl = None  # type: ignore[assignment]

MARKER = ".runbooks-site"
"""The file that marks a folder as a site that may be replaced."""

_PREFIX = ".site-"
_AT_FDCWD = -100
_RENAME_EXCHANGE = 2
_ABANDONED_SECONDS = 86_400


class NotASite(Exception):
    """The target is a folder that is not a site."""


def check_target(target: Path, root: Path) -> None:
    """Check that a folder may be replaced by a site.

    Args:
        target: the folder, which need not exist.
        root: the knowledge base, which must not be inside it.

    Raises:
        NotOurs: it is not a site.
    """
    if root.resolve().is_relative_to(target.resolve()):
        raise NotASite(f"{target} contains the knowledge base itself")
    if target.exists() and not target.is_dir():
        raise NotASite(f"{target} is not a folder")
    if not target.is_dir() or not any(target.iterdir()):
        return
    if (target / MARKER).is_file():
        return
    if (target / "sitemap.xml").is_file() and (target / "404.html").is_file():
        return  # built by MkDocs itself
    raise NotASite(f"{target} is not empty and is not a site; a build would delete its contents")


@contextmanager
def replacing(target: Path) -> Iterator[Path]:
    """Yield a new folder to build in, and replace the target with it at the end.

    If the body raises, the new folder is removed and the target does not change.

    Args:
        target: the folder of the site; its parent folder is created if needed.

    Raises:
        OSError: the target's folder cannot be written, or is a mount point.
    """
    target = target.resolve()
    target.parent.mkdir(parents=True, exist_ok=True)
    clean_up(target)
    new = target.parent / f"{_PREFIX}{target.name}-{os.getpid()}-{time.monotonic_ns():x}"
    new.mkdir()
    lock = _lock(new)
    try:
        yield new
        (new / MARKER).write_text(
            "Made by `runbooks build`, which may replace this folder.\n", "utf-8"
        )
        if target.exists():
            _keep_hidden(target, new)
            _exchange(new, target)
        else:
            new.rename(target)
    finally:
        shutil.rmtree(new, ignore_errors=True)
        if lock is not None:
            os.close(lock)


def clean_up(target: Path) -> None:
    """Remove folders of killed builds, and restore an old site that such a build had moved."""
    for left in sorted(target.parent.glob(f"{_PREFIX}{target.name}-*")):
        if not left.is_dir() or left.is_symlink():
            continue
        lock = _lock(left)
        if lock is None:
            continue  # a build that is still running
        try:
            if left.name.endswith("-old") and not target.exists():
                left.rename(target)
            else:
                shutil.rmtree(left, ignore_errors=True)
        finally:
            if lock >= 0:
                os.close(lock)


def _lock(folder: Path) -> int | None:
    """Lock a folder for the lifetime of this process.

    Returns:
        The descriptor to close to unlock it, -1 if the system has no locks, None if another
        process has the lock.
    """
    if fcntl is None:
        age = time.time() - folder.stat().st_mtime
        return -1 if age > _ABANDONED_SECONDS else None
    try:
        descriptor = os.open(folder, os.O_RDONLY)
    except FileNotFoundError:
        return None
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        os.close(descriptor)
        return None
    return descriptor


def _keep_hidden(old: Path, new: Path) -> None:
    """Copy hidden files (`.git`, `.nojekyll`), which builds do not make and MkDocs never deletes."""
    for path in old.iterdir():
        if not path.name.startswith(".") or path.name == MARKER or (new / path.name).exists():
            continue
        if path.is_dir() and not path.is_symlink():
            shutil.copytree(path, new / path.name, symlinks=True)
        else:
            shutil.copy2(path, new / path.name, follow_symlinks=False)


def _exchange(new: Path, target: Path) -> None:
    if _rename_exchange(new, target):
        return
    old = new.with_name(f"{new.name}-old")
    target.rename(old)
    try:
        new.rename(target)
    except BaseException:
        old.rename(target)
        raise
    shutil.rmtree(old, ignore_errors=True)


def _rename_exchange(one: Path, other: Path) -> bool:
    """Swap the names of two folders in one step.

    Returns:
        False if the system, or its file system, does not support that.
    """
    if sys.platform != "linux":
        return False
    try:
        rename = ctypes.CDLL(None, use_errno=True).renameat2
    except (AttributeError, OSError):  # an old or a small C library
        return False
    names = (_AT_FDCWD, os.fsencode(one), _AT_FDCWD, os.fsencode(other))
    # If it fails, two renames are tried; their error is reported.
    return bool(rename(*names, ctypes.c_uint(_RENAME_EXCHANGE)) == 0)
