"""A checklist as one HTML file: ticks, copying, printing, and hostile text."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from playwright.sync_api import expect

from generator.checklists.choose import PathRules, Release, choose_checks
from generator.checklists.formats.html_format import as_html
from generator.checklists.items import Checklist, ParameterValue
from generator.checklists.summary_index import read_rows
from generator.model import Expect, Level, Phase, Risk, Rollback
from tests.browser.test_card import A4_PAGES, pages_of
from tests.conftest import ROOT
from tests.test_checklist_exports import HOSTILE, checklist, everything, item

SIZES = {"phone": {"width": 390, "height": 800}, "desktop": {"width": 1280, "height": 900}}
MARKUP = (
    "</script><script>alert(1)</script>",
    '"><img src=x onerror=alert(1)>',
    "' autofocus onfocus=alert(1) x='",
)


@pytest.fixture
def page_of(tmp_path: Path, visit):
    def page_of(made: Checklist, **options: object):
        path = tmp_path / "checklist.html"
        path.write_text(as_html(made), "utf-8")
        return visit(path, **options)

    return page_of


def expect_count(page, text: str) -> None:
    """Wait for how much is done: Chromium may hand what is stored to a reloaded page a moment late."""
    expect(page.locator(".count")).to_have_text(text)


def test_ticks_survive_a_reload(page_of) -> None:
    page = page_of(everything())
    expect_count(page, "0 of 4 done")
    page.get_by_label("It holds").nth(1).check()
    page.get_by_label("The users table is there").check()
    expect_count(page, "2 of 4 done")
    page.reload()
    expect_count(page, "2 of 4 done")
    assert [box.is_checked() for box in page.get_by_role("checkbox").all()] == [
        True,
        False,
        True,
        False,
    ]
    page.get_by_role("button", name="Clear ticks").click()
    expect_count(page, "0 of 4 done")
    page.reload()
    expect_count(page, "0 of 4 done")


def test_ticks_belong_to_one_release_and_to_what_was_ticked(page_of) -> None:
    page = page_of(checklist(item(), item("echo", "two"), about="v1"))
    for box in page.get_by_role("checkbox").all():
        box.check()
    expect_count(page, "2 of 2 done")
    path = Path(page.url.removeprefix("file://"))

    def becomes(made: Checklist, text: str) -> None:
        path.write_text(as_html(made), "utf-8")
        page.reload()
        expect(page.locator(".about")).to_have_text(made.about)
        expect_count(page, text)

    again = checklist(item(), item("echo", "two"), about="v1", made="2026-11-22")
    becomes(again, "2 of 2 done")
    becomes(checklist(item(), item("echo", "two"), about="v2"), "0 of 2 done")
    becomes(checklist(item(), item("echo changed", "two"), about="v1"), "0 of 2 done")
    becomes(again, "2 of 2 done")  # it was kept all the time


@pytest.mark.parametrize("text", [*HOSTILE, *MARKUP])
def test_hostile_text_does_nothing_and_is_copied_as_it_is(page_of, copied, text: str) -> None:
    """`visit` fails on a dialog, an error, and any request."""
    made = checklist(
        item(
            text, check=text, needs=(text,), values=(ParameterValue("V", text, text),),
            expect=Expect.model_construct(contains=(text,), matches=(text,), shows=text),
            rollback=Rollback.model_construct(do=text, run=text),
        ),
        about=text, revision=text, unreadable=(text,), site_url="javascript:alert(1)",
    )  # fmt: skip
    page = page_of(made)
    assert (
        page.locator("img, iframe, [onclick], [onerror], [onfocus], a[href^=javascript]").count()
        == 0
    )
    assert page.locator("script").count() == 1
    if text:
        page.get_by_role("button", name="Copy").click()
        assert copied(page) == text
    if text and not re.search("[^ -~]", text):
        assert page.locator("pre").first.text_content() == text


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("size", SIZES)
def test_it_fits_every_screen(page_of, size: str, scheme: str) -> None:
    long = item("echo " + "x" * 500, "long", check="w" * 300, needs=("n" * 300,))
    page = page_of(
        checklist(*everything().items, long, about="a/" * 300),
        viewport=SIZES[size],
        color_scheme=scheme,
    )
    width = SIZES[size]["width"]
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    for label in page.locator("h3 label").all():
        assert label.bounding_box()["height"] >= 38
    ground, text = page.evaluate(
        "[getComputedStyle(document.body).backgroundColor, getComputedStyle(document.body).color]"
    )
    numbers = [sum(map(int, re.findall(r"\d+", colour)[:3])) for colour in (ground, text)]
    assert (numbers[0] > numbers[1]) == (scheme == "light")


def test_on_paper_there_are_no_buttons_and_whole_commands(page_of) -> None:
    page = page_of(checklist(item("echo " + "x " * 500)), color_scheme="dark")
    page.emulate_media(media="print")
    assert [button.is_visible() for button in page.get_by_role("button").all()] == []
    assert page.locator(".bar").is_hidden()
    assert page.evaluate("(e => e.scrollWidth <= e.clientWidth)(document.querySelector('pre'))")
    assert page.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(255, 255, 255)"


def test_thirty_checks_are_four_sheets(page_of) -> None:
    ours = choose_checks(read_rows(ROOT), Release(everything=True), PathRules())
    assert len(ours) >= 30
    some = ours[:: len(ours) // 30][:30]  # from all incidents alike
    page = page_of(checklist(*some, site_url="https://runbooks.example.com/"))
    assert pages_of(page.pdf(format="A4")) <= A4_PAGES


def test_accessible(page_of) -> None:
    from axe_playwright_python.sync_playwright import Axe

    for scheme in ("light", "dark"):
        page = page_of(everything(), color_scheme=scheme)
        found = Axe().run(page)
        assert found.violations_count == 0, found.generate_report()


def test_an_empty_list_says_so(page_of) -> None:
    page = page_of(checklist())
    assert "No check applies to this release." in page.locator("body").inner_text()
    assert page.get_by_role("button").count() == 0


def test_every_part_is_there(page_of) -> None:
    made = item(
        "true", check="Look at `x`", phase=Phase.AFTER, level=Level.ADVISORY, risk=Risk.CHANGES_STATE,
        needs=("psql",), timeout="30s", rollback=Rollback(do="Undo it", run="undo"),
        values=(ParameterValue("NAME", "the name", "Ada"),), expect=Expect(exit=3),
    )  # fmt: skip
    page = page_of(checklist(made, site_url="https://runbooks.example.com"))
    body = page.locator("main").inner_text()
    for text in ("After the deploy", "Look at x", "advisory", "changes-state", "NAME: the name", "Ada", "exit code 3",
                 "psql", "30s", "Undo it", "undo", "a/b.sql matches a/**", "SEV2, 2026-01-01"):  # fmt: skip
        assert text in body, text
    link = page.get_by_role("link", name="A title")
    assert link.get_attribute("href") == "https://runbooks.example.com/incidents/an-incident/"
