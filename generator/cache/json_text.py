"""Values as JSON: reading it executes nothing, whoever wrote it."""

from __future__ import annotations

import json
from typing import Any


def encode(value: Any) -> bytes:
    """Write a value; text comes back as it was, half a surrogate pair too."""
    text = json.dumps(value, ensure_ascii=False, separators=(",", ":"))
    return text.encode("utf-8", "surrogatepass")


def decode(content: bytes) -> Any:
    """Read a value, or return None where it is none."""
    try:
        return json.loads(content.decode("utf-8", "surrogatepass"))
    except (ValueError, RecursionError):
        return None
