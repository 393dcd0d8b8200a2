r"""Regular expressions for bash, from those that RE2, Python and JavaScript share.

Bash compares with POSIX extended expressions, on the whole output at once and byte by byte (the
locale is `C`). An expression without an exact translation is not translated; a person decides instead.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from generator.checklists.formats.bash_text import encoded

_DIGITS = frozenset(range(0x30, 0x3A))
_WORD = _DIGITS | frozenset(range(0x41, 0x5B)) | frozenset(range(0x61, 0x7B)) | {0x5F}
_SPACE = frozenset(b" \t\n\r\f\v")
_CLASSES = {"d": _DIGITS, "w": _WORD, "s": _SPACE}
_CONTROLS = {"n": 10, "t": 9, "r": 13, "f": 12, "v": 11}
_ASCII = frozenset(range(1, 0x80))
# One character of UTF-8 that is not ASCII.
_WIDE = b"[\xc2-\xf4][\x80-\xbf]+"
# POSIX guarantees no more.
_MOST_REPEATS = 255

_QUANTIFIER = re.compile(r"([*+?]|\{(\d+)(?:,(\d*))?\})\??")
_CLASS_PART = re.compile(r"\\(x[0-9a-fA-F]{2}|.)|([^\\\]])", re.DOTALL)


class _CannotSay(Exception):
    """The translation would not be exact."""


@dataclass(frozen=True, slots=True)
class _One:
    """One character: the ASCII characters in `among`; with `wide`, also all other characters."""

    among: frozenset[int]
    wide: bool = False


@dataclass(frozen=True, slots=True)
class _Text:
    """A character that is not ASCII."""

    value: bytes


@dataclass(frozen=True, slots=True)
class _At:
    """A position between characters: `^`, `$` or `b`."""

    what: str


@dataclass(frozen=True, slots=True)
class _Repeat:
    node: _Node
    times: str


@dataclass(frozen=True, slots=True)
class _Choice:
    """Alternatives: one of several sequences."""

    ways: tuple[tuple[_Node, ...], ...]


_Node = _One | _Text | _At | _Repeat | _Choice


def to_ere(pattern: str) -> bytes | None:
    """Translate a regular expression for bash; None if there is no exact translation.

    Args:
        pattern: an expression that `judge` would search in an output; `^` and `$` match at each line.
    """
    try:
        choice, end = _choice(pattern, 0)
        if end != len(pattern):
            return None
        return _write_choice(choice, first=True, last=True) or b"()"
    except (_CannotSay, RecursionError):
        return None


def _choice(pattern: str, position: int) -> tuple[_Choice, int]:
    ways: list[tuple[_Node, ...]] = []
    sequence: list[_Node] = []
    while position < len(pattern) and pattern[position] != ")":
        if pattern[position] == "|":
            ways.append(tuple(sequence))
            sequence = []
            position += 1
            continue
        node, position = _atom(pattern, position)
        quantifier = _QUANTIFIER.match(pattern, position)
        if quantifier:
            position = quantifier.end()
            node = _Repeat(node, _times(quantifier))
            if pattern[position : position + 1] in tuple("*+?"):
                raise _CannotSay
        sequence.append(node)
    return _Choice((*ways, tuple(sequence))), position


def _times(quantifier: re.Match[str]) -> str:
    low, high = quantifier[2], quantifier[3]
    if any(number and int(number) > _MOST_REPEATS for number in (low, high)):
        raise _CannotSay
    return quantifier[1]


def _atom(pattern: str, position: int) -> tuple[_Node, int]:
    sign = pattern[position]
    if sign == "(":
        begin = position + 3 if pattern.startswith("(?:", position) else position + 1
        if pattern[begin : begin + 1] == "?":
            raise _CannotSay
        inner, end = _choice(pattern, begin)
        if pattern[end : end + 1] != ")":
            raise _CannotSay
        return inner, end + 1
    if sign == "[":
        return _class(pattern, position + 1)
    if sign == ".":
        return _One(_ASCII - {10}, wide=True), position + 1
    if sign in "^$":
        return _At(sign), position + 1
    if sign == "\\":
        found = re.compile(r"\\(x[0-9a-fA-F]{2}|.)", re.DOTALL).match(pattern, position)
        if not found:
            raise _CannotSay
        if found[1] == "b":
            return _At("b"), found.end()
        return _escape(found[1]), found.end()
    if sign in "*+?{":
        raise _CannotSay
    return _character(sign), position + 1


def _character(sign: str) -> _Node:
    if sign == "\0":
        raise _CannotSay
    return _One(frozenset((ord(sign),))) if ord(sign) < 0x80 else _Text(encoded(sign))


def _escape(escape: str) -> _Node:
    if escape.lower() in _CLASSES:
        members = _CLASSES[escape.lower()]
        return _One(members) if escape.islower() else _One(_ASCII - members, wide=True)
    if escape in _CONTROLS:
        return _One(frozenset((_CONTROLS[escape],)))
    if escape[0] == "x" and len(escape) == 3:
        return _character(chr(int(escape[1:], 16)))
    if escape.isalnum() or ord(escape) >= 0x80:
        raise _CannotSay
    return _character(escape)


def _class(pattern: str, position: int) -> tuple[_Node, int]:
    negated = pattern.startswith("^", position)
    position += negated
    members: set[int] = set()
    wide_texts: list[bytes] = []
    wide = False
    pending: int | None = None  # a range may begin here
    while position < len(pattern) and pattern[position] != "]":
        is_range = pending is not None and pattern[position] == "-"
        if is_range and pattern[position + 1 : position + 2] not in ("]", ""):
            position += 1
        else:
            is_range = False
        part = _CLASS_PART.match(pattern, position)
        if not part or part[1] == "b":
            raise _CannotSay
        position = part.end()
        node = _escape(part[1]) if part[1] else _character(part[2])
        if isinstance(node, _Text):
            if is_range:
                raise _CannotSay
            wide_texts.append(node.value)
            pending = None
            continue
        assert isinstance(node, _One)
        single = next(iter(node.among)) if len(node.among) == 1 and not node.wide else None
        if is_range:
            assert pending is not None
            if single is None or single < pending:
                raise _CannotSay
            members.update(range(pending, single + 1))
            pending = None
        else:
            members |= node.among
            wide = wide or node.wide
            pending = single
    if position >= len(pattern):
        raise _CannotSay
    position += 1
    if negated:
        if wide_texts:
            raise _CannotSay
        return _One(_ASCII - members, wide=not wide), position
    one = _One(frozenset(members), wide)
    if not wide_texts or wide:
        return one, position
    ways: list[tuple[_Node, ...]] = [(_Text(text),) for text in wide_texts]
    return _Choice((*ways, *(((one,),) if members else ()))), position


def _write_choice(choice: _Choice, *, first: bool, last: bool) -> bytes:
    """Write alternatives, separated by bars; in parentheses if there are several."""
    written = [_write_sequence(way, first=first, last=last) for way in choice.ways]
    filled = [way for way in dict.fromkeys(written) if way]
    if len(filled) == 1 and len(choice.ways) == 1:
        return filled[0]
    if not filled:
        return b""
    # An empty alternative means different things in different libraries.
    return b"(" + b"|".join(filled) + b")" + (b"?" if b"" in written else b"")


def _write_sequence(nodes: tuple[_Node, ...], *, first: bool, last: bool) -> bytes:
    written = b""
    for number, node in enumerate(nodes):
        begins = first and number == 0
        ends = last and number == len(nodes) - 1
        if isinstance(node, _At) and node.what == "b":
            beside = nodes[number + 1] if begins and not ends else nodes[number - 1]
            written += _write_boundary(beside, begins=begins, ends=ends)
        else:
            written += _write(node, first=begins, last=ends)
    return written


def _write_boundary(beside: _Node, *, begins: bool, ends: bool) -> bytes:
    r"""Write `\b`, which POSIX does not have, as the character that must or must not be there."""
    if begins == ends or not _is_word(beside, -1 if ends else 0):
        raise _CannotSay
    other = _bracket(_WORD | frozenset(range(0x80, 0x100)), negated=True)
    return b"(^|" + other + b")" if begins else b"(" + other + b"|$)"


def _is_word(node: _Node, edge: int) -> bool:
    """Whether a part always begins (edge 0) or ends (edge -1) with a word character."""
    if isinstance(node, _Repeat):
        return _is_word(node.node, edge) and not re.match(r"[*?]|\{0", node.times)
    if isinstance(node, _Choice):
        return all(way and _is_word(way[edge], edge) for way in node.ways)
    return isinstance(node, _One) and not node.wide and node.among <= _WORD


def _write(node: _Node, *, first: bool, last: bool) -> bytes:
    match node:
        case _One():
            return _write_one(node)
        case _Text():
            return node.value
        case _At():
            # The match includes the text before a line; at the ends of an expression, that does no harm.
            if node.what == "^" and first:
                return b"(^|\n)"
            if node.what == "$" and last:
                return b"(\n|$)"
            raise _CannotSay
        case _Choice():
            return _group(lambda: _write_choice(node, first=first, last=last), node)
        case _Repeat():
            inner = _write(node.node, first=False, last=False)
            if not inner:
                return b""
            # One bracket or one character is repeated as it is; everything else in parentheses.
            bare = isinstance(node.node, _One) and not inner.startswith(b"(")
            return (inner if bare else b"(" + inner + b")") + node.times.encode()


def _group(write: Callable[[], bytes], choice: _Choice) -> bytes:
    written = write()
    return b"(" + written + b")" if len(choice.ways) == 1 and written else written


def _write_one(one: _One) -> bytes:
    if not one.wide:
        if not one.among:
            raise _CannotSay
        return _bracket(one.among)
    others = _ASCII - one.among
    if not one.among:
        return b"(" + _WIDE + b")"
    ascii_part = _bracket(others | frozenset(range(0x80, 0x100)), negated=True)
    return b"(" + ascii_part + b"|" + _WIDE + b")"


def _bracket(members: frozenset[int], *, negated: bool = False) -> bytes:
    """Write a bracket expression, with each special character where it is literal."""
    if len(members) == 1 and not negated:
        (only,) = members
        return (b"\\" if only in b"\\.[(*+?{|^$)" else b"") + bytes((only,))
    special = b"".join(bytes((sign,)) for sign in b"^[-" if sign in members)
    if special == b"^" and members == {0x5E}:
        special = b""
    head = b"]" if 0x5D in members else b""
    rest = b"".join(_ranges(sorted(members - set(b"]^[-"))))
    body = head + rest + special
    if body.startswith(b"^") and not negated:
        body = special[1:2] + b"^" + special[2:] if len(special) > 1 else body
    return b"[" + (b"^" if negated else b"") + body + b"]"


def _ranges(members: list[int]) -> Iterator[bytes]:
    position = 0
    while position < len(members):
        end = position
        while end + 1 < len(members) and members[end + 1] == members[end] + 1:
            end += 1
        first, last = bytes((members[position],)), bytes((members[end],))
        yield first if end == position else first + (b"-" if end - position > 1 else b"") + last
        position = end + 1
