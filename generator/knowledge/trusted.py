"""Which knowledge bases this user trusts on this machine, and with what.

It stands in the user's own folder for state, by the real path of the knowledge base, so that
nothing that comes with a clone can say it.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path

from generator.cache.state import read_state, write_state

FILE = "trusted.json"
EVERYTHING = "*"
"""Trusted with whatever it runs: the user has made it."""


def is_trusted_with(root: Path, digests: Iterable[str]) -> bool:
    """Say whether a knowledge base may run some things.

    Args:
        root: the knowledge base.
        digests: what it would run.
    """
    known = _read().get(str(root.resolve()), [])
    return EVERYTHING in known or set(digests) <= set(known)


def is_told_to_trust(root: Path, digest: str) -> bool:
    """Say whether a knowledge base may run just this: that it may run everything does not count."""
    return digest in _read().get(str(root.resolve()), [])


def trust(root: Path, digests: Iterable[str]) -> None:
    """Remember that a knowledge base may run some things. That it cannot be kept is no error.

    Args:
        root: the knowledge base.
        digests: what it runs; or `EVERYTHING`.
    """
    known = {path: kept for path, kept in _read().items() if Path(path).is_dir()}
    path = str(root.resolve())
    known[path] = sorted({*known.get(path, []), *digests})
    with suppress(OSError):
        write_state(FILE, json.dumps(known, indent=1).encode())


def _read() -> dict[str, list[str]]:
    content = read_state(FILE)
    if content is None:
        return {}
    try:
        known = json.loads(content)
    except (ValueError, RecursionError):
        return {}
    if not isinstance(known, dict):
        return {}
    return {
        str(path): list(map(str, kept)) for path, kept in known.items() if isinstance(kept, list)
    }
