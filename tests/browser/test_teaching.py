"""The pages about all incidents together, with something in every part of them."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
import yaml
from playwright.sync_api import expect

from tests.browser import building
from tests.browser.test_every_page import serious, unfold
from tests.conftest import ROOT
from tests.teaching import story, write_base

PAGES = ["actions/index.html", "insights/index.html", "incidents/second/index.html"]


@pytest.fixture(scope="module")
def told(tmp_path_factory: pytest.TempPathFactory, browser) -> Path:
    config = yaml.safe_load((ROOT / "mkdocs.yml").read_text("utf-8"))
    config.pop("nav", None)
    root = write_base(tmp_path_factory.mktemp("told") / "kb", story(), yaml.safe_dump(config))
    site = root.with_name("site")
    building.build(root, site)
    return site


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("name", PAGES)
def test_has_no_serious_accessibility_finding(told: Path, visit, name: str, scheme: str) -> None:
    page = visit(told / name, color_scheme=scheme, reduced_motion="reduce")
    unfold(page)
    # In the dark only colours differ.
    only = {"runOnly": ["color-contrast", "link-in-text-block"]} if scheme == "dark" else {}
    assert serious(page, **only) == []


@pytest.mark.parametrize("name", PAGES)
def test_fits_a_phone(told: Path, visit, name: str) -> None:
    page = visit(told / name, viewport={"width": 360, "height": 740})
    unfold(page)
    assert page.evaluate("document.documentElement.scrollWidth") <= 360
    small = page.evaluate(
        """() => [...document.querySelectorAll('.kb-chart text')]
            .filter(e => e.getBoundingClientRect().height < 9).map(e => e.textContent)"""
    )
    assert small == []


@pytest.mark.parametrize("medium", ["light", "dark", "print"])
def test_charts_can_be_seen(told: Path, visit, medium: str) -> None:
    page = visit(told / "insights/index.html", color_scheme="dark" if medium == "dark" else "light")
    if medium == "print":
        page.emulate_media(media="print")
    colours = page.evaluate(
        """() => {
            const colour = (e, name) => e && getComputedStyle(e)[name];
            const all = (selector, name) =>
                [...document.querySelectorAll(selector)].map(e => colour(e, name));
            return {
                ground: colour(document.body, "backgroundColor"),
                text: all(".kb-chart text", "fill"),
                parts: [1, 2, 3, 4].map(n => colour(document.querySelector(`.kb-chart .kb-sev${n} rect`), "fill")),
                inside: all(".kb-chart svg *", "backgroundColor"),
            };
        }"""
    )
    assert len(set(colours["parts"])) == 4
    assert colours["ground"] not in colours["parts"]
    assert set(colours["text"]) != {colours["ground"]}
    assert set(colours["inside"]) == {"rgba(0, 0, 0, 0)"}  # the page's ground shows through


def test_charts_have_names_for_those_who_cannot_see_them(told: Path, visit) -> None:
    page = visit(told / "insights/index.html")
    charts = page.get_by_role("img", name="chart")
    assert charts.count() >= 4
    assert page.get_by_role("table", name="Incidents by component").count() == 1


def test_an_item_in_a_group_leads_to_itself(told: Path, visit) -> None:
    page = visit(told / "actions/index.html")
    page.locator("#owner-platform-team a").first.click()
    expect(page).to_have_url(re.compile("#item-first-1$"))
    page.locator("#item-first-1 a").click()
    expect(page).to_have_url(re.compile(r"/incidents/first/index\.html#action-items$"))
    expect(page.locator("#action-items")).to_be_visible()
