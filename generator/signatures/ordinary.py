"""Ordinary log lines, which no signature may match."""

from __future__ import annotations

from functools import cache
from pathlib import Path


@cache
def ordinary_text() -> str:
    """Return about 300 lines that PostgreSQL, Node.js, nginx and systemd write on a normal day."""
    return Path(__file__).with_name("ordinary.txt").read_text("utf-8")
