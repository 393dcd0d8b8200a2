"""Counts words, to check that an import keeps all of them.

A word is a run of letters and digits. Case and leading zeros of numbers do not matter: `9:05` may
become `09:05`. These are not words: Markdown markup, the number of a list item and its checkbox, the
language of a code block, `<br>`, `<details>`, `<summary>`, `<b>`, the name of an entity such as `&amp;`, and the label of a reference
link.
"""

from __future__ import annotations

import re
from html.entities import html5

_WORD = re.compile(r"[^\W_]+")
# The T of a time in RFC 3339 joins its date and its hour into one run of letters.
_TIME = re.compile(r"(?<=\d)T(?=\d\d:\d\d)")
_BREAK = re.compile(
    r"<br\s*/?>|</?(?:details|summary|b|strong|em|i|u)\b[^<>]{0,100}>", re.IGNORECASE
)
_ENTITY = re.compile(r"&(#[0-9]{1,7}|#[xX][0-9a-fA-F]{1,6}|[A-Za-z][A-Za-z0-9]{1,31});")
_NUMBER = re.compile(
    r"^[ \t>#]*(?:[-*+][ \t]+)*\d{1,9}(?:(?:\.\d{1,3})+(?=\s)|[ \t]*[.)-]+(?=\s|$)|[-.)](?=[^\W\d_]))",
    re.M,
)
_BOX = re.compile(r"^([ \t>]*(?:(?:[-*+]|\d{1,9}[.)])[ \t]+)?)\[[xX ]\](?=\s)", re.M)
_FENCE = re.compile(
    r"^([ \t>]*(?:(?:[-*+]|\d{1,9}[.)])[ \t]+)?(?:`{3,}|~{3,}))[ \t]*[\w+#.-]+", re.M
)
_LABEL = re.compile(r"(?<=\])\[[^\[\]\n]{1,200}\]")


def words(text: str) -> list[str]:
    """Return the words of a text in order, in normal form."""
    found = (word.casefold() for word in _WORD.findall(_TIME.sub(" ", text)))
    return [word.lstrip("0") or "0" if word.isdecimal() else word for word in found]


def markdown_words(text: str, labels: frozenset[str] = frozenset()) -> list[str]:
    """Return the words of a text in Markdown.

    Args:
        text: Markdown, as in the file.
        labels: the labels of reference links, in lower case.
    """
    text = _BOX.sub(r"\1", text)
    text = _NUMBER.sub(" ", _FENCE.sub(r"\1", _BREAK.sub(" ", text)))
    if labels:
        text = _LABEL.sub(
            lambda m: " " if " ".join(m[0][1:-1].casefold().split()) in labels else m[0], text
        )
    return words(_ENTITY.sub(_character, text))


def _character(match: re.Match[str]) -> str:
    name = match[1]
    if not name.startswith("#"):
        return html5.get(f"{name};", match[0])
    number = int(name[2:], 16) if name[1] in "xX" else int(name[1:])
    # The numbers that Markdown does not read as characters stay what they are.
    good = 0 < number < 0x110000 and not 0xD800 <= number < 0xE000
    return chr(number) if good else match[0]
