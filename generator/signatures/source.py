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
    """Return a signature for people, on one line; of many texts, it says only how many there are."""
    if isinstance(source, str):
        return source
    parts = []
    for key, value in source.items():
        if key in ("text", "regex"):
            parts.append(f"{value}" if key == "text" else f"regex {value}")
        elif key == "any":
            more = f" (or one of {len(value) - 1} other texts)" if len(value) > 1 else ""
            parts.append(f"{value[0]}{more}")
        elif key == "fields":
            parts += [f"{name}: {text}" for name, text in value.items()]
        elif key in ("all", "without"):
            parts += [f"{'and' if key == 'all' else 'without'} {text}" for text in value]
    return "; ".join(parts)
