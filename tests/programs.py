"""Programs that tests ask, taken out of Debian's packages where they are missing: `python -m tests.programs`."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path

import pytest

_FOLDER = Path(__file__).parents[1] / ".cache"


@dataclass(frozen=True)
class Program:
    """A program that stands alone in its package. Installing the package could start a service.

    Attributes:
        name: its name.
        package: Debian's package.
        variable: the environment variable that says where it is, when it is not on the path.
    """

    name: str
    package: str
    variable: str

    @property
    def own(self) -> Path:
        """Where it is kept once it was fetched."""
        return _FOLDER / self.name

    def find(self) -> str | None:
        """Return its path: named, installed on the machine, or fetched for the tests."""
        candidates = [os.environ.get(self.variable), shutil.which(self.name), str(self.own)]
        return next((path for path in candidates if path and Path(path).exists()), None)

    def need(self) -> str:
        """Return its path; without it the test is skipped, or fails where it must not be."""
        path = self.find()
        if path is None:
            reason = f"no {self.name}: `python -m tests.programs` fetches it where apt-get is"
            if os.environ.get("CI", "").lower() in ("1", "true"):
                pytest.fail(reason)
            pytest.skip(reason)
        return path

    def ask(
        self, *arguments: str | Path, text: str | None = None
    ) -> subprocess.CompletedProcess[str]:
        """Run it; `text` is what it reads."""
        return subprocess.run(
            [self.need(), *arguments], input=text, capture_output=True, encoding="utf-8"
        )

    def fetch(self) -> None:
        """Take it out of its package."""
        with tempfile.TemporaryDirectory() as folder:
            if hasattr(os, "geteuid") and os.geteuid() == 0:
                _run(["apt-get", "update", "-qq"], folder)
            options = ["-o", "APT::Sandbox::User=root", "-qq"]
            if not _run(["apt-get", *options, "download", self.package], folder):
                return
            for package in Path(folder).glob(f"{self.package}_*.deb"):
                _run(["dpkg-deb", "--extract", package.name, "all"], folder)
            found = Path(folder) / "all/usr/bin" / self.name
            if found.exists():
                _FOLDER.mkdir(exist_ok=True)
                shutil.copy2(found, self.own)


def _run(command: list[str], folder: str) -> bool:
    try:
        done = subprocess.run(command, cwd=folder, stdout=subprocess.DEVNULL)
    except OSError:
        return False
    return done.returncode == 0


PROMTOOL = Program("promtool", "prometheus", "RUNBOOKS_PROMTOOL")
"""Reads rule files of Prometheus."""

SHELLCHECK = Program("shellcheck", "shellcheck", "RUNBOOKS_SHELLCHECK")
"""Reads scripts of bash."""

MANDOC = Program("mandoc", "mandoc", "RUNBOOKS_MANDOC")
"""Reads man pages."""


def rules_problems(path: Path) -> str:
    """Let promtool read a rule file; return what it complains about, empty for nothing."""
    done = PROMTOOL.ask("check", "rules", "--lint=none", path)
    return "" if done.returncode == 0 else done.stdout + done.stderr


def script_problems(path: Path) -> str:
    """Let ShellCheck read a script; return what it complains about, empty for nothing."""
    done = SHELLCHECK.ask("--norc", "--severity=style", path)
    return done.stdout + done.stderr


def main() -> None:
    """Fetch what is missing. Without it the tests say so; this does not fail."""
    for program in (PROMTOOL, SHELLCHECK, MANDOC):
        if not program.find() and shutil.which("apt-get"):
            print(f"Fetching {program.name} for the tests ...", file=sys.stderr)
            program.fetch()
        if not program.find():
            print(
                f"No {program.name}: tests that need it will be skipped. Name one in {program.variable}.",
                file=sys.stderr,
            )


if __name__ == "__main__":
    main()
