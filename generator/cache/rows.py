"""Rows by incident: what was made from each incident's file, so that only changed files are read again.

A file holds the rows of one kind. Each row is sealed with its name, the stamp of its source and the
code, so it is read alone, and one that is damaged, outdated or somebody else's counts as missing.
The head, a line of JSON, only says where each row is: `{"id": [stamp, bytes]}`.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Mapping
from contextlib import suppress
from hmac import compare_digest
from pathlib import Path
from typing import Any

from generator.cache import fingerprints
from generator.cache.json_text import decode, encode
from generator.cache.scratch import new_file
from generator.cache.state import Seal
from generator.cache.trust import can_write, is_trusted

_SEAL_BYTES = 20
_MOST_BYTES = 1 << 30


class Rows:
    """The rows of one kind."""

    def __init__(self, path: Path, stamps: Mapping[str, str], about: str = "") -> None:
        """Open a file of rows; it is not an error if there is none, or if it cannot be used.

        Args:
            path: the file.
            stamps: the stamp of each source by id; a row without a stamp is never kept.
            about: what all rows depend on, besides their source and the code.
        """
        self._path = path
        self._stamps = stamps
        self._about = about
        self._content = _read(path)
        self._places = self._find()
        self._new: dict[str, bytes] = {}
        self._begun: Seal | None = None
        self._changed = len(self._places) != self._held

    def get(self, name: str) -> Any:
        """Return a row, or None if it is missing."""
        payload = self.payload(name)
        return None if payload is None else decode(payload)

    def payload(self, name: str) -> bytes | None:
        """Return a row as the JSON that was kept, or None if it is missing."""
        payload = self._new.get(name)
        place = self._places.get(name)
        if payload is not None or place is None:
            return payload
        row = self._content[place[0] : place[1]]
        payload = row[_SEAL_BYTES:]
        return payload if compare_digest(row[:_SEAL_BYTES], self._seal(name, payload)) else None

    def put(self, name: str, value: Any) -> None:
        """Add a row, or replace it; `save` writes it.

        Args:
            name: the id of its source.
            value: a value that JSON can express.
        """
        self.put_payload(name, encode(value))

    def put_payload(self, name: str, payload: bytes) -> None:
        """Add a row that is JSON already, or replace it; `save` writes it."""
        if self._stamps.get(name):
            self._new[name] = payload
            self._changed = True

    def all(self, make: Callable[[list[str]], Iterable[tuple[str, Any]]]) -> dict[str, Any]:
        """Return all rows, in the order of the stamps, and keep the new ones.

        Args:
            make: makes the rows of some ids.
        """
        found = {name: self.get(name) for name in self._places}
        for name, value in make([name for name in self._stamps if found.get(name) is None]):
            found[name] = value
            self.put(name, value)
        self.save()
        return {name: found[name] for name in self._stamps if found.get(name) is not None}

    def save(self) -> None:
        """Write the file completely if it is outdated; it is not an error if it cannot be written."""
        if not self._changed or not can_write(self._path):
            return
        self._changed = False
        parts: dict[str, bytes] = {}
        for name, stamp in self._stamps.items():
            if not stamp:
                continue
            if name in self._new:
                parts[name] = self._seal(name, self._new[name]) + self._new[name]
            elif name in self._places:
                begin, end = self._places[name]
                parts[name] = self._content[begin:end]
        head = {name: [self._stamps[name], len(part)] for name, part in parts.items()}
        with suppress(OSError), new_file(self._path.parent, self._path.name) as (descriptor, new):
            with os.fdopen(descriptor, "wb") as stream:
                stream.write(encode(head) + b"\n")
                stream.writelines(parts.values())
            new.replace(self._path)

    def _find(self) -> dict[str, tuple[int, int]]:
        """Return where the rows are whose sources have not changed."""
        self._held = 0
        end = self._content.find(b"\n")
        head = decode(self._content[:end]) if end > 0 else None
        if not isinstance(head, dict):
            return {}
        self._held = len(head)
        places: dict[str, tuple[int, int]] = {}
        at = end + 1
        try:
            for name, (stamp, size) in head.items():
                if type(size) is not int:
                    return {}
                if stamp and self._stamps.get(name) == stamp:
                    places[name] = at, at + size
                at += size
        except (TypeError, ValueError):  # damaged
            return {}
        return places

    def _seal(self, name: str, payload: bytes) -> bytes:
        if self._begun is None:
            self._begun = Seal(self._path.name, fingerprints.code_fingerprint(), self._about)
        return self._begun.of(name, self._stamps[name], payload)


def _read(path: Path) -> bytes:
    if not is_trusted(path):
        return b""
    try:
        return path.read_bytes() if path.stat().st_size <= _MOST_BYTES else b""
    except OSError:
        return b""
