"""Finds where passages of a draft stand in the write-up: by their words, in order."""

from __future__ import annotations

import sys
from bisect import bisect_right
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from html import unescape

from generator.importers.words import words

# Passages come in the order of the write-up, so the next one is close.
_CLOSE = 20_000
_MOST_SEARCHES = 500
_BEGINNINGS = (12, 6, 3)


@dataclass(frozen=True)
class PlacedPassage:
    """A passage of a write-up.

    Attributes:
        heading: the heading above it; may be empty.
        text: what it says.
        lines: its first and its last line in the write-up; None if it is not found there.
    """

    heading: str
    text: str
    lines: tuple[int, int] | None = None


class Places:
    """The words of a write-up, each with its line."""

    def __init__(self, text: str, line_in_file: Callable[[int], int] = int) -> None:
        """Index a write-up.

        Args:
            text: the write-up, with LF as line end.
            line_in_file: returns the line of the file that a line of the text comes from.
        """
        self._line_in_file = line_in_file
        self._begins: list[int] = []  # of each line in the words, by offset
        parts, length = [" "], 1
        for line in text.split("\n"):
            self._begins.append(length)
            if found := " ".join(_words(line)):
                parts.append(f"{found} ")
                length += len(found) + 1
        self._words = "".join(parts)
        self._next = 0
        self._searches = 0

    def passages(self, notes: Iterable[tuple[str, Iterable[str]]]) -> tuple[PlacedPassage, ...]:
        """Return each passage with its lines, in the order of the lines.

        Args:
            notes: headings, each with the texts below it.
        """
        found = [passage for heading, texts in notes for passage in self._placed(heading, texts)]
        return tuple(sorted(found, key=lambda passage: passage.lines or (sys.maxsize, 0)))

    def _placed(self, heading: str, texts: Iterable[str]) -> Iterator[PlacedPassage]:
        for text in texts:
            lines = self.lines_of(text)
            parts = [part for part in text.split("\n") if words(part)]
            if lines is None and len(parts) > 1:
                # Collected from several places: a list of times, of headings.
                yield from (PlacedPassage(heading, part, self.lines_of(part)) for part in parts)
            else:
                yield PlacedPassage(heading, text, lines)

    def lines_of(self, text: str) -> tuple[int, int] | None:
        """Return the first and the last line of a text; None if it is not found.

        A text whose end was changed is found by its beginning.
        """
        wanted = [word for line in text.split("\n") for word in _words(line)]
        if not wanted:
            return None
        lengths = [len(wanted), *(n for n in _BEGINNINGS if n < len(wanted))]
        if "\n" in text.strip():
            lengths = lengths[:1]
        for length in lengths:
            part = f" {' '.join(wanted[:length])} "
            begin = self._find(part)
            if begin is not None:
                end = begin + len(part) - 2
                self._next = end
                return self._line(begin + 1), self._line(end)
        return None

    def _find(self, part: str) -> int | None:
        """Return the offset of words: of those closest after the last ones, if possible."""
        begin = self._words.find(part, self._next, self._next + _CLOSE + len(part))
        if begin < 0 and self._searches < _MOST_SEARCHES:
            self._searches += 1
            begin = self._words.find(part, self._next)
            begin = self._words.find(part) if begin < 0 else begin
        return begin if begin >= 0 else None

    def _line(self, offset: int) -> int:
        return self._line_in_file(bisect_right(self._begins, offset))


def _words(line: str) -> list[str]:
    """Return the words of a line; the fence of a block of code has none."""
    return [] if line.lstrip().startswith(("```", "~~~")) else words(unescape(line))
