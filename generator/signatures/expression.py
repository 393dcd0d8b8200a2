"""Signatures that are regular expressions. They match within one line and capture nothing."""

from __future__ import annotations

import re
import warnings
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from generator.signatures.template import BLANKS, SignatureError, SignatureMatch

# Few expressions need it.
if TYPE_CHECKING:
    from generator.signatures.automaton import Automaton

# An expression gets a long line in pieces, because slow expressions take quadratic time.
PIECE, STEP = 2_048, 1_024


@dataclass(frozen=True)
class Expression:
    """A compiled regular expression; it matches within one line and captures nothing.

    Attributes:
        pattern: the expression.
        automaton: what finds it in linear time; None if `re` is fast enough.
    """

    pattern: re.Pattern[str]
    automaton: Automaton | None = None

    one_line = True
    ignore_case = False
    views = ()
    needs = ()
    needs_without_quotes = ()

    @property
    def names(self) -> tuple[str, ...]:
        """Always empty: a regular expression captures no parameters."""
        return ()

    @cached_property
    def chunks(self) -> tuple[str, ...]:
        """The runs of literal text that every match contains."""
        return tuple(required_text(self.pattern.pattern))

    @property
    def words(self) -> tuple[str, ...]:
        """The texts that it contains, for whoever judges how specific it is."""
        return self.chunks

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
    """Compile a regular expression.

    Raises:
        SignatureError: it is not a regular expression, or not one that means the same in all
            engines.
    """
    from generator.signatures.automaton import NO_EXPRESSION, TOO_LARGE, TooLarge, automaton_of
    from generator.signatures.dialect import problem_in

    problem = problem_in(pattern)
    if problem:
        raise SignatureError(*problem)
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
