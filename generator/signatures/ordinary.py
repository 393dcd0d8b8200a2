"""Ordinary log lines, in which no incident's signature may be found."""

from __future__ import annotations

from functools import cache
from pathlib import Path


@cache
def ordinary_text() -> str:
    """Return some 300 lines as PostgreSQL, Node, nginx and systemd write them on a quiet day."""
    return Path(__file__).with_name("ordinary.txt").read_text("utf-8")
