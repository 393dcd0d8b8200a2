"""Chooses the text of each signature to search for first: rare, and the same in every line format."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from itertools import chain

from generator.signatures.language import Signature

SHORTEST = 3
LONGEST = 64
MANY = 50
"""Of texts that so many signatures have, none is rarer."""

# JSON puts a backslash before these characters, so only the text between them is the same.
_BREAKS = re.compile(r'["\\/]')


def anchors(signatures: Sequence[Signature], ordinary: str = "") -> list[bytes | None]:
    """Choose for each signature a text that every matching log line contains.

    Args:
        signatures: the signatures.
        ordinary: ordinary log lines; texts in them are avoided.

    Returns:
        A text for each signature; None if it has no text that is long enough.
    """
    choices = [anchor_choices(signature) for signature in signatures]
    often = Counter(chain.from_iterable(choices))
    return [choose_anchor(texts, often, ordinary) for texts in choices]


def anchor_choices(signature: Signature) -> list[str]:
    """Return the different texts of a signature that can be its anchor."""
    parts = (part for chunk in signature.chunks for part in _BREAKS.split(chunk))
    return list(dict.fromkeys(part for part in parts if len(part) >= SHORTEST))


def choose_anchor(choices: Sequence[str], often: Mapping[str, int], ordinary: str) -> bytes | None:
    """Choose the anchor of one signature.

    Args:
        choices: the texts to choose from.
        often: how many signatures have each text; more than `MANY` count as `MANY`.
        ordinary: ordinary log lines; texts in them are avoided.
    """

    def cost(text: str) -> tuple[bool, int, int]:
        return text in ordinary, min(often[text], MANY) - 4 * min(len(text), 20), -len(text)

    return min(choices, key=cost)[:LONGEST].encode() if choices else None
