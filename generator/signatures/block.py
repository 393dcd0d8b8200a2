"""Searches one block of a stream: tries each candidate that the finder finds."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from itertools import accumulate
from typing import TYPE_CHECKING

from generator.signatures.language import CompiledSignature, Searched, SignatureMatch
from generator.signatures.nearby import Surroundings, confirmed, surroundings
from generator.signatures.normal_text import (
    ESCAPED_VALUE,
    HIDING,
    decoded,
    line_ends,
    unescaped_forms,
)
from generator.signatures.prefilter import Hits
from generator.signatures.template import BLANKS, MAX_MATCH

if TYPE_CHECKING:
    from generator.signatures.scanner import Matcher

# As in match-engine.js. What is around the border of two blocks is searched twice, and a line of more
# than LONG_LINE may be cut there.
LONG_LINE = 64 * 1024
AHEAD = MAX_MATCH + 1024  # Some characters take more than one byte.
# Stands between lines; text that contains it takes longer.
_BETWEEN, _MARK = b"\x1e", "\x1e"
EXCERPT = 400
VALUES = 5


@dataclass
class FoundSignature:
    """The matches of one signature.

    Attributes:
        count: the number of lines on which a match begins.
        line: the number of the first such line, from 1.
        text: that line, or the part of it around the match.
        last_line: the number of the last such line.
        last_text: that line, or the part of it around the match.
        captures: the first captured values.
        values: a few of the different values of each placeholder.
    """

    count: int
    line: int
    text: str
    last_line: int
    last_text: str
    captures: dict[str, str]
    values: dict[str, list[str]] = field(default_factory=dict)

    def add(self, line: int, text: str, captures: dict[str, str]) -> None:
        """Count one more line."""
        self.count += 1
        self.last_line, self.last_text = line, text
        for name, value in captures.items():
            known = self.values.setdefault(name, [])
            if value not in known and len(known) < VALUES:
                known.append(value)

    def merge(self, other: FoundSignature) -> None:
        """Add the matches in a later file, whose lines are numbered separately."""
        self.count += other.count
        self.last_line, self.last_text = other.last_line, other.last_text
        for name, values in other.values.items():
            known = self.values.setdefault(name, [])
            known += [v for v in values if v not in known][: VALUES - len(known)]


class Block:
    """Scans one block: confirms each candidate that the finder finds.

    Attributes:
        matcher: the signatures.
        data: the data, with some of what is before and after the block.
        zone: the end of the block in the data; a match that begins after it belongs to the next.
        found: what is found, by the number of its signature.
    """

    def __init__(
        self,
        matcher: Matcher,
        data: bytes | bytearray,
        zone: int,
        line: int,
        found: dict[int, FoundSignature],
    ) -> None:
        self.matcher = matcher
        self.data = data
        self.zone = zone
        self.found = found
        self._at, self._line = 0, line
        self._start, self._end, self._number = 0, -1, 0
        self._tried: set[tuple[int, ...]] = set()
        self._window: tuple[int, int] | None = None
        self._forms: list[str] = []
        self._hiding: set[int] = set()  # where lines begin behind whose escapes anchors may hide
        # From where a text was searched for, and where it is.
        self._next: dict[str, tuple[int, int]] = {}
        self._seen: dict[tuple[int, int, int], int] = {}  # up to where each part was searched

    def look(self) -> None:
        """Add what is found to `found`."""
        hits = self.matcher.hits(self.data)
        if any(text < len(HIDING) for _, text in hits):
            hits = self._with_hidden(hits)
        for at, text in hits:
            self._go_to(at)
            for number, slot in self.matcher.users[text]:
                self._candidate(number, slot, at)
        if self.matcher.always:
            self._every_line()

    def line_at(self, place: int) -> int:
        """Return the line number of a place, without counting the same lines again."""
        if place >= self._at:
            return self._line + line_ends(self.data, self._at, place)
        return self._line - line_ends(self.data, place, self._at)

    def _go_to(self, at: int) -> None:
        """Find start, end and number of the line of a place after all earlier places."""
        if at <= self._end:
            return
        self._start = self.data.rfind(b"\n", 0, at) + 1
        end = self.data.find(b"\n", at)
        self._end = len(self.data) if end < 0 else end
        self._line += line_ends(self.data, self._at, self._start)
        self._at = self._start
        self._tried.clear()

    def _with_hidden(self, hits: Hits) -> Hits:
        """Return the places of anchors, those that escapes hide at the beginning of their lines."""
        lines: list[tuple[int, int]] = []
        found: Hits = []
        end = -1
        for hit in hits:
            if hit[1] >= len(HIDING):
                found.append(hit)
            elif hit[0] > end:
                start = self.data.rfind(b"\n", 0, hit[0]) + 1
                end = self.data.find(b"\n", hit[0])
                end = len(self.data) if end < 0 else end
                self._hiding.add(start)
                if end - start <= LONG_LINE:
                    lines.append((start, end))
        before = len(found)
        for number, text in self._hits_in_forms([self.data[start:end] for start, end in lines]):
            found.append((lines[number][0], text))
        return sorted(found) if len(found) > before else found

    def _hits_in_forms(self, lines: list[bytes | bytearray]) -> Iterator[tuple[int, int]]:
        """Yield the number of a line and that of an anchor which its unescaped forms contain."""
        # All lines at once: the finder takes long to begin.
        forms = [decoded(_BETWEEN.join(lines))]
        if forms[0].count(_MARK) == len(lines) - 1:
            forms = list(unescaped_forms(forms[0]))
            if all(form.count(_MARK) == len(lines) - 1 for form in forms):
                for form in forms:
                    data = form.encode("utf-8", "replace")
                    ends = list(accumulate(len(part) + 1 for part in data.split(_BETWEEN)))
                    for at, text in self.matcher.hits(data):
                        yield bisect_right(ends, at), text
                return
        for number, line in enumerate(lines):
            for form in unescaped_forms(decoded(line)):
                for _, text in self.matcher.hits(form.encode("utf-8", "replace"), len(self.data)):
                    yield number, text

    def _every_line(self) -> None:
        self._at, self._end = 0, -1
        at, self._line = 0, self._line - line_ends(self.data, 0, self._start)
        while at < self.zone:
            self._go_to(at)
            for number, slot in self.matcher.always:
                self._candidate(number, slot, at)
            at = self._end + 1

    def _candidate(self, number: int, slot: int, at: int) -> None:
        known = self.found.get(number)
        if known and known.last_line >= self._line:
            return
        start, end, part = self._start, self._end, -1
        if end - start > LONG_LINE:
            # One window for all that stands close together: a line can hold the text many times.
            part = (at - start) // AHEAD
            begin = start + part * AHEAD
            start = character(self.data, max(start, begin - AHEAD))
            end = character(self.data, min(end, begin + 2 * AHEAD))
        if (number, slot, part) in self._tried:
            return
        forms = self.matcher.forms(number)
        # Which form counts must not depend on the place of its anchor.
        for other in range(len(forms)) if len(forms) > 1 else (0,):
            key = (number, other, part)
            if key in self._tried:
                continue
            if other != slot and not self.matcher.is_in(number, other, self.data[start:end]):
                continue
            self._tried.add(key)
            for index, searched in enumerate(forms[other]):
                if self._search((number, other, index), searched, start, end):
                    return

    def _search(self, key: tuple[int, int, int], searched: Searched, start: int, end: int) -> bool:
        """Search for a part of a signature in a line; return whether a match begins there."""
        # What is needed may be on a line before, or behind escapes; mostly, it is not there at all.
        near = self._start in self._hiding or self._follow(
            searched.needs_without_quotes, start, end + AHEAD
        )
        if not near and (start != self._start or self.matcher.first_text(*key) is None):
            return False
        if self._raw(key, searched, start, end):
            return True
        if self._start >= self.zone or not near:
            return False
        escaped = self.data.find(b"\\", start, end) >= 0 or self.data.find(b"&", start, end) >= 0
        if escaped and self._unescaped(key[0], searched, start, end):
            return True
        return bool(searched.views) and self._viewed(key[0], searched, start, end, escaped)

    def _unescaped(self, number: int, searched: Searched, start: int, end: int) -> bool:
        """Search the line without its escapes; return whether it has a match."""
        for form in self._unescaped_forms(start, end):
            match = searched.find(form)
            if match:
                self._record(number, self._line, form, match)
                return True
        return False

    def _unescaped_forms(self, start: int, end: int) -> list[str]:
        """Return the unescaped forms of a part of the data; many signatures look at the same part."""
        if self._window != (start, end):
            self._window = (start, end)
            while 0 < start < end and self.data[start - 1] == 0x5C:  # In the middle of an escape.
                start += 1
            self._forms = list(unescaped_forms(decoded(self.data[start:end])))
        return self._forms

    def _viewed(self, number: int, searched: Searched, start: int, end: int, escaped: bool) -> bool:
        """Search with other quotation marks, or without any; return whether there is a match."""
        line = decoded(self.data[start:end])
        ahead = "" if searched.one_line else decoded(self.data[end : end + AHEAD])
        forms = [(line, ahead)]
        if escaped:
            forms += [(form, "") for form in self._unescaped_forms(start, end)]
        for text, after in forms:
            if not _follow_in(searched.needs_without_quotes, text, after):
                continue
            for look, template in searched.views:
                seen = look(text)
                match = template.find(seen + look(after), 0, len(seen))
                if match and _is_whole(match.captures):
                    whole = _same_line(text, seen + look(after), match)
                    self._record(number, self._line, text, whole)
                    return True
        return False

    def _follow(self, needs: Sequence[str], start: int, end: int) -> bool:
        """Return whether texts follow one another in the data: a cheap test that usually fails."""
        for text in needs:
            data = _encoded(text)
            start = self.data.find(data, start, end)
            if start < 0:
                return False
            start += len(data)
        return True

    def _raw(self, key: tuple[int, int, int], searched: Searched, start: int, end: int) -> bool:
        """Search the text as it is; return whether a match begins on the candidate's line."""
        data = self.data
        begin = start
        first = self.matcher.first_text(*key)
        if start == self._start and first is not None:
            begin = data.rfind(b"\n", 0, max(start - AHEAD, 0)) + 1
            if start - begin > AHEAD + LONG_LINE:
                begin = start
            begin = min(max(begin, self._seen.get(key, 0)), start)
            self._seen[key] = end + 1
            if data.find(first, begin, start) < 0:
                begin = start  # No match begins on an earlier line: the common case.
        if begin == start and self._start <= start < self.zone and end - start <= LONG_LINE:
            quick = _inside(searched, decoded(data[start:end]))
            if quick and not any(map(ESCAPED_VALUE.search, quick[1].captures.values())):
                self._record(key[0], self._line, *quick, start)
                return True
        ahead = 0 if searched.one_line else AHEAD
        if begin < start and not self._follow(searched.needs, begin, end + ahead):
            return False
        text = decoded(data[begin : min(len(data), end + ahead)])
        own = len(decoded(data[begin:start])) if begin < start else 0
        last = own + len(decoded(data[start:end]))
        position = 0
        while position <= last:
            match = searched.find(text, position, last)
            if not match or match.start > last:
                return False
            before = text.count("\n", match.start, own) if match.start < own else 0
            line = self._line - before
            # The place in bytes matters only in a long line; otherwise the start of the line decides.
            place = start if match.start >= own else begin + len(text[: match.start].encode())
            if end - start > LONG_LINE or start != self._start:
                place = start + len(text[own : match.start].encode("utf-8", "replace"))
            if place < self.zone and not (
                match.start >= own
                and any(map(ESCAPED_VALUE.search, match.captures.values()))
                and self._unescaped(key[0], searched, start, end)
            ):
                self._record(key[0], line, text, match, begin)
            if match.start >= own:
                return True
            position = text.find("\n", match.start) + 1
        return False

    def _record(
        self, number: int, line: int, text: str, match: SignatureMatch, begin: int = -1
    ) -> None:
        """Count a line with a match, if nothing near it speaks against it.

        Args:
            number: the number of the signature.
            line: the number of the line.
            text: the text with the match.
            match: the match.
            begin: where the text begins in the data; -1 if the text is a changed line.
        """
        known = self.found.get(number)
        if known and line <= known.last_line:
            return
        signature = self.matcher.signatures[number]
        captures = match.captures
        if not signature.is_alone:
            place = self._start
            if begin >= 0:
                place = begin + len(text[: match.start].encode("utf-8", "replace"))
            if begin >= 0 and self._are_far(signature, place):
                return
            near = [surroundings(text, match.start, match.end, signature.within)] * (begin < 0)
            near.append(self._around(signature, text, match, place, begin < 0))
            found = confirmed(signature, match, near)
            if found is None:
                return
            captures = found
        excerpt = _excerpt(text, match)
        if known is None:
            known = self.found[number] = FoundSignature(0, line, excerpt, line, excerpt, captures)
        known.add(line, excerpt, captures)

    def _are_far(self, signature: CompiledSignature, place: int) -> bool:
        """Return whether something that must be near is not: a cheap test that usually fails."""
        low, high = max(0, place - AHEAD), place + AHEAD
        return not self._hiding and any(
            all(self._is_far(part, low, high) for part in form) for form in signature.others
        )

    def _is_far(self, part: Searched, low: int, high: int) -> bool:
        need = max(part.needs_without_quotes, key=len, default="")
        if not need:
            return False
        # The next place is kept, so that many candidates do not search the same data again.
        begin, at = self._next.get(need, (0, -2))
        if at == -2 or low < begin or 0 <= at < low:
            begin, at = low, self.data.find(_encoded(need), low)
            self._next[need] = begin, at
        return at < 0 or at >= high

    def _around(
        self,
        signature: CompiledSignature,
        text: str,
        match: SignatureMatch,
        place: int,
        is_changed: bool,
    ) -> Surroundings:
        """Return what the data has around a match."""
        end = self._end
        if not is_changed:
            end = place + len(text[match.start : match.end].encode("utf-8", "replace"))
        low = character(self.data, max(0, place - AHEAD))
        before = decoded(self.data[low:place])
        after = decoded(self.data[place : character(self.data, place + AHEAD)])
        size = len(decoded(self.data[place : min(end, place + AHEAD)]))
        at = len(before)
        return surroundings(before + after, at, at + size, signature.within)


def _inside(searched: Searched, line: str) -> tuple[str, SignatureMatch] | None:
    """Return a line's match if the text after the line cannot change it: the common case."""
    match = searched.find(line)
    if not match or match.end >= len(line):
        return None
    if not searched.one_line and match.start > line.find(searched.chunks[0]):
        return None
    return line, match


@lru_cache(100_000)
def _encoded(text: str) -> bytes:
    return text.encode()


def _follow_in(needs: Sequence[str], text: str, after: str) -> bool:
    """Return whether texts follow one another in a text and what comes after it."""
    at = 0
    for number, need in enumerate(needs):
        found = text.find(need, at)
        if found < 0:
            rest = (text[at:] + after) if after else ""
            return bool(rest) and _follow_in(needs[number:], rest, "")
        at = found + len(need)
    return True


def _is_whole(captures: dict[str, str]) -> bool:
    """Return whether no escape is left in what was captured."""
    return not any(v.endswith("\\") or ESCAPED_VALUE.search(v) for v in captures.values())


def _same_line(text: str, seen: str, match: SignatureMatch) -> SignatureMatch:
    """Return a match in a changed text as one of the whole line that it was found in."""
    before = seen.count("\n", 0, match.start)
    start = 0
    for _ in range(before):
        start = text.index("\n", start) + 1
    end = text.find("\n", start)
    captures = {name: value.strip(BLANKS) for name, value in match.captures.items()}
    return SignatureMatch(start, len(text) if end < 0 else end, captures)


def _excerpt(text: str, match: SignatureMatch) -> str:
    start = text.rfind("\n", 0, match.start) + 1
    end = text.find("\n", match.start)
    end = len(text) if end < 0 else end
    if end - start <= EXCERPT:
        return text[start:end].strip()
    begin = max(start, match.start - EXCERPT // 4)
    part = text[begin : min(end, begin + EXCERPT)]
    # The time is at the beginning of the line.
    head = text[start : min(start + EXCERPT // 4, begin)]
    return f"{head} … {part}".strip() if head else part.strip()


def character(data: bytes | bytearray, at: int) -> int:
    """Return the first place from `at` that is not inside a UTF-8 character."""
    stop = min(at + 4, len(data))
    while at < stop and data[at] & 0xC0 == 0x80:
        at += 1
    return at
