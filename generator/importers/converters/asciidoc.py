"""From AsciiDoc to Markdown.

Files that it includes are not read, and what it passes through to HTML is dropped. The format:
https://docs.asciidoctor.org/asciidoc/latest/
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Generator, Iterator, Sequence

from generator.importers.converters.asciidoc_inline import AsciiDocInline
from generator.importers.converters.asciidoc_table import AsciiDocCell, table_lines
from generator.importers.converters.base import Converted, counted, left_out
from generator.importers.converters.markdown_text import (
    Lines,
    ListLines,
    caption,
    cell_of,
    code_block,
    heading,
    joined,
    paragraph,
    quoted,
    whole,
)
from generator.importers.headings import label_topic

ENDINGS = (".adoc", ".asciidoc", ".asc")
_SECTION = re.compile(r"(={1,6}|#{1,6})\s+(\S.*)\Z")
_UNDERLINES = {"=": 1, "-": 2, "~": 3, "^": 4, "+": 5}
_UNDERLINE = re.compile(r"([=~^+-])\1{3,}\s*\Z")
_ENTRY = re.compile(r":(!?[\w-]{1,60}!?):(?:\s+(.*))?\Z")
_ATTRIBUTES = re.compile(r"\[(?!\[)([^\[\]\n]{0,500})\]\s*\Z")
_ANCHOR = re.compile(r"\[\[[^\[\]\n]{1,200}\]\]\s*\Z")
_TITLE = re.compile(r"\.(?![.\s])(\S.*)\Z")
_DELIMITER = re.compile(r"(-{4,}|\.{4,}|={4,}|\*{4,}|_{4,}|\+{4,}|/{4,}|--|`{3,}\S*|[|,:!]={3,})\s*\Z")  # fmt: skip
_ITEM = re.compile(r"\s{0,40}(\*{1,9}|-|\.{1,9}|\d{1,4}\.|[a-zA-Z]\.|<(?:\d{1,3}|\.)>)\s+(\S.*)")
_TERM = re.compile(r"\s{0,40}((?:[^\s:;]|[:;](?![:;])|\s(?=\S)){1,300}?)(:{2,4}|;;)(?:\s+(\S.*))?\Z")  # fmt: skip
_BLOCK_MACRO = re.compile(r"(\w{2,20})::([^\s\[\]]*)\[(.*)\]\Z")
_ADMONITION = re.compile(r"(NOTE|TIP|IMPORTANT|WARNING|CAUTION)(?::\s+|\Z)")
_RULE = re.compile(r"'{3,}\s*\Z|<{3,}\s*\Z|-{3}\s*\Z|\*{3}\s*\Z")
_BOX = re.compile(r"\[([ xX*])\]\s+")
_CALLOUT = re.compile(r"[ \t]{0,20}(?:#|//|--|;|<!--)?[ \t]{0,20}(?:<\d{1,3}>[ \t]{0,9}){1,9}(?:-->)?\Z")  # fmt: skip
_HAS_CALLOUTS = re.compile(r"^<(?:\d{1,3}|\.)>[ \t]", re.MULTILINE)
_REVISION = re.compile(r"v?\d[\w.]{0,20},|v\d|(?:\w+ \d{1,2}, )?\d{4}")
_SIGNS = re.compile(
    r"^={1,5} \S[^\n=]*(?: =+)?$|^(?:NOTE|TIP|WARNING|IMPORTANT|CAUTION): |^\|===$|^\[source,|^include::|^image::|^:[a-z][\w-]+:(?: |$)",
    re.MULTILINE,
)
_IGNORED_MACROS = frozenset(("toc", "ifdef", "ifndef", "ifeval", "endif"))
_MOST_NESTED = 20
Numbered = Sequence[tuple[str, int]]


def is_asciidoc(text: str) -> bool:
    """Whether a text is AsciiDoc: it begins with `= Title`, or has two other signs of it."""
    signs = [match[0] for match in _SIGNS.finditer(text)]
    begins = any(sign.startswith("= ") for sign in signs[:1])
    return begins or (len(signs) >= 2 and any(sign[0] in "=|[in" for sign in signs))


def convert(text: str) -> Converted:
    """Return AsciiDoc as Markdown."""
    reader = _Reader(has_callouts=_HAS_CALLOUTS.search(text) is not None)
    numbered = [(line.rstrip(), n) for n, line in enumerate(text.expandtabs(4).split("\n"), 1)]
    lines = joined(reader.document(numbered))
    dropped = (counted(number, noun) for noun, number in reader.dropped.items())
    return Converted(*whole(lines), left_out(dropped))


class _Reader:
    """Reads AsciiDoc line by line."""

    def __init__(self, *, has_callouts: bool) -> None:
        self.inline = AsciiDocInline()
        self.dropped: Counter[str] = Counter()
        self.has_callouts = has_callouts

    def document(self, lines: Numbered) -> Iterator[Lines]:
        """Yield the blocks of a document: its title, what its header says, and the rest."""
        at = next((n for n, (line, _) in enumerate(lines) if line and not line.startswith("//")), 0)
        title = _SECTION.match(lines[at][0]) if lines else None
        if title and len(title[1]) == 1 and title[1] == "=":
            yield self._heading(title, lines[at][1])
            at = yield from self._header(lines, at + 1)
        yield from self.blocks(lines[at:])

    def _heading(self, section: re.Match[str], number: int) -> Lines:
        text = section[2].removesuffix(f" {section[1]}")  # In the old style it ends as it begins.
        return heading(self.inline.plain(text), len(section[1]), number)

    def _header(self, lines: Numbered, at: int) -> Generator[Lines, None, int]:
        """Yield the author and the revision; return where the header ends."""
        names = iter(("Author", "Revision"))
        while at < len(lines) and lines[at][0]:
            line, number = lines[at]
            if entry := _ENTRY.match(line):
                yield from self._entry(entry, number)
            elif not line.startswith("//"):
                name = next(names, "")
                name = "Revision" if name == "Author" and _REVISION.match(line) else name
                if not name:
                    break
                yield paragraph(f"**{name}**: {self.inline.plain(line)}", number)
            at += 1
        return at

    def _entry(self, entry: re.Match[str], number: int) -> Iterator[Lines]:
        """Set an attribute; yield it if the importer knows its name as a label."""
        name, value = entry[1], entry[2] or ""
        if "!" in name:
            self.inline.attributes.pop(name.strip("!"), None)
            return
        self.inline.set(name, value)
        if value and label_topic(name.replace("-", " ")):
            yield paragraph(f"**{name}**: {self.inline.plain(value)}", number)
        else:
            self.dropped["attribute"] += 1

    def blocks(self, lines: Numbered, depth: int = 0) -> Iterator[Lines]:
        """Yield the blocks of lines.

        Args:
            lines: the lines.
            depth: how many blocks are around them.
        """
        at = 0
        while at < len(lines):
            at = yield from self._block(lines, at, depth)

    def _block(self, lines: Numbered, at: int, depth: int) -> Generator[Lines, None, int]:
        """Yield one block with its title; return where it ends."""
        attributes: list[str] = []
        while at < len(lines):
            line, number = lines[at]
            if entry := _ENTRY.match(line):
                yield from self._entry(entry, number)
            elif found := _ATTRIBUTES.match(line):
                attributes.append(found[1])
            elif found := _TITLE.match(line):
                yield caption(self.inline.plain(found[1]), number)
            elif line and not _ANCHOR.match(line) and not (line.startswith("//") and not _DELIMITER.match(line)):  # fmt: skip
                break
            elif not line and attributes:
                attributes = []
            at += 1
        if at >= len(lines):
            return at
        line, number = lines[at]
        said = ",".join(attributes)
        if found := _SECTION.match(line):
            yield self._heading(found, number)
            return at + 1
        if level := _underlined(lines, at):
            yield heading(self.inline.plain(line), level, number)
            return at + 2
        if found := _DELIMITER.match(line):
            return (yield from self._delimited(lines, at, found[1], said, depth))
        if _RULE.match(line):
            return at + 1
        if found := _BLOCK_MACRO.match(line):
            yield from self._macro(found, number)
            return at + 1
        if _ITEM.match(line) or _TERM.match(line):
            return (yield from self._list(lines, at, depth))
        end = _end_of_paragraph(lines, at)
        if line[0] == " " or said.startswith(("source", "listing", "literal")):
            yield code_block(_dedented([text for text, _ in lines[at:end]]), _language(said), number)  # fmt: skip
            return end
        yield from self._paragraph(lines[at:end], said)
        return end

    def _paragraph(self, lines: Numbered, attributes: str = "") -> Iterator[Lines]:
        text = self._joined([line for line, _ in lines], hard="hardbreaks" in attributes)
        number = lines[0][1]
        if found := _ADMONITION.match(text):
            text = f"{found[1].capitalize()}: {text[found.end() :]}"
        elif found := _ADMONITION.match(attributes):
            text = f"{found[1].capitalize()}: {text}"
        blocks = paragraph(text, number)
        yield quoted(blocks) if attributes.startswith(("quote", "verse")) else blocks

    def _joined(self, lines: Sequence[str], *, hard: bool = False) -> str:
        """Return wrapped lines as inline Markdown, with the line ends that ` +` asks for."""
        parts = []
        for line in lines:
            ends = hard or line.endswith(" +")
            parts.append((line.removesuffix(" +") if line.endswith(" +") else line) + ("\n" if ends else " "))  # fmt: skip
        whole_text = "".join(parts).strip()
        return "\n".join(self.inline.markdown(line) for line in whole_text.split("\n"))

    def _delimited(self, lines: Numbered, at: int, delimiter: str, said: str, depth: int) -> Generator[Lines, None, int]:  # fmt: skip
        """Yield the block between two delimiters; return where it ends."""
        closing = "```" if delimiter.startswith("```") else delimiter
        end = next((n for n in range(at + 1, len(lines)) if lines[n][0] == closing), len(lines))
        inside, number = lines[at + 1 : end], lines[at][1]
        texts = [line for line, _ in inside]
        first = delimiter[0]
        style = said.split(",")[0].split("%")[0].split("#")[0].split(".")[0].strip()
        if first in "|,:!" and "=" in delimiter:
            yield table_lines(inside, said, first, lambda cell: self._cell(cell, depth))
        elif first == "/" or style == "comment":
            pass
        elif first == "+":
            self.dropped["passage of HTML|passages of HTML"] += 1
        elif (first in "-." and delimiter != "--") or first == "`" or style in ("source", "listing", "literal"):  # fmt: skip
            language = delimiter.strip("`") if first == "`" else _language(said)
            code = [_CALLOUT.sub("", text) for text in texts] if self.has_callouts else texts
            yield code_block("\n".join(code), language, number + 1)
        elif depth >= _MOST_NESTED:
            yield from self._paragraph([*inside, ("", number)])
        else:
            blocks = list(self.blocks(inside, depth + 1))
            if found := _ADMONITION.match(style):
                yield paragraph(f"{found[1].capitalize()}:", number)
            if first == "_" or style in ("quote", "verse"):
                yield quoted(joined(blocks))
                source = ", ".join(p.strip() for p in said.split(",")[1:] if p.strip())
                yield paragraph(self.inline.plain(source), number)
            else:
                yield from blocks
        return end + 1

    def _macro(self, found: re.Match[str], number: int) -> Iterator[Lines]:
        name, target, attributes = found[1], found[2], found[3]
        if name == "image":
            yield paragraph(self.inline.image(target, attributes), number)
        elif name == "include":
            self.dropped["included file"] += 1
        elif name not in _IGNORED_MACROS:
            yield paragraph(self.inline.markdown(found[0]), number)

    def _list(self, lines: Numbered, at: int, depth: int) -> Generator[Lines, None, int]:
        """Yield a list with the lists in it; return where it ends."""
        written = ListLines()
        markers: list[str] = []
        while at < len(lines):
            line, number = lines[at]
            item, term = _ITEM.match(line), _TERM.match(line)
            if not item and not term:
                break
            found = item or term
            assert found is not None
            marker = _marker(item[1] if item else found[2])
            del markers[markers.index(marker) + 1 if marker in markers else len(markers) :]
            markers += [] if marker in markers else [marker]
            end = _end_of_item(lines, at + 1)
            own = [found[2] if item else found[3] or "", *(text.strip() for text, _ in lines[at + 1 : end])]  # fmt: skip
            written.add(["#" if m in ".0a" or m[0] == "." else m for m in markers], self._item(item, found, own, number))  # fmt: skip
            at = self._attached(lines, end, written, depth)
        yield written.lines
        return at

    def _item(self, item: re.Match[str] | None, found: re.Match[str], own: list[str], number: int) -> Lines:  # fmt: skip
        """Return the text of an item, or of a term with what it means."""
        box = _BOX.match(own[0]) if item and item[1][0] in "*-" else None
        text = self._joined([own[0][box.end() :] if box else own[0], *own[1:]])
        if item:
            blocks = paragraph(text, number) or [("", number)]
            mark = f"[{' ' if box[1] == ' ' else 'x'}] " if box else ""
            return [(mark + blocks[0][0], blocks[0][1]), *blocks[1:]]
        label = self.inline.plain(found[1]).rstrip(":")
        return paragraph(f"**{label}**: {text}".rstrip(), number)

    def _attached(self, lines: Numbered, at: int, written: ListLines, depth: int) -> int:
        """Add the blocks that belong to an item; return where the next item, or another block, begins."""
        while at < len(lines):
            after = next((n for n in range(at, len(lines)) if lines[n][0]), len(lines))
            if after >= len(lines):
                return after
            line = lines[after][0]
            if line == "+" and after + 1 < len(lines) and depth < _MOST_NESTED:
                blocks: list[Lines] = []
                at = _run(self._block(lines, after + 1, depth + 1), blocks)
                written.attach(joined(blocks))
            elif line[0] == " " and after > at and not _ITEM.match(line) and not _TERM.match(line):
                end = _end_of_paragraph(lines, after)
                code = _dedented([text for text, _ in lines[after:end]])
                written.attach(code_block(code, "", lines[after][1]))
                at = end
            else:
                return at + 1 if line == "+" and after + 1 >= len(lines) else after
        return at

    def _cell(self, cell: AsciiDocCell, depth: int) -> str:
        """Return the text of a cell; one of style `a` has blocks."""
        if cell.style in ("a", "l") and depth < _MOST_NESTED:
            numbered = [(line.strip() if cell.style == "a" and n == 0 else line, cell.number + n) for n, line in enumerate(cell.lines)]  # fmt: skip
            return cell_of(joined(self.blocks(numbered, depth + 1)))
        parts = re.split(r"\n\s*\n", "\n".join(line.strip() for line in cell.lines).strip())
        return "\n".join(self._joined(part.split("\n")) for part in parts)


def _run(blocks: Generator[Lines, None, int], into: list[Lines]) -> int:
    """Collect what a generator yields; return what it returns."""
    while True:
        try:
            into.append(next(blocks))
        except StopIteration as end:
            return int(end.value)


def _underlined(lines: Numbered, at: int) -> int:
    """Return the level of a heading that is underlined, in the old style; 0 if it is none."""
    if at + 1 >= len(lines) or not any(c.isalnum() for c in lines[at][0]):
        return 0
    below = _UNDERLINE.match(lines[at + 1][0])
    fits = below and abs(len(lines[at + 1][0]) - len(lines[at][0])) <= 1
    return _UNDERLINES[below[1]] if below and fits else 0


def _end_of_paragraph(lines: Numbered, at: int) -> int:
    """Return where a paragraph ends: before an empty line, or a line that begins another block."""
    end = at + 1
    while end < len(lines) and (line := lines[end][0]):
        if line == "+" or _DELIMITER.match(line) or _ATTRIBUTES.match(line) or _BLOCK_MACRO.match(line):  # fmt: skip
            break
        end += 1
    return end


def _end_of_item(lines: Numbered, at: int) -> int:
    """Return where the text of an item ends."""
    end = at
    while end < len(lines) and (line := lines[end][0]):
        if line == "+" or _ITEM.match(line) or _TERM.match(line) or _DELIMITER.match(line) or _ATTRIBUTES.match(line):  # fmt: skip
            break
        end += 1
    return end


def _marker(mark: str) -> str:
    """Return what tells the level of an item: numbers and letters count as one each."""
    if mark[0].isdigit():
        return "0"
    return "a" if mark[0].isalpha() else "<" if mark[0] == "<" else mark


def _language(attributes: str) -> str:
    parts = [part.strip() for part in attributes.split(",")]
    return parts[1] if len(parts) > 1 and parts[0] in ("source", "") and "=" not in parts[1] else ""


def _dedented(lines: Sequence[str]) -> str:
    indent = min((len(line) - len(line.lstrip()) for line in lines if line.strip()), default=0)
    return "\n".join(line[indent:] for line in lines)
