r"""What becomes of a log's text before signatures are looked for in it.

- bytes are UTF-8 (what is not becomes U+FFFD), or UTF-16 where a byte order mark says so;
- terminal escape sequences and NUL are removed; CR LF and CR become LF;
- a line that holds escapes of JSON (`\"`, `\n`, `\t`, `\/`, `\\`, `\uXXXX` ...) is looked at as it
  is, and then unescaped, up to three times: logs in JSON in JSON are common. Its unescaped form is
  a text of its own, which may have several lines; it counts as the one line that it was. What
  matches as it is counts, unless a capture holds `\"` or `\uXXXX` and an unescaped form matches.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

LEVELS = 3
"""How often a line is unescaped at most."""

# CSI, OSC (a title or a link), and escapes of two characters. OSC ends at BEL, at ESC \, or,
# where its end is missing, with the line.
_ANSI = rb"\x1b(?:\[[0-?]*[ -/]*[@-~]|\][^\x07\x1b\n\r]*(?:\x07|\x1b\\)?|[@-Z\\^_])"
_ANSI_BYTES = re.compile(_ANSI)
_ESCAPE = re.compile(r'\\(?:(["\\/bfnrt])|u([0-9A-Fa-f]{4}))')
_LETTERS = {"b": " ", "f": " ", "n": "\n", "r": "\r", "t": "\t"}
_PAIR = re.compile("[\ud800-\udbff][\udc00-\udfff]")
_RARE = re.compile("[\0\x1b\r]")
_LONE = re.compile("[\ud800-\udfff]")


def normal_bytes(data: bytes) -> bytes:
    """Remove escape sequences and NUL, and make every line end an LF.

    Args:
        data: whole lines; a line end or escape sequence that is cut in two stays as it is.
    """
    if b"\0" in data:
        data = data.replace(b"\0", b"")
    if b"\x1b" in data:
        data = _ANSI_BYTES.sub(b"", data)
    if b"\r" in data:
        data = data.replace(b"\r\n", b"\n").replace(b"\r", b"\n")
    return data


def decoded(data: bytes) -> str:
    """Return text of UTF-8, with U+FFFD for what is not."""
    return data.decode("utf-8", "replace")


def normal(text: str) -> str:
    """Return a text as signatures see it."""
    return decoded(normal_bytes(text.encode("utf-8", "replace")))


def unescaped_forms(line: str) -> Iterator[str]:
    """Yield a line without the escapes of JSON, then without those that remain, and once more."""
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
    """Join surrogate pairs, and do to the text what is done to every text."""
    if text.isascii() and not _RARE.search(text):
        return text
    text = _PAIR.sub(lambda m: m[0].encode("utf-16", "surrogatepass").decode("utf-16"), text)
    text = _LONE.sub("\ufffd", text)
    return normal(text)
