"""Converts inline Markdown to the prose of an incident.

An incident's prose knows paragraphs, lists, `code` and bare addresses (see
`generator.text.prose`). So emphasis goes, code keeps its backticks, a link becomes its text
and, in parentheses, its address; so does an image. HTML stays text.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from markdown_it.tree import SyntaxTreeNode

BREAK = "\x0b"
"""A line end that the write-up requires; `\\n` is the end of a wrapped line."""

_BR = re.compile(r"<br\s*/?>\Z", re.IGNORECASE)
_COLON = re.compile(r"\s*[:\uff1a]\s*")
# A label without emphasis: a few words before a colon at the beginning of a line.
_PLAIN_LABEL = re.compile(r"([^\W\d_][\w /()'&-]{0,48}?)\s*[:\uff1a](?:\s+|\Z)(?!//)", re.UNICODE)


@dataclass(frozen=True)
class Label:
    """A label at the beginning of a paragraph: `**Impact**: ...`, or `Impact: ...`.

    Attributes:
        name: the label, without its colon.
        value: the text after it; empty if there is none.
        bold: whether it is emphasised.
        alone: whether it ends its line, so that it is a heading for the next lines.
    """

    name: str
    value: str
    bold: bool
    alone: bool


def line_of(nodes: Sequence[SyntaxTreeNode]) -> str:
    """Return inline nodes as prose, with `BREAK` and `\\n` for the ends of lines."""
    return "".join(map(_one, nodes)).replace("\t", " ")


def plain_heading(nodes: Sequence[SyntaxTreeNode]) -> str:
    """Return a heading as one line."""
    return " ".join(line_of(nodes).replace(BREAK, " ").split()).rstrip("#").strip()


def _one(node: SyntaxTreeNode) -> str:
    if node.type == "text":
        return node.content
    if node.type == "softbreak":
        return "\n"
    if node.type == "hardbreak":
        return BREAK
    if node.type == "code_inline":
        code = " ".join(node.content.split())
        return f"`{code}`" if code and "`" not in code else node.content
    if node.type == "html_inline":
        return BREAK if _BR.match(node.content) else node.content
    if node.type == "link":
        return _link(line_of(node.children), str(node.attrs.get("href", "")), node)
    if node.type == "image":
        return _link(line_of(node.children), str(node.attrs.get("src", "")), node)
    return line_of(node.children)


def _link(text: str, address: str, node: SyntaxTreeNode) -> str:
    title = str(node.attrs.get("title", "") or "")
    behind = ", ".join(part for part in (address.strip(), title.strip()) if part)
    if not text.strip():
        return behind
    if text == address or f"mailto:{text}" == address or not behind:
        return text
    return f"{text} ({behind})"


def label_of(nodes: Sequence[SyntaxTreeNode]) -> Label | None:
    """Return the label at the beginning of a paragraph, if there is one."""
    nodes = [node for node in nodes if not (node.type == "text" and not node.content.strip())]
    if not nodes:
        return None
    if nodes[0].type == "strong":
        return _bold_label(nodes)
    text = line_of(nodes)
    match = _PLAIN_LABEL.match(text)
    if not match:
        return None
    value = text[match.end() :]
    return Label(match[1].strip(), _tidy(value), bold=False, alone=not value.strip())


def _bold_label(nodes: Sequence[SyntaxTreeNode]) -> Label | None:
    name = line_of(nodes[0].children).replace(BREAK, " ").strip()
    rest = line_of(nodes[1:])
    colon = _COLON.match(rest)
    inside = name.endswith((":", "\uff1a")) or (name.endswith("?") and not rest.strip())
    if not name or not (colon or inside or not rest.strip()):
        return None
    value = rest[colon.end() :] if colon else rest
    gap = rest[: len(rest) - len(rest.lstrip(f" :\uff1a\n{BREAK}"))]
    alone = not value.strip() or BREAK in gap or "\n" in gap
    return Label(name.rstrip(":\uff1a ").strip(), _tidy(value), bold=True, alone=alone)


def _tidy(text: str) -> str:
    """Return text with spaces for wrapped lines, and line ends where they were meant."""
    lines = text.strip(f" \n{BREAK}").replace("\n", " ").split(BREAK)
    return "\n".join(" ".join(line.split()) for line in lines)
