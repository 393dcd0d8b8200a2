"""Code in a write-up: before and after a fix."""

from __future__ import annotations

import re

from generator.importers.document import WriteUpCode
from generator.importers.draft import Values
from generator.importers.shell import is_shell
from generator.importers.steps import is_query
from generator.importers.words import words

LINE = re.compile(r"\(?\b[Ll]ines?[ :#]*([1-9]\d{0,5})\b(?:\s*[-\u2013]\s*\d{1,6})?\)?")
"""A line's number, as in `(Line 223)`."""
# Words beside `before` and `after` that say the same.
SAME = frozenset(
    "fixed new correct corrected good ok old bad wrong original code version the".split()
)
"""Words that say the same as `before` and `after`."""
_COMMENT = r"^[^\S\n]*+(?:/[/*]++|\#++|--|;|<!--|%)\s*+"
_BEFORE = re.compile(
    _COMMENT + r"(?:[^\w\n]*+)(before|old|previous(?:ly)?|bad|wrong)\b(.*)$", re.I | re.M
)
_AFTER = re.compile(
    _COMMENT + r"(?:[^\w\n]*+)(after|new|now|good|fixed|correct(?:ed)?)\b(.*)$", re.I | re.M
)
_NO_CODE = frozenset("text txt plain log logs console none output".split())


def is_code(code: WriteUpCode) -> bool:
    """Whether a block is code of a program or its configuration, not commands or a log."""
    return bool(code.language) and code.language not in _NO_CODE and not is_shell(code)


def code_change(code: WriteUpCode, side: str) -> Values | None:
    """Return the code of a change in a block: before and after, or one of them.

    Args:
        code: the block.
        side: `before` or `after`, if the text above the block says so.
    """
    if code.language == "diff" or code.language == "patch":
        return _from_diff(code)
    if not side and is_query(code):
        return None  # It reads what there is, and changes nothing.
    if not is_code(code) and not (_BEFORE.search(code.text) and _AFTER.search(code.text)):
        return None
    value: Values = {}
    if code.language:
        value["language"] = code.language
    before, after = _BEFORE.search(code.text), _AFTER.search(code.text)
    if before and after and before.start() < after.start() and not code.text[: before.start()].strip():  # fmt: skip
        value["before"] = code.text[before.end() : after.start()].strip("\n")
        value["after"] = code.text[after.end() :].strip("\n")
        if not value["before"].strip() or not value["after"].strip():
            return {"language": code.language or "text", "after": code.text}
        told = []
        for match in (before, after):
            line = LINE.search(match[2])
            if line and match is before:
                value["line"] = int(line[1])
            left = LINE.sub("", match[2]) if line and match is before else match[2]
            left = left.strip(" :-*/>()=#")
            if not set(words(left)) <= SAME:
                told.append(f"{match[1].capitalize()}: {left}")
        if told:
            value["description"] = "; ".join(told)
        return value
    if not is_code(code):
        return None
    value[side or "after"] = code.text
    return value


def _from_diff(code: WriteUpCode) -> Values:
    value: Values = {}
    before, after = [], []
    for line in code.text.split("\n"):
        if match := re.match(r"(?:\+\+\+|---) (?:[ab]/)?(\S+)", line):
            if match[1] != "/dev/null":
                value["file"] = match[1]
        elif match := re.match(r"@@ -(\d+)", line):
            value.setdefault("line", max(int(match[1]), 1))
        elif line.startswith("-"):
            before.append(line[1:])
        elif line.startswith("+"):
            after.append(line[1:])
        elif not line.startswith(("diff ", "index ")):
            before.append(line[1:] if line.startswith(" ") else line)
            after.append(line[1:] if line.startswith(" ") else line)
    if "\n".join(before).strip():
        value["before"] = "\n".join(before)
    if "\n".join(after).strip():
        value["after"] = "\n".join(after)
    return value if {"before", "after"} & set(value) else {"after": code.text}
