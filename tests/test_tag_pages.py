"""Pages of tags that `mkdocs.yml` says more about: a title, a text, and parts by other tags."""

from __future__ import annotations

import re
import tempfile
from pathlib import Path
from typing import Any

import yaml

from generator.knowledge.base import load
from generator.rules import RULES, lint
from generator.site import build_pages
from generator.site.paging import MOST
from tests.teaching import TODAY, content, write_base

LIBRARY = {"title": "Library", "about": "Nobody's outage: see https://example.com/x.", "by": ["pool", "disk"]}  # fmt: skip
INCIDENTS = {
    "a": content(tags=["library", "disk"]),
    "b": content(tags=["library", "disk", "pool"]),
    "c": content(tags=["pool", "library"]),
    "d": content(tags=["library", "odd"]),
    "e": content(tags=["disk"]),
}


def pages(incidents: dict[str, dict[str, Any]], **tags: Any) -> dict[str, str]:
    config = {"site_name": "Shop", "plugins": [{"runbooks": {"tags": tags}}]}
    with tempfile.TemporaryDirectory() as folder:
        root = write_base(Path(folder), incidents, yaml.safe_dump(config))
        return {p.path: p.markdown for p in build_pages(load(root), {}, TODAY)}


def parts(page: str) -> list[tuple[str, list[str]]]:
    """Return the headings of a page, each with the incidents below it."""
    found: list[tuple[str, list[str]]] = []
    for line in page.splitlines():
        if heading := re.match(r"## (.*) \{", line):
            found.append((heading[1], []))
        elif link := re.search(r"incidents/(\w+)/index", line):
            found[-1][1].append(link[1])
    return found


def test_the_list_is_divided_by_the_first_such_tag_of_each_incident() -> None:
    page = pages(INCIDENTS, library=LIBRARY)["tags/library/index.md"]
    assert parts(page) == [("pool", ["c"]), ("disk", ["a", "b"]), ("Other", ["d"])]
    assert "# Library { .kb-index }" in page
    assert "4 incidents, newest first." in page
    assert "Nobody's outage" in page


def test_each_incident_with_the_tag_says_the_text() -> None:
    made = pages(INCIDENTS, library=LIBRARY)
    for name, said in {"a": True, "d": True, "e": False}.items():
        assert ("Nobody's outage" in made[f"incidents/{name}/index.md"]) is said


def test_other_tags_and_settings_without_text_change_nothing() -> None:
    plain = pages(INCIDENTS)
    assert pages(INCIDENTS, library={}) == plain
    made = pages(INCIDENTS, library=LIBRARY)
    assert made["tags/disk/index.md"] == plain["tags/disk/index.md"]
    assert made["components/index.md"] == plain["components/index.md"]


def test_a_long_library_stands_on_several_pages() -> None:
    many = {f"n{n:03}": content(tags=["library", "pool" if n % 2 else "disk"]) for n in range(2 * MOST)}  # fmt: skip
    made = pages(many, library=LIBRARY)
    split = [page for path, page in made.items() if path.startswith("tags/library/")]
    assert len(split) > 1
    found = [i for page in split for _, ids in parts(page) for i in ids]
    assert sorted(found) == sorted(many)


def test_names_and_texts_are_shown_and_do_nothing() -> None:
    hostile = {"about": "<script>alert(1)</script> {{ x }} # y", "by": ["disk"], "title": "<b> *x*"}  # fmt: skip
    incidents = {"a": content(tags=["library", "disk"])}
    made = pages(incidents, library=hostile)
    for path in ("tags/library/index.md", "incidents/a/index.md"):
        assert "<script>alert" not in made[path]
        assert "<b>" not in made[path]
    assert re.search(r"^## .* \{ #by-[\w-]+ \}$", made["tags/library/index.md"], re.MULTILINE)


def test_a_wrong_setting_is_reported_at_its_line(tmp_path: Path) -> None:
    config = "site_name: Shop\nplugins:\n  - runbooks:\n      tags:\n        library: {titel: x}\n"
    root = write_base(tmp_path, INCIDENTS, config)
    (found,) = [d for d in lint(load(root), RULES) if d.file == "mkdocs.yml"]
    assert "titel" in found.message
    assert found.position.line == 5
