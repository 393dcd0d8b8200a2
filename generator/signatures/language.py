r"""The signature language, which describes an error in a log.

A template is literal text with placeholders. It matches anywhere in a text:

- `{NAME}` captures the parameter of that name, `{_}` matches without capturing. A capture has 1 to
  500 characters and never crosses the end of a line; `{NAME...}` and `{_...}` may cross it and have
  up to 4,000 characters.
- A placeholder extends to the leftmost place of the next literal text. At the end of the template
  it takes one token forwards, at the beginning one token backwards. A token ends at white space, a
  quotation mark, a bracket, a comma or a semicolon; at the end of the template, it loses trailing
  `.`, `:`, `!`, `?`.
- A run of white space matches any run of blanks (white space except newlines) and up to three line
  ends, each followed by the prefix that logs write before a line: times, process IDs, levels,
  `[...]`, `|`, `>`, indentation. If a placeholder follows, each part of the prefix must be followed
  by blanks, and the first part must not be a plain number.
- Everything else is literal and case-sensitive, including a `{` that does not begin a placeholder.
  There is no escape: for the text `{NAME}` itself, write `{_}`.

There is no backtracking: the first literal text is tried at each of its places in turn. Every other
one must follow at its leftmost place, or the match at that place fails. So the time is linear in
the length of the text. A match has at most 8,192 characters.

A regular expression matches within one line and captures nothing.
"""

from __future__ import annotations

import re
import warnings
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache, cached_property
from typing import TYPE_CHECKING

# Most signatures are templates, which do not need it.
if TYPE_CHECKING:
    from generator.signatures.automaton import Automaton

MAX_CAPTURE = 500
MAX_LONG_CAPTURE = 4_000
MAX_MATCH = 8_192
MAX_TEMPLATE = 2_000
MAX_LINE_ENDS = 3
MAX_PREFIX_TOKENS = 16
# A regular expression gets a long line in pieces, because slow expressions take quadratic time.
PIECE, STEP = 2_048, 1_024

BLANKS = " \t\x0b\x0c\xa0"
TOKEN_ENDS = frozenset(BLANKS + "\n\"'`()[]{}<>,;\u2018\u2019\u201c\u201d\u00ab\u00bb")
TRAILING = ".:!?"

_PLACEHOLDER = re.compile(r"\{([A-Z][A-Z0-9_]{0,63}|_)(\.\.\.)?\}")
_SPACE = re.compile(f"[{BLANKS}\n]+")
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


_NUMBER = re.compile("#?[0-9]+:?")


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


@dataclass(frozen=True)
class Template:
    """A compiled template.

    Attributes:
        literals: the pieces of literal text.
        before: the placeholder before the first piece, or None.
        holes: the placeholder after each piece; None after the last piece if nothing follows.
    """

    literals: tuple[Literal, ...]
    before: Placeholder | None
    holes: tuple[Placeholder | None, ...]

    @cached_property
    def names(self) -> tuple[str, ...]:
        """The parameters that it captures, in order."""
        holes = [h for h in (self.before, *self.holes) if h]
        return tuple(h.name for h in holes if h.name != "_")

    @cached_property
    def chunks(self) -> tuple[str, ...]:
        """The runs of literal text without white space, in order."""
        return tuple(chunk for literal in self.literals for chunk in literal if chunk)

    @cached_property
    def weight(self) -> int:
        """How specific it is: the number of its literal characters, except white space."""
        return sum(map(len, self.chunks))

    def find(self, text: str, start: int = 0, last: int | None = None) -> SignatureMatch | None:
        """Return the leftmost match, or None.

        Args:
            text: normalized text (see `generator.signatures.normal_text`).
            start: where to begin.
            last: the last place at which the first literal text may begin.
        """
        literal = self.literals[0]
        lead = 1 if not literal[0] else 0  # The white space after a leading placeholder.
        first = literal[lead]
        stop = len(text) if last is None else min(len(text), last + len(first))
        at = text.find(first, start, stop)
        if at < 0 or not self._may_follow(text, at):
            return None
        while at >= 0:
            found = self._at(text, at, start, literal[lead:])
            if found:
                return found
            at = text.find(first, at + 1, stop)
        return None

    def _may_follow(self, text: str, at: int) -> bool:
        """Return whether all pieces follow in order: a cheap test that usually fails."""
        for chunk in self.chunks:
            at = text.find(chunk, at)
            if at < 0:
                return False
            at += len(chunk)
        return True

    def _at(self, text: str, at: int, start: int, literal: Literal) -> SignatureMatch | None:
        captures: dict[str, str] = {}
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
            captures[self.before.name] = text[begin:end]
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
            captures[hole.name] = text[position:end]
            position = after
        if position - begin > MAX_MATCH:
            return None
        captures.pop("_", None)
        return SignatureMatch(begin, position, captures)


def _literal_at(text: str, at: int, literal: Literal) -> int:
    """Return where a literal that begins at a place ends; -1 if it is not at that place."""
    if not text.startswith(literal[0], at):
        return -1
    at += len(literal[0])
    for chunk in literal[1:]:
        at = _gap(text, at, chunk)
        if at < 0:
            return -1
        at += len(chunk)
    return at


def _gap(text: str, at: int, chunk: str) -> int:
    """Return where the text after a run of white space begins; -1 if there is no such run.

    Args:
        text: the text.
        at: where the run begins.
        chunk: the text that must follow; empty if a placeholder follows.
    """
    position = _BLANK.match(text, at).end()  # type: ignore[union-attr]
    if not text.startswith("\n", position):
        return position if position > at and text.startswith(chunk, position) else -1
    for _ in range(MAX_LINE_ENDS):
        position = _BLANK.match(text, position + 1).end()  # type: ignore[union-attr]
        if not text.startswith("\n", position):
            break
    for number in range(MAX_PREFIX_TOKENS):
        if chunk and text.startswith(chunk, position):
            return position
        token = _prefix().match(text, position)
        if not token:
            break
        end = _BLANK.match(text, token.end()).end()  # type: ignore[union-attr]
        # If a placeholder follows, the end of the prefix is not certain: text that may be its value
        # is not skipped.
        if not chunk and (end == token.end() or (not number and _NUMBER.fullmatch(token[0]))):
            break
        position = end
    return position if text.startswith(chunk, position) else -1


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
        for blank in _SPACE.finditer(text, at + 1, min(len(text), stop + 1)):
            after = _literal_at(text, blank.start(), literal)
            if after >= 0:
                return blank.start(), after
        return -1, -1
    place = text.find(literal[0], at + 1, stop + len(literal[0]))
    while place >= 0:
        after = _literal_at(text, place, literal)
        if after >= 0:
            return place, after
        place = text.find(literal[0], place + 1, stop + len(literal[0]))
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


def compile_template(text: str) -> Template:
    """Compile a template.

    Raises:
        SignatureError: it is invalid.
    """
    text = text.strip(BLANKS + "\n")
    if len(text) > MAX_TEMPLATE:
        raise SignatureError(
            f"the signature has more than {MAX_TEMPLATE:,} characters",
            "keep only the sentence that distinguishes this error from others",
        )
    pieces = _PLACEHOLDER.split(text)
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
    return Template(tuple(tuple(_SPACE.split(part)) for part in literals), before, tuple(tail))


def _check(literals: list[str], holes: list[Placeholder]) -> None:
    if not any(part.strip(BLANKS + "\n") for part in literals):
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
    names = [hole.name for hole in holes if hole.name != "_"]
    twice = next((name for name in names if names.count(name) > 1), None)
    if twice:
        raise SignatureError(f"duplicate placeholder {{{twice}}}", "write {_} for the second")


@dataclass(frozen=True)
class Expression:
    """A compiled regular expression; it matches within one line and captures nothing.

    Attributes:
        pattern: the expression.
        automaton: what finds it in linear time; None if `re` is fast enough.
    """

    pattern: re.Pattern[str]
    automaton: Automaton | None = None

    @property
    def names(self) -> tuple[str, ...]:
        """Always empty: a regular expression captures no parameters."""
        return ()

    @cached_property
    def chunks(self) -> tuple[str, ...]:
        """The runs of literal text that every match contains."""
        return tuple(required_text(self.pattern.pattern))

    @cached_property
    def weight(self) -> int:
        """How specific it is: the number of literal characters that every match contains."""
        return sum(map(len, self.chunks))

    def find(self, text: str, start: int = 0, last: int | None = None) -> SignatureMatch | None:
        """Return the first match of the first matching line, or None; see `Template.find`."""
        stop = len(text) if last is None else min(len(text), last + 1)
        while start < stop or start == 0 == len(text):
            end = text.find("\n", start)
            end = len(text) if end < 0 else end
            for begin in range(start, max(end - STEP, start + 1), STEP):
                found = self._span(text[begin : min(begin + PIECE, end)])
                if found:
                    return SignatureMatch(begin + found[0], begin + found[1], {})
            start = end + 1
        return None

    def _span(self, piece: str) -> tuple[int, int] | None:
        if self.automaton is not None:
            return self.automaton.search(piece)
        found = self.pattern.search(piece)
        return (found.start(), found.end()) if found else None


def compile_regex(pattern: str) -> Expression:
    """Compile a regular expression; `generator.rules.patterns` checks which ones are allowed.

    Raises:
        SignatureError: it is not a regular expression.
    """
    from generator.signatures.automaton import NO_EXPRESSION, TOO_LARGE, TooLarge, automaton_of

    try:
        with warnings.catch_warnings(action="ignore"):  # of a set that may mean more one day
            compiled = re.compile(pattern, re.ASCII)
        return Expression(compiled, automaton_of(pattern))
    except TooLarge:
        raise SignatureError(*TOO_LARGE) from None
    except NO_EXPRESSION as error:
        raise SignatureError(
            f"not a regular expression: {error}", "escape literal characters with \\"
        ) from None


_REGEX_TOKEN = re.compile(
    r"\\(?P<escape>.)|(?P<open>\()|(?P<close>\))|(?P<or>\|)"
    r"|(?P<class>\[\^?\]?(?:\\.|[^\]\\])*+(?:\]|\Z))|(?P<some>[*?]\??|\{0?,\d*+\}\??|\{0\}\??)"
    r"|(?P<many>\+\??|\{\d++,?\d*+\}\??)|(?P<any>[.^$])|(?P<text>.)",
    re.DOTALL,
)


def required_text(pattern: str) -> Iterator[str]:
    """Yield the runs of literal text, without white space, that every match contains."""
    runs, run, depth = [], "", 0
    for token in _REGEX_TOKEN.finditer(pattern):
        kind = token.lastgroup
        letter = token["text"] or ""
        if kind == "escape" and not token["escape"].isalnum():
            letter = token["escape"]
        if kind == "open":
            depth += 1
        elif kind == "close":
            depth -= 1
        if depth or kind == "close":
            letter = ""
        elif kind == "or":
            return
        elif kind == "some":
            run = run[:-1]
        if letter and letter not in BLANKS:
            run += letter
        else:
            runs.append(run)
            run = ""
    runs.append(run)
    yield from (run for run in runs if run)


Signature = Template | Expression


def compile_signature(text: str | None, regex: str | None) -> Signature:
    """Compile a signature of an incident: its `text`, or else its `regex`.

    Raises:
        SignatureError: it is invalid.
    """
    return compile_template(text) if text is not None else compile_regex(regex or "")
