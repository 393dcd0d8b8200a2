"""What is peculiar to a page in HTML: what of it is hidden, what surrounds it, and how products export it."""

from __future__ import annotations

import re
from collections import Counter
from typing import Any
from urllib.parse import parse_qs, urlsplit

from generator.importers.converters.markdown_text import one_line
from generator.importers.words import words

INLINE = frozenset(
    "a abbr acronym b bdi bdo big br cite code data del dfn em font i img input ins kbd label mark meter "
    "nobr output q rp rt ruby s samp small span strike strong sub sup time tt u var wbr "
    "ac:link ac:link-body ac:plain-text-link-body ac:image ac:emoticon ac:inline-comment-marker "
    "ri:user ri:page ri:attachment ri:url".split()
)
"""Elements that stand inside a paragraph."""
_NEVER_SHOWN = {
    "script": "script",
    "style": "",
    "template": "template",
    "noscript": "text for browsers without scripts|texts for browsers without scripts",
    "object": "embedded object",
    "embed": "embedded object",
    "iframe": "embedded page",
    "svg": "drawing",
    "canvas": "drawing",
    "button": "button",
    "select": "input",
    "textarea": "input",
}
_COUNTED = frozenset(("script", "iframe", "object", "embed"))
_HIDDEN = "hidden passage"
# Lists of links that a product writes around or into a page.
_AROUND = frozenset("toc-macro table_of_contents rbtoc pageSection page-metadata breadcrumbs copy-button".split())  # fmt: skip
_NAVIGATION = frozenset(("navigation", "contentinfo", "banner", "search"))
_RULE = re.compile(r"\.([\w-]{1,60})\s*\{([^{}]{0,2000})\}")
_HIDES = re.compile(r"(?:^|;)\s*(?:display\s*:\s*none|visibility\s*:\s*hidden)\b", re.IGNORECASE)
_BOLD = re.compile(r"(?:^|;)\s*font-weight\s*:\s*(?:bold|[6-9]00)\b", re.IGNORECASE)
_CODE = re.compile(
    r"(?:^|;)\s*font-family\s*:[^;]{0,99}\b(?:courier|consolas|monospace|roboto mono|menlo|monaco)\b",
    re.IGNORECASE,
)
_LEVEL = re.compile(r"\blst-kix_\w{1,40}-(\d)\b")
_REDIRECTS = frozenset(("www.google.com", "google.com"))
# Where a page has its title, and what is before it: Confluence writes the name of the space.
_TITLES = (
    ("//*[@id='title-text']", " : "),
    ("//h1[contains(@class, 'page-title')]", ""),
    ("//p[contains(concat(' ', @class, ' '), ' title ')]", ""),
)
_PARTS = {
    "ul": frozenset(("li", "ul", "ol")),
    "ol": frozenset(("li", "ul", "ol")),
    "dl": frozenset(("dt", "dd")),
}
_CELLS = ("td", "th")
_OF_TABLE = ("thead", "tbody", "tfoot", "tr", "colgroup", "col", "caption")
STYLE = "data-runbooks-style"
"""The attribute in which the style of an element is kept: `bold`, `code`."""


def classes(element: Any) -> frozenset[str]:
    """Return the classes of an element."""
    return frozenset((element.get("class") or "").split())


def take_title(document: Any) -> str:
    """Take the title that a product sets apart out of a page; may be empty."""
    for path, before in _TITLES:
        for element in document.xpath(path)[:1]:
            title = one_line(element.text_content())
            if element.tag in ("h1", "p"):
                _drop(element)
            if title:
                return (title.partition(before)[2].strip() if before else "") or title
    return ""


def title_of_head(document: Any) -> str:
    """Return the title in the head of a page; may be empty."""
    return one_line("".join(element.text_content() for element in document.xpath("//head/title")[:1]))  # fmt: skip


def prepare(document: Any) -> Counter[str]:
    """Drop what a browser does not show, and note the styles that mean bold or code.

    Returns:
        How many things of which kind were dropped.
    """
    styles = _styles(document)
    dropped: Counter[str] = Counter()
    for element in list(document.iter()):
        if not isinstance(element.tag, str) or element.getparent() is None:
            continue
        if element.tag in _NEVER_SHOWN:
            noun = _NEVER_SHOWN[element.tag]
            if noun and (element.tag in _COUNTED or words(element.text_content())):
                dropped[noun] += 1
            _drop(element)
            continue
        style = ";".join([*(styles.get(name, "") for name in classes(element)), element.get("style") or ""])  # fmt: skip
        if _is_hidden(element, style):
            if words(element.text_content()):
                dropped[_HIDDEN] += 1
            _drop(element)
        elif "icon" in classes(element) and not words(element.text_content()):
            _drop(element)
        elif kinds := [name for name, said in (("bold", _BOLD), ("code", _CODE)) if said.search(style)]:  # fmt: skip
            element.set(STYLE, " ".join(kinds))
    _nest_lists(document)
    _mend(document)
    return dropped


def content_of(document: Any) -> tuple[Any, list[str]]:
    """Return the element with the content of a page, and the texts around it."""
    around_it: list[str] = []
    for element in list(document.body.iter()):
        around = classes(element) & _AROUND or element.get("role") in _NAVIGATION
        around = around or (element.tag == "aside" and _links_alone(element))
        if (around or element.tag in ("nav", "footer")) and element is not document.body:
            around_it.append(one_line(" ".join(element.itertext())))
            _drop(element)
    content = document.body
    for path in ("//*[@id='main-content']", "//main", "//*[@role='main']", "//article"):
        found = document.xpath(path)
        if len(found) == 1 and words(found[0].text_content()):
            content = found[0]
            break
    if content is not document.body:
        _drop(content)
        content.tail = None
        around_it.append(one_line(" ".join(document.body.itertext())))
    return content, [text for text in around_it if words(text)]


def _links_alone(element: Any) -> bool:
    """Whether most of what an element says is in links: `Read next`, `Related posts`."""
    said = words(" ".join(element.itertext()))
    linked = [word for link in element.iter("a") for word in words(" ".join(link.itertext()))]
    return bool(said) and 2 * len(linked) >= len(said)


def address_of(element: Any, name: str) -> str:
    """Return an address as its page has it, without the redirect that Google Docs adds; may be empty."""
    address = str(element.get(name) or "").strip()
    if address.startswith("#"):
        return ""
    try:
        parts = urlsplit(address)
        if parts.hostname in _REDIRECTS and parts.path == "/url":
            return parse_qs(parts.query).get("q", [address])[0]
    except ValueError:
        return address
    return address


def is_checked(element: Any) -> bool | None:
    """Return whether an item of a list is ticked; None if it has no box."""
    own = classes(element)
    above = classes(element.getparent()) if element.getparent() is not None else frozenset()
    if "inline-task-list" in above or own & {"task-list-item-checked"}:
        return bool(own & {"checked", "task-list-item-checked"})
    if element.tag == "ac:task":
        return _text_of(element, "ac:task-status").strip() == "complete"
    for box in element.iter("input", "div"):
        if next(box.iterancestors("li"), None) is not element:
            continue
        if box.tag == "input" and (box.get("type") or "").lower() == "checkbox":
            return box.get("checked") is not None
        if box.tag == "div" and "checkbox" in classes(box):
            return "checkbox-on" in classes(box)
    return None


def _text_of(element: Any, tag: str) -> str:
    found = next((child for child in element if child.tag == tag), None)
    return found.text_content() if found is not None else ""


def _styles(document: Any) -> dict[str, str]:
    """Return the declarations of each class in the page's own style sheets."""
    styles: dict[str, str] = {}
    for sheet in document.iter("style"):
        for match in _RULE.finditer(sheet.text or ""):
            styles[match[1]] = f"{styles.get(match[1], '')};{match[2]}"
    return styles


def _is_hidden(element: Any, style: str) -> bool:
    return (
        element.get("hidden") is not None
        or (element.get("aria-hidden") or "").lower() == "true"
        or _HIDES.search(style) is not None
    )


def _drop(element: Any) -> None:
    """Remove an element, but not the text behind it."""
    parent = element.getparent()
    if parent is None:
        return
    tail = element.tail or ""
    before = element.getprevious()
    if tail and before is not None:
        before.tail = (before.tail or "") + tail
    elif tail:
        parent.text = (parent.text or "") + tail
    parent.remove(element)


def _nest_lists(document: Any) -> None:
    """Put lists that Google Docs exports one behind another into each other, by their level."""
    for element in list(document.iter("ul", "ol")):
        level = _LEVEL.search(element.get("class") or "")
        above = element.getprevious()
        depth = int(level[1]) if level else 0
        if not depth or above is None or above.tag not in ("ul", "ol") or (element.tail or "").strip():  # fmt: skip
            continue
        for _ in range(depth - 1):
            inner = above[-1][-1] if len(above) and len(above[-1]) else None
            if inner is None or inner.tag not in ("ul", "ol"):
                break
            above = inner
        if len(above):
            above[-1].append(element)


def _mend(document: Any) -> None:
    """Put what stands between the parts of a list or table, where HTML allows nothing, into a part."""
    for box in [b for b in document.iter("div", "form") if b.getparent().tag == "dl"]:
        box.drop_tag()
    for element in list(document.iter("ul", "ol", "dl")):
        part = "dd" if element.tag == "dl" else "li"
        for child in list(element):
            if child.tag not in _PARTS[element.tag]:
                wrapped = child.makeelement(part, {})
                child.addprevious(wrapped)
                wrapped.tail, child.tail = child.tail, None
                wrapped.append(child)
        _wrap_texts(element, part)
    for table in list(document.iter("table")):
        for node in [table, *table.iter(*_OF_TABLE)]:
            if node is table or node.tag != "caption":
                _move_before(node, table)


def _wrap_texts(element: Any, part: str) -> None:
    """Make a part of each text directly in a list."""
    texts = [(0, element.text), *((n, child.tail) for n, child in enumerate(element, 1))]
    element.text = None
    for child in element:
        child.tail = None
    for position, text in reversed(texts):
        if text and text.strip():
            wrapped = element.makeelement(part, {})
            wrapped.text = text
            element.insert(position, wrapped)


def _move_before(node: Any, table: Any) -> None:
    """Move what may not stand in a part of a table before the table."""
    moved = table.makeelement("div", {})
    if node.text and node.text.strip():
        moved.text, node.text = node.text, None
    allowed = _OF_TABLE if node.tag != "tr" else _CELLS
    for child in list(node):
        if child.tag in allowed and (node.tag == "tr" or child.tag not in _CELLS):
            if child.tail and child.tail.strip():
                said = moved.makeelement("div", {})
                said.text, child.tail = child.tail, None
                moved.append(said)
        else:
            moved.append(child)  # with the text behind it
    if table.getparent() is not None and (moved.text or len(moved)):
        table.addprevious(moved)


def text_of(element: Any, line_end: str) -> str:
    """Return the text of an element, with the ends of its lines.

    Args:
        element: the element.
        line_end: what stands for the end of a line, or of a block.
    """
    parts: list[str] = []
    from lxml.etree import iterwalk  # type: ignore[import-untyped]

    for event, node in iterwalk(element, events=("start", "end")):
        breaks = node.tag not in INLINE or node.tag == "br"
        if breaks and node is not element and parts and not parts[-1].endswith(line_end):
            parts.append(line_end)
        text = node.text if event == "start" else node.tail if node is not element else ""
        parts.append(text or "")
    return "".join(parts).replace("\xa0", " ")
