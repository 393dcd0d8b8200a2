"""The copy of a served site, for when the network is gone."""

from __future__ import annotations

import re
import shutil
import subprocess
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect

from generator.site.offline import WORKER, idle_worker
from tests.browser.bed_suite import NAMES, Quiet, built, served  # noqa: F401
from tests.browser.building import COMMAND, build
from tests.browser.test_match import ALIAS, PHONE, SEQUELIZE, status

PAGE = "incidents/hello/index.html"


@pytest.fixture
def serve() -> Iterator[Callable[[Path], tuple[str, Callable[[], None]]]]:
    """Return what serves a folder: its URL, and what stops it."""
    with ExitStack() as all_servers:

        def serve(folder: Path) -> tuple[str, Callable[[], None]]:
            one = all_servers.enter_context(ExitStack())
            return one.enter_context(served(folder)), one.close

        yield serve


@pytest.fixture
def base(tmp_path: Path) -> Path:
    """A new knowledge base with one incident."""
    base = tmp_path / "base"
    subprocess.run([*COMMAND, "init", str(base)], check=True, capture_output=True)
    for folder in (base / "incidents").iterdir():
        if folder.is_dir():
            shutil.rmtree(folder)
    write(base, "First title")
    return base


def write(base: Path, title: str) -> None:
    folder = base / "incidents/hello"
    folder.mkdir(exist_ok=True)
    (folder / "incident.yaml").write_text(
        f"title: {title}\nstatus: published\nseverity: SEV3\nsummary: It fails.\n"
        "symptom:\n  description: It fails.\n  signatures: ['the switch fails with code {CODE}']\n"
        "parameters: [{name: CODE, description: The code, example: '7'}]\n"
        "root_cause: The switch was off after the power cut.\nmitigation:\n"
        "  - {do: Turn it on., run: 'echo \"$CODE\"', risk: read-only, expect: It is on.}\n"
        "fix: [{do: Keep it on., expect: It stays on., risk: read-only}]\n"
        "verification: [{do: Look at it., expect: It is on., risk: read-only}]\n"
    )


def keeps(page) -> None:
    """Wait until the page's site is kept, and its worker answers."""
    page.evaluate("navigator.serviceWorker.ready.then(() => true)")
    page.wait_for_function("navigator.serviceWorker.controller !== null")


def kept(page) -> set[str]:
    """Return what the browser keeps of the site."""
    names = page.evaluate(
        "caches.open('runbooks-offline').then(s => s.keys()).then(all => all.map(r => r.url))"
    )
    return {re.sub(r"\?digest=\w+$", "", name).split("/", 3)[3] for name in names}


@pytest.mark.parametrize("bed", [name for name in NAMES if name != "zensical"])
def test_from_the_paste_box_to_a_copied_command_without_a_network(
    built,  # noqa: F811
    serve,
    visit,
    copied,
    bed: str,
) -> None:
    url, stop = serve(built(bed).folder)
    page = visit(f"{url}/index.html", **PHONE)
    keeps(page)
    stop()
    page.context.set_offline(True)
    page.reload()
    expect(page.locator(".kb-copy-age")).to_contain_text("less than a minute old")
    page.evaluate("text => navigator.clipboard.writeText(text)", ALIAS)
    page.locator(".kb-match__status").wait_for(state="attached")
    page.keyboard.press("Control+V")
    assert status(page) == "1 incident matches."
    page.locator(".kb-match__open").click()
    expect(page).to_have_url(re.compile(f"{SEQUELIZE}/.*ALIAS=shoppingCarts"))
    expect(page.locator(".kb-copy-age")).to_be_visible()
    page.locator(".kb-command .kb-copy").first.click()
    expect(page.locator(".kb-toast--shown")).to_contain_text("Copied")
    page.locator(".kb-search-button").click()
    page.keyboard.insert_text("Sequelize association alias")
    page.locator(f"dialog .kb-result[href*='incidents/{SEQUELIZE}/']").first.wait_for()


def test_a_new_build_replaces_the_copy_as_a_whole(base: Path, serve, visit) -> None:
    site = base / "site"
    build(base, site)
    url, _ = serve(base)
    page = visit(f"{url}/site/index.html")
    keeps(page)
    before = kept(page)
    assert {f"site/{name}" for name in (PAGE, "index.html", "match/index.html")} <= before

    # The new worker is there, but a file is still the old one: the old copy stays whole.
    old = (site / PAGE).read_bytes()
    write(base, "Second title")
    build(base, site)
    new = (site / PAGE).read_bytes()
    assert "Second title" in (site / "index.html").read_text("utf-8")
    (site / PAGE).unlink()
    (site / PAGE).write_bytes(old)
    page.evaluate(
        """async () => {
            const registration = await navigator.serviceWorker.getRegistration();
            const updated = await registration.update();
            const worker = updated.installing;
            await new Promise((resolve) => worker.addEventListener("statechange", () => worker.state === "redundant" && resolve()));
        }"""
    )
    page.context.set_offline(True)
    for name in ("index.html", PAGE):
        page.goto(f"{url}/site/{name}", wait_until="commit")
        expect(page.locator("main")).to_contain_text("First title")
    page.context.set_offline(False)

    (site / PAGE).write_bytes(new)
    page.goto(f"{url}/site/index.html")
    expect(page.locator(".kb-copy-age")).to_have_count(0)
    page.evaluate("navigator.serviceWorker.getRegistration().then(one => one.update())")
    page.wait_for_function(
        """async () => {
            const store = await caches.open('runbooks-offline');
            const pages = (await store.keys()).filter(({url}) => url.includes('/hello/'));
            return pages.length === 1 && (await (await store.match(pages[0])).text()).includes('Second title');
        }"""
    )
    assert kept(page) == before
    page.context.set_offline(True)
    for name in ("", "index.html", "incidents/hello/", PAGE):
        page.goto(f"{url}/site/{name}", wait_until="commit")
        expect(page.locator("main")).to_contain_text("Second title")


def test_an_edited_page_is_shown_though_the_host_lets_browsers_keep_pages(
    base: Path, browser: Browser
) -> None:
    class Kept(Quiet):
        def end_headers(self) -> None:
            self.send_header("Cache-Control", "max-age=600")  # as GitHub Pages does
            super().end_headers()

    site = base / "site"
    build(base, site)
    # The browser keeps nothing where requests are looked at, as `visit` does.
    with served(site, Kept) as url, browser.new_context() as context:
        page = context.new_page()
        page.goto(f"{url}/index.html")
        keeps(page)
        page.goto(f"{url}/index.html")
        expect(page.locator("main")).to_contain_text("First title")
        write(base, "Second title")
        build(base, site)
        page.goto(f"{url}/index.html")
        expect(page.locator("main")).to_contain_text("Second title")


def test_no_copy_is_kept_when_the_settings_say_so(base: Path, serve, visit) -> None:
    site = base / "site"
    build(base, site)
    url, _ = serve(site)
    page = visit(f"{url}/index.html")
    keeps(page)
    config = base / "mkdocs.yml"
    text = config.read_text()
    assert "  - runbooks:\n" in text
    config.write_text(
        text.replace("  - runbooks:\n", "  - runbooks:\n      offline_megabytes: 0\n")
    )
    build(base, site)
    assert (site / WORKER).read_bytes() == idle_worker()
    page.reload()
    page.evaluate("navigator.serviceWorker.getRegistration().then(one => one?.update())")
    page.wait_for_function(
        "async () => (await (await caches.open('runbooks-offline')).keys()).length === 0"
    )


def test_files_need_no_worker(site: Path, visit) -> None:
    page = visit(site / "index.html")
    page.wait_for_timeout(1500)
    assert not page.evaluate(
        "'serviceWorker' in navigator && Boolean(navigator.serviceWorker.controller)"
    )


def test_as_many_runbooks_are_kept_as_fit(tmp_path: Path) -> None:
    from generator.site.offline import write_worker

    site = tmp_path / "site"
    ids = [f"one-{n}" for n in range(30)]
    for name in ("index.html", *(f"incidents/{i}/index.html" for i in ids)):
        (site / name).parent.mkdir(parents=True, exist_ok=True)
        (site / name).write_text("x" * 100_000)
    write_worker(site, ids, 1)
    listed = re.findall(r'"(.*)": "', (site / WORKER).read_text())
    assert [name for name in listed if name.startswith("incidents/")] == sorted(
        f"incidents/{i}/index.html" for i in ids[:9]
    )
    write_worker(site, ids, 0)
    assert (site / WORKER).read_bytes() == idle_worker()


def test_a_worker_of_the_site_s_own_is_left_alone(base: Path) -> None:
    (base / "docs" / WORKER).write_text("// ours")
    build(base, base / "site")
    assert (base / "site" / WORKER).read_text() == "// ours"


def test_the_worker_is_the_same_after_an_edit_and_in_a_cold_build(base: Path) -> None:
    build(base, base / "site")
    write(base, "Second title")
    build(base, base / "site")
    cold = base.with_name("cold")
    shutil.copytree(base, cold, ignore=shutil.ignore_patterns(".cache", "site"))
    build(cold, cold / "site")
    assert (base / "site" / WORKER).read_bytes() == (cold / "site" / WORKER).read_bytes()
