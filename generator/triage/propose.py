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
from generator.triage.rarity import CODE, GENERIC, RARE, Rarity

LEAST_TEXT = 12
"""The least number of characters of text that lint accepts."""

MOST_EXAMPLES = 20
_LIKELY_LINES = 40
_SIMILAR_LINES = 2
# How many candidates are tried: each is searched for in all examples, so fewer in long ones.
_TRIED, _FEWEST, _SEARCHED = 24, 4, 300_000
_DOUBTFUL = 2.5
_LONGEST = 240
_SATURATED = 7.5
_ENOUGH = 2 * RARE
_NEAR = 10
_ADVISES, _STATES = 8, 6
_SAYS_WHY = ("reason", "cause", "error", "message", "desc", "detail")
_LISTED = ("address", "path", "number", "item")
_OPENS, _CLOSES = ("(", "[", "{"), (")", "]", "}")
NAMED = re.compile(r"\{[A-Z][A-Z0-9_]*\}")
_WORD = re.compile(r"[^\W\d_]{4}")
# What a program says itself about which error it is.
_STATED = re.compile(r"(?:code|reason)[:=]? *(\w{4,})\Z", re.IGNORECASE)
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
    likely = sorted(lines, key=lambda n: -_score(first.tokens[n], rarity) - first.lines[n].bonus)
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
                score = _score(part, rarity) + first.lines[number].bonus
                stated = _is_stated(part, rarity)
                score -= _ADVISES if is_advice(template_of(part)) and not stated else 0
                score -= 3 if sentence else 0
                score += _STATES if stated else 0
                yield _Candidate(tuple(part), score - number / 1000, number)


def _is_stated(tokens: Sequence[Token], rarity: Rarity) -> bool:
    stated = _STATED.fullmatch(template_of(tokens))
    return bool(stated and rarity(stated[1]) >= CODE)


def _score(tokens: Sequence[Token], rarity: Rarity) -> float:
    words = {token.text for token in tokens if token.kind == "word"}
    if sum(word.isupper() and word.isalpha() for word in words) > 3:
        words = {word.lower() for word in words}
    gaps = sum(token.kind == "gap" for token in tokens)
    loose = 3 if sum(token.varies for token in tokens) > len(words) else 0
    return min(sum(map(rarity, words)), _SATURATED) - 0.3 * gaps - loose


def trimmed(tokens: Sequence[Token], rarity: Rarity) -> list[Token]:
    """Cut off what is not the error itself: gaps, ordinary words before them, details after it."""
    if _is_stated(tokens, rarity):
        return list(tokens)
    kept = _without_details(_listed(tokens), rarity)
    kept = _without_edges(_without_lead(kept, rarity))
    closed = _in_brackets(kept)
    for number, token in enumerate(kept):
        opens = token.kind == "mark" and token.text in _OPENS and number not in closed
        if opens and _is_enough(kept[:number], rarity):
            return _without_edges(kept[:number])
    return kept


def _without_lead(tokens: list[Token], rarity: Rarity) -> list[Token]:
    """Cut off ordinary words that end with a colon or a gap, and the package of a class."""
    at = 0
    inside = _in_brackets(tokens)
    for number, token in enumerate(tokens):
        ends = token.kind == "gap" or (token.kind == "mark" and token.text in ":,;")
        if number in inside or not ends:
            continue
        head, rest = tokens[at : number + 1], tokens[number + 1 :]
        plain = not rarity.telling(_words(head)) and _is_enough(rest, rarity)
        if plain or (_is_wrapping(head) and len(rarity.telling(_words(rest))) > 2):
            at = number + 1
    tokens = tokens[at:]
    while len(tokens) > 2 and tokens[0].kind == "word" and tokens[1].text == "." and not tokens[2].space and tokens[0].text.islower():  # fmt: skip
        tokens = tokens[2:]
    return tokens


def _without_details(tokens: list[Token], rarity: Rarity) -> list[Token]:
    """Cut off `, client: ...` and `(total=...` after what is specific, and ordinary words after a gap."""
    inside = _in_brackets(tokens)
    for number in range(1, len(tokens) - 1):
        if number in inside and not (tokens[number].text in _OPENS and tokens[number].space):
            continue
        if _is_detail(tokens[number : number + 7]) and _is_enough(tokens[:number], rarity):
            return tokens[:number]
    for number in range(len(tokens) - 1, 0, -1):
        if tokens[number].kind == "gap" and _is_enough(tokens[:number], rarity):
            if sum(map(rarity, _words(tokens[number:]))) < 2 * GENERIC:
                return tokens[:number]
            break
    return tokens


def _is_wrapping(head: Sequence[Token]) -> bool:
    """Whether a clause only says what failed because of the error behind it: `failed to load: `."""
    return len(head) > 2 and head[0].text in ("failed", "Failed") and head[1].text == "to" and head[-1].text == ":"  # fmt: skip


def _in_brackets(tokens: Sequence[Token]) -> set[int]:
    """Return the places of the tokens in brackets that are closed."""
    places: set[int] = set()
    opened: list[int] = []
    for number, token in enumerate(tokens):
        if token.kind == "mark" and token.text in _OPENS:
            opened.append(number)
        elif token.kind == "mark" and token.text in _CLOSES and opened:
            places.update(range(opened.pop(), number + 1))
    return places


def _listed(tokens: Sequence[Token]) -> list[Token]:
    """Join values of one kind that commas separate, such as the names of a certificate."""
    result: list[Token] = []
    for token in tokens:
        if len(result) > 1 and token.varies and result[-1].text == "," and result[-2].kind == token.kind and token.kind in _LISTED:  # fmt: skip
            result.pop()
            continue
        result.append(token)
    return result


def _is_detail(tokens: Sequence[Token]) -> bool:
    """Whether details begin here: `, client: x`, `(reached max retries: 4)`, `total-vm:1kB`, `: Get "x"`."""
    first, key = tokens[:2]
    if first.kind == "word" and len(tokens) > 2:
        return key.text in (":", "=") and tokens[2].varies and not tokens[2].space and not key.space
    if first.kind != "mark" or key.kind != "word":
        return False
    if first.text == ":":
        return key.text in ("Get", "Post", "Put", "Patch", "Delete", "Head", "dial")
    if first.text not in ",;({[":
        return False
    after = next((token for token in tokens[2:] if token.kind != "word"), None)
    signs = after is not None and after.text in (":", "=") and key.text.lower() not in _SAYS_WHY
    return signs and (first.text == "(" or tokens[2].kind == "mark")


def _without_edges(tokens: list[Token]) -> list[Token]:
    """Cut off placeholders that capture nothing, and punctuation."""
    start, end = 0, len(tokens)
    while start < end and (_is_loose(tokens[start]) or tokens[start].text in ":;,.)]}-|>*/="):
        start += 1
    while end > start and (_is_loose(tokens[end - 1]) or tokens[end - 1].text in ":;,.([{-|<*/="):
        end -= 1
    kept = tokens[start:end]
    for quote in "\"'`":
        if kept and (
            sum(token.text == quote for token in kept) % 2
            or (len(kept) > 1 and kept[0].text == kept[-1].text == quote)
        ):
            kept = kept[1:] if kept[0].text == quote else kept
            kept = kept[:-1] if kept and kept[-1].text == quote else kept
    return kept


def _is_loose(token: Token) -> bool:
    return token.varies and (not token.name or token.kind == "gap")


def _words(tokens: Sequence[Token]) -> list[str]:
    return [token.text for token in tokens if token.kind == "word"]


def _is_enough(tokens: Sequence[Token], rarity: Rarity) -> bool:
    words = _words(tokens)
    return sum(w for w in map(rarity, dict.fromkeys(words)) if w >= RARE) >= _ENOUGH and sum(map(len, words)) >= LEAST_TEXT  # fmt: skip


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


def shortened(tokens: Sequence[Token], rarity: Rarity) -> str:
    """Return tokens as a template of a length that people can read."""
    kept = list(tokens)
    while len(text := template_of(kept)) > _LONGEST and len(kept) > 4 and _is_enough(kept[:-4], rarity):  # fmt: skip
        kept = _without_edges(kept[:-4])
    return text


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
