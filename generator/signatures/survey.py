"""Compares signatures with samples of a knowledge base, in one pass, and with ordinary lines."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Iterator, Mapping, Sequence, Set
from dataclasses import dataclass, field
from functools import cache
from typing import Any, Protocol

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


Foreign = dict[str, str]
"""The first sample of each other incident that a signature matches, by the incident's ID."""

Surveyed = list[Any]
"""One signature, as data for JSON: its anchor, or None without one, and what is `Foreign` to it."""


@dataclass
class Compiled:
    """The signatures of an incident.

    Attributes:
        usable: every valid signature, by its index.
        errors: the errors of the other signatures.
    """

    usable: dict[int, Signature] = field(default_factory=dict)
    errors: dict[int, SignatureError] = field(default_factory=dict)


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


def compile_all(declared: Iterable[Declared]) -> Compiled:
    """Compile the signatures of an incident."""
    result = Compiled()
    for index, signature in enumerate(declared):
        try:
            result.usable[index] = compile_signature(signature.text, signature.regex)
        except SignatureError as error:
            result.errors[index] = error
    return result


def survey(
    declared: Mapping[str, Sequence[Declared]], of: Iterable[str] | None = None
) -> dict[str, list[Surveyed | None]]:
    """Compare signatures with the samples of every incident.

    Args:
        declared: the signatures of all incidents by ID.
        of: the incidents whose signatures are compared; None for all.

    Returns:
        Each signature of those incidents; None for an invalid one.
    """
    compiled: dict[Key, Signature] = {}
    result: dict[str, list[Surveyed | None]] = {}
    for incident_id in declared if of is None else of:
        usable = compile_all(declared[incident_id]).usable
        result[incident_id] = [
            [_anchor(usable[n]), {}] if n in usable else None
            for n in range(len(declared[incident_id]))
        ]
        compiled |= {(incident_id, n): signature for n, signature in usable.items()}
    users = {key: one[0] for key in compiled if (one := result[key[0]][key[1]])}
    for (incident_id, index), (other, text) in _pairs(users, list(_samples(declared))):
        one = result[incident_id][index]
        new = one and other != incident_id and other not in one[1]
        if one and new and find_in(compiled[incident_id, index], text):
            one[1][other] = text
    return result


def survey_again(
    declared: Mapping[str, Sequence[Declared]],
    before: Mapping[str, list[Surveyed | None]],
    changed: Set[str],
) -> dict[str, list[Surveyed | None]]:
    """Return what `survey` does, in time that depends on what has changed.

    Args:
        declared: the signatures of all incidents by ID.
        before: what it returned before.
        changed: the incidents whose signatures are new or have changed since.
    """
    texts = [(i, t, _data(t)) for i, t in _samples({i: declared[i] for i in sorted(changed)})]
    block = b"".join(data for _, _, data in texts)
    result = survey(declared, sorted(changed))
    for incident_id in declared.keys() - changed:
        result[incident_id] = list(before[incident_id])
        for index, one in enumerate(before[incident_id]):
            if one is None:
                continue
            anchor = None if one[0] is None else one[0].encode()
            found = {i: t for i, t in one[1].items() if i in declared and i not in changed}
            if anchor is None or anchor in block:
                wanted = declared[incident_id][index]
                signature = compile_signature(wanted.text, wanted.regex)
                for other, text, data in texts:
                    near = other not in found and (anchor is None or anchor in data)
                    if near and find_in(signature, text):
                        found[other] = text
            result[incident_id][index] = [one[0], found]
    return result


def _anchor(signature: Signature) -> str | None:
    # Of this signature alone, so that what is found does not depend on the other signatures.
    [anchor] = anchors([signature])
    return None if anchor is None else anchor.decode()


def ordinary_line(signature: Signature) -> str | None:
    """Return the first ordinary log line that a signature matches."""
    [anchor] = anchors([signature])
    lines = _ordinary_lines() if anchor is None or anchor in _ordinary_bytes() else ()
    near = (line for line, data in lines if anchor is None or anchor in data)
    return next((line for line in near if find_in(signature, line)), None)


@cache
def _ordinary_lines() -> tuple[tuple[str, bytes], ...]:
    return tuple((line, _data(line)) for line in ordinary_text().splitlines())


@cache
def _ordinary_bytes() -> bytes:
    return b"".join(data for _, data in _ordinary_lines())


def _data(text: str) -> bytes:
    return normal(text).encode("utf-8", "replace") + b"\n"


def _samples(declared: Mapping[str, Sequence[Declared]]) -> Iterator[tuple[str, str]]:
    for incident_id, signatures in declared.items():
        for signature in signatures:
            yield from ((incident_id, sample) for sample in signature.matches)


def _pairs(
    anchored: Mapping[Key, str | None], texts: list[tuple[str, str]]
) -> Iterator[tuple[Key, tuple[str, str]]]:
    """Yield each pair of a signature and a text that may match."""
    users: dict[bytes, list[Key]] = {}
    for key, anchor in anchored.items():
        if anchor is None:
            yield from ((key, text) for text in texts)
        else:
            users.setdefault(anchor.encode(), []).append(key)
    starts, parts, size = [], [], 0
    for _, text in texts:
        data = _data(text)
        starts.append(size)
        parts.append(data)
        size += len(data)
    hits = make_finder(list(users)).hits(b"".join(parts))
    by_number = list(users.values())
    for place, number in dict.fromkeys((bisect_right(starts, at) - 1, n) for at, n in hits):
        yield from ((key, texts[place]) for key in by_number[number])
