"""Parses a shell command as far as the rules about parameters need it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

_NAME = r"[A-Z][A-Z0-9_]*"

# What matters outside single quotes; everything between two matches is plain text.
_TOKEN = re.compile(
    rf"""
    \\.                                                # an escaped character
  | (?P<skip>\$?'[^']*')                               # single quotes: nothing is expanded
  | (?P<quote>")
  | (?P<comment>(?:(?<=[\s;&|(])|\A)\#[^\n]*)
  | (?<!<)<<(?!<)-?[ ]*(?P<raw>['"\\]?)(?P<word>\w+)['"]?    # a here-document
  | \$\{{(?P<mark>[#!]?)(?P<braced>{_NAME})(?P<op>:?[-=+]|)  # ${{NAME}}, ${{NAME:-default}}
  | \$(?P<plain>{_NAME})(?![a-z])
  | (?P<open>\$\(|\()
  | (?P<close>\))
  | (?P<test>\[\[\s|\s\]\])                            # inside [[ ]] nothing is split
    """,
    re.VERBOSE | re.DOTALL,
)
# In a here-document quotes are plain characters, and nothing is split.
_IN_HERE = re.compile(
    rf"(?<!\\)\$(?:\{{(?P<braced>{_NAME})(?P<op>:?[-=+]|)|(?P<plain>{_NAME})(?![a-z]))"
)
_VALUE = r"""(?:"[^"]*"|'[^']*'|[^\s;&|"'])*"""
# Where a simple command begins, with its assignments.
_BEGIN = r"(?:^|[\n;&|({]|\b(?:export|local|readonly|declare|then|do|else)\s)[ \t]*(?:-\w+\s+)*"
_ASSIGNMENTS = re.compile(rf"{_BEGIN}((?:\w+\+?={_VALUE}[ \t]*)+)")
_ASSIGNED = re.compile(rf"(?:^|\s)({_NAME})\+?=")
_BOUND = re.compile(
    rf"\b(?:for\s+({_NAME})\s+in\b|(?:read|mapfile|readarray)\s+((?:-\w+\s+(?:\d+\s+)?)*{_NAME}"
    rf"(?:\s+{_NAME})*)|printf\s+-v\s+({_NAME}))"
)
_VALUE_OF_ASSIGNMENT = re.compile(rf"{_BEGIN}(?:\w+\+?={_VALUE}[ \t]+)*\w+\+?=[^\s;&|]*\Z")


@dataclass(frozen=True, slots=True)
class VariableUse:
    """One expansion of an upper-case variable in a command.

    Attributes:
        name: the variable's name.
        quoted: whether it is where the shell does not split its value into words.
        optional: whether the command has its own default, as in `${NAME:-none}`.
    """

    name: str
    quoted: bool
    optional: bool


@dataclass(frozen=True, slots=True)
class Command:
    """What the rules need to know about a command.

    Attributes:
        text: the command as written.
        uses: the variables that the shell expands, in order.
        assigned: the variables that the command itself sets.
    """

    text: str
    uses: tuple[VariableUse, ...]
    assigned: frozenset[str]


def read_command(text: str) -> Command:
    """Find the variables that a command expands and those that it sets."""
    if "$" not in text:  # Most commands; nothing expanded, so nothing to compare with.
        return Command(text, (), frozenset())
    assigned: set[str] = set()
    for match in _ASSIGNMENTS.finditer(text):
        assigned.update(_ASSIGNED.findall(match[1]))
    for match in _BOUND.finditer(text):
        assigned.update(re.findall(rf"\b{_NAME}\b", " ".join(filter(None, match.groups()))))
    return Command(text, tuple(_uses(text)), frozenset(assigned))


def _uses(text: str) -> Iterator[VariableUse]:
    in_quotes = False
    in_test = False
    outer: list[bool] = []  # whether each open parenthesis is inside double quotes
    position = 0
    while match := _TOKEN.search(text, position):
        position = match.end()
        kind = match.lastgroup
        if kind == "skip":
            if in_quotes:  # An apostrophe in double quotes is plain text.
                position = match.start() + match[0].index("'") + 1
        elif kind == "quote":
            in_quotes = not in_quotes
        elif kind == "comment":
            if in_quotes:
                position = match.start() + 1
        elif kind == "word":
            if not in_quotes:
                body, position = _here_document(text, position, match["word"])
                if not match["raw"]:
                    yield from _here_uses(body)
        elif kind == "open":
            if in_quotes and match[0] == "(":
                continue
            outer.append(in_quotes)
            in_quotes = False
        elif kind == "close":
            if not in_quotes and outer:
                in_quotes = outer.pop()
        elif kind == "test":
            in_test = not in_quotes and "[[" in match[0]
        elif kind in ("op", "plain"):
            name = match["plain"] or match["braced"]
            unsplit = (
                in_quotes
                or in_test
                or match["mark"] == "#"
                or _VALUE_OF_ASSIGNMENT.search(text, max(0, match.start() - 200), match.start())
            )
            yield VariableUse(name, bool(unsplit), bool(match["op"]))


def _here_uses(body: str) -> Iterator[VariableUse]:
    for match in _IN_HERE.finditer(body):
        yield VariableUse(match["braced"] or match["plain"], True, bool(match["op"]))


def _here_document(text: str, position: int, word: str) -> tuple[str, int]:
    """Return the body of a here-document, and where it ends.

    What follows the opening word on its line is read as part of the body; commands there are rare,
    and a variable in them is still found.
    """
    end = re.compile(rf"^\t*{re.escape(word)}$", re.MULTILINE).search(text, position)
    if end is None:
        return text[position:], len(text)
    return text[position : end.start()], end.end()
