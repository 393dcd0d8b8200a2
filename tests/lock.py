"""What is installed, with a hash for every file: `make lock` writes `requirements/` anew.

`constraints.txt` says which versions; `pyproject.toml` what is needed. uv finds out what these need
in turn, on every platform and every Python, and asks the package index for the hashes.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from tests.pythons import NEEDS

ROOT = Path(__file__).parents[1]
FOLDER = ROOT / "requirements"
OLDEST = "3.11.5"
"""The oldest Python that all pinned versions accept."""
# hatchling asks for it only while it makes an editable installation.
_EDITABLES = "editables>=0.3"
_HEADER = """\
# Made by `make lock`: pyproject.toml says what is needed, constraints.txt in which version.
--require-hashes
--only-binary :all:
"""
_HINT = "constraints.txt does not pin these. Look at them, and add:"


@dataclass(frozen=True)
class Lock:
    """A file of `requirements/`.

    Attributes:
        name: its name, without the ending.
        extras: whose packages are in it, besides those of the core.
        more: other requirements.
        bases: files that it includes, so that it lists only what they lack.
        has_core: whether the packages of the core are in it.
    """

    name: str
    extras: tuple[str, ...] = ()
    more: tuple[str, ...] = ()
    bases: tuple[str, ...] = ()
    has_core: bool = True

    @property
    def file(self) -> Path:
        """Where it is."""
        return FOLDER / f"{self.name}.txt"

    def requirements(self) -> list[str]:
        """Return what is asked for, without what that needs in turn."""
        with (ROOT / "pyproject.toml").open("rb") as file:
            project = tomllib.load(file)
        build = project["build-system"]["requires"] if self.name == "build" else []
        optional = project["project"]["optional-dependencies"]
        core = project["project"]["dependencies"] if self.has_core else []
        return [*core, *(one for e in self.extras for one in optional[e]), *build, *self.more]


RUNTIME_EXTRAS = (
    "site",
    "properdocs",
    "zensical",
    "charts",
    "docx",
    "import",
    "match",
    "mcp",
    "prove",
)
"""The extras for people who use the product, not for those who work on it."""

LOCKS = {
    lock.name: lock
    for lock in (
        Lock("build", more=(_EDITABLES,), has_core=False),
        Lock("light"),
        Lock("site", ("site",), bases=("light",)),
        Lock("properdocs", ("properdocs",), bases=("light",)),
        Lock("zensical", ("zensical",), bases=("light",)),
        Lock("runtime", RUNTIME_EXTRAS),  # whole: the bill of materials is made from it
        Lock("pythons", ("charts", "docx", "import"), NEEDS, bases=("light",)),
        Lock(
            "test",
            ("site", "docx", "import", "match", "mcp", "prove", "test"),
            bases=("site", "build"),
        ),
        Lock("check", ("docx", "import", "mcp", "check"), bases=("light",)),
        Lock("release", ("release",), bases=("build",), has_core=False),
    )
}
"""Every file of `requirements/`; a base comes before what includes it."""


def blocks(text: str) -> Iterator[tuple[str, str]]:
    """Yield from a file of requirements the name and the text of each, hashes included."""
    for block in re.findall(r"^[A-Za-z0-9].*(?:\n[ ]+.*)*", text, re.MULTILINE):
        yield re.split(r"[=\s]", block, maxsplit=1)[0], block


def everything(lock: Lock) -> dict[str, str]:
    """Return what a file and those that it includes list: name and text of each requirement."""
    found = {name: text for base in lock.bases for name, text in everything(LOCKS[base]).items()}
    return found | dict(blocks(lock.file.read_text("utf-8")))


def pins() -> dict[str, str]:
    """Return the versions of `constraints.txt`, by normalized name."""
    lines = (ROOT / "constraints.txt").read_text("utf-8").splitlines()
    pairs = (line.split("==") for line in lines if "==" in line)
    return {re.sub(r"[-_.]+", "-", name).lower(): version for name, version in pairs}


def _index() -> dict[str, str]:
    """Return pip's package index as uv reads it; nothing where pip has its default."""
    for key in (":env:.index-url", "global.index-url"):
        asked = [sys.executable, "-m", "pip", "config", "get", key]
        done = subprocess.run(asked, capture_output=True, text=True)
        if done.returncode == 0:
            return {"UV_DEFAULT_INDEX": done.stdout.strip()}
    return {}


def _compile(lock: Lock, index: dict[str, str]) -> str:
    done = subprocess.run(
        [sys.executable, "-m", "uv", "pip", "compile", "-", "--universal", "--python-version", OLDEST,
         "--generate-hashes", "--no-header", "--no-annotate", "--quiet", "--constraint", "constraints.txt"],
        cwd=ROOT, env={**os.environ, **index}, input="\n".join(lock.requirements()),
        capture_output=True, text=True,
    )  # fmt: skip
    if done.returncode != 0:
        sys.exit(f"{lock.file.name}: {done.stderr}")
    return done.stdout


def main() -> None:
    """Write every file."""
    index, pinned = _index(), pins()
    compiled = {name: _compile(lock, index) for name, lock in LOCKS.items()}
    found = {name: text for content in compiled.values() for name, text in blocks(content)}
    missing = [text.split()[0] for name, text in sorted(found.items()) if name not in pinned]
    if missing:
        sys.exit("\n".join([_HINT, *missing]))
    FOLDER.mkdir(exist_ok=True)
    for name, lock in LOCKS.items():
        known = {block for base in lock.bases for block in everything(LOCKS[base]).values()}
        own = [block for _, block in blocks(compiled[name]) if block not in known]
        includes = [f"--requirement {base}.txt" for base in lock.bases]
        lock.file.write_text(_HEADER + "\n".join([*includes, *own, ""]), "utf-8")
    for name in sorted(set(pinned) - set(found)):
        print(f"constraints.txt pins {name}, which nothing needs.", file=sys.stderr)


if __name__ == "__main__":
    main()
