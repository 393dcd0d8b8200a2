"""Finds signatures in a stream of bytes of any length, in bounded memory.

The stream is scanned in blocks. A match is accepted in the block in which its first line begins,
and only if the next 8 KiB are known too, so the result does not depend on how the stream is split.
In a line of more than 64 KiB, only windows around the anchors are searched.
"""

from __future__ import annotations

from collections.abc import Sequence

from generator.signatures.anchors import ANY_CASE, anchors, slots
from generator.signatures.block import AHEAD, LONG_LINE, Block, FoundSignature, character
from generator.signatures.language import CompiledSignature, Form
from generator.signatures.normal_text import (
    HIDING,
    MOST_WRAPPED,
    decoded,
    normal_bytes,
    unwrapped,
)
from generator.signatures.prefilter import SMALL, FixedTextFinder, Hits, PlainFinder, make_finder
from generator.signatures.template import TRAILING

BLOCK = 1 << 20
"""As in match-engine.js; few, because what is around the border of two is searched twice."""

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
        Block(self._matcher, data, len(data), 1, found).look()
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
                zone = character(data, len(data) - AHEAD)
        if not zone:
            return
        block = Block(self._matcher, data, zone, self._line, self.found)
        block.look()
        # A match or a token may begin shortly before the end of the zone and end after it.
        keep = data.rfind(b"\n", 0, max(zone - AHEAD, 0)) + 1
        if zone - keep > AHEAD + LONG_LINE:
            keep = character(data, zone - AHEAD)
        self._line = block.line_at(keep)
        self._begin = keep


def _goes_on(text: str, known: dict[str, str], captures: dict[str, str]) -> bool:
    """Return whether a value at the end of a line goes on where lines were joined."""
    ends = [line.rstrip(TRAILING) for line in text.split("\n")]
    return any(
        captures.get(name, "").startswith(value)
        and captures[name] != value
        and any(end.endswith(value) for end in ends)
        for name, value in known.items()
    )
