"""The inline elements of a page in HTML as Markdown."""

from __future__ import annotations

import re
from collections import Counter
from typing import Any

from generator.importers.converters.html_pages import INLINE, STYLE, address_of, classes, text_of
from generator.importers.converters.markdown_text import (
    Run,
    code_span,
    escaped,
    image,
    joined_runs,
    link,
    tidy,
)

_CODE = frozenset(("code", "kbd", "samp", "tt"))
_BOLD = frozenset(("b", "strong"))
_DELETED = frozenset(("del", "s", "strike"))
_SPACE = re.compile(r"\s")


def runs_of(element: Any, dropped: Counter[str]) -> list[Run]:
    """Return the inline Markdown of an element.

    Args:
        element: the element.
        dropped: counts what has no form in Markdown.
    """
    tag, style = element.tag, element.get(STYLE) or ""
    if _parted(element):
        return [Run(f", {escaped(tidy(element.text_content()))}")]
    if tag == "br":
        return [Run("\n")]
    if tag in ("img", "ac:image"):
        return _image(element, dropped)
    if tag in ("wbr", "input"):
        return []
    if tag in _CODE or "code" in style:
        return [Run(code_span(text_of(element, " ")), "bold" in style)] if element.text_content().strip() else []  # fmt: skip
    runs = [Run(spaced(element.text))] if element.text else []
    for child in element:
        inner = runs_of(child, dropped)
        runs += inner if child.tag in INLINE else [Run(" "), *inner, Run(" ")]
        if child.tail:
            runs.append(Run(spaced(child.tail)))
    if tag == "a":
        text, address = tidy(joined_runs(runs)).replace("\n", " "), address_of(element, "href")
        if text == image("", address):  # A picture that leads to itself.
            return runs
        return [Run(_between(runs, link(text, address) if text else ""))]
    if tag == "ac:link":
        return _named(element, runs)
    if tag == "time":
        text = tidy(joined_runs(runs)).removeprefix("@") or element.get("datetime") or ""
        return [Run(escaped(text) if not runs else text)]
    if tag in _DELETED and any(run.text.strip() for run in runs):
        # Without a mark, a text that was struck out would say the opposite.
        return [Run(f"~~{tidy(joined_runs([Run(run.text) for run in runs]))}~~")]
    if tag in _BOLD or "bold" in style:
        return [Run(run.text, bold=True) for run in runs]
    return runs


def spaced(text: str) -> str:
    """Return text as Markdown, with blanks for its line ends."""
    return escaped(_SPACE.sub(" ", text))


def _between(runs: list[Run], text: str) -> str:
    """Return the text of a link with the blanks that stood at its ends."""
    whole = "".join(run.text for run in runs)
    before = " " if whole[:1] in (" ", "\n") else ""
    return before + text + (" " if whole[-1:] in (" ", "\n") and text else "")


def _parted(element: Any) -> bool:
    """Whether an element is a further choice of a list that only a style sheet parts."""
    before = element.getprevious()
    both = before is not None and "selected-value" in classes(before) & classes(element)
    return bool(both) and not (before.tail or "").strip()


def _image(element: Any, dropped: Counter[str]) -> list[Run]:
    """Return an image, unless the file itself holds it or it is an icon without a text."""
    address = address_of(element, "src")
    for inner in element:  # As Confluence stores it.
        address = address or inner.get("ri:filename") or inner.get("ri:value") or ""
    alt = element.get("alt") or element.get("title") or element.get("ac:alt") or ""
    if address.startswith("data:"):
        dropped["image inside the file|images inside the file"] += 1
        address = ""
    if "emoticon" in classes(element) or "emoji" in classes(element):
        return [Run(escaped(element.get("data-emoji-fallback") or alt))]
    if not address or (not alt and _is_icon(element)):
        return [Run(escaped(alt))] if alt else []
    return [Run(image(alt, address))]


def _is_icon(element: Any) -> bool:
    size = element.get("width") or ""
    return size.isdecimal() and int(size[:6]) <= 24


def _named(element: Any, runs: list[Run]) -> list[Run]:
    """Return the text of a link of Confluence, or the name of what it leads to."""
    if tidy(joined_runs(runs)):
        return runs
    for inner in element:
        name = (
            inner.get("ri:content-title") or inner.get("ri:filename") or inner.get("ri:space-key")
        )
        if name:
            return [Run(escaped(name))]
    return [Run("@user")] if any(inner.tag == "ri:user" for inner in element) else []
