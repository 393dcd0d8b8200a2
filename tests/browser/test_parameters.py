"""Typed once, shown and copied everywhere, harmless to the shell."""

from __future__ import annotations

import os
import re
import subprocess
from pathlib import Path
from urllib.parse import quote

import pytest
from playwright.sync_api import expect

from tests.test_token_shapes import SHAPES

PAGE = "incidents/postgresql-concurrent-create-table/index.html"

HOSTILE = [
    "Sessions",
    "'; rm -rf ~ #",
    "$(id)",
    "`id`",
    '"; exit 1; "',
    "two\nlines",
    "back\\slash $HOME ${PATH} !! *",
    "  spaces  ",
    "emoji 🔥 ünï",
    "-n",
]


def commands_with(page, name: str):
    return page.locator(f".kb-command:has-text('${name}')")


def open_fields(page) -> None:
    details = page.locator(".kb-parameters details")
    if details.count() and details.get_attribute("open") is None:
        page.locator(".kb-parameters summary").click()


def fill(page, name: str, value: str) -> None:
    open_fields(page)
    page.locator(f"[data-name={name}]").fill(value)


def test_a_value_shows_in_every_command_that_uses_it(site: Path, visit) -> None:
    page = visit(site / PAGE)
    fill(page, "TABLE", "it's")
    users = commands_with(page, "TABLE").all()
    assert len(users) > 1
    for block in users:
        expect(block.locator(".kb-exports")).to_contain_text("export TABLE='it'\\''s'")
    untouched = page.locator(".kb-command:not(:has-text('$')) .kb-exports")
    assert untouched.count() == 0


@pytest.mark.parametrize("value", HOSTILE)
def test_what_is_copied_gives_the_value_to_bash_and_nothing_else(
    site: Path, visit, copied, tmp_path: Path, value: str
) -> None:
    page = visit(site / PAGE)
    fill(page, "TABLE", value)
    # The command becomes one that prints what it was given; the line before it is the page's.
    block = commands_with(page, "TABLE").first
    names = page.evaluate("[...document.querySelectorAll('[data-name]')].map(f => f.dataset.name)")
    for name in names:
        if name != "TABLE":
            fill(page, name, "x")
    block.evaluate("block => block.dataset.text = 'printf %s \"$TABLE\" > got'")
    block.locator(".kb-copy").click()
    ran = subprocess.run(
        ["bash", "-c", copied(page)], cwd=tmp_path, capture_output=True, text=True, env=_bare()
    )
    assert (ran.returncode, ran.stderr) == (0, "")
    assert (tmp_path / "got").read_text() == value
    assert [path.name for path in tmp_path.iterdir()] == ["got"]


def test_an_unfilled_value_is_marked_and_copying_warns(site: Path, visit, copied) -> None:
    page = visit(site / PAGE)
    block = commands_with(page, "TABLE").first
    expect(block.locator(".kb-exports")).to_contain_text("TABLE: not filled in")
    block.locator(".kb-copy").click()
    toast = page.locator(".kb-toast--shown")
    expect(toast).to_contain_text("TABLE")
    expect(toast).to_contain_text("not filled in")
    assert '"${TABLE:?fill in TABLE}"' in copied(page)
    page.locator(".kb-toast button").click()
    expect(page.locator(".kb-value-here")).to_be_focused()


def test_a_command_that_does_without_a_value_is_not_stopped(site: Path, visit, copied) -> None:
    page = visit(site / PAGE, "#checks")
    block = commands_with(page, "{MIGRATE:-}").first
    assert "MIGRATE" not in block.locator(".kb-exports").inner_text()
    block.locator(".kb-copy").click()
    assert "fill in MIGRATE" not in copied(page)
    fill(page, "MIGRATE", "migrate.js")
    expect(block.locator(".kb-exports")).to_contain_text("export MIGRATE='migrate.js'")


@pytest.mark.parametrize("shell", [["bash"], ["bash", "--norc", "-i"], ["sh"]])
def test_a_command_without_its_value_stops_before_it_does_anything(
    site: Path, visit, copied, tmp_path: Path, shell: list[str]
) -> None:
    page = visit(site / PAGE)
    block = commands_with(page, "TABLE").first
    block.locator("code").evaluate("code => code.textContent = 'touch one\\ntouch \"two$TABLE\"'")
    block.locator(".kb-copy").click()
    # Typed into the shell, as a paste is: an interactive one goes on after an error.
    ran = subprocess.run(
        shell, input=copied(page) + "\n", cwd=tmp_path, capture_output=True, text=True, env=_bare()
    )
    assert list(tmp_path.iterdir()) == []
    assert "fill in TABLE" in ran.stderr


def test_a_link_carries_the_values(site: Path, visit) -> None:
    value = "a=b&c#d 'e' %41\n🔥"
    page = visit(site / PAGE, f"#fix-1&TABLE={quote(value)}")
    expect(page.locator("[data-name=TABLE]")).to_have_value(value)
    page.wait_for_function("scrollY > 0")
    source = page.locator(".kb-evidence[href^='#source-']")
    more = page.locator(".kb-more", has=source).first
    more.locator("summary").click()
    more.locator(source).first.click()
    expect(page).to_have_url(re.compile(f"#.*TABLE={re.escape(quote(value, safe='!')[:6])}"))
    page.reload()
    expect(page.locator("[data-name=TABLE]")).to_have_value(value)


def test_a_link_sets_nothing_else(site: Path, visit) -> None:
    page = visit(
        site / PAGE, "#TABLE=%3Cimg%20src=x%20onerror=alert(1)%3E&__proto__=x&bad=%E0%A4%A"
    )
    expect(commands_with(page, "TABLE").first).to_contain_text("<img")
    assert page.locator(".kb-exports img").count() == 0


def test_values_can_be_cleared(site: Path, visit) -> None:
    page = visit(site / PAGE, "#TABLE=x")
    open_fields(page)
    page.get_by_role("button", name="Clear values").click()
    expect(page.locator("[data-name=TABLE]")).to_have_value("")
    expect(page.locator("[data-name=BACKEND]")).to_have_value("backend")
    expect(page).not_to_have_url(re.compile("TABLE"))


def test_a_value_is_filled_in_where_it_is_used(site: Path, visit) -> None:
    page = visit(site / PAGE, "#stop-the-pain", viewport={"width": 390, "height": 844})
    page.locator(".kb-stages a", has_text="Is it this?").click()
    block = commands_with(page, "TABLE").first
    block.get_by_role("button", name="Fill in TABLE").click()
    field = block.locator(".kb-value-here")
    expect(field).to_be_focused()
    assert "TABLE" in field.get_attribute("aria-label")
    expect(field).to_have_attribute("placeholder", "Sessions")
    field.press_sequentially("Users")
    field.press("Enter")
    expect(block.locator(".kb-exports")).to_contain_text("export TABLE='Users'")
    # What comes next: the next value of the command, or to copy it.
    assert block.evaluate("block => block.contains(document.activeElement)")
    expect(page.locator("[data-name=TABLE]")).to_have_value("Users")
    for other in commands_with(page, "TABLE").all():
        expect(other.locator(".kb-exports")).to_contain_text("export TABLE='Users'")
    expect(page).to_have_url(re.compile("TABLE=Users"))
    block.get_by_role("button", name="Change TABLE").click()
    field.fill("other")
    field.press("Escape")
    expect(block.locator(".kb-exports")).to_contain_text("export TABLE='Users'")
    block.get_by_role("button", name="Change TABLE").click()
    field.fill("")
    field.blur()
    expect(block.locator(".kb-exports")).to_contain_text("TABLE: not filled in")


def test_the_list_of_values_begins_with_what_the_open_stage_needs(site: Path, visit) -> None:
    page = visit(site / PAGE, viewport={"width": 390, "height": 844})
    open_fields(page)
    heads = page.locator(".kb-parameters .kb-label")
    expect(heads.first).to_have_text("Is it this?")
    page.locator(".kb-stages a", has_text="Fix it for good").click()
    expect(heads.first).to_have_text("Fix it for good")
    listed = page.locator(".kb-parameters [data-name]")
    assert listed.count() == len(set(listed.evaluate_all("all => all.map(f => f.dataset.name)")))


SECRETS = [
    ("ADDRESS", "postgres://app:b7Rk2mXw9@db.internal/app"),
    ("ADDRESS", "redis://:b7Rk@db"),
    ("API_TOKEN", "x"),
    ("DB_PASSWORD", "hunter2"),
    ("SIGNING_KEY", "x"),
    *(("VALUE", shape.token()) for shape in SHAPES),
]
NO_SECRETS = [
    ("TABLE", "Sessions"),
    ("KEYBOARD", "qwerty"),
    ("ADDRESS", "postgres://readonly@db.internal:5432/app?sslmode=require"),
    ("COMMIT", "0b54fc1a9d3e7f60b2c4d8e1f5a7093c6b8d2e4f"),
    ("TRACE", "4bf92f35-77b3-4da6-a3ce-929d0e0e4736"),
    ("POD", "backend-7d9c6b8f5d-x2x8q"),
    ("LOG", "/var/log/postgresql/postgresql-15-main.log"),
    ("CONSTRAINT", "users_email_address_lower_idx"),
    ("TABLE", ""),
]


def test_a_secret_is_in_no_address_and_in_no_link(site: Path, visit, copied) -> None:
    page = visit(site / PAGE)
    look = "([name, value]) => window.runbooksSecrets.isSecret(name, value)"
    assert [pair for pair in SECRETS if not page.evaluate(look, list(pair))] == []
    assert [pair for pair in NO_SECRETS if page.evaluate(look, list(pair))] == []
    fill(page, "TABLE", "Sessions")
    fill(page, "DATABASE_URL", "postgres://app:b7Rk2mXw9@db.internal/app")
    row = page.locator(".kb-parameter", has=page.locator("[data-name=DATABASE_URL]"))
    expect(row).to_contain_text("looks like a secret")
    page.get_by_role("button", name="Copy link with values").click()
    expect(page.locator(".kb-toast--shown")).to_contain_text("without DATABASE_URL")
    for address in (page.url, copied(page)):
        assert "TABLE=Sessions" in address
        assert "DATABASE_URL" not in address
        assert "b7Rk2mXw9" not in address
    expect(commands_with(page, "DATABASE_URL").first).to_contain_text("b7Rk2mXw9")


def test_a_secret_that_is_typed_at_its_command_says_so_there(site: Path, visit) -> None:
    page = visit(site / PAGE)
    command = commands_with(page, "DATABASE_URL").first
    said = command.locator(".kb-export .kb-secret")
    command.locator('.kb-unfilled[data-value="DATABASE_URL"]').click()
    page.keyboard.type("postgres://app@db.internal/app")
    page.keyboard.press("Enter")
    expect(said).to_have_count(0)
    command.locator('.kb-change[data-value="DATABASE_URL"]').click()
    page.keyboard.press("Control+A")
    page.keyboard.type("postgres://app:b7Rk2mXw9@db.internal/app")
    page.keyboard.press("Enter")
    expect(said).to_contain_text("stays on this page")
    assert "b7Rk2mXw9" not in page.url


def _bare() -> dict[str, str]:
    """An environment without anybody's values, where a stray `rm -rf ~` would find nothing."""
    return {"PATH": os.environ["PATH"], "HOME": "/nonexistent", "LC_ALL": "C.UTF-8"}
