"""Why a checklist is as it is: changed files that no glob matches, and globs that match no file."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from generator.checklists.choose import PathRules
from generator.checklists.globs import ChangedPaths
from generator.checklists.near_globs import RepositoryFiles
from generator.checklists.summary_index import SummaryRows
from generator.checklists.wording import shown_path
from generator.text.labels import plural

_SHOWN = 20


class Explanation:
    """What the checks of a release were chosen by."""

    def __init__(self) -> None:
        self._lists: list[tuple[str, Sequence[str]]] = []
        self._built_in: list[Sequence[str]] = []
        self._paths: Sequence[str] = ()

    def take(self, rows: SummaryRows, rules: PathRules, paths: Sequence[str]) -> None:
        """Take the globs of a knowledge base, and the changed files of a release."""
        self._paths = paths
        nouns = {"kinds": "kind of change", "components": "component"}
        self._built_in = [of for key, name, of in rules.globs if name in rules.built_in]
        self._lists += [
            (f"{nouns[key]} {name}", globs)
            for key, name, globs in rules.globs
            if name not in rules.built_in
        ]
        for row in rows.rows.values():
            for check in row["checks"]:
                if check.get("paths"):
                    self._lists.append((f"{row['id']}/{check['id']}", check["paths"]))

    def lines(self, files: RepositoryFiles) -> Iterator[str]:
        """Yield the explanation.

        Args:
            files: the files of the repository that is released.
        """
        changed = ChangedPaths(self._paths)
        matched = {
            path
            for globs in (*self._built_in, *(globs for _, globs in self._lists))
            for found in changed.matching(globs).values()
            for path in found
        }
        unmatched = [path for path in changed.paths if path not in matched]
        if self._paths:
            of = plural(len(changed.paths), "changed file")
            yield f"No glob matches {len(unmatched):,} of {of}{':' if unmatched else ''}"
        yield from _cut([f"  {shown_path(path)}" for path in unmatched])
        found = list(self._without_file(files))
        if found:
            yield f"{plural(len(found), 'glob matches', 'globs match')} no file of the repository:"
        yield from _cut(found)

    def _without_file(self, files: RepositoryFiles) -> Iterator[str]:
        for name, globs in self._lists:
            for glob in globs:
                near = files.suggestion(glob)
                if near is not None:
                    yield f"  {name}: {glob}{f' (did you mean {near}?)' if near else ''}"


def _cut(lines: Sequence[str]) -> Iterator[str]:
    yield from lines[:_SHOWN]
    if len(lines) > _SHOWN:
        yield f"  and {len(lines) - _SHOWN:,} more"
