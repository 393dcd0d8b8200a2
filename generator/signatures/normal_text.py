r"""Normalizes the text of a log before signatures are searched in it.

- Bytes are decoded as UTF-8 (invalid bytes become U+FFFD), or UTF-16 if there is a byte order mark.
- Terminal escape sequences and NUL are removed. CR LF and CR become LF.
- A line with escapes is searched as it is, then unescaped up to three times, because JSON within JSON is
  common in logs: escapes of JSON (`\"`, `\n`, `\t`, `\/`, `\\`, `\uXXXX` ...), of Markdown (`\_`, `\(`
  ...) and of HTML (`&quot;`, `&#39;` ...). An unescaped form is a separate text, which may have several
  lines but counts as the original line. A match in the original line wins, unless a capture contains
  `\"`, `\_`, `\uXXXX` or an escape of HTML, and an unescaped form matches.
- If nothing of this matches, quotation marks count as the same, then as absent
  (`generator.signatures.quotes`).
- A short text whose lines were cut at one column is searched once more with these lines joined: see
  `unwrapped`.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator

from generator.signatures.template import BLANKS, NUMBER, line_prefix

LEVELS = 3
"""The maximum number of times that a line is unescaped."""

# CSI, OSC (a title or a link), and escapes of two characters. OSC ends at BEL, at ESC \, or, if its
# end is missing, with the line.
_ANSI = rb"\x1b(?:\[[0-?]*[ -/]*[@-~]|\][^\x07\x1b\n\r]*(?:\x07|\x1b\\)?|[@-Z\\^_])"
_ANSI_BYTES = re.compile(_ANSI)
_ESCAPE = re.compile(
    r"""\\(?:["\\/bfnrt]|u([0-9A-Fa-f]{4})|[_*()\[\]{}#+\-.!~|<>=:,;`'])"""
    r"|&(?:quot|apos|lt|gt|amp|nbsp|#([0-9]{1,7})|#[xX]([0-9A-Fa-f]{1,6}));"
)
_MARKS = "_*()[]{}#+-.!~|<>=:,;`'"
_LETTERS = {"b": " ", "f": " ", "n": "\n", "r": "\r", "t": "\t"}
_ENTITIES = {"quot": '"', "apos": "'", "lt": "<", "gt": ">", "amp": "&", "nbsp": " "}
_FIXED = {
    **{f"\\{letter}": text for letter, text in _LETTERS.items()},
    **{f"\\{mark}": mark for mark in f'"\\/{_MARKS}'},
    **{f"&{name};": text for name, text in _ENTITIES.items()},
}
HIDING = (
    *(rf"\{mark}" for mark in f"u{_MARKS}"),
    *(f"&{name};" for name in _ENTITIES),
    "&#",
)
"""Begins of escapes behind which an anchor may hide: it is not in the text until it is unescaped."""
ESCAPED_VALUE = re.compile(
    r'\\(?:["_]|u[0-9A-Fa-f]{4})|&(?:quot|apos|lt|gt|amp|#[0-9xX][0-9A-Fa-f]{0,6});'
)
"""A capture with one of these is not the real value: its unescaped form is."""
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
    """Yield a line without its escapes, then without the remaining ones, up to `LEVELS` times."""
    for _ in range(LEVELS):
        if "\\" not in line and "&" not in line:
            return
        found = _ESCAPE.sub(_unescape, line)
        if found == line:
            return
        line = _whole(found)
        yield line


def _unescape(match: re.Match[str]) -> str:
    fixed = _FIXED.get(match[0])
    if fixed is not None:
        return fixed
    code, number, code_of_entity = match.groups()
    found = int(number) if number else int(code or code_of_entity, 16)
    return chr(found) if found <= sys.maxunicode else "\ufffd"


def _whole(text: str) -> str:
    """Join surrogate pairs, and normalize the text."""
    if text.isascii() and not _RARE.search(text):
        return text
    text = _PAIR.sub(lambda m: m[0].encode("utf-16", "surrogatepass").decode("utf-16"), text)
    text = _LONE.sub("\ufffd", text)
    return normal(text)


NARROWEST = 40
"""The fewest characters of a line that counts as cut at a column."""
MOST_WRAPPED = 64 * 1024
"""The maximum number of characters of a text that is searched again with its lines joined."""


def unwrapped(text: str) -> tuple[str, list[int]] | None:
    """Join lines that were cut at one column, as a terminal or a mail program cuts them inside words.

    A line counts as cut if no line of its paragraph is longer, it has at least `NARROWEST`
    characters, and the next line is indented in the same way, or by one space more, and does not begin as a line
    of a log.

    Args:
        text: normalized text.

    Returns:
        The text, and for each of its lines the index of the first of the lines that it was; None if
        no line was cut.
    """
    lines = text.split("\n")
    widest = _widest(lines)
    joined: list[list[str]] = []
    first: list[int] = []
    indent = ""
    for index, line in enumerate(lines):
        if (
            index
            and len(lines[index - 1]) == widest[index - 1] >= NARROWEST
            and _goes_on(line, indent)
        ):
            joined[-1].append(line[len(indent) :])
        else:
            joined.append([line])
            first.append(index)
            indent = line[: len(line) - len(line.lstrip(BLANKS))]
    if len(joined) == len(lines):
        return None
    return "\n".join(map("".join, joined)), first


def _widest(lines: list[str]) -> list[int]:
    """Return for each line the length of the longest line of its paragraph."""
    found: list[int] = []
    paragraph: list[int] = []
    for line in (*lines, ""):
        if line.strip():
            paragraph.append(len(line))
            continue
        found += [max(paragraph, default=0)] * len(paragraph)
        found.append(0)
        paragraph = []
    return found[:-1]


def _goes_on(line: str, indent: str) -> bool:
    """Return whether a line can be the rest of the line before it."""
    rest = line[len(indent) :]
    if not line.startswith(indent) or not rest[:2].strip(BLANKS):
        return False
    prefix = rest[: line_prefix(rest)].strip(BLANKS)
    return not prefix or bool(NUMBER.fullmatch(prefix))
