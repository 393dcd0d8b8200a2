"""What other teams have in their mkdocs.yml takes no feature away."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.browser import building
from tests.browser.bed_suite import (
    COPY_EACH,
    EXAMPLE,
    built,  # noqa: F401
    fill_all,
    names_in,
    served,
    steps_of,
    texts_of,
)
from tests.browser.test_every_page import unfold
from tests.browser.test_match import POSTGRES


@pytest.fixture
def serve() -> Iterator[Callable[[Path], str]]:
    """Return what serves a folder until the test is over."""
    with ExitStack() as servers:
        yield lambda folder: servers.enter_context(served(folder))


# What a team may have in its own mkdocs.yml. Nothing of it may take a feature away.
SETTINGS_OF_OTHERS: dict[str, dict[str, Any]] = {
    "line-numbers": {"markdown_extensions": [{"pymdownx.highlight": {"linenums": True}}]},
    "line-numbers-in-the-text": {
        "markdown_extensions": [{"pymdownx.highlight": {"linenums": True, "linenums_style": "inline"}}]
    },
    "no-highlighter": {"markdown_extensions": [{"pymdownx.highlight": {"use_pygments": False}}]},
    "another-highlighter": {"markdown_extensions": ["codehilite", "extra", "smarty"]},
    "every-extension": {
        "markdown_extensions": [
            "abbr", "admonition", "def_list", "footnotes", "md_in_html", "nl2br", "sane_lists", "smarty",
            "pymdownx.arithmatex", "pymdownx.betterem", "pymdownx.caret", "pymdownx.critic",
            "pymdownx.details", "pymdownx.emoji", "pymdownx.escapeall", "pymdownx.inlinehilite",
            "pymdownx.keys", "pymdownx.magiclink", "pymdownx.mark", "pymdownx.smartsymbols",
            "pymdownx.tabbed", "pymdownx.tasklist", "pymdownx.tilde",
        ]
    },
    "features": {
        "theme": {"name": "material", "font": False, "features": [
            "navigation.instant", "navigation.instant.prefetch", "content.code.copy",
            "content.code.select", "content.code.annotate", "content.action.edit", "navigation.tabs",
            "toc.integrate"]},
    },
    "theme-mkdocs": {"theme": "mkdocs", "plugins": ["search", "runbooks"]},
    "theme-readthedocs": {"theme": {"name": "readthedocs"}},
    "another-search": {"plugins": ["search", "runbooks"]},
}  # fmt: skip


@pytest.mark.parametrize("name", SETTINGS_OF_OTHERS)
def test_settings_of_others_take_no_feature_away(
    built,  # noqa: F811
    serve,
    visit,
    copied,
    tmp_path: Path,
    name: str,
) -> None:
    base = tmp_path / "base"
    left_out = shutil.ignore_patterns("site", ".cache", EXAMPLE)
    shutil.copytree(built("mkdocs").base, base, ignore=left_out)
    config = yaml.safe_load((base / "mkdocs.yml").read_text("utf-8"))
    (base / "mkdocs.yml").write_text(
        yaml.safe_dump({**config, **SETTINGS_OF_OTHERS[name]}), "utf-8"
    )
    building.build(base, base / "site")
    incident = built("mkdocs").incidents[POSTGRES]
    page = visit(f"{serve(base / 'site')}/index.html")  # MkDocs's themes need a server
    page.locator("a.kb-link", has_text=incident["title"]).first.click()
    page.locator(".kb-parameters summary").wait_for()
    fill_all(page, incident, "it's")
    unfold(page)
    texts = texts_of(page)
    page.locator(".kb-command .kb-copy").first.click()
    clicked = copied(page)
    got = {text: one for text, (one, _) in zip(texts, page.evaluate(COPY_EACH), strict=True)}
    assert clicked == got[texts[0]]
    for step in steps_of(incident):
        run = step["run"].rstrip("\n")
        assert got[run] == "\n".join(
            [*(f"export {n}='it'\\''s'" for n in names_in(incident, run)), run]
        )
    assert page.locator(".kb-tick input").count() == page.locator(".kb-card-section .kb-do").count()
    page.locator(".kb-search-button").click()
    page.keyboard.insert_text("same table at once")
    page.locator("dialog .kb-result").first.wait_for()
