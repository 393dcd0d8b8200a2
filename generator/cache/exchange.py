"""Puts a new folder in the place of another, in one step if the system supports that (Linux)."""

from __future__ import annotations

import ctypes
import os
import shutil
import sys
from pathlib import Path

_AT_FDCWD = -100
_RENAME_EXCHANGE = 2


def put_in_place(new: Path, target: Path) -> None:
    """Rename a folder; what was in its place is at the old name afterwards, or removed.

    Elsewhere than on Linux there are two steps: a process that is killed between them leaves the old
    folder under the new one's name with `-old` at its end.

    Args:
        new: the new folder, beside the target.
        target: its place; it need not exist.

    Raises:
        OSError: it cannot be renamed; the old folder is where it was.
    """
    if not target.exists():
        new.rename(target)
        return
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
