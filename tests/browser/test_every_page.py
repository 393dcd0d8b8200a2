"""What must hold on every kind of page."""

from __future__ import annotations

from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe

KINDS = [
    "index.html",
    "match/index.html",
    "checklist/index.html",
    "incidents/index.html",
    "incidents/postgresql-concurrent-create-table/index.html",
    "incidents/sequelize-duplicate-association-alias/index.html",
    "components/index.html",
    "components/postgresql/index.html",
    "severity/index.html",
    "tags/index.html",
    "errors/index.html",
    "alerts/index.html",
    "alerts/BackendDown/index.html",
    "actions/index.html",
    "insights/index.html",
    "guide/on-call.html",
]
FULL_KINDS = [
    f"incidents/{name}/index.html" for name in ("everything", "short", "hostile", "broken")
]

# One of each kind: in the dark only colours differ, and axe-core takes its time.
DARK = [KINDS[0], KINDS[2], KINDS[3], "errors/index.html", "guide/on-call.html", FULL_KINDS[0]]

# Reading style sheets again is forbidden from file://, and no rule of these wants it.
OPTIONS = {"resultTypes": ["violations"], "preload": False}


def unfold(page) -> None:
    page.evaluate(
        "document.querySelectorAll('details').forEach(d => { d.removeAttribute('name'); d.open = true; })"
    )


def serious(page, **options: object) -> list[str]:
    """Return the serious and critical findings of axe-core."""
    found = Axe().run(page, options={**OPTIONS, **options}).response["violations"]
    return [
        f"{v['id']}: {node['target']} {node['failureSummary']}"
        for v in found
        if v["impact"] in ("serious", "critical")
        for node in v["nodes"][:3]
    ]


@pytest.mark.parametrize("name", [*KINDS, *FULL_KINDS])
def test_has_no_serious_accessibility_finding(
    request: pytest.FixtureRequest, visit, name: str
) -> None:
    page = visit(_file(request, name), color_scheme="light", reduced_motion="reduce")
    unfold(page)
    assert page.locator("body").get_attribute("data-md-color-scheme") == "default"
    assert serious(page) == []


@pytest.mark.parametrize("name", DARK)
def test_is_readable_in_the_dark(request: pytest.FixtureRequest, visit, name: str) -> None:
    page = visit(_file(request, name), color_scheme="dark", reduced_motion="reduce")
    unfold(page)
    assert page.locator("body").get_attribute("data-md-color-scheme") == "slate"
    assert serious(page, runOnly=["color-contrast", "link-in-text-block"]) == []


# Phones, a tablet, a desktop; and text of twice the size, where the reader has set that.
SIZES = [(360, 1), (320, 1), (768, 1), (1280, 1), (390, 2), (1280, 2)]


@pytest.mark.parametrize("name", [*KINDS, *FULL_KINDS])
def test_has_no_sideways_scroll_at_any_width_nor_with_large_text(
    request: pytest.FixtureRequest, visit, name: str
) -> None:
    page = visit(_file(request, name), has_touch=True)
    unfold(page)
    text = page.evaluate("parseFloat(getComputedStyle(document.documentElement).fontSize)")
    for width, times in SIZES:
        page.set_viewport_size({"width": width, "height": 740})
        page.evaluate(
            "size => { document.documentElement.style.fontSize = size; }",
            f"{text * times}px" if times > 1 else "",
        )
        wide = page.evaluate(
            """() => [...document.querySelectorAll('.md-content *')]
                .filter(e => e.getBoundingClientRect().right > innerWidth + 1
                    && !e.closest('.kb-scroll, .md-typeset__scrollwrap, pre, .kb-sr'))
                .map(e => e.outerHTML.slice(0, 120))"""
        )
        assert wide == [], (width, times)
        assert page.evaluate("document.documentElement.scrollWidth") <= width, (width, times)


@pytest.mark.parametrize("name", KINDS[3:5])
def test_what_is_touched_is_large_enough(site: Path, visit, name: str) -> None:
    page = visit(site / name, viewport={"width": 360, "height": 740}, has_touch=True)
    small = page.evaluate(
        """() => [...document.querySelectorAll('.kb-copy, .kb-tick, .kb-button, .kb-search-button')]
            .filter(e => e.checkVisibility())
            .map(e => [e.className, e.getBoundingClientRect()])
            .filter(([, box]) => box.width < 44 || box.height < 44)
            .map(([name, box]) => `${name} ${box.width}x${box.height}`)"""
    )
    assert small == []


def _file(request: pytest.FixtureRequest, name: str) -> Path:
    site = request.getfixturevalue("full_site" if name in FULL_KINDS else "site")
    return site / name
