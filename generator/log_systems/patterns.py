"""Turns a signature into a regular expression for other engines.

A template is not a regular expression (see `generator.signatures.language`). The regular expression
finds what the template finds on one line, and may find a little more: it backtracks, which the
matcher does not, and does not limit the length of a placeholder. White space may match newlines,
but not the prefixes that logs write before wrapped lines.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from generator.signatures.language import (
    TOKEN_ENDS,
    TRAILING,
    Literal,
    Placeholder,
    Signature,
    Template,
)

# Escaped in the same way in RE2, Go, Rust, Java and Python: only the characters that need it.
_SPECIAL = re.compile(r"[\\.+*?()|\[\]{}^$]")
_IGNORES_CASE = re.compile(r"\(\?[a-zA-Z]*i")
_WORD = re.compile(r"\w+")
_LEAST = 3  # a shorter text is in too many lines to save any work

_CLASS_ESCAPES = {"\n": r"\n", "\t": r"\t", "\x0b": r"\x0b", "\x0c": r"\x0c", "\xa0": r"\xa0"}
_CLASS_ESCAPES |= {sign: f"\\{sign}" for sign in "[]^-\\"}
_CLASS_ESCAPES["'"] = r"\x27"  # some formats put expressions in single quotes


@dataclass(frozen=True, slots=True)
class PortablePattern:
    """A signature for other engines.

    Attributes:
        regex: a regular expression in RE2 syntax, with named groups.
        literals: the texts between the placeholders, in order, white space as single spaces;
            empty for a regular expression.
        words: the runs of whole words between placeholders, in order, without words that a
            placeholder may cut; empty for a regular expression.
        captures: the names of the groups.
        needle: the longest text without white space that is in every match; may be empty.
    """

    regex: str
    literals: tuple[str, ...]
    words: tuple[str, ...]
    captures: tuple[str, ...]
    needle: str


def pattern_of(signature: Signature) -> PortablePattern:
    """Return a compiled signature in a form for other engines."""
    longest = max(signature.chunks, key=len, default="")
    needle = longest if len(longest) >= _LEAST else ""
    if isinstance(signature, Template):
        literals = tuple(" ".join(literal) for literal in signature.literals)
        words = tuple(_word_runs(signature, literals))
        return PortablePattern(_regex(signature), literals, words, signature.names, needle)
    regex = signature.pattern.pattern
    return PortablePattern(regex, (), (), (), "" if _IGNORES_CASE.search(regex) else needle)


def _regex(template: Template) -> str:
    parts = []
    if template.before:
        parts.append(_group(template.before, f"[^{_TOKEN_ENDS}]+"))
    last = len(template.literals) - 1
    for number, (literal, hole) in enumerate(zip(template.literals, template.holes, strict=True)):
        parts.append(_literal(literal))
        if hole and number < last:
            parts.append(_group(hole, r"(?s:.+?)" if hole.long else r"[^\n]+?"))
        elif hole:
            parts.append(
                _group(hole, f"[^{_TOKEN_ENDS}]*[^{_TOKEN_ENDS}{TRAILING}]|[^{_TOKEN_ENDS}]")
            )
    return "".join(parts)


def _word_runs(template: Template, literals: Sequence[str]) -> Iterator[str]:
    for number, (literal, hole) in enumerate(zip(literals, template.holes, strict=True)):
        words = list(_WORD.finditer(literal))
        if words and words[0].start() == 0 and (number > 0 or template.before):
            words = words[1:]
        if words and words[-1].end() == len(literal) and hole:
            words = words[:-1]
        if words:
            yield " ".join(word[0] for word in words)


def _literal(literal: Literal) -> str:
    return r"\s+".join(_SPECIAL.sub(r"\\\g<0>", chunk) for chunk in literal)


def _group(hole: Placeholder, regex: str) -> str:
    return f"(?P<{hole.name}>{regex})" if hole.name != "_" else f"(?:{regex})"


_TOKEN_ENDS = "".join(_CLASS_ESCAPES.get(sign, sign) for sign in sorted(TOKEN_ENDS))
