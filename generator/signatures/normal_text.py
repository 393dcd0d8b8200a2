r"""Normalizes the text of a log before signatures are searched in it.

- Bytes are decoded as UTF-8 (invalid bytes become U+FFFD), or UTF-16 if there is a byte order mark.
- Terminal escape sequences and NUL are removed. CR LF and CR become LF.
- A line with JSON escapes (`\"`, `\n`, `\t`, `\/`, `\\`, `\uXXXX` ...) is searched as it is, then
  unescaped up to three times, because JSON within JSON is common in logs. An unescaped form is a
  separate text, which may have several lines but counts as the original line. A match in the
  original line wins, unless a capture contains `\"` or `\uXXXX` and an unescaped form matches.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

LEVELS = 3
"""The maximum number of times that a line is unescaped."""

# CSI, OSC (a title or a link), and escapes of two characters. OSC ends at BEL, at ESC \, or, if its
# end is missing, with the line.
_ANSI = rb"\x1b(?:\[[0-?]*[ -/]*[@-~]|\][^\x07\x1b\n\r]*(?:\x07|\x1b\\)?|[@-Z\\^_])"
_ANSI_BYTES = re.compile(_ANSI)
_ESCAPE = re.compile(r'\\(?:(["\\/bfnrt])|u([0-9A-Fa-f]{4}))')
_LETTERS = {"b": " ", "f": " ", "n": "\n", "r": "\r", "t": "\t"}
_PAIR = re.compile("[\ud800-\udbff][\udc00-\udfff]")
_RARE = re.compile("[\0\x1b\r]")
_LONE = re.compile("[\ud800-\udfff]")
_SAMPLE, _SHORT_LINE, _PIECE = 512, 40, 65_536


def normal_bytes(data: bytes) -> bytes:
    """Remove escape sequences and NUL, and convert every line end to LF.

    Args:
        data: whole lines; a partial line end or escape sequence stays as it is.
    """
    if b"\0" in data:
        data = data.replace(b"\0", b"")
    if b"\x1b" in data:
        data = _ANSI_BYTES.sub(b"", data)
    if b"\r" in data:
        data = data.replace(b"\r\n", b"\n").replace(b"\r", b"\n")
    return data


def line_ends(data: bytes | bytearray, start: int, end: int) -> int:
    """Return the number of line ends between two places.

    `count` looks at one byte after the other. Removing them jumps from one to the next, which is
    three times as fast unless lines are short.
    """
    sample = min(end, start + _SAMPLE)
    found = data.count(b"\n", start, sample)
    if sample == end:
        return found
    if found * _SHORT_LINE > _SAMPLE:
        return found + data.count(b"\n", sample, end)
    for begin in range(sample, end, _PIECE):
        piece = data[begin : min(begin + _PIECE, end)]
        found += len(piece) - len(piece.replace(b"\n", b""))
    return found


def decoded(data: bytes | bytearray) -> str:
    """Decode UTF-8, with U+FFFD for invalid bytes."""
    return data.decode("utf-8", "replace")


def normal(text: str) -> str:
    """Return the normalized text in which signatures are searched."""
    return decoded(normal_bytes(text.encode("utf-8", "replace")))


def unescaped_forms(line: str) -> Iterator[str]:
    """Yield a line without its JSON escapes, then without the remaining ones, up to `LEVELS` times."""
    for _ in range(LEVELS):
        if "\\" not in line:
            return
        found = _ESCAPE.sub(_unescape, line)
        if found == line:
            return
        line = _whole(found)
        yield line


def _unescape(match: re.Match[str]) -> str:
    letter = match[1]
    if letter:
        return _LETTERS.get(letter, letter)
    return chr(int(match[2], 16))


def _whole(text: str) -> str:
    """Join surrogate pairs, and normalize the text."""
    if text.isascii() and not _RARE.search(text):
        return text
    text = _PAIR.sub(lambda m: m[0].encode("utf-16", "surrogatepass").decode("utf-16"), text)
    text = _LONE.sub("\ufffd", text)
    return normal(text)
