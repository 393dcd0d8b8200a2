"""Post-mortem documents and action items, in formats that other programs read.

`contents.py` alone decides what a document says and in which order; a format prints it. To add a
format: write a module beside these with a function from an `ExportRequest` to an `ExportedFile`, bind
it in `FORMATS`, and say in `docs/guide/post-mortem.md` what it is for.
"""

from __future__ import annotations

from generator.postmortems import (
    csv_format,
    docx_format,
    html_format,
    ics_format,
    markdown_format,
)
from generator.postmortems.base import ExportedFile, ExportFormat, ExportRequest

FORMATS: dict[str, ExportFormat] = {
    "markdown": ExportFormat(markdown_format.export, (".md", ".markdown")),
    "html": ExportFormat(html_format.export, (".html", ".htm")),
    "docx": ExportFormat(docx_format.export, (".docx",), text=False),
    "csv": ExportFormat(csv_format.export, (".csv",), several=True),
    "ics": ExportFormat(ics_format.export, (".ics",), several=True),
}
"""All formats, by the name that `--format` takes."""

__all__ = ["FORMATS", "ExportFormat", "ExportRequest", "ExportedFile"]
