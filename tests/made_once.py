"""Folders that are slow to make: the first process that needs one makes it, and all read it."""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from pathlib import Path

import pytest


class MadeOnce:
    """The folders of a run of the tests.

    At its end, each process checks that the files of the folders that it used are as they were made.
    A test that changes something copies it first.
    """

    def __init__(self, factory: pytest.TempPathFactory) -> None:
        base = factory.getbasetemp()
        self._base = base.parent if "PYTEST_XDIST_WORKER" in os.environ else base
        self._used: set[Path] = set()

    def folder(self, name: str, make: Callable[[Path], object]) -> Path:
        """Return a folder; `make` fills it, unless a process of this run has done so."""
        from filelock import FileLock  # fast tests do without it

        folder = self._base / "made-once" / name
        self._base.joinpath("made-once").mkdir(exist_ok=True)
        with FileLock(_beside(folder, "lock")):
            if not _beside(folder, "json").exists():
                folder.mkdir()
                make(folder)
                _beside(folder, "json").write_text(json.dumps(_files(folder)), "utf-8")
        self._used.add(folder)
        return folder

    def changed(self) -> list[str]:
        """Return the files that are not as they were made."""
        changed = []
        for folder in sorted(self._used):
            before = json.loads(_beside(folder, "json").read_text("utf-8"))
            now = _files(folder)
            names = sorted(before.keys() | now.keys())
            changed += [f"{folder.name}/{n}" for n in names if before.get(n) != now.get(n)]
        return changed


def _beside(folder: Path, ending: str) -> Path:
    return folder.with_name(f"{folder.name}.{ending}")


def _files(folder: Path) -> dict[str, list[int]]:
    found = {}
    for path in folder.rglob("*"):
        status = path.lstat()
        # What a command has read, it may keep in a knowledge base's .cache at any time.
        if not path.is_dir() and ".cache" not in path.parts[len(folder.parts) :]:
            found[path.relative_to(folder).as_posix()] = [status.st_size, status.st_mtime_ns]
    return found
