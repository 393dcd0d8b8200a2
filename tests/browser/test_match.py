"""Pasting an error: the same answers as Python's, in a real browser, from file://, without network."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.browser.test_every_page import serious
from tests.browser.test_hostile import FORBIDDEN

POSTGRES = "postgresql-concurrent-create-table"
SEQUELIZE = "sequelize-duplicate-association-alias"

ERROR = """\
2026-11-21 02:09:26.729 UTC [7726] ERROR:  duplicate key value violates unique constraint "pg_type_typname_nsp_index"
2026-11-21 02:09:26.729 UTC [7726] DETAIL:  Key (typname, typnamespace)=(Sessions, 2200) already exists.
"""
ALIAS = (
    "AssociationError [SequelizeAssociationError]: You have used the alias shoppingCarts "
    "in two separate associations. Aliased associations must have unique aliases."
)
UNKNOWN = "ERROR:  duplicate key value violates unique constraint \"users_email_key\""

PHONE = {"viewport": {"width": 390, "height": 844}, "has_touch": True}


def paste(page, text: str, box: str = ".kb-match__text") -> None:
    """Paste as a reader does: from the clipboard, with the keyboard."""
    page.locator(box).first.focus()
    page.evaluate("text => navigator.clipboard.writeText(text)", text)
    page.keyboard.press("Control+V")


def status(page) -> str:
    """Wait for the answer and return it."""
    page.wait_for_function(
        "document.querySelector('.kb-match__status').textContent.match(/match|Cancelled|could not/)"
    )
    return page.locator(".kb-match__status").inner_text()


def titles(page) -> list[str]:
    return page.locator(".kb-match__list > li > h2").all_inner_texts()


@pytest.mark.parametrize("name", ["index.html", "match/index.html"])
@pytest.mark.parametrize("options", [{}, PHONE], ids=["desk", "phone"])
def test_a_pasted_error_leads_to_its_runbook_filled_in(
    site: Path, visit, name: str, options: dict
) -> None:
    page = visit(site / name, **options)
    page.context.set_offline(True)
    paste(page, ERROR)
    assert status(page) == "One incident matches."
    result = page.locator(".kb-match__list > li")
    assert "Line 1, once" in result.inner_text()
    assert "SEV1" in result.inner_text()
    assert "TABLE is Sessions" in result.inner_text()
    page.get_by_role("link", name="Open the runbook with TABLE filled in").click()
    page.wait_for_url(f"**/incidents/{POSTGRES}/index.html#TABLE=Sessions")
    assert page.locator("[data-name=TABLE]").input_value() == "Sessions"
    users = page.locator(".language-bash:has-text('\"$TABLE\"') .kb-exports")
    assert users.count() > 1
    assert all("export TABLE='Sessions'" in text for text in users.all_inner_texts())


def test_coming_back_finds_the_answer_still_there(site: Path, visit) -> None:
    page = visit(site / "index.html")
    paste(page, ALIAS)
    status(page)
    page.get_by_role("link", name="Open the runbook with ALIAS filled in").click()
    page.wait_for_url(f"**/incidents/{SEQUELIZE}/**")
    page.go_back()
    assert status(page) == "One incident matches."
    assert page.locator(".kb-match__text").input_value() == ALIAS
    page.get_by_role("button", name="Clear").click()
    assert page.locator(".kb-match__status").inner_text() == ""
    page.reload()
    assert page.locator(".kb-match__text").input_value() == ""


def test_first_steps_are_copied_with_what_was_captured(site: Path, visit, copied) -> None:
    page = visit(site / "match/index.html")
    paste(page, ERROR)
    status(page)
    step = page.locator(".kb-match__steps li", has_text="Ask the catalog")
    assert "export TABLE='Sessions'" in step.locator(".kb-exports").inner_text()
    step.locator(".kb-copy").click()
    assert copied(page).startswith("export TABLE='Sessions'\n")


def test_typing_works_as_pasting_does(site: Path, visit) -> None:
    page = visit(site / "match/index.html")
    page.locator(".kb-match__text").press_sequentially(ALIAS[35:130])
    page.wait_for_selector(".kb-match__list")
    assert titles(page) == ["Server does not start: one Sequelize association alias is used twice"]


def test_without_a_match_it_says_so_and_shows_what_is_similar(site: Path, visit) -> None:
    page = visit(site / "match/index.html")
    page.context.set_offline(True)
    paste(page, UNKNOWN)
    assert status(page) == "No known incident matches."
    assert titles(page) == []
    similar = page.locator(".kb-match__similar")
    similar.wait_for()
    assert similar.locator("h2").inner_text() == "Not a match, but similar"
    link = similar.locator("a").first.get_attribute("href")
    assert f"/incidents/{POSTGRES}/index.html" in link
    assert "#" not in link


HOSTILE = """\
<img src=x onerror=alert(1)> <script>alert(2)</script> </textarea><svg onload=alert(3)>
DETAIL:  Key (typname, typnamespace)=(<img src=x onerror=alert(4)>&X=1#'"; rm -rf ~, 2200) already exists.
"""


def test_hostile_text_stays_text(site: Path, visit) -> None:
    page = visit(site / "match/index.html")
    paste(page, HOSTILE)
    status(page)
    assert "<img src=x onerror=alert(4)>&X=1#'\"; rm -rf ~" in page.locator(".kb-match__why").inner_text()
    assert page.evaluate(FORBIDDEN) == []
    page.locator(".kb-match__open").click()
    page.wait_for_url(f"**/incidents/{POSTGRES}/**")
    value = page.locator("[data-name=TABLE]").input_value()
    assert value == "<img src=x onerror=alert(4)>&X=1#'\"; rm -rf ~"
    assert page.evaluate(FORBIDDEN) == []


def test_hostile_text_without_a_match_stays_text(site: Path, visit) -> None:
    page = visit(site / "match/index.html")
    paste(page, HOSTILE.splitlines()[0] + " constraint duplicate key")
    status(page)
    page.locator(".kb-match__similar").wait_for()
    assert page.evaluate(FORBIDDEN) == []


def test_the_search_box_knows_an_error(site: Path, visit) -> None:
    page = visit(site / "tags/index.html")
    page.keyboard.press("/")
    paste(page, ERROR, "dialog .kb-search__input")
    first = page.locator("dialog .kb-result").first
    page.wait_for_selector("dialog .kb-matches")
    assert "matches this error" in first.inner_text()
    assert first.get_attribute("href").endswith(f"incidents/{POSTGRES}/index.html#TABLE=Sessions")
    page.keyboard.press("Enter")
    page.wait_for_url("**#TABLE=Sessions")
    assert page.locator("[data-name=TABLE]").input_value() == "Sessions"


def test_ordinary_words_in_the_search_box_are_no_error(site: Path, visit) -> None:
    page = visit(site / "tags/index.html")
    page.keyboard.press("/")
    paste(page, "duplicate key value in the sessions table", "dialog .kb-search__input")
    page.locator("dialog .kb-result").first.wait_for()
    page.wait_for_timeout(300)
    assert page.locator("dialog .kb-matches").count() == 0


# -- files ---------------------------------------------------------------------------------------

FILLER = "2026-11-21 02:09:26.729 UTC [{}] LOG:  statement: SELECT id, name FROM products WHERE id = {}\n"


@pytest.fixture(scope="module")
def large_log(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """100 MB with a known error on two places, one of them just before the end."""
    path = tmp_path_factory.mktemp("log") / "large.log"
    block = "".join(FILLER.format(n % 9000, n) for n in range(10_000))
    with path.open("w", encoding="utf-8") as file:
        file.write(block * 50 + ERROR)
        while file.tell() < 100_000_000:
            file.write(block)
        file.write(ERROR + FILLER.format(1, 1))
    return path


def test_a_large_file_is_searched_while_the_page_stays_responsive(
    site: Path, visit, large_log: Path
) -> None:
    page = visit(site / "match/index.html")
    page.evaluate(
        """() => {
            window.frames_ = []; window.steps_ = new Set();
            const tick = (now) => {
                frames_.push(now);
                const bar = document.querySelector('.kb-match__progress');
                if (!bar.hidden) steps_.add(bar.querySelector('progress').value);
                requestAnimationFrame(tick);
            };
            requestAnimationFrame(tick);
        }"""
    )
    page.locator(".kb-match input[type=file]").set_input_files(large_log)
    page.wait_for_selector(".kb-match__list", timeout=60_000)
    frames, steps = page.evaluate("[frames_, [...steps_]]")
    longest = max(later - before for before, later in zip(frames, frames[1:], strict=False))
    assert longest < 250, longest
    assert len(steps) > 3, steps
    lines = sum(1 for _ in large_log.open("rb"))
    assert status(page) == f"One incident matches. large.log: {lines:,} lines searched."
    assert "Line 500,001, 2 times" in page.locator(".kb-match__list > li").inner_text()
    assert not page.locator(".kb-match__progress").is_visible()


def test_a_search_can_be_cancelled(site: Path, visit, large_log: Path) -> None:
    page = visit(site / "match/index.html")
    page.locator(".kb-match input[type=file]").set_input_files(large_log)
    page.get_by_role("button", name="Cancel").click()
    assert status(page) == "Cancelled."
    paste(page, ERROR)
    page.wait_for_selector(".kb-match__list")


def test_a_dropped_file_is_searched(site: Path, visit) -> None:
    page = visit(site / "index.html")
    page.evaluate(
        """text => {
            const dataTransfer = new DataTransfer();
            dataTransfer.items.add(new File([text], 'app.log'));
            for (const type of ['dragover', 'drop']) {
                document.body.dispatchEvent(
                    new DragEvent(type, {dataTransfer, bubbles: true, cancelable: true}));
            }
        }""",
        ERROR,
    )
    assert status(page) == "One incident matches. app.log: 2 lines searched."


def test_a_long_paste_does_not_go_through_the_text_field(site: Path, visit) -> None:
    page = visit(site / "index.html")
    paste(page, FILLER.format(1, 2) * 5000 + ERROR)
    assert status(page) == "One incident matches. What you pasted: 5,002 lines searched."
    assert page.locator(".kb-match__text").input_value() == ""


# -- looks ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("text", [ERROR + ALIAS, UNKNOWN], ids=["matched", "unmatched"])
def test_answers_are_accessible(site: Path, visit, scheme: str, text: str) -> None:
    page = visit(site / "match/index.html", color_scheme=scheme, reduced_motion="reduce")
    paste(page, text)
    status(page)
    page.locator(".kb-match__list, .kb-match__similar").first.wait_for()
    assert serious(page) == []


@pytest.mark.parametrize("name", ["index.html", "match/index.html"])
@pytest.mark.parametrize("text", [ERROR + ALIAS + "x" * 600, UNKNOWN], ids=["matched", "unmatched"])
def test_answers_do_not_widen_a_phone(site: Path, visit, name: str, text: str) -> None:
    page = visit(site / name, viewport={"width": 360, "height": 740}, has_touch=True)
    paste(page, text)
    status(page)
    page.locator(".kb-match__list, .kb-match__similar").first.wait_for()
    assert page.evaluate("document.documentElement.scrollWidth") <= 360
    small = page.evaluate(
        """() => [...document.querySelectorAll('.kb-match :is(button, .kb-button)')]
            .filter(e => e.checkVisibility())
            .map(e => [e.outerHTML.slice(0, 80), e.getBoundingClientRect()])
            .filter(([, box]) => box.width < 44 || box.height < 44)
            .map(([html, box]) => `${html} ${box.width}x${box.height}`)"""
    )
    assert small == []
