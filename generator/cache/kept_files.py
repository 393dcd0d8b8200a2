"""Kept files: one value in one file, with a stamp of its sources, so that it is not made again.

The stamp always includes the code, so that no caller can forget it. It is sealed with this user's key.
"""

from __future__ import annotations

import os
from contextlib import suppress
from hmac import compare_digest
from pathlib import Path
from typing import Any

from generator.cache import fingerprints
from generator.cache.json_text import decode, encode
from generator.cache.scratch import new_file
from generator.cache.state import seal
from generator.cache.trust import can_write, is_trusted

_MOST_BYTES = 1 << 28


def read_kept(path: Path, sources: str) -> Any:
    """Return the value of a kept file, or None if it is missing or outdated.

    Args:
        path: the file.
        sources: the stamp of the sources of its value.
    """
    content = read_kept_bytes(path, sources)
    return None if content is None else decode(content)


def read_kept_bytes(path: Path, sources: str) -> bytes | None:
    """Return what a kept file holds, or None; see `read_kept`.

    Args:
        path: the file.
        sources: the stamp of its sources.
    """
    if not is_trusted(path):
        return None
    try:
        if path.stat().st_size > _MOST_BYTES:
            return None
        head, _, content = path.read_bytes().partition(b"\n")
    except OSError:
        return None
    return content if compare_digest(head, _head(path, sources, content)) else None


def write_kept(path: Path, sources: str, value: Any) -> None:
    """Write a kept file completely; it is not an error if it cannot be written.

    Args:
        path: the file.
        sources: the stamp of the sources of its value.
        value: a value that JSON can express.
    """
    write_kept_bytes(path, sources, encode(value))


def write_kept_bytes(path: Path, sources: str, content: bytes) -> None:
    """Write a kept file completely; see `write_kept`.

    Args:
        path: the file.
        sources: the stamp of its sources.
        content: what it holds; only JSON in it is safe to read from any source.
    """
    if not can_write(path):
        return
    with suppress(OSError), new_file(path.parent, path.name) as (descriptor, new):
        with os.fdopen(descriptor, "wb") as stream:
            stream.write(_head(path, sources, content) + b"\n" + content)
        new.replace(path)


def _head(path: Path, sources: str, content: bytes) -> bytes:
    return seal(path.name, fingerprints.code_fingerprint(), sources, content).hex().encode()
