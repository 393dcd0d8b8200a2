"""Blocks of code come out as pymdownx highlights them."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pymdownx.highlight import Highlight, HighlightExtension

from generator.plugin.code_blocks import code_printer

pytestmark = pytest.mark.slow

LANGUAGES = (
    "bash",
    "diff",
    "sql",
    "json",
    "yaml",
    "console",
    "python",
    "text",
    "",
    "no-such-language",
)
OPTIONS: tuple[dict[str, Any], ...] = (
    {},
    {"pygments_lang_class": True, "stripnl": False},
    {"default_lang": "bash", "extend_pygments_lang": [{"name": "diff", "lang": "python"}]},
    {"guess_lang": True},
    {"noclasses": True},
    {"linenums": True, "line_spans": "line"},
    {"use_pygments": False},
    {"auto_title": True},
)
PIECES = st.sampled_from(
    ("\n", "\n\n", " ", "\t", "$A", '"$B"', "'", '"', "<", ">", "&", "# c", "if", "|", "\\\n", "-x", "12")
)  # fmt: skip
CODE = st.lists(PIECES | st.text(max_size=8), max_size=20).map("".join)


@pytest.mark.parametrize("options", OPTIONS, ids=str)
def test_blocks_are_those_of_pymdownx(options: dict[str, Any]) -> None:
    settings = HighlightExtension(**options).getConfigs()
    css_class = settings.pop("css_class")
    settings.pop("_enabled", None)
    highlight = Highlight(None, **settings)

    @given(st.sampled_from(LANGUAGES), st.sampled_from(("", "note")), st.lists(CODE, max_size=4))
    def check(language: str, style: str, texts: list[str]) -> None:
        code = code_printer(options, "")
        for number, text in enumerate(texts):
            classes = [style] if style else None
            assert code(language, style, text, number) == highlight.highlight(
                text, language, css_class, classes=classes, code_block_count=number
            )

    check()
