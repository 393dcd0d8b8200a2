"""Post-mortem documents and action items, in formats that other programs read.

Only `contents.py` decides what a document says and in which order; a format prints it. To add a
format: write a module with a function from a `Request` to an `Export`, add it to `FORMATS`, and
describe it in `docs/guide/post-mortem.md`.
"""

from __future__ import annotations

from generator.postmortems import (
    csv_format,
    docx_format,
    html_format,
    ics_format,
    markdown_format,
)
from generator.postmortems.base import Export, Format, Request

FORMATS: dict[str, Format] = {
    "markdown": Format(markdown_format.export, (".md", ".markdown")),
    "html": Format(html_format.export, (".html", ".htm")),
    "docx": Format(docx_format.export, (".docx",), text=False),
    "csv": Format(csv_format.export, (".csv",), several=True),
    "ics": Format(ics_format.export, (".ics",), several=True),
}
"""All formats, by the name that `--format` takes."""

__all__ = ["FORMATS", "Export", "Format", "Request"]
