r"""Text as literals of bash, in which the shell expands nothing.

Every value that a script template prints becomes such a literal, so a mistake in a template cannot
turn the text of a field into a command.
"""

from __future__ import annotations

import re

LONGEST = 900
"""The most characters in a piece of a literal, so that no line gets long."""

# Characters on which a terminal or an editor acts, or which it hides: control characters, characters
# that change the writing direction, line ends that a shell does not know, and bytes that are not
# UTF-8, which `os.fsdecode` turns into lone surrogates.
_INVISIBLE = "\x00-\x08\x0b-\x1f\x7f-\x9f\xad\u061c\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ud800-\udfff"
_PARTS = re.compile(f"(?P<odd>[{_INVISIBLE}]+)|[^{_INVISIBLE}\n]{{1,{LONGEST}}}|\n")


class Bash(str):
    """Text that is bash already."""

    __slots__ = ()


def literal(text: str) -> Bash:
    r"""Return a text as one word of bash: `it's` as `'it'\''s'`.

    NUL, which no variable can hold, is left out. Long lines are split where bash joins them again.
    """
    pieces: list[str] = []
    line = ""
    for part in _PARTS.finditer(text.replace("\0", "")):
        if part["odd"]:
            pieces += _close(line)
            line = ""
            odd = part["odd"]
            pieces += [
                f"$'{_escapes(odd[i : i + LONGEST // 10])}'"
                for i in range(0, len(odd), LONGEST // 10)
            ]
        elif len(line) - line.rfind("\n") + len(part[0]) > LONGEST and part[0] != "\n":
            pieces += _close(line)
            line = part[0]
        else:
            line += part[0]
    pieces += _close(line)
    return Bash("\\\n".join(_rows(pieces)) or "''")


def _close(text: str) -> list[str]:
    return ["'" + text.replace("'", "'\\''") + "'"] if text else []


def _rows(pieces: list[str]) -> list[str]:
    """Join the pieces into as few rows as possible that are not too long."""
    rows: list[str] = []
    for piece in pieces:
        if rows and len(rows[-1]) + len(piece) <= LONGEST:
            rows[-1] += piece
        else:
            rows.append(piece)
    return rows


def _escapes(text: str) -> str:
    return "".join(f"\\{byte:03o}" for byte in encoded(text))


def encoded(text: str) -> bytes:
    """Return a text as UTF-8; surrogates become the original bytes again."""
    try:
        return text.encode("utf-8", "surrogateescape")
    except UnicodeEncodeError:  # other lone surrogates, which do not represent a byte
        return re.sub("[\ud800-\udc7f\udd00-\udfff]", "\ufffd", text).encode(
            "utf-8", "surrogateescape"
        )


def literal_bytes(value: bytes) -> Bash:
    """Return bytes as one word of bash; bytes that are not printable ASCII are escaped."""
    if all(0x20 <= byte < 0x7F for byte in value):
        return literal(value.decode("ascii"))
    plain = "".join(
        chr(byte) if 0x20 <= byte < 0x7F and byte not in b"'\\" else f"\\{byte:03o}"
        for byte in value
    )
    return Bash(f"$'{plain}'")
