"""The incidents that come with the program are taken with all that shows them to be true."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from generator.knowledge.base import KnowledgeBase, load
from generator.knowledge.sources import library
from generator.knowledge.sources.copies import read_copy
from generator.knowledge.sources.library import copy_library, library_digests
from tests.conftest import ROOT
from tests.teaching import TODAY


@pytest.fixture(scope="module")
def own() -> KnowledgeBase:
    return load(ROOT, today=TODAY)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("library") / "copy"
    copy_library(folder)
    return folder


def test_it_is_what_has_the_tag(own: KnowledgeBase, folder: Path) -> None:
    there = load(folder, today=TODAY)
    tagged = {i: incident for i, incident in own.incidents.items() if "library" in incident.tags}
    assert dict(there.incidents) == tagged
    assert len(tagged) < len(own.incidents), "else this would not show that others are left out"


def test_its_proofs_are_worth_as_much_as_here(own: KnowledgeBase, folder: Path) -> None:
    there = load(folder, today=TODAY)
    for incident_id, incident in there.incidents.items():
        for proof in incident.proofs:
            state = there.proof_state(incident_id, proof)
            assert state == own.proof_state(incident_id, proof), (incident_id, proof.id)
            assert there.proof_files(incident_id, proof.id)
        assert there.tools(incident_id) == own.tools(incident_id)


def test_digests_tell_what_an_upgrade_has_changed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    package = tmp_path / "installed"
    for name in ("nodejs-cannot-find-module", "redis-out-of-reach"):
        shutil.copytree(ROOT / "incidents" / name, package / "incidents" / name)
    monkeypatch.setattr(library, "library_root", lambda: package)
    copy = copy_library(tmp_path / "copy")
    before = library_digests()
    assert before == {i: one.digest for i, one in copy.incidents.items()}
    assert read_copy(tmp_path / "copy") == copy
    record = package / "incidents/redis-out-of-reach/proofs/record.json"
    record.write_text(record.read_text("utf-8") + "\n", "utf-8")
    shutil.rmtree(package / "incidents/nodejs-cannot-find-module")
    after = library_digests()
    assert after.keys() == {"redis-out-of-reach"}
    assert after != {"redis-out-of-reach": before["redis-out-of-reach"]}
    copy_library(tmp_path / "copy")
    assert [path.name for path in (tmp_path / "copy/incidents").iterdir()] == ["redis-out-of-reach"]


def test_an_installation_without_it_says_so_and_changes_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, folder: Path
) -> None:
    kept = shutil.copytree(folder, tmp_path / "copy")
    monkeypatch.setattr(library, "library_root", lambda: tmp_path / "nothing")
    with pytest.raises(FileNotFoundError):
        copy_library(kept)
    assert read_copy(kept) == read_copy(folder)
    assert [path.name for path in tmp_path.iterdir()] == ["copy"]
