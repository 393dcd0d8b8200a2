"""Hostile text is shown as it is and does nothing."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml
from playwright.sync_api import expect

from tests.conftest import FULL

HOSTILE = "incidents/hostile/index.html"

FORBIDDEN = """
[...document.querySelectorAll('.md-content *, .kb-search-dialog *, title')].filter(e =>
    e.matches('script, iframe, object, embed, svg[onload], style, form, img')
    || [...e.attributes].some(a => a.name.startsWith('on'))
    || /^\\s*(javascript|data|vbscript):/i.test(e.getAttribute('href') || e.getAttribute('src') || '')
).map(e => e.outerHTML.slice(0, 200))
"""


@pytest.mark.parametrize(
    "name",
    [
        HOSTILE,
        "index.html",
        "incidents/index.html",
        "components/hostile/index.html",
        "errors/index.html",
        "alerts/index.html",
    ],
)
def test_hostile_text_makes_no_element(full_site: Path, visit, name: str) -> None:
    page = visit(full_site / name)
    assert page.evaluate(FORBIDDEN) == []
    assert page.locator("[onclick], [onload], [onerror], [onfocus], [onmouseover]").count() == 0


def test_hostile_text_is_shown_as_it_is(full_site: Path, visit) -> None:
    page = visit(full_site / HOSTILE)
    incident = yaml.safe_load((FULL / "incidents/hostile/incident.yaml").read_text())
    body = " ".join(page.locator(".md-content").text_content().split())
    assert (
        "<script>alert(1)</script> {{ 7*7 }} [x](javascript:alert(1))"
        in page.locator("h1").text_content()
    )
    command = page.locator(".kb-command code").first.text_content()
    assert command == incident["diagnosis"][0]["run"]
    for piece in (
        "<img src=x onerror=alert(1)>",
        "{{ config }}",
        "<svg onload=alert(4)>",
        "# no heading",
    ):
        assert piece in body, piece


def test_a_hostile_default_is_quoted(full_site: Path, visit) -> None:
    page = visit(full_site / HOSTILE)
    assert page.locator("[data-name=NAME]").input_value() == "'\"; rm -rf ~"
    shown = page.locator(".kb-exports").first.inner_text()
    assert shown == "export NAME=''\\''\"; rm -rf ~' Change"


QUERIES = [
    "<script>alert",
    "javascript:alert(1)",
    '"><img src=x onerror=alert(1)>',
    "</script>",
    "{{ 7*7 }}",
    "\\",
    "(((",
    "\u2028",
]


def test_searching_for_hostile_text_does_nothing(full_site: Path, visit) -> None:
    page = visit(full_site / "incidents/index.html")
    page.keyboard.press("/")
    page.wait_for_function("window.runbooksSearchIndex")
    for query in QUERIES:
        page.locator("dialog .kb-search__input").fill(query)
        page.wait_for_timeout(20)
        assert page.evaluate(FORBIDDEN) == []
    page.locator("dialog .kb-search__input").fill(QUERIES[0])
    expect(page.locator("dialog .kb-result").first).to_contain_text("<script>alert(1)</script>")
