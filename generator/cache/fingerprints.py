"""What a result depends on: the code, its source files, settings; as text or digests."""

from __future__ import annotations

import os
import stat
import sys
import time
from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from functools import cache
from hashlib import blake2b
from pathlib import Path
from typing import Any

_PACKAGES = (
    *("mkdocs", "mkdocs-material", "properdocs", "mkdocs-materialx"),
    *("markdown", "pymdown-extensions", "pyromark", "pygments", "jinja2"),
)
_SECOND = 1_000_000_000
_TICK = 20_000_000
"""No clock of a file system ticks slower, in ns, unless it counts whole seconds."""
_COMPILED = frozenset({"__pycache__"})
_LIBRARY = "library"
"""The folder of the package with incidents, which are no code; a source that has them is kept by itself."""

INCIDENT_FILE = "incident.yaml"
BESIDE_FILES = ("proofs.yaml", "sources.yaml")
"""The files that may stand beside an incident's file, each with the field that it is named after."""


def digest(*parts: str | bytes) -> bytes:
    """Return the key of a value that depends on these parts, in this order."""
    hashed = blake2b(digest_size=20)
    for part in parts:
        data = part.encode("utf-8", "surrogatepass") if isinstance(part, str) else part
        hashed.update(len(data).to_bytes(8, "big"))
        hashed.update(data)
    return hashed.digest()


@cache
def code_fingerprint() -> bytes:
    """Return the fingerprint of this program, as it is installed here; the cache always adds it.

    It covers every file of the package, because a list of the modules that a result depends on would
    be outdated soon. A version is not enough, because it stays the same during development, and
    modification times are not enough, because some installers set them to a constant; the system
    itself sets inode number and change time.
    """
    package = str(Path(__file__).parents[1])
    return digest(sys.version, stamp_folders([package], _COMPILED | {_LIBRARY}))


@cache
def versions() -> str:
    """Return the versions of the packages that turn Markdown into pages."""
    return describe([(name, _version(name)) for name in _PACKAGES])


def _version(name: str) -> str:
    from importlib.metadata import PackageNotFoundError, version  # `match` does not need it

    try:
        return version(name)
    except PackageNotFoundError:
        return ""


def stamp(path: str) -> str:
    """Return what changes with a file: times, size, inode; `missing` if it does not exist."""
    try:
        found = os.stat(path)  # noqa: PTH116 - thousands of files
    except OSError:
        return "missing"
    return told(found)


def told(found: os.stat_result) -> str:
    """Return what the system tells of a file, as text: what changes with it."""
    return f"{found.st_mtime_ns}.{found.st_ctime_ns}.{found.st_size}.{found.st_ino}"


def settled_stamp(path: str) -> str:
    """Return the stamp of a regular file, or nothing if its next change might not change the stamp.

    A change in the same tick of the system's clock leaves all times as they are, and a link can be
    led elsewhere.

    Args:
        path: the file.
    """
    try:
        found = os.lstat(path)
    except OSError:
        return ""
    tick = _TICK if found.st_ctime_ns % _SECOND else 2 * _SECOND
    if not stat.S_ISREG(found.st_mode) or 0 <= time.time_ns() - found.st_ctime_ns < tick:
        return ""
    return told(found)


def stamp_all(paths: Iterable[str]) -> str:
    """Return one stamp for several files, in their order."""
    rows = (f"{path}\0{stamp(path)}\n" for path in paths)
    return digest("".join(rows).encode("utf-8", "surrogateescape")).hex()


def stamp_folders(folders: Iterable[str], skip: frozenset[str] = _COMPILED) -> str:
    """Return one stamp for all files in some folders and their subfolders.

    Args:
        folders: the folders.
        skip: names of folders that do not matter.
    """
    return stamp_all(path for folder in folders for path in sorted(_below(folder, skip)))


def _below(folder: str, skip: frozenset[str]) -> Iterator[str]:
    for where, below, names in os.walk(folder):
        below[:] = set(below) - skip
        yield from (f"{where}/{name}" for name in names)


def incident_stamps(root: Path) -> dict[str, str]:
    """Return a stamp of each incident's files by the folder's name, in the order of names.

    It is empty where what is made from them must not be kept: the incident's file is missing, or one
    changed just now, or a link is on the way to one.

    Args:
        root: the folder that contains `incidents/`.

    Raises:
        OSError: there is no such folder, or it cannot be read.
    """
    with os.scandir(root / "incidents") as folders:
        # Hidden folders belong to tools (.git, .idea), not to authors.
        found = sorted((f for f in folders if f.name[:1] != "." and f.is_dir()), key=_name)
    return {
        folder.name: "" if folder.is_symlink() else _incident_stamp(folder.path) for folder in found
    }


def copy_stamps(root: Path, about: str) -> dict[str, str]:
    """Return the same of a folder that is only ever replaced as a whole: one look tells of all.

    Args:
        root: the folder that contains `incidents/`.
        about: the file in it that was made with it.

    Raises:
        OSError: there is no such folder, or it cannot be read.
    """
    told = settled_stamp(f"{root}/{about}")
    if not told:
        return incident_stamps(root)
    with os.scandir(root / "incidents") as folders:
        names = sorted(f.name for f in folders if f.is_dir(follow_symlinks=False))
    return {name: told for name in names if name[:1] != "."}


def _incident_stamp(folder: str) -> str:
    told = settled_stamp(f"{folder}/{INCIDENT_FILE}")
    for name in BESIDE_FILES:
        path = f"{folder}/{name}"
        # Most do not exist, and this says so in a fifth of the time that an exception takes.
        if told and os.access(path, os.F_OK):
            other = settled_stamp(path)
            told = f"{told} {name} {other}" if other else ""
    return told


def whole_stamp(root: Path, stamps: Mapping[str, str], others: Iterable[str] = ()) -> str:
    """Return one stamp of all incidents, and of other files.

    Args:
        root: the folder that contains `incidents/`.
        stamps: what `incident_stamps` has returned.
        others: paths of the other files.

    Returns:
        Nothing if a file changed just now, so that its next change might not change the stamp.
    """
    rows = []
    for name, told in stamps.items():
        path = f"{root}/incidents/{name}/{INCIDENT_FILE}"
        if not told and os.path.isfile(path):  # noqa: PTH113 - thousands of files
            return ""
        rows.append(f"{name}\0{told or stamp(path)}")
    for path in others:
        if not (told := settled_stamp(path)):
            return ""
        rows.append(f"{path}\0{told}")
    return digest("\n".join(rows).encode("utf-8", "surrogateescape")).hex()


def _name(folder: os.DirEntry[str]) -> str:
    return folder.name


def describe(value: Any) -> str:
    """Write a configuration as text: equal for equal configurations, different otherwise.

    An unknown value is written with its address in memory, so that it never seems equal.
    """
    if value is None or isinstance(value, str | int | float | bool | bytes | date | Path):
        return f"{type(value).__name__}:{value!r}"
    if isinstance(value, Mapping):
        pairs = (f"{describe(k)}={describe(v)}" for k, v in value.items())
        return f"{{{','.join(pairs)}}}"
    if isinstance(value, list | tuple):
        return f"[{','.join(map(describe, value))}]"
    if isinstance(value, set | frozenset):
        return f"<{','.join(sorted(map(describe, value)))}>"
    if hasattr(value, "__qualname__"):
        return f"{value.__module__}.{value.__qualname__}"
    shown = repr(value)
    return shown if " at 0x" not in shown else f"{shown} {id(value)}"
