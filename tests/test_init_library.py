"""`runbooks init --with-library`: a new knowledge base answers from the library, and gets its updates."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest
import yaml
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


def test_its_pipelines_work_in_a_fresh_clone(base: Path) -> None:
    shutil.rmtree(base / ".cache")
    steps = yaml.safe_load((base / ".github/workflows/runbooks.yml").read_text("utf-8"))["jobs"]["site"]["steps"]  # fmt: skip
    commands = [step["run"] for step in steps if step.get("run", "").startswith("runbooks ")]
    jobs = yaml.safe_load((base / ".gitlab-ci.yml").read_text("utf-8"))
    on_gitlab = [line for line in jobs["runbooks"]["script"] if line.startswith("runbooks ")]
    assert [one.split()[1] for one in commands] == ["sources", "lint", "build"]
    assert [one.split()[1] for one in on_gitlab] == ["sources", "lint", "build"]
    for command in commands[:2] + on_gitlab[:2]:
        done = run(*command.split()[1:], "--root", base)
        assert done.exit_code == 0, done.output


def test_a_fresh_clone_answers_the_first_question(base: Path) -> None:
    asked = ("search", "the redis server is out of reach", "--root", base)
    for ask in (asked, ("lint", "--root", base), ("sources", "--root", base)):
        shutil.rmtree(base / ".cache")
        done = run(*ask)
        assert done.exit_code == 0, done.output
        assert done.stderr == ""
    assert "from library" in run(*asked).stdout


def test_a_library_that_is_not_what_the_lock_says_is_not_copied(base: Path, tmp_path: Path) -> None:
    shutil.rmtree(base / ".cache")
    shutil.rmtree(tmp_path / "package/incidents/redis-out-of-reach")
    done = run("search", "redis", "--root", base)
    assert done.stdout == ""
    assert "The incidents of the source library are not here: run `runbooks sources update`\n" in done.stderr  # fmt: skip
    listed = run("sources", "--root", base)
    assert listed.exit_code == 1
    assert "there is no copy of it here\n    run `runbooks sources update`\n" in listed.stdout


def test_a_gate_without_a_source_does_not_open(base: Path, tmp_path: Path) -> None:
    shutil.rmtree(base / ".cache")
    lacking = tmp_path / "package/incidents/redis-out-of-reach"
    lacking.rename(tmp_path / "elsewhere")
    changed = tmp_path / "changed.txt"
    changed.write_text("package-lock.json\n", "utf-8")
    release = ("--changed-files", changed, "--root", base)
    listed = run("checklist", *release)
    assert listed.exit_code == 0
    assert "Not all checks are known:** these sources are not here: `library`" in listed.stdout
    assert "run `runbooks sources update`" in listed.stderr
    assert json.loads(run("checklist", *release, "--format", "json").stdout)["missing_sources"] == ["library"]  # fmt: skip
    for form in ("sh", "html", "bat"):
        assert "these sources are not here" in run("checklist", *release, "--format", form).stdout
    gate = run("checklist", "run", *release, "--yes")
    assert gate.exit_code == 1
    assert "take the incidents of the missing sources first" in gate.stderr
    (tmp_path / "elsewhere").rename(lacking)
    assert "not known" not in run("checklist", *release).output


def test_what_the_lock_does_not_know_is_not_copied_in_silence(base: Path) -> None:
    (base / "sources.lock.yaml").unlink()
    shutil.rmtree(base / ".cache")
    done = run("sources", "update", "--locked", "--root", base)
    assert done.exit_code == 1
    assert "library: sources.lock.yaml does not say what was taken of it" in done.stderr
    assert "run `runbooks sources update`" in run("search", "disk", "--root", base).stderr


def test_without_the_option_there_is_no_source(tmp_path: Path) -> None:
    run("init", tmp_path / "ops")
    assert "sources" not in (tmp_path / "ops/mkdocs.yml").read_text("utf-8")
    assert not (tmp_path / "ops/sources.lock.yaml").exists()
