"""A platform team that shows the runbooks of 20 teams: matching, building, and searching in a browser."""

from __future__ import annotations

import functools
import shutil
import threading
from collections.abc import Callable, Sequence
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

from playwright.sync_api import sync_playwright

from generator.knowledge.base import load
from generator.search.index import index_of
from generator.search.kept import extracts_of
from generator.search.parts import index_scripts
from generator.site.match_data import build_match_data
from generator.site.project import package_assets
from tests.bench.commands import write_paste
from tests.bench.generate import SEED, edit, identifier, write
from tests.bench.jobs import Job
from tests.bench.processes import Failed, Run, run
from tests.browser.chromium import find

TEAMS = 20
_BUILT = 1_000
"""Larger ones are not built: a cold build of 20,000 pages takes some 10 minutes."""

_ARGUMENTS = "--no-sandbox --disable-gpu --no-first-run --disable-background-networking".split()
_QUERIES = (
    "kafka",
    "checkout-api times out",
    "MessageDropped",
    "conection pool",
    "deadlock on the primary",
    "the retry flooded the session store after a deploy",
)
_ADD = """async (query) => {
    const add = (name) => new Promise((loaded, failed) => {
        const script = document.createElement("script");
        Object.assign(script, {async: false, src: name, onload: loaded, onerror: failed});
        document.head.append(script);
    });
"""
_SEARCH = f"""{_ADD}
    await add("search-index.js");
    const engine = runbooksSearch.open(window.runbooksSearchIndex);
    for (;;) {{
        const {{total}} = engine.search(query);
        const needed = engine.needs();
        if (!needed.length) return total;
        await Promise.all(needed.map(add));
    }}
}}"""
# Here, not in its worker, whose time the browser does not tell.
_MATCH = f"""{_ADD}
    await add("match-data.js");
    const known = window.runbooksMatchData;
    return runbooksMatch.scanText(runbooksMatch.compile(known.signatures, known.telling), query).matches.length;
}}"""


def write_teams(folder: Path, each: int) -> None:
    """Write the knowledge base `platform`, with few incidents of its own, and those of the teams beside it."""
    total = TEAMS * each
    names = [f"team-{number:02}" for number in range(TEAMS)]
    for number, name in enumerate(names):
        write(folder / name, each, seed=SEED + number, first=number * each, total=total)
    platform = folder / "platform"
    write(platform, 10, seed=SEED + TEAMS, first=total, total=total + 10)
    config = platform / "mkdocs.yml"
    sources = "".join(f"        - {{name: {name}, folder: ../{name}}}\n" for name in names)
    text = config.read_text("utf-8")
    text = text.replace("  - runbooks\n", f"  - runbooks:\n      sources:\n{sources}")
    config.write_text(text, "utf-8")
    write_paste(folder / "team-00" / _some(each))
    (folder / "team-00/paste.txt").rename(platform / "paste.txt")


def _some(each: int) -> str:
    """Return the path of an incident's file in the folder of the first team."""
    return f"incidents/{identifier(each // 3, TEAMS * each)}/incident.yaml"


def teams(folder: Path, each: int) -> list[Job]:
    """Return what is measured.

    Args:
        folder: what `write_teams` writes into.
        each: how many incidents each team has.
    """
    root = folder / "platform"
    words = {"match": ("match", "paste.txt"), "search": ("search", "connection pool after deploy")}

    def command(name: str, *, cold: bool) -> Callable[[], Sequence[Run]]:
        def measured() -> Sequence[Run]:
            if cold:
                shutil.rmtree(root / ".cache", ignore_errors=True)
            return [run("-m", "generator", *words[name], cwd=root)]

        return measured

    def build() -> Sequence[Run]:
        return [run("-m", "generator", "build", cwd=root)]

    def cold_build() -> Sequence[Run]:
        for made in (".cache", "site"):
            shutil.rmtree(root / made, ignore_errors=True)
        return build()

    def edited() -> Sequence[Run]:
        edit(folder / "team-00" / _some(each), "if_not")
        return build()

    jobs = [
        Job(
            f"20 teams: {name}, {way}",
            {f"20 teams: {name}, {way}, CPU": "cpu"},
            command(name, cold=way == "cold"),
            f"20 teams: {name}, cold" if way == "warm" else "",
        )
        for name in words
        for way in ("cold", "warm")
    ]
    jobs.append(
        Job(
            "20 teams: first result",
            {
                "20 teams: first result in a browser, CPU": "milliseconds_each",
                "20 teams: moved for the first result": "megabytes",
            },
            lambda: _first_results(root, folder / "scripts"),
            once=True,
        )
    )
    jobs.append(
        Job(
            "20 teams: first match",
            {
                "20 teams: first match in a browser, CPU": "milliseconds_each",
                "20 teams: moved for the first match": "megabytes",
            },
            lambda: _first_matches(root, folder / "match-scripts"),
            once=True,
        )
    )
    if TEAMS * each <= _BUILT:
        cold = "20 teams: cold build"
        jobs.append(Job(cold, {f"{cold}, CPU": "cpu"}, cold_build))
        jobs.append(Job("20 teams: edited", {"20 teams: one step of a team edited, CPU": "cpu"}, edited, cold))  # fmt: skip
    return jobs


def _first_results(root: Path, scripts: Path) -> list[Run]:
    """Search in a page that has loaded nothing, once for each query."""
    base = load(root, kept=True)
    extracts = extracts_of(base, {i: base.by_id[i].digest for i in base.newest})
    return _asked_first(scripts, dict(index_scripts(index_of(extracts.values()))), _SEARCH, _QUERIES)  # fmt: skip


def _first_matches(root: Path, scripts: Path) -> list[Run]:
    """Match an error in a page that has loaded nothing."""
    base = load(root, kept=True)
    data = build_match_data(base).content
    paste = (root / "paste.txt").read_text("utf-8")
    return _asked_first(scripts, {"match-data.js": data}, _MATCH, [paste] * 3)


def _asked_first(
    scripts: Path, contents: dict[str, bytes], ask: str, texts: Sequence[str]
) -> list[Run]:
    """Ask for each text in a page that has loaded nothing; say what it took, and what was moved."""
    contents |= {Path(asset.path).name: asset.content for asset in package_assets()}
    contents["index.html"] = b'<!doctype html><title>bench</title><script src="search-engine.js"></script><script src="match-engine.js"></script>'  # fmt: skip
    for name, content in contents.items():
        (scripts / name).parent.mkdir(parents=True, exist_ok=True)
        (scripts / name).write_bytes(content)
    moved: list[int] = []

    class Handler(SimpleHTTPRequestHandler):
        def copyfile(self, source: Any, target: Any) -> None:
            content = source.read()
            moved.append(len(content))
            target.write(content)

        def log_message(self, *_: Any) -> None:
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), functools.partial(Handler, directory=str(scripts)))  # fmt: skip
    threading.Thread(target=server.serve_forever, daemon=True).start()
    found = []
    with sync_playwright() as driver:
        path = find(driver)
        if path is None:
            raise Failed("there is no Chromium")
        browser = driver.chromium.launch(executable_path=path, args=_ARGUMENTS)
        for text in texts:
            context = browser.new_context()
            page = context.new_page()
            page.goto(f"http://127.0.0.1:{server.server_port}/index.html")
            session = context.new_cdp_session(page)
            session.send("Performance.enable", {"timeDomain": "threadTicks"})
            moved.clear()
            before = _busy(session)
            if not page.evaluate(ask, text):
                raise Failed(f"nothing found for {text}")
            cpu = _busy(session) - before
            found.append(Run(seconds=cpu, cpu=cpu, megabytes=sum(moved) / 1e6))
            context.close()
        browser.close()
    server.shutdown()
    return found


def _busy(session: Any) -> float:
    """Return how many CPU seconds the page's thread has taken."""
    metrics = session.send("Performance.getMetrics")["metrics"]
    return next(one["value"] for one in metrics if one["name"] == "TaskDuration")
