"""Incidents of other knowledge bases: shown with ours, never in place of them, never written, never run."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
import yaml
from click.testing import CliRunner, Result

from generator.assistants.tools import TOOLS, KnowledgeTools
from generator.cli import runbooks
from generator.knowledge.base import load
from generator.knowledge.sources.places import incident_places
from generator.site import build_pages
from tests.sites import tree

INCIDENT = """\
# yaml-language-server: $schema=../incident.schema.json
title: {title}
status: published
severity: SEV3
components: [{component}]
tags: [{tag}]
symptom:
  description: The queue of {name} stands still.
  signatures:
    - text: "queue {name} is stuck after {{_}} s"
      matches: ["queue {name} is stuck after 12 s"]
root_cause: A lock of {name} is held.
fix: Release it.
verification: The queue of {name} moves.
checks:
  - id: no-lock
    phase: before
    level: blocking
    check: No lock of {name} is held
    run: "true # {name}"
    risk: read-only
    expect: {{exit: 0}}
    applies_to: {{paths: ["{name}/**"]}}
"""


def write(root: Path, incident_id: str, name: str = "", **more: object) -> Path:
    """Write an incident that shows its name in everything by which it is found."""
    name = name or incident_id
    text = INCIDENT.format(
        title=f"Incident {name}",
        name=name,
        component=more.pop("component", "queue"),
        tag=more.pop("tag", "shared"),
    )
    file = root / "incidents" / incident_id / "incident.yaml"
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(text + (yaml.safe_dump(more) if more else ""), "utf-8")
    return file


def base(root: Path, *sources: dict[str, object], **options: object) -> Path:
    (root / "incidents").mkdir(parents=True, exist_ok=True)
    (root / "docs").mkdir(exist_ok=True)
    settings = {**({"sources": list(sources)} if sources else {}), **options}
    config = {
        "site_name": root.name,
        "theme": {"name": "material", "font": False},
        "plugins": [{"runbooks": settings}] if settings else ["runbooks"],
    }
    (root / "mkdocs.yml").write_text(yaml.safe_dump(config), "utf-8")
    return root


def ask(root: Path, *arguments: str, given: str = "") -> Result:
    command, *others = arguments
    result = CliRunner().invoke(runbooks, [command, "--root", str(root), *others], input=given)
    assert result.exception is None or isinstance(result.exception, SystemExit), result.exc_info
    return result


def asked(root: Path, *arguments: str, given: str = "") -> object:
    return json.loads(ask(root, *arguments, "--format", "json", given=given).stdout)


@pytest.fixture
def two(tmp_path: Path) -> tuple[Path, Path]:
    """Our knowledge base, and that of another team, which is a source of ours."""
    theirs = base(tmp_path / "theirs")
    write(theirs, "stuck-queue", "their-queue")
    write(theirs, "full-disk", "their-disk", related=["stuck-queue"])
    ours = base(tmp_path / "ours", {"name": "platform", "folder": "../theirs"})
    write(ours, "own-thing")
    return ours, theirs


def test_incidents_of_a_source_are_found_with_where_they_come_from(two: tuple[Path, Path]) -> None:
    ours, _ = two
    found = asked(ours, "match", "-", given="queue their-disk is stuck after 3 s\n")
    assert [(m["incident"], m["source"]) for m in found["matches"]] == [("full-disk", "platform")]
    assert (
        "from platform"
        in ask(ours, "match", "-", given="queue their-disk is stuck after 3 s").stdout
    )

    results = asked(ours, "search", "their-disk")["results"]
    assert (results[0]["incident"], results[0]["source"]) == ("full-disk", "platform")
    assert asked(ours, "search", "own-thing")["results"][0]["source"] is None

    checks = asked(ours, "checklist", "--all")["checks"]
    whose = {check["id"]: check["reasons"][0]["source"] for check in checks}
    assert whose["full-disk/no-lock"] == "platform"
    assert whose["own-thing/no-lock"] is None
    assert "from platform" in ask(ours, "checklist", "--all").stdout
    assert "Incident their-disk" in ask(ours, "show", "full-disk").stdout


def test_figures_and_assistants_are_told_where_an_incident_comes_from(
    two: tuple[Path, Path],
) -> None:
    ours, _ = two
    counted = asked(ours, "stats")["counted"]
    assert [(g["source"], g["count"]) for g in counted["sources"]] == [("platform", 2)]
    assert set(counted["sources"][0]["incidents"]) == {"full-disk", "stuck-queue"}
    assert "Incidents: 3, 2 from platform" in ask(ours, "stats").stdout

    tools = KnowledgeTools(ours, lambda: datetime(2026, 11, 27, tzinfo=UTC))

    def told(tool: str, **arguments: object) -> dict[str, object]:
        asks = TOOLS[tool]
        answer = asks.answer(tools, asks.arguments(**arguments))
        assert "from platform" in answer.text
        return answer.data

    found = told("match", text="queue their-disk is stuck after 3 s")["incidents"]
    assert [(one["incident"], one["source"]) for one in found] == [("full-disk", "platform")]
    assert told("search", words="their-disk")["incidents"][0]["source"] == "platform"
    for tool in ("show", "evidence"):
        assert told(tool, incident="full-disk")["source"] == "platform"
    reasons = [
        r
        for check in told("checklist", changed="their-disk/x\ntheir-queue/x\nown-thing/x")["checks"]
        for r in check["reasons"]
    ]
    assert {(r["incident"], r["source"]) for r in reasons} == {
        ("full-disk", "platform"),
        ("stuck-queue", "platform"),
        ("own-thing", None),
    }
    own = TOOLS["show"].answer(tools, TOOLS["show"].arguments(incident="own-thing"))
    assert own.data["source"] is None
    assert "from " not in own.text.splitlines()[3]


def test_kept_answers_follow_every_change_of_a_source(two: tuple[Path, Path]) -> None:
    ours, theirs = two
    for name in ("first", "second"):
        write(theirs, "full-disk", name)
        found = asked(ours, "match", "-", given=f"queue {name} is stuck after 3 s")
        assert [m["incident"] for m in found["matches"]] == ["full-disk"]
        assert asked(ours, "search", name)["results"][0]["incident"] == "full-disk"
    (theirs / "incidents" / "full-disk" / "incident.yaml").unlink()
    assert ask(ours, "match", "-", given="queue second is stuck after 3 s").exit_code == 1
    assert "full-disk" not in load(ours, kept=True).by_id


def test_ours_win_and_references_follow(two: tuple[Path, Path]) -> None:
    ours, theirs = two
    write(ours, "stuck-queue", "our-queue")
    write(theirs, "full-disk", "their-disk", related=["stuck-queue", "gone"])
    for kept in (False, True, True):
        found = load(ours, kept=kept)
        assert [*found.by_id] == ["full-disk", "own-thing", "platform-stuck-queue", "stuck-queue"]
        assert found.incidents["stuck-queue"].title == "Incident our-queue"
        assert found.incidents["platform-stuck-queue"].title == "Incident their-queue"
        assert found.incidents["full-disk"].related == ("platform-stuck-queue",)
        assert found.facts["full-disk"].references == ("platform-stuck-queue",)
        assert found.source_of("stuck-queue") == ""
        assert found.source_of("platform-stuck-queue") == "platform"
        assert [*found.own.by_id] == ["own-thing", "stuck-queue"]


def test_the_same_incident_is_taken_once(tmp_path: Path) -> None:
    one, other = base(tmp_path / "one"), base(tmp_path / "other")
    for root in (one, other):
        write(root, "same")
        write(root, "version", root.name)
    # The same in another form: what it says decides, not how it is written.
    file = other / "incidents" / "same" / "incident.yaml"
    file.write_text(json.dumps(yaml.safe_load(file.read_text("utf-8"))), "utf-8")
    sources = ({"name": "one", "folder": "../one"}, {"name": "other", "folder": "../other"})
    ours = base(tmp_path / "ours", *sources)
    found = load(ours)
    assert {i: found.source_of(i) for i in found.by_id} == {
        "same": "one",
        "version": "one",
        "other-version": "other",
    }


def test_the_same_incident_is_taken_once_beside_another_of_ours(tmp_path: Path) -> None:
    for name in ("one", "other"):
        write(base(tmp_path / name), "same", "theirs")
    sources = ({"name": "one", "folder": "../one"}, {"name": "other", "folder": "../other"})
    ours = base(tmp_path / "ours", *sources)
    write(ours, "same", "ours")
    found = load(ours)
    assert {i: found.source_of(i) for i in found.by_id} == {"same": "", "one-same": "one"}


def test_a_source_can_be_narrowed(tmp_path: Path) -> None:
    theirs = base(tmp_path / "theirs")
    write(theirs, "first", component="queue", tag="shared")
    write(theirs, "second", component="queue", tag="own")
    write(theirs, "third", component="disk", tag="shared")
    only = {"components": ["queue", "other"], "tags": ["shared"]}
    ours = base(tmp_path / "ours", {"name": "platform", "folder": "../theirs", "only": only})
    for kept in (False, True, True):
        assert [*load(ours, kept=kept).by_id] == ["first"]


def test_nothing_is_written_into_a_source(two: tuple[Path, Path]) -> None:
    ours, theirs = two
    before = tree(theirs)
    for arguments in (
        ("lint",),
        ("match", "-"),
        ("search", "queue"),
        ("checklist", "--all"),
        ("stats",),
        ("build",),
        ("show", "full-disk"),
    ):
        ask(ours, *arguments, given="queue their-disk is stuck after 3 s")
    assert tree(theirs) == before


@pytest.mark.slow
def test_the_site_says_where_an_incident_comes_from(two: tuple[Path, Path]) -> None:
    ours, theirs = two
    config = yaml.safe_load((theirs / "mkdocs.yml").read_text("utf-8"))
    (theirs / "mkdocs.yml").write_text(
        yaml.safe_dump({**config, "site_url": "https://runbooks.example.com/platform"}), "utf-8"
    )
    assert ask(ours, "build").exit_code == 0
    page = (ours / "site" / "incidents" / "full-disk" / "index.html").read_text("utf-8")
    assert 'href="https://runbooks.example.com/platform/incidents/full-disk/"' in page
    assert "from platform" in page
    own = (ours / "site" / "incidents" / "own-thing" / "index.html").read_text("utf-8")
    assert "from platform" not in own
    listed = (ours / "site" / "incidents" / "index.html").read_text("utf-8")
    assert listed.count("from platform") == 2
    # A change in the source is a change of the site.
    write(theirs, "full-disk", "changed-disk")
    assert ask(ours, "build").exit_code == 0
    page = (ours / "site" / "incidents" / "full-disk" / "index.html").read_text("utf-8")
    assert "Incident changed-disk" in page


def test_lists_begin_with_ours(two: tuple[Path, Path]) -> None:
    """However new theirs are: a library must not push what broke here off the home page."""
    ours, theirs = two
    written = {"id": "talk", "kind": "write-up", "title": "A talk", "date": "2025-01-01"}
    write(theirs, "full-disk", "their-disk", sources=[written])
    found = load(ours)
    assert found.facts["full-disk"].day > found.facts["own-thing"].day
    assert found.newest == ("own-thing", "full-disk", "stuck-queue")
    pages = {page.path: page.markdown for page in build_pages(found, {}, date(2026, 1, 1))}
    broken = pages["index.md"].partition("What broke before")[2]
    assert 0 < broken.index("own-thing") < broken.index("full-disk") < broken.index("stuck-queue")
    order = "3 incidents, ours before those of other knowledge bases, each newest first."
    assert order in pages["incidents/index.md"]
    alone = {p.path: p.markdown for p in build_pages(load(theirs), {}, date(2026, 1, 1))}
    assert "2 incidents, newest first." in alone["incidents/index.md"]


@pytest.mark.slow
def test_lint_checks_ours_and_says_of_a_source_what_is_left_out(two: tuple[Path, Path]) -> None:
    ours, theirs = two
    write(theirs, "bad-one").write_text("title: [", "utf-8")
    (theirs / "incidents" / "Not-An-Id").mkdir()
    (theirs / "incidents" / "Not-An-Id" / "incident.yaml").write_text("title: x", "utf-8")
    write(ours, "own-thing", related=["full-disk"])
    found = asked(ours, "lint")
    codes = [f["code"] for f in found["diagnostics"]]
    assert codes.count("KB015") == 1
    assert "KB201" not in codes  # the id of an incident of a source may be named
    assert {f["file"] for f in found["diagnostics"]} <= {
        "mkdocs.yml",
        "incidents/own-thing/incident.yaml",
    }
    assert ask(ours, "build").exit_code == 0
    assert ask(ours, "lint", "full-disk").exit_code == 2


@pytest.mark.slow
def test_a_source_that_is_gone_stops_nothing(two: tuple[Path, Path]) -> None:
    ours, theirs = two
    theirs.rename(theirs.with_name("moved"))
    assert ask(ours, "lint").exit_code == 1
    assert "KB013" in ask(ours, "lint").stdout
    built = ask(ours, "build")
    assert built.exit_code == 0
    assert "KB013" in built.stderr
    assert ask(ours, "build", "--strict").exit_code == 1
    found = asked(ours, "match", "-", given="queue own-thing is stuck after 3 s")
    assert [m["incident"] for m in found["matches"]] == ["own-thing"]


def test_sources_of_a_source_are_not_followed(two: tuple[Path, Path]) -> None:
    ours, theirs = two
    base(theirs, {"name": "back", "folder": "../ours"})
    assert [*load(ours).by_id] == ["full-disk", "own-thing", "stuck-queue"]
    assert [*load(theirs).by_id] == ["full-disk", "own-thing", "stuck-queue"]


@pytest.mark.parametrize(
    ("source", "said"),
    [
        ({"name": "a", "folder": "../x", "foldr": 1}, "foldr"),
        ({"name": "Not a slug", "folder": "../x"}, "name"),
        ({"name": "a"}, "write one of"),
        ({"name": "a", "folder": "../x", "git": "../y"}, "write one of"),
        ({"name": "a", "folder": "../x", "ref": "v1"}, "only git has a ref"),
        ({"name": "a", "git": "../x", "ref": "--all"}, "ref"),
        ({"name": "a", "site": "http://runbooks.example.com/"}, "site"),
        ({"name": "a", "site": "https://user:secret@runbooks.example.com/"}, "site"),
        ({"name": "a", "package": "os"}, "package"),
        ({"name": "a", "folder": "../x", "only": {"owner": ["x"]}}, "owner"),
        ({"name": "a" * 41, "folder": "../x"}, "40"),
    ],
)
def test_bad_settings_are_reported(tmp_path: Path, source: dict[str, object], said: str) -> None:
    root = base(tmp_path / "ours", source)
    write(root, "own-thing")
    found = [f for f in asked(root, "lint")["diagnostics"] if f["code"] == "KB010"]
    assert found
    assert any(said in f["message"] for f in found), found


def test_two_sources_cannot_have_one_name(tmp_path: Path) -> None:
    root = base(tmp_path / "ours", *({"name": "a", "folder": f"../{n}"} for n in "xy"))
    write(root, "own-thing")
    assert "two sources have the name 'a'" in ask(root, "lint").stdout


def test_what_comes_from_a_source_runs_only_with_trust_by_name(
    two: tuple[Path, Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    ours, _ = two
    monkeypatch.chdir(ours)
    run = ("--all", "--yes", "--trust")

    def outcome(*more: str) -> Result:
        arguments = ["checklist", "run", "--root", str(ours), *run, *more]
        return CliRunner().invoke(runbooks, arguments)

    refused = outcome()
    assert refused.exit_code == 2
    assert "come from the source platform" in refused.stderr
    assert "own-thing/no-lock" not in refused.stderr.partition("come from")[2]
    assert not list(ours.glob("checklist-*.json"))
    assert outcome("--trust-source", "other").exit_code == 2
    assert outcome("--trust-source", "platform").exit_code == 0


def test_proofs_of_a_source_are_not_run_and_not_recorded(two: tuple[Path, Path]) -> None:
    ours, _ = two
    said = ask(ours, "prove", "full-disk")
    assert said.exit_code == 2
    assert "--trust-source platform" in said.stderr


def test_action_items_of_others_are_not_ours(two: tuple[Path, Path], tmp_path: Path) -> None:
    ours, theirs = two
    write(theirs, "full-disk", action_items=[{"do": "Buy a disk", "owner": "them"}])
    write(ours, "own-thing", action_items=[{"do": "Mend the queue", "owner": "us"}])
    assert [item["do"] for item in asked(ours, "actions")["items"]] == ["Mend the queue"]


def test_a_parameter_that_is_a_path_leads_into_the_source(two: tuple[Path, Path]) -> None:
    ours, theirs = two
    write(
        theirs,
        "full-disk",
        parameters=[
            {"name": "TOOL", "description": "A tool", "default": "incidents/full-disk/tools/a.sh"}
        ],
    )
    found = load(ours, kept=True).incidents["full-disk"]
    assert found.parameters[0].default == "../theirs/incidents/full-disk/tools/a.sh"


def test_places_are_the_same_with_and_without_a_cache(
    two: tuple[Path, Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    ours, _ = two
    kept = [incident_places(ours) for _ in range(2)][1]
    with monkeypatch.context() as patch:
        patch.setattr("generator.cache.trust.key", lambda: None)
        fresh = incident_places(ours)
    assert [*kept.stamps] == [*fresh.stamps]
    assert kept.foreign == fresh.foreign


@pytest.mark.slow
def test_checks_of_a_source_are_chosen_by_its_kinds_of_change(two: tuple[Path, Path]) -> None:
    ours, theirs = two
    base(theirs, kinds={"queue-config": ["queues/**"], "bad": ["a,b"], "ours": ["x/**"]})
    base(ours, {"name": "platform", "folder": "../theirs"}, kinds={"ours": ["y/**"]})
    for number, kind in enumerate(("queue-config", "bad", "ours")):
        file = write(theirs, f"kind-{number}")
        file.write_text(
            file.read_text("utf-8").replace("{paths: [", f"{{kinds: [{kind}], paths: [unused/"),
            "utf-8",
        )

    def chosen(path: str) -> set[str]:
        listed = ours / "changed"
        listed.write_text(path + "\n", "utf-8")
        checks = asked(ours, "checklist", "--changed-files", str(listed))["checks"]
        return {check["id"] for check in checks}

    assert chosen("queues/a.yaml") == {"kind-0/no-lock"}
    assert chosen("y/a") == {"kind-2/no-lock"}, "ours define the name"
    assert chosen("x/a") == set()
    assert ask(ours, "build").exit_code == 0
    data = (ours / "site" / "assets" / "runbooks" / "checklist-data.js").read_text("utf-8")
    assert '"queue-config"' in data
    # Another definition there is another file here.
    base(theirs, kinds={"queue-config": ["conf/**"]})
    assert chosen("conf/a.yaml") == {"kind-0/no-lock"}
    assert ask(ours, "build").exit_code == 0
    data = (ours / "site" / "assets" / "runbooks" / "checklist-data.js").read_text("utf-8")
    assert "conf/**" in data
