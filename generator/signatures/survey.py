"""Compares signatures with samples of a knowledge base, in one pass, and with ordinary lines."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Iterator, Mapping, Sequence, Set
from dataclasses import dataclass, field
from functools import cache
from typing import Any, Protocol

from generator.signatures.anchors import ANY_CASE, Choices, anchor_choices, anchors
from generator.signatures.block import FoundSignature
from generator.signatures.language import (
    CompiledSignature,
    SignatureError,
    compile_signature,
)
from generator.signatures.normal_text import normal
from generator.signatures.ordinary import ordinary_text
from generator.signatures.scanner import Matcher
from generator.signatures.source import Source

Key = tuple[str, int]
"""An incident's ID and the index of a signature in its list."""


Foreign = dict[str, str]
"""The first sample of each other incident that a signature matches, by the incident's ID."""

Surveyed = list[Any]
"""One signature, as data for JSON: the anchors of its slots, and what is `Foreign` to it."""


@dataclass
class Compiled:
    """The signatures of an incident.

    Attributes:
        usable: every valid signature, by its index.
        errors: the errors of the other signatures.
    """

    usable: dict[int, CompiledSignature] = field(default_factory=dict)
    errors: dict[int, SignatureError] = field(default_factory=dict)


def find_in(signature: CompiledSignature, text: str) -> FoundSignature | None:
    """Return what a signature finds in a pasted text, or None."""
    return Matcher([signature]).scan(text).get(0)


class Declared(Protocol):
    """A signature as an incident declares it."""

    @property
    def source(self) -> Source:
        """Its plain form."""

    @property
    def samples(self) -> tuple[str, ...]:
        """The texts that it must match."""


def compile_all(declared: Iterable[Declared]) -> Compiled:
    """Compile the signatures of an incident."""
    result = Compiled()
    for index, signature in enumerate(declared):
        try:
            result.usable[index] = compile_signature(signature.source)
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
    compiled: dict[Key, CompiledSignature] = {}
    result: dict[str, list[Surveyed | None]] = {}
    for incident_id in declared if of is None else of:
        usable = compile_all(declared[incident_id]).usable
        result[incident_id] = [
            [_anchors(usable[n]), {}] if n in usable else None
            for n in range(len(declared[incident_id]))
        ]
        compiled |= {(incident_id, n): signature for n, signature in usable.items()}
    chosen = [one[0] for key in compiled if (one := result[key[0]][key[1]])]
    matcher = Matcher(list(compiled.values()), chosen)
    keys = list(compiled)
    needed = [anchor_choices(signature) for signature in compiled.values()]
    for number, (other, text) in _pairs(matcher, list(_samples(declared))):
        incident_id, index = keys[number]
        one = result[incident_id][index]
        new = one and other != incident_id and other not in one[1]
        may = one and new and _may_hold(needed[number], text)
        if one and may and find_in(compiled[incident_id, index], text):
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
            found = {i: t for i, t in one[1].items() if i in declared and i not in changed}
            if _may_be_in(one[0], block):
                signature = compile_signature(declared[incident_id][index].source)
                for other, text, data in texts:
                    near = other not in found and _may_be_in(one[0], data)
                    if near and find_in(signature, text):
                        found[other] = text
            result[incident_id][index] = [one[0], found]
    return result


def _anchors(signature: CompiledSignature) -> list[str | None]:
    # Of this signature alone, so that what is found does not depend on the other signatures.
    return anchors([signature])[0]


def _may_be_in(chosen: Sequence[str | None], data: bytes) -> bool:
    """Return whether a text contains one of the anchors of a signature, or it has none."""
    return any(
        text is None
        or (
            text[1:].encode() in data.lower()
            if text.startswith(ANY_CASE)
            else text.encode() in data
        )
        for text in chosen
    )


def _may_hold(needed: Choices, text: str) -> bool:
    """Return whether a text may hold a signature: all that it needs, not only its anchor.

    Most signatures of a knowledge base share an anchor with others, such as the name of an exception,
    and this tells them apart in a hundredth of the time of a search. Where lines may have been joined
    or unescaped before something is found, it tells nothing.
    """
    if any(mark in text for mark in "\n\\&"):
        return True
    seen = normal(text)
    low = seen.lower()
    return any(
        all(need[1:] in low if need.startswith(ANY_CASE) else need in seen for need in of)
        for of in needed
    )


def ordinary_line(signature: CompiledSignature) -> str | None:
    """Return the first ordinary log line that a signature matches."""
    chosen = _anchors(signature)
    lines = _ordinary_lines() if _may_be_in(chosen, _ordinary_bytes()) else ()
    near = (line for line, data in lines if _may_be_in(chosen, data))
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
            yield from ((incident_id, sample) for sample in signature.samples)


def _pairs(matcher: Matcher, texts: list[tuple[str, str]]) -> Iterator[tuple[int, tuple[str, str]]]:
    """Yield each pair of a signature, by its number, and a text that may match."""
    for number in dict.fromkeys(number for number, _ in matcher.always):
        yield from ((number, text) for text in texts)
    starts, parts, size = [], [], 0
    for _, text in texts:
        data = _data(text)
        starts.append(size)
        parts.append(data)
        size += len(data)
    hits = matcher.hits(b"".join(parts))
    for place, anchor in dict.fromkeys((bisect_right(starts, at) - 1, n) for at, n in hits):
        yield from ((number, texts[place]) for number, _ in matcher.users[anchor])
