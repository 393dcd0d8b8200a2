"""How long a runbook is on a phone, from the keyboard and on paper, on every bed; printed as a table.

The incidents of this repository, the example of `runbooks init`, and 20 that are generated, which are built in
this repository alone: what an engine does to a card, the others show.
"""

from __future__ import annotations

import shutil
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from generator.knowledge.base import load
from generator.rules.card_length import card_screens
from tests.bench.generate import write
from tests.browser import building
from tests.browser.bed_suite import EXAMPLE, NAMES, built  # noqa: F401
from tests.browser.test_card import A4_PAGES, pages_of
from tests.browser.test_match import PHONE, POSTGRES, SEQUELIZE

GENERATED = 20  # every fourth and every fifth is of a kind of its own
CARD_SCREENS = 3
STOPS = 12

pytestmark = pytest.mark.slow


class Measured:
    """The numbers of one runbook, in screens of a phone, stops of the keyboard, and sheets."""

    def __init__(self, page: Any) -> None:
        card = "document.querySelector('.kb-card-box').getBoundingClientRect().bottom"
        self.card = page.evaluate(f"({card} + scrollY) / innerHeight")
        self.stages = []
        for n, link in enumerate(page.locator(".kb-stages > a").all()[:4]):
            link.click()
            page.wait_for_function(f"document.querySelectorAll('.kb-card-section')[{n}].open")
            self.stages.append(page.evaluate(f"({card} + scrollY) / innerHeight"))
        page.locator(".kb-stages > a").nth(1).click()
        page.wait_for_function("document.querySelectorAll('.kb-card-section')[1].open")
        # After the one tap: where the first step of Stop the pain ends with its command.
        self.first = page.evaluate(
            """() => {
                const step = document.querySelectorAll('.kb-card-section')[1].querySelector(':scope > ol > li');
                const last = step?.querySelector(':scope .kb-command, :scope .kb-do');
                return last ? Math.max(0, last.getBoundingClientRect().top) / innerHeight : 0;
            }"""
        )


def stops_to_the_first_command(page: Any) -> int:
    """Return after how many stops of the keyboard the skip link is there, which leads to the command."""
    for stops in range(1, 40):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.matches('.kb-skip')"):
            page.keyboard.press("Enter")
            assert page.evaluate("document.activeElement.matches('.kb-command .kb-copy')")
            return stops
    raise AssertionError("the skip link is not reached")


def row(bed: str, name: str, measured: Measured, stops: object, sheets: object) -> str:
    return f"{bed:<10} {name:<38} {measured.card:>5.1f} {max(measured.stages):>8.1f} {measured.first:>6.2f} {stops!s:>6} {sheets!s:>7}"


@pytest.mark.parametrize("bed", NAMES)
def test_a_card_fits(built, visit, record_property, bed: str) -> None:  # noqa: F811
    site = built(bed)
    for name in (POSTGRES, SEQUELIZE, EXAMPLE):
        if name not in site.incidents:
            continue
        page = visit(site.incident(name), "", **PHONE)
        stops = stops_to_the_first_command(page)
        page = visit(site.incident(name), "", **PHONE)
        measured = Measured(page)
        sheets = pages_of(page.pdf(format="A4"))
        record_property("card", row(bed, name, measured, stops, sheets))
        assert measured.card <= CARD_SCREENS
        assert measured.first <= 1
        assert stops <= STOPS
        assert sheets <= A4_PAGES


def test_generated_cards_fit(tmp_path: Path, visit, record_property) -> None:
    base, site = tmp_path / "base", tmp_path / "site"
    write(base, GENERATED)
    building.build(base, site)
    known = load(base, date(2026, 11, 21)).incidents
    page = visit(site / "index.html", **PHONE)
    longest = None
    for name, incident in known.items():
        page.goto((site / f"incidents/{name}/index.html").as_uri())
        page.locator(".kb-command .kb-copy").first.wait_for(state="attached")
        measured = Measured(page)
        assert measured.card <= CARD_SCREENS, name
        assert measured.first <= 1, name
        # What `lint` estimates, KB521.
        assert 0.8 <= card_screens(incident) / max(measured.stages) <= 1.25, name
        if longest is None or max(measured.stages) > max(longest.stages):
            longest = measured
    assert longest is not None
    record_property("card", row("own", f"the longest of {len(known)}", longest, "", ""))
    shutil.rmtree(base)


@pytest.mark.parametrize("name", [POSTGRES, SEQUELIZE, EXAMPLE])
def test_the_length_that_lint_estimates_is_about_that_of_the_page(built, visit, name: str) -> None:  # noqa: F811
    site = built("mkdocs")
    incident = load(site.base, date(2026, 11, 21)).incidents[name]
    page = visit(site.incident(name), **PHONE)
    page.locator(".kb-command .kb-copy").first.wait_for(state="attached")
    assert 0.8 <= card_screens(incident) / max(Measured(page).stages) <= 1.25
