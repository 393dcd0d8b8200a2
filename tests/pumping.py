"""Texts on which a regular expression that backtracks takes too long, and how its time grows on them.

Nothing here depends on how fast the machine is: what counts is how many times longer an expression
takes when its text gets 4 times longer. That is 4 times if it is linear and 16 if it is quadratic;
the line is drawn in the middle. In doubt, a text that is 16 times longer decides. Only CPU time
counts, and the best of several runs.
"""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Iterator, Sequence
from re import _constants as c  # type: ignore[attr-defined]
from re import _parser  # type: ignore[attr-defined]
from typing import Any

# Where a repetition can go on for as long as the text does.
_LONG = 40
_ALPHABET = [
    *map(chr, range(32, 127)),
    "\n",
    "\t",
    "\u00e9",
    "\u00c9",
    "\u2019",
    "\u201c",
    "\u2013",
]
_CATEGORIES: dict[Any, Callable[[str], bool]] = {
    c.CATEGORY_DIGIT: str.isdecimal,
    c.CATEGORY_SPACE: str.isspace,
    c.CATEGORY_WORD: lambda sign: sign.isalnum() or sign == "_",
}
_NEGATED = {
    c.CATEGORY_NOT_DIGIT: c.CATEGORY_DIGIT,
    c.CATEGORY_NOT_SPACE: c.CATEGORY_SPACE,
    c.CATEGORY_NOT_WORD: c.CATEGORY_WORD,
}
_ATOMS = (c.LITERAL, c.NOT_LITERAL, c.ANY, c.IN)
_REPEATS = (c.MAX_REPEAT, c.MIN_REPEAT, c.POSSESSIVE_REPEAT)
_ENDS = ("", "\x01")

Run = Callable[[str], object]


def superlinear(regex: re.Pattern[Any], run: Run) -> str | None:
    """Return what repeats in a text on which the time of an expression grows too fast, or None."""
    source: str | bytes = regex.pattern
    text = source if isinstance(source, str) else source.decode("latin-1")
    if _ways(_parser.parse(text, regex.flags & ~re.UNICODE)) <= _LONG:
        return None  # from each place of a text it makes so few attempts
    for begin, pump, end in texts(text, regex.flags & ~re.UNICODE):
        if _grows(lambda times, b=begin, p=pump, e=end: run(b + p * times + e), len(pump)):
            return f"{begin!r} + {pump!r} * n + {end!r}"
    return None


def _grows(run: Callable[[int], object], size: int) -> bool:
    # Exponential ones first: they would never come back from a longer text.
    short = _cpu(run, 8)
    for times in (12, 16, 20, 24):
        if _cpu(run, times) > 30 * short and min(_cpu(run, times) for _ in range(3)) > 30 * min(
            _cpu(run, 8) for _ in range(3)
        ):
            return True
    for length in (32, 128, 512):  # Cubic ones before texts that are long.
        few = max(4, length // size)  # one or two may match at once, and more not
        many = 4 * few
        ratio = _ratio(run, few, many, 1 if length < 512 else 2)
        if ratio > 24 and _ratio(run, few, many, 5) > 24:
            return True
    if ratio > 9 and _ratio(run, few, many, 5) > 9:
        return True
    if ratio < 5.5:  # as of a linear one
        return False
    return _ratio(run, few, 4 * many, 1) > 48 and _ratio(run, few, 4 * many, 5) > 64


def _ratio(run: Callable[[int], object], few: int, many: int, tries: int) -> float:
    shorter = min(_cpu(run, few) for _ in range(tries))
    return min(_cpu(run, many) for _ in range(tries)) / max(shorter, 1e-9)


def _cpu(run: Callable[[int], object], times: int) -> float:
    begin = time.thread_time()
    run(times)
    return time.thread_time() - begin


def texts(source: str, flags: int) -> list[tuple[str, str, str]]:
    """Return texts made from an expression: how each begins, what repeats in it, how it ends."""
    tree = _parser.parse(source, flags)
    flags = tree.state.flags
    signs = list(_kinds_of_sign(tree, flags))
    pumps = dict.fromkeys(("", pump) for pump in signs)
    for before, seq, at in _repeats(tree, [], flags):
        lead = _word(before, 0, flags)
        own = [
            _word(seq[n : at + 1], variant, flags) for variant in range(3) for n in range(at + 1)
        ]
        bodies = [_word(seq[at][1][2], variant, flags) for variant in range(3)]
        pumps.update(dict.fromkeys(("", pump) for pump in own))
        pumps.update(dict.fromkeys((lead, pump) for pump in bodies))
        pumps[lead, " "] = None
    for variant in range(3):
        whole = _word(tree, variant, flags)
        pumps.update(dict.fromkeys((("", whole), ("", whole[:-1]))))
    return [(begin, pump, end) for begin, pump in pumps if pump for end in _ENDS]


def _repeats(seq: Any, before: list[Any], flags: int) -> Iterator[tuple[list[Any], Any, int]]:
    """Yield each repetition without a limit: what stands before it, its sequence, its place there."""
    for at, (op, value) in enumerate(seq):
        lead = [*before, *seq[:at]]
        if op in _REPEATS:
            if value[1] == c.MAXREPEAT or value[1] > _LONG:
                yield lead, list(seq), at
            yield from _repeats(value[2], lead, flags)
        elif op is c.SUBPATTERN:
            yield from _repeats(value[3], lead, flags)
        elif op is c.BRANCH:
            for way in value[1]:
                yield from _repeats(way, lead, flags)
        elif op is c.ATOMIC_GROUP:
            yield from _repeats(value, lead, flags)
        elif op in (c.ASSERT, c.ASSERT_NOT):
            yield from _repeats(value[1], lead, flags)


def _ways(seq: Any) -> int:
    """Return how often what a sequence repeats may be repeated in all; an endless repetition is 1,000."""
    ways = 1
    for op, value in seq:
        if op in _REPEATS:
            ways *= max(1, min(value[1], 1000)) * _ways(value[2])
        elif op is c.SUBPATTERN:
            ways *= _ways(value[3])
        elif op is c.BRANCH:
            ways *= max(map(_ways, value[1]))
        elif op is c.ATOMIC_GROUP:
            ways *= _ways(value)
        elif op in (c.ASSERT, c.ASSERT_NOT):
            ways *= _ways(value[1])
    return ways


def _word(seq: Any, variant: int, flags: int) -> str:
    """Return a text that a sequence matches, look-arounds aside; variants differ in their choices."""
    parts: list[str] = []
    for op, value in seq:
        if op in _ATOMS:
            parts.append(_sign(op, value, variant, flags))
        elif op in _REPEATS:
            times = max(value[0], 1) if variant != 1 else value[0]
            parts.append(_word(value[2], variant, flags) * min(times, 50))
        elif op is c.SUBPATTERN:
            parts.append(_word(value[3], variant, flags))
        elif op is c.BRANCH:
            ways = value[1]
            parts.append(_word(ways[(variant * 7) % len(ways)], variant, flags))
        elif op is c.ATOMIC_GROUP:
            parts.append(_word(value, variant, flags))
    return "".join(parts)


def _sign(op: Any, value: Any, variant: int, flags: int) -> str:
    if op is c.LITERAL:
        return chr(value)
    fitting = [sign for sign in ("a", "0", "A", *_ALPHABET) if _fits(op, value, sign, flags)]
    if not fitting:
        return _any_of(value) if op is c.IN else "a"
    return (fitting[0], fitting[-1], fitting[len(fitting) // 2])[variant]


def _any_of(items: Sequence[Any]) -> str:
    for op, value in items:
        if op is c.LITERAL:
            return chr(value)
        if op is c.RANGE:
            return chr(value[0])
    return "a"


def _kinds_of_sign(tree: Any, flags: int) -> Iterator[str]:
    """Yield a character for each set of atoms of the expression that take the same characters."""
    atoms = list(_atoms(tree))
    literals = [chr(value) for op, value in atoms if op in (c.LITERAL, c.NOT_LITERAL)]
    seen: set[tuple[bool, ...]] = set()
    for sign in dict.fromkeys(("a", "A", "0", " ", *literals, *_ALPHABET)):
        kind = tuple(_fits(op, value, sign, flags) for op, value in atoms)
        if kind not in seen and any(kind):
            seen.add(kind)
            yield sign
        if len(seen) > 40:
            return


def _atoms(seq: Any) -> Iterator[tuple[Any, Any]]:
    for op, value in seq:
        if op in _ATOMS:
            yield op, value
        elif op in _REPEATS:
            yield from _atoms(value[2])
        elif op is c.SUBPATTERN:
            yield from _atoms(value[3])
        elif op is c.BRANCH:
            for way in value[1]:
                yield from _atoms(way)
        elif op is c.ATOMIC_GROUP:
            yield from _atoms(value)
        elif op in (c.ASSERT, c.ASSERT_NOT):
            yield from _atoms(value[1])


def _fits(op: Any, value: Any, sign: str, flags: int) -> bool:
    if op is c.ANY:
        return sign != "\n" or bool(flags & re.DOTALL)
    cases = (sign, sign.lower(), sign.upper()) if flags & re.IGNORECASE else (sign,)
    if op is c.LITERAL:
        return chr(value) in cases
    if op is c.NOT_LITERAL:
        return chr(value) not in cases
    inside = any(_in_class(item, case) for item in value for case in cases)
    return inside is not (value[0][0] is c.NEGATE)


def _in_class(item: tuple[Any, Any], sign: str) -> bool:
    op, value = item
    if op is c.LITERAL:
        return sign == chr(value)
    if op is c.RANGE:
        return len(sign) == 1 and value[0] <= ord(sign) <= value[1]
    if op is c.CATEGORY:
        negated = value in _NEGATED
        return _CATEGORIES[_NEGATED.get(value, value)](sign) is not negated
    return False
