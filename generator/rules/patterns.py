r"""KB510: regular expressions outside the dialect that RE2, Python and JavaScript share."""

from __future__ import annotations

from collections.abc import Iterator

from generator.knowledge.diagnostics import Severity
from generator.knowledge.source import Route
from generator.model import FileConditions, LinePattern, walk
from generator.rules.base import Finding, Rule, Subject
from generator.signatures.dialect import problem_in


def bad_pattern(subject: Subject) -> Iterator[Finding]:
    r"""A regular expression is invalid, or differs between engines.

    Python, browsers and tools built on RE2 match signatures and expectations, so only syntax that
    all of them share is allowed: literals, `.`, classes, `\d \w \s \b`, groups `(...)` and
    `(?:...)`, `|`, `^`, `$` and quantifiers. Look-around, back-references and nested repeats such
    as `(a+)+` are not allowed, because they can make matching extremely slow on a long log. Named
    groups, flags such as `(?i)`, `\A`, `\Z` and `\p{..}` are not allowed, because engines differ.
    A template in `text` is enough for most signatures.
    """
    patterns: list[tuple[Route, str]] = [
        (("symptom", "signatures", index, "regex"), signature.regex)
        for index, signature in enumerate(subject.incident.symptom.signatures)
        if signature.regex
    ]
    for route, expect in walk.expectations(subject.incident):
        patterns.extend(((*route, "matches", i), p) for i, p in enumerate(expect.matches))
    for index, check in enumerate(subject.incident.checks):
        for place, pattern in line_expressions(check.applies_to):
            patterns.append((("checks", index, "applies_to", *place), pattern))
    for route, pattern in patterns:
        found = problem_in(pattern)
        if found:
            yield Finding(route, *found)


def line_expressions(conditions: FileConditions) -> Iterator[tuple[Route, str]]:
    """Yield the regular expressions of conditions on changed lines, each with its place."""
    for key in FileConditions.model_fields:
        given = getattr(conditions, key)
        for number, one in enumerate(given if isinstance(given, tuple) else ()):
            if isinstance(one, LinePattern) and one.regex:
                yield (key, number, "regex"), one.regex


PATTERNS = (
    Rule(
        "KB510",
        "bad-pattern",
        Severity.ERROR,
        """\
symptom:
  description: The server stops.
  signatures:
    - regex: 'could not open relation "\\w+" (?:already exists|does not exist)'
""",
        """\
symptom:
  description: The server stops.
  signatures:
    - regex: 'relation (?!"public")'
""",
        (4, 14),
        bad_pattern,
    ),
)
