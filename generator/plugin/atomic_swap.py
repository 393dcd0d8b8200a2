"""Replaces a folder as a whole, so that readers see either the old site or the new one.

The new site is built in a folder beside the old one, and both swap names in one step if the system
supports that (Linux). Elsewhere there are two steps; if power fails between them, the next build
restores the old site first.
"""

from __future__ import annotations

import os
import shutil
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from generator.cache.exchange import put_in_place
from generator.cache.scratch import lock_folder, unlock_folder

MARKER = ".runbooks-site"
"""The file that marks a folder as a site that may be replaced."""

_PREFIX = ".site-"


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
    lock = lock_folder(new)
    try:
        yield new
        (new / MARKER).write_text(
            "Made by `runbooks build`, which may replace this folder.\n", "utf-8"
        )
        if target.exists():
            _keep_hidden(target, new)
        put_in_place(new, target)
    finally:
        shutil.rmtree(new, ignore_errors=True)
        unlock_folder(lock)


def clean_up(target: Path) -> None:
    """Remove folders of killed builds, and restore an old site that such a build had moved."""
    for left in sorted(target.parent.glob(f"{_PREFIX}{target.name}-*")):
        if not left.is_dir() or left.is_symlink():
            continue
        lock = lock_folder(left)
        if lock is None:
            continue  # a build that is still running
        try:
            if left.name.endswith("-old") and not target.exists():
                left.rename(target)
            else:
                shutil.rmtree(left, ignore_errors=True)
        finally:
            unlock_folder(lock)


def _keep_hidden(old: Path, new: Path) -> None:
    """Copy hidden files (`.git`, `.nojekyll`), which builds do not make and MkDocs never deletes."""
    for path in old.iterdir():
        if not path.name.startswith(".") or path.name == MARKER or (new / path.name).exists():
            continue
        if path.is_dir() and not path.is_symlink():
            shutil.copytree(path, new / path.name, symlinks=True)
        else:
            shutil.copy2(path, new / path.name, follow_symlinks=False)
