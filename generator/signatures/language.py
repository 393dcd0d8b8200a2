r"""The signature language, which describes an error in a log.

A template is literal text with placeholders. It matches anywhere in a text:

- `{NAME}` captures the parameter of that name, `{_}` matches without capturing. A capture has 1 to
  500 characters and never crosses the end of a line; `{NAME...}` and `{_...}` may cross it and have
  up to 4,000 characters.
- A placeholder extends to the leftmost place of the next literal text. At the end of the template
  it takes one token forwards, at the beginning one token backwards. A token ends at white space, a
  quotation mark, a bracket, a comma or a semicolon; at the end of the template, it loses trailing
  `.`, `:`, `!`, `?`.
- `{#}` matches a number of 1 to 20 digits; it needs text before it, not a placeholder.
- A run of white space matches any run of blanks (white space except newlines) and up to three line
  ends, each followed by the prefix that logs write before a line: times, process IDs, levels,
  `[...]`, `|`, `>`, indentation. If a placeholder follows, each part of the prefix must be followed
  by blanks, and the first part must not be a plain number.
- `{=one|other}` is one of these texts, `{= on {HOST}|}` one or nothing, and `{NAME=one|other}` captures
  which (see `generator.signatures.alternatives`).
- Everything else is literal and case-sensitive, including a `{` that does not begin a placeholder.
  There is no escape: for the text `{NAME}` itself, write `{_}`.

There is no backtracking: the first literal text is tried at each of its places in turn. Every other
one must follow at its leftmost place, or the match at that place fails. So the time is linear in
the length of the text. A match has at most 8,192 characters.

A regular expression matches within one line and captures nothing. A field is a key with its value
(see `generator.signatures.fields`).

A signature searches for one thing first: its `text`, one of `any`, its `regex`; else the longest of
`all` and `fields`. At each place, what else `all` and `fields` name must be there, and what `without`
names must not be there, at most `within` lines away, 8,192 characters at most.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import cached_property
from itertools import chain
from typing import Any

from generator.signatures.alternatives import expanded
from generator.signatures.expression import Expression, compile_regex
from generator.signatures.fields import MOST as MOST_FIELDS
from generator.signatures.fields import Pair, compile_pair
from generator.signatures.source import Source
from generator.signatures.template import (
    SignatureError,
    SignatureMatch,
    Template,
    compile_template,
)

MOST_TEXTS = 1_000
"""The maximum number of texts of a signature."""
MOST_PARTS = 20
"""The maximum number of texts in `all` or `without`."""
LINES = 10
"""The default of `within` for what can be on several lines."""

Searched = Template | Expression | Pair
"""What is searched for in a text."""

Form = tuple[Searched, ...]
"""What a text, an expression or a field is searched for as; the first that matches counts."""


@dataclass(frozen=True)
class CompiledSignature:
    """A compiled signature.

    Attributes:
        key: what is searched for first; one of these forms is enough.
        others: forms that must be near.
        without: forms that must not be near.
        within: how many lines are near, including the line itself.
    """

    key: tuple[Form, ...]
    others: tuple[Form, ...] = ()
    without: tuple[Form, ...] = ()
    within: int = 1

    @property
    def is_alone(self) -> bool:
        """Whether nothing else matters than where the key is."""
        return not (self.others or self.without)

    @cached_property
    def names(self) -> tuple[str, ...]:
        """The parameters that it can capture, in order."""
        parts = chain(*self.key, *self.others)
        return tuple(dict.fromkeys(chain.from_iterable(part.names for part in parts)))

    @cached_property
    def weight(self) -> int:
        """How specific it is: the number of characters that every match contains, except white space."""
        return _least(self.key) + sum(_least([form]) for form in self.others)

    def every_way(self, holds: Callable[[Searched], bool]) -> bool:
        """Return whether a condition holds for a part of every match."""
        return any(
            all(holds(part) for form in forms for part in form)
            for forms in (self.key, *((form,) for form in self.others))
        )


def _least(forms: Iterable[Form]) -> int:
    return min(part.weight for form in forms for part in form)


def compile_signature(source: Source) -> CompiledSignature:
    """Compile a signature.

    Args:
        source: its plain form.

    Raises:
        SignatureError: it is invalid.
    """
    if isinstance(source, str):
        return CompiledSignature((_text(source),))
    ignore = bool(source.get("ignore_case"))
    forms = [_text(text, ignore) for text in source.get("all", ())]
    fields = source.get("fields", {})
    forms += [(compile_pair(key, value, ignore),) for key, value in fields.items()]
    without = tuple(_text(text, ignore) for text in source.get("without", ()))
    _check_numbers(source)
    key = _key(source, ignore)
    if not key and not forms:
        raise SignatureError("the signature searches for nothing", "write the words of the error")
    if not key:
        longest = max(forms, key=lambda form: _least([form]))
        forms.remove(longest)
        key = (longest,)
    within = source.get("within") or (LINES if forms else 1)
    return CompiledSignature(key, tuple(forms), without, within)


def _key(source: dict[str, Any], ignore: bool) -> tuple[Form, ...]:
    if source.get("regex"):
        if ignore:
            raise SignatureError(
                "`ignore_case` has no effect on a regular expression",
                "write out the letters, such as [Ee]rror, or write a `text`",
            )
        return ((compile_regex(source["regex"]),),)
    texts = source.get("any") or ([source["text"]] if source.get("text") else [])
    key = tuple(_text(text, ignore) for text in texts)
    names = [{name for part in form for name in part.names} for form in key]
    for form, own in zip(texts, names, strict=True):
        missing = sorted(set().union(*names) - own)
        if missing:
            raise SignatureError(
                f"{form!r} does not capture {missing[0]}, which another text of `any` captures",
                "let each text capture the same, or write two signatures",
            )
    return key


def _check_numbers(source: dict[str, Any]) -> None:
    for name, most in (("any", MOST_TEXTS), ("all", MOST_PARTS), ("without", MOST_PARTS), ("fields", MOST_FIELDS)):  # fmt: skip
        if len(source.get(name, ())) > most:
            raise SignatureError(
                f"`{name}` has more than {most:,} entries", "write several signatures"
            )


def _text(text: str, ignore_case: bool = False) -> Form:
    if "{" not in text:
        return (compile_template(text, None, ignore_case),)
    return tuple(
        compile_template(plain, captures, ignore_case) for plain, captures in expanded(text)
    )


__all__ = [
    "CompiledSignature",
    "Expression",
    "Form",
    "Pair",
    "Searched",
    "SignatureError",
    "SignatureMatch",
    "Template",
    "compile_signature",
]
