"""Conditions on changed lines: the same as `assets/checklist-lines.js` in the browser.

In a row, a condition is a list of `[sign, "text" or "regex", pattern]`. The sign is `+` for an added
line, `-` for a removed one, `*` for either. Of the patterns with one sign, one is enough; every sign
that occurs must have its line, all in the same file.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

from generator.checklists.changed_lines import HUNK, UNKNOWN
from generator.checklists.wording import shown_path
from generator.model import LineConditions, LinePattern
from generator.signatures.expression import compile_regex
from generator.signatures.template import SignatureError

Condition = Sequence[Sequence[str]]
"""The patterns of a condition; none of them: it holds for every file."""

_ADDED, _REMOVED, _CHANGED = "+", "-", "*"
_SHOWN = 80  # characters of a quoted line
_SECRET = re.compile(
    "((?:PASS|PWD|SECRET|TOKEN|CREDENTIAL|[_-]KEY|APIKEY)[0-9A-Z_]{0,40}[\"']? ?(?:=>|[:=])).+",
    re.IGNORECASE | re.ASCII,
)
_PASSWORD_IN_URL = re.compile(r"://[^ /?#:@]{0,99}:[^ @]{1,99}@")
_RUN = re.compile(r"[0-9A-Za-z_-]{20,}")


@dataclass(frozen=True)
class LineDecision:
    """Why a condition holds for a file.

    Attributes:
        lines: the lines that decided, each with its sign, shortened and safe to show.
        unknown: whether it may hold: the lines are not known.
    """

    lines: tuple[str, ...] = ()
    unknown: bool = False


NO_CONDITION = LineDecision()


def condition_of(conditions: LineConditions) -> list[list[str]]:
    """Return a condition as rows have it."""
    given: tuple[tuple[str, tuple[LinePattern, ...]], ...] = (
        (_ADDED, conditions.when_added),
        (_REMOVED, conditions.when_removed),
        (_CHANGED, conditions.when_changed),
    )
    return [
        [sign, "text", one.text] if one.text is not None else [sign, "regex", one.regex or ""]
        for sign, patterns in given
        for one in patterns
    ]


def problem_of(condition: Condition) -> tuple[str, str] | None:
    """Return what is wrong with the first bad expression, and what to write instead."""
    for _, how, pattern in condition:
        if how == "regex":
            try:
                compile_regex(pattern)
            except SignatureError as error:
                return str(error), error.hint
    return None


def narrowed(
    paths: Sequence[str], condition: Condition, lines: Mapping[str, Sequence[str]]
) -> tuple[list[str], LineDecision]:
    """Return the files for which a condition holds, or may hold, and why for the first of them.

    Args:
        paths: the files.
        condition: the condition.
        lines: the changed lines of files.
    """
    if not condition:
        return list(paths), NO_CONDITION
    sure: list[str] = []
    unsure: list[str] = []
    first: LineDecision | None = None
    for path in paths:
        decision = decided(condition, lines.get(path, (UNKNOWN,)))
        if decision is None:
            continue
        if decision.unknown:
            unsure.append(path)
        else:
            first = first or decision
            sure.append(path)
    return [*sure, *unsure], first or LineDecision(unknown=True)


def decided(condition: Condition, lines: Sequence[str]) -> LineDecision | None:
    """Return why a condition holds for a file with these lines; None if it does not hold.

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
    if len(anywhere) == len(tests):
        return _quoted(anywhere)
    return LineDecision(unknown=True) if UNKNOWN in lines else None


def _hunks(lines: Iterable[str]) -> Iterator[list[str]]:
    hunk: list[str] = []
    for line in lines:
        if line == HUNK:
            yield hunk
            hunk = []
        elif line != UNKNOWN:
            hunk.append(line)
    yield hunk


def _first(sign: str, tests: Iterable[Callable[[str], bool]], hunk: Sequence[str]) -> str:
    fitting = [line for line in hunk if sign in (line[0], _CHANGED)]
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


def _quoted(found: Mapping[str, str]) -> LineDecision:
    # What was there comes before what is there now.
    lines = sorted(dict.fromkeys(found.values()), key=lambda line: line[0] != _REMOVED)
    return LineDecision(tuple(line[0] + shown_line(line[1:]) for line in lines))


def shown_line(line: str) -> str:
    """Return a line to quote: on one line, without what looks like a secret, and not too long."""
    text = _SECRET.sub(r"\1 ...", " ".join(line.split()))
    text = _PASSWORD_IN_URL.sub("://...@", text)
    text = _RUN.sub(lambda run: "..." if _is_random(run[0]) else run[0], text)
    text = text if len(text) <= _SHOWN else f"{text[:_SHOWN]}..."
    # A line of code often has quotation marks; only other signs need to be written out.
    plain = text.replace('"', "").replace("\\", "")
    return text if shown_path(plain) == plain else shown_path(text)


def _is_random(run: str) -> bool:
    return all(any(low <= c <= high for c in run) for low, high in ("az", "AZ", "09"))
