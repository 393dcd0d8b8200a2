"""Cuts a line down to the error itself, and scores what is left."""

from __future__ import annotations

import re
from collections.abc import Sequence

from generator.triage.example_lines import Token
from generator.triage.merging import template_of
from generator.triage.rarity import CODE, GENERIC, RARE, Rarity

LEAST_TEXT = 12
"""The least number of characters of text that lint accepts."""

_LONGEST = 240
_SATURATED = 7.5
_ENOUGH = 2 * RARE
_SAYS_WHY = ("reason", "cause", "error", "message", "desc", "detail")
_LISTED = ("address", "path", "number", "item")
_OPENS, _CLOSES = ("(", "[", "{"), (")", "]", "}")
# What a program says itself about which error it is.
_STATED = re.compile(r"(?:code|reason)[:=]? *(\w{4,})\Z", re.IGNORECASE)


def is_stated(tokens: Sequence[Token], rarity: Rarity) -> bool:
    """Whether a program itself says here which error it is, as in `Reason: OOMKilled`."""
    stated = _STATED.fullmatch(template_of(tokens))
    return bool(stated and rarity(stated[1]) >= CODE)


def score_of(tokens: Sequence[Token], rarity: Rarity) -> float:
    """Return how much the words of some tokens say about an error."""
    words = {token.text for token in tokens if token.kind == "word"}
    if sum(word.isupper() and word.isalpha() for word in words) > 3:
        words = {word.lower() for word in words}
    gaps = sum(token.kind == "gap" for token in tokens)
    loose = 3 if sum(token.varies for token in tokens) > len(words) else 0
    return min(sum(map(rarity, words)), _SATURATED) - 0.3 * gaps - loose


def trimmed(tokens: Sequence[Token], rarity: Rarity) -> list[Token]:
    """Cut off what is not the error itself: gaps, ordinary words before them, details after it."""
    if is_stated(tokens, rarity):
        return list(tokens)
    kept = _without_details(_listed(_closed(tokens, rarity)), rarity)
    kept = _without_edges(_without_lead(_without_lead(kept, rarity), rarity))
    closed = _in_brackets(kept)
    for number, token in enumerate(kept):
        opens = token.kind == "mark" and token.text in _OPENS and number not in closed
        if opens and is_enough(kept[:number], rarity):
            return _without_edges(kept[:number])
    return kept


def _closed(tokens: Sequence[Token], rarity: Rarity) -> list[Token]:
    """Join what is in parentheses with something that varies: `(110: Connection timed out)`."""
    result: list[Token] = []
    opened: list[int] = []
    for token in tokens:
        result.append(token)
        if token.kind != "mark" or token.text not in "()":
            continue
        if token.text == "(":
            opened.append(len(result))
        elif opened:
            begin = opened.pop()
            inside = result[begin:-1]
            names = any(one.name for one in inside) or any(
                rarity(w) >= CODE for w in _words(inside)
            )
            if names or _is_quoted_sentence(inside):
                continue
            if len(inside) > 1 and any(one.varies for one in inside):
                result[begin:-1] = [Token("", "gap")]
    return result


def _is_quoted_sentence(inside: Sequence[Token]) -> bool:
    """Whether it has a sentence in quotes, as an exception prints what it was made from.

    `(1205, 'Lock wait timeout exceeded')`: the sentence is the error, and the number varies.
    """
    opened = ""
    words = 0
    for token in inside:
        if opened and token.kind == "word":
            words += 1
        elif token.kind == "mark" and token.text == opened:
            if words > 2:
                return True
            opened = ""
        elif not opened and token.kind == "mark" and token.text in "'\"":
            opened, words = token.text, 0
    return False


def _without_lead(tokens: list[Token], rarity: Rarity) -> list[Token]:
    """Cut off ordinary words that end with a colon or a gap, and the package of a class."""
    at = 0
    inside = _in_brackets(tokens)
    for number, token in enumerate(tokens):
        ends = token.kind == "gap" or (token.kind == "mark" and token.text in ":,;")
        closes = token.kind == "mark" and token.text == "]" and number + 1 not in inside
        if (number in inside or not ends) and not closes:
            continue
        head, rest = tokens[at : number + 1], tokens[number + 1 :]
        telling = rarity.telling(_words(head))
        plain = not telling and (is_enough(rest, rarity) or _is_code_alone(head, rest, rarity))
        if plain or (_is_wrapping(head) and len(rarity.telling(_words(rest))) > 2):
            at = number + 1
    tokens = tokens[at:]
    if len(tokens) > 1 and _is_shouted(tokens[0]) and tokens[1].space and tokens[1].text.istitle() and is_enough(tokens[1:], rarity):  # fmt: skip
        tokens = tokens[1:]  # a code before the sentence: `READONLY You cannot write`
    while len(tokens) > 2 and tokens[0].kind == "word" and tokens[1].text == "." and not tokens[2].space and tokens[0].text.islower():  # fmt: skip
        tokens = tokens[2:]
    return tokens


def _without_details(tokens: list[Token], rarity: Rarity) -> list[Token]:
    """Cut off `, client: ...` and `(total=...` after what is specific, and ordinary words after a gap."""
    inside = _in_brackets(tokens)
    for number in range(1, len(tokens) - 1):
        if number in inside and not (tokens[number].text in _OPENS and tokens[number].space):
            continue
        if _is_detail(tokens[number : number + 7]) and is_enough(tokens[:number], rarity):
            return tokens[:number]
    for number in range(len(tokens) - 1, 0, -1):
        if tokens[number].kind == "gap" and is_enough(tokens[:number], rarity):
            if sum(map(rarity, _words(tokens[number:]))) < 2 * GENERIC:
                return tokens[:number]
            break
    return tokens


def _is_code_alone(head: Sequence[Token], rest: Sequence[Token], rarity: Rarity) -> bool:
    """Whether a clause is only a code, and words that say more come after it."""
    codes = all(not any(c.islower() for c in word) for word in _words(head))
    words = _words(rest)
    return codes and bool(rarity.telling(words)) and sum(map(len, words)) >= LEAST_TEXT


def _is_shouted(token: Token) -> bool:
    return token.kind == "word" and token.text.isalpha() and token.text.isupper() and len(token.text) > 3  # fmt: skip


def _is_wrapping(head: Sequence[Token]) -> bool:
    """Whether a clause only says what failed because of the error behind it: `failed to load: `."""
    return len(head) > 2 and head[0].text in ("failed", "Failed") and head[1].text == "to" and head[-1].text == ":"  # fmt: skip


def _in_brackets(tokens: Sequence[Token]) -> set[int]:
    """Return the places of the tokens in brackets that are closed."""
    places: set[int] = set()
    opened: list[int] = []
    for number, token in enumerate(tokens):
        if token.kind == "mark" and token.text in _OPENS:
            opened.append(number)
        elif token.kind == "mark" and token.text in _CLOSES and opened:
            places.update(range(opened.pop(), number + 1))
    return places


def _listed(tokens: Sequence[Token]) -> list[Token]:
    """Join values of one kind that commas separate, such as the names of a certificate."""
    result: list[Token] = []
    for token in tokens:
        if len(result) > 1 and token.varies and result[-1].text == "," and result[-2].kind == token.kind and token.kind in _LISTED:  # fmt: skip
            result.pop()
            continue
        result.append(token)
    return result


def _is_detail(tokens: Sequence[Token]) -> bool:
    """Whether details begin here: `, client: x`, `(reached max retries: 4)`, `total-vm:1kB`, `: Get "x"`."""
    first, key = tokens[:2]
    if first.kind == "word" and len(tokens) > 2:
        return key.text in (":", "=") and tokens[2].varies and not tokens[2].space and not key.space
    if first.kind != "mark" or key.kind != "word":
        return False
    if first.text == ":":
        return key.text in ("Get", "Post", "Put", "Patch", "Delete", "Head", "dial")
    if first.text not in ",;({[":
        return False
    after = next((token for token in tokens[2:] if token.kind != "word"), None)
    signs = after is not None and after.text in (":", "=") and key.text.lower() not in _SAYS_WHY
    return signs and (first.text == "(" or tokens[2].kind == "mark")


def _without_edges(tokens: list[Token]) -> list[Token]:
    """Cut off placeholders that capture nothing, and punctuation."""
    start, end = 0, len(tokens)
    while start < end and (_is_loose(tokens[start]) or tokens[start].text in ":;,.)]}-|>*/="):
        start += 1
    while end > start and (_is_loose(tokens[end - 1]) or tokens[end - 1].text in ":;,.([{-|<*/="):
        end -= 1
    kept = tokens[start:end]
    for quote in "\"'`":
        if kept and (
            sum(token.text == quote for token in kept) % 2
            or (len(kept) > 1 and kept[0].text == kept[-1].text == quote)
        ):
            kept = kept[1:] if kept[0].text == quote else kept
            kept = kept[:-1] if kept and kept[-1].text == quote else kept
    return kept


def _is_loose(token: Token) -> bool:
    return token.varies and (not token.name or token.kind == "gap")


def _words(tokens: Sequence[Token]) -> list[str]:
    return [token.text for token in tokens if token.kind == "word"]


def is_enough(tokens: Sequence[Token], rarity: Rarity) -> bool:
    """Whether tokens are specific enough to be a signature."""
    words = _words(tokens)
    return sum(w for w in map(rarity, dict.fromkeys(words)) if w >= RARE) >= _ENOUGH and sum(map(len, words)) >= LEAST_TEXT  # fmt: skip


def shortened(tokens: Sequence[Token], rarity: Rarity) -> str:
    """Return tokens as a template of a length that people can read."""
    kept = list(tokens)
    while len(text := template_of(kept)) > _LONGEST and len(kept) > 4 and is_enough(kept[:-4], rarity):  # fmt: skip
        kept = _without_edges(kept[:-4])
    return text
