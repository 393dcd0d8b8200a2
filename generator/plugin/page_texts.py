"""The Markdown of the pages that a build has made, until it ends.

The next build takes finished pages, not their Markdown, so the cache does not have it. In memory it
would be most of what a build holds. It is in a file without a name, which forked processes read, too.
"""

from __future__ import annotations

import os
import tempfile
import weakref


class PageTexts:
    """Texts by key."""

    def __init__(self) -> None:
        self._places: dict[str, tuple[int, int]] = {}
        self._end = 0
        self._file: int | None = None

    def put(self, key: str, text: str) -> None:
        """Add a text; where there is no space for it, it will not be found."""
        data = text.encode("utf-8", "surrogatepass")
        try:
            if self._file is None:
                self._file = _nameless_file(self)
            if os.write(self._file, data) == len(data):
                self._places[key] = self._end, len(data)
            self._end = os.lseek(self._file, 0, os.SEEK_CUR)
        except OSError:
            return

    def get(self, key: str) -> str | None:
        """Return the text with a key; None if it must be made again."""
        place = self._places.get(key)
        if place is None or self._file is None:
            return None
        return os.pread(self._file, place[1], place[0]).decode("utf-8", "surrogatepass")


def _nameless_file(owner: PageTexts) -> int:
    """Open a file that ends with its owner."""
    with tempfile.TemporaryFile(prefix="runbooks-pages-") as stream:
        descriptor = os.dup(stream.fileno())
    weakref.finalize(owner, os.close, descriptor)
    return descriptor
