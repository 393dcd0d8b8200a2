"""What a rendered page depends on besides its text, as text that can be digested."""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping
from datetime import date
from functools import cache
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

from generator.cache.store import digest

_PACKAGES = (
    *("mkdocs", "mkdocs-material", "properdocs", "mkdocs-materialx"),
    *("markdown", "pymdown-extensions", "pygments", "jinja2"),
)


@cache
def code() -> bytes:
    """Return the digest of the code that pages come from, which no version number replaces.

    While somebody works on the package, its version stays and its code changes. The commands
    make no page.
    """
    package = Path(__file__).parents[1]
    files = sorted(
        path
        for path in package.rglob("*.py")
        if path.relative_to(package).parts[0] not in ("cli", "__pycache__")
    )
    return digest(*(part for p in files for part in (str(p.relative_to(package)), p.read_bytes())))


@cache
def versions() -> str:
    """Return the versions of the packages that turn Markdown into pages."""
    return describe([(name, _version(name)) for name in _PACKAGES])


def _version(name: str) -> str:
    try:
        return version(name)
    except PackageNotFoundError:
        return ""


def templates(folders: Iterable[Path]) -> bytes:
    """Return the digest of the templates in some folders."""
    parts: list[str | bytes] = []
    for folder in folders:
        for path in sorted(p for p in folder.rglob("*") if p.is_file()):
            parts += [path.relative_to(folder).as_posix(), path.read_bytes()]
        parts.append("")  # so that a file cannot move from one folder to the next unseen
    return digest(*parts)


def stamps(folders: Iterable[str]) -> str:
    """Return names, sizes and times of a theme's templates; icons come with its version."""
    rows = []
    for folder in folders:
        for where, below, names in os.walk(folder):
            below[:] = sorted(set(below) - {".icons", "assets", "__pycache__"})
            for name in sorted(names):
                status = os.stat(os.path.join(where, name))  # noqa: PTH116, PTH118 - thousands
                rows.append((where, name, status.st_size, status.st_mtime_ns))
    return describe(rows)


def describe(value: Any) -> str:
    """Write a configuration as text: the same for the same, another for another.

    What it does not know is written with its address in memory, so that it never seems the same.
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
