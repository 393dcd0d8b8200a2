"""From reStructuredText to Markdown; Docutils reads it: https://docutils.sourceforge.io/.

Nothing is included, inserted or run: files and raw HTML that the text names are left out, and counted.
"""

from __future__ import annotations

import io
import re
from typing import Any

from generator.importers.converters.base import Converted, counted, left_out, need
from generator.importers.converters.markdown_text import Lines, joined, paragraph, whole
from generator.importers.converters.rest_nodes import RestBlocks
from generator.importers.decoding import Refused
from generator.limits import REST_MARKUP

ENDINGS = (".rst", ".rest")
_SIGNS = re.compile(
    r"^\.\. (?:[a-z][\w-]{1,30}::|_[^\n]{1,80}:)|^:[\w ]{1,30}: |^([~^\"*#=+-])\1{3,}[ ]*$|:[a-z]{2,12}:`[^`\n]{1,80}`",
    re.MULTILINE,
)
_ADORNED = re.compile(r"^\S[^\n]{2,100}\n([~^\"*#+])\1{3,}[ ]*$", re.MULTILINE)
_MARKS = re.compile(r"[*`|_]")
_METADATA = re.compile(r"\.\. (?P<name>[a-z]{2,20}):(?P<value>[^\n:][^\n]{0,600}|)\Z")
_OF_PAGE = frozenset(("title", "published", "tags", "category", "author", "updated", "description"))
_MOST_METADATA = 20
_PARAGRAPH_END = re.compile(r"\n[ \t]*\n")
_DEEP = "it nests too deeply"


def is_rest(text: str) -> bool:
    """Whether a text is reStructuredText: it has a directive, a role, or an underline of its own."""
    signs = [match[0] for match in _SIGNS.finditer(text)]
    own = any(sign.startswith(".. ") or "`" in sign for sign in signs)
    return own or _ADORNED.search(text) is not None


def convert(text: str) -> Converted:
    """Return reStructuredText as Markdown.

    Raises:
        Refused: Docutils is not installed, or the text nests too deeply or has too much markup.
    """
    need("docutils", "reStructuredText")
    _check(text)
    blocks = RestBlocks(parsed)
    try:
        lines = joined(blocks.of_document(parsed(text)))
    except RecursionError:
        raise Refused(_DEEP, "save it as Markdown") from None
    count = len(text.split("\n"))
    lines = [*_metadata(text), *lines]
    lines = [(line, min(max(number, 1), count)) for line, number in lines]
    dropped = (counted(number, noun) for noun, number in blocks.dropped.items())
    return Converted(*whole(lines), left_out(dropped))


def _metadata(text: str) -> Lines:
    """Return what the first comments say of the page, as Nikola has it: `.. title: ...`.

    The `date` there is the day on which the page was published.
    """
    lines: Lines = []
    for number, line in enumerate(text.split("\n")[:_MOST_METADATA], 1):
        found = _METADATA.match(line)
        if found is None:
            break
        name = {"date": "published"}.get(found["name"], found["name"])
        if name in _OF_PAGE and found["value"].strip():
            lines += paragraph(f"**{name}**: {found['value'].strip()}", number)
            lines.append(("", number))
    return lines


def parsed(text: str) -> Any:
    """Return the tree of a text, as Docutils reads it.

    Raises:
        RecursionError: it nests too deeply.
    """
    from docutils.core import publish_doctree  # type: ignore[import-untyped]
    from docutils.parsers.rst import roles  # type: ignore[import-untyped]

    settings = {
        "_disable_config": True,  # no file of the system or of the current folder
        "file_insertion_enabled": False,
        "raw_enabled": False,
        "halt_level": 5,
        "report_level": 2,
        "warning_stream": io.StringIO(),
        "syntax_highlight": "none",
        "line_length_limit": 1_000_000,
        "doctitle_xform": True,
    }
    # A text may define roles, which Docutils would keep for the next text.
    known = dict(roles._roles)
    try:
        return publish_doctree(text, settings_overrides=settings)
    finally:
        roles._roles.clear()
        roles._roles.update(known)


def _check(text: str) -> None:
    """Refuse a text for which Docutils would take too long: it searches each paragraph for each mark.

    Raises:
        Refused: marks times length, over all paragraphs, is too much.
    """
    work = 0
    begin = 1
    for part in _PARAGRAPH_END.split(text):
        work += len(_MARKS.findall(part)) * len(part)
        if work > REST_MARKUP:
            raise Refused(
                f"the passage on line {begin} has too much markup",
                "move logs and dumps to files, or save the write-up as Markdown",
            )
        begin += part.count("\n") + 2
