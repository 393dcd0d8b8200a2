"""What must have changed, and where: the same as `assets/checklist-conditions.js` in the browser.

In a row, a condition is a list of parts, `[sign, how, pattern, ...]`. Of the parts with one sign, one is
enough; every sign that occurs must hold, and for the same file.

    ["+", "text" or "regex", pattern]       an added line; "-" a removed line, "*" either
    ["@", "name", glob]                     the release's repository has this name
    ["@", "file", glob, text]               it has such a file, with this text if there is one
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

from generator.checklists.changed_lines import HUNK, UNKNOWN
from generator.checklists.glob_syntax import GlobError, alternatives
from generator.checklists.shown_lines import shown_line
from generator.model import FileConditions, LinePattern, RepositoryPattern
from generator.signatures.expression import compile_regex
from generator.signatures.template import SignatureError

Condition = Sequence[Sequence[str]]
"""The parts of a condition; none of them: it holds for every file."""

ADDED, REMOVED, CHANGED, REPOSITORY = "+", "-", "*", "@"
_OF_LINES = (ADDED, REMOVED, CHANGED)
OF_FILES = _OF_LINES
"""The signs of what must have changed in a file."""


@dataclass(frozen=True)
class FileRule:
    """Files that make a kind of change.

    Attributes:
        paths: their globs.
        when: what must have changed in them.
    """

    paths: tuple[str, ...] = ()
    when: Condition = ()


@dataclass(frozen=True)
class FileDecision:
    """Why a condition holds for a file.

    Attributes:
        lines: the lines that decided, each with its sign, shortened and safe to show.
        repository: what identified the repository, as `ReleaseMatch` has it.
        lines_unknown: whether it may hold: the lines are not known.
        repository_unknown: whether it may hold: the repository is not known.
    """

    lines: tuple[str, ...] = ()
    repository: tuple[str, ...] = ()
    lines_unknown: bool = False
    repository_unknown: bool = False

    @property
    def unsure(self) -> bool:
        """Whether something is not known."""
        return self.lines_unknown or self.repository_unknown


NO_CONDITION = FileDecision()


def condition_of(conditions: FileConditions) -> list[list[str]]:
    """Return a condition as rows have it."""
    given: tuple[tuple[str, tuple[LinePattern, ...]], ...] = (
        (ADDED, conditions.when_added),
        (REMOVED, conditions.when_removed),
        (CHANGED, conditions.when_changed),
    )
    return [
        *(_line_part(sign, one) for sign, patterns in given for one in patterns),
        *map(_repository_part, conditions.repositories),
    ]


def _line_part(sign: str, one: LinePattern) -> list[str]:
    return [sign, "text", one.text] if one.text is not None else [sign, "regex", one.regex or ""]


def _repository_part(one: RepositoryPattern) -> list[str]:
    if one.file is None:
        return [REPOSITORY, "name", one.name or ""]
    return [REPOSITORY, "file", one.file, one.contains or ""]


def problem_of(condition: Condition) -> tuple[str, str] | None:
    """Return what is wrong with the first bad expression or glob, and what to write instead."""
    for part in condition:
        try:
            if part[1] == "regex":
                compile_regex(part[2])
            elif part[1] == "file":
                alternatives(part[2])
        except (SignatureError, GlobError) as error:
            return str(error), error.hint
    return None


class Conditions:
    """What conditions are tested with.

    Attributes:
        asked: the files whose lines decided, or would have.
    """

    def __init__(
        self,
        lines: Mapping[str, Sequence[str]],
        repository: Mapping[tuple[str, ...], Sequence[str]] | None,
    ) -> None:
        """Take what is known about a release.

        Args:
            lines: the changed lines of files, as in `changed_lines.py`.
            repository: what identifies the repository, by the part of a condition that says so,
                without its sign; None if it is not known.
        """
        self.asked: set[str] = set()
        self._lines = lines
        self._repository = repository

    def narrowed(
        self, paths: Sequence[str], condition: Condition
    ) -> tuple[Sequence[str], FileDecision]:
        """Return the files for which a condition holds, or may hold, and why for the first of them.

        Args:
            paths: the files.
            condition: the condition.
        """
        if not condition:
            return paths, NO_CONDITION
        sure: list[str] = []
        unsure: list[str] = []
        first: FileDecision | None = None
        perhaps: FileDecision | None = None
        for path in paths:
            decision = self.decided(condition, path)
            if decision is None:
                continue
            if decision.unsure:
                perhaps = perhaps or decision
                unsure.append(path)
            else:
                first = first or decision
                sure.append(path)
        return [*sure, *unsure], first or perhaps or NO_CONDITION

    def decided(self, condition: Condition, path: str) -> FileDecision | None:
        """Return why a condition holds for a file; None if it does not hold."""
        there = self.of_repository(condition)
        if there is None:
            return None
        of_lines = [part for part in condition if part[0] in _OF_LINES]
        if not of_lines:
            return there
        self.asked.add(path)
        lines = self._lines.get(path, (UNKNOWN,))
        quotes = _quotes(of_lines, lines)
        if quotes is None and UNKNOWN not in lines:
            return None
        return FileDecision(
            quotes or (), there.repository, quotes is None, there.repository_unknown
        )

    def of_repository(self, condition: Condition) -> FileDecision | None:
        """Return why what a condition says about the repository holds; None if it does not hold."""
        wanted = [tuple(part[1:]) for part in condition if part[0] == REPOSITORY]
        if not wanted:
            return NO_CONDITION
        if self._repository is None:
            return FileDecision(repository_unknown=True)
        found = next((self._repository[one] for one in wanted if one in self._repository), None)
        if found is None:
            return None
        return FileDecision(repository=(found[0], *map(shown_line, found[1:])))


def _quotes(condition: Condition, lines: Sequence[str]) -> tuple[str, ...] | None:
    """Return the lines of a file that decided; None if none of them do.

    Lines of one hunk belong together, such as the old version and the new one: they are quoted if one
    hunk has a line for every sign.
    """
    tests: dict[str, list[Callable[[str], bool]]] = {}
    for sign, how, pattern in condition:
        tests.setdefault(sign, []).append(_test(how, pattern))
    anywhere: dict[str, str] = {}
    for hunk in _hunks(lines):
        here = {sign: line for sign, of in tests.items() if (line := _first(sign, of, hunk))}
        if len(here) == len(tests):
            return _quoted(here)
        for sign, line in here.items():
            anywhere.setdefault(sign, line)
    return _quoted(anywhere) if len(anywhere) == len(tests) else None


def _hunks(lines: Iterable[str]) -> Iterator[list[str]]:
    hunk: list[str] = []
    for line in lines:
        if line == HUNK:
            yield hunk
            hunk = []
        elif line[:1] in (ADDED, REMOVED):
            hunk.append(line)
    yield hunk


def _first(sign: str, tests: Iterable[Callable[[str], bool]], hunk: Sequence[str]) -> str:
    fitting = [line for line in hunk if sign in (line[0], CHANGED)]
    return next((line for test in tests for line in fitting if test(line[1:])), "")


@lru_cache(maxsize=1000)
def _test(how: str, pattern: str) -> Callable[[str], bool]:
    if how == "text":
        return lambda line: pattern in line
    try:
        expression = compile_regex(pattern)
    except SignatureError:
        return lambda _: False  # lint reports it, and the incident counts as undecided
    return lambda line: expression.find(line) is not None


def _quoted(found: Mapping[str, str]) -> tuple[str, ...]:
    # What was there comes before what is there now.
    lines = sorted(dict.fromkeys(found.values()), key=lambda line: line[0] != REMOVED)
    return tuple(line[0] + shown_line(line[1:]) for line in lines)
