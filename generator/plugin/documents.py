"""The text of a rendered page, for the search index."""

from __future__ import annotations

from html.parser import HTMLParser

_BLOCKS = frozenset("p li h1 h2 h3 h4 h5 h6 pre tr dt dd div blockquote table".split())
_SILENT = frozenset(("script", "style"))


class _Text(HTMLParser):
    """Collects the visible text, a line for each block."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.parts: list[str] = []
        self._silent = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in _SILENT or (tag == "a" and ("class", "headerlink") in attrs):
            self._silent += 1
        elif tag in _BLOCKS:
            self.parts.append("\n")

    def handle_endtag(self, tag: str) -> None:
        # A permalink contains only its symbol, so the next end of a link is its end.
        if self._silent and (tag in _SILENT or tag == "a"):
            self._silent -= 1
        elif tag in _BLOCKS:
            self.parts.append("\n")

    def handle_data(self, data: str) -> None:
        if not self._silent:
            # Line ends of the source do not matter, except where blocks begin and end.
            self.parts.append(data.replace("\n", " "))


def text_of(html: str) -> str:
    """Return the text of HTML, one line for each block."""
    parser = _Text()
    parser.feed(html)
    parser.close()
    lines = (" ".join(line.split()) for line in "".join(parser.parts).splitlines())
    return "\n".join(line for line in lines if line)
