"""Which files a release changes: from git, or from a list."""

from __future__ import annotations

import codecs
import hashlib
import os
import re
import shlex
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path


class NoChanges(Exception):
    """The changed files cannot be determined; the message says why and what to do."""


@dataclass(frozen=True, slots=True)
class ChangedFiles:
    """What has changed since a revision.

    Attributes:
        paths: the files, relative to the repository root; bytes that are not UTF-8 are surrogates.
        uncommitted: how many files have uncommitted changes; they are not in `paths`.
        parted: whether the merge base of HEAD and the revision is known. If it is not, as in a shallow
        clone, `paths` are the differences from the revision itself: that may be too many.
    """

    paths: tuple[str, ...]
    uncommitted: int
    parted: bool


def changed_since(repository: Path, revision: str) -> ChangedFiles:
    """Return the files that differ between HEAD and its merge base with a revision.

    That is `git diff REV...HEAD`: later changes of the other branch are not included. A renamed file
    counts under both names.

    Args:
        repository: a folder of the repository.
        revision: a tag, a branch or a commit.

    Raises:
        NoChanges: git, the repository or the revision does not exist.
    """
    head = revision_of(repository, "HEAD")
    if head is None:
        raise NoChanges(_why_no_commit(repository))
    begin = revision_of(repository, revision)
    if begin is None:
        raise NoChanges(
            f"{repository} has no revision {revision!r}: check the spelling, or fetch it "
            "(git fetch --tags --unshallow)"
        )
    base = _git(repository, "merge-base", begin, head)
    parted = base.returncode == 0
    start = base.stdout.decode().strip() if parted else begin
    diff = _git(
        repository, "diff", "--name-only", "--no-renames", "--no-relative", "-z", start, head
    )
    if diff.returncode != 0:
        raise NoChanges(f"git diff: {_last_line(diff.stderr)}")
    return ChangedFiles(tuple(_split(diff.stdout)), uncommitted(repository), parted)


def _why_no_commit(repository: Path) -> str:
    said = _git(repository, "rev-parse", "--git-dir").stderr
    if b"safe.directory" in said:
        folder = repository.resolve()
        return (
            f"git does not read {repository}, which belongs to another user; if you trust it: "
            f"git config --global --add safe.directory {shlex.quote(str(folder))}"
        )
    return f"{repository} is not a git repository with a commit; name one with --repo"


def uncommitted(repository: Path) -> int:
    """Return how many files of a repository have uncommitted changes.

    Raises:
        NoChanges: git is not installed.
    """
    status = _git(repository, "status", "--porcelain", "-z", "--no-renames", "--untracked-files=no")
    return sum(1 for _ in _split(status.stdout))


def digest_of_changes(repository: Path) -> str:
    """Return a digest of the uncommitted changes; empty if there are none.

    Untracked files are not part of it.

    Raises:
        NoChanges: git is not installed.
    """
    found = _git(
        repository, "diff", "--binary", "--no-ext-diff", "--no-textconv", "--no-color", "HEAD"
    )
    return hashlib.sha256(found.stdout).hexdigest() if found.stdout else ""


def revision_of(repository: Path, name: str) -> str | None:
    """Return the commit that a name refers to, or None if there is none.

    Raises:
        NoChanges: git is not installed.
    """
    found = _git(
        repository, "rev-parse", "--verify", "--quiet", "--end-of-options", f"{name}^{{commit}}"
    )
    return found.stdout.decode().strip() if found.returncode == 0 else None


def listed_paths(content: bytes) -> tuple[str, ...]:
    r"""Return the paths of a list, one on each line, or separated by NULs.

    The formats of git are supported: `git diff --name-only -z`, and `"a\tb"` in double quotes for a
    name that is not plain text. A leading `./` is removed, and so is a byte order mark, which a
    Windows shell writes before UTF-16.
    """
    if content.startswith(codecs.BOM_UTF16_LE):
        content = content.decode("utf-16", "replace").encode()
    content = content.removeprefix(codecs.BOM_UTF8)
    if b"\0" in content:
        found = _split(content)
    else:
        lines = (os.fsdecode(line.removesuffix(b"\r")) for line in content.split(b"\n"))
        found = (_unquoted(line) for line in lines if line.strip())
    return tuple(dict.fromkeys(path.removeprefix("./") for path in found))


def _split(content: bytes) -> Iterator[str]:
    return (os.fsdecode(path) for path in content.split(b"\0") if path)


_ESCAPE = re.compile(r'\\([abtnvfr"\\]|[0-3][0-7]{2})')
_LETTERS = {"a": 7, "b": 8, "t": 9, "n": 10, "v": 11, "f": 12, "r": 13, '"': 34, "\\": 92}


def _unquoted(line: str) -> str:
    if len(line) < 2 or not (line.startswith('"') and line.endswith('"')):
        return line
    raw = bytearray()
    position = 0
    inside = line[1:-1]
    for match in _ESCAPE.finditer(inside):
        raw += os.fsencode(inside[position : match.start()])
        raw.append(_LETTERS[match[1]] if match[1] in _LETTERS else int(match[1], 8))
        position = match.end()
    return os.fsdecode(bytes(raw) + os.fsencode(inside[position:]))


def _git(repository: Path, *arguments: str) -> subprocess.CompletedProcess[bytes]:
    try:
        return subprocess.run(["git", "-C", str(repository), *arguments], capture_output=True)
    except FileNotFoundError:
        raise NoChanges(
            "git is not installed; name the changed files: --changed-files FILE"
        ) from None
    except OSError as error:
        raise NoChanges(f"git cannot run in {repository}: {error.strerror}") from None


def _last_line(stderr: bytes) -> str:
    lines = stderr.decode("utf-8", "replace").strip().splitlines()
    return lines[-1] if lines else "it failed without a message"
