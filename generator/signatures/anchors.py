"""Chooses the text of each signature to search for first: rare, and the same in every line format."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence

from generator.signatures.language import Signature

SHORTEST = 3
LONGEST = 64

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
    choices = [_choices(signature) for signature in signatures]
    often = Counter(text for texts in choices for text in set(texts))

    def cost(text: str) -> tuple[bool, int, int]:
        return text in ordinary, min(often[text], 50) - 4 * min(len(text), 20), -len(text)

    return [min(texts, key=cost)[:LONGEST].encode() if texts else None for texts in choices]


def _choices(signature: Signature) -> list[str]:
    parts = (part for chunk in signature.chunks for part in _BREAKS.split(chunk))
    return [part for part in parts if len(part) >= SHORTEST]
