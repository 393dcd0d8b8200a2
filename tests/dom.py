"""What a browser makes of HTML, so that the pages of two engines can be compared."""

from __future__ import annotations

import re
from html.parser import HTMLParser

Node = tuple[str, ...]

_BLOCKS = frozenset(
    "address article aside blockquote caption dd details div dl dt fieldset figure form h1 h2 h3 h4 h5 h6"
    " hr li ol p pre section summary table tbody td th thead tr ul label svg g title desc".split()
)


class _Nodes(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.nodes: list[Node] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        shown = sorted(f"{name}={_classes(name, value or '')}" for name, value in attrs)
        self.nodes.append(("<", tag, *shown))

    def handle_endtag(self, tag: str) -> None:
        self.nodes.append((">", tag))

    def handle_data(self, data: str) -> None:
        if self.nodes and self.nodes[-1][0] == "":
            data = self.nodes.pop()[1] + data
        self.nodes.append(("", data))

    def handle_comment(self, data: str) -> None:
        self.nodes.append(("!", data))

    def handle_decl(self, decl: str) -> None:
        self.nodes.append(("!", decl))


def _classes(name: str, value: str) -> str:
    return " ".join(sorted(value.split())) if name == "class" else value


def dom(html: str) -> list[Node]:
    """Return the elements and texts of HTML, in order, without white space that no browser shows."""
    parser = _Nodes()
    parser.feed(html)
    parser.close()
    found: list[Node] = []
    inside = 0  # how many <pre> are open
    nodes = [("<", "p"), *parser.nodes, (">", "p")]
    for before, node, after in zip(nodes, nodes[1:], nodes[2:], strict=False):
        if node[1:2] == ("pre",):
            inside += 1 if node[0] == "<" else -1
        if node[0] == "" and not inside:
            text = re.sub(r"[ \t\n\r\f]+", " ", node[1])
            text = text.lstrip(" ") if _is_block(before) else text
            text = text.rstrip(" ") if _is_block(after) else text
            node = ("", text)
        if node != ("", ""):
            found.append(node)
    return found


def _is_block(node: Node) -> bool:
    return node[0] != "" and node[1] in _BLOCKS
