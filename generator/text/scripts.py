"""Data for pages as scripts: one opened from `file://` may load scripts and nothing else."""

from __future__ import annotations

import json


def script(variable: str, value: object) -> bytes:
    """Return a script that gives a page some data.

    Args:
        variable: the name under which `window` has it.
        value: what JSON can hold.
    """
    data = json.dumps(value, ensure_ascii=False, separators=(",", ":"))
    # Nothing in the data may end the script, and no engine may take these two for line ends.
    for character in "<\u2028\u2029":
        data = data.replace(character, f"\\u{ord(character):04x}")
    return f"window.{variable}={data};\n".encode()
