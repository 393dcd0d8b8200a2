"""The main paths of a reader, on every bed; `test_beds_file.py` and `test_beds_http.py` run it.

What a page looks like in detail is tested on this repository's site; here is what must work for
everybody: values reach commands, copies, ticks, pastes, the search, the choice of checks.
"""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import expect

from tests.beds import BEDS, Bed, call
from tests.browser import building
from tests.browser.test_every_page import serious, unfold
from tests.browser.test_match import (
    ERROR,
    PHONE,
    POSTGRES,
    SEQUELIZE,
    UNKNOWN,
    opens_the_runbook_filled_in,
    paste,
    status,
)
from tests.conftest import ROOT
from tests.made_once import MadeOnce
from tests.telling import read_incidents, telling

EXAMPLE = "disk-full-on-database-host"
"""The incident that `runbooks init` writes."""

NAMES = ("own", "mkdocs", "properdocs", "zensical")


@dataclass
class Site:
    """A site on a bed.

    Attributes:
        bed: the bed's name.
        base: the knowledge base.
        folder: the site.
        runbooks: the command as the bed has it.
        url: where the site is served; empty from file://.
        incidents: what the YAML files of its telling incidents hold, by id.
    """

    bed: str
    base: Path
    folder: Path
    runbooks: tuple[str, ...]
    url: str = ""
    incidents: dict[str, Any] = field(default_factory=dict)

    def page(self, name: str) -> Path | str:
        """Return a page for `visit`."""
        assert (self.folder / name).is_file(), name
        return f"{self.url}/{name}" if self.url else self.folder / name

    def incident(self, name: str) -> Path | str:
        return self.page(f"incidents/{name}/index.html")


def build(bed: Bed, folder: Path) -> None:
    """Make the knowledge base of a bed and its site, as its user would."""
    runbooks, base = bed.program("runbooks"), folder / "base"
    call([runbooks, "init", base], folder)
    for incident in (POSTGRES, SEQUELIZE):
        shutil.copytree(ROOT / "incidents" / incident, base / "incidents" / incident)
    if bed.name == "zensical":
        pages = folder / "pages"
        call([runbooks, "render", pages], base)
        call([bed.program("zensical"), "build"], pages)
        (pages / "site").rename(folder / "site")
    else:
        call([runbooks, "build", "--site-dir", folder / "site"], base)


@pytest.fixture(scope="session")
def built(made_once: MadeOnce, wheel: Path, site: Path):
    """Return what builds the site of a bed, once."""
    known: dict[str, Site] = {}

    def built(name: str) -> Site:
        if name not in known:
            if name == "own":
                known[name] = Site(name, ROOT, site, building.COMMAND)
            else:
                bed = BEDS[name]
                bed.ready(wheel)
                folder = made_once.folder(name, partial(build, bed))
                command = (str(bed.program("runbooks")),)
                known[name] = Site(name, folder / "base", folder / "site", command)
            # A page takes seconds, and the library grows: other pages show nothing else.
            incidents = read_incidents(known[name].base)
            chosen = {POSTGRES, SEQUELIZE, EXAMPLE, *telling(incidents)}
            known[name].incidents = {k: v for k, v in incidents.items() if k in chosen}
        return known[name]

    return built


class Server(ThreadingHTTPServer):
    request_queue_size = 128  # a browser opens many connections at once


class Quiet(SimpleHTTPRequestHandler):
    def log_message(self, *arguments: object) -> None:
        """Print nothing."""


@contextmanager
def served(folder: Path, handler: type[Quiet] = Quiet) -> Iterator[str]:
    """Serve a folder, and give its URL."""
    server = Server(("127.0.0.1", 0), partial(handler, directory=str(folder)))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()


@pytest.fixture(scope="module", params=NAMES)
def bed(request: pytest.FixtureRequest, built, browser) -> Iterator[Site]:
    """The site of each bed, opened as the module that runs this suite says with `SERVED`."""
    site = built(request.param)
    if not request.module.SERVED:
        site.url = ""
        yield site
    else:
        with served(site.folder) as site.url:
            yield site


def steps_of(incident: dict[str, Any]) -> list[dict[str, Any]]:
    """All steps and checks of an incident that have a command, rollbacks included."""
    fix = incident.get("fix") or []
    lists = [
        incident.get("diagnosis") or [],
        incident.get("mitigation") or [],
        fix.get("steps") or [] if isinstance(fix, dict) else fix,
        incident.get("verification") or [],
        incident.get("checks") or [],
    ]
    steps = [
        step for one in lists if isinstance(one, list) for step in one if isinstance(step, dict)
    ]
    undone = [s["rollback"] for s in steps if isinstance(s.get("rollback"), dict)]
    return [step for step in (*steps, *undone) if step.get("run")]


def names_in(incident: dict[str, Any], run: str) -> list[str]:
    names = [p["name"] for p in incident.get("parameters") or []]
    return [name for name in names if re.search(rf"\$\{{?[#!]?{name}(?![A-Za-z0-9_])", run)]


def texts_of(page) -> list[str]:
    return page.locator(".kb-command").evaluate_all(
        "all => all.map(one => one.dataset.text.replace(/\\n+$/, ''))"
    )


def fill_all(page, incident: dict[str, Any], value: str) -> None:
    summary = page.locator(".kb-parameters summary")
    if page.locator(".kb-parameters details").get_attribute("open") is None:
        summary.click()
    for parameter in incident["parameters"]:
        page.locator(f".kb-parameters [data-name={parameter['name']}]").fill(value)


# A click in the page copies at once; with the pointer, a long page takes a minute.
COPY_EACH = """async () => {
    const got = [];
    for (const block of document.querySelectorAll('.kb-command')) {
        block.querySelector('.kb-copy').click();
        const copied = await navigator.clipboard.readText();
        got.push([copied, block.querySelector('.kb-exports')?.textContent ?? '']);
    }
    return got;
}"""


def test_every_command_carries_its_values_and_the_unfilled_one_its_guard(
    bed: Site, visit, copied
) -> None:
    for name, incident in list(bed.incidents.items())[: 1 if bed.url else None]:
        page = visit(bed.incident(name))
        unfold(page)
        blocks = page.locator(".kb-command")
        written = [step["run"].rstrip("\n") for step in steps_of(incident)]
        texts = texts_of(page)
        assert sorted(texts) == sorted(written), name
        shown = blocks.locator("pre").evaluate_all("all => all.map(one => one.innerText.trimEnd())")
        assert shown == texts, name
        ticks = page.locator(".kb-tick input").count()
        assert ticks == page.locator(".kb-card-section .kb-do").count() > 2, name
        for parameter in incident["parameters"]:
            assert page.locator(f".kb-parameters [data-name={parameter['name']}]").count() == 1
        blocks.first.locator(".kb-copy").click()
        clicked = copied(page)
        each = page.evaluate(COPY_EACH)
        assert each[0][0] == clicked
        defaults = {p["name"] for p in incident["parameters"] if p.get("default")}
        for run, (got, _) in zip(texts, each, strict=True):
            assert run in got
            for unfilled in set(names_in(incident, run)) - defaults:
                assert f': "${{{unfilled}:?' in got or f"${{{unfilled}:-" in run, (name, run)
        fill_all(page, incident, "it's $HOME")
        for run, (got, above) in zip(texts, page.evaluate(COPY_EACH), strict=True):
            exports = [f"export {n}='it'\\''s $HOME'" for n in names_in(incident, run)]
            assert got == "\n".join([*exports, run])
            for line in exports:
                assert line in above
        page.context.close()


def test_a_destructive_command_without_its_value_does_nothing(
    bed: Site, visit, copied, tmp_path: Path
) -> None:
    if bed.url:
        return  # what is copied there, the test above compares
    name = EXAMPLE if EXAMPLE in bed.incidents else POSTGRES
    incident = bed.incidents[name]
    steps = [s for s in steps_of(incident) if names_in(incident, s["run"])]
    step = next((s for s in steps if s.get("risk") == "destructive"), steps[0])
    page = visit(bed.incident(name))
    unfold(page)
    block = page.locator(".kb-command").filter(has_text=step["run"].split("\n")[0]).first

    def paste_into_a_shell() -> str:
        """Run it where no program is found, and return what the shell complains of."""
        block.locator(".kb-copy").click()
        done = subprocess.run(
            [shutil.which("bash")], input=copied(page), env={"PATH": str(tmp_path)}, cwd=tmp_path,
            capture_output=True, text=True, timeout=60,
        )  # fmt: skip
        assert done.returncode != 0
        return done.stderr

    said = paste_into_a_shell()
    assert "fill in" in said
    assert "not found" not in said
    fill_all(page, incident, "one")
    said = paste_into_a_shell()
    assert "fill in" not in said
    assert "not found" in said


def test_values_come_with_the_link(bed: Site, visit, copied) -> None:
    page = visit(bed.incident(POSTGRES))
    fill_all(page, bed.incidents[POSTGRES], "a b&c#d=é")
    page.get_by_role("button", name="Copy link with values").click()
    page.locator(".kb-toast--shown").wait_for()
    link = copied(page)
    other = visit(bed.incident(POSTGRES), f"#{link.partition('#')[2]}")
    expect(other.locator("[data-name=TABLE]")).to_have_value("a b&c#d=é")


def test_ticks_survive_a_reload(bed: Site, visit) -> None:
    for name in list(bed.incidents)[: 1 if bed.url else 3]:
        page = visit(bed.incident(name))
        boxes = page.locator(".kb-tick input")
        total = boxes.count()
        boxes.nth(1).check()
        page.reload()
        expect(page.locator(".kb-progress")).to_contain_text(f"1 of {total} done")
        expect(page.locator(".kb-tick input:checked")).to_have_count(1)
        expect(boxes.nth(1)).to_be_checked()
        page.get_by_role("button", name="Clear ticks").click()


@pytest.mark.parametrize("name", ["index.html", "match/index.html"])
@pytest.mark.parametrize("options", [{}, PHONE], ids=["desk", "phone"])
def test_a_pasted_error_leads_to_its_runbook_filled_in(
    bed: Site, visit, name: str, options: dict
) -> None:
    if bed.url and options:
        return  # the same files as from file://
    page = visit(bed.page(name), **options)
    paste(page, ERROR)
    assert status(page) == "1 incident matches."
    expect(page.locator(".kb-match__list > li")).to_contain_text("TABLE is Sessions")
    opens_the_runbook_filled_in(page)


def test_every_sample_of_a_signature_is_known(bed: Site, visit) -> None:
    page = visit(bed.page("match/index.html"))
    # It reads the same files from file://, and there it is asked for all.
    for incident in list(bed.incidents.values())[: 3 if bed.url else None]:
        for signature in incident["symptom"]["signatures"]:
            for sample in signature.get("matches", [])[:1]:
                page.locator(".kb-form__text").fill("")
                paste(page, sample if isinstance(sample, str) else sample["text"])
                page.locator(".kb-match__title", has_text=incident["title"]).first.wait_for()


def test_an_unknown_error_is_not_matched(bed: Site, visit) -> None:
    page = visit(bed.page("match/index.html"))
    # The second line resembles what `init` writes as an example.
    paste(
        page,
        f"{UNKNOWN}\nwrite failed: No space left on device, the disk of the database host is full",
    )
    assert status(page) == "No known incident matches."
    page.locator(".kb-match__similar").wait_for()


def test_the_search_finds_incidents(bed: Site, visit) -> None:
    page = visit(bed.page("severity/index.html"))
    page.locator(".kb-search-button").click()
    for name, incident in list(bed.incidents.items())[: 3 if bed.url else None]:
        page.locator("dialog .kb-search__input").fill("")
        page.keyboard.insert_text(incident["title"][:40])
        page.locator(f"dialog .kb-result[href*='incidents/{name}/']").first.wait_for()
    page.keyboard.press("Enter")
    page.wait_for_url("**/incidents/*/index.html**")
    page.locator(".kb-card-box").wait_for()


def test_chosen_checks_are_those_of_the_command(bed: Site, visit, copied) -> None:
    page = visit(bed.page("checklist/index.html"))
    chip = page.locator(".kb-checklist__chip").get_by_text("session-store", exact=True)
    chip.click()
    page.locator(".kb-checklist__status", has_text=" checks: ").wait_for()
    options = ["checklist", "--root", bed.base, "--component", "session-store"]
    listed = json.loads(call([*bed.runbooks, *options, "--format", "json"], bed.base))
    expect(page.locator(".kb-checklist__id")).to_have_text([i["id"] for i in listed["checks"]])
    page.get_by_role("button", name="Copy as Markdown").click()
    page.locator(".kb-toast--shown").wait_for()
    assert copied(page) == call([*bed.runbooks, *options], bed.base)
    item = page.locator(".kb-checklist__item", has_text="Four copies start together")
    item.locator(".kb-copy").click()
    page.locator(".kb-toast", has_text="is not filled in").wait_for()
    assert ': "${TEST_SERVER:?fill in TEST_SERVER}"' in copied(page)


def test_the_pages_lead_to_each_other(bed: Site, visit) -> None:
    page = visit(bed.page("incidents/index.html"))
    for name, incident in list(bed.incidents.items())[:5]:
        page.locator("a.kb-link", has_text=incident["title"]).first.click()
        page.wait_for_url(f"**/incidents/{name}/index.html")
        expect(page.locator("h1")).to_contain_text(incident["title"])
        page.go_back()
    page = visit(bed.page("index.html"))
    page.get_by_role("link", name="deploy checklist").last.click()
    page.locator(".kb-checklist__status").wait_for()


def test_the_feed_is_announced_and_no_second_search_is_there(bed: Site, visit) -> None:
    page = visit(bed.page("index.html"))
    feed = page.locator("link[type='application/atom+xml']")
    assert feed.count() == 1
    assert (bed.folder / "feed.xml").is_file()
    assert feed.get_attribute("href").endswith("feed.xml")
    assert page.locator("[data-md-component=search]").count() == 0


KINDS = ("index.html", "match/index.html", "checklist/index.html", "incidents/index.html",
         "components/index.html", "errors/index.html", "actions/index.html", "insights/index.html",
         f"incidents/{POSTGRES}/index.html")  # fmt: skip


def test_nothing_is_wider_than_a_phone(bed: Site, visit) -> None:
    if bed.url or bed.bed == "own":
        return  # the same files as from file://, where test_every_page.py looks at ours
    for name in KINDS:
        page = visit(bed.page(name), viewport={"width": 360, "height": 740}, has_touch=True)
        unfold(page)
        assert page.evaluate("document.documentElement.scrollWidth") <= 360, name


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_pages_are_readable(bed: Site, visit, scheme: str) -> None:
    if bed.url or bed.bed == "own":
        return  # the same files as from file://, where test_every_page.py looks at ours
    for name in (KINDS[0], KINDS[2], KINDS[-1]):
        page = visit(bed.page(name), color_scheme=scheme, reduced_motion="reduce")
        unfold(page)
        assert (
            serious(page, runOnly=["color-contrast", "button-name", "label", "link-name"]) == []
        ), name


def test_a_page_without_scripts_reads_well(bed: Site, visit) -> None:
    if bed.url:
        return  # the same files as from file://
    page = visit(bed.incident(POSTGRES), java_script_enabled=False)
    for heading in ("Is it this?", "Stop the pain", "Fix it for good", "Who to wake"):
        assert page.get_by_role("heading", name=heading).is_visible()
