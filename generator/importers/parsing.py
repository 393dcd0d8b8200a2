"""Parses a write-up with markdown-it."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from html import unescape
from typing import Any

from markdown_it import MarkdownIt
from markdown_it.rules_core import StateCore
from markdown_it.token import Token
from markdown_it.tree import SyntaxTreeNode

from generator.importers.dates import only_day
from generator.importers.document import (
    Html,
    List,
    ListItem,
    ParsedWriteUp,
    Quote,
    Row,
    WriteUpBlock,
    WriteUpCode,
    WriteUpParagraph,
    WriteUpSection,
    WriteUpTable,
)
from generator.importers.front_matter import read_front_matter
from generator.importers.headings import Topic, heading_topic
from generator.importers.markings import TAG, without_markings
from generator.importers.prose import BREAK, label_of, line_of, plain_heading
from generator.importers.timeline_entries import is_timed

_MARK = re.compile(r"(?<!\s)\s*+(?:[-*+]|\d{1,9}[.)])(?:[ \t]+|\Z|(?=\n))")
# A link to another page, as Hugo has it: `[text]({{< ref "page.md" >}})`.
_SHORTCODE = re.compile(r"\]\(\{\{[<%]\s*(?:rel)?ref\s+\"([^\"<>\n]+)\"\s*[%>]\}\}\)")
# A part that readers unfold is a section, whose heading is its summary.
_FOLD = re.compile(r"<(?P<end>/)?details\b[^<>]{0,100}>|<summary\b[^<>]{0,100}>(?P<heading>[^\n]{0,300}?)</summary>", re.IGNORECASE)  # fmt: skip
_FOLD_EDGES = re.compile(
    r"(?<=</summary>)[ \t]*\n(?=[^\n])|(?<=[^\n]\n)(?=</details>)", re.IGNORECASE
)
_FOLD_TAG = re.compile(r"</?(?:details|summary)\b[^<>]{0,100}>", re.IGNORECASE)
_DEEPEST = 9
_PRE = re.compile(r"<pre\b[^<>]{0,300}>", re.IGNORECASE)
_TAG = re.compile(r"<[^<>]{0,200}>")
_CHECKBOX = re.compile(r"\[([ xX])\]\s+")
_BRACKET = re.compile(r"[\[\]]")
_IMG = re.compile(r"<img\b([^<>]*+)>", re.IGNORECASE)
_SRC = re.compile(r"\bsrc=[\"']([^\"']++)[\"']", re.IGNORECASE)
_MOST_BRACKETS = 8
_LINKLESS = MarkdownIt("commonmark").disable(["link", "image"])
# Lists as people type them: `1- first`, `2) second`, `• third`, each on its own line.
_TYPED_ITEM = re.compile(r"\s*(?:(\d{1,3})\s*+[-.)](?!\d)\s*+-?|[•·‣◦▪\u2013—*✓✔✅❌])\s*+(?=\S)")


def parse_write_up(text: str) -> ParsedWriteUp:
    """Read Markdown.

    Args:
        text: the write-up, with LF as its line end.
    """
    front, raw, body, problem = read_front_matter(text)
    body, dropped = without_markings(body)
    if "<details" in body:  # Without a blank line, Markdown in it would be HTML.
        body = _FOLD_EDGES.sub(_with_blank_line, body)
    parser = MarkdownIt("commonmark", {"maxNesting": 60}).enable("table")
    # URLs stay as typed: nothing is encoded, nothing is followed.
    for name, function in (
        ("normalizeLink", str),
        ("normalizeLinkText", str),
        ("validateLink", bool),
    ):
        setattr(parser, name, function)
    parser.core.ruler.at("inline", _inline)
    env: dict[str, Any] = {}
    tokens = parser.parse(_SHORTCODE.sub(r"](<ref \1>)", body), env)
    root = SyntaxTreeNode(tokens)
    reader = _Reader(body.split("\n"))
    labels = frozenset(" ".join(name.casefold().split()) for name in env.get("references", {}))
    sections = _nested(reader.sections(root.children))
    links = tuple(_links(tokens))
    return ParsedWriteUp(front, raw, sections, labels, problem, links, (*dropped, *reader.dropped))


def _links(tokens: Sequence[Token]) -> Iterator[str]:
    """Yield the targets of all images and links, as written."""
    for token in tokens:
        if token.type in ("image", "link_open"):
            yield str(token.attrs.get("src") or token.attrs.get("href") or "")
        elif token.type in ("html_block", "html_inline"):
            yield from (src[1] for img in _IMG.finditer(token.content) for src in _SRC.finditer(img[1]))  # fmt: skip
        yield from _links(token.children or ())


def _with_blank_line(edge: re.Match[str]) -> str:
    return f"{edge[0]}\n"


def _inline(state: StateCore) -> None:
    """Read the text of each block: without links where brackets nest deeper than anybody writes.

    For each open bracket markdown-it searches all brackets in it.
    """
    for token in state.tokens:
        if token.type == "inline":
            parser = _LINKLESS if _bracket_depth(token.content) > _MOST_BRACKETS else state.md
            token.children = token.children or []
            parser.inline.parse(token.content, state.md, state.env, token.children)


def _bracket_depth(text: str) -> int:
    depth = deepest = 0
    for bracket in _BRACKET.findall(text) if text.count("[") > _MOST_BRACKETS else ():
        depth = depth + 1 if bracket == "[" else max(depth - 1, 0)
        deepest = max(deepest, depth)
    return deepest


def _nested(sections: list[WriteUpSection]) -> list[WriteUpSection]:
    """Set the parent of each section."""
    above: list[WriteUpSection] = []
    for section in sections:
        while above and above[-1].level >= section.level:
            above.pop()
        section.parent = above[-1] if above and section.level else None
        above.append(section)
    return sections


class _Reader:
    """Turns the nodes of markdown-it into sections of blocks."""

    def __init__(self, lines: Sequence[str]) -> None:
        self.lines = lines
        self.dropped: list[tuple[str, str]] = []

    def sections(self, nodes: Sequence[SyntaxTreeNode]) -> list[WriteUpSection]:
        """Return the sections; a heading without words does not begin a section."""
        sections = [WriteUpSection()]
        here = sections[0]
        folded: list[WriteUpSection] = []
        for node in nodes:
            if node.type == "heading":
                heading = plain_heading(node.children[0].children if node.children else [])
                if heading:
                    here = WriteUpSection(heading, int(node.tag[1:]))
                    sections.append(here)
            elif node.type == "html_block" and _FOLD.search(raw := self._raw(node)):
                kept = raw
                for fold in _FOLD.finditer(raw):
                    heading = " ".join(_TAG.sub("", fold["heading"] or "").split()).strip("#*: ")
                    if heading:
                        folded.append(here)
                    if heading and heading_topic(heading) not in (None, Topic.SUMMARY):
                        here = WriteUpSection(heading, min(max(here.level + 1, 2), _DEEPEST))
                        sections.append(here)
                        kept = kept.replace(fold[0], "")
                    elif fold["end"] and folded:
                        here = folded.pop()
                if any(c.isalnum() for c in _FOLD_TAG.sub("", kept)):
                    here.blocks.append(Html(kept.strip()))
            else:
                here.blocks.extend(self.blocks([node]))
        return sections

    def blocks(self, nodes: Sequence[SyntaxTreeNode]) -> Iterator[WriteUpBlock]:
        """Yield the blocks of nodes, without rules."""
        for node in nodes:
            raw = self._raw(node)
            if node.type == "paragraph":
                yield from self._paragraph(node, raw)
            elif node.type in ("bullet_list", "ordered_list"):
                items = tuple(self._item(child) for child in node.children)
                raw = "\n".join(item.raw for item in items)
                start = int(node.attrs.get("start", 1))
                yield List(raw, items, node.type == "ordered_list", start)
            elif node.type == "table":
                yield self._table(node, raw)
            elif node.type in ("fence", "code_block"):
                language = re.split(r"[\s{,:]", node.info.strip(), maxsplit=1)[0].lower()
                yield WriteUpCode(raw, node.content.strip("\n"), language)
            elif node.type == "blockquote":
                yield Quote(raw, tuple(self.blocks(node.children)))
            elif node.type == "html_block":
                yield self._preformatted(raw) or Html(raw)
            elif (
                node.type == "heading"
            ):  # Inside a list or a quotation, it is not a heading of a section.
                text = plain_heading(node.children[0].children if node.children else [])
                if text:
                    yield WriteUpParagraph(raw, text)

    def _preformatted(self, raw: str) -> WriteUpCode | None:
        """Return `<pre>...</pre>` as a block of code; None if it is another tag."""
        text = raw.strip()
        tag = _PRE.match(text)
        if not tag or not text.casefold().endswith("</pre>"):
            return None
        inner = unescape(_TAG.sub("", text[tag.end() : -len("</pre>")])).strip("\n")
        if not inner.strip():
            return None
        self.dropped.append((tag[0], TAG))
        fence = "~~~" if "```" in inner else "```"
        return WriteUpCode(f"{fence}\n{inner}\n{fence}", inner)

    def _raw(self, node: SyntaxTreeNode) -> str:
        begin, end = node.map or (0, 0)
        return "\n".join(self.lines[begin:end]).strip("\n")

    def _paragraph(self, node: SyntaxTreeNode, raw: str) -> Iterator[WriteUpBlock]:
        """Yield a paragraph, or a list that was typed without Markdown markup."""
        children = node.children[0].children if node.children else []
        text = line_of(children)
        groups = _lines_of(children)
        if len(groups) > 1 and all(label_of(group) is not None for group in groups):
            for group in groups:
                line = _joined(line_of(group))
                yield WriteUpParagraph(line, line, label_of(group))
            return
        if entries := _timed_lines(text):
            yield WriteUpParagraph(raw, entries)
            return
        lines = [line for line in text.split("\n") if line.strip()]
        marks = [_TYPED_ITEM.match(line) for line in lines]
        if len(lines) > 1 and sum(mark is not None for mark in marks[-len(lines) + 1 :]) >= 2:
            yield from _typed_list(raw, lines, marks)
            return
        pictures = [c for c in children if c.type == "image"]
        rest = [
            c for c in children if c.type != "image" and line_of([c]).strip(f" \n\u200b{BREAK}")
        ]
        yield WriteUpParagraph(raw, _joined(text), label_of(children), bool(pictures) and not rest)

    def _item(self, node: SyntaxTreeNode) -> ListItem:
        raw = _MARK.sub("", self._raw(node), count=1)
        blocks = tuple(self.blocks(node.children))
        checked = None
        if blocks and isinstance(first := blocks[0], WriteUpParagraph):
            box = _CHECKBOX.match(first.text)
            if box:
                checked = box[1] != " "
                label = first.label
                blocks = (WriteUpParagraph(first.raw, first.text[box.end() :], label), *blocks[1:])
        return ListItem(raw, blocks, checked)

    def _table(self, node: SyntaxTreeNode, raw: str) -> WriteUpTable:
        rows = [
            Row(self._raw(row), tuple(_cell(cell) for cell in row.children))
            for part in node.children
            for row in part.children
        ]
        return WriteUpTable(raw, rows[0], tuple(rows[1:]))


def _lines_of(children: Sequence[SyntaxTreeNode]) -> list[list[SyntaxTreeNode]]:
    """Return the nodes of each line of a paragraph."""
    groups: list[list[SyntaxTreeNode]] = [[]]
    for child in children:
        if child.type in ("softbreak", "hardbreak"):
            groups.append([])
        else:
            groups[-1].append(child)
    return [group for group in groups if line_of(group).strip()]


def _timed_lines(text: str) -> str:
    """Return the lines of a paragraph that is a timeline, each entry on its own line; else nothing."""
    entries: list[str] = []
    begun = 0
    for line in filter(str.strip, re.split(rf"[\n{BREAK}]", text)):
        plain = " ".join(line.split())
        if is_timed(plain) or only_day(plain):
            begun += 1
            entries.append(plain)
        elif entries:
            entries[-1] += f" {plain}"
        else:
            entries.append(plain)
    return "\n".join(entries) if begun > 1 else ""


def _cell(node: SyntaxTreeNode) -> str:
    text = line_of(node.children[0].children) if node.children else ""
    return " ".join(text.split())


def _joined(text: str) -> str:
    """Join lines that were only wrapped."""
    return "\n".join(" ".join(line.split()) for line in text.replace("\n", " ").split(BREAK))


def _typed_list(
    raw: str, lines: list[str], marks: Sequence[re.Match[str] | None]
) -> Iterator[WriteUpBlock]:
    """Yield the list that somebody typed, and the paragraph before it."""
    items: list[str] = []
    ordered = False
    before: list[str] = []
    for line, mark in zip(lines, marks, strict=True):
        line = line.replace(BREAK, " ")
        if mark:
            numbered = mark[1] is not None
            ordered = ordered or numbered
            # A symbol such as ✅ has a meaning; a bullet has not.
            keep = not numbered and mark[0].strip() in "✓✔✅❌"
            items.append((line if keep else line[mark.end() :]).strip())
        elif items:
            items[-1] += f" {line.strip()}"
        else:
            before.append(line.strip())
    if before:
        yield WriteUpParagraph("\n".join(before), " ".join(before))
    made = tuple(ListItem(item, (WriteUpParagraph(item, item),)) for item in items)
    yield List(raw, made, ordered)
