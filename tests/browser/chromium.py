"""Finds Chromium for the browser tests, and installs it: `python -m tests.browser.chromium`."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

from playwright.sync_api import Playwright, sync_playwright

VARIABLE = "RUNBOOKS_CHROMIUM"
"""Says where the browser is, when it is not where one looks for it."""

# Without a font there is no text to lay out.
_PACKAGES = ("chromium", "fonts-liberation")
_NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")


def find(driver: Playwright) -> str | None:
    """Return the browser's path: named, installed on the machine, or Playwright's own."""
    candidates = [
        os.environ.get(VARIABLE),
        *map(shutil.which, _NAMES),
        driver.chromium.executable_path,
    ]
    return next((path for path in candidates if path and Path(path).exists()), None)


def _install() -> None:
    """Install Debian's package when that is possible, else Playwright's own build."""
    if hasattr(os, "geteuid") and os.geteuid() == 0 and shutil.which("apt-get"):
        debian = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
        _try(["apt-get", "update", "-qq"], debian)
        if _try(["apt-get", "install", "-y", "-qq", "--no-install-recommends", *_PACKAGES], debian):
            return
    _try([sys.executable, "-m", "playwright", "install", "chromium"], dict(os.environ))


def _try(command: Sequence[str], environment: dict[str, str]) -> bool:
    done = subprocess.run(command, env=environment, stdout=subprocess.DEVNULL)
    return done.returncode == 0


def main() -> None:
    """Install the browser if there is none. Without one the tests say so; this does not fail."""
    with sync_playwright() as driver:
        found = find(driver)
    if not found:
        print("Installing Chromium for the browser tests ...", file=sys.stderr)
        _install()
        with sync_playwright() as driver:
            found = find(driver)
    if not found:
        print(
            f"No Chromium: the browser tests will be skipped. Name one in {VARIABLE}.",
            file=sys.stderr,
        )


if __name__ == "__main__":
    main()
