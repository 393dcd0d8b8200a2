"""No text takes more than linear time: no expression of the package, and no command."""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import cache
from typing import Any

import pytest

from generator.checklists import globs
from generator.checklists.dependency_updates import FORMATS
from generator.commands import encodings, masking
from generator.importers import figures, milestones, zones
from generator.importers.vocabulary import languages
from generator.search.index import TELLING
from generator.signatures.fields import compile_pair
from generator.text import secrets
from tests.package_patterns import Pattern, package_patterns
from tests.pumping import superlinear

# It imports every module of the package, so it needs a site engine.
pytestmark = pytest.mark.slow


@cache
def patterns() -> list[Pattern]:
    return package_patterns()


# Expressions that are more than linear, and why that does no harm.
BOUNDED = {
    "generator.triage.example_lines._PIECE": "sees one line of at most 1,000 characters",
}
HOSTILE_GLOBS = (
    "*a*a*a*a*b",
    "a*[ab]*?*b",
    "**/a/**/a/**/b",
    "/a/**/a*a*b/**/c",
    "**/*a*/**/*b*/c",
)


def _from_table(table: Iterable[tuple[str, Any]], flags: int = 0) -> list[re.Pattern[str]]:
    return [re.compile(pattern, flags) for pattern, _ in table]


# What is made while the program runs: examples, or why it needs none.
MADE_LATER: dict[str, list[re.Pattern[str]] | str] = {
    "generator.checklists.dependency_updates: re.compile(above)": [
        re.compile(above) for *_, above in FORMATS if above
    ],
    "generator.checklists.dependency_updates: re.compile(line)": [
        re.compile(line) for _, line, _ in FORMATS
    ],
    "generator.checklists.dependency_updates: re.search(files, path)": [
        re.compile(files) for files, *_ in FORMATS
    ],
    "generator.checklists.globs: re.compile(regex)": "only tries whether it can be compiled",
    "generator.checklists.globs: re.compile(regex.removesuffix('|$)') + '|\\\\Z)' if regex.endswith('|$)') else regex, re.DOTALL)": [
        globs._compiled(glob) for glob in HOSTILE_GLOBS
    ],
    "generator.commands.expectations: re.search(pattern, output, re.MULTILINE)": (
        "who writes it writes the command that runs before it; KB510 says what is allowed"
    ),
    "generator.commands.masking: re.compile(f'[{_BASE64}]{{0,3}}(?:{forms})[{_BASE64}]{{0,2}}={{0,2}}')": [
        masking._any_of(sorted(encodings.base64_forms("aaaaaaaa")))
    ],
    "generator.commands.shell: re.compile(f'^\\\\t*{re.escape(word)}$', re.MULTILINE)": [
        re.compile(r"^\t*EOF$", re.MULTILINE)
    ],
    "generator.importers.figures: re.search(pattern, label.casefold())": (
        _from_table(figures._UNTIL)
    ),
    "generator.importers.milestones: re.search(pattern, plain)": _from_table(milestones._MOMENTS),
    "generator.importers.vocabulary: re.compile('|'.join(map(_within, names)))": [
        pattern for language in languages() for pattern, _ in language.within
    ],
    "generator.importers.milestones: re.fullmatch(pattern, plain, re.IGNORECASE)": (
        _from_table(milestones._MARKS, re.IGNORECASE)
    ),
    "generator.importers.zones: re.search(words, text)": [
        re.compile(words) for meanings in zones._SEVERAL.values() for _, _, words in meanings
    ],
    "generator.plugin.frames: re.split(f'({pattern})', text)": [
        re.compile("(kb0123456789abitems|kb0123456789ab<h1>|https://kb0123456789ab/%20)")
    ],
    "generator.postmortems.contents: re.search(f'\\\\b{p.name}\\\\b', shown)": [
        re.compile(r"\bTABLE\b")
    ],
    "generator.signatures.dialect: re.compile(pattern)": "only tries whether it can be compiled",
    "generator.search.ranking: re.finditer('|'.join(map(re.escape, known)), text, re.IGNORECASE)": [
        re.compile("aaab|aab|ab", re.IGNORECASE)
    ],
    "generator.search.ranking: re.compile(index['telling'], re.IGNORECASE | re.ASCII)": [
        re.compile(TELLING, re.IGNORECASE | re.ASCII)
    ],
    "generator.text.secrets: re.compile(regex.pattern.replace(_ASSIGNS, _ASSIGNS_ONCE), regex.flags)": [
        regex for detector in secrets._DETECTORS for regex in secrets._plugin(detector).denylist
    ],
    "generator.text.secrets: re.search(detector.shape, text)": [
        re.compile(detector.shape) for detector in secrets._DETECTORS if detector.shape
    ],
    "generator.log_systems.syslog_ng: re.compile('[^\\\\S\\\\n]+'.join(map(re.escape, first)))": [
        re.compile(r"[^\S\n]+".join(("cannot", "open", "it")))
    ],
    "generator.log_systems.syslog_ng: re.compile(expression, re.ASCII)": (
        "sees the samples of one signature"
    ),
    "generator.signatures.fields: re.compile(self.regex)": [
        re.compile(compile_pair(*pair).regex)
        for pair in (("exit code", "137"), ("reason", "{R}"), ("reason", "a b {R} c d"))
    ],
    "generator.signatures.expression: re.compile(pattern, re.ASCII)": (
        "sees pieces of 2,048 characters; KB510 says what is allowed"
    ),
}


def test_no_expression_is_left_out():
    later = {pattern.where for pattern in patterns() if pattern.regex is None}
    assert later == set(MADE_LATER), "say in MADE_LATER with which texts these are made"
    assert set(BOUNDED) <= {pattern.where for pattern in patterns()}


def _all_patterns() -> list[Pattern]:
    found = [p for p in patterns() if p.regex is not None and p.where not in BOUNDED]
    for where, examples in MADE_LATER.items():
        if not isinstance(examples, str):
            used = re.findall(r"re\.(\w+)\(", where)[0].replace("compile", "search")
            found += [Pattern(where, regex, frozenset((used,))) for regex in examples]
    return found


def test_expressions_are_linear():
    slow = {pattern.where: superlinear(pattern.regex, pattern.run) for pattern in _all_patterns()}
    assert not {where: text for where, text in slow.items() if text}


@pytest.mark.parametrize(
    ("source", "found"),
    [
        (r"(?:[A-Z]+[a-z0-9]*)+\Z", True),
        (r"(a|ab|b)*c", True),
        (r"\s*\n", True),
        (r"a[^b]*b", True),
        (r"(?:\S+\s+)*-v", True),
        (r"x\w*y\w*z", True),
        (r"docker compose(?: \S+)* down", True),
        (r"\s++\n", True),  # from each blank again
        (r"(?<!\s)\s++\n", False),
        (r"\b\w++\s*:", False),
        (r"a[^ab]*b", False),
        (r"[a-z]{1,80}:", False),
    ],
)
def test_the_test_finds_what_is_slow(source, found):
    regex = re.compile(source)
    pattern = Pattern("", regex, frozenset(("finditer",)))
    assert bool(superlinear(regex, pattern.run)) is found
