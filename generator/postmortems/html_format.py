"""The document as one self-contained HTML file: no network, no script, no font."""

from __future__ import annotations

from typing import Any

from markupsafe import Markup

from generator.postmortems.base import ExportedFile, ExportRequest
from generator.postmortems.document import (
    Heading,
    MissingPart,
    PrintedBlock,
    PrintedCode,
    PrintedList,
    PrintedParagraph,
    PrintedTable,
    StyledText,
    spans,
)
from generator.text.templating import new_environment, template_folders

TEMPLATE = "postmortem/document.html.j2"
STYLE = "postmortem/style.css"


def export(request: ExportRequest) -> ExportedFile:
    """Return the post-mortem of one incident as HTML."""
    document = request.document()
    templates = new_environment(template_folders(request.base.root), autoescape=True)
    style = templates.get_template(STYLE).render()
    text = templates.get_template(TEMPLATE).render(
        document=document,
        style=Markup(style),  # noqa: S704 - a template's own text
        notice=list(spans(document.notice)),
        facts=[(label, list(spans(value))) for label, value in document.facts],
        sections=[
            {"key": s.key, "title": s.title, "blocks": [_block(block) for block in s.blocks]}
            for s in document.sections
        ],
        colophon=list(spans(document.colophon)),
    )
    return ExportedFile(text.encode("utf-8", "replace"))


def _block(block: PrintedBlock) -> dict[str, Any]:
    """Return a block as the template loops over it."""
    match block:
        case PrintedParagraph(text):
            return {"kind": "paragraph", "text": list(spans(text))}
        case MissingPart(words):
            return {"kind": "missing", "text": words}
        case PrintedCode(words, language):
            return {"kind": "code", "text": words, "language": language}
        case Heading(text, depth):
            return {"kind": "heading", "text": list(spans(text)), "level": depth + 2}
        case PrintedList(items, numbered):
            inner = [[_block(b) for b in item] for item in items]
            return {"kind": "items", "tag": "ol" if numbered else "ul", "items": inner}
        case PrintedTable(head, rows, widths):
            return {
                "kind": "table",
                "head": head,
                "rows": [_cells(head, row) for row in rows],
                "widths": widths,
            }


def _cells(head: tuple[str, ...], row: tuple[StyledText, ...]) -> list[dict[str, Any]]:
    return [
        {"label": name, "text": list(spans(cell))} for name, cell in zip(head, row, strict=True)
    ]
