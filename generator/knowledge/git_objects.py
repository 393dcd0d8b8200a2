"""What a commit contains, asked of git: names, and what files hold."""

from __future__ import annotations

import subprocess
from collections.abc import Iterator, Sequence
from pathlib import Path

from generator.knowledge.git import git

REGULAR = (b"100644", b"100755")
"""The modes of regular files, as git writes them."""


class NotInGit(Exception):
    """Git cannot tell what a commit has; the message says why."""


def missing_in_clone(name: str) -> NotInGit:
    """Return what to do about a file that is left out, as in a clone with a filter."""
    return NotInGit(f"this clone does not contain its {name}; clone without a filter")


def contents_of(root: Path, blobs: Sequence[str]) -> Iterator[bytes]:
    """Yield what blobs contain.

    Raises:
        NotInGit: git cannot tell.
    """
    rest = asked(root, "cat-file", "--batch", given="\n".join(blobs).encode() + b"\n")
    for _ in blobs:
        header, _, rest = rest.partition(b"\n")
        words = header.split()
        if len(words) != 3:
            raise missing_in_clone("files")
        size = int(words[2])
        yield rest[:size]
        rest = rest[size + 1 :]


def asked(root: Path, subcommand: str, *arguments: str, given: bytes = b"") -> bytes:
    """Return what git prints.

    Raises:
        NotInGit: it fails.
    """
    try:
        done = git(root, subcommand, *arguments, given=given)
    except (OSError, subprocess.TimeoutExpired) as error:
        raise NotInGit(f"git {subcommand}: {error}") from None
    if done.returncode:
        said = done.stderr.decode("utf-8", "replace").strip().splitlines()
        raise NotInGit(f"git {subcommand}: {said[-1] if said else 'it failed'}")
    return done.stdout
