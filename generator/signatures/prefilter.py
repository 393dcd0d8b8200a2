"""Finders that find many fixed texts in a block of bytes; the fastest installed one is used.

A finder only returns the places of its texts. Each place is confirmed afterwards, so all finders
give the same result. To add one, write a class like these and add it to `FINDERS`.
"""

from __future__ import annotations

import importlib
import importlib.util
from collections.abc import Callable, Sequence
from typing import Any, Protocol

Hits = list[tuple[int, int]]
"""The start of each text found, and its number; ascending."""

SMALL = 64 * 1024
"""Up to this number of bytes, starting a fast finder takes longer than searching without one."""

_RE2_CHUNK = 16 * 1024


class FixedTextFinder(Protocol):
    """Finds fixed texts."""

    def hits(self, data: bytes | bytearray) -> Hits:
        """Return the places of the texts in the data."""


class PlainFinder:
    """Searches one text after the other. Needs no library; the fastest finder for small data."""

    def __init__(self, texts: Sequence[bytes]) -> None:
        self._texts = texts

    def hits(self, data: bytes | bytearray) -> Hits:
        """Return the places of the texts in the data."""
        found: Hits = []
        for number, text in enumerate(self._texts):
            if text in data:
                _all_places(data, text, number, 0, len(data), found)
        found.sort()
        return found


class HyperscanFinder:
    """Finds all texts in one pass, with Hyperscan."""

    def __init__(self, texts: Sequence[bytes]) -> None:
        hyperscan: Any = importlib.import_module("hyperscan")
        self._lengths = [len(text) for text in texts]
        self._database = hyperscan.Database(mode=hyperscan.HS_MODE_BLOCK)
        self._database.compile(
            expressions=list(texts),
            ids=list(range(len(texts))),
            elements=len(texts),
            flags=0,
            literal=True,
        )

    def hits(self, data: bytes | bytearray) -> Hits:
        """Return the places of the texts in the data."""
        found: Hits = []
        lengths = self._lengths

        def add(number: int, _start: int, end: int, _flags: int, _context: object) -> None:
            found.append((end - lengths[number], number))

        self._database.scan(data, match_event_handler=add)
        found.sort()
        return found


class Re2Finder:
    """Finds the texts in each piece of 16 KiB with a set of RE2, then their places in it."""

    def __init__(self, texts: Sequence[bytes]) -> None:
        re2: Any = importlib.import_module("re2")
        options = re2.Options()
        options.encoding = re2.Options.Encoding.LATIN1
        options.log_errors = False
        options.max_mem = 1 << 30
        self._texts = texts
        self._set = re2.Set.SearchSet(options)
        for text in texts:
            self._set.Add(_quoted(text))
        self._set.Compile()

    def hits(self, data: bytes | bytearray) -> Hits:
        """Return the places of the texts in the data."""
        found: Hits = []
        start = 0
        while start < len(data):
            end = data.rfind(b"\n", start, start + _RE2_CHUNK) + 1
            end = end or data.find(b"\n", start) + 1 or len(data)
            for number in self._set.Match(bytes(data[start:end])) or ():
                _all_places(data, self._texts[number], number, start, end, found)
            start = end
        found.sort()
        return found


def _quoted(text: bytes) -> bytes:
    return b"".join(bytes([b]) if chr(b).isalnum() and b < 128 else b"\\x%02x" % b for b in text)


def _all_places(
    data: bytes | bytearray, text: bytes, number: int, start: int, end: int, to: Hits
) -> None:
    at = data.find(text, start, end)
    while at >= 0:
        to.append((at, number))
        at = data.find(text, at + 1, end)


FINDERS: dict[str, tuple[str, str, Callable[[Sequence[bytes]], FixedTextFinder]]] = {
    "hyperscan": ("hyperscan", "hyperscan", HyperscanFinder),
    "re2": ("re2", "google-re2", Re2Finder),
    "python": ("", "", PlainFinder),
}
"""Each finder by name: its module, its distribution and its class. The fastest comes first."""


def finder_name() -> str:
    """Return the name of the fastest finder whose library is installed."""
    return next(
        name
        for name, (module, _, _) in FINDERS.items()
        if not module or importlib.util.find_spec(module)
    )


def finder_version() -> str:
    """Return the name and version of that finder: `hyperscan 0.9.1`."""
    from importlib.metadata import version  # slow to import

    name = finder_name()
    distribution = FINDERS[name][1]
    return f"{name} {version(distribution)}" if distribution else name


def make_finder(texts: Sequence[bytes], name: str | None = None) -> FixedTextFinder:
    """Make a finder; if its library does not work on this machine, use the next one.

    Args:
        texts: the texts to find, all different and not empty.
        name: the name of the finder; None for the fastest.
    """
    if not texts:
        return PlainFinder(())
    if name is not None:
        return FINDERS[name][2](texts)
    for module, _, make in FINDERS.values():
        if module and not importlib.util.find_spec(module):
            continue
        try:
            return make(texts)
        except Exception:  # noqa: S112 - a library made for another processor; the next one works
            continue
    return PlainFinder(texts)
