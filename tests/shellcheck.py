"""Finds ShellCheck for the tests of exported scripts, and installs it: `python -m tests.shellcheck`."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest

VARIABLE = "RUNBOOKS_SHELLCHECK"
"""Says where ShellCheck is, when it is not where one looks for it."""

_OWN = Path(__file__).parents[1] / ".cache" / "shellcheck"


def find() -> str | None:
    """Return ShellCheck's path: named, installed on the machine, or fetched for the tests."""
    candidates = [os.environ.get(VARIABLE), shutil.which("shellcheck"), str(_OWN)]
    return next((path for path in candidates if path and Path(path).exists()), None)


def need() -> str:
    """Return ShellCheck's path; without one the test is skipped, or fails where it must not be."""
    path = find()
    if path is None:
        reason = "no shellcheck: `python -m tests.shellcheck` fetches it where apt-get is"
        if os.environ.get("CI", "").lower() in ("1", "true"):
            pytest.fail(reason)
        pytest.skip(reason)
    return path


def check(script: Path) -> str:
    """Let ShellCheck read a script; return what it complains about, empty for nothing."""
    done = subprocess.run(
        [need(), "--norc", "--severity=style", script], capture_output=True, text=True
    )
    return done.stdout + done.stderr


def _fetch() -> None:
    """Take ShellCheck out of Debian's package, which is one program."""
    with tempfile.TemporaryDirectory() as folder:
        if hasattr(os, "geteuid") and os.geteuid() == 0:
            _run(["apt-get", "update", "-qq"], folder)
        if not _run(
            ["apt-get", "-o", "APT::Sandbox::User=root", "-qq", "download", "shellcheck"], folder
        ):
            return
        for package in Path(folder).glob("shellcheck_*.deb"):
            _run(["dpkg-deb", "--extract", package.name, "all"], folder)
        found = Path(folder) / "all/usr/bin/shellcheck"
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
    """Fetch ShellCheck if there is none. Without it the tests say so; this does not fail."""
    if not find() and shutil.which("apt-get"):
        print("Fetching ShellCheck for the tests of exported scripts ...", file=sys.stderr)
        _fetch()
    if not find():
        print(
            f"No ShellCheck: tests that need it will be skipped. Name one in {VARIABLE}.",
            file=sys.stderr,
        )


if __name__ == "__main__":
    main()
