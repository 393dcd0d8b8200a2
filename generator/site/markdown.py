"""Text into Markdown that shows exactly that text and does nothing else.

Incident text is hostile input: whatever stands in a field is shown as it is. Authors have a small
markup for prose, and nothing beyond it means anything:

- paragraphs, separated by empty lines,
- lists: lines that begin with `- `,
- `code` between single backticks, on one line,
- addresses that begin with http:// or https://.
"""

from __future__ import annotations

import re
from functools import lru_cache
from html import escape as escape_html

# Characters that can mean something to Markdown, to one of its extensions, or to HTML. A numeric
# reference is text in every dialect, whatever extensions are switched on. What only means
# something where a line begins is in the second expression; an underscore or colon that cannot
# mean anything where it stands stays, so that the Markdown is pleasant to read.
_SPECIAL = re.compile(
    r"[&<>`*{}\[\]#|~^=\\$@]|(?<![^\W_])_|_(?![^\W_])|\+(?=\+)|(?<=\+)\+|(?<=[Ww]{3})\.|:(?!\s|$|(?<=\d:)\d\d(?!\d))"
)
_FIRST = re.compile(r"^([-+!?:]|\d+(?=[.)]))")
_CODE_SPAN = re.compile(r"(?<!`)`(?=\s*[^`\s])([^`\n]+)`(?!`)")
_ADDRESS = re.compile(r"https?://[^\s<>\"'`|\\^{}\[\]]+[^\s<>\"'`|\\^{}\[\].,;:!?)]")
_MARKUP = re.compile(f"{_CODE_SPAN.pattern}|{_ADDRESS.pattern}")
_SPACE = re.compile(r"\s+")
_ITEM = re.compile(r"- +")


# The same names, labels and titles stand on many pages: `lru_cache` spares a tenth of a build.


class Markdown(str):
    """Text that is Markdown already; everything else is escaped where it is printed."""

    __slots__ = ()


@lru_cache(maxsize=8192)
def inline(value: str, *, links: bool = True) -> Markdown:
    """Return one line of Markdown that shows a prose text, markup included.

    Args:
        value: prose; line ends count as spaces.
        links: whether addresses become links; not inside a link or a heading.
    """
    text = _SPACE.sub(" ", value).strip()
    parts: list[str] = []
    end = 0
    for match in _MARKUP.finditer(text):
        parts.append(_entities(text[end : match.start()]))
        if match[1] is not None:
            parts.append(code(match[1]))
        else:
            parts.append(_link(match[0]) if links else _entities(match[0]))
        end = match.end()
    parts.append(_entities(text[end:]))
    return _begin("".join(parts))


@lru_cache(maxsize=8192)
def plain(value: str) -> Markdown:
    """Return Markdown that shows a text as it is, without any markup, on one line."""
    return _begin(_entities(_SPACE.sub(" ", value)))


def _begin(shown: str) -> Markdown:
    """Keep the first character from beginning a list or a definition."""
    begin = _FIRST.match(shown)
    if begin:
        shown = "".join(f"&#{ord(c)};" for c in begin[1]) + shown[begin.end() :]
    return Markdown(shown)


def code(value: str) -> Markdown:
    """Return a code span that shows a text as it is, on one line."""
    text = _SPACE.sub(" ", value).strip() or " "
    if "`" not in text and "\\" not in text:
        return Markdown(f"`{text}`")
    # Inside a code span these mean different things to different dialects.
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
    blocks: list[str] = []
    for paragraph in re.split(r"\n\s*\n", value.strip()):
        lines: list[str] = []
        items: list[str] = []
        for line in paragraph.splitlines():
            stripped = line.strip()
            marker = _ITEM.match(stripped)
            if marker:
                items.append(stripped[marker.end() :])
            elif items:
                items[-1] += " " + stripped
            else:
                lines.append(stripped)
        if lines:
            blocks.append(inline(" ".join(lines)))
        if items:
            blocks.append(
                "\n".join(
                    f"{'' if n == 0 else indent}- {inline(item)}" for n, item in enumerate(items)
                )
            )
    return Markdown(f"\n\n{indent}".join(block for block in blocks if block))


def fence(value: str, language: str = "text", indent: str = "") -> Markdown:
    """Return a fenced code block that shows a text as it is.

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


def attribute(value: str) -> Markdown:
    """Return a text for an attribute of an HTML element, between double quotes, unchanged."""
    return Markdown(escape_html(value, quote=True).replace("\n", "&#10;"))


def html_inline(value: str) -> Markdown:
    """Return one line of HTML that shows a prose text, for where no Markdown is read."""
    text = _SPACE.sub(" ", value).strip()
    return Markdown(_CODE_SPAN.sub(r"<code>\1</code>", escape_html(text)))
