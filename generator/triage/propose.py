"""Proposes a signature for an error: what makes the error itself, and what varies as placeholders."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from itertools import chain, islice

from generator.signatures.language import (
    CompiledSignature,
    Searched,
    SignatureError,
    compile_signature,
)
from generator.signatures.source import Source
from generator.signatures.survey import find_in, ordinary_line
from generator.triage.example_lines import (
    ExampleLine,
    Token,
    example_lines,
    excerpt,
    is_advice,
    parameter_of,
    tokens_of,
)
from generator.triage.merging import merged, pieces, template_of
from generator.triage.rarity import GENERIC, RARE, Rarity
from generator.triage.trimming import LEAST_TEXT, is_stated, score_of, shortened, trimmed

MOST_EXAMPLES = 20
_LIKELY_LINES = 40
_SIMILAR_LINES = 2
# How many candidates are tried: each is searched for in all examples, so fewer in long ones.
_TRIED, _FEWEST, _SEARCHED = 24, 4, 300_000
_DOUBTFUL = 2.5
_NEAR = 10
_ADVISES, _STATES = 8, 6
NAMED = re.compile(r"\{[A-Z][A-Z0-9_]*\}")
_WORD = re.compile(r"[^\W\d_]{4}")
_LABELLED = re.compile(r"[A-Z][\w ]{1,30}: \S[\w ]{0,60}\Z")
_LABEL = re.compile(r"((?:[\w-]+ )?ID|(?:[\w-]+[ _])[Ii]d): *\Z")
# These are of the request, not of the error.
_OF_THE_REQUEST = re.compile(
    r"request|trace|span|process|connection|correlation|session|thread", re.I
)


class Specific(StrEnum):
    """How specific a signature is."""

    HIGH = "high"
    MEDIUM = "medium"
    LOW = "low"


@dataclass(frozen=True)
class Proposal:
    """A proposed signature.

    Attributes:
        source: the signature as plain data, as `compile_signature` takes it.
        specific: how specific it is.
        telling: the words that make it so, the rarest first.
        captures: the parameters that it fills in.
        warnings: why it should not be used as it is, in sentences.
    """

    source: Source
    specific: Specific = Specific.LOW
    telling: tuple[str, ...] = ()
    captures: tuple[str, ...] = ()
    warnings: tuple[str, ...] = ()


@dataclass(frozen=True)
class _Candidate:
    tokens: tuple[Token, ...]
    score: float
    line: int
    """The number of its line in the first example."""


def propose(
    examples: Sequence[str], known: Mapping[str, Sequence[str]] | None = None
) -> Proposal | None:
    """Return a signature that matches all examples.

    Args:
        examples: error texts, each of one or several lines.
        known: the errors of incidents by ID, which it should not match.

    Returns:
        The proposal; None if the examples have no text in common.
    """
    rarity = Rarity(known)
    given = [excerpt(example) for example in dict.fromkeys(examples)][:MOST_EXAMPLES]
    read = [_Example(example, rarity) for example in given]
    first = min(read, key=lambda example: len(example.lines))
    others = [example for example in read if example is not first]
    foreign = [sample for samples in (known or {}).values() for sample in samples]
    best: tuple[float, Proposal] | None = None
    candidates = sorted(_candidates(first, others, rarity), key=lambda c: -c.score)
    size = sum(map(len, given)) + 1
    for candidate in islice(candidates, max(_FEWEST, min(_TRIED, _SEARCHED // size))):
        if best and candidate.score <= best[0]:
            break
        sources = _sources(candidate, first, read, rarity)
        tried = (_checked(source, given, rarity) for source in sources)
        usable = [proposal for proposal in tried if proposal]
        found = next((p for p in usable if not p.warnings), usable[-1] if usable else None)
        if found is None:
            continue
        score = candidate.score - 10 * len(found.warnings)
        score -= 2 if first_match(found, foreign) is not None else 0
        if best is None or score > best[0]:
            best = (score, found)
    if len(given) > 1 and (best is None or best[1].warnings or best[0] < _DOUBTFUL):
        return _any_of(given, known) or (best and best[1])
    return best[1] if best else None


def _any_of(examples: Sequence[str], known: Mapping[str, Sequence[str]] | None) -> Proposal | None:
    """Return a signature of several texts, for examples that word the same error differently."""
    found: list[Proposal] = []
    for example in examples:
        if any(find_in(compile_signature(p.source), example) for p in found):
            continue
        proposal = propose([example], known)
        if proposal is None or proposal.warnings or not isinstance(proposal.source, str):
            return None
        found.append(proposal)
    texts = [NAMED.sub("{_}", str(proposal.source)) for proposal in found]
    source: Source = {"any": texts} if len(texts) > 1 else texts[0]
    least = min(found, key=lambda proposal: list(Specific).index(proposal.specific) * -1)
    telling = tuple(word for proposal in found for word in proposal.telling)
    proposal = Proposal(source, least.specific, telling)
    compiled = compile_signature(source)
    return replace(proposal, warnings=tuple(_warnings(proposal, compiled, examples)))


class _Example:
    """An example, with its lines as tokens."""

    def __init__(self, text: str, rarity: Rarity) -> None:
        self.lines: list[ExampleLine] = example_lines(text)
        self.tokens = [tokens_of(line.text) for line in self.lines]
        self._rarity = rarity
        self._by_word: dict[str, list[int]] = {}
        for number, tokens in enumerate(self.tokens):
            for word in {token.text for token in tokens if token.kind == "word"}:
                self._by_word.setdefault(word, []).append(number)

    def similar(self, tokens: Sequence[Token]) -> list[int]:
        """Return the lines that share the rarest words with a line."""
        scores: dict[int, float] = {}
        for word in {token.text for token in tokens if token.kind == "word"}:
            places = self._by_word.get(word, ())
            for number in places:
                scores[number] = scores.get(number, 0) + self._rarity(word) / len(places)
        return sorted(scores, key=lambda number: (-scores[number], number))[:_SIMILAR_LINES]


def _candidates(
    first: _Example, others: Sequence[_Example], rarity: Rarity
) -> Iterator[_Candidate]:
    """Yield the sentences that all examples share."""
    lines = range(len(first.lines))
    likely = sorted(lines, key=lambda n: -score_of(first.tokens[n], rarity) - first.lines[n].bonus)
    for number in likely[:_LIKELY_LINES]:
        shared = [first.tokens[number]]
        for other in others:
            shared = [
                merged(tokens, other.tokens[similar])
                for tokens in shared
                for similar in other.similar(tokens)
            ][:4]
        for tokens in shared:
            for sentence, piece in enumerate(pieces(tokens)):
                part = trimmed(piece, rarity)
                score = score_of(part, rarity) + first.lines[number].bonus
                stated = is_stated(part, rarity)
                score -= _ADVISES if is_advice(template_of(part)) and not stated else 0
                score -= 3 if sentence else 0
                score += _STATES if stated else 0
                yield _Candidate(tuple(part), score - number / 1000, number)


def _sources(
    candidate: _Candidate, first: _Example, read: Sequence[_Example], rarity: Rarity
) -> Iterator[Source]:
    """Yield signatures for a candidate, the best first."""
    text = shortened(candidate.tokens, rarity)
    if not text:
        return
    above = template_of(first.tokens[candidate.line - 1]) if candidate.line else ""
    if _LABELLED.match(text) and _LABELLED.match(above):
        yield f"{above} {text}"
    if label := _id_below(candidate, first):
        yield {"text": text, "all": [label]}
    yield text
    if sum(not c.isspace() for c in NAMED.sub("", text).replace("{_}", "")) < LEAST_TEXT:
        yield from _longer(text, read)


def _longer(text: str, read: Sequence[_Example]) -> Iterator[Source]:
    """Yield a short text with what is before it, which may differ: `npm ERR! code E404`."""
    try:
        compiled = compile_signature(text)
    except SignatureError:
        return
    lines = (next((line for line in example.lines if find_in(compiled, line.text)), None) for example in read)  # fmt: skip
    found = dict.fromkeys(line.before if line else "" for line in lines)
    if all(found):
        texts = [f"{before} {text}" for before in found]
        yield texts[0] if len(texts) == 1 else {"any": texts}


def _id_below(candidate: _Candidate, first: _Example) -> str:
    """Return a template for a labelled ID below the error, which later steps may need."""
    below = range(candidate.line + 1, min(candidate.line + _NEAR, len(first.lines)))
    for number in below:
        tokens = first.tokens[number]
        if not tokens or tokens[-1].kind != "id":
            continue
        label = _LABEL.fullmatch(template_of(tokens[:-1]))
        if label and not _OF_THE_REQUEST.search(label[1]):
            above = first.lines[number - 1].text
            name = parameter_of(above, label[1])
            lead = f"{above} " if name != parameter_of("", label[1]) else ""
            return f"{lead}{label[1]}: {{{name}}}"
    return ""


def _checked(source: Source, examples: Sequence[str], rarity: Rarity) -> Proposal | None:
    """Return a signature as a proposal; None if it cannot be compiled."""
    try:
        compiled = compile_signature(source)
    except SignatureError:
        return None
    words = [
        word
        for part in chain(*compiled.key, *compiled.others)
        for chunk in part.words
        for word in re.findall(r"[^\W_][\w-]*\w|\w", chunk)
    ]
    telling = tuple(rarity.telling(words))
    proposal = Proposal(source, _specific(telling, words, rarity), telling, compiled.names)
    return replace(proposal, warnings=tuple(_warnings(proposal, compiled, examples)))


def _specific(telling: Sequence[str], words: Sequence[str], rarity: Rarity) -> Specific:
    weight = sum(map(rarity, telling))
    if weight >= 3 * RARE or (telling and weight + GENERIC * len(words) >= 4 * RARE):
        return Specific.HIGH
    return Specific.MEDIUM if telling else Specific.LOW


def _warnings(
    proposal: Proposal, compiled: CompiledSignature, examples: Sequence[str]
) -> Iterator[str]:
    if compiled.weight < LEAST_TEXT:
        yield f"It has {compiled.weight} characters of text, which is too few: lint requires {LEAST_TEXT}."
    elif not compiled.every_way(_has_word):
        yield "It has no word of four letters, which lint requires."
    elif proposal.specific is Specific.LOW:
        yield "It has only words that many errors have: add words of this error alone."
    for example in examples:
        if not find_in(compiled, example):
            yield f"It does not match the example {first_line(example)}; edit it."
    if line := ordinary_line(compiled):
        yield f"It matches an ordinary log line: {first_line(line)}; add words."


def first_match(proposal: Proposal, texts: Sequence[str]) -> str | None:
    """Return the first of some texts that a proposal matches."""
    compiled = compile_signature(proposal.source)
    needed = () if isinstance(proposal.source, dict) else proposal.telling
    near = (text for text in texts if all(word in text for word in needed))
    return next((text for text in near if find_in(compiled, text)), None)


def without_captures(proposal: Proposal) -> Source:
    """Return a proposed signature that captures nothing; without the parts that only capture."""
    if isinstance(proposal.source, str):
        return NAMED.sub("{_}", proposal.source)
    source = {key: value for key, value in proposal.source.items() if key != "all"}
    if set(source) == {"text"}:
        return NAMED.sub("{_}", source["text"])
    return {"any": [NAMED.sub("{_}", text) for text in source["any"]]}


def _has_word(part: Searched) -> bool:
    return any(map(_WORD.search, part.words))


def first_line(text: str) -> str:
    """Return the first line of a text, shortened."""
    line = next((line.strip() for line in text.splitlines() if line.strip()), "")
    return line if len(line) <= 90 else f"{line[:87]}..."
