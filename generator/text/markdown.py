"""Converts text to Markdown that shows exactly that text and does nothing else.

Incident text is hostile input: the text of a field is shown unchanged. Authors can only use the
markup of `generator.text.prose`.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import lru_cache
from html import escape as escape_html

from generator.text.prose import CODE_SPAN, PieceKind, ProsePiece, blocks, one_line, prose_pieces

# Characters with a meaning in Markdown, in one of its extensions, or in HTML. A numeric reference is
# text in every dialect, whatever extensions are turned on. Characters with a meaning only at the start
# of a line are in the second expression; an underscore or colon without a meaning in its place is not
# escaped, so that the Markdown stays readable.
_ALWAYS = r"&<>`*{}\[\]#|~^=\\$@"
_IN_PLACES = (
    r"(?<=_)(?:(?<![^\W_]_)|(?![^\W_]))|(?<=\+)(?:(?=\+)|(?<=\+\+))|(?<=[Ww]{3}\.)"
    r"|(?<=:)(?!\s|$|(?<=\d:)\d\d(?!\d))"
)
# They begin with a set of characters: then the engine goes from one to the next, eight times as fast.
_SPECIAL = re.compile(rf"[{_ALWAYS}_+.:](?:(?<=[{_ALWAYS}])|{_IN_PLACES})")
_IN_ATTRIBUTE = re.compile(rf"[{_ALWAYS}\"'\n\r\t_+.:](?:(?<=[{_ALWAYS}\"'\n\r\t])|{_IN_PLACES})")
_FIRST = re.compile(r"^(\s*)([-+!?:]|/(?=//)|\d+(?=[.)](?:\s|$)))")
# In a code span, a backtick and a backslash mean different things in different dialects, and an
# extension takes the begin for a language. Where HTML may begin, Python-Markdown searches for it, and
# may cut the tags that follow in the wrong places.
_UNLIKE_IN_CODE = re.compile(r"^(?:#!|:::)|[`\\<]|&(?=#)")
_SPACE = re.compile(r"\s+")

LIST_INDENT = "    "
"""The indent that Markdown requires for blocks inside a numbered list."""


# The same names, labels and titles are on many pages: `lru_cache` saves a tenth of a build.


class Markdown(str):
    """Text that is Markdown already; all other text is escaped when printed."""

    __slots__ = ()


@lru_cache(maxsize=8192)
def inline(value: str, *, links: bool = True) -> Markdown:
    """Return one line of Markdown that shows a prose text, markup included.

    Args:
        value: prose; line ends count as spaces.
        links: whether URLs become links; not inside a link or a heading.
    """
    return markdown_of_pieces(prose_pieces(value), links=links)


def markdown_of_pieces(taken_apart: Iterable[ProsePiece], *, links: bool = True) -> Markdown:
    """Return one line of Markdown that shows the pieces of a line of prose.

    Args:
        taken_apart: the pieces, in order.
        links: whether URLs become links.
    """
    parts: list[str] = []
    for kind, text in taken_apart:
        if kind is PieceKind.CODE:
            parts.append(code(text))
        elif kind is PieceKind.ADDRESS and links:
            parts.append(_link(text))
        else:
            parts.append(_entities(text))
    return _begin("".join(parts))


@lru_cache(maxsize=8192)
def plain(value: str) -> Markdown:
    """Return Markdown that shows a text unchanged, without markup, on one line."""
    return _begin(_entities(_SPACE.sub(" ", value)))


def _begin(shown: str) -> Markdown:
    """Keep the first character from beginning a list or a definition."""
    begin = _FIRST.match(shown)
    if begin:
        shown = begin[1] + "".join(f"&#{ord(c)};" for c in begin[2]) + shown[begin.end() :]
    return Markdown(shown)


def code(value: str) -> Markdown:
    """Return a code span that shows a text unchanged, on one line."""
    text = one_line(value) or " "
    if not _UNLIKE_IN_CODE.search(text):
        return Markdown(f"`{text}`")
    return Markdown(f"<code>{_entities(text)}</code>")


def _entities(text: str) -> str:
    return _SPECIAL.sub(lambda match: f"&#{ord(match[0])};", text)


def _link(address: str) -> Markdown:
    return Markdown(f'<a href="{_entities(address)}">{_entities(address)}</a>')


def prose(value: str, indent: str = "") -> Markdown:
    """Return Markdown blocks that show a prose text, with its paragraphs and lists.

    Args:
        value: prose in the markup of this module.
        indent: spaces to put before each line, for text inside a list.
    """
    shown, listed = "", False
    for block in blocks(value):
        lines = [f"- {inline(item)}" for item in block.lines] if block.listed else [inline(block.lines[0])]  # fmt: skip
        # Whether an empty line between two items makes paragraphs of both depends on the dialect.
        gap = f"\n{indent}" if block.listed and listed else f"\n\n{indent}"
        shown += (gap if shown else "") + f"\n{indent}".join(lines)
        listed = block.listed
    return Markdown(shown)


def after_label(blocks_shown: str) -> Markdown:
    """Return prose to print right after a label; a list begins below it."""
    gap = "\n\n" if blocks_shown.startswith("- ") else " "
    return Markdown(f"{gap}{blocks_shown}" if blocks_shown else "")


def fence(value: str, language: str = "text", indent: str = "") -> Markdown:
    """Return a fenced code block that shows a text unchanged.

    Args:
        value: the code; its own indentation is kept.
        language: the highlighter's name of the language.
        indent: spaces to put before each line, for a block inside a list.
    """
    name = language if re.fullmatch(r"[A-Za-z0-9_+#.-]{1,30}", language) else "text"
    longest = max((len(run) for run in re.findall(r"`+", value)), default=0)
    ticks = "`" * max(3, longest + 1)
    body = "\n".join(f"{indent}{line}" if line.strip() else "" for line in value.split("\n"))
    return Markdown(f"{ticks}{name}\n{body}\n{indent}{ticks}")


def with_code_marker(
    kind: str, block: Markdown, text: str | None = None, indent: str = ""
) -> Markdown:
    """Return a code block after a marker, which identifies it for the scripts of the page.

    The marker is HTML, which every dialect of Markdown keeps, so the output of the highlighter does not
    matter.

    Args:
        kind: the class: `kb-command` or `kb-output`.
        block: what `fence` returned.
        text: the exact text of the block, to copy and run.
        indent: spaces to put before each line, for a block inside a list.
    """
    # Some extensions also search for markup inside tags, and convert tabs to spaces there.
    data = "" if text is None else f' data-text="{in_html(text)}"'
    return Markdown(f'<span class="{kind}"{data}></span>\n\n{indent}{block}')


def in_html(value: str) -> Markdown:
    """Return a text for HTML inside Markdown, unchanged: in an element, or between double quotes.

    Line ends become references, too: an empty line would end the HTML.
    """
    return Markdown(_IN_ATTRIBUTE.sub(lambda match: f"&#{ord(match[0])};", value))


def styled(name: str, style: str, shown: str, *, link: str = "") -> Markdown:
    """Return an HTML element with a class, for a line of Markdown.

    Attribute lists would be shorter, but only Python-Markdown knows them.

    Args:
        name: the element: `em` or `a`.
        style: its classes.
        shown: its content, as Markdown of one line.
        link: where it leads, relative to the page in the site, so it ends with `.html`.
    """
    target = f' href="{escape_html(link, quote=True)}"' if link else ""
    return Markdown(f'<{name} class="{style}"{target}>{shown}</{name}>')


def attribute(value: str) -> Markdown:
    """Return a text for an attribute of an HTML element, between double quotes, unchanged."""
    return Markdown(escape_html(value, quote=True).replace("\n", "&#10;"))


def html_inline(value: str) -> Markdown:
    """Return one line of HTML that shows a prose text, for places without Markdown."""
    return Markdown(CODE_SPAN.sub(r"<code>\1</code>", escape_html(one_line(value))))
