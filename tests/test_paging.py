"""Long lists are split into pages of at most 100 rows; full pages stay as they are."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Mapping
from datetime import date
from pathlib import Path

import pytest

from generator.knowledge.base import load
from generator.site import build_pages
from generator.site.paging import FULL, MOST, split
from tests.sites import incident_file, new_base, replace_line

TODAY = date(2026, 11, 21)


@pytest.mark.parametrize("newest_first", [True, False])
@pytest.mark.parametrize("count", [0, 1, 99, 100, 101, 149, 150, 151, 200, 201, 1000, 5003])
def test_every_row_stands_on_one_page_in_its_order(count: int, newest_first: bool) -> None:
    parts = list(split("a/index.md", range(count), newest_first=newest_first))
    assert [row for part in parts for row in part.rows] == list(range(count))
    assert all(len(part.rows) <= MOST for part in parts)
    assert parts[0].path == "a/index.md"
    assert len({part.path for part in parts}) == len(parts)
    if count > MOST and newest_first:
        assert len(parts[0].rows) > FULL
        assert all(len(part.rows) == FULL for part in parts[1:])


def test_a_new_row_changes_only_the_first_page() -> None:
    def pages(count: int) -> dict[str, list[int]]:
        found = split("a/index.md", range(count)[::-1], newest_first=True)
        return {part.path: list(part.rows) for part in found}

    for count in range(101, 400):
        before, after = pages(count), pages(count + 1)
        changed = {path for path, rows in after.items() if before.get(path) != rows}
        assert changed <= {"a/index.md", f"a/page/{len(after) - 1}/index.md"}


def test_the_pages_link_to_one_another() -> None:
    parts = {part.path: part for part in split("a/index.md", range(1203), newest_first=True)}
    for part in parts.values():
        for target in re.findall('href="(.*?)"', part.nav):
            depth, rest = target.count("../"), target.replace("../", "")
            assert depth == part.path.count("/")
            assert rest.removesuffix(".html") + ".md" in parts
        assert part.nav.count("aria-current") == 1
    assert ">Newest</a> … " in parts["a/page/5/index.md"].nav
    assert parts["a/page/5/index.md"].title("All") == "All, page 5"
    assert "Newer" not in parts["a/index.md"].nav
    assert "Older" not in parts["a/page/1/index.md"].nav


def test_a_short_list_has_no_links() -> None:
    (only,) = split("a/index.md", range(MOST))
    assert only.nav == ""
    assert only.title("All") == "All"


def test_a_title_stands_on_few_small_pages(tmp_path: Path) -> None:
    root = new_base(tmp_path / "kb", 130)

    def pages() -> dict[str, str]:
        return {page.path: page.markdown for page in build_pages(load(root), {}, TODAY)}

    before = pages()
    assert "incidents/page/1/index.md" in before
    replace_line(incident_file(root, 3, 130), "title", "Nobody knows this title")
    after = pages()
    changed = [path for path in after if before[path] != after[path]]
    assert before.keys() == after.keys()
    for path in changed:
        lines = [line for line in after[path].splitlines() if line.startswith("- ")]
        assert path.startswith("incidents/case-") or len(lines) <= MOST, path


def test_many_action_items_have_pages_of_their_own(tmp_path: Path) -> None:
    root = new_base(tmp_path / "kb", 130)
    for number in range(130):
        replace_line(incident_file(root, number, 130), "state", "open")
    pages = {page.path: page for page in build_pages(load(root), {}, TODAY)}
    assert pages["actions/index.md"].markdown.count('<li id="item-') == 20
    assert "[All 130 open action items](open/index.md)" in pages["actions/index.md"].markdown
    parts = [pages["actions/open/index.md"], pages["actions/open/page/2/index.md"]]
    assert [part.markdown.count('<li id="item-') for part in parts] == [100, 30]
    owners = [page for path, page in pages.items() if path.startswith("actions/owner-")]
    assert sum(page.markdown.count('<li id="item-') for page in owners) == 130
    by_incident = [p for path, p in pages.items() if path.startswith("actions/by-incident/")]
    assert sum(page.markdown.count('<li id="item-') for page in by_incident) == 130
    for page in pages.values():
        _links_lead_somewhere(page.path, page.markdown, pages)


def _links_lead_somewhere(path: str, text: str, pages: Mapping[str, object]) -> None:
    if not path.startswith(("actions/", "insights/", "components/", "errors/", "incidents/page")):
        return
    for target in re.findall(r'href="([^"#:]+)"|\]\(([^)#:]+)\)', text):
        found = posixpath.normpath(f"{posixpath.dirname(path)}/{target[0] or target[1]}")
        known = found.removesuffix(".html").removesuffix(".md") + ".md"
        assert known in pages or found.endswith((".json", ".xml")), (path, target)
