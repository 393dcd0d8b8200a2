"""Finds signatures in a stream of bytes of any length, in bounded memory.

The stream is scanned in blocks. A match is accepted in the block in which its first line begins,
and only if the next 8 KiB are known too, so the result does not depend on how the stream is split.
In a line of more than 64 KiB, only windows around the anchors are searched.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from itertools import accumulate

from generator.signatures.anchors import ANY_CASE, anchors, slots
from generator.signatures.language import CompiledSignature, Form, Searched, SignatureMatch
from generator.signatures.nearby import Surroundings, confirmed, surroundings
from generator.signatures.normal_text import (
    ESCAPED_VALUE,
    HIDING,
    MOST_WRAPPED,
    decoded,
    line_ends,
    normal_bytes,
    unescaped_forms,
    unwrapped,
)
from generator.signatures.prefilter import SMALL, FixedTextFinder, Hits, PlainFinder, make_finder
from generator.signatures.template import BLANKS, MAX_MATCH, TRAILING

# As in match-engine.js. What is around the border of two blocks is searched twice, and a line of more
# than LONG_LINE may be cut there, so there are few of them.
BLOCK = 1 << 20
LONG_LINE = 64 * 1024
# Stands between lines; text that contains it takes longer.
_BETWEEN, _MARK = b"\x1e", "\x1e"
AHEAD = MAX_MATCH + 1024  # Some characters take more than one byte.
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


Slot = tuple[int, int]
"""The number of a signature, and of one of its slots (see `anchors.slots`)."""


class Matcher:
    """Finds many signatures. It has no state of a stream."""

    def __init__(
        self,
        signatures: Sequence[CompiledSignature],
        chosen: Sequence[Sequence[str | None]] | None = None,
        finder: str | None = None,
    ) -> None:
        """Prepare the matcher.

        Args:
            signatures: the signatures; results refer to them by index.
            chosen: the anchors of each signature; None to choose them here.
            finder: the name of a finder; None for the fastest.
        """
        self.signatures = signatures
        self._finder_name = finder
        self.chosen = anchors(signatures) if chosen is None else chosen
        users: dict[str, list[Slot]] = {text: [] for text in HIDING}
        self.always: list[Slot] = []
        for number, texts in enumerate(self.chosen):
            for slot, text in enumerate(texts):
                if text is None:
                    self.always.append((number, slot))
                else:
                    users.setdefault(text, []).append((number, slot))
        exact = [text for text in users if not text.startswith(ANY_CASE)]
        any_case = [text for text in users if text.startswith(ANY_CASE)]
        self.users = [tuple(users[text]) for text in (*exact, *any_case)]
        self._exact = tuple(text.encode() for text in exact)
        self._any_case = tuple(text[1:].encode() for text in any_case)
        self._slots: dict[int, list[Form]] = {}
        self._first: dict[tuple[int, int, int], bytes | None] = {}
        self._small = self._finders("python")
        self._fast: list[FixedTextFinder] | None = None

    def _finders(self, name: str | None) -> list[FixedTextFinder]:
        groups = (self._exact, self._any_case)
        if name == "python":
            return [PlainFinder(texts) for texts in groups]
        return [make_finder(texts, name) for texts in groups]

    def hits(self, data: bytes | bytearray, size: int | None = None) -> Hits:
        """Return the places of the anchors in the data.

        Args:
            data: the data.
            size: the size that decides which finder is used; None for that of the data.
        """
        if self._finder_name is None and (len(data) if size is None else size) <= SMALL:
            finders = self._small
        else:
            if self._fast is None:
                self._fast = self._finders(self._finder_name)
            finders = self._fast
        found = finders[0].hits(data)
        if self._any_case:
            before = len(self._exact)
            found += [(at, before + number) for at, number in finders[1].hits(data.lower())]
            found.sort()
        return found

    def forms(self, number: int) -> list[Form]:
        """Return the form of each slot of a signature."""
        known = self._slots.get(number)
        if known is None:
            known = self._slots[number] = [form for form, _ in slots(self.signatures[number])]
        return known

    def is_in(self, number: int, slot: int, line: bytes | bytearray) -> bool:
        """Return whether a line contains the anchor of a slot, or the slot has none."""
        text = self.chosen[number][slot]
        if text is None:
            return True
        if text.startswith(ANY_CASE):
            return text[1:].encode() in line.lower()
        return text.encode() in line

    def first_text(self, number: int, slot: int, part: int) -> bytes | None:
        """Return a text that stands on the line on which a match begins.

        Returns:
            None if that line is the one with the anchor; nothing if any line may do.
        """
        key = (number, slot, part)
        if key not in self._first:
            searched, anchor = self.forms(number)[slot][part], self.chosen[number][slot] or ""
            text = "" if searched.one_line else searched.chunks[0]
            if searched.one_line or (anchor and anchor.removeprefix(ANY_CASE) in text):
                self._first[key] = None
            elif searched.ignore_case or "\ufffd" in text:
                # Invalid bytes are decoded to that character, and do not look like it before.
                self._first[key] = b""
            else:
                self._first[key] = text.encode()
        return self._first[key]

    def scan(self, data: bytes | str) -> dict[int, FoundSignature]:
        """Return the matches in a whole text, by the signature's index."""
        scanner = Scanner(self)
        scanner.feed(data.encode("utf-8", "replace") if isinstance(data, str) else data)
        scanner.finish()
        return scanner.found


class Scanner:
    """Scans one stream with a matcher.

    Attributes:
        found: the matches so far, by the signature's index.
        read: the number of bytes read.
    """

    def __init__(self, matcher: Matcher) -> None:
        self._matcher = matcher
        self.found: dict[int, FoundSignature] = {}
        self.read = 0
        self._raw: list[bytes] = []
        self._raw_size = 0
        # One buffer for all blocks, because the system takes long to allocate a new one each time.
        self._data = bytearray()
        self._begin = 0  # What is before this place is done.
        self._line = 1  # The number of the line in which the rest begins.

    def feed(self, data: bytes) -> None:
        """Add the next bytes: UTF-8, split anywhere."""
        self.read += len(data)
        self._raw_size += len(data)
        if self._raw_size < BLOCK:
            self._raw.append(data)
            return
        raw = b"".join((*self._raw, data)) if self._raw else data  # Usually, nothing is copied.
        whole = len(raw) - len(raw) % BLOCK
        for start in range(0, whole, BLOCK):
            self._take(raw[start : start + BLOCK])
            self._look(final=False)
        self._raw_size = len(raw) - whole
        self._raw = [raw[whole:]] if self._raw_size else []

    def flush(self) -> None:
        """Scan the whole lines so far, although more data may follow."""
        raw = b"".join(self._raw)
        end = raw.rfind(b"\n") + 1
        self._raw, self._raw_size = [raw[end:]], len(raw) - end
        self._take(raw[:end])
        self._look(final=True)

    def finish(self) -> None:
        """Scan the rest."""
        self._take(b"".join(self._raw), final=True)
        self._raw, self._raw_size = [], 0
        small = self.read <= MOST_WRAPPED
        text = decoded(self._data) if small else ""
        self._look(final=True)
        if text:
            self._look_unwrapped(text)

    def _look_unwrapped(self, text: str) -> None:
        """Search the text with the lines joined that were cut at a column, for what is not found yet."""
        joined = unwrapped(text)
        if joined is None:
            return
        whole, first = joined
        data = bytearray(whole.encode("utf-8", "replace"))
        found: dict[int, FoundSignature] = {}
        _Block(self._matcher, data, len(data), 1, found).look()
        first.append(text.count("\n") + 1)
        for number, one in found.items():
            known = self.found.get(number)
            index = one.line - 1
            # Two cuts at the same column are no coincidence.
            cuts = first[index + 1] - first[index] - 1
            if known is None or (cuts > 1 and _goes_on(text, known.captures, one.captures)):
                one.line, one.last_line = first[index] + 1, first[one.last_line - 1] + 1
                self.found[number] = one

    _held = b""

    def _take(self, raw: bytes, final: bool = False) -> None:
        """Normalize and add bytes, except those at the end that a later byte may change."""
        raw = self._held + raw
        self._held = b""
        if not final:
            escape = raw.rfind(b"\x1b", len(raw) - 256 if len(raw) > 256 else 0)
            cut = len(raw) - raw.endswith(b"\r")
            if escape >= 0 and b"\n" not in raw[escape:]:
                cut = min(cut, escape)
            raw, self._held = raw[:cut], raw[cut:]
        rest = self._data[self._begin :]
        self._data[: len(rest)] = rest
        self._data[len(rest) :] = normal_bytes(raw)
        self._begin = 0

    def _look(self, final: bool) -> None:
        data = self._data
        if final:
            zone = len(data)
        else:
            zone = data.rfind(b"\n", 0, max(len(data) - AHEAD, 0)) + 1
            if len(data) - zone > LONG_LINE + AHEAD:
                zone = _character(data, len(data) - AHEAD)
        if not zone:
            return
        block = _Block(self._matcher, data, zone, self._line, self.found)
        block.look()
        # A match or a token may begin shortly before the end of the zone and end after it.
        keep = data.rfind(b"\n", 0, max(zone - AHEAD, 0)) + 1
        if zone - keep > AHEAD + LONG_LINE:
            keep = _character(data, zone - AHEAD)
        self._line = block.line_at(keep)
        self._begin = keep


class _Block:
    """Scans one block: confirms each candidate that the finder finds."""

    def __init__(
        self,
        matcher: Matcher,
        data: bytes | bytearray,
        zone: int,
        line: int,
        found: dict[int, FoundSignature],
    ) -> None:
        self.matcher = matcher
        self.signatures = matcher.signatures
        self.data = data
        self.zone = zone
        self.found = found
        self._at, self._line = 0, line
        self._start, self._end, self._number = 0, -1, 0
        self._tried: set[tuple[int, ...]] = set()
        self._window: tuple[int, int] | None = None
        self._forms: list[str] = []
        self._hiding: set[int] = set()  # where lines begin behind whose escapes anchors may hide
        self._next: dict[
            str, tuple[int, int]
        ] = {}  # from where a text is searched for, and its place
        self._seen: dict[tuple[int, int, int], int] = {}  # up to where each part was searched

    def look(self) -> None:
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
            start = _character(self.data, max(start, begin - AHEAD))
            end = _character(self.data, min(end, begin + 2 * AHEAD))
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
        low = _character(self.data, max(0, place - AHEAD))
        before = decoded(self.data[low:place])
        after = decoded(self.data[place : _character(self.data, place + AHEAD)])
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


def _goes_on(text: str, known: dict[str, str], captures: dict[str, str]) -> bool:
    """Return whether a value at the end of a line goes on where lines were joined."""
    ends = [line.rstrip(TRAILING) for line in text.split("\n")]
    return any(
        captures.get(name, "").startswith(value)
        and captures[name] != value
        and any(end.endswith(value) for end in ends)
        for name, value in known.items()
    )


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


def _character(data: bytes | bytearray, at: int) -> int:
    """Return the first place from `at` that is not inside a UTF-8 character."""
    stop = min(at + 4, len(data))
    while at < stop and data[at] & 0xC0 == 0x80:
        at += 1
    return at
