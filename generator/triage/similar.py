"""Incidents that are near to a text in words: Okapi BM25 over what their symptoms say.

It is no match, and never shown as one.
"""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Iterable, Mapping

_WORD = re.compile(r"[A-Za-z][A-Za-z0-9_]{2,63}|[0-9A-Z]{5}")
_PART = re.compile(r"[A-Z]?[a-z]{3,}|[A-Z]{3,}(?![a-z])")
_K1, _B = 1.2, 0.75
_MOST_WORDS = 400
# A text that shares less than this with an incident shares chance words.
_LEAST = 4.0
_COMMON = frozenset(
    "and are but for from has have into its not that the then there this was were when which will "
    "with you your error errors warning warn info log debug null true false undefined node modules app "
    "line file process time message".split()
)


def words(text: str) -> Counter[str]:
    """Return the words of a text, and the parts of its identifiers, each with its count."""
    found: Counter[str] = Counter()
    for word in _WORD.findall(text):
        parts = [part.lower() for part in _PART.findall(word)]
        whole = word.lower()
        found.update({whole, *parts} - _COMMON)
    return found


def similar(
    text: str, documents: Mapping[str, Mapping[str, int]], most: int = 3
) -> list[tuple[str, float, list[str]]]:
    """Return the incidents nearest to a text: id, points, the words that both have.

    Args:
        text: what was pasted.
        documents: the words of each incident.
        most: how many to return.
    """
    asked = [word for word, _ in words(text[:20_000]).most_common(_MOST_WORDS)]
    often = Counter(word for doc in documents.values() for word in asked if word in doc)
    average = sum(sum(doc.values()) for doc in documents.values()) / max(len(documents), 1)
    ranked = []
    for name, doc in documents.items():
        shared = {
            word: _points(doc, word, often, len(documents), average)
            for word in asked
            if word in doc
        }
        points = sum(shared.values())
        if len(shared) > 1 and points >= _LEAST:
            best = sorted(shared, key=lambda w: -shared[w])
            ranked.append((name, round(points, 2), best[:6]))
    ranked.sort(key=lambda row: (-row[1], row[0]))
    # What is far behind the best one is noise.
    return [row for row in ranked[:most] if row[1] >= 0.4 * ranked[0][1]]


def _points(
    doc: Mapping[str, int], word: str, often: Mapping[str, int], total: int, average: float
) -> float:
    rarity = math.log(1 + (total - often[word] + 0.5) / (often[word] + 0.5) + 1)
    count = doc[word]
    length = sum(doc.values()) / average
    return rarity * count * (_K1 + 1) / (count + _K1 * (1 - _B + _B * length))


def document(texts: Iterable[str]) -> dict[str, int]:
    """Return the words of an incident's texts, each with its count."""
    return dict(words("\n".join(texts)).most_common(_MOST_WORDS))
