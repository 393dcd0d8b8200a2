"""From the wiki markup of Jira and Confluence to Markdown.

The markup: https://jira.atlassian.com/secure/WikiRendererHelpAction.jspa?section=all
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence

from generator.importers.converters.base import Converted, counted, left_out
from generator.importers.converters.markdown_text import (
    Lines,
    ListLines,
    caption,
    code_block,
    escaped,
    heading,
    joined,
    joined_runs,
    paragraph,
    quoted,
    table,
    whole,
)
from generator.importers.converters.wiki_inline import plain, runs_of

ENDINGS = (".wiki", ".jira", ".confluence")
_HEADING = re.compile(r"\s{0,9}h([1-6])\.\s+(\S.*)")
_ITEM = re.compile(r"\s{0,20}([*#]{1,10}|-)\s+(\S.*)")
_RULE = re.compile(r"\s{0,9}-{4,}\s*\Z")
_QUOTE_LINE = re.compile(r"\s{0,9}bq\.\s+(\S.*)")
_VERBATIM = ("code", "noformat")
_BOXES = ("quote", "panel", "info", "note", "tip", "warning", "expand", "section", "column", "excerpt", "details", "center", "div")  # fmt: skip
_NOTHING = ("toc", "toc-zone", "anchor", "children", "pagetree", "attachments", "recently-updated", "include", "excerpt-include", "gallery")  # fmt: skip
# A macro that begins or ends a block, with its parameters.
_MACRO = re.compile(rf"(?<!\\)\{{({'|'.join((*_VERBATIM, *_BOXES, *_NOTHING))})(?::([^{{}}\n]{{0,500}}))?\}}")  # fmt: skip
_CELL_ENDS = re.compile(r"(\|\|?)")
_NO_CELL_END = re.compile(r"\[[^\[\]\n]{0,2000}\]|\{\{[^\n}]{0,500}\}\}|!\S[^!\n]{0,300}!|\{[^{}\n]{0,300}\}|\\\|")  # fmt: skip
_SIGNS = re.compile(r"^h[1-6]\.[ \t]+\S|\{(?:code|noformat|panel|quote)(?::[^{}\n]{0,200})?\}", re.MULTILINE)  # fmt: skip
_WRAPPED = 60
_BAR = "\x00"


def is_wiki(text: str) -> bool:
    """Whether a text is wiki markup: it has a heading such as `h2. Impact`, or two macros."""
    signs = [match[0] for match in _SIGNS.finditer(text)]
    return any(sign.startswith("h") for sign in signs) or len(signs) >= 2


def convert(text: str) -> Converted:
    """Return wiki markup as Markdown."""
    reader = _Reader(text.split("\n"))
    lines = joined(reader.blocks())
    dropped = (counted(number, noun) for noun, number in reader.dropped.items())
    return Converted(*whole(lines), left_out(dropped))


class _Reader:
    """Reads wiki markup line by line."""

    def __init__(self, lines: Sequence[str]) -> None:
        self.lines = lines
        self.at = 0
        self.dropped: Counter[str] = Counter()
        self.rest = ""  # of a line behind a macro
        self.items: ListLines | None = None

    def blocks(self, until: str = "") -> Iterator[Lines]:
        """Yield the blocks up to the macro that ends a box.

        Args:
            until: the name of that macro; empty to read everything.
        """
        said: list[str] = []
        begin = 0
        while self.at < len(self.lines):
            line, number = self.rest or self.lines[self.at], self.at + 1
            macro = _MACRO.search(line)
            before = line[: macro.start()] if macro else line
            if macro and not before.strip():
                before = ""
            if before.strip() and (special := self._special(before, number)) is not None:
                yield from self._said(said, begin)
                yield from special
            elif before.strip():
                if self.items and not said and macro is None and self._goes_on(before, number):
                    self._next(macro)
                    continue
                begin = begin if said else number
                said.append(before)
            else:
                yield from self._said(said, begin)
                if not macro:
                    yield from self._list_ends()
            if macro and macro[1] == until and macro[2] is None:
                self._next(macro)
                break
            name = macro[1] if macro else ""
            inside = self.items if name in _VERBATIM and not said else None
            if macro and inside is None:
                yield from self._said(said, begin)
                yield from self._list_ends()
            self._next(macro)
            if macro and inside is not None:
                inside.attach(joined(self._macro(name, macro[2] or "", number)))
            elif macro:
                yield from self._macro(name, macro[2] or "", number)
        yield from self._said(said, begin)
        yield from self._list_ends()

    def _next(self, macro: re.Match[str] | None) -> None:
        """Go on behind a macro, or with the next line."""
        self.rest = macro.string[macro.end() :] if macro else ""
        if not self.rest.strip():
            self.rest = ""
            self.at += 1

    def _said(self, said: list[str], number: int) -> Iterator[Lines]:
        """Yield the collected lines as a paragraph."""
        if said:
            yield from self._list_ends()
            text = "".join(f"{joined_runs(runs_of(line))}{_line_end(line)}" for line in said)
            yield paragraph(text, number)
            said.clear()

    def _list_ends(self) -> Iterator[Lines]:
        if self.items:
            yield self.items.lines
            self.items = None

    def _goes_on(self, line: str, number: int) -> bool:
        """Add a line to the item of a list above it."""
        assert self.items is not None
        text, n = self.items.lines[-1]
        if not text or text.rstrip().endswith("```"):
            return False
        (first, _), *_ = paragraph(joined_runs(runs_of(line)), number) or [("", 0)]
        self.items.lines[-1] = (f"{text} {first}", n)
        return True

    def _special(self, line: str, number: int) -> list[Lines] | None:
        """Return the blocks of a line that is a heading, an item, a row, a rule or a quotation."""
        if found := _HEADING.match(line):
            return [*self._list_ends(), heading(plain(found[2]), int(found[1]), number)]
        if _RULE.match(line):
            return [*self._list_ends()]
        if found := _QUOTE_LINE.match(line):
            return [*self._list_ends(), quoted(paragraph(joined_runs(runs_of(found[1])), number))]
        if found := _ITEM.match(line):
            self.items = self.items or ListLines()
            self.items.add(found[1], paragraph(joined_runs(runs_of(found[2])), number))
            return []
        if line.lstrip().startswith("|") and not self.rest:
            return [*self._list_ends(), self._table()]
        return None

    def _table(self) -> Lines:
        """Return the table that begins on this line; stay on its last line."""
        rows: list[tuple[list[str], int]] = []
        has_header = False
        while self.at < len(self.lines) and self.lines[self.at].lstrip().startswith("|"):
            number, row = self.at + 1, self.lines[self.at].strip()
            while not row.endswith("|") and self.at + 1 < len(self.lines) and self.lines[self.at + 1].strip():  # fmt: skip
                following = self.lines[self.at + 1].strip()
                if following.startswith("|") or _MACRO.search(following):
                    break
                row = f"{row}\n{following}"
                self.at += 1
            marks, cells = _cells(row)
            has_header = has_header or (not rows and all(mark == "||" for mark in marks))
            rows.append(([_cell(cell) for cell in cells], number))
            self.at += 1
        self.at -= 1
        return table(rows, has_header=has_header)

    def _macro(self, name: str, parameters: str, number: int) -> Iterator[Lines]:
        """Yield the blocks of a macro whose opening has been read."""
        named = {key.strip().lower(): value.strip() for key, _, value in (part.partition("=") for part in parameters.split("|")) if value}  # fmt: skip
        alone = [part.strip() for part in parameters.split("|") if part.strip() and "=" not in part]
        if name in _NOTHING:
            if name in ("include", "excerpt-include"):
                self.dropped["included page"] += 1
            return
        title = named.get("title") or (alone[0] if alone and name == "expand" else "")
        if title:
            yield caption(escaped(title), number)
        if name in _VERBATIM:
            language = named.get("language") or (alone[0] if alone and name == "code" else "")
            yield self._verbatim(name, language.lower())
        elif name == "quote":
            yield quoted(joined(self.blocks(name)))
        else:
            yield from self.blocks(name)

    def _verbatim(self, name: str, language: str) -> Lines:
        """Return code up to the macro that ends it, or the end of the text."""
        end = f"{{{name}}}"
        code: list[str] = []
        number = self.at + 1
        while self.at < len(self.lines):
            line = self.rest or self.lines[self.at]
            before, found, behind = line.partition(end)
            code.append(before)
            self.rest = behind if found and behind.strip() else ""
            if not self.rest:
                self.at += 1
            if found:
                break
        if code and not code[0].strip():
            code, number = code[1:], number + (1 if len(code) > 1 else 0)
        return code_block("\n".join(code), "" if language in ("none", "text") else language, number)


def _line_end(line: str) -> str:
    """Return what ends a line: Jira ends it there, but a long one was wrapped by an editor."""
    line = line.rstrip()
    return " " if len(line) >= _WRAPPED and line[-1] not in ".:;!?" else "\n"


def _cells(row: str) -> tuple[list[str], list[str]]:
    """Return what each cell of a row begins with, `||` or `|`, and its text."""
    safe = _NO_CELL_END.sub(lambda match: match[0].replace("|", _BAR), row)
    parts = _CELL_ENDS.split(safe)[1:]
    marks, cells = parts[::2], [cell.replace(_BAR, "|") for cell in parts[1::2]]
    if cells and not cells[-1].strip():
        marks, cells = marks[:-1], cells[:-1]
    return marks, cells


def _cell(text: str) -> str:
    lines = [_ITEM.sub(r"• \2", line) if _ITEM.match(line) else line for line in text.split("\n")]
    return "\n".join(joined_runs(runs_of(line)) for line in lines)
