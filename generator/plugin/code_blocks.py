"""Highlights the blocks of code of our pages, to the HTML that pymdownx makes, in half the time.

For each block, pymdownx makes a lexer and a formatter, and the formatter works line by line. Here the
lexer is made once for a language, and its tokens are joined directly. Whatever may be different (numbers
of lines, colours in the HTML, a guessed language) is left to pymdownx, and so is a language whose first
block comes out otherwise.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import lru_cache
from typing import Any

from pymdownx.highlight import (  # type: ignore[import-untyped]
    BlockHtmlFormatter,
    Highlight,
    HighlightExtension,
)

from generator.plugin.plain_style import PlainStyle

CodePrinter = Callable[[str, str, str, int], str]
"""From language, class, text and number of a block to its HTML."""

# With these, what is printed depends on the number of the block on its page.
_NUMBERING = ("line_spans", "line_anchors", "anchor_linenums")
# With these, it depends on the text or on more than the classes of tokens.
_OTHERWISE = ("guess_lang", "linenums", "noclasses", "auto_title")
_KEPT = 8192


def code_printer(options: Mapping[str, Any], css_class: str) -> CodePrinter:
    """Return what highlights blocks of code.

    Args:
        options: those of `pymdownx.highlight`.
        css_class: the class of a block; empty for the one in the options.
    """
    settings = HighlightExtension(**options).getConfigs()
    own_class = settings.pop("css_class")
    settings.pop("_enabled", None)
    highlight = Highlight(None, **settings)
    numbered = any(settings.get(option) for option in _NUMBERING)

    def whole(language: str, style: str, text: str, number: int) -> str:
        classes = [style] if style else None
        return str(
            highlight.highlight(
                text, language, css_class or own_class, classes=classes, code_block_count=number
            )
        )

    if numbered or not settings["use_pygments"] or any(map(settings.get, _OTHERWISE)):
        known = whole if numbered else lru_cache(_KEPT)(whole)
        return (
            known if numbered else lambda language, style, text, _: known(language, style, text, 0)
        )

    kinds: dict[tuple[str, str], _Kind | None] = {}

    @lru_cache(maxsize=_KEPT)
    def code(language: str, style: str, text: str) -> str:
        if (language, style) not in kinds:
            found = whole(language, style, text, 0)
            lexer, _ = highlight.get_lexer(text, language, False, highlight.stripnl)
            kind = _Kind(found, lexer)
            kinds[language, style] = kind if kind.html(text) == found else None
            return found
        known = kinds[language, style]
        return whole(language, style, text, 0) if known is None else known.html(text)

    return lambda language, style, text, _: code(language, style, text)


class _Kind:
    """The blocks of one language and class."""

    def __init__(self, example: str, lexer: Any) -> None:
        """Begin.

        Args:
            example: the HTML of one of them.
            lexer: what finds their tokens.
        """
        self._before = example[: example.find("<code>") + len("<code>")]
        self._after = example[example.rfind("</code>") :]
        formatter = BlockHtmlFormatter(style=PlainStyle)
        self._classes_of = formatter._get_css_classes
        self._lines_of = formatter._translate_parts
        self._opening: dict[Any, str] = {}
        self._lexer = lexer

    def html(self, text: str) -> str:
        """Return a block as HTML."""
        out = [self._before]
        last, opening, lines_of = "", self._opening, self._lines_of
        for token, value in self._lexer.get_tokens(text):
            tag = opening.get(token)
            if tag is None:
                classes = self._classes_of(token)
                tag = opening[token] = f'<span class="{classes}">' if classes else ""
            lines = lines_of(value)
            if lines[0]:
                if tag != last:
                    out.append(f"</span>{tag}" if last else tag)
                    last = tag
                out.append(lines[0])
            # What is open is closed at the end of each line.
            for line in lines[1:]:
                out.append("</span>\n" if last else "\n")
                last = tag if line else ""
                if line:
                    out.append(f"{tag}{line}")
        if last:
            out.append("</span>")
        if len(out) > 1 and out[-1][-1:] != "\n":
            out.append("\n")
        out.append(self._after)
        return "".join(out)
