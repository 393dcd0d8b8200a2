"""The files between two commits, and in the submodules that point to another commit."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from generator.checklists.git_reading import NoChanges, last_line, run, split_nuls

_SUBMODULE = "160000"
_DEPTH = 5


@dataclass(frozen=True, slots=True)
class ChangedSubmodule:
    """A submodule that points to another commit.

    Attributes:
        path: its path in the repository.
        old: the commit to which it pointed; empty if it is new.
        new: the commit to which it points; empty if it was removed.
        files: how many of its files differ; None if that is not known, because it is not here.
    """

    path: str
    old: str
    new: str
    files: int | None


def between(
    repository: Path, start: str, end: str, depth: int = 0
) -> tuple[list[str], list[ChangedSubmodule]]:
    """Return the files that differ between two commits, and the submodules.

    A submodule counts under its own path, and with its files if its commits are here.

    Args:
        repository: a folder of the repository.
        start: a commit.
        end: a commit.
        depth: how many repositories this one lies in.

    Raises:
        NoChanges: git cannot tell.
    """
    arguments = ("--raw", "--no-abbrev", "--no-renames", "--no-relative", "-z", start, end, "--")
    diff = run(repository, "diff", *arguments)
    if diff.returncode != 0:
        raise NoChanges(f"git diff: {last_line(diff.stderr)}")
    paths: list[str] = []
    submodules: list[ChangedSubmodule] = []
    fields = split_nuls(diff.stdout)
    for about, path in zip(fields, fields, strict=True):
        paths.append(path)
        old_mode, new_mode, old, new, _ = about.removeprefix(":").split(" ")
        if _SUBMODULE not in (old_mode, new_mode):
            continue
        old = old if old_mode == _SUBMODULE else ""
        new = new if new_mode == _SUBMODULE else ""
        inside = _inside(repository, path, old, new, depth)
        submodules.append(ChangedSubmodule(path, old, new, len(inside[0]) if inside else None))
        if inside:
            paths += [f"{path}/{name}" for name in inside[0]]
            submodules += [_below(path, one) for one in inside[1]]
    return paths, submodules


def _below(path: str, one: ChangedSubmodule) -> ChangedSubmodule:
    return ChangedSubmodule(f"{path}/{one.path}", one.old, one.new, one.files)


def _inside(
    repository: Path, path: str, old: str, new: str, depth: int
) -> tuple[list[str], list[ChangedSubmodule]] | None:
    """Return what differs in a submodule; None if that is not known."""
    folder = _folder(repository, path)
    if folder is None or depth >= _DEPTH:
        return None
    try:
        if old and new:
            return between(folder, old, new, depth + 1)
        listed = run(folder, "ls-tree", "-r", "-z", "--name-only", "--full-tree", old or new)
    except NoChanges:
        return None
    return (list(split_nuls(listed.stdout)), []) if listed.returncode == 0 else None


def _folder(repository: Path, path: str) -> Path | None:
    """Return the folder of a submodule, if it is in the work tree and a repository of its own."""
    top = run(repository, "rev-parse", "--show-toplevel").stdout.decode("utf-8", "surrogateescape")
    names = PurePosixPath(path)
    if not top.strip() or names.is_absolute() or ".." in names.parts:
        return None
    root = Path(top.removesuffix("\n"))
    folder = root / path
    try:
        inside = folder.resolve().is_relative_to(root.resolve())
    except (OSError, RuntimeError):  # a loop of links
        return None
    # Without a repository of its own, git would answer for the one around it.
    return folder if inside and (folder / ".git").exists() else None


def tracked(repository: Path) -> Iterator[str]:
    """Yield the files of the commit that is checked out.

    Raises:
        NoChanges: there is none.
    """
    listed = run(repository, "ls-tree", "-r", "-z", "--name-only", "--full-tree", "HEAD")
    if listed.returncode != 0:
        raise NoChanges(f"{repository} is not a git repository with a commit")
    return split_nuls(listed.stdout)
