"""Renders the Markdown of our own pages with a CommonMark engine, twenty times as fast.

Templates print only what Python-Markdown and CommonMark render alike, so the page is the same; tests
compare both. Whatever could make a difference (an extension that changes our pages, a template of
the knowledge base, a link that leads nowhere) is left to Python-Markdown.
"""

from __future__ import annotations

import html
import posixpath
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import lru_cache
from html.parser import HTMLParser
from itertools import takewhile
from pathlib import Path
from typing import Any, Never
from urllib.parse import unquote, urlsplit, urlunsplit

from markdown.extensions.toc import (  # type: ignore[import-untyped]
    nest_toc_tokens,
    slugify,
    strip_tags,
    unique,
)
from markdown.util import parseBoolValue  # type: ignore[import-untyped]
from mkdocs.config.defaults import MkDocsConfig
from mkdocs.utils import get_relative_url

from generator.cache.store import Value
from generator.knowledge.templates import overrides_pages
from generator.plugin.code_blocks import CodePrinter, code_printer

try:
    import pyromark
except ImportError:  # no wheel for this platform: Python-Markdown renders
    pyromark = None  # type: ignore[assignment]

_ANY = None
_NONE: frozenset[str] = frozenset()
_ALIKE: dict[str, frozenset[str] | None] = {
    "abbr": _NONE,
    "admonition": _NONE,
    "attr_list": _NONE,
    "def_list": _NONE,
    "fenced_code": _NONE,
    "footnotes": _ANY,
    "md_in_html": _NONE,
    "meta": _NONE,
    "tables": _ANY,
    "toc": frozenset({"permalink", "permalink_title", "title", "toc_depth"}),
    "pymdownx.arithmatex": _ANY,
    "pymdownx.betterem": _ANY,
    "pymdownx.caret": _ANY,
    "pymdownx.details": _ANY,
    "pymdownx.emoji": _ANY,
    "pymdownx.highlight": _ANY,
    "pymdownx.inlinehilite": frozenset({"css_class"}),
    "pymdownx.keys": _ANY,
    "pymdownx.magiclink": _ANY,
    "pymdownx.mark": _ANY,
    "pymdownx.superfences": frozenset(
        {"css_class", "custom_fences", "disable_indented_code_blocks", "relaxed_headers"}
    ),
    "pymdownx.tabbed": _ANY,
    "pymdownx.tasklist": _ANY,
    "pymdownx.tilde": _ANY,
}
"""The extensions that leave our pages as they are, each with the options that do."""

_TAB = 4


class Renderer:
    """Renders pages with one configuration. It has no state of a page, so that workers can share it.

    Attributes:
        why_not: why Python-Markdown must render the pages instead; None if it need not.
    """

    def __init__(self, config: MkDocsConfig) -> None:
        """Begin.

        Args:
            config: the settings, complete.
        """
        self.why_not = _why_not(config)
        if self.why_not:
            return
        options = config.mdx_configs or {}
        fences = options.get("pymdownx.superfences", {})
        self._headings = _Headings(options.get("toc", {}))
        self._special = {str(fence.get("name")) for fence in fences.get("custom_fences") or ()}
        self._code = code_printer(
            options.get("pymdownx.highlight", {}), str(fences.get("css_class") or "")
        )
        self._options = pyromark.Options.ENABLE_HEADING_ATTRIBUTES

    def render(
        self, markdown: str, path: str, url: str, target: Callable[[str], str | None]
    ) -> Value | None:
        """Render a page.

        Args:
            markdown: what a template printed.
            path: the path of the page, such as `errors/index.md`.
            url: its URL in the site.
            target: returns the URL of the file at a path; None if there is none to link to.

        Returns:
            What `RunbookPage.restore` takes: the HTML as `content`, the tokens of the table of contents
            as `toc`, the `title`, the `anchors`, the anchors that it links to by path as `anchored`,
            and `links`: each path that it links to, with its URL. None if MkDocs must render it,
            because a link has no target or there is something that our templates do not print.
        """
        if self.why_not:
            return None
        printer = _Printer(_Links(path, url, target), self._special, self._code, self._headings)
        source = markdown.expandtabs(_TAB)  # as Python-Markdown does
        try:
            return printer.page(list(pyromark.events(source, options=self._options)))
        except _NotOurs:
            return None


class _NotOurs(Exception):
    """There is something that MkDocs must render."""


def _why_not(config: MkDocsConfig) -> str | None:
    if pyromark is None:
        return "the package pyromark is not installed"
    if overrides_pages(Path(config.config_file_path or ".").parent):
        return "templates/pages/ may print any Markdown"
    configs: Mapping[str, Mapping[str, Any]] = config.mdx_configs or {}
    for extension in config.markdown_extensions:
        full = extension if isinstance(extension, str) else type(extension).__name__
        name = full.removeprefix("markdown.extensions.")
        if (name != full and full in configs) or name not in _ALIKE:
            return f"the Markdown extension {full} may change them"
        known = _ALIKE[name]
        for option, value in configs.get(name, {}).items():
            if known is not None and option not in known and value:
                return f"the option {option} of the Markdown extension {name} may change them"
    fences = configs.get("pymdownx.superfences", {}).get("custom_fences") or ()
    if any(fence.get("name") == "*" for fence in fences):
        return "the option custom_fences of the Markdown extension pymdownx.superfences may change them"
    if configs.get("pymdownx.highlight", {}).get("auto_title_map"):
        return (
            "the option auto_title_map of the Markdown extension pymdownx.highlight may change them"
        )
    return None


class _Headings:
    """What the options of `toc` make of headings.

    Attributes:
        first: the first level in the table of contents.
        last: the last one.
    """

    def __init__(self, options: Mapping[str, Any]) -> None:
        first, _, last = str(options.get("toc_depth", "1-6")).rpartition("-")
        self.first, self.last = int(first or 1), int(last)
        given = options.get("permalink", False)
        said = parseBoolValue(given, False)
        self._sign = given if said is None else said
        self._title = html.escape(str(options.get("permalink_title", "Permanent link")))

    def permalink(self, anchor: str) -> str:
        """Return the link of a heading to itself; empty if they have none."""
        if self._sign is False:
            return ""
        sign = "&para;" if self._sign is True else html.escape(str(self._sign))
        title = f' title="{self._title}"' if self._title else ""
        return f'<a class="headerlink" href="#{html.escape(anchor)}"{title}>{sign}</a>'


class _Links:
    """What the links of a page lead to."""

    def __init__(self, path: str, url: str, target: Callable[[str], str | None]) -> None:
        self._path = path
        self._folder = posixpath.dirname(path)
        self._url = url
        self._target = target
        self.found: dict[str, str] = {}
        self.anchored: dict[str, dict[str, str]] = {}

    def url(self, link: str) -> str:
        """Return what MkDocs makes of a link.

        Raises:
            _NotOurs: it has no target; MkDocs says so.
        """
        scheme, host, path, query, anchor = urlsplit(link)
        if scheme or host:
            return link
        if not path:
            if anchor:
                self.anchored.setdefault(self._path, {}).setdefault(anchor, link)
            return link
        if path[0] in "/\\":
            raise _NotOurs
        path = posixpath.normpath(posixpath.join(self._folder, unquote(path)))
        url = self.found.get(path) or self._target(path)
        if url is None:
            raise _NotOurs
        self.found[path] = url
        if anchor:
            self.anchored.setdefault(path, {}).setdefault(anchor, link)
        return urlunsplit(("", "", get_relative_url(url, self._url), query, anchor))


class _Anchors(HTMLParser):
    """The ids of elements in HTML, and the names of links."""

    def __init__(self) -> None:
        super().__init__()
        self.found: set[str] = set()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.update(
            value
            for name, value in attrs
            if value and (name == "id" or (name == "name" and tag == "a"))
        )


_HAS_ANCHOR = re.compile(r"\s(?:id|name)=")


@lru_cache(maxsize=8192)
def _anchors_in(markup: str) -> frozenset[str]:
    """Return the anchors in a piece of HTML; most pages have the same ones."""
    anchors = _Anchors()
    anchors.feed(markup)
    return frozenset(anchors.found)


# A language and a class, as pymdownx.superfences reads them.
_CLASSED = re.compile(r"\{ \.([\w+#-]+) \.([\w-]+) \}")
_STARTS = {
    "Paragraph": "<p>",
    "HtmlBlock": "",
    "Item": "<li>",
    "Emphasis": "<em>",
    "Strong": "<strong>",
}
_ENDS = {
    "Paragraph": "</p>\n",
    "HtmlBlock": "",
    "Item": "</li>\n",
    "Emphasis": "</em>",
    "Strong": "</strong>",
    "Link": "</a>",
}


class _Printer:
    """Prints the events of one page as HTML."""

    def __init__(
        self, links: _Links, special: set[str], code: CodePrinter, headings: _Headings
    ) -> None:
        self._links = links
        self._special = special
        self._code = code
        self._headings = headings
        self._blocks = 0
        self._ids: set[str] = set()
        self._anchors: set[str] = set()
        self._toc: list[Value] = []
        self._title: str | None = None
        self._out: list[str] = []
        self._heading: tuple[int, Mapping[str, Any]] = (0, {})

    def page(self, events: Sequence[Any]) -> Value:
        """Return the rendering.

        Raises:
            _NotOurs: there is something that our templates do not print.
        """
        self._ids = {found for event in events if (found := _heading_id(event))}
        out, rest = self._out, iter(events)
        for event in rest:
            if event.__class__ is str:
                out.append("\n" if event == "SoftBreak" else _refuse())
                continue
            ((kind, value),) = event.items()
            if kind == "Text":
                out.append(_escape(value))
            elif kind == "Start":
                self._start(value, rest)
            elif kind == "End":
                self._end(value)
            elif kind == "Code":
                out.append(f"<code>{_escape(value)}</code>")
            elif kind == "InlineHtml" or kind == "Html":
                out.append(value)
                if _HAS_ANCHOR.search(value):
                    self._anchors |= _anchors_in(value)
            else:
                _refuse()
        return {
            "content": "".join(out).strip(),
            "toc": nest_toc_tokens(self._toc),
            "title": self._title,
            "anchors": sorted(self._anchors | self._ids),
            "anchored": self._links.anchored,
            "links": self._links.found,
        }

    def _start(self, tag: Any, rest: Iterator[Any]) -> None:
        out = self._out
        if tag.__class__ is str:
            out.append(_STARTS[tag] if tag in _STARTS else _refuse())
            return
        ((kind, value),) = tag.items()
        if kind == "Link" and value["link_type"] == "Inline":
            title = f' title="{html.escape(value["title"])}"' if value["title"] else ""
            out.append(f'<a href="{html.escape(self._links.url(value["dest_url"]))}"{title}>')
        elif kind == "List":
            start = "" if value == 1 else f' start="{value}"'
            out.append("<ul>\n" if value is None else f"<ol{start}>\n")
        elif kind == "Heading":
            self._heading = (len(out), value)
            out.append("")  # its tag, as soon as its id is known
        elif kind == "CodeBlock" and value != "Indented":
            classed = _CLASSED.fullmatch(value["Fenced"])
            language, style = (classed[1], classed[2]) if classed else (value["Fenced"], "")
            if language in self._special:
                _refuse()
            text = "".join(event["Text"] for event in takewhile(_is_text, rest))
            out.append(f"{self._code(language, style, text.rstrip(chr(10)), self._blocks)}\n")
            self._blocks += 1
        else:
            _refuse()

    def _end(self, tag: Any) -> None:
        if tag.__class__ is str:
            self._out.append(_ENDS[tag])
        elif "List" in tag:
            self._out.append("</ol>\n" if tag["List"] else "</ul>\n")
        else:
            self._end_heading()

    def _end_heading(self) -> None:
        out, (begin, about) = self._out, self._heading
        inner = "".join(out[begin + 1 :])
        name, level = strip_tags(inner), int(about["level"][1])
        anchor = about["id"] or unique(slugify(html.unescape(name), "-"), self._ids)
        attributes = {"id": anchor, "class": " ".join(about["classes"])}
        attributes |= {key: value or "" for key, value in about["attrs"]}
        shown = "".join(f' {k}="{html.escape(v)}"' for k, v in attributes.items() if v)
        if begin == 0 and level == 1:
            self._title = name
        if self._headings.first <= level <= self._headings.last:
            self._toc.append({"level": level, "id": anchor, "name": name})
        out[begin] = f"<h{level}{shown}>"
        out.append(f"{self._headings.permalink(anchor)}</h{level}>\n")


def _heading_id(event: Any) -> str | None:
    """Return the id that a heading has in the Markdown."""
    start = event.get("Start") if event.__class__ is dict else None
    found = start["Heading"]["id"] if start.__class__ is dict and "Heading" in start else None
    return str(found) if found else None


def _is_text(event: Any) -> bool:
    return "Text" in event


def _refuse() -> Never:
    raise _NotOurs


def _escape(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
