"""The document as Markdown, for a wiki, a repository or a review.

It is CommonMark with tables, which nearly every tool supports. List items are indented by four
spaces, as older dialects require.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from generator.postmortems.base import ExportedFile, ExportRequest
from generator.postmortems.document import (
    Heading,
    MissingPart,
    PrintedBlock,
    PrintedCode,
    PrintedList,
    PrintedParagraph,
    PrintedTable,
    Span,
    Style,
    StyledText,
)
from generator.text.markdown import Markdown, code, fence, markdown_of_pieces, plain
from generator.text.prose import PieceKind, ProsePiece
from generator.text.templating import new_environment, template_folders

TEMPLATE = "postmortem/document.md.j2"

_INDENT = 4  # the least indent of blocks inside a list item

# URLs that mean the same in angle brackets in all dialects. This form is also a link in tools that do
# not allow HTML.
_PLAIN_ADDRESS = re.compile(r"https?://[A-Za-z0-9/._~?=%#:,&-]+\Z")


def export(request: ExportRequest) -> ExportedFile:
    """Return the post-mortem of one incident as Markdown."""
    document = request.document()
    templates = new_environment(template_folders(request.base.root), _finalize)
    text = templates.get_template(TEMPLATE).render(
        title=markdown_line((Span(Style.PLAIN, document.title),)),
        notice=markdown_line(document.notice),
        facts=[(plain(label), in_cell(value)) for label, value in document.facts],
        sections=[
            {"title": plain(section.title), "blocks": list(_blocks(section.blocks))}
            for section in document.sections
        ],
        colophon=markdown_line(document.colophon),
    )
    return ExportedFile(text.encode("utf-8", "replace"))


def _finalize(value: Any) -> str:
    """Escape a value that a template prints, unless it is Markdown already."""
    return value if isinstance(value, Markdown) else plain(str(value))


def markdown_line(text: StyledText) -> Markdown:
    """Return one line of Markdown that shows a text."""
    return Markdown("".join(_span(span) for span in text))


def in_cell(text: StyledText) -> Markdown:
    """Return the same for a table cell, in which a bar must be escaped, even inside code."""
    return Markdown("".join(_span(span, in_table=True) for span in text))


def _span(span: Span, *, in_table: bool = False) -> Markdown:
    style, text = span
    if style is Style.BREAK:
        return Markdown("<br>")
    if style is Style.CODE and in_table and "|" in text:
        return Markdown(f"<code>{plain(text.strip())}</code>")
    if style is Style.CODE:
        return code(text)
    if style is Style.ADDRESS and _PLAIN_ADDRESS.match(text):
        return Markdown(f"<{text}>")
    if style is Style.ADDRESS:
        return markdown_of_pieces([ProsePiece(PieceKind.ADDRESS, text)])
    if style is Style.STRONG:
        return Markdown(f"**{plain(text)}**")
    return Markdown(f"*{plain(text)}*") if style is Style.NOTE else plain(text)


def _blocks(blocks: tuple[PrintedBlock, ...], indent: str = "") -> Iterator[Markdown]:
    """Yield blocks as Markdown; all lines except the first of each are indented."""
    for block in blocks:
        match block:
            case PrintedParagraph(text):
                yield markdown_line(text)
            case MissingPart(text):
                yield Markdown(f"*{plain(text)}*")
            case PrintedCode(text, language):
                yield fence(text, language, indent)
            case Heading(text, depth):
                yield Markdown(f"{'#' * (depth + 2)} {markdown_line(text)}")
            case PrintedList(items, numbered):
                yield Markdown("".join(_items(items, indent, numbered)))
            case PrintedTable(head, rows, _):
                yield _table(head, rows)


def _items(
    items: tuple[tuple[PrintedBlock, ...], ...], indent: str, numbered: bool
) -> Iterator[str]:
    # A list whose items are single paragraphs needs no empty lines.
    gap = "\n" if all(len(item) == 1 for item in items) else "\n\n"
    for number, item in enumerate(items, 1):
        marker = f"{number}. " if numbered else "- "
        inner = indent + " " * max(_INDENT, len(marker))
        body = f"\n\n{inner}".join(_blocks(item, inner))
        yield f"{gap + indent if number > 1 else ''}{marker:<{_INDENT}}{body}"


def _table(head: tuple[str, ...], rows: tuple[tuple[StyledText, ...], ...]) -> Markdown:
    lines = [
        _row(plain(name) for name in head),
        _row("---" for _ in head),
        *(_row(in_cell(cell) for cell in row) for row in rows),
    ]
    return Markdown("\n".join(lines))


def _row(cells: Iterator[str]) -> str:
    return f"| {' | '.join(cells)} |"
