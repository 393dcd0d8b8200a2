"""From the markup of MediaWiki to Markdown.

The markup: https://www.mediawiki.org/wiki/Help:Formatting. Templates are not expanded: their arguments
become labels, or stay as words.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator

from generator.importers.converters.base import Converted, counted, left_out
from generator.importers.converters.markdown_text import (
    Lines,
    ListLines,
    code_block,
    heading,
    joined,
    paragraph,
    quoted,
    table,
    whole,
)
from generator.importers.converters.mediawiki_inline import inline, plain

ENDINGS = (".mediawiki", ".mw")
_COMMENT = re.compile(r"<!--.*?(?:-->|\Z)", re.DOTALL)
_HEADING = re.compile(r"(={1,6})([^=].*?)\1\s*\Z")
_ITEM = re.compile(r"([*#:;]{1,9})\s*(\S.*)")
_RULE = re.compile(r"-{4,}\s*\Z")
_BLOCK = re.compile(r"<(pre|syntaxhighlight|source|blockquote)\b([^<>]{0,300})>", re.IGNORECASE)
_LANGUAGE = re.compile(r"\blang\s?=\s?[\"']?([\w+-]{1,30})", re.IGNORECASE)
_CATEGORY = re.compile(r"\[\[(?:Category|Kategorie|Cat\u00e9gorie|Categor\u00eda|Categoria):([^\[\]|\n]{1,200})(?:\|[^\[\]\n]{0,200})?\]\]", re.IGNORECASE)  # fmt: skip
_SWITCH = re.compile(r"__[A-Z]{3,20}__")
_ARGUMENT = re.compile(r"\s{0,9}\|\s{0,9}([\w /-]{1,60}?)\s{0,9}=\s{0,9}(.*)\Z")
_SIGNS = re.compile(
    r"^(={2,6})[^=\n]{1,200}\1[ \t]*$|^\{\|[^\n]{0,200}$|^\|-|'''[^'\n]{1,200}'''|\[\[[^\[\]\n]{1,200}\]\]|^\{\{[A-Z][^\n]{0,200}$|<syntaxhighlight\b",
    re.MULTILINE,
)
_CELL_ENDS, _HEADER_ENDS = re.compile(r"\|\|"), re.compile(r"!!|\|\|")
_ROWSPAN = re.compile(r"\browspan\s?=\s?[\"']?(\d{1,2})", re.IGNORECASE)
_ATTRIBUTE = r"(?:[\w-]{1,30}\s?=\s?(?:\"[^\"\n]{0,200}\"|'[^'\n]{0,200}'|[\w%#-]{1,60})\s{0,9})"
_ATTRIBUTES = re.compile(_ATTRIBUTE + r"{1,9}\|(?!\|)")
_ROW_ATTRIBUTE = re.compile(_ATTRIBUTE)


def is_mediawiki(text: str) -> bool:
    """Whether a text is markup of MediaWiki: it has a heading such as `== Impact ==`, and another sign of it."""
    signs = [match[0] for match in _SIGNS.finditer(_COMMENT.sub("", text))]
    return any(sign.startswith("==") for sign in signs) and len(signs) >= 2


def convert(text: str) -> Converted:
    """Return the markup of MediaWiki as Markdown."""
    reader = _Reader(text)
    lines = joined(reader.blocks())
    dropped = (counted(number, noun) for noun, number in reader.dropped.items())
    return Converted(*whole(lines), left_out(dropped))


class _Reader:
    """Reads the markup of MediaWiki line by line."""

    def __init__(self, text: str) -> None:
        self.dropped: Counter[str] = Counter()
        self.lines = _COMMENT.sub(self._comment, text).split("\n")
        self.at = 0

    def _comment(self, match: re.Match[str]) -> str:
        self.dropped["comment"] += 1
        return "\n" * match[0].count("\n")

    def blocks(self) -> Iterator[Lines]:
        """Yield the blocks of the text."""
        said: list[str] = []
        begin = 0
        items: ListLines | None = None
        while self.at < len(self.lines):
            line, number = self.lines[self.at].rstrip(), self.at + 1
            found = _ITEM.match(line)
            if items and not found:
                yield items.lines
                items = None
            starts = found or not line.strip() or self._begins(line)
            if said and starts:
                yield self._paragraph(said, begin)
                said = []
            if found:
                items = items or ListLines()
                self._item(items, found, number)
            elif starts:
                yield from self._block(line, number)
            else:
                begin = begin if said else number
                said.append(line)
            self.at += 1
        if items:
            yield items.lines
        if said:
            yield self._paragraph(said, begin)

    def _begins(self, line: str) -> bool:
        """Whether a line begins another block than a paragraph."""
        text = line.lstrip()
        return bool(
            _HEADING.match(line)
            or _RULE.match(line)
            or text.startswith("{|")
            or (text.startswith("{{") and "}}" not in text)
            or _CATEGORY.match(text)
            or _SWITCH.match(text)
            or (_BLOCK.match(text) and not self._is_inline(text))
        )

    @staticmethod
    def _is_inline(text: str) -> bool:
        opening = _BLOCK.match(text)
        return opening is not None and "inline" in opening[2]

    def _block(self, line: str, number: int) -> Iterator[Lines]:
        """Yield the block that begins on a line; the last of its lines is the current one then."""
        text = line.strip()
        if found := _HEADING.match(line):
            yield heading(plain(found[2], self.dropped), len(found[1]), number)
        elif text.startswith("{|"):
            yield from self._table()
        elif text.startswith("{{") and "}}" not in text:
            yield from self._template()
        elif found := _CATEGORY.match(text):
            yield paragraph(f"**Categories**: {found[1].strip()}", number)
        elif _SWITCH.match(text):
            self.dropped["magic word"] += 1
        elif found := _BLOCK.match(text):
            yield from self._verbatim(found, text, number)

    def _paragraph(self, said: list[str], number: int) -> Lines:
        return paragraph(inline(" ".join(map(str.strip, said)), self.dropped), number)

    def _item(self, items: ListLines, found: re.Match[str], number: int) -> None:
        kinds = found[1].replace(":", "*").replace(";", "*")
        said = found[2]
        if found[1].endswith(";"):
            term, colon, rest = said.partition(" : ")
            said = f"'''{term.strip()}''':{' ' if colon else ''}{rest}"
        items.add(kinds, paragraph(inline(said, self.dropped), number))

    def _verbatim(self, opening: re.Match[str], text: str, number: int) -> Iterator[Lines]:
        """Yield code or a quotation up to the tag that ends it, or the end of the text."""
        tag = opening[1].lower()
        end = f"</{tag}>"
        inside: list[str] = []
        rest = text[opening.end() :]
        while True:
            before, found, behind = rest.partition(end)
            inside.append(before)
            if found or self.at + 1 >= len(self.lines):
                break
            self.at += 1
            rest = self.lines[self.at]
        first = number if inside[0].strip() else number + 1
        body = "\n".join(inside)
        if tag == "blockquote":
            yield quoted(paragraph(inline(" ".join(body.split()), self.dropped), first))
        else:
            language = _LANGUAGE.search(opening[2])
            yield code_block(body, language[1].lower() if language else "", first)
        if behind.strip():
            yield paragraph(inline(behind.strip(), self.dropped), self.at + 1)

    def _template(self) -> Iterator[Lines]:
        """Yield the arguments of a template of several lines as labels."""
        self.dropped["template"] += 1
        name = ""
        while self.at < len(self.lines):
            line = self.lines[self.at]
            if found := _ARGUMENT.match(line.replace("}}", "") if line.rstrip().endswith("}}") and line.count("{{") < line.count("}}") else line):  # fmt: skip
                name, value = found[1].strip(), found[2].strip()
                if value:
                    yield paragraph(f"**{name}**: {inline(value, self.dropped)}", self.at + 1)
            if line.count("}}") > line.count("{{"):
                return
            self.at += 1
        self.at = len(self.lines) - 1

    def _table(self) -> Iterator[Lines]:
        rows: list[tuple[list[str], int]] = []
        spans = 0
        header: set[str] = set()
        yield from self._stray(self.lines[self.at].strip()[2:], self.at + 1)
        self.at += 1
        while self.at < len(self.lines):
            line, number = self.lines[self.at].strip(), self.at + 1
            if line.startswith(("|}", "|-")):
                yield from self._stray(line[2:].lstrip("-"), number)
            if line.startswith("|}"):
                break
            if line.startswith("|+"):
                yield paragraph(inline(line[2:].strip(), self.dropped), number)
            elif line.startswith("|-") or not rows:
                rows.append(([""] if spans > 1 else [], number))
                spans -= spans > 1
            is_mark = line.startswith(("|-", "|+"))
            if line.startswith(("!", "|")) and not is_mark:
                header |= {line[0]} if len(rows) == 1 else set()
                if found := _ROWSPAN.search(line.partition("|")[0] if line[0] == "!" else line):
                    spans = int(found[1]) if not rows[-1][0] else spans
                rows[-1][0].extend(self._cells(line))
            elif not is_mark and rows[-1][0]:
                rows[-1][0][-1] += f" {inline(line, self.dropped)}"
            elif not is_mark:
                yield from self._stray(line, number)
            self.at += 1
        yield table(
            [row for row in rows if any(map(str.strip, row[0]))], has_header=header == {"!"}
        )

    def _stray(self, text: str, number: int) -> Iterator[Lines]:
        """Yield what is in no cell and is no attribute as a paragraph, so that no word is lost."""
        if said := _ROW_ATTRIBUTE.sub("", text).strip():
            yield paragraph(inline(said, self.dropped), number)

    def _cells(self, line: str) -> list[str]:
        ends = _HEADER_ENDS if line[0] == "!" else _CELL_ENDS
        cells = [_ATTRIBUTES.sub("", cell.strip(), count=1) for cell in ends.split(line[1:])]
        return [inline(cell.strip(), self.dropped) for cell in cells]
