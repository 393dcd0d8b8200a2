"""Git, asked for what a release changes: what goes wrong becomes a message that says what to do."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from generator.knowledge.git import Finished, git, streamed


class NoChanges(Exception):
    """The changed files cannot be determined; the message says why and what to do."""


def run(repository: Path, subcommand: str, *arguments: str) -> Finished:
    """Run git in a repository.

    Raises:
        NoChanges: git cannot run there, or takes too long.
    """
    try:
        return git(repository, subcommand, *arguments)
    except FileNotFoundError:
        if not repository.is_dir():
            raise NoChanges(f"{repository} is not a folder; name one with --repo") from None
        raise NoChanges(
            "git is not installed; name the changed files: --changed-files FILE"
        ) from None
    except subprocess.TimeoutExpired as error:
        raise NoChanges(
            f"git {subcommand} in {repository} took longer than {error.timeout:.0f} s"
        ) from None
    except OSError as error:
        raise NoChanges(f"git cannot run in {repository}: {error.strerror}") from None


@contextmanager
def reading(repository: Path, subcommand: str, *arguments: str) -> Iterator[Iterator[str]]:
    """Give the lines that git prints, while it runs; leaving the block ends it.

    Raises:
        NoChanges: git cannot run there, or it failed after its last line.
    """
    try:
        with streamed(repository, subcommand, *arguments) as lines:
            yield lines
    except (OSError, subprocess.SubprocessError) as error:
        raise NoChanges(f"git {subcommand} in {repository} failed: {error}") from None


def split_nuls(content: bytes) -> Iterator[str]:
    """Yield the texts between NULs, as git prints them with `-z`."""
    return (os.fsdecode(text) for text in content.split(b"\0") if text)


def last_line(stderr: bytes) -> str:
    """Return the last line of what git said."""
    lines = stderr.decode("utf-8", "replace").strip().splitlines()
    return lines[-1] if lines else "it failed without a message"
