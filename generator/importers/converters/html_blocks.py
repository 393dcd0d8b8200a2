"""The blocks of a page in HTML as Markdown."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from typing import Any

from generator.importers.converters.html_inline import runs_of, spaced
from generator.importers.converters.html_pages import INLINE, STYLE, classes, is_checked, text_of
from generator.importers.converters.markdown_text import (
    Lines,
    Run,
    Spans,
    caption,
    cell_of,
    code_block,
    escaped,
    heading,
    item,
    joined,
    joined_runs,
    labelled,
    one_line,
    paragraph,
    quoted,
    table,
    tidy,
)

_HEADINGS = {f"h{level}": level for level in range(1, 7)}
_TITLES = {"title": 1, "subtitle": 2}
_BRUSH = re.compile(r"\bbrush:\s*([\w+#-]{1,30})")
_LANGUAGE = re.compile(r"(?:\A|\s)(?:language|lang|highlight-source|highlight)-([\w+#-]{1,30})")
# Names that products give to code without a language.
_NO_LANGUAGE = frozenset("plain text none default plaintext auto".split())
_MOST_SPAN = 50
_ALL_BOLD = re.compile(r"\A\*\*([^*]{1,500})\*\*\Z")


class HtmlBlocks:
    """Turns elements into blocks.

    Attributes:
        dropped: how many things of which kind have no form in Markdown.
    """

    def __init__(self) -> None:
        self.dropped: Counter[str] = Counter()

    def of(self, element: Any) -> Iterator[Lines]:
        """Yield the blocks of what is inside an element."""
        runs: list[Run] = _text(element.text)
        code: list[str] = []
        number = code_number = element.sourceline or 0
        for child in element:
            if child.tag in INLINE and not _has_block(child):
                number = number if _is_said(runs) else child.sourceline or number
                runs += runs_of(child, self.dropped)
            else:
                is_code = _is_code_paragraph(child)
                if not is_code or _is_said(runs):
                    yield from _code_of(code, code_number)
                yield from self._said(runs, number)
                number = child.sourceline or number
                if is_code:
                    code_number = code_number if code else number
                    code.append(text_of(child, "\n"))
                else:
                    yield from self._block(child)
            runs += _text(child.tail)
        if _is_said(runs):
            yield from _code_of(code, code_number)
        yield from self._said(runs, number)
        yield from _code_of(code, code_number)

    def _said(self, runs: list[Run], number: int) -> Iterator[Lines]:
        text = tidy(joined_runs(runs))
        runs.clear()
        if text:
            yield paragraph(text, number)

    def _block(self, element: Any) -> Iterator[Lines]:
        """Yield the blocks of an element that is a block itself."""
        tag, number = element.tag, element.sourceline or 0
        if tag in _HEADINGS or (tag == "p" and classes(element) & _TITLES.keys()):
            level = _HEADINGS.get(tag) or min(_TITLES[c] for c in classes(element) & _TITLES.keys())
            plain = [Run(run.text) for run in runs_of(element, self.dropped)]
            yield heading(joined_runs(plain), level, number)
        elif tag == "summary":
            yield caption(joined_runs(Run(run.text) for run in runs_of(element, self.dropped)), number)  # fmt: skip
        elif tag == "pre":
            yield code_block(text_of(element, "\n"), _language(element), number)
        elif tag in ("ul", "ol", "ac:task-list"):
            yield self._list(element)
        elif tag == "dl":
            yield self._definitions(element)
        elif tag == "table":
            yield from self._table(element)
        elif tag == "blockquote":
            yield quoted(joined(self.of(element)))
        elif tag == "ac:structured-macro":
            yield from self._macro(element)
        elif tag != "hr":
            yield from self.of(element)

    def _list(self, element: Any) -> Lines:
        """Return a list; lists in it that stand beside their item belong to the item before them."""
        lines: Lines = []
        number = _number(element.get("start"), 1)
        ordered = element.tag == "ol"
        for child in element:
            if child.tag in ("ul", "ol"):
                inner = self._list(child)
                lines += item(inner, "  " if lines else "-") if inner else []
                continue
            checked = is_checked(child)
            for part in [p for p in child if p.tag in ("ac:task-id", "ac:task-status")]:
                child.remove(part)
            inner = joined(self.of(child))
            if not inner:
                continue
            if checked is not None:
                inner = [(f"[{'x' if checked else ' '}] {inner[0][0]}", inner[0][1]), *inner[1:]]
            lines += item(inner, f"{number}." if ordered else "-")
            number += 1
        return lines

    def _definitions(self, element: Any) -> Lines:
        """Return a list of terms with what they mean, as a list with labels."""
        lines: Lines = []
        term = ""
        for child in element:
            if child.tag == "dt":
                lines += item(paragraph(term, child.sourceline or 0), "-") if term else []
                term = tidy(joined_runs([Run(r.text) for r in runs_of(child, self.dropped)]))
                continue
            lines += labelled(term, joined(self.of(child)), child.sourceline or 0)
            term = ""
        return lines + (item(paragraph(term, element.sourceline or 0), "-") if term else [])

    def _table(self, element: Any) -> Iterator[Lines]:
        """Yield a table; one of a single column only lays out what is in it."""
        rows, headers = [], []
        for row in element.iter("tr"):
            if next(row.iterancestors("table"), None) is element:
                cells = [cell for cell in row if cell.tag in ("td", "th")]
                rows.append((cells, row.sourceline or 0))
                headers.append(bool(cells) and all(_is_header(cell) for cell in cells))
        if max((len(cells) for cells, _ in rows), default=0) <= 1:
            for cells, _ in rows:
                for cell in cells:
                    yield from self.of(cell)
            return
        for above in [part for part in element if part.tag == "caption"]:
            yield from self.of(above)
        has_th = any(cell.tag == "th" for cells, _ in rows for cell in cells)
        has_header = headers[0] or (not has_th and len(rows) > 1)
        texts = self._cells(rows)
        if has_header:
            texts[0] = ([_ALL_BOLD.sub(r"\1", text) for text in texts[0][0]], texts[0][1])
        yield table(texts, has_header=has_header)

    def _cells(self, rows: list[tuple[list[Any], int]]) -> list[tuple[list[str], int]]:
        """Return the texts of all cells; a cell over several rows is said in each of them."""
        texts: list[tuple[list[str], int]] = []
        spans = Spans()
        for cells, number in rows:
            said: list[str] = []
            for cell in cells:
                spans.fill(said)
                text = cell_of(joined(self.of(cell)))
                spans.begin(said, text, min(_number(cell.get("rowspan"), 1), len(rows)))
                said.append(text)
                said += [""] * (min(_number(cell.get("colspan"), 1), _MOST_SPAN) - 1)
            spans.fill(said)
            texts.append((said, number))
        return texts

    def _macro(self, element: Any) -> Iterator[Lines]:
        """Yield the blocks of a macro in Confluence's storage format."""
        name = element.get("ac:name") or ""
        said = {p.get("ac:name"): p.text_content() for p in element if p.tag == "ac:parameter"}
        for parameter in [p for p in element if p.tag == "ac:parameter"]:
            element.remove(parameter)
        number = element.sourceline or 0
        if said.get("title"):
            yield caption(escaped(said["title"]), number)
        if name in ("code", "noformat"):
            body = next((c for c in element if c.tag == "ac:plain-text-body"), None)
            language = (said.get("language") or "").lower()
            yield code_block(body.text_content() if body is not None else "", "" if language in _NO_LANGUAGE else language, number)  # fmt: skip
        elif name == "jira":
            yield paragraph(escaped(said.get("key", "")), number)
        else:
            yield from self.of(element)


def _text(text: str | None) -> list[Run]:
    return [Run(spaced(text))] if text else []


def _is_said(runs: list[Run]) -> bool:
    return any(run.text.strip() for run in runs)


def _has_block(element: Any) -> bool:
    """Whether an inline element holds blocks; a link may hold boxes."""
    boxes = ("div",) if element.tag == "a" else ()
    return any(child.tag not in INLINE and child.tag not in boxes for child in element.iter())


def _is_header(cell: Any) -> bool:
    """Whether a cell names a column: as `<th>`, in `<thead>`, or because all of it is bold."""
    if cell.tag == "th" or next(cell.iterancestors("thead"), None) is not None:
        return True
    strong = [e for e in cell.iter() if e.tag in ("b", "strong") or "bold" in (e.get(STYLE) or "")]
    said = "".join(cell.text_content().split())
    return bool(said) and said == "".join("".join(e.text_content().split()) for e in strong)


def _is_code_paragraph(element: Any) -> bool:
    """Whether a paragraph is code as a whole, which Google Docs shows by its font."""
    if element.tag != "p" or not element.text_content().strip():
        return False
    said = [e for e in element.iter() if (e.text or "").strip()]
    inside = all("code" in (e.get(STYLE) or "") for e in said)
    return inside and not any((e.tail or "").strip() for e in element.iter() if e is not element)


def _code_of(code: list[str], number: int) -> Iterator[Lines]:
    if code:
        yield code_block("\n".join(code), "", number)
        code.clear()


def _language(element: Any) -> str:
    """Return the language of code, as its classes or its highlighter say."""
    brush = _BRUSH.search(element.get("data-syntaxhighlighter-params") or "")
    if brush:
        return "" if brush[1] in _NO_LANGUAGE else brush[1]
    for one in (element, *element.iter("code"), *element.iterancestors("div")):
        said = _LANGUAGE.search(one.get("class") or "") or re.match(r"([\w+#-]{1,30})\Z", one.get("data-lang") or one.get("lang") or "")  # fmt: skip
        if said:
            return "" if said[1].lower() in _NO_LANGUAGE else one_line(said[1]).lower()
    return ""


def _number(text: str | None, otherwise: int) -> int:
    return int(text) if text and text.isdecimal() and len(text) < 7 else otherwise
