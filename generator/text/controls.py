"""Characters that act on what shows a text: control characters, and those that turn its direction."""

from __future__ import annotations

import json
import re
from typing import Any

# C0 and C1 without tab and line end; marks and overrides of the writing direction (Unicode's
# Bidi_Control); halves of surrogate pairs, which no encoding can write.
_ACTIVE = (
    "\\x00-\\x08\\x0b\\x0c\\x0e-\\x1f\\x7f-\\x9f"
    "\\u061c\\u200e\\u200f\\u202a-\\u202e\\u2066-\\u2069\\ud800-\\udfff"
)
_HARMFUL = re.compile(rf"[{_ACTIVE}\r](?!(?<=\r)\n)")
_NOT_ON_A_LINE = re.compile(rf"[{_ACTIVE}\r\n\u2028\u2029]")


def written_out(text: str) -> str:
    r"""Return a text in which each character that acts is spelled out, such as `\x1b` or `\u202e`.

    Tabs and line ends stay.
    """
    return text if _harmless(text) else _HARMFUL.sub(_spelled, text)


def on_one_line(text: str) -> str:
    r"""Return a text like `written_out`, with line ends spelled out, too: `\n`."""
    return text if _harmless(text) else _NOT_ON_A_LINE.sub(_spelled, text)


def acting(text: str) -> str:
    """Return the first character of a text that acts; empty if none does."""
    found = None if _harmless(text) else _HARMFUL.search(text)
    return found[0] if found else ""


def json_text(value: Any, indent: int | None = 2) -> str:
    r"""Return a value as JSON without a character that acts: in its strings they are `\u202e`.

    Args:
        value: what `json` can write.
        indent: spaces for each level; without it, everything is on one line.
    """
    text = json.dumps(value, indent=indent, ensure_ascii=False)
    return _HARMFUL.sub(lambda found: f"\\u{ord(found[0]):04x}", text)


def _harmless(text: str) -> bool:
    return text.isascii() and text.isprintable()


def _spelled(found: re.Match[str]) -> str:
    if found[0] in "\r\n":
        return "\\r" if found[0] == "\r" else "\\n"
    number = ord(found[0])
    return f"\\x{number:02x}" if number < 0x100 else f"\\u{number:04x}"
