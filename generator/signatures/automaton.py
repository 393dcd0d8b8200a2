r"""Regular expressions as automata, which take time in proportion to the text, whatever the expression.

Python's `re` and a browser's `RegExp` try one way after another: `.*a.*b.*c` can take hours on a line of
two thousand characters. Here an expression becomes an automaton of positions (Glushkov 1961): one
for each character in the expression, with the positions that can follow it, and what must hold between
both (`^`, `$`, `\b`, `\B`). It runs over a text by the set of positions that are possible, and keeps
each set that it has met (a lazy DFA, as RE2 does it).

Which match is found: the one that starts first, and of those the longest.
"""

from __future__ import annotations

import warnings
from bisect import bisect_right
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from functools import lru_cache
from itertools import chain
from math import inf
from re import ASCII, error
from re import _constants as code  # type: ignore[attr-defined]
from re import _parser as parser  # type: ignore[attr-defined]
from typing import Any

POSITIONS_MAX = 3_000
EDGES_MAX = 100_000  # `.*` many times has few positions, and an edge for every two of them
_KEPT = 5_000  # transitions of one run that are kept: more are forgotten, and made again

_END = 0x110000
Ranges = tuple[tuple[int, int], ...]
"""Characters, as pairs of the first and the last code point, in order."""
Needs = frozenset[str]
"""What must hold between two characters: a subset of `^`, `$`, `b`, `B`."""
_NOTHING: frozenset[Needs] = frozenset((frozenset(),))

_DIGIT: Ranges = ((48, 57),)
_SPACE: Ranges = ((9, 13), (32, 32))
_WORD: Ranges = ((48, 57), (65, 90), (95, 95), (97, 122))
_LINE_END: Ranges = ((10, 10),)
_MARKS = {"^": 1, "$": 2, "b": 4, "B": 8}
_AT = {
    code.AT_BEGINNING: "^", code.AT_BEGINNING_STRING: "^",
    code.AT_END: "$", code.AT_END_STRING: "$",
    code.AT_BOUNDARY: "b", code.AT_NON_BOUNDARY: "B",
}  # fmt: skip


_CHOICES = 3
_FEW = 4
_GROUPS = (code.SUBPATTERN, code.BRANCH, code.MAX_REPEAT, code.MIN_REPEAT)

TOO_LARGE = (
    f"the expression is too large: after its repeats are expanded, it has more than {POSITIONS_MAX:,} "
    f"characters, or more than {EDGES_MAX:,} ways from one of them to the next",
    "write `*` or `+` instead of a large number of repeats",
)
"""What to say of such an expression, and what to write instead."""

NO_EXPRESSION = (error, RecursionError, OverflowError, ValueError)
"""What `re` raises for text that is not an expression; a `ValueError` for a number with 5,000 digits."""


class TooLarge(ValueError):
    """An expression has too many positions, or something that an automaton does not have."""


@dataclass(frozen=True)
class _Part:
    """A part of an expression.

    Attributes:
        empty: what must hold where it matches nothing; empty if it always matches a character.
        first: the positions that it can begin with, and what must hold before each.
        last: those that it can end with, and what must hold after each.
    """

    empty: frozenset[Needs]
    first: dict[int, frozenset[Needs]]
    last: dict[int, frozenset[Needs]]


@dataclass
class _Builder:
    ranges: list[Ranges] = field(default_factory=list)
    follow: list[dict[int, frozenset[Needs]]] = field(default_factory=list)
    edges: int = 0

    def sequence(self, items: Iterable[tuple[Any, Any]]) -> _Part:
        part = _Part(_NOTHING, {}, {})
        for operator, value in items:
            part = self._joined(part, self._item(operator, value))
        return part

    def _item(self, operator: Any, value: Any) -> _Part:
        if operator is code.AT:
            return _Part(frozenset((frozenset(_AT[value]),)), {}, {})
        if operator is code.SUBPATTERN:
            return self.sequence(value[-1])
        if operator is code.BRANCH:
            return self._either(self.sequence(one) for one in value[1])
        if operator in (code.MAX_REPEAT, code.MIN_REPEAT):
            return self._repeated(*value)
        return self._character(_ranges(operator, value))

    def _character(self, ranges: Ranges) -> _Part:
        position = len(self.ranges)
        if position == POSITIONS_MAX:
            raise TooLarge
        self.ranges.append(ranges)
        self.follow.append({})
        return _Part(frozenset(), {position: _NOTHING}, {position: _NOTHING})

    def _repeated(self, low: int, high: int, items: Any) -> _Part:
        part = _Part(_NOTHING, {}, {})
        endless = high == code.MAXREPEAT
        for number in range(max(low, 1) if endless else high):
            one = self.sequence(items)
            if endless and number == max(low, 1) - 1:
                self._link(one, one)
            if number >= low:
                one = _Part(one.empty | _NOTHING, one.first, one.last)
            part = self._joined(part, one)
        return part

    @staticmethod
    def _either(parts: Iterable[_Part]) -> _Part:
        every = list(parts)
        return _Part(
            frozenset().union(*(part.empty for part in every)),
            dict(chain.from_iterable(part.first.items() for part in every)),
            dict(chain.from_iterable(part.last.items() for part in every)),
        )

    def _joined(self, left: _Part, right: _Part) -> _Part:
        self._link(left, right)
        return _Part(
            _both(left.empty, right.empty),
            _merged(left.first, {p: _both(left.empty, n) for p, n in right.first.items()}),
            _merged(right.last, {p: _both(n, right.empty) for p, n in left.last.items()}),
        )

    def _link(self, left: _Part, right: _Part) -> None:
        self.edges += len(left.last) * len(right.first)
        if self.edges > EDGES_MAX:
            raise TooLarge
        for before, after in left.last.items():
            follow = self.follow[before]
            for position, needs in right.first.items():
                follow[position] = follow.get(position, frozenset()) | _both(after, needs)


def _both(left: frozenset[Needs], right: frozenset[Needs]) -> frozenset[Needs]:
    return frozenset(one | other for one in left for other in right)


def _merged(
    one: dict[int, frozenset[Needs]], other: dict[int, frozenset[Needs]]
) -> dict[int, frozenset[Needs]]:
    found = {p: needs for p, needs in other.items() if needs}
    return found | {p: needs | found.get(p, frozenset()) for p, needs in one.items()}


def _ranges(operator: Any, value: Any) -> Ranges:
    if operator is code.LITERAL:
        return ((value, value),)
    if operator is code.NOT_LITERAL:
        return _others(((value, value),))
    if operator is code.ANY:
        return _others(((10, 10),))
    if operator is code.CATEGORY:
        return _category(value)
    if operator is code.IN:
        negated = value[0][0] is code.NEGATE
        found = _sorted(chain.from_iterable(_ranges(*one) for one in value[negated:]))
        return _others(found) if negated else found
    if operator is code.RANGE:
        return (tuple(value),)
    raise TooLarge(str(operator))


def _category(value: Any) -> Ranges:
    name = str(value).rpartition("CATEGORY_")[2]
    ranges = {"DIGIT": _DIGIT, "SPACE": _SPACE, "WORD": _WORD}[name.removeprefix("NOT_")]
    return _others(ranges) if name.startswith("NOT_") else ranges


def _sorted(ranges: Iterable[tuple[int, int]]) -> Ranges:
    """Return ranges in order, those that touch as one."""
    found: list[tuple[int, int]] = []
    for low, high in sorted(ranges):
        if found and low <= found[-1][1] + 1:
            found[-1] = (found[-1][0], max(found[-1][1], high))
        else:
            found.append((low, high))
    return tuple(found)


def _others(ranges: Ranges) -> Ranges:
    """Return all other characters."""
    found, begin = [], 0
    for low, high in (*_sorted(ranges), (_END, _END)):
        if begin < low:
            found.append((begin, low - 1))
        begin = high + 1
    return tuple(found)


class Automaton:
    """An expression that runs in time proportional to the text.

    Args:
        pattern: the expression; `generator.rules.patterns` says which ones are allowed.
        multiline: whether `^` and `$` also hold at the beginning and the end of each line.

    Raises:
        TooLarge: it has more than `POSITIONS_MAX` characters, or more than `EDGES_MAX` ways from one
            to the next, after its repeats are written out.
    """

    def __init__(self, pattern: str, *, multiline: bool = False) -> None:
        builder = _Builder()
        whole = builder.sequence(_parsed(pattern))
        self._empty = whole.empty
        self._follow = builder.follow
        self._before: list[dict[int, frozenset[Needs]]] = [{} for _ in builder.follow]
        for position, follow in enumerate(builder.follow):
            for after, needs in follow.items():
                self._before[after][position] = needs
        self._first, self._last = whole.first, whole.last
        bounds = {0, *chain.from_iterable((low, high + 1) for one in (*builder.ranges, _WORD, _LINE_END) for low, high in one)}  # fmt: skip
        self._bounds = sorted(bound for bound in bounds if bound < _END)
        # For each position the kinds of characters that it takes; a kind is a place in `_bounds`.
        self._takes = [frozenset(self._kinds(one)) for one in builder.ranges]
        self._words = frozenset(self._kinds(_WORD))
        self._borders = frozenset((-1, *self._kinds(_LINE_END))) if multiline else frozenset((-1,))
        self._memory: dict[tuple[Any, ...], tuple[frozenset[int], bool]] = {}

    def _kinds(self, ranges: Ranges) -> Iterator[int]:
        for low, high in ranges:
            first = bisect_right(self._bounds, low) - 1
            yield from range(first, bisect_right(self._bounds, high))

    def search(self, text: str) -> tuple[int, int] | None:
        """Return where the first match begins and where the longest from there ends, or None."""
        bounds = self._bounds
        seen: dict[str, int] = {}
        kinds = []
        for character in text:
            kind = seen.get(character)
            if kind is None:
                kind = seen[character] = bisect_right(bounds, ord(character)) - 1
            kinds.append(kind)
        start = self._start(kinds)
        return None if start < 0 else (start, self._end(kinds, start))

    def _start(self, kinds: list[int]) -> int:
        """Return the first place from which a match begins: from the right, all ends together."""
        state: frozenset[int] = frozenset()
        start, right = -1, -1
        for place in range(len(kinds) - 1, -2, -1):
            left = kinds[place] if place >= 0 else -1
            state, begins = self._step("<", state, left, right)
            if begins:
                start = place + 1
            right = left
        return start

    def _end(self, kinds: list[int], start: int) -> int:
        """Return where the longest match from a place ends."""
        state: frozenset[int] | None = None
        left = kinds[start - 1] if start else -1
        end = start
        for place in range(start, len(kinds) + 1):
            right = kinds[place] if place < len(kinds) else -1
            state, ends = self._step(">" if state is not None else "|", state or frozenset(), left, right)  # fmt: skip
            if ends:
                end = place
            if not state:
                break
            left = right
        return end

    def _step(self, way: str, state: frozenset[int], left: int, right: int) -> tuple[frozenset[int], bool]:  # fmt: skip
        """Return the positions after the next character, and whether a match has its border here."""
        key = (way, state, left, right)
        known = self._memory.get(key)
        if known is None:
            if len(self._memory) >= _KEPT:
                self._memory.clear()
            known = self._memory[key] = self._made(way, state, left, right)
        return known

    def _made(self, way: str, state: frozenset[int], left: int, right: int) -> tuple[frozenset[int], bool]:  # fmt: skip
        held = self._held(left, right)

        def holds(needs: frozenset[Needs]) -> bool:
            return any(one <= held for one in needs)

        border = self._first if way == "<" else self._last
        edges = self._before if way == "<" else self._follow
        taken = left if way == "<" else right
        found = way != ">" and holds(self._empty)
        after: set[int] = set()
        for position in state:
            found = found or (position in border and holds(border[position]))
            after.update(p for p, needs in edges[position].items() if holds(needs))
        if way != ">":
            begin = self._last if way == "<" else self._first
            after.update(p for p, needs in begin.items() if holds(needs))
        return frozenset(p for p in after if taken in self._takes[p]), found

    def _held(self, left: int, right: int) -> Needs:
        """Return what holds between two kinds of characters; -1 is the border of the text."""
        edge = (left in self._words) != (right in self._words)
        held = {"b" if edge else "B"}
        held |= {"^"} if left in self._borders else set()
        return frozenset(held | ({"$"} if right in self._borders else set()))

    def as_data(self) -> list[object]:
        """Return it for the engine of the pages, `match-engine.js`, which runs it in the same way.

        Returns:
            The bounds of the kinds of characters; the kinds in words; for each position what it takes
            and what can follow; what it can begin and end with, and when it matches nothing. What must
            hold is a sum of 1 `^`, 2 `$`, 4 `\\b`, 8 `\\B`.
        """

        def marks(needs: frozenset[Needs]) -> list[int]:
            return sorted(sum(_MARKS[one] for one in each) for each in needs)

        def edges(to: dict[int, frozenset[Needs]]) -> list[list[object]]:
            return [[position, marks(needs)] for position, needs in sorted(to.items()) if needs]

        return [
            self._bounds,
            sorted(self._words),
            [sorted(kinds) for kinds in self._takes],
            [edges(follow) for follow in self._follow],
            edges(self._first),
            edges(self._last),
            marks(self._empty),
        ]


def _parsed(pattern: str) -> Iterable[tuple[Any, Any]]:
    with warnings.catch_warnings(action="ignore"):  # of a set that may mean more one day
        return parser.parse(pattern, ASCII)  # type: ignore[no-any-return]


def is_simple(pattern: str) -> bool:
    """Say whether an engine that tries one way after another has few ways to try.

    It has one endless repeat of one character at most, and few other choices.
    """
    endless, choices = _ways(_parsed(pattern))
    return endless <= 1 and choices <= _CHOICES


def _ways(items: Iterable[tuple[Any, Any]]) -> tuple[float, float]:
    """Return how many endless repeats of one character an expression has, and how many other choices."""
    endless = choices = 0.0
    for operator, value in items:
        inner: tuple[float, float] = (0, 0)
        times = 1
        if operator is code.SUBPATTERN:
            inner = _ways(value[-1])
        elif operator is code.BRANCH:
            inner = tuple(map(sum, zip(*map(_ways, value[1]), strict=True)))  # type: ignore[assignment]
            choices += 1
        elif operator in (code.MAX_REPEAT, code.MIN_REPEAT):
            low, high, repeated = value
            if low == high:
                inner, times = _ways(repeated), high
            elif len(repeated) != 1 or repeated[0][0] in _GROUPS:
                return inf, inf
            elif high > _FEW:
                endless += 1
            else:
                choices += 1
        endless, choices = endless + times * inner[0], choices + times * inner[1]
    return endless, choices


@lru_cache(maxsize=512)
def automaton_of(pattern: str, *, multiline: bool = False) -> Automaton | None:
    """Return the automaton that an expression needs; None if `re` is fast enough for it.

    Raises:
        TooLarge: see `Automaton`.
        re.error: it is not an expression.
    """
    return None if is_simple(pattern) else Automaton(pattern, multiline=multiline)
