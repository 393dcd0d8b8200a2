"""What identifies the repository of a release: its name, or one of its files.

A condition of a check says what to look for. All of it is looked up once, before checks are chosen.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from fnmatch import fnmatchcase
from pathlib import Path

from generator.checklists.conditions import REPOSITORY, Condition
from generator.checklists.git_reading import NoChanges, run, split_nuls
from generator.checklists.globs import ChangedPaths

_VARIABLES = (
    "GITHUB_REPOSITORY",  # Gitea and Forgejo have it, too
    "CI_PROJECT_PATH",  # GitLab
    "BITBUCKET_REPO_FULL_NAME",
    "BUILD_REPOSITORY_NAME",  # Azure
)
_ADDRESS = re.compile(
    r"(?:[a-z+]+://[^/]*/|[^/:]+:)(.+)"
)  # https://host/owner/name, host:owner/name
_AT_ONCE = 500  # paths of one command


def identified(
    repository: Path, commit: str, conditions: Iterable[Condition]
) -> Mapping[tuple[str, ...], Sequence[str]] | None:
    """Return what conditions on a repository find in it, by their parts without the sign.

    Args:
        repository: a folder of the repository.
        commit: the commit that is released.
        conditions: the conditions.

    Returns:
        None if nothing is known of the repository.
    """
    wanted = {tuple(part[1:]) for one in conditions for part in one if part[0] == REPOSITORY}
    if not wanted:
        return {}
    try:
        names = list(names_of(repository))
        looks = any(how == "file" for how, *_ in wanted)
        files = ChangedPaths(_files(repository, commit) if looks else ())
        return {
            (how, *of): found
            for how, *of in wanted
            if (
                found := _named(names, of[0])
                if how == "name"
                else _file(repository, commit, files, *of)
            )
        }
    except NoChanges:
        return None


def names_of(repository: Path) -> Iterator[str]:
    """Yield the names of a repository: by its remotes, or by the job that runs, or by its folder.

    Args:
        repository: a folder of the repository.

    Raises:
        NoChanges: git cannot run there.
    """
    listed = run(repository, "config", "--null", "--get-regexp", r"^remote\..*\.url$").stdout
    addresses = [one.partition("\n")[2] for one in split_nuls(listed)]
    names = [_path_in(address) for address in addresses]
    names = names or [name for variable in _VARIABLES if (name := os.environ.get(variable))]
    if not names:
        # The folder of the clone itself, of which there may be several work trees.
        folder = run(repository, "rev-parse", "--path-format=absolute", "--git-common-dir").stdout
        names = [_path_in(os.fsdecode(folder).rstrip("\n").removesuffix("/.git"))]
    for name in names:
        yield name.rstrip("/").removesuffix(".git").strip("/")


def _path_in(address: str) -> str:
    """Return the owner and the name of a repository in its address; of a folder, only its name."""
    found = _ADDRESS.fullmatch(address)
    return found[1] if found else address.rstrip("/").rpartition("/")[2]


def _named(names: Iterable[str], glob: str) -> tuple[str, ...]:
    """Return the name that a glob matches, as far as both have parts: `shop` is `acme/shop`, too."""
    wanted = glob.strip("/").casefold().split("/")
    for name in names:
        parts = name.split("/")
        end = parts[-len(wanted) :]
        if all(
            fnmatchcase(part.casefold(), one)
            for part, one in zip(reversed(end), reversed(wanted), strict=False)
        ):
            return "name", "/".join(end)
    return ()


def _file(
    repository: Path, commit: str, files: ChangedPaths, glob: str, text: str
) -> tuple[str, ...]:
    """Return the first file that a glob matches, with its text if one is wanted."""
    paths = sorted(path for found in files.matching((glob,)).values() for path in found)
    if not text:
        return ("file", paths[0]) if paths else ()
    for first in range(0, len(paths), _AT_ONCE):
        only = [f":(top,literal){path}" for path in paths[first : first + _AT_ONCE]]
        listed = run(repository, "grep", "-l", "-z", "-F", "-e", text, commit, "--", *only).stdout
        for found in split_nuls(listed):
            return "file", found.partition(":")[2], text
    return ()


def _files(repository: Path, commit: str) -> Iterator[str]:
    listed = run(repository, "ls-tree", "-r", "-z", "--name-only", "--full-tree", commit)
    if listed.returncode:
        raise NoChanges(f"{repository} has no commit {commit}")
    return split_nuls(listed.stdout)
