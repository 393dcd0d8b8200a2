"""Signatures that are a key with its value, in whatever way a log writes pairs.

The pair `reason: OOMKilled` is found in `"reason": "OOMKilled"`, `reason: OOMKilled`,
`reason=OOMKilled`, `'reason' => 'OOMKilled'` and `Reason:       OOMKilled`. In keys, case does not
matter, nor do blanks, `_` and `-` between words: `exit code` is also `exitCode` and `exit_code`. A
value is the whole value: after it comes a quotation mark, or no letter, digit or `-`.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cached_property

from generator.signatures.template import (
    MAX_CAPTURE,
    PLACEHOLDER,
    SPACE,
    SignatureError,
    SignatureMatch,
)

MOST = 20
"""The maximum number of pairs of a signature."""
LONGEST = 500
"""The maximum number of characters of a key or a value."""

_KEY_WORD = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|[0-9]+|[^\W_a-zA-Z0-9]+")
_SPECIAL = re.compile(r"[\\.+*?()|\[\]{}^$/]")
_ASSIGNS = r"""["'`]?[ \t\xa0]{0,40}(?::|=>?)[ \t\xa0]{0,40}"""
_INSIDE = r"[^%s\n]"
_BARE = r"""[^ \t\n\r\x0b\x0c\xa0,;{}()\[\]"'`]"""
# No word goes on before the key, or after the value.
_BEFORE, _AFTER = "(?<![0-9A-Za-z_])", "(?![0-9A-Za-z_]|[.-][0-9A-Za-z_])"
# RE2 cannot look around, so it takes what is there.
_TAKES_BEFORE = "(?:^|[^0-9A-Za-z_])"
_TAKES_AFTER = "(?:$|[.-]$|[^0-9A-Za-z_.-]|[.-][^0-9A-Za-z_])"


@dataclass(frozen=True)
class Pair:
    """A compiled pair.

    Attributes:
        key: the words of the key, in lower case.
        value: the literal text before and after the placeholder; one text if there is none.
        name: what the placeholder captures; empty without one, `_` if it captures nothing.
        ignore_case: whether case does not matter in the value, too.
    """

    key: tuple[str, ...]
    value: tuple[str, ...]
    name: str = ""
    ignore_case: bool = False

    one_line = True
    views = ()
    needs = ()
    needs_without_quotes = ()

    @property
    def names(self) -> tuple[str, ...]:
        """The parameter that it captures, if any."""
        return (self.name,) if self.name not in ("", "_") else ()

    @cached_property
    def chunks(self) -> tuple[str, ...]:
        """The runs of text without white space that the value contains."""
        return tuple(chunk for text in self.value for chunk in SPACE.split(text) if chunk)

    @cached_property
    def weight(self) -> int:
        """How specific it is: the number of characters of the key and the value."""
        return sum(map(len, self.key)) + sum(map(len, self.chunks))

    @property
    def words(self) -> tuple[str, ...]:
        """The texts that it contains, for whoever judges how specific it is."""
        return (*self.key, *self.chunks)

    @cached_property
    def regex(self) -> str:
        """The pair as a regular expression that Python and JavaScript read in the same way.

        It has a group for each way to write the value, if something is captured.
        """
        return self._regex(_BEFORE, _AFTER)

    @cached_property
    def portable_regex(self) -> str:
        """The same in RE2's syntax; it also takes the characters before and after the pair."""
        return self._regex(_TAKES_BEFORE, _TAKES_AFTER)

    def _regex(self, before: str, after: str) -> str:
        key = r"[ _-]?".join(map(_any_case, self.key))
        quoted = [f"{q}{self._value(_INSIDE % q)}{q}" for q in ('"', "'", "`")]
        ways = "|".join([*quoted, f"{self._value(_BARE)}{after}"])
        return f"{before}{key}{_ASSIGNS}(?:{ways})"

    def _value(self, letter: str) -> str:
        write = _any_case if self.ignore_case else _literal
        parts = [r"[ \t\xa0]{1,40}".join(map(write, SPACE.split(text))) for text in self.value]
        if not self.name:
            return parts[0]
        lazy = "?" if self.value[1] else ""
        group = "" if self.name != "_" else "?:"
        return f"{parts[0]}({group}{letter}{{1,{MAX_CAPTURE}}}{lazy}){parts[1]}"

    @cached_property
    def _pattern(self) -> re.Pattern[str]:
        return re.compile(self.regex)

    def find(self, text: str, start: int = 0, last: int | None = None) -> SignatureMatch | None:
        """Return the first match, or None; see `Template.find`."""
        found = self._pattern.search(text, start)
        if not found or (last is not None and found.start() > last):
            return None
        value = next((group for group in found.groups() if group is not None), "")
        return SignatureMatch(found.start(), found.end(), {self.name: value} if self.names else {})


def _literal(text: str) -> str:
    return _SPECIAL.sub(r"\\\g<0>", text)


def _any_case(text: str) -> str:
    return "".join(
        f"[{c.upper()}{c.lower()}]" if c.isascii() and c.isalpha() else _literal(c) for c in text
    )


def compile_pair(key: str, value: str, ignore_case: bool = False) -> Pair:
    """Compile a pair.

    Args:
        key: the key, in any way to write it.
        value: a template with at most one placeholder.
        ignore_case: whether case does not matter in the value.

    Raises:
        SignatureError: it is invalid.
    """
    words = tuple(word.lower() for word in _KEY_WORD.findall(key))
    if not words or len(key) > LONGEST or len(value) > LONGEST:
        raise SignatureError(
            f"{key!r} is not the name of a field" if not words else "the field is too long",
            "write the key and the value as the log has them, such as reason: OOMKilled",
        )
    pieces = PLACEHOLDER.split(value.strip())
    if len(pieces) > 4 or (len(pieces) == 4 and pieces[2]):
        raise SignatureError(
            f"the value of {key!r} has more than one placeholder, or one for several lines",
            "keep one {NAME}, or write the line as a text",
        )
    texts, name = (pieces[::3], pieces[1]) if len(pieces) == 4 else (pieces, "")
    return Pair(words, tuple(texts), name, ignore_case)
