"""The feed of new and changed incidents."""

from __future__ import annotations

import os
import re
import subprocess
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from generator.insights import feed
from generator.insights.atom import MOST
from generator.knowledge.base import load
from generator.knowledge.history import ChangeTimes
from generator.model.base import _UNPRINTABLE
from tests.conftest import FULL, ROOT
from tests.sites import runbooks, tree
from tests.teaching import base_of, content, story, timeline, write_base

ATOM = "{http://www.w3.org/2005/Atom}"
SITE = "https://kb.example/ops/"


def read(data: bytes) -> ElementTree.Element:
    """Read a feed, and check what RFC 4287 asks of every feed."""
    root = ElementTree.fromstring(data)
    assert root.tag == f"{ATOM}feed"
    entries = root.findall(f"{ATOM}entry")
    for one in (root, *entries):
        for name in ("id", "title", "updated"):
            assert len(one.findall(f"{ATOM}{name}")) == 1
        moment = datetime.fromisoformat(one.findtext(f"{ATOM}updated", ""))
        assert moment.utcoffset() == timedelta(0)
        assert re.match(r"(urn:uuid:[0-9a-f-]{36}|https://\S+)\Z", one.findtext(f"{ATOM}id", ""))
        links = [link.get("rel") for link in one.findall(f"{ATOM}link")]
        assert links.count("alternate") == 1
    assert root.findtext(f"{ATOM}author/{ATOM}name")
    ids = [entry.findtext(f"{ATOM}id") for entry in entries]
    assert len(ids) == len(set(ids))
    updated = [entry.findtext(f"{ATOM}updated", "") for entry in entries]
    assert updated == sorted(updated, reverse=True)
    return root


def entries(data: bytes) -> dict[str, dict[str, str]]:
    """Return the entries by title: what else they say."""
    return {
        entry.findtext(f"{ATOM}title", ""): {
            "id": entry.findtext(f"{ATOM}id", ""),
            "updated": entry.findtext(f"{ATOM}updated", ""),
            "published": entry.findtext(f"{ATOM}published", ""),
            "summary": entry.findtext(f"{ATOM}summary", ""),
            "link": entry.find(f"{ATOM}link").get("href", ""),  # type: ignore[union-attr]
            "terms": " ".join(c.get("term", "") for c in entry.findall(f"{ATOM}category")),
        }
        for entry in read(data).findall(f"{ATOM}entry")
    }


@pytest.mark.parametrize("root", [ROOT, FULL])
def test_real_incidents_make_a_valid_feed(root: Path) -> None:
    base = load(root)
    assert len(entries(feed(base, {}))) == min(len(base.incidents), MOST)


def test_without_git_an_incidents_own_dates_count() -> None:
    reviews = [{"status": "reviewed", "by": "On-call", "date": "2026-05-01"}]
    values = content(title="A", timeline=timeline("2026-01-02"), reviews=reviews, status="reviewed")
    found = entries(feed(base_of({"a": values, "b": content(title="B")}), {}))
    assert found["A"]["published"] == "2026-01-02T00:00:00Z"
    assert found["A"]["updated"] == "2026-05-01T00:00:00Z"
    assert found["B"]["updated"] == "1970-01-01T00:00:00Z"  # nobody knows, so it stands last


def test_git_says_when_it_changed() -> None:
    first, last = datetime(2026, 3, 1, 9, tzinfo=UTC), datetime(2026, 4, 1, 9, tzinfo=UTC)
    base = base_of({"a": content(title="A", timeline=timeline("2026-01-02"))})
    found = entries(feed(base, {"a": ChangeTimes(first, last)}))["A"]
    assert (found["published"], found["updated"]) == ("2026-03-01T09:00:00Z", "2026-04-01T09:00:00Z")  # fmt: skip
    shallow = entries(feed(base, {"a": ChangeTimes(None, last)}))["A"]
    assert shallow["published"] == "2026-01-02T00:00:00Z"


def test_where_the_site_is_makes_links_whole() -> None:
    base = base_of({"a": content(title="A")}, site_url=SITE)
    found = entries(feed(base, {}))["A"]
    assert found["id"] == found["link"] == f"{SITE}incidents/a/"
    links = {link.get("rel"): link.get("href") for link in read(feed(base, {})).findall(f"{ATOM}link")}  # fmt: skip
    assert links == {"alternate": SITE, "self": f"{SITE}feed.xml"}


def test_without_it_they_are_relative_and_ids_stay() -> None:
    before = entries(feed(base_of({"a": content(title="A")}), {}))["A"]
    after = entries(feed(base_of({"a": content(title="New"), "b": content(title="B")}), {}))
    assert before["link"] == "incidents/a/index.html"
    assert before["id"] == after["New"]["id"] != after["B"]["id"]
    elsewhere = base_of({"a": content(title="A")}, site_name="Another")
    assert entries(feed(elsewhere, {}))["A"]["id"] != before["id"]


def test_it_is_marked_what_is_a_draft_and_what_was_withdrawn() -> None:
    found = entries(feed(base_of(story()), {}))
    assert found["Draft: Something with the login"]["terms"] == "draft"
    assert "Do not follow it" in found["Withdrawn: A mistake of ours"]["summary"]
    assert found["The queue stands still"]["terms"].split()[:3] == ["SEV2", "published", "queue"]
    assert "Draft: Something with the login" not in entries(feed(base_of(story(), drafts=False), {}))  # fmt: skip


def test_it_holds_the_newest_alone() -> None:
    many = {
        f"n{n:03}": content(title=f"T{n:03}", timeline=timeline(f"{1960 + n:04}-01-01"))
        for n in range(MOST + 5)
    }
    found = list(entries(feed(base_of(many), {})))
    assert len(found) == MOST
    assert found[0] == f"T{MOST + 4:03}"


def test_an_empty_knowledge_base_has_a_feed() -> None:
    assert entries(feed(base_of({}), {})) == {}


texts = st.text(st.characters(exclude_categories=("Cs",)), min_size=1).filter(
    lambda text: text.strip() and not _UNPRINTABLE.search(text)
)


@settings(max_examples=150)
@given(texts, texts)
def test_any_text_makes_a_feed_that_says_it(title: str, summary: str) -> None:
    values: dict[str, Any] = content(title=" ".join(title.split()) or "x", summary=summary)
    data = feed(base_of({"a": values}), {})
    entry = read(data).find(f"{ATOM}entry")
    assert entry is not None
    assert len(list(entry)) == 8  # no text of it became an element
    shown = entry.findtext(f"{ATOM}title", "")
    for said, wanted in zip(shown, values["title"].strip(), strict=True):
        assert said in (wanted, "\ufffd")


def test_markup_and_terminal_codes_are_text() -> None:
    evil = "\x1b[31m<script>&amp;]]></title>"
    found = entries(feed(base_of({"a": content(title=evil)}), {}))
    assert list(found) == ["\ufffd[31m<script>&amp;]]></title>"]


# -- on the site -----------------------------------------------------------------------------------


@pytest.fixture
def root(tmp_path: Path) -> Path:
    return write_base(tmp_path / "kb", story())


def git(root: Path, *arguments: str, at: str = "2026-06-01T10:00:00Z") -> None:
    who = {f"GIT_{role}_{what}": value for role in ("AUTHOR", "COMMITTER") for what, value in (("NAME", "x"), ("EMAIL", "x@example.com"), ("DATE", at))}  # fmt: skip
    subprocess.run(["git", *arguments], cwd=root, check=True, env={**os.environ, **who}, capture_output=True)  # fmt: skip


@pytest.mark.slow
def test_a_build_writes_it_and_every_page_names_it(root: Path, tmp_path: Path) -> None:
    git(root, "init", "-q")
    git(root, "add", ".")
    git(root, "commit", "-qm", "All")
    path = root / "incidents/first/incident.yaml"
    path.write_text(path.read_text("utf-8").replace("An empty page", "A blank page"))
    git(root, "commit", "-qam", "One", at="2026-07-01T10:00:00Z")
    done = runbooks("build", "--root", root, "--site-dir", tmp_path / "site")
    assert done.returncode == 0, done.stderr
    found = entries((tmp_path / "site/feed.xml").read_bytes())
    assert found["The queue stands still"]["updated"] == "2026-07-01T10:00:00Z"
    assert found["Case 1: orders wait"]["updated"] == "2026-06-01T10:00:00Z"
    for page, address in (
        ("index.html", "feed.xml"),
        ("incidents/first/index.html", "../../feed.xml"),
    ):
        html = (tmp_path / "site" / page).read_text("utf-8")
        assert '<link rel="alternate feed" type="application/atom+xml"' in html
        assert f'href="{address}"' in html
    assert 'href="../feed.xml"' in (tmp_path / "site/insights/index.html").read_text("utf-8")


def test_render_writes_it_as_well(root: Path, tmp_path: Path) -> None:
    done = runbooks("render", tmp_path / "pages", "--root", root)
    assert done.returncode == 0, done.stderr
    found = tree(tmp_path / "pages")
    assert len(entries(found["docs/feed.xml"])) == 13
    assert {"docs/actions/index.md", "docs/insights/index.md", "docs/api/v1/incidents.json"} <= set(
        found
    )


@pytest.mark.slow
def test_another_theme_builds(root: Path, tmp_path: Path) -> None:
    config = root / "mkdocs.yml"
    config.write_text("site_name: Shop\ntheme: mkdocs\nplugins: [runbooks]\n")
    done = runbooks("build", "--root", root, "--site-dir", tmp_path / "site")
    assert done.returncode == 0, done.stderr
    assert (tmp_path / "site/feed.xml").is_file()
