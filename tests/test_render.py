"""`runbooks render`: the pages as Markdown, and what another generator makes of them."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest
import yaml

from generator.site.folder import MARKER
from tests.sites import HOSTILE, change, incident_file, new_base, runbooks, tree

pytestmark = pytest.mark.slow


@pytest.fixture
def root(tmp_path: Path) -> Path:
    return new_base(tmp_path / "kb")


def test_everything_is_there(root: Path, tmp_path: Path) -> None:
    pages = tmp_path / "pages"
    done = runbooks("render", pages, "--root", root)
    assert done.returncode == 0, done.stderr
    found = tree(pages)
    for path in (
        "mkdocs.yml",
        "overrides/main.html",
        "docs/index.md",
        "docs/guide.md",
        "docs/incidents/case-0/index.md",
        "docs/incidents/case-0/incident.yaml",
        "docs/severity/index.md",
        "docs/assets/runbooks/search-index.js",
        "docs/assets/runbooks/runbooks.css",
    ):
        assert path in found
    assert "zensical build" in done.stderr
    assert not any("case-0" in path and path.endswith(".html") for path in found)
    assert runbooks("render", pages, "--root", root).returncode == 0
    assert tree(pages) == found


def test_deleted_incidents_go_and_other_files_stay(root: Path, tmp_path: Path) -> None:
    pages = tmp_path / "pages"
    runbooks("render", pages, "--root", root)
    (pages / "mine.md").write_text("mine")
    (pages / "docs/incidents" / "case-1" / "mine.md").write_text("mine")
    for number in (1, 2):
        shutil.rmtree(incident_file(root, number).parent)
    done = runbooks("render", pages, "--root", root)
    assert done.returncode == 0, done.stderr
    assert not (pages / "docs/incidents" / "case-2").exists()
    assert [path.name for path in (pages / "docs/incidents" / "case-1").iterdir()] == ["mine.md"]
    assert (pages / "mine.md").read_text() == "mine"


def test_a_folder_of_somebody_else_is_refused(root: Path, tmp_path: Path) -> None:
    other = tmp_path / "other"
    other.mkdir()
    (other / "index.md").write_text("mine")
    done = runbooks("render", other, "--root", root)
    assert done.returncode == 2
    assert "not empty" in done.stderr
    assert [path.name for path in other.iterdir()] == ["index.md"]
    assert runbooks("render", other, "--force", "--root", root).returncode == 0
    assert "Bench" in (other / "docs/index.md").read_text()


def test_errors_stop_it(root: Path, tmp_path: Path) -> None:
    incident_file(root).write_text("title: [\n")
    done = runbooks("render", tmp_path / "pages", "--root", root)
    assert done.returncode == 1
    assert "error[KB004]" in done.stderr
    assert not (tmp_path / "pages").exists()


def test_nothing_outside_is_touched(root: Path, tmp_path: Path) -> None:
    pages, outside = tmp_path / "pages", tmp_path / "outside"
    outside.mkdir()
    (outside / "index.md").write_text("precious")
    (outside / "old.md").write_text("precious")
    runbooks("render", pages, "--root", root)
    shutil.rmtree(pages / "docs/incidents" / "case-0")
    (pages / "docs/incidents" / "case-0").symlink_to(outside, target_is_directory=True)
    (pages / "docs/index.md").unlink()
    (pages / "docs/index.md").symlink_to(outside / "index.md")
    (pages / "gone").symlink_to(outside, target_is_directory=True)
    noted = json.loads((pages / MARKER).read_text())
    noted["files"] += [
        "../outside/old.md",
        str(outside / "old.md"),
        "gone/old.md",
        "a/../../outside/old.md",
    ]
    (pages / MARKER).write_text(json.dumps(noted))
    assert runbooks("render", pages, "--root", root).returncode == 0
    assert sorted(path.name for path in outside.iterdir()) == ["index.md", "old.md"]
    assert all(path.read_text() == "precious" for path in outside.iterdir())
    assert "Bench" in (pages / "docs/index.md").read_text()
    assert not (pages / "docs/index.md").is_symlink()


def test_front_matter_is_yaml_and_inert(root: Path, tmp_path: Path) -> None:
    title = f"{HOSTILE} 'quoted' \\ #: {{{{ x }}}} ---"
    change(incident_file(root), title=title, summary=f"{HOSTILE}\n---\nsecond: line")
    runbooks("render", tmp_path / "pages", "--root", root)
    text = (tmp_path / "pages" / "docs/incidents" / "case-0" / "index.md").read_text("utf-8")
    _, head, _ = text.split("---\n", 2)
    meta = yaml.safe_load(head)
    assert set(meta) == {"title", "description"}
    assert "<" not in head
    assert meta["title"].startswith("&quot;&gt;&lt;script&gt;")
