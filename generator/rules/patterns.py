r"""KB510: regular expressions outside the dialect that RE2, Python and JavaScript share."""

from __future__ import annotations

import re
from collections.abc import Iterator

from generator.knowledge.diagnostics import Severity
from generator.knowledge.source import Route
from generator.model import walk
from generator.rules.base import Finding, Rule, Subject

# What may follow a backslash: classes, boundaries, control characters, \x.., and punctuation.
_ESCAPES = frozenset("dDwWsSbBnrtfvx")
_MAX_REPEAT = 1000  # RE2 refuses more.
_TOKEN = re.compile(
    r"""
    \\(?P<escape>.?)
  | (?P<group>\(\?(?:<[=!]|P?<\w*>?|P=|P>|[a-zA-Z-]+[:)]|.?))
  | (?P<open>\[\^?)
  | (?P<possessive>(?:[*+?]|\{\d*+,?\d*+\})\+)
  | \{(?P<low>\d*+)(?P<comma>,?)(?P<high>\d*+)\}
    """,
    re.VERBOSE | re.DOTALL,
)
_CLASS = re.compile(r"\\(?P<escape>.?)|(?P<close>\])|(?P<set>\[|--|&&|~~|\|\|)", re.DOTALL)


def problem_in(pattern: str) -> tuple[str, str] | None:
    """Say what keeps a regular expression from meaning the same in every engine.

    Returns:
        What is wrong and what to write instead; None where nothing is.
    """
    position = 0
    while match := _TOKEN.search(pattern, position):
        position = match.end()
        kind = match.lastgroup
        found: tuple[str, str] | None = None
        if kind == "escape":
            found = _escape(match["escape"])
        elif kind == "group":
            found = _group(match["group"])
        elif kind == "open":
            if pattern[position : position + 1] == "]":
                return f"`{match[0]}]` means different things", "write the bracket as \\]"
            found, position = _class(pattern, position)
        elif kind == "possessive":
            found = ("a possessive quantifier is not in every dialect", "remove the last `+`")
        elif kind == "high":
            found = _repeat(match["low"], match["comma"], match["high"])
        if found:
            return found
    try:
        re.compile(pattern)
    except (re.error, RecursionError, OverflowError) as error:
        return f"not a regular expression: {error}", "escape what is meant literally with \\"
    return _nested(pattern)


_PART = re.compile(
    r"\\.|\[\^?(?:\\.|[^\]\\])*+(?:\]|\Z)|(?P<open>\((?:\?:)?)|(?P<close>\))"
    r"|(?P<repeat>[*+]\??|\{\d++,\d*+\}\??)|.",
    re.DOTALL,
)


def _nested(pattern: str) -> tuple[str, str] | None:
    """Find a repeat of something that repeats: some engines try all ways to share a text out."""
    inside = [False]
    closed = False
    for part in _PART.finditer(pattern):
        kind = part.lastgroup
        if kind == "open":
            inside.append(False)
        elif kind == "close" and len(inside) > 1:
            closed = inside.pop()
            inside[-1] = inside[-1] or closed
            continue
        elif kind == "repeat":
            if closed:
                return (
                    f"`{part[0]}` repeats a group that repeats something itself, which can take for ever",
                    "repeat once: [a-z ]+ for ([a-z]+ ?)+",
                )
            inside[-1] = True
        closed = False
    return None


def _escape(letter: str) -> tuple[str, str] | None:
    if letter.isdigit():
        return "a back-reference cannot be matched in linear time", "write out what repeats"
    if letter == "" or (letter.isalnum() and letter not in _ESCAPES):
        return f"`\\{letter}` is not in every dialect", "write the characters: [A-Za-z], ^, $"
    return None


def _group(begin: str) -> tuple[str, str] | None:
    if begin == "(?:":
        return None
    if begin in ("(?=", "(?!", "(?<=", "(?<!"):
        return (
            "look-around cannot be matched in linear time",
            "match the text around it too, or use two expressions",
        )
    if begin.startswith(("(?P=", "(?P>")):
        return "a back-reference cannot be matched in linear time", "write out what repeats"
    if begin.startswith(("(?P<", "(?<")):
        return "a named group is written differently in each dialect", "write a plain group: (...)"
    if begin == "(?>":
        return "an atomic group is not in every dialect", "write (?:...)"
    return f"`{begin}` is not in every dialect", "write the letters out: [Ee]rror"


def _class(pattern: str, position: int) -> tuple[tuple[str, str] | None, int]:
    """Read a character class from behind its `[`; return what is wrong and where it ends."""
    while match := _CLASS.search(pattern, position):
        position = match.end()
        if match["close"]:
            return None, position
        if match["set"]:
            return (
                f"`{match[0]}` in a class means different things",
                "escape it with \\",
            ), position
        if match["escape"] in "Bb" or _escape(match["escape"]):
            return (
                f"`\\{match['escape']}` in a class is not in every dialect",
                "write the characters",
            ), position
    return None, len(pattern)


def _repeat(low: str, comma: str, high: str) -> tuple[str, str] | None:
    if not low and comma and high:
        return f"`{{,{high}}}` means different things", f"write {{0,{high}}}"
    if any(number and (len(number) > 4 or int(number) > _MAX_REPEAT) for number in (low, high)):
        return f"a repeat above {_MAX_REPEAT} is refused by RE2", "write + or *"
    return None


def bad_pattern(subject: Subject) -> Iterator[Finding]:
    r"""A regular expression does not mean the same everywhere.

    Signatures and expectations are matched in Python, in the browser and by tools built on RE2,
    so only what all of them share is allowed: literals, `.`, classes, `\d \w \s \b`, groups
    `(...)` and `(?:...)`, `|`, `^`, `$` and quantifiers. Look-around and back-references are out
    because they make matching slow without bound on a long log, and so is a repeat of a group that
    itself repeats something, as in `(a+)+`; named groups, flags such as
    `(?i)`, `\A`, `\Z` and `\p{..}` because engines differ. A template in `text` is enough for most
    signatures.
    """
    patterns: list[tuple[Route, str]] = [
        (("symptom", "signatures", index, "regex"), signature.regex)
        for index, signature in enumerate(subject.incident.symptom.signatures)
        if signature.regex
    ]
    for route, expect in walk.expectations(subject.incident):
        patterns.extend(((*route, "matches", i), p) for i, p in enumerate(expect.matches))
    for route, pattern in patterns:
        found = problem_in(pattern)
        if found:
            yield Finding(route, *found)


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
