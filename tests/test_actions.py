"""Action items: in the list of all incidents, in the shell, and on their page."""

from __future__ import annotations

import json
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from generator.cli import actions as command
from generator.cli import runbooks
from generator.insights import ActionItemGroup, CountedIncident, action_items
from generator.model import Incident
from generator.plugin.site_builder import SiteBuilder
from generator.site import Page
from tests.teaching import TODAY, content, story, write_base


@pytest.fixture
def root(tmp_path: Path) -> Path:
    return write_base(tmp_path, story())


def run(root: Path, *arguments: str) -> Result:
    return CliRunner().invoke(runbooks, ["actions", "--root", str(root), *arguments])


@pytest.fixture(autouse=True)
def _today(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(command, "today", lambda: TODAY)


def items_of(*items: dict[str, Any], status: str = "published") -> list[tuple[str, int]]:
    values = content(action_items=list(items), status=status)
    found = action_items({"one": CountedIncident.of(Incident.model_validate(values))}, TODAY)
    return [(item.group.value, item.number) for item in found.all]


def test_an_item_is_overdue_from_the_day_after() -> None:
    due = [{"do": "x", "due": str(TODAY + timedelta(days=n))} for n in (-1, 0, 1)]
    assert items_of(*due) == [("overdue", 1), ("open", 2), ("open", 3)]


@pytest.mark.parametrize("state", ["done", "dropped", "proposed", "unknown"])
def test_only_what_somebody_still_does_is_overdue(state: str) -> None:
    assert items_of({"do": "x", "due": "2020-01-01", "state": state}) == [(state, 1)]


def test_the_most_urgent_comes_first() -> None:
    found = items_of(
        {"do": "without anything"},
        {"do": "without a day", "priority": "P0"},
        {"do": "later", "due": "2027-01-01", "priority": "P0"},
        {"do": "sooner", "due": "2026-12-01", "priority": "P4"},
        {"do": "same day", "due": "2026-12-01", "priority": "P1"},
        {"do": "overdue", "due": "2026-01-01", "state": "in-progress"},
    )
    assert [number for _, number in found] == [6, 5, 4, 3, 2, 1]


def test_those_of_a_withdrawn_incident_are_left_out() -> None:
    assert items_of({"do": "x", "due": "2020-01-01"}, status="withdrawn") == []


def test_text_lists_open_items_and_says_what_is_apart(root: Path) -> None:
    result = run(root)
    assert result.exit_code == 0
    assert [line.split("  ")[0] for line in result.stdout.splitlines() if line[0] != " "] == [
        "first#1",
        "second#1",
        "first#2",
    ]
    assert "overdue by 355 days · P1 · due 2025-12-01 · Platform team · OPS-7" in result.stdout
    assert "3 open, 2 of them overdue" in result.stderr
    assert "1 proposed and 1 with unknown status" in result.stderr


def test_overdue_ends_with_1_while_there_is_any(root: Path) -> None:
    result = run(root, "--overdue")
    assert result.exit_code == 1
    assert "first#1" in result.stdout
    assert "first#2" not in result.stdout
    assert run(root, "--overdue", "--owner", "shop TEAM").exit_code == 0
    assert run(root, "--overdue", "--incident", "third").exit_code == 0
    assert run(root, "--overdue", "--format", "json").exit_code == 1


def test_all_lists_the_others_under_headings(root: Path) -> None:
    shown = run(root, "--all").stdout
    order = ["Alert on", "Proposed, not", "Read the manual", "Unknown status", "Tell the", "Done:", "Dropped:"]  # fmt: skip
    assert [shown.index(text) for text in order] == sorted(shown.index(text) for text in order)


def test_by_owner_takes_two_spellings_for_one_role(root: Path) -> None:
    lines = run(root, "--by", "owner").stdout.splitlines()
    assert [line for line in lines if line[0] != " "] == ["Platform team", "Shop team"]
    lines = run(root, "--by", "incident").stdout.splitlines()
    assert [line.split(":")[0] for line in lines if line[0] != " "] == ["first", "second"]


def test_json_has_the_same(root: Path) -> None:
    report = json.loads(run(root, "--format", "json").stdout)
    assert report["counts"] == {
        "overdue": 2, "open": 3, "proposed": 1, "unknown": 1, "done": 2, "dropped": 1,
    }  # fmt: skip
    assert [item["name"] for item in report["items"]] == ["first#1", "second#1", "first#2"]
    assert report["items"][0]["days_overdue"] == 355
    assert len(json.loads(run(root, "--all", "--format", "json").stdout)["items"]) == 8


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--owner", "nobody"], "Buying, Platform team, Shop team"),
        (["--incident", "nothing"], "no incident has the id 'nothing'"),
        (["--by", "colour"], "'owner', 'incident'"),
    ],
)
def test_wrong_usage_says_what_there_is(root: Path, arguments: list[str], said: str) -> None:
    result = run(root, *arguments)
    assert result.exit_code == 2
    assert said in result.stderr


def test_a_terminal_obeys_no_text(tmp_path: Path) -> None:
    evil = {"do": "\x1b[2Jgone", "owner": "a\x1b]0;x\x07b".replace("\x07", ""), "due": "2026-01-01"}
    result = run(write_base(tmp_path, {"one": content(action_items=[evil])}))
    assert "\x1b" not in result.stdout
    assert r"\x1b[2Jgone" in result.stdout


# -- the page --------------------------------------------------------------------------------------


def page_of(session: SiteBuilder, day: date = TODAY, path: str = "actions/index.md") -> Page:
    checked = session.check(day)
    found = {page.path: page for page in session.pages(checked, day)}
    session.store.save()
    return found[path]


def test_the_page_lists_each_item_by_role_and_incident(root: Path) -> None:
    text = page_of(SiteBuilder(root)).markdown
    for anchor in ("overdue", "open", "by-owner", "by-incident", "proposed", "unknown"):
        assert f"{{ #{anchor} }}" in text
    for anchor in ("item-first-1", "owner-platform-team", "owner-shop-team", "incident-second"):
        assert text.count(f'id="{anchor}"') == 1
    assert "overdue by 355 days" in text
    assert "Nothing is overdue" not in text


def test_a_change_of_an_item_reaches_the_page(root: Path) -> None:
    session = SiteBuilder(root)
    before = page_of(session).markdown
    path = root / "incidents/first/incident.yaml"
    path.write_text(path.read_text("utf-8").replace("Alert on the queue", "Watch the queue"))
    for fresh in (session, SiteBuilder(root)):  # what is in memory, and what the disk has kept
        after = page_of(fresh).markdown
        assert "Watch the queue" in after
        assert after.replace("Watch the queue", "Alert on the queue") == before


def test_a_day_that_passes_makes_an_item_overdue(root: Path) -> None:
    session = SiteBuilder(root)
    due = date(2027, 1, 15)
    assert "3 open, 2 of them overdue" in page_of(session, due).markdown
    assert "3 open, 3 of them overdue" in page_of(session, due + timedelta(days=1)).markdown
    assert "2 overdue" in page_of(session, due, "insights/index.md").markdown
    assert "3 overdue" in page_of(session, due + timedelta(days=1), "insights/index.md").markdown


def test_hostile_text_does_nothing(tmp_path: Path) -> None:
    evil = '</li></ul>\n\n# X <script>alert(1)</script> {{ 7*7 }} [x](javascript:1) `a` "q"'
    item = {"do": evil, "owner": "<b>o</b>", "due": "2026-01-01", "ticket": "javascript:alert(1)"}
    root = write_base(tmp_path, {"one": content(title="T <i>", action_items=[item])})
    text = page_of(SiteBuilder(root)).markdown
    assert "<script" not in text
    assert "<b>o" not in text
    assert "{{" not in text
    assert 'href="javascript' not in text
    assert "&lt;script&gt;" in text
    assert text.count("</ul>") == text.count("<ul")


def test_a_tickets_address_is_a_link_if_it_is_of_the_web(tmp_path: Path) -> None:
    items = [
        {"do": "x", "owner": "o", "due": "2027-01-01", "ticket": ticket}
        for ticket in ('https://t.example/1?a="b"&c', "javascript:alert(1)", "OPS-1")
    ]
    text = page_of(SiteBuilder(write_base(tmp_path, {"one": content(action_items=items)}))).markdown
    assert 'href="https://t.example/1?a=&quot;b&quot;&amp;c"' in text
    assert 'href="javascript' not in text
    assert "OPS-1" in text


def test_two_roles_never_share_an_anchor(tmp_path: Path) -> None:
    items = [{"do": "x", "owner": owner, "due": "2027-01-01"} for owner in ("a/b", "a b", "a-b")]
    text = page_of(SiteBuilder(write_base(tmp_path, {"one": content(action_items=items)}))).markdown
    anchors = [part.split('"')[0] for part in text.split('id="owner-')[1:]]
    assert len(anchors) == len(set(anchors)) == 3


def test_counts_of_every_kind_are_there_without_any_item() -> None:
    assert action_items({}, TODAY).counts() == dict.fromkeys(
        [where.value for where in ActionItemGroup], 0
    )
