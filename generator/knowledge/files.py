"""The only place where files of a knowledge base are opened.

A knowledge base may be somebody else's: a link in it can lead to any file of this machine, and
what looks like a file can be a pipe to which nobody writes, or a device that never ends. So a link
is followed only where it leads to something of the knowledge base, and nothing but a regular file
that is not too large is read.
"""

from __future__ import annotations

import errno
import os
import stat
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path, PurePath
from typing import NoReturn

from generator.knowledge.diagnostics import Diagnostic, Position, Severity
from generator.limits import FILE_BYTES, FOLDER_DEPTH, FOLDER_FILES, RECORD_BYTES, YAML_BYTES, Limit

INSTALLED = frozenset(("node_modules", "__pycache__"))
"""Folders that programs make, beside what authors have written."""

_LIMITS = {
    "incident.yaml": YAML_BYTES,
    "checks.yaml": YAML_BYTES,
    "waivers.yaml": YAML_BYTES,
    "mkdocs.yml": YAML_BYTES,
    "record.json": RECORD_BYTES,
}

# Without O_NONBLOCK, opening a pipe waits for somebody who writes to it. Windows has none of these.
_FILE = os.O_RDONLY
for _flag in ("O_NOFOLLOW", "O_NONBLOCK", "O_NOCTTY", "O_CLOEXEC", "O_BINARY"):
    _FILE |= getattr(os, _flag, 0)
_FOLDER = os.O_RDONLY
for _flag in ("O_DIRECTORY", "O_CLOEXEC", "O_PATH"):
    _FOLDER |= getattr(os, _flag, 0)
_NO_LINK = getattr(os, "O_NOFOLLOW", 0)
_FROM_FOLDER = os.open in os.supports_dir_fd  # not on Windows


class FileRefused(OSError):
    """A file is not opened. `strerror` says why.

    Attributes:
        hint: what to do about it.
        code: the rule that reports it.
    """

    def __init__(self, path: str | Path, why: str, hint: str, code: str = "KB001") -> None:
        super().__init__(errno.EPERM, why, str(path))
        self.hint = hint
        self.code = code


class _Linked(Exception):
    """A part of a path is a link."""


def read_file(root: Path, name: str, most: Limit | None = None) -> bytes:
    """Return what a file of a knowledge base holds.

    Args:
        root: the folder of the knowledge base.
        name: the file's path from there, with forward slashes.
        most: how large it may be; None for as large as a file of its name may be.

    Raises:
        FileRefused: it is not opened: it lies outside, is no regular file, or is too large.
        OSError: it is missing, or may not be read.
    """
    with _opened(root, name, most) as (descriptor, about):
        return _content(descriptor, about.st_size)


def copy_file(root: Path, name: str, target: Path) -> None:
    """Copy a file of a knowledge base, with who may read, write and run it.

    Raises:
        OSError: as of `read_file`, or the copy cannot be written.
    """
    with _opened(root, name) as (descriptor, about):
        target.write_bytes(_content(descriptor, about.st_size))
        target.chmod(stat.S_IMODE(about.st_mode) & 0o777)


def is_missing(root: Path, name: str) -> bool:
    """Say whether there is nothing at a path of a knowledge base: far cheaper than `read_file`."""
    return not os.path.lexists(f"{root}/{name}")


def is_inside(root: Path, name: str) -> bool:
    """Say whether a path of a knowledge base, links followed, is there and inside."""
    try:
        _inside(root / name, root)
    except OSError:
        return False
    return True


def _content(descriptor: int, size: int) -> bytes:
    """Return what a file holds; one that grows while it is read, as far as it went."""
    content = b""
    while part := os.read(descriptor, size + 1 - len(content)):
        content += part
        if len(content) > size:
            break
    return content[:size]


@contextmanager
def _opened(
    root: Path, name: str, most: Limit | None = None
) -> Iterator[tuple[int, os.stat_result]]:
    """Open a file of a knowledge base.

    On the way to it each folder is opened from the one before, without following links, so that
    nothing can be exchanged for a link while this looks.

    Raises:
        OSError: as of `read_file`.
    """
    path, parts = root / name, PurePath(name).parts
    try:
        if not _FROM_FOLDER or os.pardir in parts or PurePath(name).is_absolute():
            raise _Linked
        descriptor = _open(root, parts, most)
    except _Linked:
        descriptor = _open_real(path, root, most)
    try:
        about = os.fstat(descriptor)
        if why := _why_not(path, about, most):
            raise why
        yield descriptor, about
    finally:
        os.close(descriptor)


def _open(root: Path, parts: tuple[str, ...], most: Limit | None) -> int:
    """Open a file, folder by folder; a link on the way ends it."""
    folder = os.open(root, _FOLDER)
    try:
        for part in parts[:-1]:
            try:
                below = os.open(part, _FOLDER | _NO_LINK, dir_fd=folder)
            except OSError as error:
                if error.errno in (errno.ELOOP, errno.ENOTDIR, errno.EMLINK):
                    raise _Linked from None
                raise
            os.close(folder)
            folder = below
        about = os.stat(parts[-1], dir_fd=folder, follow_symlinks=False)
        if stat.S_ISLNK(about.st_mode):
            raise _Linked
        if why := _why_not(root.joinpath(*parts), about, most):  # a device may act on being opened
            raise why
        return os.open(parts[-1], _FILE, dir_fd=folder)
    finally:
        os.close(folder)


def _open_real(path: Path, root: Path, most: Limit | None) -> int:
    """Open what a path leads to, links followed, if it is inside.

    Raises:
        OSError: as of `read_file`.
    """
    top, name = _inside(path, root)
    if _FROM_FOLDER and name != os.curdir:
        try:
            return _open(Path(top), PurePath(name).parts, most)
        except _Linked:  # a file stands for a folder, or somebody is exchanging things
            raise NotADirectoryError(errno.ENOTDIR, os.strerror(errno.ENOTDIR), str(path)) from None
    real = Path(top, name)
    if why := _why_not(path, real.lstat(), most):
        raise why
    return os.open(real, _FILE)


def _inside(path: Path, root: Path) -> tuple[str, str]:
    """Return where a knowledge base really is, and where in it a path leads.

    Raises:
        FileRefused: it leads out, or to something hidden.
        OSError: it leads nowhere.
    """
    top = os.path.realpath(root)
    real = os.path.realpath(path, strict=True)
    if not _is_in(real, top):
        _refuse(
            path,
            "the path leads out of the knowledge base",
            "replace the link with a copy of its target",
        )
    name = os.path.relpath(real, top)
    named = path.parts[len(root.parts) :]
    if any(part.startswith(".") and part not in (*named, os.curdir) for part in PurePath(name).parts):  # fmt: skip
        # Above all .git, which may hold what lets somebody in.
        _refuse(
            path,
            "the link leads to a hidden file or folder",
            "replace it with a copy of its target",
        )
    return top, name


def _refuse(path: Path, why: str, hint: str) -> NoReturn:
    raise FileRefused(path, why, hint)


def _why_not(path: str | Path, about: os.stat_result, most: Limit | None = None) -> FileRefused | None:  # fmt: skip
    """Return why a file is not read, if so."""
    if not stat.S_ISREG(about.st_mode):
        return FileRefused(path, "it is not a regular file", "replace it with a file")
    limit = limit_of(os.path.basename(path)) if most is None else most  # noqa: PTH119 - thousands of files
    if about.st_size > limit:
        return FileRefused(path, f"the file is larger than {limit.shown}", "keep what matters, and say where the rest is", "KB003")  # fmt: skip
    return None


def limit_of(name: str) -> Limit:
    """Return how large a file of this name may be."""
    return _LIMITS.get(name, FILE_BYTES)


# -- folders -----------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Found:
    """What a walk comes by: a file, or what is not opened.

    Attributes:
        name: its path from the root, with forward slashes.
        why: why it is not opened; None where it is.
    """

    name: str
    why: OSError | None = None


def holds_only(root: Path, folder: str, names: Sequence[str]) -> bool:
    """Return whether a folder has only files of some names, without opening anything.

    Args:
        root: the knowledge base.
        folder: the path of the folder from the root; a link on the way counts as a folder.
        names: the names of the files; not all need to be there.
    """
    try:
        return all(name in names for name in os.listdir(root / folder))  # noqa: PTH208 - thousands
    except OSError:
        return False


def find_files(root: Path, folder: str, skip: frozenset[str] = frozenset(), *, deep: bool = True) -> Iterator[str]:  # fmt: skip
    """Yield the files below a folder of a knowledge base that can be opened, in a fixed order.

    Args:
        root: the folder of the knowledge base.
        folder: a path from there; nothing comes of one that is missing.
        skip: names of files and folders that are left out.
        deep: also those in the folders below.
    """
    found = walk(root, folder, skip, deep=deep)
    return (file.name for file in found if file.why is None)


def walk(root: Path, folder: str, skip: frozenset[str] = frozenset(), *, deep: bool = True) -> Iterator[Found]:  # fmt: skip
    """Yield all that lies below a folder of a knowledge base, in a fixed order.

    Links to folders of the knowledge base are followed, as site engines do.

    Args:
        root: the folder of the knowledge base.
        folder: a path from there; nothing comes of one that is missing.
        skip: names of files and folders that are left out.
        deep: also what lies in the folders below.
    """
    top = root / folder
    if not os.path.lexists(top):
        return
    try:
        real_root, name = _inside(top, root)
    except OSError as error:
        yield Found(folder, _told(error, top))
        return
    if not top.is_dir():
        yield Found(folder, FileRefused(top, "it is not a folder", "replace it with a folder"))
        return
    try:
        place = os.path.normpath(os.path.join(real_root, name))  # noqa: PTH118 - thousands
        yield from _Walk(Path(real_root), skip, deep).below(folder.rstrip("/"), (place,))
    except _TooMany:
        why = f"it contains more than {FOLDER_FILES.shown}"
        yield Found(folder, FileRefused(top, why, "replace links to folders with the folders"))


class _TooMany(Exception):
    """A folder holds more than is looked at."""


@dataclass
class _Walk:
    """A walk through folders.

    Attributes:
        root: the folder of the knowledge base, where it really is.
        skip: names of files and folders that are left out.
        deep: whether it goes into folders.
        seen: how many files and folders it has come by.
    """

    root: Path
    skip: frozenset[str]
    deep: bool
    seen: int = 0

    def below(self, folder: str, around: tuple[str, ...]) -> Iterator[Found]:
        """Yield what lies below a folder.

        Args:
            folder: its path from the root.
            around: where it really lies, and the folders from which links have led there.

        Raises:
            _TooMany: there is no end to it.
        """
        try:
            with os.scandir(around[0]) as entries:
                listed = sorted((e for e in entries if e.name not in self.skip), key=lambda e: e.name)  # fmt: skip
        except OSError as error:
            yield Found(folder, error)
            return
        for entry in listed:
            self.seen += 1
            if self.seen > FOLDER_FILES:
                raise _TooMany
            name = f"{folder}/{entry.name}" if folder else entry.name
            linked, place = entry.is_symlink(), entry.path
            try:
                if linked:
                    place = self._end(Path(place), around)
                if not entry.is_dir():
                    yield Found(name, _why_closed(entry))
                elif name.count("/") > FOLDER_DEPTH:
                    why = f"it lies deeper than {FOLDER_DEPTH.shown}"
                    yield Found(name, FileRefused(entry.path, why, "move it up"))
                elif self.deep:
                    chain = around if linked else around[1:]
                    yield from self.below(name, (place, *chain))
            except OSError as error:
                yield Found(name, _told(error, entry.path) if linked else error)

    def _end(self, link: Path, around: tuple[str, ...]) -> str:
        """Return where a link leads, if that is inside and no folder around it.

        Raises:
            OSError: it is not.
        """
        real = os.path.normpath(os.path.join(*_inside(link, self.root)))  # noqa: PTH118 - thousands
        if any(_is_in(folder, real) for folder in around):
            _refuse(link, "the link leads to a folder that contains it", "remove the link")
        return real


def _why_closed(entry: os.DirEntry[str]) -> OSError | None:
    """Return why a file is not read, if so."""
    why = _why_not(entry.path, entry.stat())
    if why is None and not os.access(entry.path, os.R_OK):
        return PermissionError(errno.EACCES, os.strerror(errno.EACCES), entry.path)
    return why


def _is_in(path: str, folder: str) -> bool:
    return path == folder or path.startswith(folder.rstrip(os.sep) + os.sep)


def _told(error: OSError, path: str | Path) -> OSError:
    """Say of a link that leads nowhere that it is one."""
    if isinstance(error, FileNotFoundError):
        return FileRefused(
            path, "the target of the link does not exist", "correct the link, or remove it"
        )
    return error


def diagnostic(name: str, error: OSError, at: Position | None = None) -> Diagnostic:
    """Return the finding about a file that is not opened.

    Args:
        name: the file's path from the root.
        error: why it is not.
        at: its place; the file's beginning by default.
    """
    if isinstance(error, FileRefused):
        code, message, hint = error.code, error.strerror, error.hint
    else:
        code, hint = "KB001", "check the file and its rights"
        message = f"cannot be read: {error.strerror or error}"
    return Diagnostic(name, at or Position(), code, Severity.ERROR, message or "", hint)
