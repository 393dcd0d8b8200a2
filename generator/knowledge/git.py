"""The only way to git: a repository may be somebody else's, and its settings can name programs.

Git reads `.git/config` of the folder that it is called in, and that file came with the folder where
it was unpacked from an archive. It may name programs for hooks, for watching files, for comparing
and for filtering. Here none of them runs, nothing is fetched, and a repository that lies inside
another one as plain files is not one. Settings of the user, outside of the repository, stay.
"""

from __future__ import annotations

import os
import subprocess
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from threading import Timer

_GUARDS = (
    "--no-pager",
    "-c", "core.fsmonitor=false",
    "-c", f"core.hooksPath={os.devnull}",
    "-c", "log.showSignature=false",
    "-c", "safe.bareRepository=explicit",
)  # fmt: skip
_SUBCOMMAND_GUARDS: Mapping[str, tuple[str, ...]] = {
    # A submodule is a repository with settings of its own, which git would read in a new process.
    "diff": ("--no-ext-diff", "--no-textconv", "--ignore-submodules=dirty", "--submodule=short"),
    "log": ("--no-ext-diff", "--no-textconv", "--ignore-submodules=dirty", "--submodule=short"),
    "status": ("--ignore-submodules=dirty",),
    "rev-parse": (),
    "merge-base": (),
    "ls-tree": (),
    "describe": (),
    "config": ("--includes",),
    "grep": ("--no-textconv", "--no-color", "--no-recurse-submodules", "--full-name"),
    "cat-file": (),
}
_ENVIRONMENT = {
    "GIT_ALLOW_PROTOCOL": "none",  # nothing is fetched, whatever the settings allow
    "GIT_NO_LAZY_FETCH": "1",
    "GIT_OPTIONAL_LOCKS": "0",
    "GIT_TERMINAL_PROMPT": "0",
}
# Set by git while it runs a hook, and they would name another repository than the folder's.
_LOCAL = frozenset(
    """
    GIT_DIR GIT_WORK_TREE GIT_INDEX_FILE GIT_PREFIX GIT_COMMON_DIR GIT_OBJECT_DIRECTORY
    GIT_ALTERNATE_OBJECT_DIRECTORIES GIT_SHALLOW_FILE GIT_GRAFT_FILE GIT_NAMESPACE
    GIT_LITERAL_PATHSPECS GIT_GLOB_PATHSPECS GIT_NOGLOB_PATHSPECS GIT_ICASE_PATHSPECS
    """.split()
)
_PROGRAMS_OF_FILTERS = (".clean", ".smudge", ".process")
_OWN_SCOPES = ("local", "worktree")

_LINE = 1 << 16  # bytes that are read of a line; the rest is left out

Finished = subprocess.CompletedProcess[bytes]


def git(
    folder: Path, subcommand: str, *arguments: str, timeout: float = 300.0, given: bytes = b""
) -> Finished:
    """Run git in a folder, so that it runs no program that the repository names.

    Args:
        folder: where to run it.
        subcommand: one of those that are known here; each reads only.
        arguments: what follows it.
        timeout: how many seconds it may take.
        given: what it reads from standard input.

    Raises:
        OSError: it cannot be started.
        subprocess.TimeoutExpired: it took too long, and was ended.
    """
    variables = environment()
    if subcommand in ("diff", "status"):  # they read files, through filters
        variables = _without_filters(folder, variables)
    guarded = (subcommand, *_SUBCOMMAND_GUARDS[subcommand], *arguments)
    return _run(folder, guarded, variables, timeout, given)


@contextmanager
def streamed(
    folder: Path, subcommand: str, *arguments: str, timeout: float = 300.0
) -> Iterator[Iterator[str]]:
    """Run git as `git` does, and give its lines while it runs; leaving the block ends it.

    Args:
        folder: where to run it.
        subcommand: one of those that are known here.
        arguments: what follows it.
        timeout: how many seconds it may take.

    Raises:
        OSError: it cannot be started.
        subprocess.SubprocessError: after its last line, it turned out that it failed.
    """
    variables = _without_filters(folder, environment())
    words = _words((subcommand, *_SUBCOMMAND_GUARDS[subcommand], *arguments))
    with subprocess.Popen(
        words,
        cwd=folder,
        env=variables,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
    ) as process:
        watch = Timer(timeout, process.kill)
        watch.start()

        def lines() -> Iterator[str]:
            assert process.stdout is not None
            while line := process.stdout.readline(_LINE):
                yield os.fsdecode(line.removesuffix(b"\n").removesuffix(b"\r"))
                while not line.endswith(b"\n") and (line := process.stdout.readline(_LINE)):
                    pass
            if process.wait():
                raise subprocess.CalledProcessError(process.returncode, words[0])

        try:
            yield lines()
        finally:
            watch.cancel()
            process.kill()


def _words(words: tuple[str, ...]) -> list[str]:
    return ["git", *_GUARDS, *words]


def environment() -> dict[str, str]:
    """Return the variables that git gets: the caller's, less what names another repository."""
    kept = {name: value for name, value in os.environ.items() if name not in _LOCAL}
    return kept | _ENVIRONMENT


def _run(
    folder: Path,
    words: tuple[str, ...],
    variables: dict[str, str],
    limit: float,
    given: bytes = b"",
) -> Finished:
    return subprocess.run(
        _words(words),
        cwd=folder,
        env=variables,
        input=given,
        capture_output=True,
        timeout=limit,
        check=False,
    )


def _without_filters(folder: Path, variables: dict[str, str]) -> dict[str, str]:
    """Add the settings that turn off the filters which the repository itself names.

    They go through variables, as the name of a filter may hold the sign that ends a name after
    `-c`. A filter of the user's own settings, such as that of Git LFS, stays.
    """
    names = tuple(_own_filters(folder.resolve()))
    given = variables.get("GIT_CONFIG_COUNT", "")
    first = int(given) if given.isdecimal() else 0
    added = {}
    for number, (name, value) in enumerate(names, first):
        added[f"GIT_CONFIG_KEY_{number}"], added[f"GIT_CONFIG_VALUE_{number}"] = name, value
    return variables | added | {"GIT_CONFIG_COUNT": str(first + len(names))}


@cache
def _own_filters(folder: Path) -> tuple[tuple[str, str], ...]:
    """Return the settings that turn off a repository's own filters; asked once, as nothing changes."""
    asked = ("config", "--list", "--includes", "--show-scope", "--name-only", "-z")
    found = _run(folder, asked, environment(), 30.0).stdout.split(b"\0")
    return tuple(_switches(zip(found[::2], found[1::2], strict=False)))


def _switches(settings: Iterator[tuple[bytes, bytes]]) -> Iterator[tuple[str, str]]:
    for scope, raw in settings:
        name = os.fsdecode(raw)
        if scope.decode() not in _OWN_SCOPES or not name.startswith("filter."):
            continue
        if name.endswith(_PROGRAMS_OF_FILTERS):
            yield name, ""
            yield f"{name.rpartition('.')[0]}.required", "false"
