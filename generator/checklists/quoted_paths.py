"""Paths as git quotes them, the reason for refusing a list of files, and names of renamed files."""

from __future__ import annotations

import os
import re

EXAMPLE = "git diff --name-only main... | runbooks checklist --changed-files -"
_ESCAPE = re.compile(r'\\([abtnvfr"\\]|[0-3][0-7]{2})')
_LETTERS = {"a": 7, "b": 8, "t": 9, "n": 10, "v": 11, "f": 12, "r": 13, '"': 34, "\\": 92}


class NotAFileList(Exception):
    """What was given is no list of changed files; the message says why, with an example."""

    def __init__(self, why: str) -> None:
        super().__init__(f"this is not a list of changed files: {why}; make one with: {EXAMPLE}")
        self.why = why


def unquoted(text: str) -> str:
    """Return a path that git may have quoted: `"a\\tb"`."""
    if len(text) < 2 or not (text.startswith('"') and text.endswith('"')):
        return text
    raw = bytearray()
    position = 0
    inside = text[1:-1]
    for match in _ESCAPE.finditer(inside):
        raw += os.fsencode(inside[position : match.start()])
        raw.append(_LETTERS[match[1]] if match[1] in _LETTERS else int(match[1], 8))
        position = match.end()
    return os.fsdecode(bytes(raw) + os.fsencode(inside[position:]))


def both_names(text: str) -> list[str]:
    """Return the names of a file that `--numstat` and `--stat` print, of a renamed one both.

    They write `old => new`, and what both names share only once: `src/{old => new}/x.js`.
    """
    before, arrow, behind = text.partition(" => ")
    if not arrow:
        return [unquoted(text)]
    head, brace, old = before.rpartition("{")
    new, closing, tail = behind.partition("}")
    if not (brace and closing):
        return [unquoted(before), unquoted(behind)]
    # `{ => sub}/x` is `x`, moved to `sub/x`.
    return [f"{head}{name}{tail}".replace("//", "/").removeprefix("/") for name in (old, new)]


def shortened(text: str) -> str:
    """Return a text that is not too long for a message."""
    return text if len(text) <= 60 else f"{text[:60]}..."
