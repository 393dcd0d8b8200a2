"""Globs as in .gitignore, and matching many globs against many paths.

`glob_syntax.py` writes braces out, and `pathspec` reads the globs; this module avoids trying every glob
on every path: a glob is tried only on the paths that contain its rarest name.
"""

from __future__ import annotations

import re
from array import array
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cache
from itertools import count
from typing import overload

from generator.checklists.glob_syntax import GlobError, alternatives

_WILD = frozenset("*?[]\\")
_DIRECTORY = "(?P<ps_d>/)"  # how pathspec marks that a folder matched, which nobody here asks
# What pathspec makes of `*`, of a leading `**/`, and of `/**/`.
_STAR, _ANYWHERE, _DEEPER = "[^/]*", "^(?:.+/)?", "(?:/.+)?/"
_ESCAPE_OR_CLASS = re.compile(
    r"\\(?P<escaped>.)|\[(?P<head>\^?)(?P<body>\]?(?:\\.|[^\]\\])*+)(?:\]|\Z)", re.DOTALL
)
_RANGE = re.compile(r"(\\.|.)(?:-(\\.|.))?", re.DOTALL)


@cache
def glob_regex(glob: str) -> str:
    """Return the regular expression of a glob, in syntax that Python and JavaScript share.

    A leading `!` is not part of it. Use it with `re.DOTALL` in Python and the flags `su` in JavaScript:
    a file name can contain a line end, and a character beyond the first 65,536 is one character.

    Args:
        glob: one line as in .gitignore, see git-scm.com/docs/gitignore; one of its `alternatives`, as
        braces are signs of a name here.

    Raises:
        GlobError: the glob is empty, a comment, or cannot be read.
    """
    # Slow to import, and what is kept has the expressions already.
    from pathspec.patterns.gitignore.base import GitIgnorePatternError
    from pathspec.patterns.gitignore.spec import GitIgnoreSpecPattern

    try:
        found, _ = GitIgnoreSpecPattern.pattern_to_regex(glob)
    except GitIgnorePatternError as error:
        raise GlobError(f"{glob!r} is not a valid .gitignore glob") from error
    if not found:
        raise GlobError(f"{glob!r} matches nothing")
    regex = _linear(_ESCAPE_OR_CLASS.sub(_portable, str(found).replace(_DIRECTORY, "/")))
    try:
        re.compile(regex)
    except re.error as error:
        raise GlobError(f"{glob!r} is not a valid .gitignore glob: {error.msg}") from error
    return regex


def _linear(regex: str) -> str:
    """Write a glob's expression so that it takes linear time, however many `*` and `**` it holds.

    What stands between two `*`, or two `**`, is taken where it comes first, because the second one
    makes up for the rest. `(?=(...))\\1` never looks for another place; Python and JavaScript have
    it both.
    """
    numbers = count(1)
    *parts, last = regex.split(_DEEPER)
    made = ""
    for place, part in enumerate(parts):
        lead = "(?:/.+?)??/" if place else ""
        if not place and not part.startswith(_ANYWHERE):
            made = _linear_name(part, numbers)
            continue
        if not place:
            made, lead, part = "^", "(?:.+?/)??", part.removeprefix(_ANYWHERE)
        number = next(numbers)
        made += f"(?=({lead}{_linear_name(part, numbers)}(?=/)))(?:\\{number})"
    return f"{made}{_DEEPER if parts else ''}{_linear_name(last, numbers)}"


def _linear_name(regex: str, numbers: Iterator[int]) -> str:
    made, *pieces = regex.split(_STAR)
    for place, piece in enumerate(pieces, start=1):
        ends_name = "/" in piece.replace("(?!/)", "").replace("[^/]", "")
        if place == len(pieces) or ends_name:
            made += f"{_STAR}{piece}"
        else:
            number = next(numbers)
            made += f"(?=({_STAR}?{piece}))(?:\\{number})"
    return made


def _portable(found: re.Match[str]) -> str:
    """Write an escape, or a character set, that means the same in Python and JavaScript."""
    if found["escaped"] is not None:
        return _escaped(found["escaped"])
    if found["body"] == "/":
        return found[0]  # what `*` and `?` became
    parts = (
        "-".join(_escaped(sign[-1], "&-~") for sign in signs if sign)
        for signs in _RANGE.findall(found["body"])
    )
    # As in .gitignore, a set never contains the slash.
    return f"(?!/)[{found['head']}{''.join(parts)}]"


def _escaped(sign: str, also: str = "") -> str:
    if sign in "^$\\.*+?()[]{}|":
        return "\\" + sign
    return f"\\x{ord(sign):02x}" if sign in also else sign


@cache
def _compiled(glob: str) -> re.Pattern[str]:
    # `$` would also match before a final line end.
    regex = glob_regex(glob)
    return re.compile(
        regex.removesuffix("|$)") + r"|\Z)" if regex.endswith("|$)") else regex, re.DOTALL
    )


def negated(glob: str) -> bool:
    """Return whether a glob excludes what the globs before it have matched."""
    return glob.startswith("!")


class MatchedPaths(Sequence[str]):
    """Some of many paths, by their numbers: a list of names for each glob would take far more memory."""

    __slots__ = ("_numbers", "_paths")

    def __init__(self, paths: Sequence[str], numbers: Sequence[int]) -> None:
        self._paths, self._numbers = paths, numbers

    def __len__(self) -> int:
        """Return how many they are."""
        return len(self._numbers)

    @overload
    def __getitem__(self, at: int) -> str: ...
    @overload
    def __getitem__(self, at: slice) -> MatchedPaths: ...
    def __getitem__(self, at: int | slice) -> str | MatchedPaths:
        """Return one of them, or some."""
        if isinstance(at, slice):
            return MatchedPaths(self._paths, self._numbers[at])
        return self._paths[self._numbers[at]]


class ChangedPaths:
    """Changed files, indexed to find the files that a glob matches."""

    def __init__(self, paths: Iterable[str]) -> None:
        """Index the paths.

        Args:
            paths: relative to their repository, with forward slashes; each counts once.
        """
        self.paths: Sequence[str] = tuple(dict.fromkeys(paths))
        self._by_key: defaultdict[str, list[int]] = defaultdict(list)
        self._known: dict[str, Sequence[int]] = {}
        folders: dict[str, list[list[int]]] = {}  # where the numbers of the files of a folder go
        for number, path in enumerate(self.paths):
            folder, _, name = path.rpartition("/")
            places = folders.get(folder)
            if places is None:
                places = folders[folder] = [self._by_key[key] for key in _keys(folder)]
            for numbers in places:
                numbers.append(number)
            for key in _keys(name):
                numbers = self._by_key[key]
                if not numbers or numbers[-1] != number:  # no folder above has the same key
                    numbers.append(number)

    def matching(self, globs: Sequence[str]) -> Mapping[str, Sequence[str]]:
        """Return the paths that a list of globs matches, by the glob that matched, in order.

        As in .gitignore, the last glob that matches a path decides: a glob that begins with `!`
        excludes it again.

        Args:
            globs: the list; invalid globs match nothing.
        """
        if not any(map(negated, globs)):
            return {g: MatchedPaths(self.paths, of) for g in globs if (of := self._of(g))}
        last: dict[int, str] = {}
        for glob in globs:
            last.update(dict.fromkeys(self._of(glob), glob))
        matched: dict[str, list[str]] = {}
        for number, glob in sorted(last.items()):
            if not negated(glob):
                matched.setdefault(glob, []).append(self.paths[number])
        return {glob: matched[glob] for glob in dict.fromkeys(globs) if glob in matched}

    def _of(self, glob: str) -> Sequence[int]:
        """Return the numbers of the paths that one glob matches."""
        if glob not in self._known:
            try:
                simple = alternatives(glob)
            except GlobError:
                simple = ()
            if len(simple) > 1:
                found = sorted(set().union(*map(self._of_simple, simple)))
                self._known[glob] = array("I", found)
            else:
                self._known[glob] = self._of_simple(simple[0]) if simple else ()
        return self._known[glob]

    def _of_simple(self, glob: str) -> Sequence[int]:
        try:
            search = _compiled(glob).search
        except GlobError:
            return ()
        paths = self.paths
        return array("I", [n for n in self.candidates(glob) if search(paths[n])])

    def candidates(self, glob: str) -> Iterable[int]:
        """Return the paths that contain the rarest of the names that a glob requires."""
        rarest: Sequence[int] = range(len(self.paths))
        for name in glob.removeprefix("!").rstrip().split("/"):
            key = name if _WILD.isdisjoint(name) else _ending(name)
            if key and _WILD.isdisjoint(key):
                found = self._by_key.get(key, ())
                if len(found) < len(rarest):
                    rarest = found
        return rarest


def _keys(path: str) -> set[str]:
    """Return the names in a path, and their endings."""
    names = path.split("/")
    return {*names, *map(_ending, names)} - {""}


def _ending(name: str) -> str:
    """Return the file extension of a name, with the dot; empty if there is none."""
    dot = name.rfind(".")
    return name[dot:] if dot >= 0 else ""
