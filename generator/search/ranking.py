"""Ranks pages for a query, exactly as `search-engine.js` does in the browser.

Both read the same index and calculate the same scores. A test runs one file of cases through both,
so change both together. Imports nothing from the rooms for knowledge bases.
"""

from __future__ import annotations

import math
import re
import unicodedata
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from generator.search.words import TOKEN, WORD_MAX, decoded, identifier_parts, postings

_WEIGHTS = (1, 1.6, 2.6, 3)  # by the place of a word: body, prose, error, title
_MOST_WORDS = 150  # of a pasted trace; later words only cost time
_MOST_FUZZY = 6  # words of one query that are looked up with typing errors
_MOST_PHRASES = 200  # candidates whose text is compared with the whole query
# The same in a large index, of which a browser has only the parts that it has loaded.
_LARGE_WORDS, _LARGE_PHRASES = 30, 30
_LARGE_FITS = 8  # words that contain a word of the query, or differ by a typing error
# Larger than the ratio of the best weight to the worst, so that a whole phrase ranks above its words
# scattered over titles.
_PHRASE_IN_TITLE, _PHRASE_IN_LINE = 5, 4

# A text is compared line by line: other lines of a log must not hide the important one.
_MOST_LINES, _LINE_MAX = 20, 400
_MOST_SHARED = 6
# Measured: ordinary lines and plain English stay below it, and near misses do not.
_LEAST_SIMILAR = 4.1
_LEAST_OF_BEST = 0.4  # a result far below the best is noise
_TELLING = 1.6  # the factor for a line that says what went wrong
_IDENTIFIER = 2  # the factor for an identical identifier, compared with a word
_CODE = re.compile("[0-9a-z]{5}")

# White space as JavaScript defines it; Python's definition differs in a few characters.
_SPACE = re.compile("[\t-\r \u00a0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000\ufeff]+")


@dataclass(frozen=True, slots=True)
class FindablePage:
    """A page that can be found.

    Attributes:
        address: the URL relative to the site: `incidents/some-id/index.html`.
        incident: the incident's ID; empty for another page.
        title: the title.
        severity: empty for a page that is not an incident.
        status: empty for a page that is not an incident.
        components: the affected components.
        day: ISO date, or empty.
        lines: texts that may be shown under it.
        source: the source of an incident that is not ours; empty otherwise.
    """

    address: str
    incident: str
    title: str
    severity: str
    status: str
    components: tuple[str, ...]
    day: str
    lines: tuple[str, ...]
    source: str = ""


@dataclass(frozen=True, slots=True)
class SearchHit:
    """A page that matches a query.

    Attributes:
        page: the page.
        score: how well it matches; comparable only within one query.
        line: the line that best shows why.
        terms: the terms of the query in it, to highlight.
        matches: whether the query is an error that the incident's signatures match; set by the
            caller, because this module does not know the signatures.
    """

    page: FindablePage
    score: float
    line: str
    terms: tuple[str, ...]
    matches: bool = False


@dataclass(frozen=True, slots=True)
class SearchResults:
    """The best results, and the total number."""

    total: int
    hits: tuple[SearchHit, ...]


@dataclass(frozen=True, slots=True)
class SimilarIncident:
    """An incident that has words in common with a text, and their score.

    Attributes:
        page: the incident.
        score: at least a threshold that is the same for every text and knowledge base.
        shared: the common words as the text spells them, the most significant first.
    """

    page: FindablePage
    score: float
    shared: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class _Word:
    """A word of a query.

    Attributes:
        text: the spelling in the index.
        whole: whether it is an identifier whose parts are words of the query too.
        spelled: the spelling in the query.
    """

    text: str
    whole: bool
    spelled: str


Fits = list[tuple[int, float]]


class _Tally:
    """Adds up the scores of pages, word by word."""

    def __init__(self, pages: int) -> None:
        self._pages = pages
        self._total = 0.0
        self._scores: dict[int, float] = {}
        self._covered: dict[int, float] = {}

    def add(self, touched: Mapping[int, float], holders: int, factor: int = 1) -> float:
        """Count a word for the pages in `touched`, with its weight in each; return its rarity."""
        rarity = factor * math.log(1 + self._pages / max(1, holders))
        self._total += rarity
        for page, weight in touched.items():
            self._scores[page] = self._scores.get(page, 0.0) + rarity * weight
            self._covered[page] = self._covered.get(page, 0.0) + rarity * min(1, weight)
        return rarity

    def rows(self) -> Iterator[tuple[int, float, float]]:
        """Yield each page, the share of the query that it contains, and its score."""
        for page, points in self._scores.items():
            covered = self._covered[page]
            yield page, covered / self._total, points * covered / self._total


class SearchEngine:
    """Answers queries from one index."""

    def __init__(self, index: dict[str, Any]) -> None:
        """Open an index.

        Args:
            index: the result of `index_of`.
        """
        self._large: bool = index["large"]
        self._vocabulary = list(decoded(index["words"]))
        self._posts: list[str] = index["posts"].split(" ")
        self._numbers = {word: n for n, word in enumerate(self._vocabulary)}
        self._stop = frozenset(index["stop"])
        self._common = frozenset(index["common"])
        # Like JavaScript, which folds no other letter into ASCII.
        self._telling = re.compile(index["telling"], re.IGNORECASE | re.ASCII)
        self.components: tuple[str, ...] = tuple(index["components"])
        self.pages = tuple(_page(row, index) for row in index["docs"])

    def search(
        self, query: str, most: int = 12, keep: Callable[[FindablePage], bool] = lambda _: True
    ) -> SearchResults:
        """Find pages, the best first.

        Args:
            query: words, or a pasted error.
            most: the maximum number of results to return.
            keep: returns whether a page may be a result.
        """
        wanted = self._words(query, _LARGE_WORDS if self._large else _MOST_WORDS)
        lowered = query.lower()
        tally = _Tally(len(self.pages))
        terms: dict[str, None] = {}
        fuzzy = _MOST_FUZZY
        for n, word in enumerate(wanted):
            last = n >= len(wanted) - (1 if word.whole else 2)
            fits = self._meanings(word, last and lowered.endswith(word.text), fuzzy > 0)
            if not any(fit == 1 for _, fit in fits):
                fuzzy -= 1
            touched: dict[int, float] = {}
            for number, fit in fits:
                for page, weight in self._postings(number):
                    touched[page] = max(touched.get(page, 0.0), fit * weight)
            # If the whole identifier is not in the index, its parts count instead.
            if not touched and word.whole:
                continue
            tally.add(touched, len(touched))
            self._add_terms(terms, word.text, fits)
        ranked = [
            (self.pages[n], part, points) for n, part, points in tally.rows() if keep(self.pages[n])
        ]
        ranked.sort(key=lambda row: -row[2])
        # Pages that share only a common word with the best one are noise.
        ranked = [row for row in ranked if row[1] >= 0.3 * ranked[0][1]]
        phrases = _phrases(query)
        most_phrases = _LARGE_PHRASES if self._large else _MOST_PHRASES
        scored = [
            (page, points * (_phrase_factor(page, phrases) if n < most_phrases else 1))
            for n, (page, _, points) in enumerate(ranked)
        ]
        scored.sort(key=lambda row: -row[1])
        shown = tuple(terms)
        return SearchResults(
            len(scored),
            tuple(
                SearchHit(page, points, _best_line(page, phrases, shown), shown)
                for page, points in scored[:most]
            ),
        )

    def similar(self, text: str, most: int = 3) -> tuple[SimilarIncident, ...]:
        """Find incidents similar to an error that no signature matches, the best first.

        Ranks like `search`, by the line of the text that matches best. Only identical words count,
        and only outside of the incident's body.

        Args:
            text: the pasted text, or the beginning of a log.
            most: the maximum number to return.
        """
        best: dict[int, SimilarIncident] = {}
        lines = dict.fromkeys(line[:_LINE_MAX] for line in text.split("\n") if line.strip())
        telling = {line: self._telling.search(line) is not None for line in lines}
        for line in sorted(lines, key=lambda line: not telling[line])[:_MOST_LINES]:
            for page, found in self._similar_to(line, _TELLING if telling[line] else 1):
                if page not in best or best[page].score < found.score:
                    best[page] = found
        ranked = sorted(best.values(), key=lambda found: -found.score)[:most]
        return tuple(found for found in ranked if found.score >= _LEAST_OF_BEST * ranked[0].score)

    def _similar_to(self, line: str, factor: float) -> Iterator[tuple[int, SimilarIncident]]:
        tally = _Tally(len(self.pages))
        shared: dict[int, list[tuple[float, _Word]]] = {}
        for word in self._words(line, _MOST_WORDS):
            if word.text in self._common or not _tells(word.text):
                continue
            known = self._numbers.get(word.text)
            holders = {} if known is None else dict(self._postings(known))
            # Here too, the parts count instead.
            if not holders and word.whole:
                continue
            touched = {n: weight for n, weight in holders.items() if weight > _WEIGHTS[0]}
            rarity = tally.add(touched, len(holders), _IDENTIFIER if word.whole else 1)
            for n, weight in touched.items():
                shared.setdefault(n, []).append((rarity * weight, word))
        for number, _, points in tally.rows():
            page = self.pages[number]
            # Divided, so that the threshold does not depend on the size of the knowledge base.
            score = factor * points / math.log(1 + len(self.pages))
            if score >= _LEAST_SIMILAR and page.incident and page.status != "withdrawn":
                yield number, SimilarIncident(page, score, _in_common(shared[number]))

    def _words(self, query: str, most: int) -> list[_Word]:
        seen: dict[str, _Word] = {}
        for word in _query_words(query):
            if word.text not in self._stop and word.text not in seen:
                seen[word.text] = word
            if len(seen) >= most:
                break
        return list(seen.values())

    def _meanings(self, word: _Word, typing: bool, fuzzy: bool) -> Fits:
        """Return the words of the index that a word can mean, each with how well it fits."""
        text = word.text
        exact: Fits = [(self._numbers[text], 1)] if text in self._numbers else []
        begun: Fits = []
        if typing:
            found = self._containing(str.startswith, text, 60)
            begun = [(n, 0.8) for n in found if self._vocabulary[n] != text]
        if exact or begun:
            return [*exact, *begun]
        inside: Fits = []
        if len(text) >= 3:
            inside = [
                (n, 0.5 + 0.4 * len(text) / len(self._vocabulary[n]))
                for n in self._containing(str.__contains__, text, 100)
            ]
        if inside or word.whole:
            return self._best(inside)
        if not (fuzzy and len(text) >= 5 and text.isalpha()):
            return []
        return self._best(self._misspelled(text))

    def _best(self, fits: Fits) -> Fits:
        """Return the fits that are looked up: in a large index the best, because each costs a part."""
        return sorted(fits, key=lambda fit: -fit[1])[:_LARGE_FITS] if self._large else fits

    def _containing(self, holds: Callable[[str, str], bool], piece: str, most: int) -> list[int]:
        found = []
        for number, word in enumerate(self._vocabulary):
            if holds(word, piece):
                found.append(number)
                if len(found) == most:
                    break
        return found

    def _misspelled(self, word: str) -> Fits:
        allowed = 2 if len(word) >= 9 else 1
        letters = set(word)
        found: Fits = []
        for number, other in enumerate(self._vocabulary):
            if abs(len(other) - len(word)) > allowed or not other[0].isalpha():
                continue
            # Each error explains at most one missing letter; this test saves most of the work.
            if len(letters.difference(other)) > allowed:
                continue
            errors = _distance(word, other, allowed)
            if errors <= allowed:
                found.append((number, 0.7 - 0.15 * errors))
        return found

    def _postings(self, number: int) -> Iterator[tuple[int, float]]:
        return ((page, _WEIGHTS[weight]) for page, weight in postings(self._posts[number]))

    def _add_terms(self, terms: dict[str, None], word: str, fits: Fits) -> None:
        """Add the terms to highlight: the word if it is part of the found words, else those."""
        for number, _ in fits[:10]:
            other = self._vocabulary[number]
            terms[word if word in other else other] = None


def age(day: str, today: date) -> str:
    """Return how long ago a day was, in the same words as the browser.

    Args:
        day: ISO date.
        today: the current day.
    """
    days = (today - date.fromisoformat(day)).days
    for size, name in ((365, "year"), (30, "month"), (1, "day")):
        count = days // size
        if count >= 1:
            return f"{count} {name}{'s' if count > 1 else ''} ago"
    return "today"


def marked(text: str, terms: Sequence[str]) -> Iterator[tuple[str, bool]]:
    """Split a text into pieces, each with whether it is one of the terms."""
    known = sorted(filter(None, terms), key=len, reverse=True)
    if not known:
        yield text, False
        return
    end = 0
    for match in re.finditer("|".join(map(re.escape, known)), text, re.IGNORECASE):
        if match.start() > end:
            yield text[end : match.start()], False
        yield match[0], True
        end = match.end()
    if end < len(text):
        yield text[end:], False


def _page(row: list[Any], index: dict[str, Any]) -> FindablePage:
    name, title, severity, status, components, day, lines, *source = row
    is_incident = severity >= 0
    return FindablePage(
        address=f"incidents/{name}/index.html" if is_incident else name,
        incident=name if is_incident else "",
        title=title,
        severity=index["severities"][severity] if is_incident else "",
        status=index["statuses"][status] if status >= 0 else "",
        components=tuple(index["components"][n] for n in components),
        day=day,
        lines=tuple(lines.split("\n")) if lines else (),
        source=source[0] if source else "",
    )


def _query_words(text: str) -> Iterator[_Word]:
    """Yield the words of a query in order; `index.words_to_index` returns the same words as a set."""
    for token in TOKEN.findall(unicodedata.normalize("NFKC", text)):
        found = identifier_parts(token)
        spelled = token.strip("_")
        for part in found:
            yield _Word(part, False, part if len(found) > 1 else spelled)
        if len(found) > 1:
            yield _Word(spelled.lower()[:WORD_MAX], True, spelled)


def _tells(word: str) -> bool:
    """Return whether a word can make two texts similar: not a number, except an SQLSTATE code."""
    return (len(word) >= 3 and word[0].isalpha()) or _CODE.fullmatch(word) is not None


def _in_common(words: Sequence[tuple[float, _Word]]) -> tuple[str, ...]:
    """Return words in their original spelling, identifiers first and without their parts."""
    inside = {part for _, word in words if word.whole for part in identifier_parts(word.spelled)}
    told = [row for row in words if row[1].whole or row[1].text not in inside]
    told.sort(key=lambda row: (not row[1].whole, -row[0]))
    return tuple(word.spelled for _, word in told[:_MOST_SHARED])


def _plain(text: str) -> str:
    return _SPACE.sub(" ", unicodedata.normalize("NFKC", text).lower()).strip(" ")


def _phrases(query: str) -> list[str]:
    """Return the lines of a query that are worth comparing as a whole, the longest first."""
    lines = [line for line in map(_plain, query.split("\n")) if len(line) >= 3]
    return sorted(lines, key=len, reverse=True)[:20]


def _phrase_factor(page: FindablePage, phrases: Sequence[str]) -> int:
    title = _plain(page.title)
    if any(phrase in title for phrase in phrases):
        return _PHRASE_IN_TITLE
    found = any(_holds_phrase(_plain(line), phrases) for line in page.lines)
    return _PHRASE_IN_LINE if found else 1


def _holds_phrase(line: str, phrases: Sequence[str]) -> bool:
    """Return whether a shown line contains a phrase, or is truncated ("…") within one."""
    begun = line[:-1] if line.endswith("…") else ""
    return any(phrase in line or (len(begun) > 60 and begun in phrase) for phrase in phrases)


def _best_line(page: FindablePage, phrases: Sequence[str], terms: Sequence[str]) -> str:
    best, most = page.lines[0] if page.lines else "", 0
    for line in page.lines:
        text = _plain(line)
        points = 100 if _holds_phrase(text, phrases) else 0
        points += sum(len(term) for term in terms if term in text)
        if points > most:
            best, most = line, points
    return best


def _distance(one: str, other: str, most: int) -> int:
    """Return the number of typing errors (a swap counts as one), or a number above `most`."""
    previous: list[int] = []
    current = list(range(len(other) + 1))
    for i, letter in enumerate(one, 1):
        row = [i]
        for j, its in enumerate(other, 1):
            cost = min(current[j] + 1, row[j - 1] + 1, current[j - 1] + (letter != its))
            if i > 1 and j > 1 and letter == other[j - 2] and one[i - 2] == its:
                cost = min(cost, previous[j - 2] + 1)
            row.append(cost)
        if min(row) > most:
            return most + 1
        previous, current = current, row
    return current[len(other)]
