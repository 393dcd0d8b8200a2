"""`python -m tests.bench.browser`: matching and searching in Chromium, without a network."""

from __future__ import annotations

import gzip
import statistics
import tempfile
from datetime import date
from pathlib import Path

from playwright.sync_api import Page, sync_playwright

from generator.knowledge.base import load
from generator.search.index import build_index
from generator.site.match_data import signature_row
from tests.bench.generate import write
from tests.bench.match import mixed
from tests.browser.chromium import find

ASSETS = Path(__file__).parents[2] / "generator/assets"
QUERIES = (
    "pg_type_typname_nsp_index", "connection refused", "typname_nsp", "redis timeout after deploy",
    "duplicate key value violates unique constraint", "checkuot latency", "23505",
)  # fmt: skip
ARGUMENTS = "--no-sandbox --disable-gpu --disable-quic --no-first-run --disable-background-networking --disable-component-update --disable-sync".split()


def matching(page: Page) -> None:
    """Print how long a pasted trace of 50 lines takes against ever more signatures."""
    print("| signatures | compile, ms | 50-line paste, ms |\n| ---: | ---: | ---: |")
    for count in (100, 1_000, 10_000):
        sources, errors = mixed(count)
        error = errors[-2].replace("{NAME}", "x").replace("{_}", "3")
        trace = (
            error
            + "\n"
            + "".join(f"    at frame{n} (/app/src/file{n}.js:{n}:7)\n" for n in range(49))
        )
        compiling, took, found = page.evaluate(
            """({rows, text}) => {
                const begin = performance.now();
                const index = runbooksMatch.compile(rows);
                const compiled = performance.now();
                const {matches} = runbooksMatch.scanText(index, text);
                return [compiled - begin, performance.now() - compiled, matches.length];
            }""",
            {"rows": [signature_row(n, source) for n, source in enumerate(sources)], "text": trace},
        )
        assert found == 1
        print(f"| {count:,} | {compiling:.0f} | {took:.1f} |")


def searching(page: Page, folder: Path) -> None:
    """Print the size of the search index, and how long reading it and a first result take."""
    print("\n| incidents | index, KB | gzip, KB | read, ms | median query, ms | slowest, ms |")
    print("| ---: | ---: | ---: | ---: | ---: | ---: |")
    for count in (100, 1_000, 5_000):
        base = folder / str(count)
        write(base, count)
        index = build_index(load(base, today=date(2026, 11, 21)))
        script = folder / f"{count}.js"
        script.write_bytes(index)
        reading, queries = page.evaluate(
            """async ({address, queries}) => {
                const begin = performance.now();
                const script = document.createElement("script");
                script.src = address;
                document.head.append(script);
                await new Promise((done) => { script.onload = done; });
                const engine = runbooksSearch.open(window.runbooksSearchIndex);
                const read = performance.now() - begin;
                return [read, queries.map((query) => {
                    const start = performance.now();
                    engine.search(query, {most: 12});
                    return performance.now() - start;
                })];
            }""",
            {"address": script.as_uri(), "queries": QUERIES},
        )
        sizes = f"{len(index) / 1024:,.0f} | {len(gzip.compress(index)) / 1024:,.0f}"
        print(
            f"| {count:,} | {sizes} | {reading:.0f} | {statistics.median(queries):.1f} | {max(queries):.1f} |"
        )


def main() -> None:
    """Print both tables, or say that there is no browser."""
    with sync_playwright() as driver, tempfile.TemporaryDirectory() as scratch:
        path = find(driver)
        if path is None:
            print("No Chromium: nothing was measured in a browser.")
            return
        browser = driver.chromium.launch(executable_path=path, args=ARGUMENTS)
        page = browser.new_context(offline=True).new_page()
        blank = Path(scratch) / "blank.html"
        blank.write_text("<!doctype html><title>bench</title>", "utf-8")
        page.goto(blank.as_uri())
        for name in ("match-engine.js", "search-engine.js"):
            page.add_script_tag(path=ASSETS / name)
        matching(page)
        searching(page, Path(scratch))
        browser.close()


if __name__ == "__main__":
    main()
