"""The plain form of a signature: what an incident declares, as data for JSON."""

from __future__ import annotations

import json
from typing import Any

Source = str | dict[str, Any]
"""One template; or an object with the keys that are given, in the order of `SOURCE_KEYS`."""

SOURCE_KEYS = ("text", "any", "regex", "all", "fields", "without", "within", "ignore_case")

MOST_LINES = 100
"""The maximum of `within`."""


def first_text(source: Source) -> str:
    """Return the text that stands for a signature where there is room for only one."""
    if isinstance(source, str):
        return source
    fields = source.get("fields", {})
    parts = [
        source.get("text") or source.get("regex") or "",
        *source.get("any", ())[:1],
        *source.get("all", ()),
        *(f"{key}: {value}" for key, value in fields.items()),
    ]
    return "\n".join(part for part in parts if part)


def as_key(source: Source) -> str:
    """Return a text that equal signatures share, and no others."""
    return source if isinstance(source, str) else json.dumps(source, ensure_ascii=False)


def described(source: Source) -> str:
    """Return a signature on one line, for people."""
    if isinstance(source, str):
        return source
    parts = []
    for key, value in source.items():
        if key == "text":
            parts.append(str(value))
        elif key == "fields":
            parts += [f"{name}: {text}" for name, text in value.items()]
        elif key in ("within", "ignore_case"):
            continue
        else:
            parts.append(f"{key} {' · '.join(value) if isinstance(value, list) else value}")
    return "; ".join(parts)
