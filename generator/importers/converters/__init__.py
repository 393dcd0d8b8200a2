"""From other formats to the Markdown that the importer reads.

A converter turns a text into Markdown that says the same, with the line of the source for each line,
and a remark about what it has left out. It reads no other file, runs nothing and asks no server. To
add one, write a module beside these, and put it into the table.
"""

from __future__ import annotations

from dataclasses import replace
from pathlib import PurePath

from generator.importers.converters import asciidoc, html, mediawiki, rest, slack, wiki
from generator.importers.converters.base import Converter
from generator.importers.decoding import Refused, WriteUp
from generator.limits import YAML_BYTES

MARKDOWN = "markdown"
"""The name of the format that needs no converter."""
MARKDOWN_ENDINGS = (".md", ".markdown", ".mdown", ".mdx")

CONVERTERS: dict[str, Converter] = {
    "html": Converter("HTML, as Confluence, Google Docs and Notion export it", html.ENDINGS, html.is_html, html.convert),
    "asciidoc": Converter("AsciiDoc", asciidoc.ENDINGS, asciidoc.is_asciidoc, asciidoc.convert),
    "rst": Converter("reStructuredText", rest.ENDINGS, rest.is_rest, rest.convert),
    "mediawiki": Converter("markup of MediaWiki", mediawiki.ENDINGS, mediawiki.is_mediawiki, mediawiki.convert),
    "wiki": Converter("wiki markup of Jira and Confluence", wiki.ENDINGS, wiki.is_wiki, wiki.convert),
    "slack": Converter("a chat export of Slack", slack.ENDINGS, slack.is_chat, slack.convert),
}  # fmt: skip
"""All formats but Markdown, by the name that `--from` takes; the first that fits a text is used."""


def converter_of(name: str, text: str) -> str | None:
    """Return the format of a text, or None for Markdown.

    Args:
        name: the file's name. Its ending decides, unless it is the one of Markdown or of any text.
        text: its text.
    """
    ending = PurePath(name).suffix.lower()
    # Several wikis share an ending.
    if ending in wiki.ENDINGS and mediawiki.is_mediawiki(text) and not wiki.is_wiki(text):
        return "mediawiki"
    for form, converter in CONVERTERS.items():
        if ending in converter.endings:
            return form
    if ending in MARKDOWN_ENDINGS:
        return "html" if html.is_html(text) and "<html" in text[:5_000].lower() else None
    return next((form for form, one in CONVERTERS.items() if one.fits(text)), None)


def to_markdown(write_up: WriteUp, form: str | None = None) -> WriteUp:
    """Return a write-up with its text as Markdown.

    Args:
        write_up: the write-up as it was read.
        form: the name of its format; None to find it out.

    Raises:
        Refused: it cannot be read, or it needs a package that is not installed, or is too large.
    """
    found = form or converter_of(write_up.name, write_up.text) or MARKDOWN
    if found == MARKDOWN and form is None and write_up.text.lstrip()[:6].startswith("<?xml"):
        raise Refused("it is XML, but not a page", "export it as HTML, or save it as Markdown")
    if found != MARKDOWN:
        converted = CONVERTERS[found].convert(write_up.text)
        if not converted.text.strip():
            raise Refused("the file has no words", "give a file with a write-up")
        remarks = (*write_up.remarks, *converted.remarks)
        write_up = replace(write_up, text=converted.text, lines=converted.lines, remarks=remarks)
    if len(write_up.text.encode()) > YAML_BYTES:
        raise Refused(f"its text is larger than {YAML_BYTES.shown}", "split it, or move logs and dumps to files in the incident's folder")  # fmt: skip
    return write_up


__all__ = ["CONVERTERS", "MARKDOWN", "MARKDOWN_ENDINGS", "Converter", "converter_of", "to_markdown"]
