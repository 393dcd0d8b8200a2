"""Kept files: one value in one file, with a stamp of its sources, so that it is not made again.

The stamp always includes the code, so that no caller can forget it.
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
    """Return the value of a kept file, or None if it is missing or outdated.

    Args:
        path: the file.
        sources: the stamp of the sources of its value.
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
    """Write a kept file completely; it is not an error if it cannot be written.

    Args:
        path: the file.
        sources: the stamp of the sources of its value.
        value: a value that JSON can express.
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
