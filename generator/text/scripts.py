"""Data for pages as scripts: a page opened from `file://` can only load scripts."""

from __future__ import annotations

import json

compact = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode
"""Returns a value as JSON without spaces."""


def script(variable: str, value: object) -> bytes:
    """Return a script that gives a page some data.

    Args:
        variable: the name of the property of `window`.
        value: JSON data.
    """
    return script_of(variable, compact(value))


def script_of(variable: str, data: str) -> bytes:
    """Return the same script.

    Args:
        variable: the name of the property of `window`.
        data: the data as JSON.
    """
    # The data must not end the script, or contain these two characters, which can be line ends.
    for character in "<\u2028\u2029":
        data = data.replace(character, f"\\u{ord(character):04x}")
    return f"window.{variable}={data};\n".encode()
