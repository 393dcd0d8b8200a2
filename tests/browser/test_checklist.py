"""The checklist page: the same list as the command's, in a real browser, from file://, without network."""

from __future__ import annotations

import json
import re
import shutil
from itertools import cycle
from pathlib import Path
from random import Random
from typing import Any

import pytest
import yaml
from playwright.sync_api import expect

from generator.checklists.choose import Release, choose_checks
from generator.checklists.file_lists import listed_paths
from generator.checklists.items import ChosenCheck
from generator.checklists.path_rules import path_rules
from generator.checklists.summary_index import read_rows
from generator.knowledge.settings import load_settings
from generator.site.checklist_data import DATA_FILE, VARIABLE
from generator.text.scripts import script
from tests.browser import building
from tests.browser.test_card import A4_PAGES, pages_of
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
) -> tuple[ChosenCheck, ...]:
    settings, _ = load_settings(ROOT)
    release = Release(listed_paths(paths.encode()), components, kinds)
    rows = read_rows(ROOT)
    return choose_checks(rows, release, path_rules(settings, rows.kinds), **options)


def wait_for(page, text: str) -> None:
    """Wait for the sentence above the list."""
    page.locator(".kb-checklist__status", has_text=text).wait_for()


def ids(page) -> list[str]:
    """Return which checks are listed, for who has waited for the list."""
    return page.locator(".kb-checklist__id").all_inner_texts()


def expect_ids(page, expected: list[str]) -> None:
    expect(page.locator(".kb-checklist__id")).to_have_text(expected)


def paste(page, text: str) -> None:
    area = page.locator(".kb-checklist textarea").first
    area.focus()
    page.evaluate("text => navigator.clipboard.writeText(text)", text)
    page.keyboard.press("Control+V")


def paste_instead(page, text: str) -> None:
    page.locator(".kb-checklist textarea").first.fill("")
    paste(page, text)


def tick(page, name: str) -> None:
    page.locator(".kb-checklist__chip").get_by_text(name, exact=True).click()


@pytest.mark.parametrize("options", [{}, PHONE], ids=["desk", "phone"])
def test_pasted_paths_give_the_list_that_the_command_gives(
    site: Path, visit, options: dict
) -> None:
    page = visit(site / PAGE, **options)
    page.context.set_offline(True)
    wait_for(page, "Nothing is selected yet")
    paste(page, PATHS)
    wait_for(page, " checks: ")
    expected = by_command(PATHS)
    assert len(expected) >= 8
    expect_ids(page, [item.id for item in expected])
    levels = page.locator(".kb-checklist__item .kb-badge:first-child").all_inner_texts()
    assert levels == [item.level.value for item in expected]
    first = page.locator(".kb-checklist__item").first
    expect(first).to_contain_text(expected[0].reasons[0].title)
    told = page.locator("#kb-checklist-told")
    expect(told).to_contain_text("2 files. By their paths: kind of change")
    paste(page, "\nREADME.md")
    expect(told).to_have_text(re.compile("^3"))
    expect_ids(page, [item.id for item in expected])


def test_what_is_ticked_gives_the_list_that_the_command_gives(site: Path, visit) -> None:
    page = visit(site / PAGE)
    tick(page, "session-store")
    wait_for(page, " checks: ")
    expect_ids(page, [item.id for item in by_command(components=("session-store",))])
    tick(page, "migration")
    both = by_command(components=("session-store",), kinds=("migration",))
    expect_ids(page, [item.id for item in both])
    page.get_by_text("Only some phases or levels").click()
    tick(page, "before")
    tick(page, "blocking")
    some = [i.id for i in both if i.phase.value == "before" and i.level.value == "blocking"]
    assert 0 < len(some) < len(both)
    expect_ids(page, some)
    expect(page.locator(".kb-checklist__list h2")).to_have_text(["Before the deploy"])


def test_nothing_matched_is_said(site: Path, visit) -> None:
    page = visit(site / PAGE)
    # With its lines: of a name alone, no condition on lines is known not to hold.
    paste(
        page,
        "diff --git a/README.md b/README.md\n--- a/README.md\n+++ b/README.md\n@@ -0,0 +1 @@\n+x\n",
    )
    wait_for(page, "No check applies to this release.")
    assert ids(page) == []
    expect(page.get_by_role("button", name="Print")).to_be_hidden()
    page.get_by_role("button", name="Clear all").click()
    wait_for(page, "Nothing is selected yet")
    expect(page.locator(".kb-checklist textarea").first).to_have_value("")


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
    expect(page).to_have_url(address)
    markdown = "document.querySelector('.kb-checklist__list').innerText"
    before = page.evaluate(markdown)
    other = visit(site / PAGE, f"#{address.partition('#')[2]}")
    shown = f"before => {markdown} === before"
    other.wait_for_function(shown, arg=before)
    assert other.locator("textarea").first.input_value().splitlines() == [
        "backend/models/a b&c#d=%41.js",
        '"backend/models/a\\tb\\n.js"',
    ]
    assert "export TOOLS='it'\\''s; rm -rf ~ & \"x\" é'" in before
    page.reload()
    page.wait_for_function(shown, arg=before)


def copied_link(page, copied) -> str:
    page.get_by_role("button", name="Copy link").click()
    page.locator(".kb-toast--shown").wait_for()
    return copied(page).partition("#")[2]


def site_with(folder: Path, *checks: dict[str, Any]) -> Path:
    """Build the site of a knowledge base with one incident that has these checks."""
    root = new_base(folder / "kb", 1)
    common = {"phase": "before", "check": "It holds", "expect": {"shows": "x"}}
    change(incident_file(root, 0, 1), checks=[{**common, **check} for check in checks])
    building.build_in_spite_of_findings(root, made := folder / "site")
    return made


def test_a_link_holds_only_the_files_that_count(tmp_path: Path, visit, copied) -> None:
    site = site_with(tmp_path, {"id": "models", "applies_to": {"paths": "backend/models/**"}})
    page = visit(site / PAGE)
    counted = [f"backend/models/model-number-{n:04}.js" for n in range(300)]
    others = [f"docs/page-{n}.md" for n in range(300)]
    paste(page, "\n".join([*others, *counted]))
    wait_for(page, " check: ")
    listed = ids(page)
    address = copied_link(page, copied)
    assert address.startswith("list=")
    assert len(address) < 2000
    other = visit(site / PAGE, f"#{address}")
    expect_ids(other, listed)
    assert other.locator("textarea").first.input_value().splitlines() == counted
    told = "600 files, of which the link holds the 300 with a part in this list."
    expect(other.locator("#kb-checklist-told")).to_contain_text(told)
    expect(other.locator(".kb-checklist__about")).to_contain_text("600 changed files")
    assert copied_link(other, copied) == address
    # The reader who made the list finds all of it, and its ticks, after a reload.
    page.locator(".kb-checklist__item input").first.check()
    page.reload()
    expect(page.locator(".kb-done")).to_have_count(1)
    assert len(page.locator("textarea").first.input_value().splitlines()) == 600


def test_on_a_phone_a_link_opens_at_the_list(site: Path, visit) -> None:
    page = visit(site / PAGE, "#path=backend/models/order.js", **PHONE)
    wait_for(page, " checks: ")
    area = page.locator("textarea").first
    expect(area).to_be_hidden()
    expect(page.locator(".kb-checklist__form summary")).to_contain_text("A list of 1 changed file")
    assert (
        page.locator(".kb-checklist__item").first.bounding_box()["y"] < PHONE["viewport"]["height"]
    )
    page.get_by_text("What does the release touch?").click()
    expect(area).to_have_value("backend/models/order.js")
    desk = visit(site / PAGE, "#path=backend/models/order.js")
    expect(desk.locator("textarea").first).to_be_visible()


DIFF = """\
diff --git a/app/a.sql b/app/a.sql
--- a/app/a.sql
+++ b/app/a.sql
@@ -1 +1,3 @@
 select 1;
+-- something else
+CREATE INDEX CONCURRENTLY i ON t (c);
diff --git a/app/b.sql b/app/b.sql
--- a/app/b.sql
+++ b/app/b.sql
@@ -1,0 +2 @@
+-- {line}
"""


@pytest.mark.parametrize(
    ("line", "expected"), [("no index", ["index"]), ("PASSWORD=x INDEX", ["index", "secret"])]
)
def test_a_link_holds_the_lines_that_decided(
    tmp_path: Path, visit, copied, line: str, expected: list[str]
) -> None:
    patterns = {"index": "CREATE INDEX", "secret": "PASSWORD=x", "never": "DROP TABLE"}
    checks = (
        {"id": name, "applies_to": {"paths": "*.sql", "when_added": text}}
        for name, text in patterns.items()
    )
    site = site_with(tmp_path, *checks)
    page = visit(site / PAGE)
    paste(page, DIFF.replace("{line}", line))
    wait_for(page, " check")
    expect(page.locator(".kb-checklist__id")).to_contain_text(expected)
    other = visit(site / PAGE, f"#{copied_link(page, copied)}")
    wait_for(other, " check")
    # A line that looks like a secret is in no link: whether a check applies is not known then.
    there = [*expected, "never"] if "PASSWORD" in line else expected
    expect(other.locator(".kb-checklist__id")).to_contain_text(sorted(there))
    expect(other.locator(".kb-checklist__why").first).to_contain_text(
        "added: CREATE INDEX CONCURRENTLY"
    )


def test_a_damaged_link_says_so(site: Path, visit) -> None:
    for packed in ("x", "%00", "q1YqSyzKTEnMSylWslIqSy0qzszPU9JRSsxLUbKqBQA", "A" * 5000):
        page = visit(site / PAGE, f"#list={packed}")
        wait_for(page, "The list of files in this link is damaged")
        tick(page, "migration")
        wait_for(page, " check")


def test_too_many_files_for_an_address(site: Path, visit, copied) -> None:
    page = visit(site / PAGE)
    random = Random(1)
    many = "".join(f"backend/models/{random.randbytes(20).hex()}.js\n" for n in range(500))
    paste(page, many)
    wait_for(page, " checks: ")
    told = "A link to this page holds no files: 500 files with a part in this list need more than 4,000"
    expect(page.get_by_text(told)).to_be_visible()
    assert len(page.url) < 1000
    listed = [item.id for item in by_command(many)]
    expect_ids(page, listed)
    page.reload()  # this tab alone knows the files
    expect_ids(page, listed)


def test_an_incident_leads_to_its_checks(site: Path, visit) -> None:
    page = visit(site / f"incidents/{ALIAS}/index.html")
    page.locator("summary", has_text="Deploy checks").click()
    page.get_by_role("link", name="open as a checklist").click()
    page.wait_for_url(f"**/{PAGE}?incident={ALIAS}")
    wait_for(page, " checks: ")
    every = ids(page)
    assert every
    assert all(i.startswith(f"{ALIAS}/") for i in every)
    tick(page, "postgresql")
    of_table = page.locator(".kb-checklist__id", has_text=f"{TABLE}/")
    of_alias = page.locator(".kb-checklist__id", has_text=f"{ALIAS}/")
    expect(of_table.first).to_be_visible()
    expect(page).to_have_url(re.compile(re.escape(f"{PAGE}#component=postgresql&incident={ALIAS}") + "$"))  # fmt: skip
    page.get_by_role("button", name=f"Remove the incident {ALIAS}").click()
    expect(of_alias).to_have_count(0)
    expect(of_table.first).to_be_visible()
    link = page.locator(".kb-checklist__why a").first
    check = ids(page)[0].partition("/")[2]
    assert link.get_attribute("href").endswith(f"incidents/{TABLE}/index.html#check-{check}")
    link.click()
    page.wait_for_url(f"**/incidents/{TABLE}/**")
    expect(page.locator(f"#check-{check}")).to_be_visible()


def test_the_home_page_leads_here(site: Path, visit) -> None:
    page = visit(site / "index.html")
    page.locator(".md-content").get_by_role("link", name="deploy checklist").click()
    page.wait_for_url(f"**/{PAGE}")
    wait_for(page, "Nothing is selected yet")


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


def test_waivers_are_shown_as_the_command_shows_them(tmp_path: Path, visit, copied) -> None:
    root = new_base(tmp_path / "kb", 1)
    common = {"phase": "before", "check": "It holds", "expect": {"exit": 0}, "risk": "read-only"}
    checks = [{"id": f"c{n}", "run": f"true {n}", **common} for n in range(3)]
    checks[0]["approval"] = "second-person"
    change(incident_file(root, 0, 1), checks=checks)
    (root / "incidents/waivers.yaml").write_text(
        "waivers:\n"
        "  - {check: case-0/c1, reason: <b>Ordered</b>, who: release manager, until: 2999-12-31}\n"
        "  - {check: case-0/c2, reason: Old, who: release manager, until: 2020-01-01}\n"
    )
    building.build_in_spite_of_findings(root, site := tmp_path / "site")
    page = visit(site / PAGE, "#all")
    wait_for(page, "3 checks")
    rows = page.locator(".kb-checklist__item")
    said = "Waived by: release manager until 2999-12-31: <b>Ordered</b>"
    expect(rows.nth(1)).to_contain_text(said)
    expect(rows.nth(1).locator(".kb-waived")).to_have_text("waived")
    expect(rows.nth(2)).to_contain_text("this has ended, so the check counts")
    expect(page.locator(".kb-waived")).to_have_count(1)
    expect(rows.nth(0).locator(".kb-approval")).to_have_text("needs a second person")
    page.get_by_role("button", name="Copy as Markdown").click()
    page.locator(".kb-toast--shown").wait_for()
    assert copied(page) == runbooks("checklist", "--all", "--root", root).stdout
    with page.expect_download() as download:
        page.get_by_role("button", name="Download JSON").click()
    downloaded = json.loads(Path(download.value.path()).read_text("utf-8"))
    done = runbooks("checklist", "--all", "--root", root, "--format", "json")
    assert downloaded["checks"] == json.loads(done.stdout)["checks"]


def test_a_command_is_copied_with_its_values(site: Path, visit, copied) -> None:
    page = visit(site / PAGE, "#component=session-store")
    item = page.locator(".kb-checklist__item", has_text="Four copies start together")
    item.locator(".kb-copy").click()
    page.locator(".kb-toast", has_text="is not filled in").wait_for()
    assert ': "${TEST_SERVER:?fill in TEST_SERVER}"' in copied(page)
    page.locator(".kb-toast button").click()
    field = item.locator(".kb-value-here")
    expect(field).to_be_focused()
    field.press_sequentially("postgres://x")
    field.press("Enter")
    item.locator(".kb-export", has_text="postgres://x").wait_for()
    assert item.evaluate("item => item.contains(document.activeElement)")
    field = page.locator("[data-name=TEST_SERVER]")
    expect(field).to_have_value("postgres://x")
    page.locator(".kb-parameters summary").click()
    field.fill("postgres://x'y")
    item.locator(".kb-export", has_text="y'").wait_for()
    expect(field).to_have_value("postgres://x'y")
    item.locator(".kb-copy").click()
    assert "export TEST_SERVER='postgres://x'\\''y'\n" in copied(page)


def test_ticks_survive_a_reload_and_belong_to_one_release(site: Path, visit) -> None:
    page = visit(site / PAGE, "#component=models")
    boxes = page.locator(".kb-tick input")
    done = page.locator(".kb-done")
    boxes.nth(1).focus()
    page.keyboard.press("Space")
    expect(page.locator(".kb-checklist__progress")).to_contain_text("1 of")
    expect(page.locator(".kb-checklist__item").nth(1)).to_contain_text("Ticked today at")
    page.reload()
    expect(boxes.nth(1)).to_be_checked()
    assert [box.is_checked() for box in boxes.all()][:3] == [False, True, False]
    # Another release has ticks of its own, also where it needs the same checks.
    page.evaluate("location.hash = 'kind=model'")
    expect_ids(page, [item.id for item in by_command(kinds=("model",))])
    expect(done).to_have_count(0)
    page.evaluate("location.hash = 'component=models'")
    expect(done).to_have_count(1)
    # Who goes on choosing takes the ticks along.
    tick(page, "migration")
    both = by_command(components=("models",), kinds=("migration",))
    expect_ids(page, [item.id for item in both])
    expect(done).to_have_count(1)
    page.get_by_role("button", name="Clear all").click()
    tick(page, "model")
    wait_for(page, " check")
    expect(done).to_have_count(0)
    page.go_back()
    page.evaluate("location.hash = 'component=models'")
    expect(done).to_have_count(1)
    page.get_by_role("button", name="Clear ticks").click()
    expect(done).to_have_count(0)
    page.reload()
    wait_for(page, " check")
    expect(done).to_have_count(0)


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
    expect(area).to_have_value('"backend/models/a\\nb.js"\nREADME.md')
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
    expect(area).to_have_value(re.compile("migrations"))
    expect_ids(page, [item.id for item in by_command("backend/migrations/x.js")])


def test_an_anchor_is_no_choice(site: Path, visit) -> None:
    page = visit(site / PAGE, f"?incident={ALIAS}")
    wait_for(page, " checks: ")
    before = ids(page)
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")  # "Skip to content"
    page.wait_for_url(f"**/{PAGE}#incident={ALIAS}")
    expect_ids(page, before)
    page.reload()
    expect_ids(page, before)


def test_what_nobody_knows_can_be_left_out(site: Path, visit) -> None:
    page = visit(site / PAGE, "#component=no-such&kind=nor-this&component=models")
    wait_for(page, " check")
    expect(page.locator(".kb-checklist")).to_contain_text("Unknown component: no-such.")
    page.get_by_role("button", name="Remove it").first.click()
    expect(page).to_have_url(re.compile("#component=models&kind=nor-this$"))
    expect(page.locator(".kb-checklist")).not_to_contain_text("no-such")


@pytest.mark.parametrize(
    ("content", "shown"),
    [
        ("a b.txt\r\nä.txt\r\n".encode("utf-16"), "a b.txt\nä.txt"),
        (b"\xef\xbb\xbfa.txt\n", "a.txt"),
        (b"\xff\xc3\xa4.txt\n", '"\\377ä.txt"'),
    ],
    ids=["UTF-16", "mark", "no UTF-8"],
)
def test_files_as_windows_and_others_write_them(
    site: Path, visit, tmp_path: Path, content: bytes, shown: str
) -> None:
    (tmp_path / "files").write_bytes(content)
    page = visit(site / PAGE)
    page.locator(".kb-checklist input[type=file]").set_input_files(tmp_path / "files")
    wait_for(page, " check")
    expect(page.locator(".kb-checklist textarea").first).to_have_value(shown)


HOSTILE = """\
<img src=x onerror=alert(1)>/migrations/<script>alert(2)</script>
"""


def test_other_forms_of_a_list_are_read_and_what_is_none_is_refused(site: Path, visit) -> None:
    page = visit(site / PAGE)
    paste(page, "M\tbackend/models/order.js\nR100\tREADME.md\tdocs/README.md\n")
    wait_for(page, " checks: ")
    expect(page.locator("#kb-checklist-told")).to_contain_text("3 files.")
    paste_instead(page, "fatal: ambiguous argument 'main...'")
    wait_for(page, "line 1 is a message of a program: fatal: ambiguous argument 'main...'")
    assert page.locator(".kb-checklist__list li").count() == 0


def test_hostile_text_stays_text(site: Path, full_site: Path, visit) -> None:
    page = visit(site / PAGE, "#kind=%3Cimg%20src%3Dx%20onerror%3Dalert(1)%3E&incident=<svg/onload=alert(1)>&x=%")  # fmt: skip
    expect(page.locator(".kb-checklist")).to_contain_text("Unknown kind of change: <img src=x onerror=alert(1)>.")  # fmt: skip
    paste(page, HOSTILE)
    wait_for(
        page, "This is not a list of changed files: line 1 is HTML: <img src=x onerror=alert(1)>"
    )
    assert page.evaluate(FORBIDDEN) == []
    paste_instead(page, f'"{HOSTILE.strip()}"')  # a name, as the quotes say
    wait_for(page, " checks: ")
    expect(page.locator(".kb-checklist__list")).to_contain_text("<img src=x onerror=alert(1)>/migrations/<script>")  # fmt: skip
    assert page.evaluate(FORBIDDEN) == []
    page = visit(full_site / PAGE, "#all&X=%3Cimg%20src%3Dx%20onerror%3Dalert(1)%3E")
    wait_for(page, " check")
    assert page.evaluate(FORBIDDEN) == []
    expect(page.locator(".kb-checklist")).to_contain_text("Not all checks are known: these incidents have errors: broken, hostile.")  # fmt: skip


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
    expect(page.locator(".kb-checklist__item").first).to_contain_text("on every checklist.")


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
    data = {"rows": rows, "globs": globs, "components": [], "kinds": [], "unreadable": []}  # fmt: skip
    many = shutil.copytree(site, tmp_path / "site")
    (many / DATA_FILE).write_bytes(script(VARIABLE, data))
    page = visit(many / PAGE)
    paste(page, "".join(f"d{n}/a/b/file{n}.js\n" for n in range(2000)))
    wait_for(page, "2,000 checks: ")
    page = visit(many / PAGE, "#component=c0&component=c1&component=c2&component=c3")
    wait_for(page, "500 checks: ")
    expect(page.locator(".kb-checklist__item")).to_have_count(200)
    page.get_by_role("button", name="Show 300 more checks").click()
    expect(page.locator(".kb-checklist__item")).to_have_count(500)
    page.get_by_role("searchbox").fill("c3")
    chips = page.locator(".kb-checklist__chips--many > :visible")
    expect(chips).to_have_count(14)
    wanted = sorted(f"c{n}" for n in (0, 1, 2, 3, *range(30, 40)))
    assert sorted(chips.all_inner_texts()) == wanted


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
        """() => [...document.querySelectorAll('.kb-checklist :is(button:not(.kb-unfilled, .kb-change), summary, .kb-tick, .kb-checklist__chip)')]
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


def checks_like_ours(count: int) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    """Return so many checks as long as those of this repository, and their parameters."""
    incidents = [
        yaml.safe_load(p.read_text()) for p in (ROOT / "incidents").glob("*/incident.yaml")
    ]
    ours = [check for incident in incidents for check in incident.get("checks", ())]
    named = {p["name"]: p for incident in incidents for p in incident.get("parameters", ())}
    checks = []
    for number, check in zip(range(count), cycle(ours), strict=False):
        plain = {k: v for k, v in check.items() if k not in ("proof", "evidence", "source")}
        run = f"{check['run'].rstrip()} # {number}" if "run" in check else None
        checks.append({**plain, "id": f"check-{number}", **({"run": run} if run else {})})
    return checks, list(named.values())


def test_thirty_checks_are_four_sheets(tmp_path: Path, visit) -> None:
    checks, parameters = checks_like_ours(30)
    root = new_base(tmp_path / "kb", 1)
    change(incident_file(root, 0, 1), checks=checks, parameters=parameters)
    building.build_in_spite_of_findings(root, site := tmp_path / "site")
    page = visit(site / PAGE, "#all")
    wait_for(page, "30 checks: ")
    assert pages_of(page.pdf(format="A4")) <= A4_PAGES


def test_without_scripts_it_says_what_to_do(site: Path, visit) -> None:
    page = visit(site / PAGE, java_script_enabled=False)
    assert "runbooks checklist prints the list in a shell" in page.locator(".kb-checklist").inner_text()  # fmt: skip
