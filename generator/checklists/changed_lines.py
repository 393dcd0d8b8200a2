"""Which lines a release adds and removes, as far as a diff shows them.

A line begins with its sign, `+` or `-`. `@` begins a hunk: lines between which nothing is unchanged.
The unchanged line above a hunk stands first in it, after a space. `!` says that the file is new, and `?`
that it has other changed lines, which are not known: those of a binary file, of a merge, of a file whose
lines were cut, and of everything behind the limit. A file without an entry is like one with only `?`.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

from generator.checklists.diff_lists import diff_paths
from generator.checklists.git_reading import NoChanges, reading
from generator.checklists.quoted_paths import NotAFileList
from generator.limits import CHANGED_LINES

HUNK, UNKNOWN, NEW, ABOVE = "@", "?", "!", " "
_ARGUMENTS = 100_000  # characters; more would not fit into one command
_LONGEST = 1_000  # characters of a line; a longer one is generated, and cut


class ChangedLines:
    """The lines of a release that are known.

    Attributes:
        by_path: the lines of each file.
    """

    def __init__(self) -> None:
        self.by_path: dict[str, list[str]] = {}
        self._left = int(CHANGED_LINES)

    @property
    def is_full(self) -> bool:
        """Whether no more lines are taken."""
        return self._left <= 0

    def kept(self, line: str) -> tuple[str, ...]:
        """Return what is kept of a changed line."""
        self._left -= len(line)
        if self._left < 0:
            return (UNKNOWN,)
        return (line,) if len(line) <= _LONGEST else (line[:_LONGEST], UNKNOWN)

    def add(self, names: Iterable[str], lines: Iterable[str]) -> None:
        """Add the lines of a file, under each of its names."""
        for name in names:
            self.by_path.setdefault(name.removeprefix("./"), []).extend(lines)

    def add_unknown(self, names: Iterable[str]) -> None:
        """Say of files that their lines are not known."""
        self.add(names, (UNKNOWN,))


def read_changed_lines(
    repository: Path, start: str, end: str, paths: Sequence[str], into: ChangedLines
) -> None:
    """Read the lines of files that differ between two commits, until no more are taken.

    Args:
        repository: a folder of the repository.
        start: a commit.
        end: a commit.
        paths: the files; git reads no others, unless these are very many.
        into: gets the lines; if git fails, it gets none.
    """
    arguments = ("-U1", "--inter-hunk-context=0", "--no-color", "--no-renames", "--no-relative")
    prefixes = ("--src-prefix=a/", "--dst-prefix=b/")
    only = [f":(top,literal){path}" for path in paths]
    if sum(map(len, only)) > _ARGUMENTS:
        only = []  # then it is faster to read all of them at once, too
    found = ChangedLines()
    try:
        with reading(repository, "diff", *arguments, *prefixes, start, end, "--", *only) as lines:
            for _ in diff_paths(_until_full(lines, found), found):
                pass
    except NotAFileList:
        pass  # the last file that was read is not whole; those before it are
    except NoChanges:
        return
    for name in paths:
        if name in found.by_path:
            into.add((name,), found.by_path[name])
        elif name in into.by_path:
            into.add_unknown((name,))


def _until_full(lines: Iterable[str], into: ChangedLines) -> Iterator[str]:
    for line in lines:
        if into.is_full:
            return
        yield line
