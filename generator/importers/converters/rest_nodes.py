"""The tree of a text in reStructuredText as Markdown.

The nodes: https://docutils.sourceforge.io/docs/ref/doctree.html
"""

from __future__ import annotations

import re
import textwrap
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from typing import Any

from generator.importers.converters.markdown_text import (
    Lines,
    Run,
    Spans,
    caption,
    cell_of,
    code_block,
    code_span,
    escaped,
    heading,
    image,
    item,
    joined,
    joined_runs,
    labelled,
    link,
    paragraph,
    quoted,
    table,
    tidy,
)

_ADMONITIONS = frozenset("attention caution danger error hint important note tip warning".split())
_CODE = frozenset(("code", "code-block", "sourcecode", "parsed-literal", "prompt", "literalinclude"))  # fmt: skip
_TITLES = {"seealso": "See also", "todo": "To do", "versionadded": "New in", "versionchanged": "Changed in", "deprecated": "Deprecated in"}  # fmt: skip
_NOTHING = frozenset("toctree index highlight contents tabularcolumns currentmodule sectionauthor codeauthor".split())  # fmt: skip
_INSERTED = frozenset(("include", "raw", "csv-table", "literalinclude"))
_HIDDEN = frozenset("comment substitution_definition pending decoration meta generated label".split())  # fmt: skip
_DIRECTIVE = re.compile(r"\s*(?:\.\.\s+)?(?:\|[^|\n]{1,80}\|\s+)?([\w:.+-]{1,60})::[ \t]*(.*)")
_OPTION = re.compile(r":[\w-]{1,40}:(?:\s.*)?\Z")
_ROLE = re.compile(r":[\w:.+-]{1,60}:`([^`]{1,500})`|`([^`]{1,500})`:[\w:.+-]{1,60}:")
_TARGET = re.compile(r"<[^<>]{0,300}>\Z")
_MOST_NESTED = 8
_ERROR = 3  # of the levels of Docutils: what it could not read


class RestBlocks:
    """Turns nodes into blocks.

    Attributes:
        dropped: how many things of which kind were left out.
    """

    def __init__(self, parsed: Callable[[str], Any]) -> None:
        """Take what parses a text, for what stands in a directive that Docutils does not know."""
        self.dropped: Counter[str] = Counter()
        self._parsed = parsed
        self._nested = 0
        self._level = 1
        self._begin = 0  # lines before a text in a directive
        self._last = 1

    def of_document(self, document: Any) -> Iterator[Lines]:
        """Yield the blocks of a whole text."""
        yield from self._all(document)

    def _all(self, node: Any) -> Iterator[Lines]:
        for child in node.children:
            yield from self._block(child)

    def _line(self, node: Any) -> int:
        """Return the line of a node: its own, of a node in it or around it, or of the one before."""
        found = node.line or next((n.line for n in node.findall() if getattr(n, "line", None)), None)  # fmt: skip
        while found is None and node.parent is not None:
            node = node.parent
            found = node.line
        self._last = int(found) + self._begin if found else self._last
        return self._last

    def _block(self, node: Any) -> Iterator[Lines]:
        """Yield the blocks of a node."""
        kind, number = node.tagname, self._line(node)
        if kind in _HIDDEN:
            return
        handler = getattr(self, f"_of_{kind}", None)
        if handler is not None:
            yield from handler(node, number)
        elif kind in _ADMONITIONS:
            yield from self._admonition(kind.capitalize(), node, number)
        elif kind == "#text" or (node.children and all(_is_inline(child) for child in node.children)):  # fmt: skip
            yield paragraph(self._text(node), number)
        else:
            yield from self._all(node)

    def _of_section(self, node: Any, number: int) -> Iterator[Lines]:  # noqa: ARG002
        self._level += 1
        yield from self._all(node)
        self._level -= 1

    def _of_title(self, node: Any, number: int) -> Iterator[Lines]:
        if node.parent.tagname in ("section", "document"):
            yield heading(self._plain(node), self._level, number)
        else:
            yield caption(self._plain(node), number)

    def _of_subtitle(self, node: Any, number: int) -> Iterator[Lines]:
        yield paragraph(self._text(node), number)

    def _of_rubric(self, node: Any, number: int) -> Iterator[Lines]:
        yield caption(self._plain(node), number)

    def _of_docinfo(self, node: Any, number: int) -> Iterator[Lines]:  # noqa: ARG002
        for child in node.children:
            if child.tagname == "field":
                yield from self._field(child)
            elif child.tagname == "authors":
                names = ", ".join(self._plain(author) for author in child.children)
                yield paragraph(f"**Authors**: {names}", self._line(child))
            else:
                name = child.tagname.capitalize()
                yield paragraph(f"**{name}**: {self._text(child)}", self._line(child))

    def _of_field_list(self, node: Any, number: int) -> Iterator[Lines]:  # noqa: ARG002
        for child in node.children:
            yield from self._field(child)

    def _field(self, node: Any) -> Iterator[Lines]:
        name, body = node.children[0], node.children[1]
        if body.children and body.children[0].tagname != "paragraph":
            yield caption(f"{self._plain(name)}:", self._line(node))
            yield from self._all(body)
            return
        blocks = joined(self._all(body))
        first = blocks[0][0] if blocks else ""
        yield [(f"**{self._plain(name)}**: {first}".rstrip(), self._line(node)), *blocks[1:]]

    def _of_literal_block(self, node: Any, number: int) -> Iterator[Lines]:
        languages = [c for c in node.get("classes", ()) if c not in ("code", "literal-block")]
        begin = max(number - node.astext().count("\n"), 1) if node.line is None else number
        yield code_block(node.astext(), languages[0] if languages else "", begin)

    _of_doctest_block = _of_math_block = _of_literal_block

    def _of_bullet_list(self, node: Any, number: int) -> Iterator[Lines]:  # noqa: ARG002
        yield [line for child in node.children for line in item(joined(self._all(child)), "-")]

    def _of_enumerated_list(self, node: Any, number: int) -> Iterator[Lines]:  # noqa: ARG002
        start = int(node.get("start", 1))
        yield [line for n, child in enumerate(node.children, start) for line in item(joined(self._all(child)), f"{n}.")]  # fmt: skip

    def _of_definition_list(self, node: Any, number: int) -> Iterator[Lines]:  # noqa: ARG002
        lines: Lines = []
        for one in node.children:
            terms = [self._plain(c) for c in one.children if c.tagname in ("term", "classifier")]
            body = [c for c in one.children if c.tagname == "definition"]
            blocks = joined(block for c in body for block in self._all(c))
            lines += labelled(": ".join(terms), blocks, self._line(one))
        yield lines

    def _of_option_list(self, node: Any, number: int) -> Iterator[Lines]:  # noqa: ARG002
        for one in node.children:
            options, body = one.children[0], one.children[1]
            yield labelled(code_span(options.astext()), joined(self._all(body)), self._line(one))

    def _of_block_quote(self, node: Any, number: int) -> Iterator[Lines]:  # noqa: ARG002
        yield quoted(joined(self._all(node)))

    def _of_attribution(self, node: Any, number: int) -> Iterator[Lines]:
        yield paragraph(f"— {self._text(node)}", number)

    def _of_line_block(self, node: Any, number: int) -> Iterator[Lines]:
        yield paragraph("\n".join(self._verses(node)), number)

    def _verses(self, node: Any) -> Iterator[str]:
        for child in node.children:
            if child.tagname == "line":
                yield self._text(child)
            else:
                yield from self._verses(child)

    def _of_image(self, node: Any, number: int) -> Iterator[Lines]:
        yield paragraph(image(node.get("alt", ""), node.get("uri", "")), number)

    def _of_footnote(self, node: Any, number: int) -> Iterator[Lines]:
        label = next((c.astext() for c in node.children if c.tagname == "label"), "")
        blocks = joined(self._all(node))
        if blocks:
            yield [(f"{escaped(f'[{label}]')} {blocks[0][0]}", number), *blocks[1:]]

    _of_citation = _of_footnote

    def _of_transition(self, node: Any, number: int) -> Iterator[Lines]:  # noqa: ARG002
        yield []

    def _of_target(self, node: Any, number: int) -> Iterator[Lines]:
        # Links name the address of a target, so it is shown only if there is none.
        if node.get("refuri") and not node.referenced:
            yield paragraph(escaped(": ".join((*node["names"], node["refuri"]))), number)

    def _of_topic(self, node: Any, number: int) -> Iterator[Lines]:  # noqa: ARG002
        if "contents" not in node.get("classes", ()):
            yield from self._all(node)

    def _admonition(self, title: str, node: Any, number: int) -> Iterator[Lines]:
        blocks = list(self._all(node))
        if blocks and blocks[0] and not blocks[0][0][0].startswith(("```", "- ", "|", ">", "1. ")):
            text, begin = blocks[0][0]
            blocks[0] = [(f"{title}: {text}", begin), *blocks[0][1:]]
        else:
            yield paragraph(f"{title}:", number)
        yield from blocks

    def _of_table(self, node: Any, number: int) -> Iterator[Lines]:  # noqa: ARG002
        rows: list[tuple[list[str], int]] = []
        has_header = False
        spans = Spans()
        for part in node.findall(lambda n: n.tagname in ("thead", "tbody")):
            has_header = has_header or part.tagname == "thead"
            for row in part.children:
                said: list[str] = []
                for entry in row.children:
                    spans.fill(said)
                    text = cell_of(joined(self._all(entry)))
                    spans.begin(said, text, min(int(entry.get("morerows", 0)) + 1, 1_000))
                    said += [text, *[""] * min(int(entry.get("morecols", 0)), 50)]
                spans.fill(said)
                rows.append((said, self._line(row)))
        for above in [c for c in node.children if c.tagname == "title"]:
            yield caption(self._plain(above), self._line(above))
        yield table(rows, has_header=has_header)

    def _of_system_message(self, node: Any, number: int) -> Iterator[Lines]:
        """Yield what stands in a directive that Docutils does not know, or did not read."""
        source = next((c.astext() for c in node.children if c.tagname == "literal_block"), "")
        found = _DIRECTIVE.match(source)
        if not found:
            # A table or a title that is not complete; what is only a warning stands in the text, too.
            if node["level"] >= _ERROR and source:
                yield code_block(source, "", number)
            return
        name, argument = found[1], found[2].strip()
        options, body, before = _body(source[found.end() :].split("\n")[1:])
        if "disabled" in node.astext() or "deactivated" in node.astext() or name in ("literalinclude",):  # fmt: skip
            if name in _INSERTED:
                self.dropped[
                    "passage of HTML|passages of HTML" if name == "raw" else "included file"
                ] += 1
            return
        if name in _NOTHING or source.lstrip().startswith(".. |"):
            return
        if name in _CODE:
            yield from [caption(escaped(options.get("caption", "")), number)]
            yield code_block(textwrap.dedent("\n".join(body)), argument, number + before)
            return
        title = " ".join(part for part in (_TITLES.get(name, ""), argument) if part)
        if name != "only" and title:
            yield paragraph(f"{escaped(title)}:" if any(body) else escaped(title), number)
        yield from self._inside(body, number + before)

    def _inside(self, body: Sequence[str], number: int) -> Iterator[Lines]:
        """Yield the blocks of a text in a directive."""
        text = textwrap.dedent("\n".join(body)).strip("\n")
        if not text.strip():
            return
        if self._nested >= _MOST_NESTED:
            yield paragraph(escaped(" ".join(text.split())), number)
            return
        self._nested += 1
        before, self._begin = self._begin, number - 1
        level, self._level = self._level, self._level + 1
        yield from list(self._all(self._parsed(text)))
        self._begin, self._level = before, level
        self._nested -= 1

    def _text(self, node: Any) -> str:
        """Return the inline Markdown of a node."""
        runs = self._runs(node) if node.children or node.tagname != "#text" else [Run(escaped(node.astext()))]  # fmt: skip
        return tidy(joined_runs(runs).replace("\n", " "))

    def _plain(self, node: Any) -> str:
        return tidy(joined_runs(Run(run.text) for run in self._runs(node))).replace("\n", " ")

    def _runs(self, node: Any) -> list[Run]:
        """Return the inline Markdown of what is inside a node."""
        return [run for child in node.children for run in self._inline(child)]

    def _inline(self, node: Any) -> list[Run]:
        kind = node.tagname
        if kind == "#text":
            return [Run(escaped(node.astext()))]
        if kind in ("literal", "math"):
            return [Run(code_span(node.astext()))]
        if kind == "strong":
            return [Run(run.text, bold=True) for run in self._runs(node)]
        if kind == "image":
            return [Run(image(node.get("alt", ""), node.get("uri", "")))]
        if kind == "reference":
            address = node.get("refuri", "")
            text = tidy(joined_runs(self._runs(node)))
            is_bare = address in (node.astext(), f"mailto:{node.astext()}")
            return [Run(text if is_bare else link(text, address))]
        if kind in ("footnote_reference", "citation_reference"):
            return [Run(escaped(f"[{node.astext()}]"))]
        if kind == "problematic":
            return [Run(escaped(_ROLE.sub(_said_by_role, node.astext())))]
        if kind in _HIDDEN - {"generated"}:
            return []
        return self._runs(node)


def _said_by_role(match: re.Match[str]) -> str:
    """Return the text of a role that Docutils does not know, such as `:ref:` of Sphinx."""
    return _TARGET.sub("", match[1] or match[2]).strip().lstrip("~!") or match[1] or match[2]


def _is_inline(node: Any) -> bool:
    from docutils.nodes import Inline, Text  # type: ignore[import-untyped]

    return isinstance(node, (Inline, Text))


def _body(lines: Sequence[str]) -> tuple[dict[str, str], list[str], int]:
    """Return the options of a directive, what stands below them, and how many lines are before that."""
    options: dict[str, str] = {}
    at = 0
    while at < len(lines) and _OPTION.match(lines[at].strip()):
        name, _, value = lines[at].strip()[1:].partition(":")
        options[name] = value.strip()
        at += 1
    return options, list(lines[at:]), at + 1
