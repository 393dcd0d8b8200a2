"""Builds of one size: ours, and those of others on the same pages."""

from __future__ import annotations

import shutil
import sys
import time
import urllib.request
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from functools import cache
from pathlib import Path

from tests.beds import BEDS
from tests.bench.generate import edit, identifier
from tests.bench.jobs import Job
from tests.bench.processes import Failed, Run, one_core, run, run_program, serving
from tests.bench.rows import BARE, BARE_CLOCK, BARE_MEMORY

_BARE = """
site_name: Bench
use_directory_urls: false
not_in_nav: "*"
theme: {name: material, font: false, features: [navigation.footer, navigation.top]}
plugins: [search]
markdown_extensions:
  - attr_list
  - tables
  - toc: {permalink: true}
  - pymdownx.highlight: {anchor_linenums: false}
  - pymdownx.superfences
nav:
  - Home: index.md
  - Guide: guide.md
  - Incidents: incidents/index.md
  - Components: components/index.md
  - Errors: errors/index.md
"""

_HUGO = """
baseURL = "/"
title = "Bench"
disableKinds = ["taxonomy", "term", "RSS", "sitemap", "404"]
[markup.goldmark.renderer]
unsafe = true
"""
_HUGO_PAGE = "<!doctype html><title>{{ .Title }}</title>{{ .Content }}"
_PATIENCE = 600  # seconds that a page may take to become fresh


def builds(root: Path, rivals: Path, count: int) -> list[Job]:
    """Return the builds of a knowledge base; the first renders it for the others."""

    @cache
    def pages() -> int:
        shutil.rmtree(rivals, ignore_errors=True)
        run("-m", "generator", "render", rivals / "docs", cwd=root)
        _configure(rivals)
        return sum(1 for _ in (rivals / "docs").rglob("*.md"))

    def other(build: Callable[[], Run]) -> Callable[[], Sequence[Run]]:
        def measured() -> Sequence[Run]:
            pages()
            _clean(rivals)
            return [build()]

        return measured

    some = root / "incidents" / identifier(count // 3, count) / "incident.yaml"

    def ours(*, cold: bool = False, change: str = "") -> Callable[[], Sequence[Run]]:
        def build() -> Sequence[Run]:
            number = pages()
            if cold:
                _clean(root)
            if change:
                edit(some, change)
            return [replace(run("-m", "generator", "build", cwd=root), amount=number)]

        return build

    def on_one_core() -> Sequence[Run]:
        _clean(root)
        command = (*one_core(), sys.executable, "-m", "generator", "build")
        return [run_program(*command, cwd=root)]

    def size(of: str, folder: Path, after: str) -> Job:
        return Job(of, {f"{of}, size": "megabytes"}, lambda: [_size(folder)], after, once=True)

    cold = {
        "cold build, CPU": "cpu", "cold build, clock": "seconds",
        "cold build, memory": "megabytes", "a page, CPU": "milliseconds_each",
    }  # fmt: skip
    titled = {"one title edited, CPU": "cpu", "one title edited, memory": "megabytes"}
    bare = {BARE: "cpu", BARE_CLOCK: "seconds", BARE_MEMORY: "megabytes"}
    return [
        Job("Hugo", _times("Hugo"), other(lambda: run_program("hugo", "--quiet", cwd=rivals / "hugo")), once=True),
        Job("Zensical", _times("Zensical"), other(lambda: _zensical(rivals)), once=True),
        Job("bare MkDocs", bare, other(lambda: run("-m", "mkdocs", "build", "-q", cwd=rivals))),
        Job("cold build, one core", _times("cold build, one core"), on_one_core),
        Job("cold build", cold, ours(cold=True)),
        Job("nothing changed", {"nothing changed, CPU": "cpu"}, ours(), "cold build"),
        Job("one step edited", {"one step edited, CPU": "cpu"}, ours(change="if_not"), "cold build"),
        Job("one title edited", titled, ours(change="title"), "cold build"),
        size("site of bare MkDocs", rivals / "site", "bare MkDocs"),
        size("site", root / "site", "cold build"),
        size("cache", root / ".cache", "cold build"),
    ]  # fmt: skip


def _clean(root: Path) -> None:
    """Remove what an earlier build has left."""
    for name in (".cache", "site", "hugo/public", "hugo/resources"):
        shutil.rmtree(root / name, ignore_errors=True)


def _size(folder: Path) -> Run:
    files = (path.stat().st_size for path in folder.rglob("*") if path.is_file())
    return Run(0, megabytes=sum(files) / 1e6)


def _times(name: str) -> Mapping[str, str]:
    return {f"{name}, CPU": "cpu", f"{name}, clock": "seconds"}


def _configure(rivals: Path) -> None:
    """Write what the others read beside the pages."""
    (rivals / "mkdocs.yml").write_text(_BARE, "utf-8")
    layouts = rivals / "hugo" / "layouts" / "_default"
    layouts.mkdir(parents=True)
    (rivals / "hugo" / "config.toml").write_text(_HUGO, "utf-8")
    for name in ("single.html", "list.html"):
        (layouts / name).write_text(_HUGO_PAGE, "utf-8")
    content = rivals / "hugo" / "content"
    for page in (rivals / "docs").rglob("*.md"):
        # Hugo takes what lies beside an index.md for its attachments.
        name = "_index.md" if page.name == "index.md" else page.name
        target = content / page.parent.relative_to(rivals / "docs") / name
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(page, target)


def _zensical(folder: Path) -> Run:
    """Build with the Zensical of the machine, or that of the tests' environments."""
    bed = BEDS["zensical"].program("zensical")
    program = str(bed) if bed.exists() else "zensical"
    return run_program(program, "build", "--clean", cwd=folder)


def serve(root: Path, count: int, times: int) -> list[Job]:
    """Return the job that saves an incident and waits until its page is fresh."""

    def samples() -> Sequence[Run]:
        name = identifier(count // 2, count)
        with serving(root) as url:
            return [_saved(root / "incidents" / name, f"{url}incidents/{name}/") for _ in range(times)]  # fmt: skip

    return [Job("saved to fresh page", {"saved to fresh page, clock": "seconds"}, samples, once=True)]  # fmt: skip


def _saved(folder: Path, url: str) -> Run:
    """Save an incident, and wait for its page.

    Raises:
        Failed: the page did not become fresh.
    """
    time.sleep(1)
    mark = edit(folder / "incident.yaml", "if_not").encode()
    began = time.perf_counter()
    while (took := time.perf_counter() - began) < _PATIENCE:
        try:
            with urllib.request.urlopen(url, timeout=_PATIENCE) as answer:
                if mark in answer.read():
                    return Run(time.perf_counter() - began)
        except OSError as error:
            raise Failed(f"the server does not answer: {error}") from None
        time.sleep(0.02)
    raise Failed(f"the page is not fresh after {took:.0f} s")
