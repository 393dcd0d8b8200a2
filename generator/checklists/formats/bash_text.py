r"""Text as literals of bash, which no shell reads anything into.

Whatever a template of a script prints becomes such a literal, so that no template can let a field's
text become a command by forgetting something.
"""

from __future__ import annotations

import re

LONGEST = 900
"""A literal is broken into pieces of at most so many characters, so that no line gets long."""

# What a terminal or an editor would act on, or hide: control characters, those that turn the
# direction of writing, line ends that are none for a shell, and bytes that are no UTF-8, which
# `os.fsdecode` makes lone surrogates of.
_INVISIBLE = "\x00-\x08\x0b-\x1f\x7f-\x9f\xad\u061c\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ud800-\udfff"
_PARTS = re.compile(f"(?P<odd>[{_INVISIBLE}]+)|[^{_INVISIBLE}\n]{{1,{LONGEST}}}|\n")


class Bash(str):
    """Text that is bash already."""

    __slots__ = ()


def literal(text: str) -> Bash:
    r"""Return a text as one word of bash: `it's` as `'it'\''s'`.

    NUL, which no variable can hold, is left out. Long lines are broken where bash joins them again.
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
    """Join the pieces into rows: as few as do not get long."""
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
    """Return a text as UTF-8; what was no UTF-8 becomes the bytes that it was."""
    try:
        return text.encode("utf-8", "surrogateescape")
    except UnicodeEncodeError:  # other lone surrogates, which stand for no byte
        return re.sub("[\ud800-\udc7f\udd00-\udfff]", "\ufffd", text).encode(
            "utf-8", "surrogateescape"
        )


def literal_bytes(value: bytes) -> Bash:
    """Return bytes as one word of bash; what is not printable ASCII is escaped."""
    if all(0x20 <= byte < 0x7F for byte in value):
        return literal(value.decode("ascii"))
    plain = "".join(
        chr(byte) if 0x20 <= byte < 0x7F and byte not in b"'\\" else f"\\{byte:03o}"
        for byte in value
    )
    return Bash(f"$'{plain}'")
