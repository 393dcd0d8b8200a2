"""Turns a signature into a regular expression for other engines.

A template is not a regular expression (see `generator.signatures.language`). The regular expression
finds what the template finds on one line, and may find a little more: it backtracks, which the
matcher does not, and does not limit the length of a placeholder. White space may match newlines,
but not the prefixes that logs write before wrapped lines.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from generator.signatures.language import Pair, Searched, Template
from generator.signatures.template import DIGITS, TOKEN_ENDS, TRAILING, Literal, Placeholder

# Escaped in the same way in RE2, Go, Rust, Java and Python: only the characters that need it.
_SPECIAL = re.compile(r"[\\.+*?()|\[\]{}^$]")
_WORD = re.compile(r"\w+")
_COUNTS_FAR = re.compile(r"\{\d*,?\d{2,}")
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
        constants: what is captured in any case, by name.
        field: for a field, the name of what its first group that is not empty captures, if any.
        hint: a short expression for a text in every match, in any of the cases that match; empty if
            there is none.
    """

    regex: str
    literals: tuple[str, ...]
    words: tuple[str, ...]
    captures: tuple[str, ...]
    needle: str
    constants: tuple[tuple[str, str], ...] = ()
    field: str = ""
    hint: str = ""


def pattern_of(searched: Searched) -> PortablePattern:
    """Return what a compiled signature searches for, in a form for other engines."""
    longest = max(searched.chunks, key=len, default="")
    needle = longest if len(longest) >= _LEAST and not searched.ignore_case else ""
    hint = _SPECIAL.sub(r"\\\g<0>", longest) if len(longest) >= _LEAST else ""
    if hint and searched.ignore_case:
        hint = f"(?i:{hint})"
    if isinstance(searched, Template):
        literals = tuple(
            piece
            for literal in searched.literals
            for piece in " ".join(literal).split(DIGITS)
            if piece
        )
        words = tuple(_word_runs(searched))
        regex = f"(?i:{_regex(searched)})" if searched.ignore_case else _regex(searched)
        captures = tuple(name for name in searched.names if name not in searched.constants)
        constants = tuple(searched.constants.items())
        return PortablePattern(regex, literals, words, captures, needle, constants, hint=hint)
    if isinstance(searched, Pair):
        hint = hint or f"(?i:{'[ _-]?'.join(map(re.escape, searched.key))})"
        name = next(iter(searched.names), "")
        return PortablePattern(searched.portable_regex, (), (), (), needle, field=name, hint=hint)
    regex = searched.pattern.pattern
    # An engine that searches for many expressions at once may refuse to count that far.
    hint = hint or (regex if not _COUNTS_FAR.search(regex) else "")
    return PortablePattern(regex, (), (), (), needle, hint=hint)


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


def _word_runs(template: Template) -> Iterator[str]:
    """Yield the runs of whole words; a word beside a placeholder or a number may be cut there."""
    last = len(template.literals) - 1
    for number, literal in enumerate(template.literals):
        pieces = " ".join(literal).split(DIGITS)
        for index, piece in enumerate(pieces):
            words = list(_WORD.finditer(piece))
            cut_before = index or number or template.before
            cut_after = index < len(pieces) - 1 or number < last or template.holes[-1]
            if words and words[0].start() == 0 and cut_before:
                words = words[1:]
            if words and words[-1].end() == len(piece) and cut_after:
                words = words[:-1]
            if words:
                yield " ".join(word[0] for word in words)


def _literal(literal: Literal) -> str:
    return r"\s+".join(_SPECIAL.sub(r"\\\g<0>", chunk) for chunk in literal).replace(
        DIGITS, "[0-9]+"
    )


def _group(hole: Placeholder, regex: str) -> str:
    return f"(?P<{hole.name}>{regex})" if hole.name != "_" else f"(?:{regex})"


_TOKEN_ENDS = "".join(_CLASS_ESCAPES.get(sign, sign) for sign in sorted(TOKEN_ENDS))
