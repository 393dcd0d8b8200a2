"""Finds promtool for the tests of rule files, and fetches it: `python -m tests.promtool`."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest

VARIABLE = "RUNBOOKS_PROMTOOL"
"""Says where promtool is, when it is not where one looks for it."""

_OWN = Path(__file__).parents[1] / ".cache" / "promtool"


def find() -> str | None:
    """Return promtool's path: named, installed on the machine, or fetched for the tests."""
    candidates = [os.environ.get(VARIABLE), shutil.which("promtool"), str(_OWN)]
    return next((path for path in candidates if path and Path(path).exists()), None)


def need() -> str:
    """Return promtool's path; without one the test is skipped, or fails where it must not be."""
    path = find()
    if path is None:
        reason = "no promtool: `python -m tests.promtool` fetches it where apt-get is"
        if os.environ.get("CI", "").lower() in ("1", "true"):
            pytest.fail(reason)
        pytest.skip(reason)
    return path


def check(path: Path) -> str:
    """Let promtool read a rule file; return what it complains about, empty for nothing."""
    done = subprocess.run(
        [need(), "check", "rules", "--lint=none", path], capture_output=True, text=True
    )
    return "" if done.returncode == 0 else done.stdout + done.stderr


def _fetch() -> None:
    """Take promtool out of Debian's package. Installing that would start a Prometheus, too."""
    with tempfile.TemporaryDirectory() as folder:
        if hasattr(os, "geteuid") and os.geteuid() == 0:
            _run(["apt-get", "update", "-qq"], folder)
        if not _run(
            ["apt-get", "-o", "APT::Sandbox::User=root", "-qq", "download", "prometheus"], folder
        ):
            return
        for package in Path(folder).glob("prometheus_*.deb"):
            _run(["dpkg-deb", "--extract", package.name, "all"], folder)
        found = Path(folder) / "all/usr/bin/promtool"
        if found.exists():
            _OWN.parent.mkdir(exist_ok=True)
            shutil.copy2(found, _OWN)


def _run(command: list[str], folder: str) -> bool:
    try:
        done = subprocess.run(command, cwd=folder, stdout=subprocess.DEVNULL)
    except OSError:
        return False
    return done.returncode == 0


def main() -> None:
    """Fetch promtool if there is none. Without it the tests say so; this does not fail."""
    if not find() and shutil.which("apt-get"):
        print("Fetching promtool for the tests of rule files ...", file=sys.stderr)
        _fetch()
    if not find():
        print(
            f"No promtool: tests that need it will be skipped. Name one in {VARIABLE}.",
            file=sys.stderr,
        )


if __name__ == "__main__":
    main()
