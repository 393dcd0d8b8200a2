"""Compares the signatures of a knowledge base with all its samples, in one pass."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Protocol

from generator.signatures.anchors import anchors
from generator.signatures.language import (
    Signature,
    SignatureError,
    SignatureMatch,
    compile_signature,
)
from generator.signatures.normal_text import normal, unescaped_forms
from generator.signatures.ordinary import ordinary_text
from generator.signatures.prefilter import make_finder

Key = tuple[str, int]
"""An incident's ID and the index of a signature in its list."""


@dataclass
class Survey:
    """The matches of all signatures in all samples.

    Attributes:
        compiled: every valid signature.
        unusable: the errors of the other signatures.
        foreign: the first sample of each other incident that a signature matches.
        ordinary: the first ordinary log line that a signature matches.
    """

    compiled: dict[Key, Signature] = field(default_factory=dict)
    unusable: dict[Key, SignatureError] = field(default_factory=dict)
    foreign: dict[Key, dict[str, str]] = field(default_factory=dict)
    ordinary: dict[Key, str] = field(default_factory=dict)


def find_in(signature: Signature, text: str) -> SignatureMatch | None:
    """Return a signature's first match in a pasted text, or None."""
    text = normal(text)
    match = signature.find(text)
    if match or "\\" not in text:
        return match
    forms = (form for line in text.split("\n") for form in unescaped_forms(line))
    return next((found for form in forms if (found := signature.find(form))), None)


class Declared(Protocol):
    """A signature as an incident declares it."""

    @property
    def text(self) -> str | None:
        """Its text; None if it is a regular expression."""

    @property
    def regex(self) -> str | None:
        """Its regular expression; None if it is a text."""

    @property
    def matches(self) -> tuple[str, ...]:
        """Its samples."""


def compile_all(incident_id: str, declared: Sequence[Declared]) -> Survey:
    """Return a survey that has only the signatures of one incident, and their errors."""
    result = Survey()
    for index, signature in enumerate(declared):
        key = incident_id, index
        try:
            result.compiled[key] = compile_signature(signature.text, signature.regex)
        except SignatureError as error:
            result.unusable[key] = error
    return result


def survey(declared: Mapping[str, Sequence[Declared]], of: Collection[str] | None = None) -> Survey:
    """Compare signatures with the samples of every incident and with ordinary lines.

    Args:
        declared: the signatures of all incidents by ID.
        of: the incidents whose signatures are compared; None for all.
    """
    result = Survey()
    for incident_id in declared if of is None else of:
        own = compile_all(incident_id, declared[incident_id])
        result.compiled |= own.compiled
        result.unusable |= own.unusable
    texts = [*_samples(declared), *(("", line) for line in ordinary_text().splitlines())]
    keys = list(result.compiled)
    for key, (incident_id, text) in _pairs(keys, result.compiled, texts):
        if not incident_id:
            if key not in result.ordinary and find_in(result.compiled[key], text):
                result.ordinary[key] = text
        elif (
            incident_id != key[0]
            and incident_id not in result.foreign.get(key, ())
            and find_in(result.compiled[key], text)
        ):
            result.foreign.setdefault(key, {})[incident_id] = text
    return result


def _samples(declared: Mapping[str, Sequence[Declared]]) -> Iterator[tuple[str, str]]:
    for incident_id, signatures in declared.items():
        for signature in signatures:
            yield from ((incident_id, sample) for sample in signature.matches)


def _pairs(
    keys: list[Key], compiled: Mapping[Key, Signature], texts: list[tuple[str, str]]
) -> Iterator[tuple[Key, tuple[str, str]]]:
    """Yield each pair of a signature and a text that may match."""
    users: dict[bytes, list[Key]] = {}
    for key in keys:
        # Each alone, so that its anchor and what is found do not depend on the other signatures.
        [anchor] = anchors([compiled[key]])
        if anchor is None:
            yield from ((key, text) for text in texts)
        else:
            users.setdefault(anchor, []).append(key)
    starts, parts, size = [], [], 0
    for _, text in texts:
        data = normal(text).encode("utf-8", "replace") + b"\n"
        starts.append(size)
        parts.append(data)
        size += len(data)
    hits = make_finder(list(users)).hits(b"".join(parts))
    by_number = list(users.values())
    for place, number in dict.fromkeys((bisect_right(starts, at) - 1, n) for at, n in hits):
        yield from ((key, texts[place]) for key in by_number[number])
