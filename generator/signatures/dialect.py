"""The dialect of regular expressions that RE2, Python and JavaScript share."""

from __future__ import annotations

import re

from generator.signatures.automaton import NO_EXPRESSION, TOO_LARGE, TooLarge, automaton_of

# Letters that may follow a backslash: classes, boundaries, control characters and \x..
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
    """Return why a regular expression does not mean the same in every engine.

    Returns:
        What is wrong and what to write instead; None if nothing is wrong.
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
                return f"`{match[0]}]` differs between engines", "write the bracket as \\]"
            found, position = _class(pattern, position)
        elif kind == "possessive":
            found = ("not every engine has possessive quantifiers", "remove the last `+`")
        elif kind == "high":
            found = _repeat(match["low"], match["comma"], match["high"])
        if found:
            return found
    try:
        re.compile(pattern)
    except NO_EXPRESSION as error:
        return f"not a regular expression: {error}", "escape literal characters with \\"
    found = _nested(pattern)
    if found:
        return found
    try:
        automaton_of(pattern)
    except TooLarge:
        return TOO_LARGE
    return None


_PART = re.compile(
    r"\\.|\[\^?(?:\\.|[^\]\\])*+(?:\]|\Z)|(?P<open>\((?:\?:)?)|(?P<close>\))"
    r"|(?P<repeat>[*+]\??|\{\d++,\d*+\}\??)|.",
    re.DOTALL,
)


def _nested(pattern: str) -> tuple[str, str] | None:
    """Find a nested repeat: some engines try every way to split a text between both repeats."""
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
                    f"`{part[0]}` repeats a group that contains a repeat, which can take forever",
                    "repeat only once: [a-z ]+ instead of ([a-z]+ ?)+",
                )
            inside[-1] = True
        closed = False
    return None


def _escape(letter: str) -> tuple[str, str] | None:
    if letter.isdigit():
        return "a back-reference cannot be matched in linear time", "write out what repeats"
    if letter == "" or (letter.isalnum() and letter not in _ESCAPES):
        return f"not every engine has `\\{letter}`", "write the characters: [A-Za-z], ^, $"
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
        return "the syntax of named groups differs between engines", "write a plain group: (...)"
    if begin == "(?>":
        return "not every engine has atomic groups", "write (?:...)"
    return f"not every engine has `{begin}`", "write out the letters: [Ee]rror"


def _class(pattern: str, position: int) -> tuple[tuple[str, str] | None, int]:
    """Read a character class after its `[`; return what is wrong and where it ends."""
    while match := _CLASS.search(pattern, position):
        position = match.end()
        if match["close"]:
            return None, position
        if match["set"]:
            return (
                f"`{match[0]}` in a class differs between engines",
                "escape it with \\",
            ), position
        if match["escape"] in "Bb" or _escape(match["escape"]):
            return (
                f"not every engine has `\\{match['escape']}` in a class",
                "write the characters",
            ), position
    return None, len(pattern)


def _repeat(low: str, comma: str, high: str) -> tuple[str, str] | None:
    if not low and comma and high:
        return f"`{{,{high}}}` differs between engines", f"write {{0,{high}}}"
    if any(number and (len(number) > 4 or int(number) > _MAX_REPEAT) for number in (low, high)):
        return f"RE2 does not allow more than {_MAX_REPEAT} repeats", "write + or *"
    return None
