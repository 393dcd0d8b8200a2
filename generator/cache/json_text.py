"""Values as JSON, which is safe to read from any source."""

from __future__ import annotations

import json
from typing import Any


def encode(value: Any) -> bytes:
    """Write a value so that text is read back unchanged, even lone surrogates."""
    text = json.dumps(value, ensure_ascii=False, separators=(",", ":"))
    return text.encode("utf-8", "surrogatepass")


def decode(content: bytes) -> Any:
    """Read a value, or return None if it is not JSON."""
    try:
        return json.loads(content.decode("utf-8", "surrogatepass"))
    except (ValueError, RecursionError):
        return None
