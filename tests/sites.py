"""What the tests of building and serving share: small knowledge bases, and the command line."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import yaml

from tests import started
from tests.bench.generate import identifier, write
from tests.pace import PATIENCE

HOSTILE = '"><script>alert(1)</script>'


def new_base(root: Path, count: int = 3) -> Path:
    """Write a knowledge base that lints clean."""
    write(root, count)
    return root


def incident_file(root: Path, number: int = 0, total: int = 3) -> Path:
    return root / "incidents" / identifier(number, total) / "incident.yaml"


def replace_line(path: Path, key: str, value: str) -> None:
    """Give the first line `key: ...` of a file another value."""
    text, count = re.subn(
        rf"^(\s*(?:- )?{key}:).*$",
        lambda m: f"{m[1]} {value}",
        path.read_text("utf-8"),
        count=1,
        flags=re.M,
    )
    assert count == 1
    path.write_text(text, "utf-8")


def change(path: Path, **values: object) -> None:
    """Give fields of an incident other values; `a__b` stands for the field `b` in `a`."""
    incident = yaml.safe_load(path.read_text("utf-8"))
    for name, value in values.items():
        *parents, last = name.split("__")
        target = incident
        for parent in parents:
            target = target[parent]
        target[last] = value
    head = path.read_text("utf-8").splitlines()[0]
    path.write_text(f"{head}\n{yaml.safe_dump(incident, sort_keys=False)}", "utf-8")


def command(*arguments: str | Path) -> list[str]:
    return [*started.COMMAND, *map(str, arguments)]


def runbooks(*arguments: str | Path, cwd: Path | None = None) -> subprocess.CompletedProcess[str]:
    """Run the command line as a user would, in a process of its own, and keep what it says."""
    return started.run(command(*arguments), cwd, environment(), PATIENCE)


def environment() -> dict[str, str]:
    return {**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, sys.path)), "COLUMNS": "200"}


def tree(folder: Path) -> dict[str, bytes]:
    """All files of a folder with their content, less what holds the time of the build."""
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file() and path.suffix != ".gz"
    }
