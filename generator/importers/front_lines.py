"""What stands around the story of a write-up and is none: bylines, check lists, guidelines, pictures, signatures."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from generator.importers.dates import days_in
from generator.importers.document import List, Quote, WriteUpBlock, WriteUpParagraph
from generator.importers.vocabulary import phrase
from generator.importers.words import words

_BYLINE = re.compile(
    r"\W*(?:by|posted|published|written|author)\b|.{0,80}\bmin(?:ute)?s? read\b", re.I
)
# What stands beside the day in a line about the publication: `July 15, 2026 | Updated July 17, 2026 | 5 minutes`.
_BESIDE_DAY = frozenset("min mins minute minutes read reading time last updated published posted on at by utc".split())  # fmt: skip
_NUMBERS = frozenset(map(str, range(100)))
_TRANSLATED = re.compile(
    r"\W{0,9}(?:this (?:post|page|article|report)|read this|also)\b.{0,30}\b(?:available|in)\b",
    re.IGNORECASE,
)
_GUIDELINES = re.compile(
    r"\W{0,9}(?:(?:general )?(?:guidelines?|instructions?)\b|how to (?:use|fill)|(?:please )?(?:fill|copy) (?:in|out|this)\b)",
    re.IGNORECASE,
)
_LINK = re.compile(r"!?\[[^\[\]\n]{0,300}\]\([^()\n]{0,600}\)")
_PICTURE = re.compile(r"!\[[^\[\]\n]{0,600}\]\([^()\n]{0,600}\)")
_ADDRESS = re.compile(r" \([^()\s]{1,600}\)")
_MOST_WORDS_OF_BYLINE = 24
_ITALICS = re.compile(r"(?:\*(?!\*)[^*]{1,900}\*|_(?!_)[^_]{1,900}_)\Z")
_CODE_SPAN = re.compile(r"`[^`\n]{1,80}`|(?<!\w)#[\w-]{1,40}")
_MOST_WORDS_AT_END = 80
_MOST_WORDS_OF_NAMES = 12
_AUTHORS = frozenset(("author", "authors", "by", "written by", "posted by", "published by"))
_SMALL_WORDS = frozenset(("and", "of", "de", "van", "von", "der", "the"))


def is_byline(text: str) -> bool:
    """Whether a paragraph says who published the write-up, or how long it takes to read."""
    plain = _ADDRESS.sub("", text)
    return _BYLINE.match(plain) is not None and len(words(plain)) <= _MOST_WORDS_OF_BYLINE


def says_byline(line: str) -> bool:
    """Whether a line begins as a byline does."""
    return _BYLINE.match(line) is not None


def is_dateline(line: str) -> bool:
    """Whether a line is a day and says no more than one about a publication does."""
    rest, end = "", 0
    for begin, stated in days_in(line):
        rest, end = f"{rest} {line[end:begin]}", stated.end
    return bool(end) and set(words(rest + line[end:])) <= _BESIDE_DAY | _NUMBERS


def is_line_of_page(block: WriteUpParagraph) -> bool:
    """Whether a paragraph can say when the page was published: its labels, if it has any, are of its authors."""
    label = block.label
    return label is None or phrase(label.name) in _AUTHORS or is_dateline(label.name)


def without_front_lines(blocks: Sequence[WriteUpBlock], found: list[WriteUpBlock]) -> Iterator[WriteUpBlock]:  # fmt: skip
    """Yield the first blocks of a write-up that tell its story.

    Args:
        blocks: the blocks.
        found: to which the others are added.
    """
    dated = [isinstance(b, WriteUpParagraph) and _is_dated(b) for b in blocks]
    for number, block in enumerate(blocks):
        beside = any(dated[max(0, number - 1) : number + 2])
        if dated[number] or _is_none(block) or (beside and _is_names(block)):
            found.append(block)
        else:
            yield block


def without_last_lines(blocks: Sequence[WriteUpBlock], found: list[WriteUpBlock]) -> list[WriteUpBlock]:  # fmt: skip
    """Return the blocks of the last section without what is about the page: `*We are hiring.*`, tags as code.

    Args:
        blocks: the blocks.
        found: to which the others are added.
    """
    kept = list(blocks)
    while len(kept) > 1 and isinstance(last := kept[-1], WriteUpParagraph) and _is_last(last):
        found.insert(0, kept.pop())
    return kept


def _is_last(block: WriteUpParagraph) -> bool:
    raw = block.raw.strip()
    if block.label or len(words(raw)) > _MOST_WORDS_AT_END:
        return False
    in_italics = _ITALICS.match(raw) is not None
    return in_italics or not words(_CODE_SPAN.sub(" ", raw))


def _is_dated(block: WriteUpParagraph) -> bool:
    return is_line_of_page(block) and (is_byline(block.text) or is_dateline(block.text))


def _is_none(block: WriteUpBlock) -> bool:
    if isinstance(block, List):
        return any(item.checked is not None for item in block.items)
    if isinstance(block, Quote):
        first = block.blocks[0] if block.blocks else None
        return isinstance(first, WriteUpParagraph) and _GUIDELINES.match(first.text) is not None
    if not isinstance(block, WriteUpParagraph):
        return False
    raw = block.raw.strip()
    if picture := _PICTURE.match(raw):
        caption = raw[picture.end() :].strip()
        return not caption or (caption[0] in "*_" and caption[-1] in "*_")
    is_links = not words(_LINK.sub(" ", raw)) and _LINK.search(raw) is not None
    return is_links or (_TRANSLATED.match(block.text) is not None and _LINK.search(raw) is not None)


def _is_names(block: WriteUpBlock) -> bool:
    """Whether a paragraph has names alone, as those of the authors beside the day."""
    if not isinstance(block, WriteUpParagraph) or block.label:
        return False
    text = block.text.strip()
    parts = text.replace(",", " ").split()
    named = [part for part in parts if part not in _SMALL_WORDS and part[0].isalnum()]
    few = 2 <= len(parts) <= _MOST_WORDS_OF_NAMES and not text.endswith((".", "!", "?", ":"))
    return few and all(part[0].isupper() for part in named)
