"""Beds: places where the product runs for somebody, each with an environment of its own.

`python -m tests.beds` makes the environments; the browser tests build a site on each.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from filelock import FileLock

ROOT = Path(__file__).parents[1]
_FOLDER = ROOT / ".cache" / "beds"
_BIN = "Scripts" if os.name == "nt" else "bin"


@dataclass(frozen=True)
class Bed:
    """An engine in an empty environment, in which the wheel is installed.

    Attributes:
        name: its name; for an engine's own extra, that of the engine.
        lock: the file of `requirements/` with what it needs.
        without: distributions that are taken out again, because the bed must do without them.
    """

    name: str
    lock: str
    without: tuple[str, ...] = ()

    @property
    def folder(self) -> Path:
        """Where its environment is."""
        return _FOLDER / self.name

    def program(self, name: str) -> Path:
        """Return a program of its environment."""
        return self.folder / _BIN / name

    def prepare(self) -> None:
        """Make the environment with everything but this distribution itself.

        Raises:
            AssertionError: something cannot be installed.
        """
        wanted = self._stamp()
        noted = self.folder / "stamp"
        if noted.is_file() and noted.read_text() == wanted:
            return
        shutil.rmtree(self.folder, ignore_errors=True)
        call([sys.executable, "-m", "venv", self.folder])
        self._pip("install", "--requirement", ROOT / "requirements" / f"{self.lock}.txt")
        if self.without:
            self._pip("uninstall", "--yes", *self.without)
        noted.write_text(wanted)

    def ready(self, wheel: Path) -> None:
        """Make the environment if need be, and install this distribution as it is now.

        Raises:
            AssertionError: something cannot be installed.
        """
        content = hashlib.sha256(wheel.read_bytes()).hexdigest()
        _FOLDER.mkdir(parents=True, exist_ok=True)
        with FileLock(_FOLDER / f"{self.name}.lock"):  # tests run in several processes
            self.prepare()
            noted = self.folder / "wheel"
            if not noted.is_file() or noted.read_text() != content:
                noted.unlink(missing_ok=True)
                self._pip("install", "--no-deps", "--force-reinstall", wheel)
                noted.write_text(content)

    def _pip(self, *arguments: str | Path) -> None:
        call([self.program("python"), "-m", "pip", "--disable-pip-version-check", *arguments])

    def _stamp(self) -> str:
        files = [(ROOT / f"requirements/{name}.txt").read_bytes() for name in ("light", self.lock)]
        return hashlib.sha256(repr((self, sys.version, files)).encode()).hexdigest()


BEDS = {
    bed.name: bed
    for bed in (
        Bed("light", "light"),
        Bed("mkdocs", "site"),
        # MaterialX asks for MkDocs and does not need it where ProperDocs builds.
        Bed("properdocs", "properdocs", without=("mkdocs",)),
        Bed("zensical", "zensical"),
    )
}
"""Every bed but this repository, which runs in the environment of the tests."""


def call(command: Sequence[str | Path], cwd: Path | None = None) -> str:
    """Run a command outside of this checkout's environment, and return what it printed.

    Raises:
        AssertionError: it failed; says what it printed.
    """
    foreign = ("PYTHON", "VIRTUAL_ENV", "PIP_REQUIRE")
    environment = {k: v for k, v in os.environ.items() if not k.startswith(foreign)}
    done = subprocess.run(
        [str(part) for part in command],
        cwd=cwd,
        env={**environment, "COLUMNS": "200"},
        capture_output=True,
        text=True,
        timeout=600,
    )
    assert done.returncode == 0, f"{command}\n{done.stdout[-4000:]}\n{done.stderr[-4000:]}"
    return done.stdout


def build_wheel(folder: Path) -> Path:
    """Build the wheel of this checkout into a folder."""
    call(
        [sys.executable, "-m", "build", "--no-isolation", "--wheel", "--outdir", folder, ROOT],
        folder,
    )
    (wheel,) = folder.glob("*.whl")
    return wheel


def main() -> None:
    """Make all environments. Without one the tests say so; this does not fail."""
    for bed in BEDS.values():
        print(f"Installing the bed {bed.name} for the tests ...", file=sys.stderr)
        try:
            bed.prepare()
        except AssertionError as error:
            print(f"The bed {bed.name} cannot be installed: {error}", file=sys.stderr)


if __name__ == "__main__":
    main()
