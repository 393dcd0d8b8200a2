"""Globs that match no file of a repository, each with the nearest that would."""

from __future__ import annotations

import difflib
from collections import Counter
from collections.abc import Iterator

from generator.checklists.glob_syntax import GlobError, alternatives
from generator.checklists.globs import ChangedPaths

_WILD = frozenset("*?[]\\{}")
_LIKE = 0.7


class RepositoryFiles:
    """The files of one or several repositories, to tell which globs match none of them."""

    def __init__(self, paths: ChangedPaths) -> None:
        """Index the files.

        Args:
            paths: the tracked files.
        """
        self._paths = paths
        self._below: dict[str, Counter[str]] = {}
        for path in paths.paths:
            names = path.split("/")
            for depth, name in enumerate(names):
                self._below.setdefault("/".join(names[:depth]), Counter())[name] += 1

    def suggestion(self, glob: str) -> str | None:
        """Return the nearest glob that matches a file, empty if there is none; None if this one does.

        Args:
            glob: a glob; one that is invalid is not the business of this function, nor is one that
            excludes.
        """
        if glob.startswith("!"):
            return None
        try:
            alternatives(glob)
        except GlobError:
            return None
        if self._matches(glob):
            return None
        # `**` would match, and say nothing.
        near = (one for one in self._near(glob) if one.strip("*/") and self._matches(one))
        return next(near, "")

    def _matches(self, glob: str) -> bool:
        return bool(self._paths.matching([glob]))

    def _near(self, glob: str) -> Iterator[str]:
        """Yield globs that are like one, the most likely first."""
        plain = glob.strip("/")
        corrected = self._corrected(plain)
        yield from corrected
        if "/" in plain and not plain.startswith("**/"):
            yield f"**/{plain}"
            # A folder too many at the beginning, such as the name of the repository.
            yield plain.partition("/")[2]
        for one in (plain, *corrected):
            yield from self._other_extensions(one)
        folder = plain
        while (folder := folder.rpartition("/")[0]) and folder != "**":
            yield f"{folder}/**"

    def _corrected(self, glob: str) -> list[str]:
        """Return the glob with each name that does not exist replaced by one that is like it."""
        made: list[str] = []
        for name in glob.split("/"):
            folder = "/".join(made)
            known = self._below.get(folder)
            if known is None or not _WILD.isdisjoint(name) or name in known:
                made.append(name)
                continue
            by_case = {other.lower(): other for other in known}
            near = difflib.get_close_matches(name.lower(), by_case, 1, _LIKE)
            made.append(by_case[near[0]] if near else name)
        anywhere = f"/{glob}" if "/" not in glob else ""
        return ["/".join(made), *([anywhere] if anywhere else ())]

    def _other_extensions(self, glob: str) -> Iterator[str]:
        """Yield the glob with the extensions of the files that lie where it looks."""
        folder, slash, name = glob.rpartition("/")
        stem, dot, _ = name.rpartition(".")
        if not dot or not f"{folder}{stem}".strip("*/"):
            return  # any file could have that name
        beside = self._paths.matching([f"{folder}{slash}{stem}.*"])
        endings = Counter(path.rpartition(".")[2] for found in beside.values() for path in found)
        for ending, _ in endings.most_common(3):
            if "/" not in ending:
                yield f"{folder}{slash}{stem}.{ending}"
