"""What must be, and must not be, near the key of a signature."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

from generator.signatures.language import CompiledSignature, Form, Searched, SignatureMatch
from generator.signatures.normal_text import unescaped_forms
from generator.signatures.template import MAX_MATCH


class Surroundings(NamedTuple):
    """The text around a match of a key.

    Attributes:
        text: the lines that are near.
        at: where the line begins on which the match begins.
    """

    text: str
    at: int


def surroundings(text: str, begin: int, end: int, within: int) -> Surroundings:
    """Return the lines around a match, at most `MAX_MATCH` characters before and after its begin.

    Args:
        text: the whole text.
        begin: where the match begins.
        end: where it ends.
        within: how many lines are near, including the line itself.
    """
    low, high = max(0, begin - MAX_MATCH), min(len(text), begin + MAX_MATCH)
    line = text.rfind("\n", low, begin) + 1 or low
    first, last = line, min(max(end, begin), high)
    for _ in range(within - 1):
        if first > low:
            first = text.rfind("\n", low, first - 1) + 1 or low
    for number in range(within):
        found = text.find("\n", last + (number > 0), high)
        last = found if found >= 0 else high
    return Surroundings(text[first:last], line - first)


def confirmed(
    signature: CompiledSignature, match: SignatureMatch, near: Iterable[Surroundings]
) -> dict[str, str] | None:
    """Return all captures of a signature whose key has a match, or None if it does not match.

    Args:
        signature: the signature.
        match: the match of its key.
        near: the texts around the match: of the line as it is unescaped, and of the log.
    """
    near = list(near)
    if any(_nearest(form, around) for form in signature.without for around in near):
        return None
    captures = dict(match.captures)
    for form in signature.others:
        found = next((m for around in near if (m := _nearest(form, around))), None)
        if found is None:
            return None
        captures = {**found.captures, **captures}
    return captures


def _nearest(form: Form, around: Surroundings) -> SignatureMatch | None:
    """Return the first match from the line of the key on, else the last before it."""
    for part in form:
        found = _in_text(part, around.text, around.at)
        if found:
            return found
    for part in form:
        found = _in_forms(part, around.text)
        if found:
            return found
    return None


def _in_text(part: Searched, text: str, at: int) -> SignatureMatch | None:
    found = part.find(text, at)
    if found or not at:
        return found
    before = text[:at]
    place = 0
    while one := part.find(before, place):
        found, place = one, max(one.end, one.start + 1)
    return found


def _in_forms(part: Searched, text: str) -> SignatureMatch | None:
    """Return the first match in lines without their escapes, or with other quotation marks."""
    for line in text.split("\n"):
        if "\\" in line or "&" in line:
            for form in unescaped_forms(line):
                found = part.find(form)
                if found:
                    return found
    for view in part.views:
        found = view.template.find(view.look(text))
        if found:
            return found
    return None
