"""Which files of the cache may be trusted, and where it may write.

The cache lies inside the knowledge base, and that may come from somebody else: a clone brings
whatever was committed, symbolic links too. So only a regular file that this user owns and nobody
else can write, in folders that are none of somebody else's, is looked at. What a clone brought is
this user's own as well; it does not count because every value is kept with a digest under a key of
this user on this machine (`state.py`), which nobody else knows. Where no key can be kept, nothing is.
"""

from __future__ import annotations

import os
import stat
from pathlib import Path

from generator.cache.state import is_own, key

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
            key() is not None
            and stat.S_ISREG(about.st_mode)
            and is_own(about, stat.S_IWGRP | stat.S_IWOTH)
            and all(map(is_own_folder, (path.parent.parent, path.parent)))
        )
    except OSError:
        return False


def can_write(path: Path) -> bool:
    """Make the folder of a file of the cache, out of git; say whether it may be written in."""
    if key() is None:
        return False
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
    # A umask of 002 lets a group write folders; whatever it puts there belongs to somebody else.
    return stat.S_ISDIR(about.st_mode) and is_own(about, stat.S_IWOTH)
