"""`runbooks render`: the pages as Markdown, and what another generator makes of them."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

from generator.site.folder import MARKER
from tests.pace import PATIENCE
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
        "index.md",
        "guide.md",
        "incidents/case-0/index.md",
        "incidents/case-0/incident.yaml",
        "severity/index.md",
        "assets/runbooks/search-index.js",
        "assets/runbooks/runbooks.css",
    ):
        assert path in found
    assert "assets/runbooks/search.js" in done.stderr
    assert not any("case-0" in path and path.endswith(".html") for path in found)
    assert runbooks("render", pages, "--root", root).returncode == 0
    assert tree(pages) == found


def test_deleted_incidents_go_and_other_files_stay(root: Path, tmp_path: Path) -> None:
    pages = tmp_path / "pages"
    runbooks("render", pages, "--root", root)
    (pages / "mine.md").write_text("mine")
    (pages / "incidents" / "case-1" / "mine.md").write_text("mine")
    for number in (1, 2):
        shutil.rmtree(incident_file(root, number).parent)
    done = runbooks("render", pages, "--root", root)
    assert done.returncode == 0, done.stderr
    assert not (pages / "incidents" / "case-2").exists()
    assert [path.name for path in (pages / "incidents" / "case-1").iterdir()] == ["mine.md"]
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
    assert "Bench" in (other / "index.md").read_text()


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
    shutil.rmtree(pages / "incidents" / "case-0")
    (pages / "incidents" / "case-0").symlink_to(outside, target_is_directory=True)
    (pages / "index.md").unlink()
    (pages / "index.md").symlink_to(outside / "index.md")
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
    assert "Bench" in (pages / "index.md").read_text()
    assert not (pages / "index.md").is_symlink()


def test_front_matter_is_yaml_and_inert(root: Path, tmp_path: Path) -> None:
    title = f"{HOSTILE} 'quoted' \\ #: {{{{ x }}}} ---"
    change(incident_file(root), title=title, summary=f"{HOSTILE}\n---\nsecond: line")
    runbooks("render", tmp_path / "pages", "--root", root)
    text = (tmp_path / "pages" / "incidents" / "case-0" / "index.md").read_text("utf-8")
    _, head, _ = text.split("---\n", 2)
    meta = yaml.safe_load(head)
    assert set(meta) == {"title", "description"}
    assert "<" not in head
    assert meta["title"].startswith("&quot;&gt;&lt;script&gt;")


def test_zensical_builds_the_pages(root: Path, tmp_path: Path) -> None:
    pytest.importorskip("zensical")
    change(incident_file(root, 1), title=HOSTILE)
    project = tmp_path / "project"
    done = runbooks("render", project / "pages", "--root", root)
    settings = re.findall(r"^  (\w+: .*)$", done.stderr, re.MULTILINE)
    assert len(settings) == 3
    (project / "mkdocs.yml").write_text(
        "site_name: Rendered\ndocs_dir: pages\ntheme: {name: material, font: false}\n"
        "markdown_extensions:\n  - attr_list\n  - tables\n  - toc\n  - pymdownx.highlight\n  - pymdownx.superfences\n"
        + "\n".join(settings)
        + "\n"
    )
    built = subprocess.run(
        [sys.executable, "-m", "zensical", "build"],
        cwd=project,
        capture_output=True,
        text=True,
        timeout=PATIENCE,
        check=False,
    )
    assert built.returncode == 0, built.stdout + built.stderr
    site = project / "site"
    page = (site / "incidents" / "case-0" / "index.html").read_text("utf-8")
    assert 'class="kb-parameters"' in page
    assert re.search(r'<input[^>]+data-name="HOST"', page)
    assert 'class="kb-title"' in page
    assert re.search(r'id="diagnosis-1"', page)
    assert "highlight" in page
    assert "assets/runbooks/parameters.js" in page
    assert "assets/runbooks/runbooks.css" in page
    for path in (
        "index.html",
        "incidents/index.html",
        "severity/index.html",
        "components/index.html",
        "errors/index.html",
        "alerts/index.html",
        "guide.html",
        "incidents/case-0/incident.yaml",
        "assets/runbooks/search-index.js",
    ):
        assert (site / path).is_file(), path
    assert "incidents/case-0/" in (site / "incidents" / "index.html").read_text(
        "utf-8"
    ) or "case-0/" in (site / "incidents" / "index.html").read_text("utf-8")
    for path in site.rglob("*.html"):
        assert "<script>alert(1)" not in path.read_text("utf-8"), path
