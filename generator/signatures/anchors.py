"""Chooses the text of each signature to search for first: rare, and the same in every line format."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from itertools import chain

from generator.signatures.language import CompiledSignature, Form, Pair, Searched
from generator.signatures.quotes import BREAKS

SHORTEST = 3
LONGEST = 64
MANY = 50
"""Of texts that so many signatures have, none is rarer."""

ANY_CASE = "\0"
"""Begins a text in lower case that may also stand in upper case. A normal text does not contain it."""

Choices = list[list[str]]
"""The texts that can be the anchor, for each slot of a signature."""


def slots(signature: CompiledSignature) -> list[tuple[Form, list[str]]]:
    """Return what must be searched for to find the key of a signature.

    Returns:
        Forms, each with texts of which every match of the form contains all; none if there is no
        such text that is long enough. A form whose parts have no text in common comes once for each
        part.
    """
    found: list[tuple[Form, list[str]]] = []
    for form in signature.key:
        texts = [_texts(part) for part in form]
        common = [text for text in texts[0] if all(text in other for other in texts[1:])]
        if common or len(form) == 1:
            found.append((form, common))
        else:
            found += [(form, own) for own in texts]
    return found


def _texts(part: Searched) -> list[str]:
    """Return the different texts of a part that can be its anchor."""
    words, any_case = part.chunks, part.ignore_case
    if isinstance(part, Pair) and not any(len(word) >= SHORTEST for word in words):
        words, any_case = part.key, True
    pieces = (piece for word in words for piece in BREAKS.split(word))
    long = dict.fromkeys(piece for piece in pieces if len(piece) >= SHORTEST)
    return [ANY_CASE + piece.lower() for piece in long] if any_case else list(long)


def anchor_choices(signature: CompiledSignature) -> Choices:
    """Return the texts that can be the anchor, for each slot of a signature."""
    return [texts for _, texts in slots(signature)]


def anchors(signatures: Sequence[CompiledSignature], ordinary: str = "") -> list[list[str | None]]:
    """Choose the anchors of each signature: a text for each slot that every match contains.

    Args:
        signatures: the signatures.
        ordinary: ordinary log lines; texts in them are avoided.

    Returns:
        For each signature the text of each slot; None if it has no text that is long enough.
    """
    choices = [anchor_choices(signature) for signature in signatures]
    often = Counter(chain.from_iterable(chain.from_iterable(choices)))
    return [[choose_anchor(texts, often, ordinary) for texts in of] for of in choices]


def choose_anchor(choices: Sequence[str], often: Mapping[str, int], ordinary: str) -> str | None:
    """Choose the anchor of one slot.

    Args:
        choices: the texts to choose from.
        often: how many signatures have each text; more than `MANY` count as `MANY`.
        ordinary: ordinary log lines; texts in them are avoided.
    """

    def cost(text: str) -> tuple[bool, int, int]:
        plain = text.removeprefix(ANY_CASE)
        rare = min(often[text], MANY) - 4 * min(len(plain), 20)
        return plain in ordinary, rare, -len(plain)

    return _cut(min(choices, key=cost)) if choices else None


def _cut(text: str) -> str:
    return text[: LONGEST + text.startswith(ANY_CASE)]
