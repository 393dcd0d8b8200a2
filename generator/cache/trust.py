"""Which files of the cache may be trusted, and where it may write.

The cache is inside the knowledge base, which may come from somebody else: a clone has everything
that was committed, even symbolic links. So only a regular file is read that this user owns and
nobody else can write, in folders that this user owns. This user also owns the files of a clone; they
do not count because every value is kept with a digest under a key of this user on this machine
(`state.py`), which nobody else knows. Without such a key, nothing is kept.
"""

from __future__ import annotations

import os
import stat
from pathlib import Path

from generator.cache.state import is_own, key

FOLDER = ".cache/runbooks"
"""The folder of kept files, relative to the root of the knowledge base."""


def is_trusted(path: Path) -> bool:
    """Say whether a file of the cache may be read.

    Args:
        path: the file, in `FOLDER` of a knowledge base.
    """
    try:
        about = path.lstat()
        return (
            key() is not None
            and stat.S_ISREG(about.st_mode)
            and is_own(about, stat.S_IWGRP | stat.S_IWOTH)
            and all(map(is_own_folder, (path.parent.parent, path.parent)))
        )
    except OSError:
        return False


def can_write(path: Path) -> bool:
    """Create the folder of a file of the cache, ignored by git; say whether it may be written to."""
    return key() is not None and can_make(path)


def can_make(path: Path) -> bool:
    """Create the folder of a file of the cache in the same way, for what needs no key."""
    try:
        for folder in (path.parent.parent, path.parent):
            folder.mkdir(parents=True, exist_ok=True)
            if not is_own_folder(folder):
                return False
        ignore = path.with_name(".gitignore")
        if not os.path.lexists(ignore):
            ignore.write_text("*\n", "utf-8")
    except OSError:
        return False
    return True


def is_own_folder(folder: Path) -> bool:
    """Say whether a folder is this user's, and nobody else can put files into it."""
    about = folder.lstat()
    # A umask of 002 lets a group write to folders; files that others put there have another owner.
    return stat.S_ISDIR(about.st_mode) and is_own(about, stat.S_IWOTH)
