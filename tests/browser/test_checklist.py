"""The checklist page: the same list as the command's, in a real browser, from file://, without network."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest
from playwright.sync_api import expect

from generator.checklists.changes import listed_paths
from generator.checklists.choose import Release, Rules, choose
from generator.checklists.items import Item
from generator.checklists.summary_index import read_rows
from generator.knowledge.settings import load_settings
from generator.site.assets import CHECKLIST_SCRIPTS
from generator.site.checklist_data import DATA_FILE, VARIABLE
from generator.text.scripts import script
from tests.browser import building
from tests.browser.test_every_page import serious
from tests.browser.test_hostile import FORBIDDEN
from tests.conftest import ROOT
from tests.sites import change, incident_file, new_base, runbooks

PAGE = "checklist/index.html"
ALIAS = "sequelize-duplicate-association-alias"
TABLE = "postgresql-concurrent-create-table"
PATHS = "backend/models/order.js\nbackend/migrations/20251118-orders.js\n"
PHONE = {"viewport": {"width": 360, "height": 740}, "has_touch": True}


def by_command(
    paths: str = "", components: tuple[str, ...] = (), kinds: tuple[str, ...] = (), **options
) -> tuple[Item, ...]:
    settings, _ = load_settings(ROOT)
    release = Release(listed_paths(paths.encode()), components, kinds)
    return choose(read_rows(ROOT), release, Rules(settings.components, settings.kinds), **options)


def wait_for(page, text: str) -> None:
    """Wait for the sentence above the list."""
    page.locator(".kb-checklist__status", has_text=text).wait_for()


def ids(page) -> list[str]:
    return page.locator(".kb-checklist__id").all_inner_texts()


def paste(page, text: str) -> None:
    area = page.locator(".kb-checklist textarea").first
    area.focus()
    page.evaluate("text => navigator.clipboard.writeText(text)", text)
    page.keyboard.press("Control+V")


def tick(page, name: str) -> None:
    page.locator(".kb-checklist__chip").get_by_text(name, exact=True).click()


@pytest.mark.parametrize("options", [{}, PHONE], ids=["desk", "phone"])
def test_pasted_paths_give_the_list_that_the_command_gives(
    site: Path, visit, options: dict
) -> None:
    page = visit(site / PAGE, **options)
    page.context.set_offline(True)
    wait_for(page, "Nothing is chosen yet")
    paste(page, PATHS)
    wait_for(page, " checks: ")
    expected = by_command(PATHS)
    assert len(expected) >= 8
    assert ids(page) == [item.id for item in expected]
    levels = page.locator(".kb-checklist__item .kb-badge:first-child").all_inner_texts()
    assert levels == [item.level.value for item in expected]
    first = page.locator(".kb-checklist__item").first
    assert expected[0].reasons[0].title in first.inner_text()
    assert "2 files. By their names: kind of change" in page.locator("#kb-checklist-told").inner_text()  # fmt: skip
    paste(page, "\nREADME.md")
    page.wait_for_function("document.querySelector('#kb-checklist-told').textContent.startsWith('3')")  # fmt: skip
    assert ids(page) == [item.id for item in expected]


def test_what_is_ticked_gives_the_list_that_the_command_gives(site: Path, visit) -> None:
    page = visit(site / PAGE)
    tick(page, "session-store")
    wait_for(page, " checks: ")
    assert ids(page) == [item.id for item in by_command(components=("session-store",))]
    tick(page, "migration")
    both = by_command(components=("session-store",), kinds=("migration",))
    assert ids(page) == [item.id for item in both]
    page.get_by_text("Only some phases or levels").click()
    tick(page, "before")
    tick(page, "blocking")
    some = [i.id for i in both if i.phase.value == "before" and i.level.value == "blocking"]
    assert 0 < len(some) < len(both)
    assert ids(page) == some
    assert page.locator(".kb-checklist__list h2").all_inner_texts() == ["Before the deploy"]


def test_nothing_matched_is_said(site: Path, visit) -> None:
    page = visit(site / PAGE)
    paste(page, "README.md")
    wait_for(page, "No check applies to this release.")
    assert ids(page) == []
    assert not page.get_by_role("button", name="Print").is_visible()
    page.get_by_role("button", name="Clear everything").click()
    wait_for(page, "Nothing is chosen yet")
    assert page.locator(".kb-checklist textarea").first.input_value() == ""


def test_the_address_holds_the_choice(site: Path, visit, copied) -> None:
    page = visit(site / PAGE)
    paste(page, 'backend/models/a b&c#d=%41.js\n"backend/models/a\\tb\\n.js"\n')
    tick(page, "migration")
    page.get_by_text("Only some phases or levels").click()
    tick(page, "before")
    page.locator(".kb-parameters summary").click()
    page.locator("[data-name=TOOLS]").fill('it\'s; rm -rf ~ & "x" é')
    page.get_by_role("button", name="Copy link").click()
    page.locator(".kb-toast--shown").wait_for()
    address = copied(page)
    assert address == page.url
    markdown = "document.querySelector('.kb-checklist__list').innerText"
    before = page.evaluate(markdown)
    other = visit(site / PAGE, f"#{address.partition('#')[2]}")
    wait_for(other, " check")
    assert other.evaluate(markdown) == before
    assert other.locator("textarea").first.input_value().splitlines() == [
        "backend/models/a b&c#d=%41.js",
        '"backend/models/a\\tb\\n.js"',
    ]
    assert "export TOOLS='it'\\''s; rm -rf ~ & \"x\" é'" in before
    page.reload()
    wait_for(page, " check")
    assert page.evaluate(markdown) == before


def test_too_many_files_for_an_address(site: Path, visit, copied) -> None:
    page = visit(site / PAGE)
    many = "".join(f"backend/models/model-number-{n:04}.js\n" for n in range(500))
    paste(page, many)
    wait_for(page, " checks: ")
    assert page.get_by_text("These files are too many for an address").is_visible()
    assert len(page.url) < 1000
    listed = ids(page)
    assert listed == [item.id for item in by_command(many)]
    page.reload()  # this tab alone knows the files
    wait_for(page, " checks: ")
    assert ids(page) == listed


def test_an_incident_leads_to_its_checks(site: Path, visit) -> None:
    page = visit(site / f"incidents/{ALIAS}/index.html")
    page.get_by_role("link", name="as a list to tick off").click()
    page.wait_for_url(f"**/{PAGE}?incident={ALIAS}")
    wait_for(page, " checks: ")
    every = ids(page)
    assert every
    assert all(i.startswith(f"{ALIAS}/") for i in every)
    tick(page, "postgresql")
    assert any(i.startswith(f"{TABLE}/") for i in ids(page))
    assert page.url.endswith(f"{PAGE}#component=postgresql&incident={ALIAS}")
    page.get_by_role("button", name=f"Leave out the incident {ALIAS}").click()
    assert not any(i.startswith(f"{ALIAS}/") for i in ids(page))
    link = page.locator(".kb-checklist__why a").first
    check = ids(page)[0].partition("/")[2]
    assert link.get_attribute("href").endswith(f"incidents/{TABLE}/index.html#check-{check}")
    link.click()
    page.wait_for_url(f"**/incidents/{TABLE}/**")
    assert page.locator(f"#check-{check}").is_visible()


def test_the_home_page_leads_here(site: Path, visit) -> None:
    page = visit(site / "index.html")
    page.locator(".md-content").get_by_role("link", name="deploy checklist").click()
    page.wait_for_url(f"**/{PAGE}")
    wait_for(page, "Nothing is chosen yet")


def test_copied_and_downloaded_as_the_command_prints_it(
    site: Path, visit, copied, tmp_path: Path
) -> None:
    (tmp_path / "files").write_text(PATHS, "utf-8")
    options = ("--changed-files", tmp_path / "files", "--component", "sequelize", "--phase", "before",
               "--set", "TEST_SERVER=it's", "--root", ROOT)  # fmt: skip
    printed = runbooks("checklist", *options).stdout
    assert "# Deploy checklist" in printed
    page = visit(site / PAGE)
    paste(page, PATHS)
    tick(page, "sequelize")
    page.get_by_text("Only some phases or levels").click()
    tick(page, "before")
    page.locator(".kb-parameters summary").click()
    page.locator("[data-name=TEST_SERVER]").fill("it's")
    page.get_by_role("button", name="Copy as Markdown").click()
    page.locator(".kb-toast--shown").wait_for()
    assert copied(page) == printed
    with page.expect_download() as download:
        page.get_by_role("button", name="Download Markdown").click()
    assert download.value.suggested_filename == "checklist.md"
    assert Path(download.value.path()).read_text("utf-8") == printed
    with page.expect_download() as download:
        page.get_by_role("button", name="Download JSON").click()
    assert download.value.suggested_filename == "checklist.json"
    downloaded = json.loads(Path(download.value.path()).read_text("utf-8"))
    of_command = json.loads(runbooks("checklist", *options, "--format", "json").stdout)
    assert downloaded == {**of_command, "revision": ""}


def test_a_command_is_copied_with_its_values(site: Path, visit, copied) -> None:
    page = visit(site / PAGE, "#component=session-store")
    item = page.locator(".kb-checklist__item", has_text="Four copies start together")
    item.locator(".kb-copy").click()
    page.locator(".kb-toast", has_text="is not filled in").wait_for()
    assert ': "${TEST_SERVER:?fill in TEST_SERVER}"' in copied(page)
    page.get_by_role("button", name="Fill in TEST_SERVER").click()
    field = page.locator("[data-name=TEST_SERVER]")
    assert field.evaluate("field => field === document.activeElement")
    field.press_sequentially("postgres://x'y")
    item.locator(".kb-export", has_text="postgres://").wait_for()
    assert field.input_value() == "postgres://x'y"
    item.locator(".kb-copy").click()
    assert "export TEST_SERVER='postgres://x'\\''y'\n" in copied(page)


def test_ticks_survive_a_reload_and_belong_to_one_release(site: Path, visit) -> None:
    page = visit(site / PAGE, "#component=models")
    boxes = page.locator(".kb-tick input")
    boxes.nth(1).focus()
    page.keyboard.press("Space")
    assert "1 of" in page.locator(".kb-checklist__progress").inner_text()
    assert "Ticked today at" in page.locator(".kb-checklist__item").nth(1).inner_text()
    page.reload()
    assert [box.is_checked() for box in boxes.all()][:3] == [False, True, False]
    # Another release has ticks of its own, also where it needs the same checks.
    page.evaluate("location.hash = 'kind=model'")
    wait_for(page, " check")
    assert not any(box.is_checked() for box in boxes.all())
    page.evaluate("location.hash = 'component=models'")
    page.wait_for_function("document.querySelectorAll('.kb-done').length === 1")
    # Who goes on choosing takes the ticks along.
    tick(page, "migration")
    assert page.locator(".kb-done").count() == 1
    page.get_by_role("button", name="Clear everything").click()
    tick(page, "model")
    assert page.locator(".kb-done").count() == 0
    page.go_back()
    page.evaluate("location.hash = 'component=models'")
    page.wait_for_function("document.querySelectorAll('.kb-done').length === 1")
    page.get_by_role("button", name="Clear ticks").click()
    assert page.locator(".kb-done").count() == 0
    page.reload()
    wait_for(page, " check")
    assert page.locator(".kb-done").count() == 0


def test_two_tabs_keep_and_show_the_ticks_of_each_other(site: Path, visit) -> None:
    page = visit(site / PAGE, "#component=session-store")
    wait_for(page, " checks: ")
    other = page.context.new_page()
    other.goto(page.url)
    wait_for(other, " checks: ")
    page.locator(".kb-tick input").first.check()
    expect(other.locator(".kb-done")).to_have_count(1)
    other.locator(".kb-tick input").nth(1).check()
    expect(page.locator(".kb-done")).to_have_count(2)
    expect(page.locator(".kb-checklist__progress")).to_contain_text("2 of")
    page.locator(".kb-tick input").first.uncheck()
    expect(other.locator(".kb-done")).to_have_count(1)
    other.reload()
    expect(other.locator(".kb-done")).to_have_count(1)
    page.get_by_role("button", name="Clear ticks").click()
    expect(other.locator(".kb-done")).to_have_count(0)


def test_a_file_is_chosen_or_dropped(site: Path, visit, tmp_path: Path) -> None:
    listed = tmp_path / "files"
    listed.write_bytes(b"backend/models/a\nb.js\0README.md\0")
    page = visit(site / PAGE)
    page.locator(".kb-checklist input[type=file]").set_input_files(listed)
    wait_for(page, " checks: ")
    area = page.locator(".kb-checklist textarea").first
    assert area.input_value() == '"backend/models/a\\nb.js"\nREADME.md'
    page.evaluate(
        """() => {
            const dataTransfer = new DataTransfer();
            dataTransfer.items.add(new File(['backend/migrations/x.js'], 'changed.txt'));
            for (const type of ['dragover', 'drop']) {
                document.body.dispatchEvent(
                    new DragEvent(type, {dataTransfer, bubbles: true, cancelable: true}));
            }
        }"""
    )
    page.wait_for_function("document.querySelector('.kb-checklist textarea').value.includes('migrations')")  # fmt: skip
    assert ids(page) == [item.id for item in by_command("backend/migrations/x.js")]


def test_an_anchor_is_no_choice(site: Path, visit) -> None:
    page = visit(site / PAGE, f"?incident={ALIAS}")
    wait_for(page, " checks: ")
    before = ids(page)
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")  # "Skip to content"
    page.wait_for_url(f"**/{PAGE}#incident={ALIAS}")
    assert ids(page) == before
    page.reload()
    wait_for(page, " checks: ")
    assert ids(page) == before


def test_what_nobody_knows_can_be_left_out(site: Path, visit) -> None:
    page = visit(site / PAGE, "#component=no-such&kind=nor-this&component=models")
    wait_for(page, " check")
    assert "No component has the name no-such." in page.locator(".kb-checklist").inner_text()
    page.get_by_role("button", name="Leave it out").first.click()
    assert page.url.endswith("#component=models&kind=nor-this")
    assert "no-such" not in page.locator(".kb-checklist").inner_text()


@pytest.mark.parametrize(
    ("content", "shown"),
    [
        ("a b.js\r\nä.js\r\n".encode("utf-16"), "a b.js\nä.js"),
        (b"\xef\xbb\xbfa.js\n", "a.js"),
        (b"\xff\xc3\xa4.js\n", '"\\377ä.js"'),
    ],
    ids=["UTF-16", "mark", "no UTF-8"],
)
def test_files_as_windows_and_others_write_them(
    site: Path, visit, tmp_path: Path, content: bytes, shown: str
) -> None:
    (tmp_path / "files").write_bytes(content)
    page = visit(site / PAGE)
    page.locator(".kb-checklist input[type=file]").set_input_files(tmp_path / "files")
    wait_for(page, "No check applies")
    assert page.locator(".kb-checklist textarea").first.input_value() == shown


HOSTILE = """\
<img src=x onerror=alert(1)>/migrations/<script>alert(2)</script>
"""


def test_hostile_text_stays_text(site: Path, full_site: Path, visit) -> None:
    page = visit(site / PAGE, "#kind=%3Cimg%20src%3Dx%20onerror%3Dalert(1)%3E&incident=<svg/onload=alert(1)>&x=%")  # fmt: skip
    assert "No kind of change has the name <img src=x onerror=alert(1)>." in page.locator(".kb-checklist").inner_text()  # fmt: skip
    paste(page, HOSTILE)
    wait_for(page, " checks: ")
    assert "<img src=x onerror=alert(1)>/migrations/<script>" in page.locator(".kb-checklist__list").inner_text()  # fmt: skip
    assert page.evaluate(FORBIDDEN) == []
    page = visit(full_site / PAGE, "#all&X=%3Cimg%20src%3Dx%20onerror%3Dalert(1)%3E")
    wait_for(page, " check")
    assert page.evaluate(FORBIDDEN) == []
    assert "Not all checks are known: these incidents have errors: broken." in page.locator(".kb-checklist").inner_text()  # fmt: skip


def test_standing_checks_and_unread_ones(tmp_path: Path, visit) -> None:
    root = new_base(tmp_path)
    for number in range(3):
        change(incident_file(root, number), checks=[
            {"id": "k", "phase": "after", "check": f"Check {number}", "expect": "x", "applies_to": {"paths": ["src/**"]}}
        ])  # fmt: skip
    (root / "incidents/checks.yaml").write_text(
        "checks:\n  - {id: backup, phase: before, check: A backup, expect: a file}\n", "utf-8"
    )
    building.build(root, tmp_path / "site")
    page = visit(tmp_path / "site" / PAGE, "#path=src/x")
    wait_for(page, "4 checks: 4 blocking.")
    assert ids(page)[0] == "standing/backup"
    assert "stands on every checklist." in page.locator(".kb-checklist__item").first.inner_text()


def test_many_names_get_a_filter_and_many_checks_come_in_parts(
    site: Path, tmp_path: Path, visit
) -> None:
    rows = [
        {
            "id": f"i{n}", "title": f"Incident {n}", "severity": "SEV2", "status": "published",
            "checks": [{"id": "k", "phase": "before", "level": "blocking", "check": f"Check {n}", "run": f"x {n}",
                        "components": [f"c{n % 40}"], "paths": [f"d{n}/**/*.js"]}],
        }
        for n in range(5000)
    ]  # fmt: skip
    globs = [[f"d{n}/**/*.js", f"^d{n}/(?:.+/)?[^/]*\\.js(?:/|$)"] for n in range(5000)]
    data = {"scripts": CHECKLIST_SCRIPTS, "rows": rows, "globs": globs, "components": [], "kinds": [], "unreadable": []}  # fmt: skip
    many = shutil.copytree(site, tmp_path / "site")
    (many / DATA_FILE).write_bytes(script(VARIABLE, data))
    page = visit(many / PAGE)
    paste(page, "".join(f"d{n}/a/b/file{n}.js\n" for n in range(2000)))
    wait_for(page, "2,000 checks: ")
    page = visit(many / PAGE, "#component=c0&component=c1&component=c2&component=c3")
    wait_for(page, "500 checks: ")
    assert page.locator(".kb-checklist__item").count() == 200
    page.get_by_role("button", name="Show 300 more checks").click()
    assert page.locator(".kb-checklist__item").count() == 500
    page.get_by_role("searchbox").fill("c3")
    shown = [c.inner_text() for c in page.locator(".kb-checklist__chips--many > :visible").all()]
    assert sorted(shown) == sorted(f"c{n}" for n in (0, 1, 2, 3, *range(30, 40)))


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_is_accessible(site: Path, visit, scheme: str) -> None:
    address = f"#component=session-store&component=no-such&phase=before&incident={ALIAS}&path=a"
    page = visit(site / PAGE, address, color_scheme=scheme, reduced_motion="reduce")
    wait_for(page, " checks: ")
    page.locator(".kb-parameters summary").click()
    page.locator(".kb-tick input").first.check()
    assert serious(page) == []


def test_does_not_widen_a_phone(site: Path, visit) -> None:
    long = "x" * 300
    page = visit(site / PAGE, f"#component=session-store&incident={ALIAS}&kind={long}&path=backend/models/{long}", **PHONE)  # fmt: skip
    wait_for(page, " checks: ")
    page.locator(".kb-parameters summary").click()
    assert page.evaluate("document.documentElement.scrollWidth") <= 360
    small = page.evaluate(
        """() => [...document.querySelectorAll('.kb-checklist :is(button:not(.kb-unfilled), summary, .kb-tick, .kb-checklist__chip)')]
            .filter(e => e.checkVisibility())
            .map(e => [e.outerHTML.slice(0, 80), e.getBoundingClientRect()])
            .filter(([, box]) => box.width < 44 || box.height < 44)
            .map(([html, box]) => `${html} ${box.width}x${box.height}`)"""
    )
    assert small == []


def test_prints_the_list_alone(site: Path, visit) -> None:
    page = visit(site / PAGE, "#component=session-store")
    wait_for(page, " checks: ")
    page.emulate_media(media="print")
    text = page.locator("body").inner_text()
    assert "Component session-store. Made 20" in text
    assert "Four copies start together" in text
    for hidden in ("What does the release touch?", "Copy as Markdown", "Only some phases"):
        assert hidden not in text


def test_without_scripts_it_says_what_to_do(site: Path, visit) -> None:
    page = visit(site / PAGE, java_script_enabled=False)
    assert "runbooks checklist prints the list in a shell" in page.locator(".kb-checklist").inner_text()  # fmt: skip
