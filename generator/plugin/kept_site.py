"""The site as the last build wrote it: a file made from the same things is linked, not written again.

A build writes beside the old site, which is removed at the end. So a file that both have can have two
names for that time: a hard link costs neither reading nor writing, and when the old site is gone, the
file has one name again. Nothing else shares it: neither the cache nor a package nor `docs/`, which
are copied, so that whoever edits the site edits only the site.

A file is linked only if it is exactly the one that was written: same number, size and times. The
system sets the time of change, which an editor cannot set back. Linking and removing change it, too,
so it is recorded last, when the old site is gone.
"""

from __future__ import annotations

import os
import shutil
import stat
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

Row = list[Any]
"""A file: the key of what it was made from, empty if that is not known; then its stamp."""

Rows = dict[str, Row]

CAN_TELL = os.name == "posix"
"""Whether the system says when a file was changed. Windows says when it was made."""


class KeptSite:
    """Puts files into a new site, from the old one where it has them."""

    def __init__(
        self,
        rows: Rows,
        old: Path,
        notes: dict[str, Any] | None = None,
        *,
        private: bool = False,
    ) -> None:
        """Begin.

        Args:
            rows: the files of the old site, by path.
            notes: what is kept with them.
            old: the folder of the old site; it need not exist.
            private: whether nobody else can write there, so that the time of change does not count.
        """
        self.placed: Rows = {}
        self.notes = notes or {}
        self._rows = rows if CAN_TELL else {}
        self._old = str(old)
        self._new = ""
        self._compared = 5 if private else 6
        self._folders = {""}

    def begin(self, new: Path) -> None:
        """Use a new, empty folder from now on; make it if it does not exist."""
        new.mkdir(parents=True, exist_ok=True)
        self._new = str(new)

    def link(self, path: str, key: str) -> bool:
        """Take a file from the old site.

        Args:
            path: its path in the site.
            key: the key of what it is made from.

        Returns:
            False if it must be made.
        """
        row = self._rows.get(path)
        if row is None or row[0] != key or not key:
            return False
        try:
            source = f"{self._old}/{path}"
            if _stamp(os.lstat(source))[: self._compared - 1] != row[1 : self._compared]:
                return False
            target = self._place(path)
            os.link(source, target)
            # Another build may have put its own file there in between.
            after = _stamp(os.lstat(target))[:4]
            if after != row[1:5]:
                os.unlink(target)  # noqa: PTH108
                return False
        except OSError:  # gone, or a file system without links, or with too many
            return False
        self.placed[path] = [key, *after]
        return True

    def put(self, path: str, key: str, make: Callable[[], bytes]) -> None:
        """Take a file from the old site, or write it.

        Args:
            path: its path in the site.
            key: the key of what it is made from; empty if that cannot be told.
            make: returns its content.
        """
        if not self.link(path, key):
            self.placed[path] = self.write(path, key, make())

    def write(self, path: str, key: str, content: bytes) -> Row:
        """Write a file, and return its row."""
        target = self._place(path)
        with open(target, "wb") as stream:  # noqa: PTH123 - thousands
            stream.write(content)
            stream.flush()
            about = os.fstat(stream.fileno())
        return [key, *_stamp(about)[:4]]

    def copy(self, path: str, key: str, source: str) -> None:
        """Take a file from the old site, or copy it.

        Args:
            path: its path in the site.
            key: the key of what it is made from.
            source: the file to copy.
        """
        if not self.link(path, key):
            target = self._place(path)
            shutil.copyfile(source, target)
            self.placed[path] = [key, *_stamp(os.lstat(target))[:4]]

    def finish(self, site: Path) -> Rows:
        """Return the files of a finished site, in its place, to be compared by the next build."""
        rows: Rows = {}
        for path, about in files_of(site):
            found = _stamp(about)
            placed = self.placed.get(path)
            # One that was written over since, or has more names, is known but is not linked again.
            same = placed is not None and placed[1:5] == found[:4] and about.st_nlink == 1
            rows[path] = [placed[0] if placed and same else "", *found]
        return rows

    def _place(self, path: str) -> str:
        self._need(path.rpartition("/")[0])
        return f"{self._new}/{path}"

    def _need(self, folder: str) -> None:
        """Make a folder and those above it; what is known to be there is not asked for."""
        if folder not in self._folders:
            self._need(folder.rpartition("/")[0])
            with suppress(FileExistsError):
                os.mkdir(f"{self._new}/{folder}")  # noqa: PTH102 - thousands
            self._folders.add(folder)


def is_untouched(site: Path, rows: Rows) -> bool:
    """Return whether a site has exactly the files that were written, none changed."""
    left = len(rows)
    for path, about in files_of(site):
        row = rows.get(path)
        if row is None or _stamp(about) != row[1:]:
            return False
        left -= 1
    return CAN_TELL and left == 0


def files_of(site: Path) -> Iterator[tuple[str, os.stat_result]]:
    """Yield the files of a site, less the hidden ones at its top, which no build makes or removes."""
    waiting = [""]
    while waiting:
        folder = waiting.pop()
        with os.scandir(f"{site}/{folder}") as entries:
            for entry in entries:
                if entry.is_dir(follow_symlinks=False):
                    if folder or not entry.name.startswith("."):
                        waiting.append(f"{folder}{entry.name}/")
                elif folder or not entry.name.startswith("."):
                    yield f"{folder}{entry.name}", entry.stat(follow_symlinks=False)


def _stamp(about: os.stat_result) -> Row:
    if not stat.S_ISREG(about.st_mode):
        return ["not a file"] * 5
    return [about.st_ino, about.st_size, about.st_mtime_ns, about.st_mode, about.st_ctime_ns]
