"""Copying, ticks, the keyboard, paper."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from pathlib import Path

import pytest
import yaml
from playwright.sync_api import expect
from pydantic import TypeAdapter

from generator.model.sections import Event
from tests.browser.test_every_page import unfold

PHONE = {"viewport": {"width": 390, "height": 844}, "has_touch": True}
PAGES = [
    "incidents/postgresql-concurrent-create-table/index.html",
    "incidents/sequelize-duplicate-association-alias/index.html",
]


@pytest.mark.parametrize("name", PAGES)
def test_every_command_copies_itself_alone(site: Path, visit, copied, name: str) -> None:
    page = visit(site / name)
    unfold(page)
    commands = page.locator(".kb-command").all()
    assert commands
    for number, block in enumerate(commands):
        if block.locator(".kb-exports").count() == 0:
            block.locator(".kb-copy").click()
            assert copied(page) == block.locator("code").text_content().rstrip("\n")
        label = block.locator(".kb-copy").get_attribute("aria-label")
        assert label.startswith("Copy command: "), number


def test_copying_works_where_the_clipboard_is_missing(site: Path, visit) -> None:
    page = visit(site / PAGES[0])
    page.evaluate("Object.defineProperty(navigator, 'clipboard', {value: undefined})")
    page.evaluate(
        "document.addEventListener('copy', () => window.was = String(document.activeElement.value))"
    )
    page.locator(".kb-looks > summary").click()
    block = page.locator(".kb-sample").first
    block.locator(".kb-copy").click()
    page.wait_for_function("window.was !== undefined")
    assert page.evaluate("window.was") == block.locator("code").text_content().rstrip("\n")
    expect(page.locator(".kb-toast")).to_have_text("Copied")


def expect_done(page, done: int, total: int) -> None:
    """Wait for how many steps are ticked, which is said once their boxes show it."""
    expect(page.locator(".kb-progress")).to_contain_text(f"{done} of {total} done")
    expect(page.locator(".kb-tick input:checked")).to_have_count(done)


def test_ticks_survive_a_reload_and_can_be_cleared(site: Path, visit) -> None:
    page = visit(site / PAGES[0])
    boxes = page.locator(".kb-tick input")
    total = boxes.count()
    assert total > 3
    boxes.nth(1).check()
    boxes.nth(3).check()
    page.reload()
    expect_done(page, 2, total)
    assert [n for n in range(total) if boxes.nth(n).is_checked()] == [1, 3]
    page.get_by_role("button", name="Clear ticks").click()
    expect_done(page, 0, total)
    page.reload()
    expect_done(page, 0, total)


def test_ticked_steps_are_copied_as_a_timeline(site: Path, visit, copied) -> None:
    page = visit(site / PAGES[0])
    copy = page.get_by_role("button", name="Copy as timeline")
    expect(copy).to_be_hidden()
    boxes = page.locator(".kb-tick input")
    before = datetime.now(UTC).replace(microsecond=0)
    boxes.nth(3).check()
    page.wait_for_timeout(5)  # ticks of one millisecond have no order
    boxes.nth(0).check()
    expect(page.locator(".kb-tick time:not(:empty)")).to_have_count(2)
    page.reload()
    expect_done(page, 2, boxes.count())
    copy.click()
    expect(page.locator(".kb-toast")).to_have_text("Copied")
    events = TypeAdapter(list[Event]).validate_python(yaml.safe_load(copied(page))["timeline"])
    steps = [page.locator(".kb-do").nth(n).text_content().strip() for n in (3, 0)]
    assert [event.what.partition(": ")[2] for event in events] == steps
    assert all(before <= event.at <= datetime.now(UTC) for event in events)
    page.get_by_role("button", name="Copy for a chat").click()
    page.wait_for_function("async () => (await navigator.clipboard.readText()).startsWith('**')")
    title, *lines = copied(page).splitlines()
    assert title.strip("*") in page.title()
    assert [line.partition(" UTC: ")[2].partition(": ")[2] for line in lines if line] == steps


def test_ticks_of_an_older_version_stay(site: Path, visit) -> None:
    page = visit(site / PAGES[0])
    page.locator(".kb-tick input").first.check()
    page.evaluate(
        """() => {
            const [key] = Object.keys(localStorage).filter((key) => key.startsWith("runbooks:ticks:"));
            localStorage.setItem(key, JSON.stringify(Object.keys(JSON.parse(localStorage.getItem(key)))));
        }"""
    )
    page.reload()
    expect_done(page, 1, page.locator(".kb-tick input").count())


def test_two_tabs_show_the_same_ticks(site: Path, visit) -> None:
    page = visit(site / PAGES[0])
    other = page.context.new_page()
    other.goto(page.url)
    total = page.locator(".kb-tick input").count()
    page.locator(".kb-tick input").nth(1).check()
    expect_done(other, 1, total)
    other.locator(".kb-tick input").nth(3).check()
    expect_done(page, 2, total)
    for one in (page, other):
        boxes = one.locator(".kb-tick input")
        assert [n for n in range(total) if boxes.nth(n).is_checked()] == [1, 3]
        expect(one.locator(".kb-done")).to_have_count(2)
    page.get_by_role("button", name="Clear ticks").click()
    expect_done(other, 0, total)
    expect(other.get_by_role("button", name="Clear ticks")).to_be_disabled()


def test_an_edited_step_loses_its_tick(site: Path, visit, tmp_path: Path) -> None:
    page = visit(site / PAGES[0])
    page.locator(".kb-tick input").first.check()
    kept = page.evaluate(
        "Object.entries(localStorage).filter(([key]) => key.startsWith('runbooks:'))"
    )
    assert len(kept) == 1
    page.evaluate(
        "([key, value]) => localStorage.setItem(key, value.replace(/\\w+\"/, 'other\"'))", kept[0]
    )
    page.reload()
    expect_done(page, 0, page.locator(".kb-tick input").count())


def test_ticks_work_without_storage(site: Path, visit) -> None:
    page = visit(site / PAGES[0])
    # Material's own scripts want a storage as well: only ours must cope without.
    page.context.add_init_script(
        """for (const name of ["getItem", "setItem", "removeItem"]) {
            const kept = Storage.prototype[name];
            Storage.prototype[name] = function (key, ...rest) {
                if (key.startsWith("runbooks:")) throw new Error("refused");
                return kept.call(this, key, ...rest);
            };
        }"""
    )
    page.reload()
    page.locator(".kb-tick input").first.check()
    expect(page.locator(".kb-progress")).to_contain_text("1 of")


def test_keyboard_alone_is_enough(site: Path, visit, copied) -> None:
    page = visit(site / PAGES[1])
    reached = set()
    for _ in range(120):
        page.keyboard.press("Tab")
        kind = page.evaluate(
            """() => {
                const e = document.activeElement, style = getComputedStyle(e);
                const seen = style.outlineStyle !== 'none' && parseFloat(style.outlineWidth) >= 2;
                const kind = e.matches('.kb-copy') ? 'copy' : e.matches('.kb-tick input') ? 'tick'
                    : e.matches('.kb-search-button') ? 'search' : e.matches('.kb-unfilled') ? 'unfilled'
                    : e.matches('.kb-parameters *') ? 'field' : '';
                return kind && !seen ? kind + ' without visible focus' : kind;
            }"""
        )
        if kind == "tick" and "tick" not in reached:
            page.keyboard.press("Space")
        if kind == "copy" and "copy" not in reached:
            page.keyboard.press("Enter")
            page.wait_for_function("document.activeElement.textContent === 'Copied'")
        reached.add(kind)
    assert {"copy", "tick", "search", "field"} <= reached
    assert not {kind for kind in reached if "without" in kind}
    expect(page.locator(".kb-tick input:checked")).to_have_count(1)
    assert copied(page)


@pytest.mark.parametrize("name", PAGES)
def test_prints_to_a_readable_sheet(site: Path, visit, name: str) -> None:
    page = visit(site / name, "#TABLE=Sessions")
    page.emulate_media(media="print")
    for hidden in (".md-header", ".kb-copy", ".md-sidebar--primary", ".kb-search-button"):
        assert not page.locator(hidden).first.is_visible(), hidden
    cut = page.evaluate(
        "[...document.querySelectorAll('.kb-code code')].filter(c => c.scrollWidth > c.clientWidth + 1).length"
    )
    assert cut == 0
    assert page.locator(".kb-command code").first.is_visible()
    # Paper shows no list of values, no proofs: the sheet is for whoever stands at a rack.
    for hidden in (".kb-parameters", ".kb-card-section .kb-evidence", ".kb-change"):
        assert not any(one.is_visible() for one in page.locator(hidden).all()), hidden
    assert pages_of(page.pdf(format="A4")) <= A4_PAGES


A4_PAGES = 4  # for a runbook of 16 steps


def pages_of(pdf: bytes) -> int:
    """Return how many pages a PDF has."""
    return len(re.findall(rb"/Type\s*/Page\b", pdf))


def test_everything_is_printed_when_the_reader_wants_it(site: Path, visit) -> None:
    page = visit(site / PAGES[0])
    page.evaluate(
        """() => { window.print = () => {
            dispatchEvent(new Event('beforeprint'));
            window.printed = document.querySelectorAll('.kb-reference:not(.kb-not-printed)').length;
            dispatchEvent(new Event('afterprint'));
        }; }"""
    )
    sections = page.locator(".kb-reference")
    page.get_by_role("button", name="Print the card").click()
    assert page.evaluate("window.printed") == 0
    page.get_by_role("button", name="Print everything").click()
    assert page.evaluate("window.printed") == sections.count() > 5
    expect(page.locator(".kb-reference[open]")).to_have_count(0)


@pytest.mark.parametrize("name", PAGES)
def test_the_first_command_is_a_few_keys_away(site: Path, visit, copied, name: str) -> None:
    page = visit(site / name, **PHONE)
    # Links in the closed navigation are no stops.
    stops = 0
    while not page.evaluate("document.activeElement.matches('.kb-skip')"):
        page.keyboard.press("Tab")
        stops += 1
    expect(page.locator(".kb-skip")).to_be_in_viewport()
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.matches('.kb-command .kb-copy')")
    assert stops <= 12
    page.keyboard.press("Enter")
    expect(page.locator(".kb-toast--shown")).to_contain_text("Copied")
    first = page.locator(".kb-command .kb-copy").first.get_attribute("aria-label")
    walked = visit(site / name, **PHONE)
    for _ in range(26):
        walked.keyboard.press("Tab")
        if walked.evaluate("document.activeElement.getAttribute('aria-label')") == first:
            return
    raise AssertionError("26 stops before the first command")


def test_a_page_without_scripts_reads_well(site: Path, visit) -> None:
    page = visit(site / PAGES[0], java_script_enabled=False)
    for heading in ("Is it this?", "Stop the pain", "Fix it for good", "Who to wake"):
        assert page.get_by_role("heading", name=heading).is_visible()


@pytest.mark.parametrize("options", [{}, {"viewport": {"width": 390, "height": 844}}])
def test_samples_of_the_error_are_one_closed_line(site: Path, visit, options: dict) -> None:
    page = visit(site / PAGES[0], **options)
    sample = page.locator(".kb-sample").first
    summary = page.locator(".kb-looks > summary")
    expect(summary).to_have_text("What it looks like, 4 ways")
    expect(sample).not_to_be_visible()
    summary.click()
    expect(sample).to_be_visible()
    linked = visit(site / PAGES[0], "#what-it-looks-like&TABLE=Sessions", **options)
    expect(linked.locator(".kb-sample").first).to_be_visible()


WIDTHS = (320, 390, 768, 1280)


@pytest.mark.parametrize("width", WIDTHS)
def test_the_bar_of_stages_stays_in_view_and_jumps(site: Path, visit, width: int) -> None:
    page = visit(site / PAGES[0], viewport={"width": width, "height": 844})
    bar = page.get_by_role("navigation", name="Stages")
    for link in bar.get_by_role("link").all():
        link.click()
        heading = page.locator(link.get_attribute("href"))
        expect(heading).to_be_in_viewport()
        below, top = bar.bounding_box(), heading.bounding_box()
        assert top["y"] >= below["y"] + below["height"] - 1
        assert link.bounding_box()["height"] >= 44
    page.mouse.wheel(0, 100_000)
    expect(bar).to_be_in_viewport(ratio=1)
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    cut = bar.get_by_role("link").evaluate_all(
        "all => all.filter(a => a.scrollWidth > a.clientWidth)"
    )
    assert cut == []


def test_the_bar_of_stages_shows_progress(site: Path, visit) -> None:
    page = visit(site / PAGES[0])
    section = page.locator(".kb-card-section", has=page.locator("#stop-the-pain"))
    total = section.locator(".kb-tick").count()
    link = page.get_by_role("navigation", name="Stages").locator("a[href='#stop-the-pain']")
    expect(link).to_have_accessible_name(f"Stop the pain 0 of {total} done")
    for box in section.locator(".kb-tick input").all():
        box.check()
    expect(link).to_have_accessible_name(f"Stop the pain {total} of {total} done")
    expect(link).to_have_class("kb-stages__done")


def test_the_bar_of_stages_is_plain_links_without_scripts(site: Path, visit) -> None:
    page = visit(site / PAGES[0], java_script_enabled=False)
    page.get_by_role("link", name="Stop the pain", exact=True).first.click()
    expect(page.locator("#stop-the-pain")).to_be_in_viewport()
    expect(page.get_by_role("navigation", name="Stages")).to_be_in_viewport()


@pytest.mark.parametrize("name", PAGES)
def test_a_step_shows_what_to_do_its_command_and_what_to_expect(
    site: Path, visit, name: str
) -> None:
    page = visit(site / name)
    steps = page.locator(".kb-card-section > ol > li").all()
    assert steps
    for step in steps:
        for shown in (".kb-do", ".kb-expect", ".kb-command", ".kb-risk"):
            for one in step.locator(shown).all():
                if not one.evaluate("one => Boolean(one.closest('.kb-more'))"):
                    expect(one).to_be_visible()
        for folded in (".kb-needs", ".kb-if-not", ".kb-rollback", ".kb-evidence"):
            for one in step.locator(folded).all():
                expect(one).not_to_be_visible()
        step.locator(".kb-more > summary").click()
        for folded in (".kb-needs", ".kb-if-not", ".kb-rollback", ".kb-evidence"):
            for one in step.locator(folded).all():
                expect(one).to_be_visible()
    # The command of a step is never folded; that of its rollback is.
    folded = page.locator(".kb-card-section .kb-more .kb-command")
    for block in folded.all():
        label = block.locator(".kb-copy").get_attribute("aria-label")
        assert label.startswith("Copy command: rollback of ")


def test_on_paper_a_step_shows_everything(site: Path, visit) -> None:
    page = visit(site / PAGES[0])
    page.evaluate("window.dispatchEvent(new Event('beforeprint'))")
    page.emulate_media(media="print")
    assert page.locator(".kb-more:not([open])").count() == 0
    expect(page.locator(".kb-sample").first).not_to_be_visible()
    page.emulate_media(media="screen")
    page.evaluate("window.dispatchEvent(new Event('afterprint'))")
    assert page.locator(".kb-more[open]").count() == 0


def open_stages(page) -> list[str]:
    return page.locator(".kb-card-section[open]").evaluate_all(
        "all => all.map(one => one.getAttribute('aria-labelledby'))"
    )


@pytest.mark.parametrize("name", PAGES)
def test_on_a_phone_one_stage_is_open(site: Path, visit, name: str) -> None:
    page = visit(site / name, **PHONE)
    assert open_stages(page) == ["is-it-this"]
    bar = page.get_by_role("navigation", name="Stages")
    bar.locator("a[href='#stop-the-pain']").click()
    assert open_stages(page) == ["stop-the-pain"]
    expect(page.locator("#stop-the-pain")).to_be_in_viewport()
    expect(bar.locator("[aria-current]")).to_have_attribute("href", "#stop-the-pain")
    # The same link again, after the reader has opened another stage.
    page.locator("summary:has(#if-not)").click()
    assert open_stages(page) == ["if-not"]
    expect(page.locator("#if-not")).to_be_in_viewport()
    bar.locator("a[href='#stop-the-pain']").click()
    assert open_stages(page) == ["stop-the-pain"]
    page.set_viewport_size({"width": 1280, "height": 844})
    expect(page.locator(".kb-card-section:not([open])")).to_have_count(0)
    page.set_viewport_size({"width": 390, "height": 844})
    expect(page.locator(".kb-card-section[open]")).to_have_count(1)
    assert open_stages(page) == ["stop-the-pain"]


def test_on_a_phone_a_link_opens_the_stage_of_its_step(site: Path, visit) -> None:
    page = visit(site / PAGES[0], "#fix-2&TABLE=Sessions", **PHONE)
    assert open_stages(page) == ["fix-it-for-good"]
    expect(page.locator("#fix-2")).to_be_in_viewport()
    page.evaluate("location.hash = '#verification-1'")
    expect(page.locator("#verification-1")).to_be_in_viewport()
    assert open_stages(page) == ["check-that-it-worked"]


def test_a_phone_prints_every_stage(site: Path, visit) -> None:
    page = visit(site / PAGES[0], **PHONE)
    page.evaluate("window.dispatchEvent(new Event('beforeprint'))")
    page.emulate_media(media="print")
    assert page.locator(".kb-card-section:not([open])").count() == 0
    page.emulate_media(media="screen")
    page.evaluate("window.dispatchEvent(new Event('afterprint'))")
    assert open_stages(page) == ["is-it-this"]


@pytest.mark.parametrize("options", [{}, PHONE], ids=["desk", "phone"])
def test_the_sections_below_the_card_are_closed_until_a_link_opens_them(
    site: Path, visit, options: dict
) -> None:
    page = visit(site / PAGES[0], **options)
    sections = page.locator(".kb-reference")
    assert sections.count() > 5
    expect(page.locator(".kb-reference[open]")).to_have_count(0)
    for anchor in ("cause", "impact", "ruled-out-1", "source-1", "timeline", "changes"):
        if page.locator(f"#{anchor}").count():
            page.evaluate("anchor => { location.hash = anchor; }", anchor)
            expect(page.locator(f"#{anchor}")).to_be_in_viewport()
            assert page.locator(f".kb-reference[open] #{anchor}").count() == 1
    opened = page.locator(".kb-reference[open]").count()
    linked = visit(site / PAGES[0], "#impact", **options)
    expect(linked.locator("#impact")).to_be_in_viewport()
    expect(linked.locator(".kb-reference[open]")).to_have_count(1)
    # On paper: the card, and what the reader has opened.
    page.evaluate("window.dispatchEvent(new Event('beforeprint'))")
    page.emulate_media(media="print")
    shown = page.locator(".kb-reference > :nth-child(2)").evaluate_all(
        "all => all.filter(one => one.checkVisibility()).length"
    )
    assert shown == opened
