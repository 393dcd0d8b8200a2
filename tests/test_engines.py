"""Site engines: which one builds, what is said where none can, and that three make the same site."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import time
import urllib.request
from pathlib import Path

import pytest
import yaml

from tests.beds import BEDS, call
from tests.conftest import ROOT
from tests.pace import PATIENCE
from tests.sites import HOSTILE, change, incident_file, new_base

pytestmark = pytest.mark.slow

EXAMPLE = "disk-full-on-database-host"
WITH_AN_ENGINE = ("mkdocs", "properdocs", "zensical")


@pytest.fixture(scope="module")
def bed(wheel: Path):
    """Return what makes a bed ready."""

    def bed(name: str):
        BEDS[name].ready(wheel)
        return BEDS[name]

    return bed


@pytest.fixture(scope="module")
def new(bed, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A new knowledge base, to be copied."""
    folder = tmp_path_factory.mktemp("new")
    call([bed("light").program("runbooks"), "init", folder / "base"], folder)
    return folder / "base"


@pytest.fixture
def base(new: Path, tmp_path: Path) -> Path:
    """A new knowledge base with a site that must stay."""
    shutil.copytree(new, tmp_path / "base")
    old = tmp_path / "base" / "site"
    old.mkdir()
    (old / ".runbooks-site").write_text("ours")
    (old / "index.html").write_text("the old site")
    return tmp_path / "base"


def run(bed, base: Path, *arguments: str | Path, pretend: dict[str, str] | None = None):
    """Run a command of a bed; `pretend` names distributions that seem to be installed."""
    extra = base.parent / "pretended"
    shutil.rmtree(extra, ignore_errors=True)
    for name, version in (pretend or {}).items():
        folder = extra / f"{name.replace('-', '_')}-{version}.dist-info"
        folder.mkdir(parents=True)
        (folder / "METADATA").write_text(
            f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}\n"
        )
    return subprocess.run(
        [bed.program("runbooks"), *map(str, arguments)],
        cwd=base,
        env={**os.environ, "PYTHONPATH": str(extra), "COLUMNS": "200"},
        capture_output=True,
        text=True,
        timeout=PATIENCE,
    )


def refused(done: subprocess.CompletedProcess[str], base: Path, *says: str) -> None:
    """Check that a build failed with a sentence for people, and that the old site is there."""
    assert done.returncode in (1, 2), done.stdout + done.stderr
    for text in says:
        assert text in done.stderr
    assert "Internal error" not in done.stderr
    assert "Traceback" not in done.stderr
    assert (base / "site/index.html").read_text() == "the old site"
    assert not [path.name for path in base.iterdir() if path.name.startswith(".site-")]


def test_without_an_engine_it_says_what_to_install(bed, base: Path) -> None:
    light = bed("light")
    for arguments in (("build",), ("serve",), ("build", "--engine", "mkdocs")):
        done = run(light, base, *arguments)
        refused(done, base, "-m pip install", "mkdocs-material", str(light.program("python"))[:-6])
    done = run(light, base, "build", "--engine", "zensical")
    refused(done, base, "Zensical is not installed", "'zensical>=")


def test_what_needs_no_engine_works_without_one(bed, base: Path, tmp_path: Path) -> None:
    light = bed("light")
    error = tmp_path / "error.log"
    error.write_text(
        'PANIC:  could not write to file "pg_wal/xlogtemp.1": No space left on device\n'
    )
    for arguments in (
        ("lint", "--strict"),
        ("match", error),
        ("show", EXAMPLE),
        ("search", "disk"),
        ("checklist", "--all"),
        ("prove", "--list"),
        ("import", ROOT / "tests/data/write-ups/queue-stuck.md", "--dry-run"),
        ("export", EXAMPLE),
        ("export", EXAMPLE, "--format", "html"),
        ("export", "--all", "--format", "ics"),
        ("export-signatures", "--format", "json"),
        ("actions",),
        ("stats",),
        ("new", "--title", "Something broke"),
        ("render", tmp_path / "pages"),
    ):
        done = run(light, base, *arguments)
        assert done.returncode == 0, f"{arguments}\n{done.stdout}\n{done.stderr}"


def test_what_an_extra_brings_is_named_where_it_is_missing(bed, base: Path, tmp_path: Path) -> None:
    light = bed("light")
    done = run(light, base, "export", EXAMPLE, "-o", tmp_path / "report.docx")
    assert (done.returncode, (tmp_path / "report.docx").exists()) == (2, False)
    assert "-m pip install 'python-docx>=" in done.stderr
    done = run(light, base, "render", tmp_path / "pages")
    assert "'pygal>=" in done.stderr
    assert "<table" in (tmp_path / "pages/docs/insights/index.md").read_text("utf-8")


@pytest.mark.parametrize(
    ("pretend", "says"),
    [
        ({"properdocs": "1.6.7"}, "mkdocs and properdocs"),
        ({"zensical": "0.0.73"}, "mkdocs and zensical"),
        ({"mkdocs-materialx": "10.2.2"}, "pip uninstall mkdocs-material mkdocs-materialx"),
    ],
)
def test_two_engines_at_once(bed, base: Path, pretend: dict[str, str], says: str) -> None:
    refused(run(bed("mkdocs"), base, "build", pretend=pretend), base, says)


def test_one_of_two_engines_is_named_once_and_for_all(bed, base: Path) -> None:
    mkdocs, both = bed("mkdocs"), {"zensical": "0.0.73"}
    assert run(mkdocs, base, "build", "--engine", "mkdocs", pretend=both).returncode == 0
    config = base / "mkdocs.yml"
    config.write_text(
        config.read_text().replace("- runbooks:\n", "- runbooks:\n      engine: mkdocs\n", 1)
    )
    assert run(mkdocs, base, "build", pretend=both).returncode == 0
    assert run(mkdocs, base, "lint", "--strict").returncode == 0


def test_an_engine_that_is_too_old_or_too_new(bed, base: Path) -> None:
    old = run(bed("light"), base, "build", "--engine", "zensical", pretend={"zensical": "0.0.9"})
    refused(old, base, "Zensical 0.0.9 is not supported", "zensical>=")
    new = run(bed("light"), base, "build", pretend={"mkdocs": "2.0.0"})
    refused(new, base, "MkDocs 2.0.0 is not supported", "mkdocs<2")


SETTINGS = {
    "plugins are no list": ({"plugins": 5}, "plugins"),
    "no plugin": ({"plugins": ["search"]}, "plugins: [runbooks]"),
    "no plugins": ({"plugins": []}, "plugins: [runbooks]"),
    "a forbidden extension": ({"markdown_extensions": ["pymdownx.snippets"]}, "remove pymdownx.snippets"),
    "a site in the docs": ({"site_dir": "docs"}, "docs"),
    "a site over the base": ({"site_dir": "."}, "site"),
    "a site over other files": ({"site_dir": "incidents"}, "incidents"),
}  # fmt: skip


@pytest.mark.parametrize("name", WITH_AN_ENGINE)
@pytest.mark.parametrize("case", SETTINGS)
def test_settings_that_cannot_be(bed, base: Path, name: str, case: str) -> None:
    values, says = SETTINGS[case]
    config = yaml.safe_load((base / "mkdocs.yml").read_text("utf-8"))
    (base / "mkdocs.yml").write_text(yaml.safe_dump({**config, **values}), "utf-8")
    refused(run(bed(name), base, "build"), base, says)
    assert (base / f"incidents/{EXAMPLE}/incident.yaml").is_file()
    assert (base / "docs/about.md").is_file()


def test_a_theme_that_prints_no_scripts(bed, base: Path) -> None:
    (base / "bare").mkdir()
    (base / "bare/main.html").write_text("<html><body>{{ page.content }}</body></html>")
    config = yaml.safe_load((base / "mkdocs.yml").read_text("utf-8"))
    config["theme"] = {"name": None, "custom_dir": "bare"}
    (base / "mkdocs.yml").write_text(yaml.safe_dump(config), "utf-8")
    refused(run(bed("mkdocs"), base, "build"), base, "does not print extra_javascript")


def test_a_theme_that_is_missing_is_named_with_what_installs_it(bed, base: Path) -> None:
    config = yaml.safe_load((base / "mkdocs.yml").read_text("utf-8"))
    (base / "mkdocs.yml").write_text(yaml.safe_dump({**config, "theme": "cinder"}), "utf-8")
    refused(run(bed("mkdocs"), base, "build"), base, "cinder")


@pytest.mark.parametrize("name", WITH_AN_ENGINE)
def test_each_engine_builds_the_whole_site(bed, base: Path, name: str) -> None:
    done = run(bed(name), base, "build", "--strict")
    assert done.returncode == 0, done.stderr
    assert "warning" not in done.stderr.lower()
    site = base / "site"
    for path in (
        "index.html", "about.html", "match/index.html", "checklist/index.html", "incidents/index.html",
        "severity/index.html", "errors/index.html", "actions/index.html", "insights/index.html",
        "feed.xml", "api/v1/incidents.json", "assets/runbooks/search-index.js",
        f"incidents/{EXAMPLE}/index.html", f"incidents/{EXAMPLE}/incident.yaml",
    ):  # fmt: skip
        assert (site / path).is_file(), path
    page = (site / f"incidents/{EXAMPLE}/index.html").read_text("utf-8")
    assert "The incidents are missing" not in (site / "index.html").read_text("utf-8")
    assert page.count('class="kb-command"') == 6
    assert "fonts.googleapis" not in page
    assert not list(site.rglob("mkdocs.yml"))
    before = {path: path.stat().st_ino for path in site.rglob("*.html")}
    incident = base / f"incidents/{EXAMPLE}/incident.yaml"
    incident.write_text(
        incident.read_text("utf-8").replace("severity: SEV2", "severity: high"), "utf-8"
    )
    done = run(bed(name), base, "build")
    assert done.returncode == 1
    assert "KB104" in done.stderr
    assert {path: path.stat().st_ino for path in site.rglob("*.html")} == before


@pytest.mark.parametrize("name", WITH_AN_ENGINE)
def test_hostile_text_does_nothing_on_any_engine(bed, base: Path, name: str) -> None:
    new_base(base / "more")
    change(incident_file(base / "more", 1), title=HOSTILE, summary=HOSTILE)
    shutil.copytree(base / "more/incidents", base / "incidents", dirs_exist_ok=True)
    shutil.rmtree(base / "more")
    done = run(bed(name), base, "build")
    assert done.returncode == 0, done.stderr
    pages = list((base / "site").rglob("*.html"))
    assert len(pages) > 10
    for path in pages:
        assert "<script>alert(1)" not in path.read_text("utf-8"), path


def test_zensical_alone_does_not_pass_for_a_site_with_incidents(bed, base: Path) -> None:
    call([bed("zensical").program("zensical"), "build"], base)
    home = (base / "site/index.html").read_text("utf-8")
    assert "The incidents are missing" in home
    assert "--engine zensical" in re.sub("<[^>]*>", "", home)


def test_what_render_writes_is_what_build_builds(bed, base: Path, tmp_path: Path) -> None:
    zensical, pages = bed("zensical"), tmp_path / "pages"
    assert run(zensical, base, "render", pages).returncode == 0
    call([zensical.program("zensical"), "build"], pages)
    assert run(zensical, base, "build").returncode == 0
    built, rendered = base / "site", pages / "site"
    names = {p.relative_to(rendered).as_posix() for p in rendered.rglob("*") if p.is_file()}
    ours = {p.relative_to(built).as_posix() for p in built.rglob("*") if p.is_file()}
    assert ours - {".runbooks-site"} == names
    # MkDocs without the plugin builds the same pages from the same folder.
    call(
        [bed("mkdocs").program("mkdocs"), "build", "--quiet", "--site-dir", tmp_path / "third"],
        pages,
    )
    for name in names:
        if name.endswith(".html"):
            assert (tmp_path / "third" / name).is_file(), name


def test_render_keeps_the_settings_of_the_base(bed, base: Path, tmp_path: Path) -> None:
    config = base / "mkdocs.yml"
    config.write_text(
        config.read_text("utf-8").replace(
            "plugins:", "copyright: !ENV [NOBODY, 'Ops']\nplugins:", 1
        )
        + "\nextra_css: [own.css]\nmarkdown_extensions:\n  - admonition\n  - toc: {permalink: true}\n",
        "utf-8",
    )
    (base / "docs/own.css").write_text("body { }")
    (base / "theme").mkdir()
    (base / "theme/404.html").write_text("mine")
    text = config.read_text("utf-8").replace(
        "name: material", "name: material\n  custom_dir: theme", 1
    )
    config.write_text(text, "utf-8")
    done = run(bed("light"), base, "render", tmp_path / "pages")
    assert done.returncode == 0, done.stderr
    written = (tmp_path / "pages/mkdocs.yml").read_text("utf-8")
    assert re.search(r"copyright: !ENV\s*\[?\s*NOBODY", written) or "!ENV" in written
    rendered = yaml.safe_load(written.replace("!ENV", ""))
    original = yaml.safe_load(text.replace("!ENV", ""))
    assert rendered["site_name"] == original["site_name"]
    assert rendered["theme"]["palette"] == original["theme"]["palette"]
    assert rendered["nav"] == original["nav"]
    assert rendered["extra_css"][-1] == "own.css"
    assert {"admonition", "attr_list", "pymdownx.superfences"} <= {
        e if isinstance(e, str) else next(iter(e)) for e in rendered["markdown_extensions"]
    }
    assert rendered["plugins"] == [{"search": {"enabled": False}}]
    assert (tmp_path / "pages/overrides/404.html").read_text() == "mine"
    assert (tmp_path / "pages/docs/own.css").is_file()


@pytest.mark.parametrize("name", ["properdocs", "zensical"])
def test_serve_shows_what_is_saved(bed, base: Path, name: str, tmp_path: Path) -> None:
    command = [bed(name).program("runbooks"), "serve", "--port", "0"]
    with (tmp_path / "log").open("w") as log:
        server = subprocess.Popen(
            command, cwd=base, stderr=log, env={**os.environ, "PYTHONPATH": ""}
        )
    try:
        said = eventually(lambda: re.search(r"http://\S+", (tmp_path / "log").read_text()), server)
        page = f"{said[0]}incidents/{EXAMPLE}/index.html"
        assert eventually(lambda: "The disk of the database" in fetch(page), server)
        incident = base / f"incidents/{EXAMPLE}/incident.yaml"
        text = incident.read_text("utf-8")
        incident.write_text(text.replace("The disk of the", "Another disk of the", 1), "utf-8")
        assert eventually(lambda: "Another disk of the" in fetch(page), server)
    finally:
        server.terminate()
        server.wait(PATIENCE)


def fetch(url: str) -> str:
    try:
        with urllib.request.urlopen(url, timeout=PATIENCE) as answer:
            return answer.read().decode("utf-8")
    except OSError:
        return ""


def eventually(ask, server: subprocess.Popen):
    """Ask until the answer is yes; a slow machine only makes it take longer."""
    for _ in range(1200):
        answer = ask()
        if answer:
            return answer
        assert server.poll() is None, "the server has stopped"
        time.sleep(0.1)
    pytest.fail("it never came")


def test_an_address_that_is_taken(bed, base: Path) -> None:
    import socket

    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])
        for name in ("mkdocs", "zensical"):
            done = run(bed(name), base, "serve", "--port", port)
            assert done.returncode == 1
            assert f"cannot serve on 127.0.0.1:{port}" in done.stderr
            assert "--port" in done.stderr


def test_the_python_that_runs_is_the_one_that_is_named() -> None:
    from generator.text.extras import install_command

    assert install_command("docx").startswith(sys.executable)
