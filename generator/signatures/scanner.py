"""Finds signatures in a stream of bytes of any length, in bounded memory.

The stream is scanned in blocks. A match is accepted in the block in which its first line begins,
and only if the next 8 KiB are known too, so the result does not depend on how the stream is split.
In a line of more than 64 KiB, only windows around the anchors are searched.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field

from generator.signatures.anchors import anchors
from generator.signatures.language import MAX_MATCH, Signature, SignatureMatch, Template
from generator.signatures.normal_text import decoded, line_ends, normal_bytes, unescaped_forms
from generator.signatures.prefilter import SMALL, FixedTextFinder, PlainFinder, make_finder

# As in match-engine.js. What is around the border of two blocks is searched twice, and a line of more
# than LONG_LINE may be cut there, so there are few of them.
BLOCK = 1 << 20
LONG_LINE = 64 * 1024
AHEAD = MAX_MATCH + 1024  # Some characters take more than one byte.
EXCERPT = 400
VALUES = 5

_ESCAPED = b"\\u"
# A capture with one of these comes from a JSON string: its unescaped form is the real value.
_JSON = re.compile(r'\\(?:"|u[0-9A-Fa-f]{4})')


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


class Matcher:
    """Finds many signatures. It has no state of a stream."""

    def __init__(
        self,
        signatures: Sequence[Signature],
        chosen: Sequence[bytes | None] | None = None,
        finder: str | None = None,
    ) -> None:
        """Prepare the matcher.

        Args:
            signatures: the signatures; results refer to them by index.
            chosen: the anchor of each signature; None to choose them here.
            finder: the name of a finder; None for the fastest.
        """
        self.signatures = signatures
        self._finder_name = finder
        users: dict[bytes, list[int]] = {_ESCAPED: []}
        self.always: list[int] = []
        for number, text in enumerate(anchors(signatures) if chosen is None else chosen):
            if text is None:
                self.always.append(number)
            else:
                users.setdefault(text, []).append(number)
        self.texts = tuple(users)
        self.users = tuple(map(tuple, users.values()))
        self._chosen = {n: text for text, numbers in users.items() for n in numbers}
        self._back: dict[int, bool] = {}
        self._first: dict[int, bytes] = {}
        self._plain = PlainFinder(self.texts)
        self._fast: FixedTextFinder | None = None

    def begins_before(self, number: int) -> bool:
        """Return whether a match may begin on a line before the one with the signature's anchor."""
        known = self._back.get(number)
        if known is None:
            signature = self.signatures[number]
            anchor = self._chosen.get(number, b"")
            known = isinstance(signature, Template) and (anchor not in signature.chunks[0].encode())
            self._back[number] = known
        return known

    def first_text(self, number: int) -> bytes:
        """Return a text that stands on the line on which a match begins; empty if any line may do."""
        known = self._first.get(number)
        if known is None:
            chunk = self.signatures[number].chunks[0]
            # Invalid bytes are decoded to this character, and do not look like it before.
            known = self._first[number] = b"" if "\ufffd" in chunk else chunk.encode()
        return known

    def finder(self, size: int) -> FixedTextFinder:
        """Return the finder for data of a size."""
        if self._finder_name is None and size <= SMALL:
            return self._plain
        if self._fast is None:
            self._fast = make_finder(self.texts, self._finder_name)
        return self._fast

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
        self._look(final=True)

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
        self._tried: set[int | tuple[int, int]] = set()
        self._window: tuple[int, int] | None = None
        self._forms: list[str] = []
        self._seen: dict[int, int] = {}  # The place up to which each signature was searched.

    def look(self) -> None:
        finder = self.matcher.finder(len(self.data))
        for at, text in finder.hits(self.data):
            self._go_to(at)
            users = self.matcher.users[text]
            if text == 0:
                users = self._hidden(finder)
            for number in users:
                self._candidate(number, at)
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

    def _hidden(self, finder: FixedTextFinder) -> tuple[int, ...]:
        r"""Return the signatures that escapes such as \u0041 may hide in this line."""
        if -1 in self._tried or self._end - self._start > LONG_LINE:
            return ()
        self._tried.add(-1)
        numbers: dict[int, None] = {}
        for form in unescaped_forms(decoded(self.data[self._start : self._end])):
            for _, text in finder.hits(form.encode("utf-8", "replace")):
                numbers.update(dict.fromkeys(self.matcher.users[text]))
        return tuple(numbers)

    def _every_line(self) -> None:
        self._at, self._end = 0, -1
        at, self._line = 0, self._line - line_ends(self.data, 0, self._start)
        while at < self.zone:
            self._go_to(at)
            for number in self.matcher.always:
                self._candidate(number, at)
            at = self._end + 1

    def _candidate(self, number: int, at: int) -> None:
        known = self.found.get(number)
        if known and known.last_line >= self._line:
            return
        start, end = self._start, self._end
        if end - start > LONG_LINE:
            # One window for all that stands close together: a line can hold the text many times.
            part = (at - start) // AHEAD
            if (number, part) in self._tried:
                return
            self._tried.add((number, part))
            begin = start + part * AHEAD
            start = _character(self.data, max(start, begin - AHEAD))
            end = _character(self.data, min(end, begin + 2 * AHEAD))
        elif number in self._tried:
            return
        else:
            self._tried.add(number)
        signature = self.signatures[number]
        if self._raw(number, signature, start, end) or b"\\" not in self.data[start:end]:
            return
        if self._start < self.zone:
            self._unescaped(number, signature, start, end)

    def _unescaped(self, number: int, signature: Signature, start: int, end: int) -> bool:
        """Search the line without JSON escapes; return whether it has a match."""
        for form in self._unescaped_forms(start, end):
            match = signature.find(form)
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

    def _raw(self, number: int, signature: Signature, start: int, end: int) -> bool:
        """Search the text as it is; return whether a match begins on the candidate's line."""
        data = self.data
        begin = start
        if start == self._start and self.matcher.begins_before(number):
            begin = data.rfind(b"\n", 0, max(start - AHEAD, 0)) + 1
            if start - begin > AHEAD + LONG_LINE:
                begin = start
            begin = min(max(begin, self._seen.get(number, 0)), start)
            self._seen[number] = end + 1
            if data.find(self.matcher.first_text(number), begin, start) < 0:
                begin = start  # No match begins on an earlier line: the common case.
        if begin == start and self._start <= start < self.zone and end - start <= LONG_LINE:
            quick = _inside(signature, decoded(data[start:end]))
            if quick and not any(map(_JSON.search, quick[1].captures.values())):
                self._record(number, self._line, *quick)
                return True
        ahead = AHEAD if isinstance(signature, Template) else 0
        text = decoded(data[begin : min(len(data), end + ahead)])
        own = len(decoded(data[begin:start])) if begin < start else 0
        last = own + len(decoded(data[start:end]))
        position = 0
        while position <= last:
            match = signature.find(text, position, last)
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
                and any(map(_JSON.search, match.captures.values()))
                and self._unescaped(number, signature, start, end)
            ):
                self._record(number, line, text, match)
            if match.start >= own:
                return True
            position = text.find("\n", match.start) + 1
        return False

    def _record(self, number: int, line: int, text: str, match: SignatureMatch) -> None:
        excerpt = _excerpt(text, match)
        known = self.found.get(number)
        if known is None:
            known = self.found[number] = FoundSignature(
                0, line, excerpt, line, excerpt, match.captures
            )
        elif line <= known.last_line:
            return
        known.add(line, excerpt, match.captures)


def _inside(signature: Signature, line: str) -> tuple[str, SignatureMatch] | None:
    """Return a line's match if the text after the line cannot change it: the common case."""
    match = signature.find(line)
    if not match or match.end >= len(line):
        return None
    if isinstance(signature, Template) and match.start > line.find(signature.chunks[0]):
        return None
    return line, match


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
