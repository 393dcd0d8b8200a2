"""`runbooks init --with-library`: a new knowledge base answers from the library, and gets its updates."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from generator.cli import runbooks
from generator.knowledge.base import load
from generator.knowledge.sources import library
from generator.knowledge.sources.lock import read_lock
from tests.conftest import ROOT

ERROR = "Error: Cannot find module 'express'\n"


def run(*arguments: str | Path, text: str = "") -> Result:
    return CliRunner().invoke(runbooks, [str(a) for a in arguments], input=text)


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A library of two incidents, as an installation has it."""
    folder = tmp_path_factory.mktemp("package")
    for name in ("nodejs-cannot-find-module", "redis-out-of-reach"):
        shutil.copytree(ROOT / "incidents" / name, folder / "incidents" / name)
    return folder


@pytest.fixture
def base(tmp_path: Path, installed: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    package = shutil.copytree(installed, tmp_path / "package")
    monkeypatch.setattr(library, "library_root", lambda: package)
    made = run("init", tmp_path / "ops", "--with-library")
    assert made.exit_code == 0, made.output
    assert "the library: 2 incidents" in made.output
    return tmp_path / "ops"


def test_it_answers_at_once(base: Path) -> None:
    states = run("sources", "--root", base)
    assert states.exit_code == 0, states.output
    assert "2 incidents" in states.stdout
    assert run("lint", "--strict", "--root", base).exit_code == 0
    found = json.loads(run("match", "--format", "json", "--root", base, text=ERROR).stdout)
    (match,) = found["matches"]
    assert (match["incident"], match["source"]) == ("nodejs-cannot-find-module", "library")


def test_it_is_what_sources_update_would_take(base: Path) -> None:
    before = (base / "sources.lock.yaml").read_text("utf-8")
    again = run("sources", "update", "--root", base)
    assert again.exit_code == 0, again.output
    assert "no changes" in again.stdout
    assert (base / "sources.lock.yaml").read_text("utf-8") == before


def test_an_upgrade_is_shown_and_taken_when_somebody_says_so(base: Path, tmp_path: Path) -> None:
    package = tmp_path / "package/incidents"
    shutil.rmtree(package / "redis-out-of-reach")
    shutil.copytree(ROOT / "incidents/redis-readonly-replica", package / "redis-readonly-replica")
    changed = package / "nodejs-cannot-find-module/incident.yaml"
    text = changed.read_text("utf-8")
    title = load(ROOT).incidents["nodejs-cannot-find-module"].title
    changed.write_text(text.replace("severity: SEV3", "severity: SEV4", 1), "utf-8")
    assert changed.read_text("utf-8") != text
    before = dict(load(base).incidents)
    assert set(before) >= {"nodejs-cannot-find-module", "redis-out-of-reach"}
    updated = run("sources", "update", "--root", base)
    assert updated.exit_code == 0, updated.output
    for line in ("1 added, 1 changed, 1 removed", "+ redis-readonly-replica", f"~ nodejs-cannot-find-module: {title}", "- redis-out-of-reach"):  # fmt: skip
        assert line in updated.stdout
    assert read_lock(base).sources["library"].incidents == library.library_digests()
    after = dict(load(base).incidents)
    assert "redis-out-of-reach" not in after
    assert after["nodejs-cannot-find-module"].severity == "SEV4"
    assert run("sources", "--root", base).exit_code == 0


def test_an_installation_without_the_library_makes_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(library, "library_root", lambda: tmp_path / "nothing")
    made = run("init", tmp_path / "ops", "--with-library")
    assert made.exit_code == 1
    assert "Traceback" not in made.output
    assert not (tmp_path / "ops").exists()


def test_without_the_option_there_is_no_source(tmp_path: Path) -> None:
    run("init", tmp_path / "ops")
    assert "sources" not in (tmp_path / "ops/mkdocs.yml").read_text("utf-8")
    assert not (tmp_path / "ops/sources.lock.yaml").exists()
