"""A slow phone: how long until a page is usable, and how much it has moved by then.

Chromium with a processor six times slower, 400 ms to the server, 50 KB/s, and gzip, which
`runbooks serve` and any host use. The targets are those of the project's issue on the page.
"""

from __future__ import annotations

import argparse
import gzip
import statistics
import tempfile
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

from playwright.sync_api import Page, sync_playwright

from tests.browser import building, chromium
from tests.conftest import ROOT

SLOWER = 6
LATENCY_MS = 400
BYTES_PER_SECOND = 50_000
PHONE = {"width": 390, "height": 844}
RUNBOOK = "incidents/postgresql-concurrent-create-table/index.html"
# Of each page: what the reader waits for, and the targets in seconds and in kB.
CASES = (
    ("home, paste box", "index.html", ".kb-form__text", 3.0, 120),
    ("paste page", "match/index.html", ".kb-form__text", 3.0, None),
    ("runbook, first copy button", RUNBOOK, ".kb-command .kb-copy", 2.5, None),
)


class _Compressed(SimpleHTTPRequestHandler):
    """Serves a folder with gzip; tells browsers nothing about caching, as plain hosts do."""

    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        path = Path(self.translate_path(self.path))
        path = path / "index.html" if path.is_dir() else path
        if not path.is_file():
            self.send_error(404)
            return
        content = path.read_bytes()
        text = path.suffix in {".html", ".css", ".js", ".json", ".svg", ".xml", ".txt"}
        if text:
            content = gzip.compress(content, 6)
        self.send_response(200)
        self.send_header("Content-Type", self.guess_type(str(path)))
        if text:
            self.send_header("Content-Encoding", "gzip")
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, *arguments: object) -> None:
        """Print nothing."""


@contextmanager
def _served(folder: Path) -> Iterator[str]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(_Compressed, directory=str(folder)))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        server.server_close()


def _measure(browser: Any, url: str, selector: str) -> tuple[float, float]:
    """Return seconds until a thing is on the page, and the kB that were moved by then."""
    context = browser.new_context(viewport=PHONE, has_touch=True, is_mobile=True)
    page: Page = context.new_page()
    remote = context.new_cdp_session(page)
    moved = 0

    def count(event: dict[str, Any]) -> None:
        nonlocal moved
        moved += event["encodedDataLength"]

    remote.on("Network.dataReceived", count)
    remote.send("Network.enable")
    remote.send("Network.setCacheDisabled", {"cacheDisabled": True})
    remote.send(
        "Network.emulateNetworkConditions",
        {
            "offline": False,
            "latency": LATENCY_MS,
            "downloadThroughput": BYTES_PER_SECOND,
            "uploadThroughput": BYTES_PER_SECOND,
        },
    )
    remote.send("Emulation.setCPUThrottlingRate", {"rate": SLOWER})
    # The page's own clock begins when the reader taps; waiting for it from outside would slow it down.
    watch = """new MutationObserver((_, observer) => {
            if (!document.querySelector("SELECTOR")) return;
            observer.disconnect();
            requestAnimationFrame(() => setTimeout(() => { window.usable = performance.now(); }));
        }).observe(document, {childList: true, subtree: true});"""
    page.add_init_script(watch.replace("SELECTOR", selector))
    page.goto(url, wait_until="commit")
    page.wait_for_function("window.usable", polling=200)
    kilobytes = moved / 1000
    seconds = page.evaluate("window.usable") / 1000
    context.close()
    return seconds, kilobytes


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--site", type=Path, help="a site that is built already")
    parser.add_argument("--runs", type=int, default=3)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as scratch, sync_playwright() as driver:
        site = options.site or Path(scratch) / "site"
        if options.site is None:
            building.build(ROOT, site)
        browser = driver.chromium.launch(
            executable_path=chromium.find(driver), args=["--no-sandbox"]
        )
        print(
            "| slow phone | s | target | kB moved | target |\n| --- | ---: | ---: | ---: | ---: |"
        )
        with _served(site) as url:
            for name, path, selector, seconds, kilobytes in CASES:
                runs = [_measure(browser, f"{url}/{path}", selector) for _ in range(options.runs)]
                took, moved = (statistics.median(values) for values in zip(*runs, strict=True))
                print(f"| {name} | {took:.1f} | {seconds:.1f} | {moved:.0f} | {kilobytes or ''} |")
        browser.close()


if __name__ == "__main__":
    main()
