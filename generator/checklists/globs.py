"""Globs of .gitignore, and finding which of many match which of many paths.

`pathspec` reads the globs; the rest here is about not trying every glob on every path: a glob is
tried on those paths alone that hold its rarest name.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from functools import cache

from pathspec.patterns.gitignore.base import GitIgnorePatternError
from pathspec.patterns.gitignore.spec import GitIgnoreSpecPattern

_WILD = frozenset("*?[]\\")
_DIRECTORY = "(?P<ps_d>/)"  # how pathspec marks that a folder matched, which nobody here asks
_ESCAPE_OR_CLASS = re.compile(
    r"\\(?P<escaped>.)|\[(?P<head>\^?)(?P<body>\]?(?:\\.|[^\]\\])*)\]", re.DOTALL
)
_RANGE = re.compile(r"(\\.|.)(?:-(\\.|.))?", re.DOTALL)


class GlobError(ValueError):
    """A glob that .gitignore does not take."""


@cache
def glob_regex(glob: str) -> str:
    """Return the regular expression that finds a glob in a path, in what Python and JavaScript share.

    A `!` in front is not part of it. In Python it wants `re.DOTALL`, in JavaScript the flags `su`:
    a file's name may hold a line end, and a sign beyond the first 65,536 is one sign.

    Args:
        glob: one line as in .gitignore, see git-scm.com/docs/gitignore.

    Raises:
        GlobError: the glob is empty, a comment, or cannot be read.
    """
    try:
        found, _ = GitIgnoreSpecPattern.pattern_to_regex(glob)
    except GitIgnorePatternError as error:
        raise GlobError(f"{glob!r} is no glob of .gitignore") from error
    if not found:
        raise GlobError(f"{glob!r} matches nothing")
    regex = _ESCAPE_OR_CLASS.sub(_portable, str(found).replace(_DIRECTORY, "/"))
    try:
        re.compile(regex)
    except re.error as error:
        raise GlobError(f"{glob!r} is no glob of .gitignore: {error.msg}") from error
    return regex


def _portable(found: re.Match[str]) -> str:
    """Write an escape, or a set of signs, so that Python and JavaScript read it alike."""
    if found["escaped"] is not None:
        return _escaped(found["escaped"])
    if found["body"] == "/":
        return found[0]  # what `*` and `?` became
    parts = (
        "-".join(_escaped(sign[-1], "&-~") for sign in signs if sign)
        for signs in _RANGE.findall(found["body"])
    )
    # As in .gitignore, a set never holds the slash.
    return f"(?!/)[{found['head']}{''.join(parts)}]"


def _escaped(sign: str, also: str = "") -> str:
    if sign in "^$\\.*+?()[]{}|":
        return "\\" + sign
    return f"\\x{ord(sign):02x}" if sign in also else sign


@cache
def _compiled(glob: str) -> re.Pattern[str]:
    # `$` would also match in front of a last line end.
    regex = glob_regex(glob)
    return re.compile(
        regex.removesuffix("|$)") + r"|\Z)" if regex.endswith("|$)") else regex, re.DOTALL
    )


def negated(glob: str) -> bool:
    """Say whether a glob takes back what those before it have matched."""
    return glob.startswith("!")


class ChangedPaths:
    """Changed files, ready to be asked which of them a glob matches."""

    def __init__(self, paths: Iterable[str]) -> None:
        """Index the paths.

        Args:
            paths: relative to their repository, with forward slashes; each counts once.
        """
        self.paths: Sequence[str] = tuple(dict.fromkeys(paths))
        self._by_key: dict[str, list[int]] = {}
        self._known: dict[str, tuple[int, ...]] = {}
        for number, path in enumerate(self.paths):
            for key in {key for name in path.split("/") for key in (name, _ending(name))}:
                self._by_key.setdefault(key, []).append(number)

    def matching(self, globs: Sequence[str]) -> Mapping[str, list[str]]:
        """Return the paths that a list of globs matches, by the glob that did, in their order.

        As in .gitignore, the last glob that matches a path decides: one that begins with `!`
        takes it out again.

        Args:
            globs: the list; those that cannot be read match nothing.
        """
        if not any(map(negated, globs)):
            return {g: [self.paths[n] for n in found] for g in globs if (found := self._of(g))}
        last: dict[int, str] = {}
        for glob in globs:
            last.update(dict.fromkeys(self._of(glob), glob))
        matched: dict[str, list[str]] = {}
        for number, glob in sorted(last.items()):
            if not negated(glob):
                matched.setdefault(glob, []).append(self.paths[number])
        return {glob: matched[glob] for glob in dict.fromkeys(globs) if glob in matched}

    def _of(self, glob: str) -> tuple[int, ...]:
        """Return the numbers of the paths that one glob finds."""
        if glob not in self._known:
            try:
                search = _compiled(glob).search
            except GlobError:
                self._known[glob] = ()
            else:
                self._known[glob] = tuple(n for n in self.candidates(glob) if search(self.paths[n]))
        return self._known[glob]

    def candidates(self, glob: str) -> Iterable[int]:
        """Return the paths that hold the rarest of the names that a glob demands."""
        rarest: Sequence[int] = range(len(self.paths))
        for name in glob.removeprefix("!").rstrip().split("/"):
            key = name if _WILD.isdisjoint(name) else _ending(name)
            if key and _WILD.isdisjoint(key):
                found = self._by_key.get(key, ())
                if len(found) < len(rarest):
                    rarest = found
        return rarest


def _ending(name: str) -> str:
    """Return what stands behind a name's last dot, with the dot; empty where there is none."""
    dot = name.rfind(".")
    return name[dot:] if dot >= 0 else ""
