"""Data for pages as scripts: a page opened from `file://` can only load scripts."""

from __future__ import annotations

import json


def script(variable: str, value: object) -> bytes:
    """Return a script that gives a page some data.

    Args:
        variable: the name of the property of `window`.
        value: JSON data.
    """
    data = json.dumps(value, ensure_ascii=False, separators=(",", ":"))
    # The data must not end the script, or contain these two characters, which can be line ends.
    for character in "<\u2028\u2029":
        data = data.replace(character, f"\\u{ord(character):04x}")
    return f"window.{variable}={data};\n".encode()
