"""A message as plain JSON, for receivers of your own."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from generator.notices.reading import Notice

VERSION = 1
"""Keys can be added; no key changes its meaning or disappears within a version."""


def as_webhook(notice: Notice) -> dict[str, Any]:
    """Return everything that the message tells."""
    return {"version": VERSION, **asdict(notice), "key": notice.key}
