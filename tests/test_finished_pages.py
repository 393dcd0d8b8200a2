"""Pages that are finished without the engine: the same files, sitemap and warnings as with it."""

from __future__ import annotations

import logging
import shutil
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest

from generator.plugin import frames, hooks
from generator.plugin.mkdocs_site import build_site
from tests.sites import change, incident_file, new_base, tree
from tests.telling import read_incidents, telling

pytestmark = pytest.mark.slow

TODAY = date(2026, 11, 21)
OWN = Path(__file__).parents[1]


class Said(logging.Handler):
    def __init__(self) -> None:
        super().__init__(logging.WARNING)
        self.lines: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.lines.append(record.getMessage())


@pytest.fixture(autouse=True)
def said() -> Iterator[Said]:
    logger, handler = logging.getLogger("mkdocs"), Said()
    level = logger.level
    logger.addHandler(handler)
    yield handler
    logger.removeHandler(handler)
    logger.setLevel(level)


@pytest.fixture
def root(tmp_path: Path) -> Path:
    root = new_base(tmp_path / "kb", 6)
    configure(root, "site_url: https://e.example/kb/\n")
    return root


def configure(root: Path, text: str) -> None:
    with (root / "mkdocs.yml").open("a", encoding="utf-8") as stream:
        stream.write(text)


def by_the_engine(root: Path, monkeypatch: pytest.MonkeyPatch) -> dict[str, bytes]:
    shutil.rmtree(root / ".cache", ignore_errors=True)
    with monkeypatch.context() as patch:
        patch.setattr(hooks, "can_frame", lambda config: False)
        return tree(build_site(root, TODAY, site_dir=root.parent / "other").target)


def finished(root: Path) -> dict[str, bytes]:
    shutil.rmtree(root / ".cache", ignore_errors=True)
    return tree(build_site(root, TODAY).target)


def test_pages_of_our_own_base_are_the_same(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    shutil.copytree(OWN / "docs", tmp_path / "docs")
    incidents = read_incidents(OWN)
    chosen = telling(incidents)  # the pages of each other are made as those of one of these
    related = {other for name in chosen for other in incidents[name].get("related", ())}
    for name in {*chosen, *related}:
        shutil.copytree(OWN / "incidents" / name, tmp_path / "incidents" / name)
        if name not in chosen:
            change(tmp_path / "incidents" / name / "incident.yaml", related=[])
    shutil.copy(OWN / "mkdocs.yml", tmp_path)
    expected = by_the_engine(tmp_path, monkeypatch)
    assert finished(tmp_path) == expected
    assert tree(build_site(tmp_path, TODAY).target) == expected


FEATURES = {
    "few": "",
    "addresses": "repo_url: https://e.example/r\nedit_uri: edit/main/\n",
    "many": "extra: {analytics: {feedback: {title: Good, ratings: [{icon: material/heart, name: y, data: 1, note: 'at {url} {title}'}]}}}\n",
}


@pytest.mark.parametrize("more", FEATURES.values(), ids=FEATURES)
@pytest.mark.parametrize("features", ["toc.integrate, navigation.path", "navigation.tabs"])
def test_pages_are_the_same(
    root: Path, monkeypatch: pytest.MonkeyPatch, more: str, features: str
) -> None:
    configure(root, more)
    path = root / "mkdocs.yml"
    path.write_text(path.read_text().replace("[navigation.footer", f"[{features}"))
    expected = by_the_engine(root, monkeypatch)
    assert b"incidents/case-1/index.html" in expected["sitemap.xml"]
    assert finished(root) == expected
    assert tree(build_site(root, TODAY).target) == expected


def test_templates_run_once_for_pages_of_a_shape(
    root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    ran: list[str] = []
    original = frames.Frames._whole

    def whole(self: frames.Frames, page: hooks.FinishedPage) -> str:
        ran.append(page.url)
        return original(self, page)

    monkeypatch.setattr(frames.Frames, "_whole", whole)
    site = finished(root)
    assert len(ran) < len(site) / 4
    assert sum(url.startswith("incidents/") for url in ran) == 2


def test_a_template_that_changes_a_value_is_run_for_each_page(
    root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    change(incident_file(root, 1, 6), title="Less < more & 'quotes' \"here\"")
    folder = root / "own"
    folder.mkdir()
    (folder / "main.html").write_text(
        '{% extends "base.html" %}{% block extrahead %}<meta name="t" content="{{ page.title | upper }}">'
        "{% endblock %}"
    )
    for theme in ("custom", "package"):
        if theme == "custom":
            path = root / "mkdocs.yml"
            path.write_text(path.read_text().replace("name: material", f"name: material\n  custom_dir: {folder}"))  # fmt: skip
        else:
            path.write_text(path.read_text().replace(f"\n  custom_dir: {folder}", ""))
            original = hooks.cache_templates

            def cache(theme: hooks.Theme, original: object = original) -> None:
                theme.dirs.insert(0, str(folder))
                original(theme)  # type: ignore[operator]

            monkeypatch.setattr(hooks, "cache_templates", cache)
        expected = by_the_engine(root, monkeypatch)
        assert b"QUOT" in expected["incidents/case-1/index.html"]
        assert finished(root) == expected


def test_links_to_anchors_are_checked_as_before(
    root: Path, monkeypatch: pytest.MonkeyPatch, said: Said
) -> None:
    configure(root, "validation: {anchors: warn}\n")
    (root / "docs" / "guide.md").write_text(
        "# Guide\n\n[a](incidents/case-1/index.md#cause) [b](incidents/case-1/index.md#nowhere)\n"
        "[c](incidents/gone/index.md) [d](components/index.md#no)\n"
    )
    change(incident_file(root, 2, 6), summary="See [it](../case-1/index.md#lost), [me](#me).")
    expected = by_the_engine(root, monkeypatch)
    before = sorted(said.lines)
    said.lines.clear()
    assert finished(root) == expected
    assert sorted(said.lines) == before
    assert any("nowhere" in line for line in before)
    said.lines.clear()
    assert tree(build_site(root, TODAY).target) == expected
    assert sorted(said.lines) == before


def test_a_page_in_the_navigation_is_the_engines(
    root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    configure(root, "  - One: incidents/case-1/index.md\n")
    path = root / "mkdocs.yml"
    text = path.read_text().replace("site_url: https://e.example/kb/\n", "")
    path.write_text(text)
    expected = by_the_engine(root, monkeypatch)
    assert finished(root) == expected


def test_with_another_plugin_the_engine_makes_all(
    root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (root / "hook.py").write_text(
        "def on_files(files, config):\n"
        "    assert files.get_file_from_path('incidents/case-1/index.md').is_documentation_page()\n"
        "    return files\n"
    )
    configure(root, "hooks: [hook.py]\n")
    expected = by_the_engine(root, monkeypatch)
    assert finished(root) == expected


def test_a_file_of_docs_comes_before_a_page(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("incidents/case-1/index.html", "incidents/case-2/index.md"):
        (root / "docs" / name).parent.mkdir(parents=True)
        (root / "docs" / name).write_text("# Own\n")
    expected = by_the_engine(root, monkeypatch)
    assert finished(root) == expected
    assert b"Own" in expected["incidents/case-2/index.html"]
