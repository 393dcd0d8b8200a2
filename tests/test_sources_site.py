"""The site of another knowledge base as a source: fetched when somebody says so, pinned by digest."""

from __future__ import annotations

import json
import shutil
from datetime import date
from pathlib import Path

import pytest
import yaml

from generator.knowledge.base import load
from generator.knowledge.records import ProofState
from generator.knowledge.roots import LOCK_FILE
from generator.knowledge.sources.origins import COPIES
from generator.site.api import build_api
from tests.site_server import served
from tests.test_sources import ask, base, write
from tests.test_sources_lock import ask_sources, codes, found_in, update


def api(root: Path) -> dict[str, bytes]:
    """The files of the API of a knowledge base's site."""
    return {file.path: file.content for file in build_api(load(root))}


@pytest.fixture
def theirs(tmp_path: Path) -> Path:
    root = base(tmp_path / "theirs")
    write(root, "full-disk", "their-disk", related=["stuck-queue"], tag="shared")
    write(root, "stuck-queue", "their-queue", tag="own")
    return root


def ours_of(tmp_path: Path, address: str, **more: object) -> Path:
    root = base(tmp_path / "ours", {"name": "platform", "site": address, **more})
    write(root, "own-thing")
    return root


@pytest.mark.slow
def test_a_site_is_made_from_nothing_but_the_api_of_another(theirs: Path, tmp_path: Path) -> None:
    with served(api(theirs)) as site:
        ours = ours_of(tmp_path, site.address)
        assert ask(ours, "build").exit_code == 0
        assert found_in(ours, "their-disk") == []
        assert not site.asked, "nobody has looked at it yet"
        assert "2 added; 2 in all" in update(ours)
        address = site.address
    # From here on, there is no network.
    assert found_in(ours, "their-disk") == ["full-disk"]
    assert ask(ours, "build").exit_code == 0
    page = (ours / "site" / "incidents" / "full-disk" / "index.html").read_text("utf-8")
    assert f'href="{address}incidents/full-disk/"' in page
    assert ask_sources(ours).exit_code == 0
    assert not {"KB013", "KB014"} & {*codes(ours)}


@pytest.mark.slow
def test_a_site_that_has_changed_is_told_and_what_is_the_same_is_taken(
    theirs: Path, tmp_path: Path
) -> None:
    with served(api(theirs)) as site:
        ours = ours_of(tmp_path, site.address)
        update(ours)
        write(theirs, "full-disk", "changed-disk", related=["stuck-queue"])
        site.files.clear()
        site.files.update(api(theirs))
        # With a copy, nothing is asked.
        before = len(site.asked)
        assert ask(ours, "build").exit_code == 0
        assert len(site.asked) == before
        assert found_in(ours, "their-disk") == ["full-disk"]
        # Without one, what is as the lock says is taken.
        shutil.rmtree(ours / ".cache")
        lock = (ours / LOCK_FILE).read_bytes()
        built = ask(ours, "build")
        assert built.exit_code == 0
        assert "left out: 1 removed" in built.stderr
        assert "KB014" in built.stderr
        assert found_in(ours, "their-queue") == ["stuck-queue"]
        assert found_in(ours, "changed-disk") == []
        assert (ours / LOCK_FILE).read_bytes() == lock
        said = update(ours)
        assert "~ full-disk: Incident changed-disk" in said
        assert found_in(ours, "changed-disk") == ["full-disk"]
        assert ask_sources(ours).exit_code == 0


def test_only_what_is_wanted_is_fetched(theirs: Path, tmp_path: Path) -> None:
    with served(api(theirs)) as site:
        ours = ours_of(tmp_path, site.address, only={"tags": ["shared"]})
        assert "1 added; 1 in all" in update(ours)
        assert not any("stuck-queue" in path for path in site.asked)
        base(ours, {"name": "platform", "site": site.address})
        assert codes(ours).count("KB014") == 1, "the lock is about less than is wanted now"
        assert "2 in all" in update(ours)


@pytest.mark.slow
def test_a_site_that_is_gone_leaves_the_copy(theirs: Path, tmp_path: Path) -> None:
    with served(api(theirs)) as site:
        ours = ours_of(tmp_path, site.address)
        update(ours)
    done = ask_sources(ours, "update")
    assert done.exit_code == 1
    assert "nothing was changed" in done.stderr
    assert found_in(ours, "their-disk") == ["full-disk"]
    shutil.rmtree(ours / ".cache")
    built = ask(ours, "build")
    assert built.exit_code == 0
    assert "KB013" in built.stderr
    assert (ours / "site" / "incidents" / "own-thing" / "index.html").is_file()


def test_a_hostile_site_takes_nothing_away(theirs: Path, tmp_path: Path) -> None:
    with served(api(theirs)) as site:
        ours = ours_of(tmp_path, site.address)
        update(ours)
        lock = (ours / LOCK_FILE).read_bytes()
        for content in (
            b"",
            b"[" * 100_000,
            json.dumps({"version": 99, "incidents": []}).encode(),
            json.dumps(
                {"version": 1, "incidents": [{"id": "../../x", "digest": "0" * 64}]}
            ).encode(),
        ):
            site.files["api/v1/incidents.json"] = content
            done = ask_sources(ours, "update")
            assert done.exit_code == 1, done.output
            assert (ours / LOCK_FILE).read_bytes() == lock
            assert found_in(ours, "their-disk") == ["full-disk"]


def test_proofs_are_worth_what_their_site_says(theirs: Path, tmp_path: Path) -> None:
    """We have neither the programs nor their files, so we cannot tell."""
    with served(api(theirs)) as site:
        ours = ours_of(tmp_path, site.address)
        update(ours)
    folder = ours / COPIES / "platform"
    about = json.loads((folder / "source.json").read_text("utf-8"))
    about["incidents"]["full-disk"]["standing"] = {"race": "good"}
    (folder / "source.json").write_text(json.dumps(about), "utf-8")
    incident = yaml.safe_load((folder / "incidents/full-disk/incident.yaml").read_text("utf-8"))
    proof = {"id": "race", "shows": "symptom", "description": "d", "run": "true", "expect": {"contains": "x"}}  # fmt: skip
    (folder / "incidents/full-disk/incident.yaml").write_text(
        yaml.safe_dump({**incident, "proofs": [proof]}), "utf-8"
    )
    run = {"proof": "race", "shows": "symptom", "outcome": "proved", "when": "2026-01-01T00:00:00Z", "seconds": 1.0, "command": "true", "proof_digest": "x", "statement_digest": "y"}  # fmt: skip
    record = folder / "incidents/full-disk/proofs/record.json"
    found = load(ours)
    [declared] = found.incidents["full-disk"].proofs
    assert found.proof_state("full-disk", declared) is ProofState.MISSING
    record.parent.mkdir()
    record.write_text(json.dumps({"version": 1, "proofs": [run]}), "utf-8")
    assert load(ours).proof_state("full-disk", declared) is ProofState.GOOD
    later = load(ours, date(2027, 1, 1))
    assert later.proof_state("full-disk", declared) is ProofState.OLD
