"""Writes files into a folder, and removes the files of an earlier run."""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

MARKER = ".runbooks-render.json"
"""The file that lists the files written to the folder."""


class NotOurPages(Exception):
    """The folder contains files that this command did not write."""


@dataclass(frozen=True)
class WrittenFiles:
    """The result of a run: numbers of files."""

    pages: int
    others: int
    removed: int


def write_folder(
    folder: Path, contents: Mapping[str, bytes], *, force: bool = False
) -> WrittenFiles:
    """Write all files into a folder, and remove files of an earlier run.

    Other files are never removed, and nothing outside the folder changes: a link that points out of
    the folder is replaced, not followed.

    Args:
        folder: the folder; created if it does not exist.
        contents: the content of each file, by its path with forward slashes.
        force: write even if the folder contains other files.

    Raises:
        NotOurs: the folder is not empty and was not written by this function.
        OSError: it cannot be written.
    """
    before = _written_before(folder)
    if before is None:
        if folder.is_dir() and any(folder.iterdir()) and not force:
            raise NotOurPages(f"{folder} is not empty and was not written by this command")
        before = set()
    folder.mkdir(parents=True, exist_ok=True)
    # Written first: if this run is interrupted, the next one can clean up after both.
    _note(folder, before | set(contents))
    for name, content in contents.items():
        _write(folder, name, content)
    gone = before - set(contents)
    for name in gone:
        _remove(folder, name)
    _note(folder, set(contents))
    number = sum(1 for name in contents if name.endswith(".md"))
    return WrittenFiles(number, len(contents) - number, len(gone))


def _written_before(folder: Path) -> set[str] | None:
    """Return the files of an earlier run; None if there was none."""
    try:
        noted = json.loads((folder / MARKER).read_text("utf-8"))["files"]
    except FileNotFoundError:
        return None
    except (OSError, ValueError, KeyError, TypeError):
        return set()  # ours, but unreadable: leftover files stay
    names = (name for name in noted if isinstance(name, str)) if isinstance(noted, list) else ()
    # The file may have been edited: ignore names that point elsewhere.
    return {name for name in names if _is_inside(name)}


def _is_inside(name: str) -> bool:
    path = PurePosixPath(name)
    return (
        bool(path.parts) and not path.is_absolute() and ".." not in path.parts and "\\" not in name
    )


def _note(folder: Path, names: set[str]) -> None:
    text = json.dumps({"made_by": "runbooks render", "files": sorted(names)}, indent=1)
    _write(folder, MARKER, text.encode())


def _write(folder: Path, name: str, content: bytes) -> None:
    if not _is_inside(name):
        raise NotOurPages(f"{name!r} is outside the folder")
    here = folder
    for part in PurePosixPath(name).parts[:-1]:
        here /= part
        if here.is_symlink() or (here.exists() and not here.is_dir()):
            here.unlink()
        here.mkdir(exist_ok=True)
    target = folder / name
    if target.is_dir() and not target.is_symlink():
        shutil.rmtree(target)
    elif target.is_symlink():
        target.unlink()
    elif (
        target.is_file()
        and target.stat().st_size == len(content)
        and target.read_bytes() == content
    ):
        return  # unchanged, so that an engine that watches the folder sees only real changes
    target.write_bytes(content)


def _remove(folder: Path, name: str) -> None:
    target = folder / name
    parents = [
        folder.joinpath(*PurePosixPath(name).parts[:n])
        for n in range(1, len(PurePosixPath(name).parts))
    ]
    if any(parent.is_symlink() for parent in parents):
        return
    target.unlink(missing_ok=True)
    for parent in reversed(parents):
        try:
            os.rmdir(parent)  # noqa: PTH106 - only an empty one
        except OSError:
            return
