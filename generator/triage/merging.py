"""Merges lines of several examples into one: what differs becomes a gap."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from difflib import SequenceMatcher

from generator.triage.example_lines import Token

GAP = Token("", "gap")
BREAK = Token("", "break")
_SAME_IN_ALL = ("quoted", "name", "version", "item")
_JOINS = ("-", "/", "_", "@")
_SENTENCE = ".!?;"


def merged(one: Sequence[Token], other: Sequence[Token]) -> list[Token]:
    """Return the common tokens of two lines, with gaps, and breaks where only one has text."""
    matcher = SequenceMatcher(None, [t.key for t in one], [t.key for t in other], False)
    parts: list[Token] = []
    for tag, start, end, begin, stop in matcher.get_opcodes():
        if tag == "equal":
            for left, right in zip(one[start:end], other[begin:stop], strict=True):
                parts += _same(left, right, parts)
        elif tag == "replace":
            differing = [*one[start:end], *other[begin:stop]]
            if any(token.kind == "break" for token in differing):
                parts.append(BREAK)
            else:
                name = next((token.name for token in differing if token.name), "")
                space = one[start].space and other[begin].space
                parts.append(Token("", "gap", name, space))
        else:
            parts.append(BREAK)
    return _absorbed(parts)


def _same(left: Token, right: Token, before: Sequence[Token]) -> Iterator[Token]:
    inside = bool(before) and not before[-1].varies and before[-1].kind != "break"
    if inside and left.space != right.space:
        yield BREAK  # the one has white space here, the other not
    space = left.space and right.space
    if left.text == right.text and (left.kind in _SAME_IN_ALL or _is_page(left)):
        yield Token(left.text, "word", "", space)
    else:
        yield Token(left.text if left.kind != "gap" else "", left.kind, left.name or right.name, space)  # fmt: skip


def _is_page(token: Token) -> bool:
    return token.kind == "address" and "://" in token.text and token.text.count("/") > 2


def _absorbed(parts: list[Token]) -> list[Token]:
    """Join gaps with breaks beside them: a gap may stand for more text in one of the lines."""
    result: list[Token] = []
    for token in parts:
        last = result[-1] if result else None
        if last and token.kind == "break" and last.varies:
            result[-1] = Token("", "gap", last.name, last.space)
        elif last and last.kind == "break" and token.varies:
            result[-1] = Token("", "gap", token.name)
        else:
            result.append(token)
    return _glued(result)


def _glued(tokens: list[Token]) -> list[Token]:
    """Join gaps with the rest of a name that they are part of, as in `{_}-manager`."""
    result: list[Token] = []
    joined = False
    for token in tokens:
        after_gap = bool(result) and result[-1].kind == "gap" and not token.space
        if after_gap and (token.text in _JOINS or (joined and token.kind == "word")):
            joined = token.text in _JOINS
            continue
        joined = False
        result.append(token)
    return result


def pieces(tokens: Iterable[Token]) -> Iterator[list[Token]]:
    """Yield what is between breaks, sentence by sentence."""
    piece: list[Token] = []
    for token in tokens:
        ends = piece and piece[-1].kind == "mark" and piece[-1].text in _SENTENCE and token.space
        if token.kind == "break" or (ends and _begins(token)):
            yield piece
            piece = []
        if token.kind != "break":
            piece.append(token)
    yield piece


def _begins(token: Token) -> bool:
    return token.varies or token.text[:1].isupper() or token.text in "\"'`("


def template_of(tokens: Sequence[Token]) -> str:
    """Return tokens as a template."""
    parts: list[str] = []
    taken: set[str] = set()
    last_varies = False
    for number, token in enumerate(tokens):
        if not token.varies:
            parts.append(f" {token.text}" if token.space and number else token.text)
        elif last_varies:
            parts[-1] = f"{' ' if parts[-1].startswith(' ') else ''}{{_}}"
        else:
            name = token.name if token.name and token.name not in taken else "_"
            taken.add(name)
            parts.append(f" {{{name}}}" if token.space and number else f"{{{name}}}")
        last_varies = token.varies
    return "".join(parts).strip()
