"""Reviews, notes and drafts, as a reader sees them: on a phone and in the dark as well."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
import yaml
from playwright.sync_api import expect

from generator.knowledge.base import load
from tests.browser import building
from tests.browser.test_every_page import serious
from tests.browser.test_hostile import FORBIDDEN
from tests.conftest import ROOT
from tests.test_history import git
from tests.test_reviews import DATA, DRAFT, INCIDENTS


@pytest.fixture(scope="module")
def reviews(tmp_path_factory: pytest.TempPathFactory, browser) -> Path:
    """The site of a knowledge base with texts at every stage, in a repository of its own."""
    root = tmp_path_factory.mktemp("reviews") / "base"
    shutil.copytree(DATA, root)
    (root / "docs").mkdir()
    config = yaml.safe_load((ROOT / "mkdocs.yml").read_text("utf-8"))
    config.pop("nav", None)
    (root / "mkdocs.yml").write_text(yaml.safe_dump(config), "utf-8")
    git(root, "init", "--quiet")
    git(root, "add", "--all")
    git(root, "commit", "--quiet", "--message", "x", at="2026-02-04T12:00:00Z")
    site = root.with_name("site")
    building.build(root, site)
    return site


def incident(site: Path, name: str) -> Path:
    return site / "incidents" / name / "index.html"


@pytest.mark.parametrize("name", INCIDENTS)
def test_has_no_serious_accessibility_finding(reviews: Path, visit, name: str) -> None:
    scheme = "dark" if name == "old-uploads" else "light"
    page = visit(incident(reviews, name), color_scheme=scheme, reduced_motion="reduce")
    assert serious(page) == []


@pytest.mark.parametrize("name", INCIDENTS)
def test_fits_a_phone(reviews: Path, visit, name: str) -> None:
    page = visit(incident(reviews, name), viewport={"width": 360, "height": 800})
    assert page.evaluate("document.documentElement.scrollWidth") <= 360
    for block in page.locator(".kb-word-for-word code").all():
        assert block.evaluate("e => e.scrollWidth <= e.clientWidth + 1")


def test_notes_stand_there_word_for_word_and_do_nothing(reviews: Path, visit) -> None:
    page = visit(incident(reviews, "hostile-notes"))
    assert page.evaluate(FORBIDDEN) == []
    shown = [code.text_content() for code in page.locator(".kb-word-for-word code").all()]
    notes = load(DATA).incidents["hostile-notes"].notes
    assert [text.rstrip("\n") for text in shown] == [note.text for note in notes]
    assert "{: onclick=alert(5) }" in page.locator(".md-content").text_content()


def test_a_withdrawn_page_leads_to_what_replaces_it(reviews: Path, visit) -> None:
    page = visit(incident(reviews, "old-uploads"))
    notice = page.locator(".kb-notice")
    assert "Withdrawn by Platform team, 2026-02-03" in notice.text_content()
    notice.get_by_role("link").click()
    expect(page.locator("h1")).to_contain_text("Uploads fail with status 502")
    page.locator(".kb-given").click()
    expect(page.locator("#review")).to_be_visible()
    assert "Last change: 2026-02-04" in page.locator(".md-content").text_content()


def test_a_draft_without_a_severity_is_found_by_its_notes(reviews: Path, visit) -> None:
    page = visit(reviews / "incidents/index.html")
    page.keyboard.press("/")
    page.wait_for_function("window.runbooksSearchIndex")
    page.locator("dialog .kb-search__input").fill("platypus")
    result = page.locator("dialog .kb-result").first
    expect(result).to_contain_text("Logins take a minute")
    page.locator("dialog").get_by_label("Severity").select_option("unknown")
    expect(page.locator("dialog .kb-result")).to_have_count(1)
    page.locator("dialog .kb-search__input").fill("uploads")
    expect(page.locator("dialog [role=status]")).to_contain_text("Nothing found")
    assert "Uploads fail" not in page.locator("dialog").inner_text()
    badge = page.goto(incident(reviews, DRAFT).as_uri()) and page.locator(".kb-badge.kb-unknown")
    assert badge.evaluate("e => getComputedStyle(e, '::before').content") == '"severity "'
