"""Which files of the cache may be trusted, and where it may write.

The cache lies inside the knowledge base, and that may come from somebody else: a clone brings
whatever was committed, symbolic links too. So only a regular file that this user owns and nobody
else can write, in folders that are none of somebody else's, is looked at. What a clone brought is
this user's own as well; it does not count because every stamp and key holds the fingerprint of the
code on this machine, which nobody elsewhere can know.
"""

from __future__ import annotations

import os
import stat
from pathlib import Path

FOLDER = ".cache/runbooks"
"""Where kept files lie, below the root of the knowledge base."""


def is_trusted(path: Path) -> bool:
    """Say whether a file of the cache may be read.

    Args:
        path: the file, in `FOLDER` of a knowledge base.
    """
    try:
        about = path.lstat()
        return (
            stat.S_ISREG(about.st_mode)
            and _is_own(about, stat.S_IWGRP | stat.S_IWOTH)
            and all(map(_is_own_folder, (path.parent.parent, path.parent)))
        )
    except OSError:
        return False


def can_write(path: Path) -> bool:
    """Make the folder of a file of the cache, out of git; say whether it may be written in."""
    try:
        for folder in (path.parent.parent, path.parent):
            folder.mkdir(parents=True, exist_ok=True)
            if not _is_own_folder(folder):
                return False
        ignore = path.with_name(".gitignore")
        if not os.path.lexists(ignore):
            ignore.write_text("*\n", "utf-8")
    except OSError:
        return False
    return True


def _is_own_folder(folder: Path) -> bool:
    about = folder.lstat()
    # A umask of 002 lets a group write folders; whatever it puts there belongs to somebody else.
    return stat.S_ISDIR(about.st_mode) and _is_own(about, stat.S_IWOTH)


def _is_own(about: os.stat_result, writable: int) -> bool:
    """Say whether a file is this user's alone; Windows tells neither owner nor permissions so."""
    if not hasattr(os, "geteuid"):
        return True
    return about.st_uid == os.geteuid() and not about.st_mode & writable
