"""The search index: one script that a page loads when somebody begins to search.

It is a script and not JSON because a page that was opened from `file://` may load nothing else.
Each incident is read by itself (`extract`), then all are merged (`merge`). `search-engine.js` in
the browser and `ranking.py` here read the result; a test compares how all three split words.

What the file holds, as small as it goes without a decoder of its own:

- `docs`: one row a page: address or id, title, severity, status, components, day, lines of text.
- `words`: every word once, sorted, joined by spaces; each begins with a digit that says how many
  letters it shares with the word before.
- `stop`, `common`, `telling`: words that tell nothing in a query; those that do not make two texts
  alike; the pattern of lines that say what went wrong.
- `posts`: for each word the pages that hold it, in the same order, joined by spaces. A posting is
  the distance from the page before, times four, plus how much the place weighs, written in base 45
  with the characters of `DIGITS` (the last digit of a number comes from its first half).
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from generator.knowledge.base import KnowledgeBase
from generator.model import NOT_WRITTEN, Incident, SeverityLevel, Signature, Status, walk
from generator.model.roles import Weight
from generator.search.words import BASE, DIGITS, TOKEN, identifier_parts, split
from generator.text.scripts import script

VARIABLE = "runbooksSearchIndex"
FORMAT = 1

_LINE_LEAST, _LINE_MAX = 110, 240
_TEXT_BUDGET = 300_000  # characters of shown lines in the whole index ...
_TEXT_LEAST, _TEXT_MOST = 200, 8_000  # ... but for one page no fewer and no more than these
# From this many pages on, a word that stands in more than this share of them costs more than it
# tells in the places that weigh so little; it is found in titles and errors all the same.
_COMMON = 200

_PLACEHOLDER = re.compile(r"\{[A-Z_][A-Z0-9_]*\}")
_SENTENCE = re.compile(r"(?<=[.!?])\s+(?=[A-Z])")

STOP_WORDS = frozenset(
    "a an and are as at be been but by can do does for from had has have if in into is it its no not "
    "of on or so than that the their then there these they this to was were what when where which "
    "while who will with you".split()
)
"""Words that tell nothing; phrases are compared with them."""

COMMON_WORDS = frozenset(
    "about account after again all also any app application backend because before call called check "
    "client connection could creates database debug did does error errors every failed false file "
    "first function get give help host how info just know line list log logs look made make may "
    "message more most must name names never new node nobody null number old one only open other our "
    "out please post process ready request restart running run same second see server session set "
    "should show some start started starting starts still such system take test time today true two "
    "type undefined use used user users utc value version waiting want warn warning we who why word "
    "work works would write writes wrong yes".split()
)
"""Words of plain English and of any log: that two texts share them makes neither like the other."""

TELLING = "error|exception|fatal|panic|fail|refused|denied|violat|cannot|timed? ?out"
"""What a line holds that says what went wrong; the search index and the paste box are given it as data."""

_TOO_COMMON = {Weight.BODY: 1 / 32, Weight.PROSE: 1 / 8}


@dataclass(frozen=True, slots=True)
class OtherPage:
    """A page that is not an incident: address relative to the site, title, plain text."""

    url: str
    title: str
    text: str


@dataclass(frozen=True, slots=True)
class PageExtract:
    """What the index needs of one page; depends on nothing but that page.

    Attributes:
        address: an incident's id, or another page's address.
        title: what a result is called.
        severity: empty for a page that is not an incident.
        status: empty for a page that is not an incident.
        components: what it happened in.
        day: ISO date, or empty.
        words: each word with the weight of the best place where it stands.
        lines: texts to show under a result, the most telling first.
    """

    address: str
    title: str
    severity: str
    status: str
    components: tuple[str, ...]
    day: str
    words: dict[str, int]
    lines: tuple[str, ...]


def build_index(base: KnowledgeBase, documents: Iterable[OtherPage] = ()) -> bytes:
    """Write the search index of a knowledge base, as the script that a page loads."""
    return merge(extract_all(base, documents))


def extract_all(base: KnowledgeBase, documents: Iterable[OtherPage] = ()) -> list[PageExtract]:
    """Take from every page what it can be found by.

    Args:
        base: its readable incidents come first, the newest at the top.
        documents: the other pages that can be found.
    """
    extracts = [extract(i, base.incidents[i]) for i in base.newest]
    extracts.extend(extract_document(document) for document in documents)
    return extracts


def merge(extracts: Iterable[PageExtract]) -> bytes:
    """Write the index of the given pages, as the script that a page loads."""
    return script(VARIABLE, index_of(extracts))


def words_to_index(text: str, wholes: bool = True) -> set[str]:
    """Return the words that a text is found by.

    An identifier is found whole and by its parts: `typname_nsp` gives itself, `typname` and `nsp`;
    `UniqueConstraintError` gives itself in lower case, `unique`, `constraint` and `error`.

    Args:
        text: any text.
        wholes: whether to return identifiers as a whole too, and not their parts alone.
    """
    if not text.isascii():
        text = unicodedata.normalize("NFKC", text)
    cut = split if wholes else identifier_parts
    return set().union(*map(cut, set(TOKEN.findall(text))))


def extract(incident_id: str, incident: Incident) -> PageExtract:
    """Take from an incident what it can be found by."""
    symptom, cause = incident.symptom, incident.root_cause
    samples = list(_samples(symptom.signatures))
    verification = (step for step in incident.verification if step.do != NOT_WRITTEN)
    steps = [*incident.first_steps, *verification]
    searched = _searched(incident)
    searched[Weight.TITLE].append(incident_id)
    found: dict[str, int] = {}
    # In rising order: a word keeps the weight of the best place where it stands.
    # Whole identifiers of commands would double the index; their parts find the command as well.
    for weight in Weight:
        _collect(found, weight, searched[weight], wholes=weight is not Weight.BODY)
    day = incident.occurred or incident.documented
    lines = [
        *_sentences(symptom.description)[:1],
        *samples,
        *_sentences(cause.statement),
        *("Not true: " + ruled.claim.replace("`", "") for ruled in cause.ruled_out),
        *_sentences(symptom.description)[1:],
        *(f"Alert: {alert}" for alert in symptom.alerts),
        *(step.do.replace("`", "") for step in steps),
        *(step.run for step in steps if step.run),
        *_noted(incident),
    ]
    return PageExtract(
        address=incident_id,
        title=incident.title,
        severity=incident.severity.value,
        status=incident.status.value,
        components=incident.components,
        day=day.isoformat() if day else "",
        words=found,
        lines=_lines(line for line in lines if line != NOT_WRITTEN),
    )


def extract_document(document: OtherPage) -> PageExtract:
    """Take from another page what it can be found by."""
    found: dict[str, int] = {}
    _collect(found, Weight.BODY, [document.text], wholes=False)
    _collect(found, Weight.TITLE, [document.title])
    lines = _lines(document.text.splitlines())
    return PageExtract(document.url, document.title, "", "", (), "", found, lines)


def _samples(signatures: Iterable[Signature]) -> Iterator[str]:
    """Yield what the errors look like, the real texts before the templates."""
    templates = []
    for signature in signatures:
        yield from signature.matches
        if signature.text:
            templates.append(_PLACEHOLDER.sub(" ", signature.text))
    yield from templates


def _searched(incident: Incident) -> dict[Weight, list[str]]:
    """Return the texts that are searched, by how much their words tell."""
    found: dict[Weight, list[str]] = {weight: [] for weight in Weight}
    for _, text, role in walk.texts(incident):
        if role.weight is not None and text != NOT_WRITTEN:
            found[role.weight].append(_PLACEHOLDER.sub(" ", text) if role.template else text)
    return found


def _noted(incident: Incident) -> Iterator[str]:
    """Yield what a write-up says that fits nowhere else: as good as any place to find it by."""
    for stated in incident.stated_durations:
        yield f"{stated.of}: {stated.says}"
    for note in incident.notes:
        if note.heading:
            yield note.heading
        yield note.text


def _collect(
    found: dict[str, int], weight: Weight, texts: Iterable[str], wholes: bool = True
) -> None:
    found.update(dict.fromkeys(words_to_index("\n".join(texts), wholes), int(weight)))


def _sentences(text: str) -> list[str]:
    return _SENTENCE.split(" ".join(text.replace("`", "").split()))


def _lines(texts: Iterable[str]) -> tuple[str, ...]:
    """Return the distinct lines of texts, each on one line and none too long."""
    seen: dict[str, None] = {}
    size = 0
    for text in texts:
        for line in text.splitlines():
            shown = " ".join(line.split())[: _LINE_MAX + 1]
            if shown and shown not in seen:
                seen[shown] = None
                size += len(shown)
        if size > _TEXT_MOST:
            break
    return tuple(seen)


def index_of(extracts: Iterable[PageExtract]) -> dict[str, Any]:
    """Make the index of the given pages."""
    pages = list(extracts)
    components = sorted({name for page in pages for name in page.components})
    number = {name: n for n, name in enumerate(components)}
    severities = [level.value for level in SeverityLevel]
    statuses = [status.value for status in Status]
    budget = max(_TEXT_LEAST, min(_TEXT_MOST, _TEXT_BUDGET // max(1, len(pages))))
    vocabulary, posts = _postings(pages)
    return {
        "format": FORMAT,
        "severities": severities,
        "statuses": statuses,
        "components": components,
        "stop": sorted(STOP_WORDS),
        "common": sorted(COMMON_WORDS),
        "telling": TELLING,
        "docs": [
            [
                page.address,
                page.title,
                severities.index(page.severity) if page.severity else -1,
                statuses.index(page.status) if page.status else -1,
                [number[name] for name in page.components],
                page.day,
                "\n".join(_within(page.lines, budget)),
            ]
            for page in pages
        ],
        "words": " ".join(_front_coded(vocabulary)),
        "posts": " ".join(posts),
    }


def _within(lines: Iterable[str], budget: int) -> Iterator[str]:
    """Yield the lines that fit, and always the first."""
    longest = max(_LINE_LEAST, min(_LINE_MAX, budget // 2))
    left = budget
    for n, line in enumerate(lines):
        shown = line if len(line) <= longest else line[: longest - 1] + "…"
        if n and len(shown) > left:
            continue
        left -= len(shown)
        yield shown


def _postings(pages: list[PageExtract]) -> tuple[list[str], list[str]]:
    """Return all words, sorted, and for each the pages that hold it."""
    holders: dict[str, list[int]] = {}
    for n, page in enumerate(pages):
        for word, weight in page.words.items():
            holders.setdefault(word, []).append(4 * n + weight)
    for word in STOP_WORDS:
        holders.pop(word, None)
    if len(pages) >= _COMMON:
        for word, found in holders.items():
            for weight, share in _TOO_COMMON.items():
                if len(found) > share * len(pages):
                    holders[word] = [p for p in holders[word] if p & 3 > weight]
    vocabulary = sorted(word for word, found in holders.items() if found)
    number = [_number(value) for value in range(4 * len(pages) + 4)]
    posts = []
    for word in vocabulary:
        found = holders[word]
        # A posting less the page before it (times four) leaves the distance and the weight.
        before = [0, *[posting & ~3 for posting in found[:-1]]]
        posts.append("".join([number[p - b] for p, b in zip(found, before, strict=True)]))
    return vocabulary, posts


def _front_coded(vocabulary: Iterable[str]) -> Iterator[str]:
    before = ""
    for word in vocabulary:
        shared = 0
        for one, other in zip(word, before, strict=False):
            if one != other:
                break
            shared += 1
        yield DIGITS[shared] + word[shared:]
        before = word


def _number(value: int) -> str:
    text = DIGITS[value % BASE]
    value //= BASE
    while value:
        text = DIGITS[BASE + value % BASE] + text
        value //= BASE
    return text
