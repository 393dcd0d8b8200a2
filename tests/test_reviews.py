"""How far an incident's text has come: on its page, in lists, in the search, and left out."""

from __future__ import annotations

import json
import re
import shutil
from datetime import date
from pathlib import Path

import pytest

from generator.cli.terminal import runbook_text
from generator.knowledge.base import load
from generator.plugin.site_builder import SiteBuilder
from generator.rules import RULES, lint
from generator.search.index import build_index, extract_all, index_of
from generator.search.ranking import SearchEngine
from generator.site import Page, build_assets, build_pages
from tests.sites import runbooks
from tests.test_golden import compare
from tests.test_history import git

DATA = Path(__file__).parent / "data" / "review"
TODAY = date(2026, 3, 1)
DRAFT = "logins-slow"


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """The knowledge base of these tests, where no git is around it."""
    shutil.copytree(DATA, tmp_path / "kb")
    return tmp_path / "kb"


def pages(root: Path) -> dict[str, Page]:
    return {page.path: page for page in build_pages(load(root).shown, {}, TODAY)}


def leave_drafts_out(root: Path) -> None:
    (root / "mkdocs.yml").write_text("site_name: x\nplugins:\n  - runbooks:\n      drafts: false\n")


INCIDENTS = sorted(path.name for path in (DATA / "incidents").iterdir())


@pytest.mark.parametrize("incident_id", INCIDENTS)
def test_page(incident_id: str, root: Path, request: pytest.FixtureRequest) -> None:
    page = pages(root)[f"incidents/{incident_id}/index.md"]
    compare(f"review/{incident_id}.md", page.markdown, request)


@pytest.mark.parametrize("incident_id", INCIDENTS)
def test_terminal(incident_id: str, root: Path, request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:  # fmt: skip
    monkeypatch.setenv("COLUMNS", "88")
    text = runbook_text(incident_id, load(root).incidents[incident_id])
    compare(f"review/{incident_id}.txt", text, request)


def test_the_knowledge_base_of_these_tests_lints_with_hints(root: Path) -> None:
    assert {(d.code, str(d.severity)) for d in lint(load(root), RULES)} == {("KB106", "hint")}


# --- what the page says


def test_who_gave_the_status_stands_beside_it(root: Path) -> None:
    text = pages(root)["incidents/uploads-fail/index.md"].markdown
    meta = text.splitlines()[2]
    assert ">published</a>" in meta
    assert 'href="#review">by Platform team, 2026-02-03</a>' in meta
    assert "{ #review }" in text


def test_a_status_that_no_review_gave_names_nobody(root: Path) -> None:
    path = root / "incidents/uploads-fail/incident.yaml"
    path.write_text(path.read_text().replace("status: published\n", "status: reviewed\n", 1))
    assert ">by " not in pages(root)["incidents/uploads-fail/index.md"].markdown


def test_a_withdrawn_page_stays_and_says_who_why_and_where_to(root: Path) -> None:
    text = pages(root)["incidents/old-uploads/index.md"].markdown
    notice = re.findall('<span class="kb-notice">(.*)</span>', text)[0]
    assert "**This runbook is withdrawn.**" in notice
    assert "Platform team, 2026-02-03: The old proxy is gone since January." in notice
    assert "[Uploads fail with status 502](../../incidents/uploads-fail/index.md)" in notice


def test_notes_are_shown_word_for_word(root: Path) -> None:
    text = pages(root)["incidents/hostile-notes/index.md"].markdown
    for note in load(root).incidents["hostile-notes"].notes:
        block = re.search(r"(?ms)^(`{3,}) \{ \.text \.kb-word-for-word \}\n(.*?)\n\1$", text)
        assert block is not None
        assert block[2] == note.text
        text = text[block.end() :]


def test_a_draft_shows_no_steps_that_nobody_has_written(root: Path) -> None:
    base = load(root)
    text = pages(root)[f"incidents/{DRAFT}/index.md"].markdown
    assert "Not written yet: severity, root cause, fix, verification." in text
    assert 'id="fix-1"' not in text
    assert 'id="verification-1"' not in text
    match_data = next(a for a in build_assets(base) if a.path.endswith("match-data.js"))
    assert b"Not written yet" not in match_data.content
    assert b"Not written yet" not in build_index(base)


def test_severity_unknown_has_a_badge_a_list_and_a_filter(root: Path) -> None:
    found = pages(root)
    assert 'class="kb-badge kb-unknown"' in found["incidents/index.md"].markdown
    assert DRAFT in found["severity/unknown/index.md"].markdown
    run = runbooks("search", "--root", root, "--severity", "unknown", "logins", "--format", "json")
    assert [hit["incident"] for hit in json.loads(run.stdout)["results"]] == [DRAFT]
    run = runbooks(
        "search", "--root", root, "--severity", "sev2", "logins", "uploads", "--format", "json"
    )
    assert [hit["incident"] for hit in json.loads(run.stdout)["results"]] == ["uploads-fail"]


@pytest.mark.parametrize(
    ("query", "incident_id"),
    [("platypus", DRAFT), ("quokka", "uploads-fail"), ("deploy freeze", "uploads-fail")],
)
def test_notes_and_stated_durations_are_found(query: str, incident_id: str, root: Path) -> None:
    engine = SearchEngine(index_of(extract_all(load(root))))
    hits = engine.search(query, 5).hits
    assert hits[0].page.incident == incident_id


# --- without drafts


def test_the_site_leaves_drafts_out(root: Path) -> None:
    leave_drafts_out(root)
    base = load(root)
    assert not [d for d in lint(base, RULES) if str(d.severity) == "error"]
    session = SiteBuilder(root)
    checked = session.check(TODAY)
    made = {page.path: page.markdown for page in session.pages(checked, TODAY)}
    assets = {a.path: a.content for a in (*session.assets(checked), *session.index(checked, []))}
    for word in ("Logins take", DRAFT, "login provider", "platypus"):
        assert [path for path, text in made.items() if word in text] == [], word
        found = [path for path, content in assets.items() if word.encode() in content]
        # What an incident itself says of others is shown as it is, in its own file.
        assert [path for path in found if "incidents/uploads-fail" not in path] == [], word
    assert "incidents/uploads-fail/index.md" in made
    assert "severity/unknown/index.md" not in made


def test_what_names_a_left_out_draft_leads_nowhere_and_breaks_nothing(root: Path) -> None:
    leave_drafts_out(root)
    path = root / "incidents/uploads-fail/incident.yaml"
    path.write_text(f"{path.read_text()}recurrence_of: {DRAFT}\nsuperseded_by: {DRAFT}\n")
    for page in pages(root).values():
        assert f"{DRAFT}/index.md" not in page.markdown, page.path


def test_a_left_out_draft_stays_for_its_author(root: Path, tmp_path: Path) -> None:
    leave_drafts_out(root)
    assert runbooks("show", "--root", root, DRAFT).returncode == 0
    assert DRAFT in runbooks("lint", "--root", root).stdout
    assert DRAFT in runbooks("search", "--root", root, "platypus").stdout
    exported = runbooks("export-signatures", "--root", root, "--format", "json").stdout
    assert "login provider" not in exported
    run = runbooks("render", "--root", root, tmp_path / "out")
    assert run.returncode == 0, run.stderr
    assert not (tmp_path / "out/docs/incidents" / DRAFT).exists()
    assert (tmp_path / "out/docs/incidents/old-uploads/index.md").is_file()


def test_drafts_are_shown_unless_told_otherwise(root: Path) -> None:
    base = load(root)
    assert base.shown is base
    assert b"login provider" in b"".join(a.content for a in build_assets(base.shown))
    exported = runbooks("export-signatures", "--root", root, "--format", "json").stdout
    assert "login provider" in exported


def test_an_incident_that_cannot_be_read_is_still_shown_as_broken(root: Path) -> None:
    leave_drafts_out(root)
    (root / f"incidents/{DRAFT}/incident.yaml").write_text("title: [\n")
    assert "cannot be shown" in pages(root)[f"incidents/{DRAFT}/index.md"].title


# --- the last change


def test_the_last_change_comes_from_git_and_a_kept_page_is_not_stale(root: Path) -> None:
    path = "incidents/old-uploads/index.md"

    def last_change() -> str:
        session = SiteBuilder(root)  # a new process, the same cache
        made = {page.path: page for page in session.pages(session.check(TODAY), TODAY)}
        session.store.save()
        return "".join(re.findall(r"Last change: (.*)", made[path].markdown))

    assert last_change() == ""
    git(root, "init", "--quiet")
    git(root, "add", "incidents")
    git(root, "commit", "--quiet", "--message", "x", at="2026-02-03T23:30:00-05:00")
    assert last_change() == "2026-02-04"
    (root / "incidents/old-uploads/photo.txt").write_text("x")
    git(root, "add", "incidents")
    git(root, "commit", "--quiet", "--message", "x", at="2026-02-20T12:00:00Z")
    assert last_change() == "2026-02-20"
