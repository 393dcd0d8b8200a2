"""Kept files: one value in one file, with a stamp of all it was made from, so that it is not made again.

The stamp always holds the code, so no caller can forget that.
"""

from __future__ import annotations

import os
from contextlib import suppress
from pathlib import Path
from typing import Any

from generator.cache import fingerprints
from generator.cache.json_text import decode, encode
from generator.cache.trust import can_write, is_trusted

_MOST_BYTES = 1 << 28


def read_kept(path: Path, sources: str) -> Any:
    """Return what a kept file holds, or None where it is not the value that is wanted.

    Args:
        path: the file.
        sources: the stamp of what its value is made from.
    """
    if not is_trusted(path):
        return None
    try:
        if path.stat().st_size > _MOST_BYTES:
            return None
        head, _, content = path.read_bytes().partition(b"\n")
    except OSError:
        return None
    return decode(content) if head == _head(sources, content) else None


def write_kept(path: Path, sources: str, value: Any) -> None:
    """Write a kept file whole; that it cannot be written is no error.

    Args:
        path: the file.
        sources: the stamp of what its value is made from.
        value: what JSON can say.
    """
    if not can_write(path):
        return
    content = encode(value)
    other = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        other.unlink(missing_ok=True)
        with os.fdopen(os.open(other, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as stream:
            stream.write(_head(sources, content) + b"\n" + content)
        other.replace(path)
    except OSError:
        with suppress(OSError):
            other.unlink(missing_ok=True)


def _head(sources: str, content: bytes) -> bytes:
    return fingerprints.digest(fingerprints.code_fingerprint(), sources, content).hex().encode()
