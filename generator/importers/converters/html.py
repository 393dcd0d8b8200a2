"""From HTML to Markdown: exports of Confluence, Google Docs and Notion, and pages saved from a browser.

lxml reads it, as forgiving as a browser. Scripts, styles, what a browser hides and what surrounds the
page (navigation, footer) are dropped; nothing is fetched or run. Pages of Confluence in its storage
format are read as well: https://confluence.atlassian.com/doc/confluence-storage-format-790796544.html
"""

from __future__ import annotations

import html
import re
from collections.abc import Iterator

from generator.importers.converters.base import Converted, counted, left_out, need
from generator.importers.converters.html_blocks import HtmlBlocks
from generator.importers.converters.html_pages import content_of, prepare, take_title, title_of_head
from generator.importers.converters.markdown_text import below_title, escaped, joined, whole
from generator.importers.decoding import Refused
from generator.importers.words import words

ENDINGS = (".html", ".htm", ".xhtml")
_START = re.compile(
    r"\s{0,99}(?:<\?xml[^>]{0,200}>\s{0,99})?(?:<!--[^>]{0,2000}-->\s{0,99})?"
    r"<(?:!doctype\s{1,99}html|html|head|body|article|ac:structured-macro|h[1-6]|div|table|meta)\b",
    re.IGNORECASE,
)
_CDATA = re.compile(r"<!\[CDATA\[(.*?)(?:\]\]>|\Z)", re.DOTALL)
_MOST_SHOWN = 400
_TOO_DEEP = "Excessive depth"


def is_html(text: str) -> bool:
    """Whether a text begins as HTML does."""
    return _START.match(text) is not None


def convert(text: str) -> Converted:
    """Return a page as Markdown.

    Raises:
        Refused: lxml is not installed, or elements nest more than 255 deep.
    """
    need("lxml", "HTML")
    from lxml import etree  # type: ignore[import-untyped]
    from lxml.html import HTMLParser, document_fromstring  # type: ignore[import-untyped]

    # HTML has no CDATA, but Confluence keeps code in it.
    text = _CDATA.sub(lambda match: html.escape(match[1]), text)
    # No network, and a bound on the depth: what an export may cost is decided here.
    parser = HTMLParser(encoding="utf-8", no_network=True, huge_tree=False, remove_comments=True, remove_pis=True)  # fmt: skip
    try:
        document = document_fromstring(text.encode("utf-8"), parser=parser, ensure_head_body=True)
    except (etree.ParserError, ValueError):
        raise Refused("the page has no text", "export it again, with its content") from None
    if any(_TOO_DEEP in error.message for error in parser.error_log):
        raise Refused("its elements nest more than 255 deep", "export it again, or save it as Markdown")  # fmt: skip
    dropped = prepare(document)
    title = take_title(document)
    content, around = content_of(document)
    blocks = HtmlBlocks()
    lines = joined(blocks.of(content))
    if not title and not any(text.startswith("# ") for text, _ in lines):
        title = title_of_head(document)
    lines = below_title(lines, escaped(title))
    remarks = [*_counted(dropped), *_counted(blocks.dropped)]
    if around:
        told = "".join(filter(str.isprintable, " \u00b7 ".join(around)))
        shown = told if len(told) <= _MOST_SHOWN else f"{told[:_MOST_SHOWN].rstrip()} \u2026"
        remarks.append(f"{counted(len(words(told)), 'word')} around the page: {shown}")
    return Converted(*whole(lines), left_out(remarks))


def _counted(found: dict[str, int]) -> Iterator[str]:
    """Yield each kind of thing with its number."""
    for noun, number in found.items():
        yield counted(number, noun)
