"""Compares the signatures of a knowledge base with all its samples, in one pass."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

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


def survey(incidents: Mapping[str, Any]) -> Survey:
    """Compare every signature with the samples of every incident and with ordinary lines.

    Args:
        incidents: the incidents by ID.
    """
    result = Survey()
    for incident_id, incident in incidents.items():
        for index, signature in enumerate(incident.symptom.signatures):
            key = incident_id, index
            try:
                result.compiled[key] = compile_signature(signature.text, signature.regex)
            except SignatureError as error:
                result.unusable[key] = error
    texts = [*_samples(incidents), *(("", line) for line in ordinary_text().splitlines())]
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


def _samples(incidents: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    for incident_id, incident in incidents.items():
        for signature in incident.symptom.signatures:
            yield from ((incident_id, sample) for sample in signature.matches)


def _pairs(
    keys: list[Key], compiled: Mapping[Key, Signature], texts: list[tuple[str, str]]
) -> Iterator[tuple[Key, tuple[str, str]]]:
    """Yield each pair of a signature and a text that may match."""
    users: dict[bytes, list[Key]] = {}
    for key, anchor in zip(keys, anchors([compiled[k] for k in keys]), strict=True):
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
