"""Which files a release changes, from git."""

from __future__ import annotations

import hashlib
import os
import shlex
from dataclasses import dataclass
from pathlib import Path

from generator.checklists.git_reading import NoChanges, run, split_nuls
from generator.checklists.submodules import ChangedSubmodule, between


@dataclass(frozen=True, slots=True)
class ChangedFiles:
    """What has changed between two revisions.

    Attributes:
        paths: the files, relative to the repository root; bytes that are not UTF-8 are surrogates.
        head: the commit that is released.
        checked_out: whether that is the commit of the work tree.
        uncommitted: how many files have uncommitted changes; they are not in `paths`.
        parted: whether the merge base of the two revisions is known. If it is not, as in a shallow
        clone, `paths` are the differences from the revision itself: that may be too many.
        submodules: the submodules that point to another commit.
        start: the commit with which `head` was compared.
    """

    paths: tuple[str, ...]
    head: str
    checked_out: bool
    uncommitted: int
    parted: bool
    submodules: tuple[ChangedSubmodule, ...] = ()
    start: str = ""


def changed_since(repository: Path, revision: str) -> ChangedFiles:
    """Return the files that differ between HEAD and its merge base with a revision.

    That is `git diff REV...HEAD`: later changes of the other branch are not included. `A...B` names the
    other end, too; `A..B` compares the two commits themselves. A renamed file counts under both names.
    Of a submodule, the files count that differ between its two commits, as far as they are here.

    Args:
        repository: a folder of the repository.
        revision: a tag, a branch, a commit, or a range of two.

    Raises:
        NoChanges: git, the repository or a revision does not exist.
    """
    current = revision_of(repository, "HEAD")
    if current is None:
        raise NoChanges(_why_no_commit(repository))
    begin_name, dots, end_name = _range(revision)
    begin = _known(repository, begin_name if begin_name or not dots else "HEAD")
    head = _known(repository, end_name) if end_name else current
    start, parted = begin, True
    if dots != "..":
        base = run(repository, "merge-base", begin, head)
        parted = base.returncode == 0
        start = base.stdout.decode().strip() if parted else begin
    paths, submodules = between(repository, start, head)
    checked_out = head == current
    return ChangedFiles(
        tuple(paths),
        head,
        checked_out,
        uncommitted(repository) if checked_out else 0,
        parted,
        tuple(submodules),
        start,
    )


def _range(revision: str) -> tuple[str, str, str]:
    for dots in ("...", ".."):
        if dots in revision:
            return revision.partition(dots)
    return revision, "", ""


def _known(repository: Path, name: str) -> str:
    found = revision_of(repository, name)
    if found is None:
        raise NoChanges(
            f"{repository} has no revision {name!r}: check the spelling, or fetch it "
            "(git fetch --tags --unshallow)"
        )
    return found


def _why_no_commit(repository: Path) -> str:
    said = run(repository, "rev-parse", "--git-dir").stderr
    if b"safe.directory" in said:
        folder = repository.resolve()
        return (
            f"git does not read {repository}, which belongs to another user; if you trust it: "
            f"git config --global --add safe.directory {shlex.quote(str(folder))}"
        )
    if b"bare repository" in said:
        return f"{repository} is a bare repository, which has no files; name a clone with --repo"
    return f"{repository} is not a git repository with a commit; name one with --repo"


def uncommitted(repository: Path) -> int:
    """Return how many files of a repository have uncommitted changes.

    Raises:
        NoChanges: git is not installed.
    """
    status = run(repository, "status", "--porcelain", "-z", "--no-renames", "--untracked-files=no")
    return sum(1 for _ in split_nuls(status.stdout))


def digest_of_changes(repository: Path) -> str:
    """Return a digest of the uncommitted changes; empty if there are none.

    Untracked files are not part of it.

    Raises:
        NoChanges: git is not installed.
    """
    found = run(repository, "diff", "--binary", "--no-color", "HEAD")
    return hashlib.sha256(found.stdout).hexdigest() if found.stdout else ""


def top_of(folder: Path) -> Path | None:
    """Return the top folder of the work tree that contains a folder; None if it is in none.

    Raises:
        NoChanges: git is not installed.
    """
    found = run(folder, "rev-parse", "--show-toplevel")
    name = os.fsdecode(found.stdout.removesuffix(b"\n"))
    return Path(name).resolve() if found.returncode == 0 and name else None


def revision_of(repository: Path, name: str) -> str | None:
    """Return the commit that a name refers to, or None if there is none.

    Raises:
        NoChanges: git is not installed.
    """
    found = run(
        repository, "rev-parse", "--verify", "--quiet", "--end-of-options", f"{name}^{{commit}}"
    )
    return found.stdout.decode().strip() if found.returncode == 0 else None
