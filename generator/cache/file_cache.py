"""Kept files: what was made from other files, with stamps of those, so that it need not be made again.

A kept file lies below the knowledge base. It is as good as absent when its stamp differs, when it is
damaged, or when somebody else wrote it.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
from contextlib import suppress
from hashlib import blake2b
from pathlib import Path


def stamp(path: str) -> str:
    """Return what changes when a file does: its time, size and number; `missing` where it is not."""
    try:
        found = os.stat(path)  # noqa: PTH116 - thousands of files
    except OSError:
        return "missing"
    return f"{found.st_mtime_ns}.{found.st_size}.{found.st_ino}"


def stamp_all(paths: Iterable[str], begin: str) -> str:
    """Return one stamp for several files, in their order.

    Args:
        paths: the files.
        begin: what else the result depends on, such as a version.
    """
    digest = blake2b(begin.encode(), digest_size=20)
    for path in paths:
        digest.update(f"{path}\0{stamp(path)}\n".encode("utf-8", "surrogateescape"))
    return digest.hexdigest()


def modules(*rooms: str) -> list[str]:
    """Return the files of some packages of this program: what is made depends on them, too.

    While somebody works on the program, its version stays and its code changes.

    Args:
        rooms: packages of `generator`, by name.
    """
    program = Path(__file__).parents[1]
    found = [
        os.path.join(where, name)  # noqa: PTH118 - on every start of `match`
        for room in rooms
        for where, _, names in os.walk(program / room)
        for name in names
        if name.endswith((".py", ".txt"))
    ]
    return sorted(found)


def incident_files(root: Path) -> Iterator[str]:
    """Yield where each incident's file is, or should be, in the order of names."""
    try:
        with os.scandir(root / "incidents") as folders:
            names = sorted(entry.path for entry in folders)
    except OSError:
        return
    yield from (f"{name}/incident.yaml" for name in names)


def read_kept(path: Path, wanted: str) -> bytes | None:
    """Return what a kept file holds, or None where it is not the one that is wanted.

    Args:
        path: the file.
        wanted: the stamp that it was written with.
    """
    try:
        with path.open("rb") as stream:
            about = os.fstat(stream.fileno())
            if hasattr(os, "geteuid") and about.st_uid != os.geteuid():
                return None
            head, _, content = stream.read().partition(b"\n")
    except OSError:
        return None
    return content if head == _head(wanted, content) else None


def write_kept(path: Path, written: str, content: bytes) -> None:
    """Write a kept file whole; that it cannot be written is no error.

    Args:
        path: the file.
        written: its stamp, in one line.
        content: what it is to hold.
    """
    other = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        other.write_bytes(_head(written, content) + b"\n" + content)
        other.replace(path)
    except OSError:
        with suppress(OSError):
            other.unlink(missing_ok=True)


def _head(text: str, content: bytes) -> bytes:
    return f"{text} {blake2b(content, digest_size=20).hexdigest()}".encode()
