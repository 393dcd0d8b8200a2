"""A site that is made of nothing but the API of another site."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from generator.knowledge.base import load
from tests.conftest import ROOT
from tests.site_server import ServedSite, served
from tests.sites import runbooks, tree
from tests.teaching import story, write_base

pytestmark = pytest.mark.slow

PROVED = "nodejs-cannot-find-module"
CONFIG = "site_name: {}\nsite_url: {}\ntheme: {{name: material, font: false}}\nplugins:\n  - runbooks{}\n"
SIGNED = "OrderQueueStuck: {_} orders wait"
LINE = "2026-01-01T00:00:00Z OrderQueueStuck: 17 orders wait\n"


@pytest.fixture(scope="module")
def other(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ServedSite]:
    """The site of another team, served by its API alone."""
    root = tmp_path_factory.mktemp("theirs") / "kb"
    root.mkdir()
    told = story()
    told["first"]["symptom"] = {
        "description": "Orders wait",
        "signatures": [{"text": SIGNED, "matches": [LINE.strip()]}],
    }
    told["first"]["checks"] = [
        {"id": "moves", "phase": "after", "check": "The queue moves", "run": "true", "level": "blocking",
         "risk": "read-only", "expect": {"exit": 0}, "applies_to": {"paths": ["queue/**"]}}
    ]  # fmt: skip
    write_base(root, told, CONFIG.format("Their runbooks", "https://theirs.example/kb/", ""))
    proved = root / "incidents" / PROVED
    for path in sorted((ROOT / "incidents" / PROVED).rglob("*")):
        if path.is_file():
            target = proved / path.relative_to(ROOT / "incidents" / PROVED)
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(path.read_bytes())
    alone = proved / "incident.yaml"
    alone.write_text(re.sub(r"^related:.*\n", "", alone.read_text("utf-8"), flags=re.M), "utf-8")
    built = runbooks("build", "--root", root)
    assert built.returncode == 0, built.stderr
    files = {n: c for n, c in tree(root / "site").items() if n.startswith("api/v1/")}
    with served(files) as site:
        yield site


@pytest.fixture(scope="module")
def ours(tmp_path_factory: pytest.TempPathFactory, other: ServedSite) -> Path:
    """A knowledge base without an incident of its own, with that site as its source."""
    root = tmp_path_factory.mktemp("ours") / "kb"
    (root / "incidents").mkdir(parents=True)
    (root / "docs").mkdir()
    source = f":\n      sources: [{{name: theirs, site: '{other.address}'}}]"
    config = CONFIG.format("Our site", "https://ours.example/", source)
    (root / "mkdocs.yml").write_text(config, "utf-8")
    updated = runbooks("sources", "update", "--root", root)
    assert updated.returncode == 0, updated.stderr
    other.asked.clear()
    built = runbooks("build", "--root", root)
    assert built.returncode == 0, built.stderr
    assert other.asked == [], "a build fetches nothing that is here"
    return root


def test_every_incident_of_theirs_has_its_page(ours: Path) -> None:
    ids = {*story(), PROVED}
    pages = {path.parent.name for path in (ours / "site/incidents").glob("*/index.html")}
    assert ids <= pages
    page = (ours / "site/incidents/first/index.html").read_text("utf-8")
    assert "from theirs" in page
    assert "OrderQueueStuck" in page


def test_what_they_have_proved_is_shown_as_theirs(ours: Path) -> None:
    page = (ours / f"site/incidents/{PROVED}/index.html").read_text("utf-8")
    assert "proved by theirs" in page


def test_an_error_finds_theirs(ours: Path, tmp_path: Path) -> None:
    pasted = tmp_path / "error.txt"
    pasted.write_text(LINE, "utf-8")
    found = json.loads(runbooks("match", pasted, "--format", "json", "--root", ours).stdout)
    assert [(m["incident"], m["source"]) for m in found["matches"]] == [("first", "theirs")]
    data = (ours / "site/assets/runbooks/match-data.js").read_text("utf-8")
    index = (ours / "site/assets/runbooks/search-index.js").read_text("utf-8")
    assert "OrderQueueStuck" in data
    assert "OrderQueueStuck" in index


def test_a_release_gets_their_checks(ours: Path, tmp_path: Path) -> None:
    changed = tmp_path / "changed.txt"
    changed.write_text("queue/worker.py\n", "utf-8")
    chosen = runbooks("checklist", "--changed-files", changed, "--format", "json", "--root", ours)
    assert [c["id"] for c in json.loads(chosen.stdout)["checks"]] == ["first/moves"]


def test_the_incidents_are_those_of_their_site(ours: Path, other: ServedSite) -> None:
    listed = json.loads(other.files["api/v1/incidents.json"])["incidents"]
    assert set(load(ours).incidents) == {row["id"] for row in listed}


def test_the_last_good_copy_stays_when_their_site_is_gone(ours: Path, other: ServedSite) -> None:
    files = dict(other.files)
    before = (ours / "sources.lock.yaml").read_text("utf-8")
    other.files.clear()
    try:
        updated = runbooks("sources", "update", "--root", ours)
        assert updated.returncode == 1
        assert "answered 404" in updated.stderr
        assert (ours / "sources.lock.yaml").read_text("utf-8") == before
        built = runbooks("build", "--root", ours)
        assert built.returncode == 0, built.stderr
        assert (ours / "site/incidents/first/index.html").is_file()
    finally:
        other.files.update(files)
