"""The search index: one script that a page loads when somebody begins to search.

It is a script and not JSON because a page opened from `file://` can load only scripts.
Each incident is read separately (`extract`), then all are merged (`merge`). `search-engine.js` in
the browser and `ranking.py` read the result. A test compares how all three split words.

Contents of the file, as small as possible without a decompressor:

- `docs`: one row for each page: URL or ID, title, severity, status, components, day, lines of text,
  and the source of an incident that is not ours.
- `words`: every word once, sorted, joined by spaces; each begins with a digit that says how many
  letters it shares with the previous word.
- `large`: whether there are so many pages that a query looks at fewer words and texts, and that the
  site has the index in parts (`parts.py`).
- `stop`, `common`, `telling`: words that are ignored in a query; words that do not make two texts
  similar; the pattern of lines that say what went wrong.
- `posts`: for each word the pages that contain it, in the same order, joined by spaces. A posting is
  the distance from the previous page, times four, plus the weight of the place, written in base 45
  with the characters of `DIGITS` (the last digit of a number comes from its first half).
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from generator.knowledge.base import KnowledgeBase
from generator.model import NOT_WRITTEN, Incident, SeverityLevel, Signature, Status, walk
from generator.model.roles import Weight
from generator.search.words import (
    BASE,
    DIGITS,
    TOKEN,
    decoded,
    identifier_parts,
    postings,
    split,
)
from generator.signatures.source import first_text
from generator.text.scripts import script

VARIABLE = "runbooksSearchIndex"
FORMAT = 1

_LINE_LEAST, _LINE_MAX = 110, 240
_TEXT_BUDGET = 300_000  # characters of shown lines in the whole index ...
_TEXT_LEAST, _TEXT_MOST = 200, 8_000  # ... and the limits for one page
# From this number of pages, a word in more than the share in `_TOO_COMMON` is left out of the places
# with that weight: it costs more than it helps. In titles and errors it is still found.
_COMMON = 200

LARGE = 3_000
"""From so many pages on, a browser loads parts of the index: of 5,000, it has 4 MB as a whole."""

_PLACEHOLDER = re.compile(r"\{[A-Z_][A-Z0-9_]*\}")
_SENTENCE = re.compile(r"(?<=[.!?])\s+(?=[A-Z])")

STOP_WORDS = frozenset(
    "a an and are as at be been but by can do does for from had has have if in into is it its no not "
    "of on or so than that the their then there these they this to was were what when where which "
    "while who will with you".split()
)
"""Words that a query ignores. The comparison of phrases includes them."""

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
"""Words of plain English and of any log: two texts are not similar because they share them."""

TELLING = "error|exception|fatal|panic|fail|refused|denied|violat|cannot|timed? ?out"
"""Matches lines that say what went wrong. The search index and the paste box get it as data."""

_TOO_COMMON = {Weight.BODY: 1 / 32, Weight.PROSE: 1 / 8}


@dataclass(frozen=True, slots=True)
class OtherPage:
    """A page that is not an incident: URL relative to the site, title, plain text."""

    url: str
    title: str
    text: str


@dataclass(frozen=True, slots=True)
class PageExtract:
    """The data of one page for the index; depends only on that page.

    Attributes:
        address: an incident's ID, or the URL of another page.
        title: the title of the result.
        severity: empty for a page that is not an incident.
        status: empty for a page that is not an incident.
        components: the affected components.
        day: ISO date, or empty.
        words: each word with the weight of the best place that contains it.
        lines: texts to show under a result, the most informative first.
        source: the source of an incident that is not ours; empty otherwise.
    """

    address: str
    title: str
    severity: str
    status: str
    components: tuple[str, ...]
    day: str
    words: dict[str, int]
    lines: tuple[str, ...]
    source: str = ""

    def row(self) -> list[Any]:
        """Return the data as JSON has it; the same in every process."""
        values = {name: getattr(self, name) for name in self.__slots__}
        values["words"] = dict(sorted(self.words.items()))  # sets have another order each time
        return [*values.values()]

    @classmethod
    def from_row(cls, row: list[Any]) -> PageExtract:
        """Return the data that `row` has given."""
        values: list[Any] = [tuple(v) if isinstance(v, list) else v for v in row]
        return cls(*values)


def build_index(base: KnowledgeBase, documents: Iterable[OtherPage] = ()) -> bytes:
    """Write the search index of a knowledge base, as the script that a page loads."""
    return merge(extract_all(base, documents))


def extract_all(base: KnowledgeBase, documents: Iterable[OtherPage] = ()) -> list[PageExtract]:
    """Return the index data of every page.

    Args:
        base: its readable incidents come first, from the newest to the oldest.
        documents: the other pages to find.
    """
    extracts = [extract(i, base.incidents[i], base.source_of(i)) for i in base.newest]
    extracts.extend(extract_document(document) for document in documents)
    return extracts


def merge(extracts: Iterable[PageExtract]) -> bytes:
    """Write the index of the given pages, as the script that a page loads."""
    return script(VARIABLE, index_of(extracts))


def words_to_index(text: str, wholes: bool = True) -> set[str]:
    """Return the words by which a text is found.

    An identifier is found by itself and by its parts: `typname_nsp` gives itself, `typname` and
    `nsp`; `UniqueConstraintError` gives itself in lowercase, `unique`, `constraint` and `error`.

    Args:
        text: any text.
        wholes: whether to return whole identifiers too, not only their parts.
    """
    if not text.isascii():
        text = unicodedata.normalize("NFKC", text)
    cut = split if wholes else identifier_parts
    return set().union(*map(cut, set(TOKEN.findall(text))))


def extract(incident_id: str, incident: Incident, source: str = "") -> PageExtract:
    """Return the index data of an incident.

    Args:
        incident_id: its id.
        incident: what it says.
        source: the source that it comes from; empty if it is ours.
    """
    symptom, cause = incident.symptom, incident.root_cause
    samples = list(_samples(symptom.signatures))
    verification = (step for step in incident.verification if step.do != NOT_WRITTEN)
    steps = [*incident.first_steps, *verification]
    searched = _searched(incident)
    searched[Weight.TITLE].append(incident_id)
    found: dict[str, int] = {}
    # In rising order: a word keeps the weight of the best place that contains it.
    # Whole identifiers of commands would double the index; their parts find the command too.
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
        source=source,
    )


def extract_document(document: OtherPage) -> PageExtract:
    """Return the index data of another page."""
    found: dict[str, int] = {}
    _collect(found, Weight.BODY, [document.text], wholes=False)
    _collect(found, Weight.TITLE, [document.title])
    lines = _lines(document.text.splitlines())
    return PageExtract(document.url, document.title, "", "", (), "", found, lines)


def _samples(signatures: Iterable[Signature]) -> Iterator[str]:
    """Yield the texts of the errors, samples before templates."""
    templates = []
    for signature in signatures:
        yield from signature.samples
        if signature.regex is None:
            templates.append(_PLACEHOLDER.sub(" ", first_text(signature.source)))
    yield from templates


def _searched(incident: Incident) -> dict[Weight, list[str]]:
    """Return the texts that are searched, by weight."""
    found: dict[Weight, list[str]] = {weight: [] for weight in Weight}
    for _, text, role in walk.texts(incident):
        if role.weight is not None and text != NOT_WRITTEN:
            found[role.weight].append(_PLACEHOLDER.sub(" ", text) if role.template else text)
    return found


def _noted(incident: Incident) -> Iterator[str]:
    """Yield the texts of a write-up that fit no other field, so that search finds them too."""
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
    """Return the distinct lines of texts, with white space normalized and long lines cut."""
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
    return counted_index(extracts)[0]


def counted_index(extracts: Iterable[PageExtract]) -> tuple[dict[str, Any], dict[str, int]]:
    """Make the index of the given pages, and count the pages with each word, as `patched` needs."""
    pages = list(extracts)
    components = sorted({name for page in pages for name in page.components})
    posts, counts = _postings(pages)
    docs = [_doc(page, len(pages), components.index) for page in pages]
    return _index(components, docs, posts), counts


def patched(
    index: dict[str, Any],
    counts: Mapping[str, int],
    old: Mapping[int, PageExtract],
    new: Mapping[int, PageExtract],
) -> tuple[dict[str, Any], dict[str, int]] | None:
    """Return what `counted_index` returns after a change of some pages, in time that depends on them.

    Args:
        index: the index before.
        counts: the number of pages with each word, before.
        old: the pages that have changed, as they were, by their place in the index.
        new: the same pages as they are.

    Returns:
        None if a word has become common or is common no more: that changes other pages.
    """
    pages = len(index["docs"])
    posts = dict(zip(decoded(index["words"]), index["posts"].split(" "), strict=False))
    counts = dict(counts)
    words = {word for page in (*old.values(), *new.values()) for word in page.words} - STOP_WORDS
    for word in words:
        before = counts.pop(word, 0)
        after = before + sum((word in p.words) for p in new.values())
        after -= sum((word in p.words) for p in old.values())
        least = _least_weight(after, pages)
        if before and after and least != _least_weight(before, pages):
            return None
        found = dict(postings(posts.pop(word, "")))
        for place in old:
            found.pop(place, None)
        for place, page in new.items():
            if page.words.get(word, -1) >= least:
                found[place] = page.words[word]
        if after:
            counts[word] = after
        if found:
            posts[word] = _encoded([4 * n + weight for n, weight in sorted(found.items())])
    names: list[str] = index["components"]
    listed = [[names[n] for n in doc[4]] for doc in index["docs"]]
    for place, page in new.items():
        listed[place] = list(page.components)
    components = sorted({name for names in listed for name in names})
    number = {name: n for n, name in enumerate(components)}
    docs = [[*doc[:4], [number[i] for i in its], *doc[5:]] for doc, its in zip(index["docs"], listed, strict=True)]  # fmt: skip
    for place, page in new.items():
        docs[place] = _doc(page, pages, components.index)
    return _index(components, docs, posts), counts


_SEVERITIES = [level.value for level in SeverityLevel]
_STATUSES = [status.value for status in Status]


def _index(components: list[str], docs: list[Any], posts: Mapping[str, str]) -> dict[str, Any]:
    vocabulary = sorted(posts)
    return {
        "format": FORMAT,
        "large": len(docs) >= LARGE,
        "severities": _SEVERITIES,
        "statuses": _STATUSES,
        "components": components,
        "stop": sorted(STOP_WORDS),
        "common": sorted(COMMON_WORDS),
        "telling": TELLING,
        "docs": docs,
        "words": " ".join(_front_coded(vocabulary)),
        "posts": " ".join([posts[word] for word in vocabulary]),
    }


def _doc(page: PageExtract, pages: int, number: Callable[[str], int]) -> list[Any]:
    budget = max(_TEXT_LEAST, min(_TEXT_MOST, _TEXT_BUDGET // max(1, pages)))
    return [
        page.address,
        page.title,
        _SEVERITIES.index(page.severity) if page.severity else -1,
        _STATUSES.index(page.status) if page.status else -1,
        [number(name) for name in page.components],
        page.day,
        "\n".join(_within(page.lines, budget)),
        *([page.source] if page.source else []),
    ]


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


def _postings(pages: list[PageExtract]) -> tuple[dict[str, str], dict[str, int]]:
    """Return for each word the pages that contain it, and the number of pages of each word."""
    holders: dict[str, list[int]] = {}
    for n, page in enumerate(pages):
        for word, weight in page.words.items():
            holders.setdefault(word, []).append(4 * n + weight)
    for word in STOP_WORDS:
        holders.pop(word, None)
    posts = {}
    for word, found in holders.items():
        least = _least_weight(len(found), len(pages))
        kept = [p for p in found if p & 3 >= least] if least else found
        if kept:
            posts[word] = _encoded(kept)
    return posts, {word: len(found) for word, found in holders.items()}


def _least_weight(holders: int, pages: int) -> int:
    """Return the least weight of a place at which a word is kept, by the number of pages with it."""
    if pages < _COMMON:
        return 0
    return max((w + 1 for w, share in _TOO_COMMON.items() if holders > share * pages), default=0)


def _encoded(found: list[int]) -> str:
    # A posting minus the previous page (times four) leaves the distance and the weight.
    before = [0, *[posting & ~3 for posting in found[:-1]]]
    return "".join([_number(p - b) for p, b in zip(found, before, strict=True)])


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


@lru_cache(maxsize=65_536)
def _number(value: int) -> str:
    text = DIGITS[value % BASE]
    value //= BASE
    while value:
        text = DIGITS[BASE + value % BASE] + text
        value //= BASE
    return text
