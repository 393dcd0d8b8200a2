"""What must have changed, and where: the same as `assets/checklist-conditions.js` in the browser.

In a row, a condition is a list of parts, `[sign, how, pattern, ...]`. Of the parts with one sign, one is
enough; every sign that occurs must hold, and for the same file.

    ["+", "text" or "regex", pattern]       an added line; "-" a removed line, "*" either
    ["!", "new", ""]                        the file is new
    ["~", "any" or "major", glob]           another version of such a dependency
    ["=", "kind", name]                     the file makes this kind of change
    ["@", "name", glob]                     the release's repository has this name
    ["@", "file", glob, text]               it has such a file, with this text if there is one
"""

from __future__ import annotations

from collections.abc import Callable, Container, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from fnmatch import fnmatchcase
from functools import lru_cache

from generator.checklists.changed_lines import HUNK, NEW, UNKNOWN
from generator.checklists.dependency_updates import DependencyUpdate, updates
from generator.checklists.glob_syntax import GlobError, alternatives
from generator.checklists.globs import ChangedPaths
from generator.checklists.shown_lines import shown_line
from generator.model import FileConditions, LinePattern, RepositoryPattern
from generator.signatures.expression import compile_regex
from generator.signatures.template import SignatureError

Condition = Sequence[Sequence[str]]
"""The parts of a condition; none of them: it holds for every file."""

ADDED, REMOVED, CHANGED, UPDATED, KIND, REPOSITORY = "+", "-", "*", "~", "=", "@"
_OF_LINES = (ADDED, REMOVED, CHANGED)
OF_FILES = (*_OF_LINES, NEW, UPDATED, KIND)
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
        lines: what decided in the file, each with its sign, shortened and safe to show.
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
        *([[NEW, "new", ""]] if conditions.when_new else []),
        *([UPDATED, one.update.value, one.name] for one in conditions.when_updated),
        *([KIND, "kind", one] for one in getattr(conditions, "when_kind", ())),
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
        paths: ChangedPaths,
        kinds: Mapping[str, Sequence[FileRule]],
        named: Container[str],
    ) -> None:
        """Take what is known about a release.

        Args:
            lines: the changed lines of files, as in `changed_lines.py`.
            repository: what identifies the repository, by the part of a condition that says so,
                without its sign; None if it is not known.
            paths: the changed files.
            kinds: what makes each kind of change.
            named: the kinds that a person selected.
        """
        self.asked: set[str] = set()
        self._lines = lines
        self._repository = repository
        self._paths = paths
        self._kinds = kinds
        self._named = named
        self._files: dict[tuple[str, ...], set[str]] = {}
        self._known: dict[tuple[int, str], FileDecision | None] = {}

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
        there = self.of_repository(condition)
        if there is None:
            return (), NO_CONDITION
        of_file = _by_sign(condition)
        sure: list[str] = []
        unsure: list[str] = []
        first: FileDecision | None = None
        perhaps: FileDecision | None = None
        for path in paths:
            decision = self._decided(there, of_file, path)
            if decision is None:
                continue
            if decision.unsure:
                perhaps = perhaps or decision
                unsure.append(path)
            else:
                first = first or decision
                sure.append(path)
        return [*sure, *unsure], _shown(first or perhaps or NO_CONDITION)

    def _decided(
        self, there: FileDecision, by_sign: Mapping[str, Condition], path: str
    ) -> FileDecision | None:
        """Return why a condition holds for a file, with whole lines; None if it does not hold.

        Args:
            there: why what it says about the repository holds.
            by_sign: its other parts.
            path: the file.
        """
        found: FileDecision | None = there
        for sign, judge in (
            (KIND, self._of_kinds),
            (NEW, self._of_new_file),
            (ADDED, self._of_lines),
            (UPDATED, self._of_updates),
        ):
            if found is None:
                return None
            if sign in by_sign:
                found = _both(found, judge(by_sign[sign], path))
        return found

    def _known_lines(self, path: str) -> Sequence[str]:
        self.asked.add(path)
        return self._lines.get(path, (UNKNOWN,))

    def _of_kinds(self, condition: Condition, path: str) -> FileDecision | None:
        perhaps: FileDecision | None = None
        for _, _, name in condition:
            if name in self._named or name not in self._kinds:
                return (
                    NO_CONDITION  # what nothing defines cannot leave a check out; lint reports it
                )
            for rule in self._kinds[name]:
                if path not in self._matching(rule.paths):
                    continue
                decision = self._of_rule(rule, path)
                if decision is not None:
                    decision = replace(decision, lines=(KIND + name, *decision.lines))
                    if not decision.unsure:
                        return decision
                    perhaps = perhaps or decision
        return perhaps

    def _of_rule(self, rule: FileRule, path: str) -> FileDecision | None:
        key = id(rule), path
        if key not in self._known:
            there = self.of_repository(rule.when)
            found = None if there is None else self._decided(there, _by_sign(rule.when), path)
            self._known[key] = found
        return self._known[key]

    def _matching(self, globs: tuple[str, ...]) -> set[str]:
        if globs not in self._files:
            found = self._paths.matching(globs).values()
            self._files[globs] = {path for paths in found for path in paths}
        return self._files[globs]

    def _of_new_file(self, _condition: Condition, path: str) -> FileDecision | None:
        lines = self._known_lines(path)
        if NEW in lines:
            return FileDecision((NEW,))
        return FileDecision(lines_unknown=True) if UNKNOWN in lines else None

    def _of_lines(self, condition: Condition, path: str) -> FileDecision | None:
        lines = self._known_lines(path)
        deciding = None if lines == (UNKNOWN,) else _deciding(condition, lines)
        if deciding is not None:
            return FileDecision(deciding)
        return FileDecision(lines_unknown=True) if UNKNOWN in lines else None

    def _of_updates(self, condition: Condition, path: str) -> FileDecision | None:
        lines = self._known_lines(path)
        found = [one for one in updates(path, lines) if _is_wanted(condition, one)]
        named = [one for one in found if one.name or any(part[2] == "*" for part in condition)]
        if named:
            more = f" and {len(named) - 1:,} more" if len(named) > 1 else ""
            said = f"{named[0].name} {named[0].old} \u2192 {named[0].new}".strip()
            return FileDecision((UPDATED + shown_line(said) + more,))
        return FileDecision(lines_unknown=True) if found or UNKNOWN in lines else None

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


def _both(one: FileDecision, other: FileDecision | None) -> FileDecision | None:
    """Return why both of two conditions hold."""
    if other is None:
        return None
    return FileDecision(
        tuple(dict.fromkeys((*one.lines, *other.lines))),
        other.repository or one.repository,
        one.lines_unknown or other.lines_unknown,
        one.repository_unknown or other.repository_unknown,
    )


def _is_wanted(condition: Condition, update: DependencyUpdate) -> bool:
    return any(
        (how == "any" or update.is_major) and (not update.name or _is_named(pattern, update.name))
        for _, how, pattern in condition
    )


def _is_named(pattern: str, name: str) -> bool:
    return fnmatchcase(name, pattern.replace("[", "[[]").replace("?", "[?]"))


def _by_sign(condition: Condition) -> dict[str, list[Sequence[str]]]:
    """Return the parts of a condition on a file, together with which each is judged."""
    found: dict[str, list[Sequence[str]]] = {}
    for part in condition:
        sign = ADDED if part[0] in _OF_LINES else part[0]
        found.setdefault(sign, []).append(part)
    return found


def _shown(decision: FileDecision) -> FileDecision:
    """Return a decision with its lines as they are shown."""
    lines = [
        line[0] + shown_line(line[1:]) if line[0] in (ADDED, REMOVED) else line
        for line in decision.lines
    ]
    return replace(decision, lines=tuple(dict.fromkeys(lines))) if lines else decision


def _deciding(condition: Condition, lines: Sequence[str]) -> tuple[str, ...] | None:
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
            return _in_order(here)
        for sign, line in here.items():
            anywhere.setdefault(sign, line)
    return _in_order(anywhere) if len(anywhere) == len(tests) else None


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


def _in_order(found: Mapping[str, str]) -> tuple[str, ...]:
    # What was there comes before what is there now.
    return tuple(sorted(dict.fromkeys(found.values()), key=lambda line: line[0] != REMOVED))
