"""The wheel, installed where nothing of this checkout is."""

from __future__ import annotations

import os
import subprocess
import sys
import tarfile
import zipfile
from pathlib import Path

import pytest

from generator.knowledge.base import load
from generator.knowledge.files import find_files
from tests.conftest import ROOT
from tests.pace import PATIENCE

pytestmark = pytest.mark.slow

IGNORED_FOLDERS = frozenset(("node_modules", "__pycache__"))


def run(*command: str | Path, cwd: Path, **more: str) -> str:
    environment = {
        k: v for k, v in os.environ.items() if not k.startswith(("PYTHON", "VIRTUAL_ENV"))
    }
    done = subprocess.run(
        [str(part) for part in command], cwd=cwd, env={**environment, **more},
        capture_output=True, text=True, timeout=3 * PATIENCE,
    )  # fmt: skip
    assert done.returncode == 0, f"{command}\n{done.stdout}\n{done.stderr}"
    return done.stdout


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder that holds the sdist, and the wheel that was made from it."""
    folder = tmp_path_factory.mktemp("dist")
    run(sys.executable, "-m", "build", "--no-isolation", "--outdir", folder, ROOT, cwd=folder)
    return folder


def test_the_wheel_carries_templates_assets_and_types(built: Path) -> None:
    (wheel,) = built.glob("*.whl")
    names = zipfile.ZipFile(wheel).namelist()
    for wanted in (
        "generator/templates/pages/incident.md.j2",
        "generator/templates/checklists/checklist.sh.j2",
        "generator/templates/checklists/checklist.css",
        "generator/py.typed",
        "generator/assets/base.css",
        "generator/proofs/helpers/runbook.mjs",
    ):
        assert wanted in names
    assert any(name.endswith(".data/data/share/man/man1/runbooks.1") for name in names)
    assert not [name for name in names if name.startswith(("tests/", "incidents/", "docs/"))]


def test_the_wheel_carries_the_library_and_no_other_incident(built: Path) -> None:
    (wheel,) = built.glob("*.whl")
    start = "generator/library/"
    names = {
        name.removeprefix(start): content.file_size
        for content in zipfile.ZipFile(wheel).infolist()
        if (name := content.filename).startswith(start)
    }
    tagged = [i for i, one in load(ROOT).incidents.items() if "library" in one.tags]
    expected = {f for i in tagged for f in find_files(ROOT, f"incidents/{i}", IGNORED_FOLDERS)}
    assert names.keys() == {*expected, "mkdocs.yml"}, "kinds of change and tags are its own"
    assert wheel.stat().st_size < 6 << 20, "each knowledge base has a copy of the wheel"


def test_the_sdist_carries_what_the_tests_need(built: Path) -> None:
    (sdist,) = built.glob("*.tar.gz")
    with tarfile.open(sdist) as archive:
        names = {name.partition("/")[2] for name in archive.getnames()}
    assert {
        "templates/pages/incident.md.j2",
        "tests/conftest.py",
        "mkdocs.yml",
        "Makefile",
        "constraints.txt",
        "requirements/site.txt",
    } <= names


def test_the_wheel_of_the_sdist_is_the_wheel_of_this_checkout(built: Path, wheel: Path) -> None:
    """Which `test_new_base.py` installs, and `test_engines.py` and the beds run."""
    (made,) = built.glob("*.whl")
    assert made.name == wheel.name
    with zipfile.ZipFile(made) as ours, zipfile.ZipFile(wheel) as theirs:
        assert ours.namelist() == theirs.namelist()
        assert all(ours.read(name) == theirs.read(name) for name in ours.namelist())
