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

# Chromium without its windows and menus: a page costs a third. The pages cannot tell them apart.
_SHELL = "chromium-headless-shell"
_NAMES = (_SHELL, "chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
# Without a font there is no text to lay out.
_FONT = "fonts-liberation"


def find(driver: Playwright) -> str | None:
    """Return the browser's path: named, installed on the machine, or Playwright's own."""
    candidates = [
        os.environ.get(VARIABLE),
        *map(shutil.which, _NAMES),
        driver.chromium.executable_path,
    ]
    return next((path for path in candidates if path and Path(path).exists()), None)


def _install_from_debian() -> None:
    """Install the first of Debian's packages that there is, as root."""
    if hasattr(os, "geteuid") and os.geteuid() == 0 and shutil.which("apt-get"):
        debian = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
        _try(["apt-get", "update", "-qq"], debian)
        options = ["-y", "-qq", "--no-install-recommends"]
        for package in (_SHELL, "chromium"):
            if _try(["apt-get", "install", *options, package, _FONT], debian):
                return


def _try(command: Sequence[str], environment: dict[str, str]) -> bool:
    done = subprocess.run(command, env=environment, stdout=subprocess.DEVNULL)
    return done.returncode == 0


def _found() -> str | None:
    with sync_playwright() as driver:
        return find(driver)


def main() -> None:
    """Install the browser if there is none. Without one the tests say so; this does not fail."""
    if not os.environ.get(VARIABLE) and not shutil.which(_SHELL):
        print("Installing Chromium for the browser tests ...", file=sys.stderr)
        _install_from_debian()
    if not _found():
        _try([sys.executable, "-m", "playwright", "install", "chromium"], dict(os.environ))
    if not _found():
        print(
            f"No Chromium: the browser tests will be skipped. Name one in {VARIABLE}.",
            file=sys.stderr,
        )


if __name__ == "__main__":
    main()
