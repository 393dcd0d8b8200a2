"""Commands from the shell: without a cache, with it, and after one change."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Sequence
from pathlib import Path

import yaml

from tests.bench.checklist import paths
from tests.bench.generate import edit, identifier
from tests.bench.jobs import Job
from tests.bench.processes import Run, run

_PASTE = "paste.txt"
_FEW_FILES = "few-files.txt"
_MANY_FILES = "many-files.txt"
_STARTS = 10  # a start is short: one measurement takes so many


def starts(folder: Path) -> list[Job]:
    """Return what every command costs."""
    words = {
        "python -c pass": ("-c", "pass"),
        "--help": ("-m", "generator", "--help"),
        "--version": ("-m", "generator", "--version"),
    }

    def start(*command: str) -> Callable[[], Sequence[Run]]:
        return lambda: [run(*command, cwd=folder) for _ in range(_STARTS)]

    return [Job(name, {f"{name}, CPU": "cpu"}, start(*words[name])) for name in words]


def write_paste(file: Path) -> None:
    """Write an error of one incident with a trace of 50 lines, for `match`, into the top folder."""
    error = yaml.safe_load(file.read_text("utf-8"))["symptom"]["signatures"][0]["matches"][0]
    trace = "    at step (/app/server.js:10:5)\n" * 49
    (file.parents[2] / _PASTE).write_text(f"{error}\n{trace}", "utf-8")


def write_lists(root: Path) -> None:
    """Write the changed files of a usual release, and of a very large one, for `checklist`."""
    (root / _FEW_FILES).write_text("".join(f"{path}\n" for path in paths(20)), "utf-8")
    (root / _MANY_FILES).write_text("".join(f"{path}\n" for path in paths(200_000)), "utf-8")


def commands(root: Path, count: int) -> list[Job]:
    """Return each command three times: cold, warm, and after one change of an incident."""
    some = identifier(count // 3, count)
    file = root / "incidents" / some / "incident.yaml"
    words = {
        "lint": ("lint",),
        "lint ID": ("lint", some),
        "show ID": ("show", some),
        "search": ("search", "connection pool after deploy"),
        "match": ("match", _PASTE),
        "checklist": ("checklist", "--all"),
        "checklist of 20 files": ("checklist", "--changed-files", _FEW_FILES),
        "checklist of 200,000 files": ("checklist", "--changed-files", _MANY_FILES),
    }

    def command(name: str, before: Callable[[], object]) -> Callable[[], Sequence[Run]]:
        def measured() -> Sequence[Run]:
            before()
            return [run("-m", "generator", *words[name], cwd=root)]

        return measured

    ways: dict[str, tuple[Callable[[], object], str]] = {
        "cold": (lambda: shutil.rmtree(root / ".cache", ignore_errors=True), ""),
        "warm": (lambda: None, "cold"),
        "one change": (lambda: edit(file, "if_not"), "warm"),
    }
    return [
        Job(
            f"{name}, {way}",
            {f"{name}, {way}, CPU": "cpu"}
            | ({f"{name}, {way}, clock": "seconds"} if "files" in name else {}),
            command(name, before),
            f"{name}, {after}" if after else "",
        )
        for name in words
        for way, (before, after) in ways.items()
    ]
