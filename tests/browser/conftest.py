"""Chromium, built sites, and pages that may talk to nobody."""

from __future__ import annotations

import os
import re
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import yaml
from playwright.sync_api import expect, sync_playwright

from tests.browser import building, chromium
from tests.conftest import FULL, ROOT
from tests.made_once import MadeOnce
from tests.pace import PATIENCE_WITH_PAGES

pytest.register_assert_rewrite("tests.browser.bed_suite")
expect.set_options(timeout=PATIENCE_WITH_PAGES * 1000)

ARGUMENTS = (
    "--headless --no-sandbox --disable-gpu --disable-quic --no-first-run "
    "--disable-background-networking --disable-component-update --disable-sync"
).split()
SCREENSHOTS = ROOT / ".cache" / "screenshots"
OUTCOME = pytest.StashKey[bool]()


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if Path(__file__).parent in item.path.parents:
            item.add_marker("browser")


@pytest.hookimpl(hookwrapper=True)
def pytest_runtest_makereport(item: pytest.Item):
    result = yield
    report = result.get_result()
    if report.when == "call":
        item.stash[OUTCOME] = report.failed


def pytest_terminal_summary(terminalreporter) -> None:
    """Print what was measured of cards, also when everything has passed."""
    reports = [one for of in terminalreporter.stats.values() for one in of]
    rows = {
        value
        for report in reports
        if getattr(report, "when", "") == "call"
        for name, value in report.user_properties
        if name == "card"
    }
    if not rows:
        return
    terminalreporter.section("runbooks on a phone (390 x 844)")
    terminalreporter.line(
        f"{'bed':<10} {'runbook':<38} {'card':>5} {'longest':>8} {'first':>6} {'stops':>6} {'sheets':>7}"
    )
    for row in sorted(rows):
        terminalreporter.line(row)
    terminalreporter.line(
        "card: screens to its end as it opens; longest: with its longest stage open; first: screens to the "
        "first step of Stop the pain after one tap; stops of the keyboard; sheets of A4"
    )


@pytest.fixture(scope="session")
def browser() -> Iterator:
    with sync_playwright() as driver:
        path = chromium.find(driver)
        if path is None:
            reason = f"no Chromium: install it, or name it in {chromium.VARIABLE}"
            if os.environ.get("CI", "").lower() in ("1", "true"):
                pytest.fail(reason)
            pytest.skip(reason)
        browser = driver.chromium.launch(executable_path=path, args=ARGUMENTS)
        yield browser
        browser.close()


@pytest.fixture(scope="session")
def site(made_once: MadeOnce, browser) -> Path:
    """The repository's own site."""
    return made_once.folder("own", lambda folder: building.build(ROOT, folder / "site")) / "site"


@pytest.fixture(scope="session")
def full_site(made_once: MadeOnce, browser) -> Path:
    """A site whose incidents use every field, one of them hostile, one broken."""
    return made_once.folder("full", build_full) / "site"


def build_full(folder: Path) -> None:
    root = folder / "base"
    shutil.copytree(FULL, root, ignore=shutil.ignore_patterns("mkdocs.yml"))
    (root / "docs").mkdir()
    # The repository's looks; its navigation leads to pages of its own.
    config = yaml.safe_load((ROOT / "mkdocs.yml").read_text("utf-8"))
    config.pop("nav", None)
    (root / "mkdocs.yml").write_text(yaml.safe_dump(config), "utf-8")
    building.build_in_spite_of_findings(root, folder / "site")


@pytest.fixture
def visit(browser, request: pytest.FixtureRequest) -> Iterator[Callable]:
    """Open a file, or a URL of a server of ours: visit(path, fragment="", **options of the context).

    Afterwards it is an error if a page asked for anything but files, or anything elsewhere than on
    that server, showed a dialog, or logged an error. The screen of a test that failed is kept.
    """
    contexts, pages, wrong = [], [], []
    allowed = ["file:", "data:", "blob:"]

    def allow_files_alone(route) -> None:
        if route.request.url.startswith(tuple(allowed)):
            route.continue_()
        else:
            wrong.append(f"requested {route.request.url}")
            route.abort()

    def dismiss(dialog) -> None:
        wrong.append(f"dialog: {dialog.message}")
        dialog.dismiss()

    def visit(path: Path | str, fragment: str = "", **options):
        context = browser.new_context(**{"viewport": {"width": 1280, "height": 900}, **options})
        contexts.append(context)
        context.grant_permissions(["clipboard-read", "clipboard-write"])
        context.route("**/*", allow_files_alone)
        page = context.new_page()
        pages.append(page)
        page.on("dialog", dismiss)
        page.on("pageerror", lambda error: wrong.append(f"error: {error}"))
        page.on(
            "console",
            lambda message: message.type == "error" and wrong.append(f"console: {message.text}"),
        )
        if isinstance(path, str):
            allowed[0] = "/".join(path.split("/")[:3]) + "/"
        page.goto((path if isinstance(path, str) else path.as_uri()) + fragment)
        if options.get("java_script_enabled", True):  # the theme's own script comes last
            page.wait_for_function("!document.querySelector('script[type=later]')")
        return page

    yield visit
    if request.node.stash.get(OUTCOME, False):
        SCREENSHOTS.mkdir(parents=True, exist_ok=True)
        name = re.sub(r"[^\w-]+", "-", request.node.name)
        for number, page in enumerate(pages):
            page.screenshot(path=SCREENSHOTS / f"{name}-{number}.png", full_page=True)
    for context in contexts:
        context.close()
    assert not wrong


@pytest.fixture
def copied() -> Callable[[object], str]:
    """Return what a page last copied."""
    return lambda page: page.evaluate("navigator.clipboard.readText()")
