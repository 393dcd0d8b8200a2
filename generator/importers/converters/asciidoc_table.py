"""The tables of AsciiDoc as Markdown.

The format: https://docs.asciidoctor.org/asciidoc/latest/tables/build-a-basic-table/
"""

from __future__ import annotations

import csv
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from generator.importers.converters.markdown_text import Lines, Spans, table

_CELL_END = re.compile(r"(?<!\\)\|")
# What stands before the bar of a cell: how often it is repeated, how many cells it spans, its style.
_SPEC = re.compile(r"(?:(?<=\s)|\A)(?:(\d{1,3})?(?:\.(\d{1,3}))?([+*]))?[<^>]?(?:\.[<^>])?([adehlmsv])?\Z")  # fmt: skip
_COLUMN = re.compile(r"(\d{1,2})\*")
_MOST = 50
_SEPARATORS = {",": ",", ":": ":", "csv": ",", "dsv": ":", "tsv": "\t"}


@dataclass
class AsciiDocCell:
    """A cell: its lines, the line of the source on which it begins, and how it is repeated."""

    lines: list[str]
    number: int
    columns: int = 1
    rows: int = 1
    style: str = ""
    said: str = field(default="")


def table_lines(
    lines: Sequence[tuple[str, int]],
    attributes: str,
    separator: str,
    say: Callable[[AsciiDocCell], str],
) -> Lines:
    """Return a table.

    Args:
        lines: what stands between its delimiters.
        attributes: its attributes, as typed: `cols="1,3",options="header"`.
        separator: the first character of its delimiter: `|`, `,` or `:`.
        say: returns the text of a cell as inline Markdown.
    """
    form = re.search(r"\bformat=\"?(\w+)", attributes)
    separator = _SEPARATORS.get(form[1] if form else separator, "|")
    filled = [n for n, (line, _) in enumerate(lines) if line.strip()]
    # The first row is a header too if an empty line follows it, and none is before it.
    implied = filled[:1] == [0] and len(lines) > 1 and not lines[1][0].strip() and len(filled) > 1
    has_header = "header" in attributes or "%header" in attributes or implied
    cells = _separated(lines, separator) if separator != "|" else _cells(lines)
    if not cells:
        return []
    first = [cell for cell in cells if cell.number == cells[0].number]
    width = _width(attributes) or sum(cell.columns for cell in first)
    for cell in cells:
        cell.said = say(cell)
    rows = _rows(cells, max(min(width, _MOST), 1))
    return table(rows, has_header=has_header)


def _width(attributes: str) -> int:
    """Return how many columns the attribute `cols` names; 0 if it is not there."""
    found = re.search(r"\bcols=(?:\"([^\"]*)\"|([^,\]]+))", attributes)
    if not found:
        return 0
    parts = re.split(r"[,;]", found[1] or found[2])
    return sum(int(times[1]) if (times := _COLUMN.match(part.strip())) else 1 for part in parts)


def _cells(lines: Sequence[tuple[str, int]]) -> list[AsciiDocCell]:
    cells: list[AsciiDocCell] = []
    for line, number in lines:
        parts = _CELL_END.split(line)
        for n, part in enumerate(parts):
            spec = _SPEC.search(part[-20:]) if n < len(parts) - 1 else None
            text = part[: len(part) - len(spec[0])] if spec else part
            if not cells and text.strip():  # Text before the first bar is a cell, too.
                cells.append(AsciiDocCell([], number))
            if n or (cells and (text.strip() or len(parts) == 1)):
                cells[-1].lines.append(text.replace("\\|", "|"))
            if n < len(parts) - 1:
                cells += _begun(spec, number)
    return cells


def _begun(spec: re.Match[str] | None, number: int) -> list[AsciiDocCell]:
    """Return the cell that begins behind a bar."""
    if spec is None:
        return [AsciiDocCell([], number)]
    columns, rows, style = int(spec[1] or 1), int(spec[2] or 1), spec[4] or ""
    if spec[3] == "+":
        return [AsciiDocCell([], number, min(columns, _MOST), min(rows, _MOST), style)]
    # `3*|` repeats a cell; once is enough to say it.
    return [AsciiDocCell([], number, style=style)]


def _separated(lines: Sequence[tuple[str, int]], separator: str) -> list[AsciiDocCell]:
    """Return the cells of lines in CSV; a quoted cell over several lines is read as its lines."""
    cells: list[AsciiDocCell] = []
    for line, number in lines:
        if line.strip():
            try:
                (row,) = csv.reader([line], delimiter=separator)
            except (csv.Error, ValueError):
                row = line.split(separator)
            cells += [AsciiDocCell([text.strip()], number) for text in row]
    return cells


def _rows(cells: Sequence[AsciiDocCell], width: int) -> list[tuple[list[str], int]]:
    """Return the cells as rows; one over several rows is said in each of them."""
    rows: list[tuple[list[str], int]] = []
    spans = Spans()
    said: list[str] = []
    number = cells[0].number
    for cell in cells:
        number = number if said else cell.number
        spans.begin(said, cell.said, cell.rows)
        said += [cell.said, *[""] * (min(cell.columns, width) - 1)]
        spans.fill(said)
        while len(said) >= width:
            rows.append((said, number))
            said = []
            spans.fill(said)
    return [*rows, (said, number)] if any(said) else rows
