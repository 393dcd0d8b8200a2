"""Writes Markdown: text that does nothing, and the blocks that the importer knows.

A block is a list of lines, each with the line of the source that it comes from. The text of a source
is only text: whatever Markdown would read as markup gets a backslash.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from generator.importers.headings import exact_topic

Lines = list[tuple[str, int]]
"""Lines of Markdown, each with its line in the source."""

_MARKUP = re.compile(
    r"[\\`*]|(?<![^\W_])_|_(?![^\W_])|\[|\](?=[(\[:])|<(?=[a-zA-Z/!?])|&(?=#?[0-9a-zA-Z]{1,31};)"
)
_FIRST = re.compile(r"#{1,6}(?=\s|\Z)|[-+](?=\s|\Z)|>|(?=[-=|:~+\s]{1,200}\Z)[-=|:~+]|~(?=~~)")
_NUMBERED = re.compile(r"(\d{1,9})([.)])(?=\s|\Z)")
_SPACES = re.compile(r"[ \t\n\r\f\xa0]+")
_FENCES = re.compile(r"`{3,}")
_TICKS = re.compile(r"`+")
_CLOSING = re.compile(r"(?<!\\)\]")
_UNSAFE = re.compile(r"[\x00-\x20<>\\]")
_SCHEME = re.compile(r"([a-z][a-z0-9+.-]{0,30}):", re.IGNORECASE)
_SCHEMES = frozenset(("http", "https", "mailto", "ftp", "ftps", "ssh", "git", "tel", "slack"))
_LANGUAGE = re.compile(r"[\w+#.-]{1,30}\Z")
_MOST_COLUMNS = 60


def escaped(text: str) -> str:
    """Return text that Markdown shows as it is, without what only counts at the start of a line."""
    return _MARKUP.sub(r"\\\g<0>", text)


def one_line(text: str) -> str:
    """Return text with single spaces."""
    return _SPACES.sub(" ", text).strip()


def code_span(text: str) -> str:
    """Return text as inline code; empty if there is none."""
    text = one_line(text)
    if not text:
        return ""
    fence = "`" * (max(map(len, _TICKS.findall(text)), default=0) + 1)
    gap = " " if len(fence) > 1 else ""
    return f"{fence}{gap}{text}{gap}{fence}"


def link(text: str, address: str, mark: str = "") -> str:
    """Return a link.

    Args:
        text: its text, as Markdown.
        address: where it leads; one that is not for readers (`javascript:`) is dropped.
        mark: `!` for an image.
    """
    address = address.strip()
    scheme = _SCHEME.match(address)
    if not address or (scheme and scheme[1].lower() not in _SCHEMES):
        return text
    if "](" not in text:  # of an image in it
        text = _CLOSING.sub(r"\\]", text)
    safe = _UNSAFE.sub(lambda m: f"%{ord(m[0]):02X}", address)
    return f"{mark}[{text}](<{safe}>)" if any(c in safe for c in "()&") else f"{mark}[{text}]({safe})"  # fmt: skip


def image(text: str, address: str) -> str:
    """Return an image; the one that a file itself holds (`data:`) is only its text."""
    return link(escaped(one_line(text)), address, "!")


@dataclass(frozen=True)
class Run:
    """Inline Markdown, bold or not; a line feed in it is a line end that the source requires."""

    text: str
    bold: bool = False


def joined_runs(runs: Iterable[Run]) -> str:
    """Return runs as inline Markdown; bold that Markdown could not show there is dropped."""
    merged = list(_merged(runs))
    parts = [""]
    for n, (text, bold) in enumerate(merged):
        inner = text.strip()
        if not bold or not inner or "\n" in inner:
            parts.append(text)
            continue
        before, after = text[: len(text) - len(text.lstrip())], text[len(text.rstrip()) :]
        follows = (after or (merged[n + 1][0] if n + 1 < len(merged) else ""))[:1]
        last = (before or parts[-1])[-1:]
        fits = not (last.isalnum() or last in ("*", "\\")) and not (
            follows.isalnum() or follows == "*"
        )
        parts += [before, f"**{inner}**" if fits else inner, after]
        parts = parts if after else parts[:-1]
    return "".join(parts)


def _merged(runs: Iterable[Run]) -> Iterator[tuple[str, bool]]:
    """Yield the text of runs that are alike; blanks between them are like those before."""
    texts: list[str] = []
    bold = False
    for run in runs:
        if texts and run.bold != bold and run.text.strip():
            yield "".join(texts), bold
            texts = []
        bold = bold if texts else run.bold
        texts += [run.text] if run.text else []
    yield "".join(texts), bold


def tidy(text: str) -> str:
    """Return inline Markdown with single spaces; line ends that the source requires stay."""
    return "\n".join(one_line(line) for line in text.strip().split("\n")).strip()


def paragraph(text: str, number: int) -> Lines:
    """Return a paragraph.

    Args:
        text: inline Markdown; a line feed is a line end that the source requires.
        number: the line of the source on which it begins.
    """
    lines = [one_line(line) for line in text.split("\n")]
    lines = [_at_start(line) for line in lines if line]
    return [(f"{line}\\" if n < len(lines) - 1 else line, number) for n, line in enumerate(lines)]


def _at_start(line: str) -> str:
    """Return a line that begins no block."""
    if _FIRST.match(line):
        return f"\\{line}"
    return _NUMBERED.sub(r"\1\\\2", line, count=1) if line[0].isdigit() and _NUMBERED.match(line) else line  # fmt: skip


def heading(text: str, level: int, number: int) -> Lines:
    """Return a heading; nothing if it has no text."""
    text = one_line(text)
    return [(f"{'#' * min(max(level, 1), 6)} {text}", number)] if text else []


def caption(text: str, number: int) -> Lines:
    """Return the title of a block, as inline Markdown: bold if it names a field, as a heading would."""
    text = one_line(text)
    return paragraph(f"**{text}**" if exact_topic(text) else text, number) if text else []


def code_block(text: str, language: str, number: int) -> Lines:
    """Return a block of code; the first of its lines is on line `number` of the source."""
    lines = text.expandtabs(4).strip("\n").split("\n") if text.strip() else []
    if not lines:
        return []
    longest = max((len(m[0]) for line in lines for m in _FENCES.finditer(line)), default=2)
    fence = "`" * (longest + 1)
    known = language if _LANGUAGE.match(language) else ""
    inside = [(line.rstrip(), number + n) for n, line in enumerate(lines)]
    return [(f"{fence}{known}", number), *inside, (fence, number + len(lines) - 1)]


def quoted(lines: Lines) -> Lines:
    """Return blocks as a quotation."""
    return [(f"> {text}".rstrip(), number) for text, number in lines]


def item(lines: Lines, mark: str) -> Lines:
    """Return blocks as an item of a list.

    Args:
        lines: the blocks.
        mark: its bullet or number: `-`, `3.`.
    """
    indent = " " * (len(mark) + 1)
    first, number = lines[0] if lines else ("", 0)
    return [(f"{mark} {first}".rstrip(), number), *((indent + t if t else "", n) for t, n in lines[1:])]  # fmt: skip


def labelled(term: str, blocks: Lines, number: int) -> Lines:
    """Return an item that begins with a label: `- **term**: text`."""
    if not term:
        return item(blocks, "-") if blocks else []
    said = term.rstrip(":")
    if not blocks or blocks[0][0].startswith(("```", "- ", "|", ">", "1. ")):
        return item(joined([[(f"**{said}**:", number)], blocks]), "-")
    return item([(f"**{said}**: {blocks[0][0]}", number), *blocks[1:]], "-")


def table(rows: Sequence[tuple[Sequence[str], int]], *, has_header: bool) -> Lines:
    """Return a table.

    Args:
        rows: the cells of each row as inline Markdown, and the row's line in the source.
        has_header: whether the first row names the columns.
    """
    width = min(max((len(cells) for cells, _ in rows), default=0), _MOST_COLUMNS)
    if not width:
        return []
    rows = [([*cells[: width - 1], " ".join(cells[width - 1 :])], number) for cells, number in rows]
    if not has_header:
        rows = [([""] * width, rows[0][1]), *rows]
    lines = []
    for n, (cells, number) in enumerate(rows):
        padded = [*map(_cell, cells), *[""] * (width - len(cells))]
        lines.append((f"| {' | '.join(padded)} |", number))
        if n == 0:
            lines.append((f"|{' --- |' * width}", number))
    return lines


class Spans:
    """Cells of a table over several rows: they are said in each of them."""

    def __init__(self) -> None:
        self._below: dict[int, tuple[str, int]] = {}

    def begin(self, row: list[str], text: str, rows: int) -> None:
        """Note that the next cell of a row goes on in the rows below."""
        if rows > 1:
            self._below[len(row)] = (text, rows - 1)

    def fill(self, row: list[str]) -> None:
        """Add to a row the cells that begin in a row above and come next."""
        while len(row) in self._below:
            text, rows = self._below.pop(len(row))
            if rows > 1:
                self._below[len(row)] = (text, rows - 1)
            row.append(text)


def _cell(text: str) -> str:
    lines = [one_line(line) for line in text.strip().split("\n")]
    # A bar ends a cell even in code, unless it is behind a backslash.
    return "<br>".join(line for line in lines if line).replace("|", "\\|")


def cell_of(blocks: Lines) -> str:
    """Return blocks as the inline Markdown of a cell: a line of each, code as inline code."""
    return "\n".join(_flattened(text for text, _ in blocks))


def _flattened(lines: Iterable[str]) -> Iterator[str]:
    fence = ""
    for line in lines:
        bare = line.strip().removesuffix("\\")
        ticks = _FENCES.match(bare)
        if ticks and (not fence or bare == fence):
            fence = "" if fence else ticks[0]
        elif fence:
            yield code_span(bare)
        elif bare.startswith("- "):
            yield f"• {bare[2:]}"
        elif bare:
            yield bare


def joined(blocks: Iterable[Lines]) -> Lines:
    """Return blocks with an empty line between them."""
    lines: Lines = []
    for block in blocks:
        if block:
            if lines:
                lines.append(("", lines[-1][1]))
            lines += block
    return lines


def below_title(lines: Lines, title: str, number: int = 1) -> Lines:
    """Return a document below its title; its own headings are then one level lower.

    Args:
        lines: the document.
        title: the title, as inline Markdown; empty if there is none.
        number: the line of the source that has it.
    """
    if not title:
        return lines
    fence = ""
    lowered: Lines = []
    for text, line in lines:
        ticks = _FENCES.match(text)
        if ticks and (not fence or text == fence):
            fence = "" if fence else ticks[0]
        lower = not fence and text.startswith("#") and not text.startswith("######")
        lowered.append((f"#{text}" if lower else text, line))
    has_top = any(text.startswith("# ") for text, _ in lines)
    return joined([heading(title, 1, number), lowered if has_top else lines])


def whole(lines: Lines) -> tuple[str, tuple[int, ...]]:
    """Return the text of a document, and the line in the source for each of its lines."""
    return "\n".join([*(text for text, _ in lines), ""]), tuple(number for _, number in lines)


@dataclass
class _Level:
    """A list that is open: its kind, how many items it has, and how far its items' text is indented."""

    kind: str
    count: int = 0
    width: int = 0


class ListLines:
    """Writes lists in lists, item by item."""

    def __init__(self) -> None:
        self.lines: Lines = []
        self._levels: list[_Level] = []

    @property
    def depth(self) -> int:
        """How many lists are open."""
        return len(self._levels)

    def add(self, kinds: Sequence[str], blocks: Lines) -> None:
        """Add an item.

        Args:
            kinds: the kind of each list that it is in, the outermost first: `#` for a numbered one.
            blocks: what it says.
        """
        # A list that skips a level is one level deeper: more indentation would make it code.
        depth = min(len(kinds), self.depth + 1)
        del self._levels[depth:]
        if len(self._levels) == depth and self._levels[-1].kind != kinds[-1]:
            self._levels.pop()
        if len(self._levels) < depth:
            self._levels.append(_Level(kinds[-1]))
        level = self._levels[-1]
        level.count += 1
        mark = f"{level.count}." if level.kind == "#" else "-"
        level.width = len(mark) + 1
        indent = " " * sum(one.width for one in self._levels[:-1])
        self.lines += [(indent + text if text else "", n) for text, n in item(blocks, mark)]

    def attach(self, blocks: Lines) -> None:
        """Add blocks to the last item."""
        indent = " " * sum(one.width for one in self._levels)
        self.lines += [("", self.lines[-1][1])] if blocks and self.lines else []
        self.lines += [(indent + text if text else "", n) for text, n in blocks]
