"""Templates: literal text with placeholders; the rules are in `generator.signatures.language`."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from functools import cache, cached_property
from typing import NamedTuple

from generator.signatures.quotes import BREAKS, QUOTES, same_quotes, without_quotes

MAX_CAPTURE = 500
MAX_LONG_CAPTURE = 4_000
MAX_MATCH = 8_192
MAX_TEMPLATE = 2_000
MAX_LINE_ENDS = 3
MAX_PREFIX_TOKENS = 16

DIGITS = "\0"
"""Stands for `{#}` in a literal text; no text contains it."""
_LOWER = {upper: upper + 32 for upper in range(ord("A"), ord("Z") + 1)}

BLANKS = " \t\x0b\x0c\xa0"
TOKEN_ENDS = frozenset(BLANKS + "\n\"'`()[]{}<>,;\u2018\u2019\u201c\u201d\u00ab\u00bb")
TRAILING = ".:!?"

PLACEHOLDER = re.compile(r"\{([A-Z][A-Z0-9_]{0,63}|_)(\.\.\.)?\}")
SPACE = re.compile(f"[{BLANKS}\n]+")
_BLANK = re.compile(f"[{BLANKS}]*")
_PREFIX = (
    r"(?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec) {1,2}[0-9]{1,2} [0-9]{2}:[0-9]{2}:[0-9]{2}"
    r" [0-9A-Za-z_.-]{1,64} [0-9A-Za-z_./-]{1,64}(?:\[[0-9]{1,10}\])?:"
    r"|[0-9]{4}[-/][0-9]{2}[-/][0-9]{2}(?:[T ][0-9]{2}:[0-9]{2}(?::[0-9]{2}(?:[.,][0-9]{1,9})?)?)?"
    r"(?: ?(?:Z|UTC|GMT|CET|CEST|EST|EDT|CST|CDT|MST|MDT|PST|PDT|BST|IST|JST|[+-][0-9]{2}:?[0-9]{2})"
    r"(?![0-9A-Za-z_]))?"
    r"|[0-9]{2}:[0-9]{2}:[0-9]{2}(?:[.,][0-9]{1,9})?"
    r"|\[[^\[\]\n]{0,80}\]|\([^()\n]{0,80}\)|<[0-9]{1,3}>"
    r"|(?:TRACE|DEBUG|INFO|NOTICE|LOG|WARN|WARNING|ERROR|ERR|FATAL|PANIC|CRITICAL|CRIT|ALERT|EMERG"
    r"|DETAIL|HINT|CONTEXT|STATEMENT|Trace|Debug|Info|Notice|Warn|Warning|Error|Fatal|Critical"
    r"|trace|debug|info|notice|warn|warning|error|fatal|critical|detail|hint)(?![0-9A-Za-z_]):?"
    r"|[0-9A-Za-z_.-]{1,64} {0,20}\|"
    r"|[0-9]{1,10}#[0-9]{1,10}:"
    r"|#?[0-9]{1,10}(?![0-9A-Za-z_]):?"
    r"|[|>:#*\u2502-]{1,3}"
)


@cache
def _prefix() -> re.Pattern[str]:
    return re.compile(_PREFIX)  # slow, and only multi-line matches need it


_SOME_DIGITS = re.compile("[0-9]{1,20}")
NUMBER = re.compile("#?[0-9]+:?")


class SignatureError(ValueError):
    """A signature is invalid; the message says why, and `hint` what to write instead."""

    def __init__(self, message: str, hint: str) -> None:
        super().__init__(message)
        self.hint = hint


@dataclass(frozen=True, slots=True)
class SignatureMatch:
    """Where a signature was found, and what its placeholders captured."""

    start: int
    end: int
    captures: dict[str, str]


@dataclass(frozen=True, slots=True)
class Placeholder:
    """A placeholder in a template."""

    name: str
    long: bool = False

    @property
    def limit(self) -> int:
        """The maximum number of characters that it captures."""
        return MAX_LONG_CAPTURE if self.long else MAX_CAPTURE


Literal = tuple[str, ...]
"""Literal text, split at white space; begins or ends with "" if the text does with white space."""


class View(NamedTuple):
    """A way to look at a text, and the template to search in what is seen.

    Attributes:
        look: changes a text, but no line ends in it.
        template: the template, changed in the same way.
    """

    look: Callable[[str], str]
    template: Template


@dataclass(frozen=True)
class Template:
    """A compiled template without alternatives.

    Attributes:
        source: its text.
        literals: the pieces of literal text.
        before: the placeholder before the first piece, or None.
        holes: the placeholder after each piece; None after the last piece if nothing follows.
        constants: what it captures in any case.
        ignore_case: whether the letters A to Z match in upper and lower case; then all pieces are in
            lower case.
    """

    source: str
    literals: tuple[Literal, ...]
    before: Placeholder | None
    holes: tuple[Placeholder | None, ...]
    constants: dict[str, str] = field(default_factory=dict)
    ignore_case: bool = False

    one_line = False

    @cached_property
    def names(self) -> tuple[str, ...]:
        """The parameters that it captures, in order."""
        holes = [h for h in (self.before, *self.holes) if h]
        return (*(h.name for h in holes if h.name != "_"), *self.constants)

    @cached_property
    def chunks(self) -> tuple[str, ...]:
        """The runs of literal text without white space and numbers, in order."""
        return tuple(
            piece
            for literal in self.literals
            for chunk in literal
            for piece in chunk.split(DIGITS)
            if piece
        )

    @property
    def words(self) -> tuple[str, ...]:
        """The texts that it contains, for whoever judges how specific it is."""
        return self.chunks

    @cached_property
    def weight(self) -> int:
        """How specific it is: the number of its literal characters, except white space."""
        return sum(map(len, self.chunks))

    @cached_property
    def views(self) -> tuple[View, ...]:
        """How to search in a text whose quotation marks differ: see `View`. Mostly empty."""
        if not any(quote in chunk for chunk in self.chunks for quote in QUOTES):
            return ()
        found = [View(same_quotes, self._with(same_quotes(self.source)))]
        # Without its quotation marks, it may have no text between two placeholders.
        with suppress(SignatureError):
            found.append(View(without_quotes, self._with(without_quotes(self.source))))
        return tuple(found)

    @cached_property
    def needs(self) -> tuple[str, ...]:
        """Texts that follow one another in every match; none if letters may differ."""
        return () if self.ignore_case else _decodable(self.chunks)

    @cached_property
    def needs_without_quotes(self) -> tuple[str, ...]:
        """The same for a match in which quotation marks differ."""
        if self.ignore_case:
            return ()
        return _decodable([part for chunk in self.chunks for part in BREAKS.split(chunk) if part])

    def _with(self, source: str) -> Template:
        return compile_template(source, self.constants, self.ignore_case)

    def find(self, text: str, start: int = 0, last: int | None = None) -> SignatureMatch | None:
        """Return the leftmost match, or None.

        Args:
            text: normalized text (see `generator.signatures.normal_text`).
            start: where to begin.
            last: the last place at which the first literal text may begin.
        """
        searched = text.translate(_LOWER) if self.ignore_case else text
        literal = self.literals[0]
        lead = 1 if not literal[0] else 0  # The white space after a leading placeholder.
        first = literal[lead].split(DIGITS)[0]
        stop = len(text) if last is None else min(len(text), last + len(first))
        at = searched.find(first, start, stop)
        if at < 0 or not self._may_follow(searched, at):
            return None
        while at >= 0:
            found = self._at(searched, text, at, start, literal[lead:])
            if found:
                return found
            at = searched.find(first, at + 1, stop)
        return None

    def _may_follow(self, text: str, at: int) -> bool:
        """Return whether all pieces follow in order: a cheap test that usually fails."""
        for chunk in self.chunks:
            at = text.find(chunk, at)
            if at < 0:
                return False
            at += len(chunk)
        return True

    def _at(
        self, text: str, shown: str, at: int, start: int, literal: Literal
    ) -> SignatureMatch | None:
        captures = dict(self.constants)
        begin = at
        if self.before:
            end = at
            if not self.literals[0][0]:
                while end > start and text[end - 1] in BLANKS:
                    end -= 1
                if end == at:
                    return None
            begin = end
            while (
                begin > start and text[begin - 1] not in TOKEN_ENDS and end - begin <= MAX_CAPTURE
            ):
                begin -= 1
            if not 0 < end - begin <= MAX_CAPTURE:
                return None
            captures[self.before.name] = shown[begin:end]
        position = _literal_at(text, at, literal)
        if position < 0:
            return None
        for index, hole in enumerate(self.holes):
            if hole is None:
                break
            if index + 1 < len(self.literals):
                end, after = _next_literal(text, position, self.literals[index + 1], hole)
            else:
                end = after = _token_end(text, position)
            if end < 0:
                return None
            captures[hole.name] = shown[position:end]
            position = after
        if position - begin > MAX_MATCH:
            return None
        captures.pop("_", None)
        return SignatureMatch(begin, position, captures)


def _decodable(texts: Sequence[str]) -> tuple[str, ...]:
    # Invalid bytes are decoded to that character, and do not look like it before.
    return tuple(text for text in texts if "\ufffd" not in text)


def _literal_at(text: str, at: int, literal: Literal) -> int:
    """Return where a literal that begins at a place ends; -1 if it is not at that place."""
    if text.startswith(literal[0], at):  # the common case; no text has numbers as a chunk has them
        at += len(literal[0])
    else:
        at = _chunk_end(text, at, literal[0])
    for chunk in literal[1:]:
        if at < 0:
            return -1
        at = _gap(text, at, chunk)
    return at


def _chunk_end(text: str, at: int, chunk: str) -> int:
    """Return where a chunk that begins at a place ends; -1 if it is not at that place."""
    if DIGITS not in chunk:
        return at + len(chunk) if text.startswith(chunk, at) else -1
    for number, piece in enumerate(chunk.split(DIGITS)):
        if number:
            digits = _SOME_DIGITS.match(text, at)
            if not digits:
                return -1
            at = digits.end()
        if not text.startswith(piece, at):
            return -1
        at += len(piece)
    return at


def _gap(text: str, at: int, chunk: str) -> int:
    """Return where the chunk after a run of white space ends; -1 if there is no such run.

    Args:
        text: the text.
        at: where the run begins.
        chunk: the text that must follow; empty if a placeholder follows.
    """
    position = _BLANK.match(text, at).end()  # type: ignore[union-attr]
    if not text.startswith("\n", position):
        if position > at and text.startswith(chunk, position):
            return position + len(chunk)
        return _chunk_end(text, position, chunk) if position > at and DIGITS in chunk else -1
    for _ in range(MAX_LINE_ENDS):
        position = _BLANK.match(text, position + 1).end()  # type: ignore[union-attr]
        if not text.startswith("\n", position):
            break
    for number in range(MAX_PREFIX_TOKENS):
        after = _chunk_end(text, position, chunk) if chunk else -1
        if after >= 0:
            return after
        token = _prefix().match(text, position)
        if not token:
            break
        end = _BLANK.match(text, token.end()).end()  # type: ignore[union-attr]
        # If a placeholder follows, the end of the prefix is not certain: text that may be its value
        # is not skipped.
        if not chunk and (end == token.end() or (not number and NUMBER.fullmatch(token[0]))):
            break
        position = end
    return _chunk_end(text, position, chunk)


def line_prefix(line: str) -> int:
    """Return where the message of a log line begins, after times, levels and similar prefixes."""
    position = _BLANK.match(line, 0).end()  # type: ignore[union-attr]
    for _ in range(MAX_PREFIX_TOKENS):
        token = _prefix().match(line, position)
        end = _BLANK.match(line, token.end()).end() if token else position  # type: ignore[union-attr]
        if not token or end == token.end():
            break
        position = end
    return position


def _next_literal(text: str, at: int, literal: Literal, hole: Placeholder) -> tuple[int, int]:
    """Return start and end of a literal's leftmost place after a placeholder, or (-1, -1)."""
    stop = min(len(text), at + hole.limit)
    if not hole.long:
        line_end = text.find("\n", at, stop)
        stop = stop if line_end < 0 else line_end
    if not literal[0]:
        for blank in SPACE.finditer(text, at + 1, min(len(text), stop + 1)):
            after = _literal_at(text, blank.start(), literal)
            if after >= 0:
                return blank.start(), after
        return -1, -1
    first = literal[0].split(DIGITS)[0]
    place = text.find(first, at + 1, stop + len(first))
    while place >= 0:
        after = _literal_at(text, place, literal)
        if after >= 0:
            return place, after
        place = text.find(first, place + 1, stop + len(first))
    return -1, -1


def _token_end(text: str, at: int) -> int:
    """Return where a token ends; -1 if no token begins here or it is too long."""
    end = at
    while end < len(text) and text[end] not in TOKEN_ENDS:
        end += 1
        if end - at > MAX_CAPTURE:
            return -1
    while end - 1 > at and text[end - 1] in TRAILING:
        end -= 1
    return end if end > at else -1


def compile_template(
    text: str, constants: dict[str, str] | None = None, ignore_case: bool = False
) -> Template:
    """Compile a template without alternatives.

    Args:
        text: the template.
        constants: what it captures in any case.
        ignore_case: whether the letters A to Z match in upper and lower case.

    Raises:
        SignatureError: it is invalid.
    """
    text = text.strip(BLANKS + "\n")
    if len(text) > MAX_TEMPLATE:
        raise SignatureError(
            f"the signature has more than {MAX_TEMPLATE:,} characters",
            "keep only the sentence that distinguishes this error from others",
        )
    pieces = PLACEHOLDER.split(text.replace("{#}", DIGITS))
    literals = pieces[::3]
    holes = [Placeholder(n, bool(d)) for n, d in zip(pieces[1::3], pieces[2::3], strict=True)]
    _check(literals, holes)
    before = None
    if holes and not literals[0]:
        before, holes, literals = holes[0], holes[1:], literals[1:]
    tail: list[Placeholder | None] = [*holes]
    if literals[-1]:
        tail.append(None)
    else:
        literals = literals[:-1]
    if ignore_case:
        literals = [part.translate(_LOWER) for part in literals]
    split = tuple(tuple(SPACE.split(part)) for part in literals)
    return Template(text, split, before, tuple(tail), constants or {}, ignore_case)


def _check(literals: list[str], holes: list[Placeholder]) -> None:
    if not any(part.strip(BLANKS + DIGITS + "\n") for part in literals):
        raise SignatureError(
            "the signature has no text except placeholders", "add words of the error"
        )
    if "" in literals[1:-1]:
        raise SignatureError(
            "two placeholders are side by side", "write one, or the text that separates them"
        )
    if holes and not literals[0] and not literals[1].strip(BLANKS + "\n"):
        raise SignatureError(
            "the signature begins with two placeholders", "remove the first, or begin with text"
        )
    edges = ([holes[0]] if holes and not literals[0] else []) + (
        [holes[-1]] if holes and not literals[-1] else []
    )
    if any(hole.long for hole in edges):
        raise SignatureError(
            "the signature begins or ends with a placeholder for several lines",
            "write text on both sides of {NAME...}",
        )
    if (
        any(part.lstrip(BLANKS + "\n").startswith(DIGITS) for part in literals[:1])
        or any(part.startswith(DIGITS) for part in literals[1:])
        or (holes and not literals[0] and literals[1].strip(BLANKS + "\n").startswith(DIGITS))
    ):
        raise SignatureError(
            "the number {#} has no text before it", "write text before {#}, or write {_}"
        )
    names = [hole.name for hole in holes if hole.name != "_"]
    twice = next((name for name in names if names.count(name) > 1), None)
    if twice:
        raise SignatureError(f"duplicate placeholder {{{twice}}}", "write {_} for the second")
