"""What was taken of sources: the lock, copies of checkouts, and what happens where both differ."""

from __future__ import annotations

import json
import shutil
import subprocess
from datetime import date
from pathlib import Path

import pytest
import yaml
from click.testing import CliRunner, Result
from hypothesis import given
from hypothesis import strategies as st

from generator.cli import runbooks
from generator.knowledge.git_objects import NotInGit
from generator.knowledge.roots import LOCK_FILE
from generator.knowledge.sources.git_copy import copy_commit, look_at_commit
from generator.knowledge.sources.lock import LockedSource, SourcesLock, read_lock
from generator.knowledge.sources.origins import COPIES
from tests.sites import tree
from tests.test_git import commit, git
from tests.test_sources import ask, asked, base, write

SIGNED = "queue {name} is stuck after 3 s"


def said_by_git(folder: Path, *arguments: str) -> str:
    return subprocess.run(
        ["git", *arguments], cwd=folder, capture_output=True, check=True, text=True
    ).stdout.strip()


@pytest.fixture
def theirs(tmp_path: Path) -> Path:
    """A checkout of another team."""
    root = base(tmp_path / "theirs")
    write(root, "full-disk", "their-disk")
    write(root, "stuck-queue", "their-queue")
    git(root, "init", "--quiet")
    commit(root, "one", "one")
    return root


@pytest.fixture
def ours(tmp_path: Path, theirs: Path) -> Path:
    assert theirs.is_dir()
    root = base(tmp_path / "ours", {"name": "platform", "git": "../theirs"})
    write(root, "own-thing")
    return root


def found_in(root: Path, name: str) -> list[str]:
    """The incidents that the signature of a name shows."""
    said = ask(root, "match", "-", "--format", "json", given=SIGNED.format(name=name)).stdout
    return [match["incident"] for match in json.loads(said)["matches"]]


def codes(root: Path) -> list[str]:
    return [found["code"] for found in asked(root, "lint")["diagnostics"]]


def update(root: Path, *arguments: str) -> str:
    done = ask_sources(root, "update", *arguments)
    assert done.exit_code == 0, done.output
    return done.output


def ask_sources(root: Path, *arguments: str) -> Result:
    command, rest = arguments[:1], arguments[1:]
    result = CliRunner().invoke(runbooks, ["sources", *command, "--root", str(root), *rest])
    assert result.exception is None or isinstance(result.exception, SystemExit), result.exc_info
    return result


@pytest.mark.slow
def test_nothing_is_taken_before_somebody_says_so(ours: Path) -> None:
    assert found_in(ours, "their-disk") == []
    missing = ask(ours, "match", "-", given="x")
    assert "run `runbooks sources update`" in missing.stderr
    assert codes(ours).count("KB013") == 1
    built = ask(ours, "build")
    assert built.exit_code == 0
    assert "KB013" in built.stderr
    assert not (ours / LOCK_FILE).exists()
    assert not (ours / COPIES / "platform").exists()
    assert ask_sources(ours).exit_code == 1


@pytest.mark.slow
def test_what_was_taken_is_used_until_the_next_update(ours: Path, theirs: Path) -> None:
    assert "2 added; 2 in all" in update(ours)
    assert found_in(ours, "their-disk") == ["full-disk"]
    assert ask_sources(ours).exit_code == 0
    lock = yaml.safe_load((ours / LOCK_FILE).read_text("utf-8"))["sources"]["platform"]
    assert [*lock["incidents"]] == ["full-disk", "stuck-queue"]

    write(theirs, "full-disk", "changed-disk")
    write(theirs, "new-one")
    shutil.rmtree(theirs / "incidents" / "stuck-queue")
    commit(theirs, "two", "two")
    assert found_in(ours, "changed-disk") == []
    assert found_in(ours, "their-queue") == ["stuck-queue"]
    assert ask(ours, "build").exit_code == 0
    assert found_in(ours, "changed-disk") == []

    said = update(ours)
    assert "1 added, 1 changed, 1 removed; 2 in all" in said
    assert "+ new-one: Incident new-one" in said
    assert "~ full-disk: Incident changed-disk" in said
    assert "signature removed: queue their-disk is stuck after {_} s" in said
    assert "new signature: queue changed-disk is stuck after {_} s" in said
    assert "blocking check changed: no-lock" in said
    assert "- stuck-queue: Incident their-queue" in said
    assert "blocking check removed: no-lock" in said
    assert found_in(ours, "changed-disk") == ["full-disk"]
    assert found_in(ours, "their-queue") == []
    assert "no changes, 2 incidents" in update(ours)


@pytest.mark.slow
def test_a_fresh_clone_gets_what_the_lock_says_and_nothing_newer(ours: Path, theirs: Path) -> None:
    update(ours)
    write(theirs, "full-disk", "changed-disk")
    commit(theirs, "two", "two")
    lock = (ours / LOCK_FILE).read_bytes()
    shutil.rmtree(ours / ".cache")
    assert found_in(ours, "their-disk") == []
    assert not (ours / COPIES / "platform").exists(), "only a build makes copies"
    assert ask(ours, "build").exit_code == 0
    assert found_in(ours, "their-disk") == ["full-disk"]
    assert (ours / "site" / "incidents" / "full-disk" / "index.html").is_file()
    assert (ours / LOCK_FILE).read_bytes() == lock
    assert codes(ours).count("KB014") == 0

    shutil.rmtree(ours / ".cache")
    update(ours, "--locked")
    assert found_in(ours, "their-disk") == ["full-disk"]
    assert (ours / LOCK_FILE).read_bytes() == lock


@pytest.mark.slow
def test_the_last_copy_stays_where_the_lock_cannot_be_followed(ours: Path, theirs: Path) -> None:
    update(ours)
    theirs.rename(theirs.with_name("gone"))
    assert found_in(ours, "their-disk") == ["full-disk"]
    assert ask(ours, "build").exit_code == 0
    lock = yaml.safe_load((ours / LOCK_FILE).read_text("utf-8"))
    lock["sources"]["platform"]["commit"] = "0" * 40  # as somebody else has taken it
    (ours / LOCK_FILE).write_text(yaml.safe_dump(lock), "utf-8")
    for _ in range(2):
        built = ask(ours, "build")
        assert built.exit_code == 0
        assert "KB014" in built.stderr
        assert "there is no folder" in built.stderr
    assert ask(ours, "build", "--strict").exit_code == 1
    assert found_in(ours, "their-disk") == ["full-disk"]
    assert ask_sources(ours, "update").exit_code == 1
    assert "0" * 40 in (ours / LOCK_FILE).read_text("utf-8")


@pytest.mark.slow
def test_a_lock_with_other_digests_than_its_commit_is_not_followed(ours: Path) -> None:
    update(ours)
    lock = yaml.safe_load((ours / LOCK_FILE).read_text("utf-8"))
    lock["sources"]["platform"]["incidents"]["full-disk"] = "0" * 40
    (ours / LOCK_FILE).write_text(yaml.safe_dump(lock), "utf-8")
    shutil.rmtree(ours / ".cache")
    built = ask(ours, "build")
    assert built.exit_code == 0
    assert "it has something else now (1 changed)" in built.stderr
    assert found_in(ours, "their-disk") == []


@pytest.mark.slow
@pytest.mark.parametrize(
    "text",
    [
        "version: 2\n",
        "sources: [a]\n",
        "sources: {platform: {place: x}}\n",
        "sources: {platform: {place: x, taken: 2026-01-01, incidents: {a: ../../x}}}\n",
        "a: [",
        "\0",
        "[" * 3000,
        "x: !!python/object/apply:os.system [true]\n",
        "sources: {a: &a [*a]}\n",
    ],
)
def test_a_lock_that_cannot_be_read_is_told_and_stops_nothing(ours: Path, text: str) -> None:
    update(ours)
    (ours / LOCK_FILE).write_text(text, "utf-8")
    found = [f for f in asked(ours, "lint")["diagnostics"] if f["code"] == "KB014"]
    assert [f["file"] for f in found] == [LOCK_FILE]
    assert found_in(ours, "their-disk") == ["full-disk"]
    assert ask(ours, "build").exit_code == 0
    assert ask_sources(ours).exit_code == 2
    assert ask_sources(ours, "update").exit_code == 2
    assert (ours / LOCK_FILE).read_text("utf-8") == text


def test_another_place_needs_another_look(ours: Path, theirs: Path) -> None:
    update(ours)
    git(theirs, "tag", "v1")
    base(ours, {"name": "platform", "git": "../theirs", "ref": "v1"})
    found = [f for f in asked(ours, "lint")["diagnostics"] if f["code"] == "KB014"]
    assert "another place" in found[0]["message"]
    update(ours)
    assert codes(ours).count("KB014") == 0


def test_a_ref_that_does_not_exist(ours: Path) -> None:
    base(ours, {"name": "platform", "git": "../theirs", "ref": "v9"})
    done = ask_sources(ours, "update")
    assert done.exit_code == 1
    assert "v9 is no commit there" in done.stderr
    assert not (ours / LOCK_FILE).exists()


def test_one_source_that_fails_keeps_no_other_from_being_taken(ours: Path) -> None:
    good = {"name": "platform", "git": "../theirs"}
    base(ours, {"name": "gone", "git": "../nowhere"}, good)
    assert ask_sources(ours, "update").exit_code == 1
    assert found_in(ours, "their-disk") == ["full-disk"]
    assert ask_sources(ours, "update", "platform").exit_code == 0
    assert ask_sources(ours, "update", "other").exit_code == 2


def test_a_folder_is_read_where_it_is_and_the_lock_only_tells(ours: Path, theirs: Path) -> None:
    base(ours, {"name": "platform", "folder": "../theirs"})
    assert not {"KB013", "KB014"} & {*codes(ours)}
    update(ours)
    assert not (ours / COPIES).exists()
    assert not {"KB013", "KB014"} & {*codes(ours)}
    (theirs / "incidents" / "full-disk" / "tools").mkdir()
    (theirs / "incidents" / "full-disk" / "tools" / "a.sh").write_text("true\n")
    found = [f for f in asked(ours, "lint")["diagnostics"] if f["code"] == "KB014"]
    assert [f["severity"] for f in found] == ["hint"]
    assert "1 changed" in found[0]["message"]
    assert ask_sources(ours).exit_code == 0


def test_only_files_of_incidents_are_copied(theirs: Path, tmp_path: Path) -> None:
    folder = theirs / "incidents" / "full-disk"
    (folder / "tools").mkdir()
    (folder / "tools" / "run.sh").write_text("#!/bin/sh\n")
    (folder / "tools" / "run.sh").chmod(0o755)
    (folder / "tools" / "link").symlink_to("/etc/passwd")
    (theirs / "incidents" / "linked").symlink_to("/etc")
    (theirs / "incidents" / "UPPER").mkdir()
    (theirs / "incidents" / "UPPER" / "incident.yaml").write_text("title: x\n")
    (theirs / "incidents" / "checks.yaml").write_text("checks: []\n")
    write(theirs, "huge").write_text("title: " + "x" * (1 << 20), "utf-8")
    (theirs / "secret").write_text("secret")
    commit(theirs, "two", "two")
    target = tmp_path / "copies" / "platform"
    found = copy_commit(theirs, "HEAD", target)
    assert [*tree(target)] == [
        "commit.json",
        "incidents/full-disk/incident.yaml",
        "incidents/full-disk/tools/run.sh",
        "incidents/stuck-queue/incident.yaml",
        "mkdocs.yml",
    ]
    assert (target / "incidents" / "full-disk" / "tools" / "run.sh").stat().st_mode & 0o111
    assert {*found.refused} == {
        "UPPER",
        "incidents/full-disk/tools/link",
        "incidents/huge/incident.yaml",
    }
    assert [*target.parent.iterdir()] == [target]


def test_names_in_a_tree_that_lead_out_are_not_written(theirs: Path, tmp_path: Path) -> None:
    """Git writes no such tree, but reads it."""
    blob = said_by_git(theirs, "hash-object", "-w", "mkdocs.yml")

    def tree_of(*entries: tuple[str, str, str]) -> str:
        raw = b"".join(
            f"{mode} {name}".encode() + b"\0" + bytes.fromhex(of) for mode, name, of in entries
        )
        path = tmp_path / "raw"
        path.write_bytes(raw)
        return said_by_git(theirs, "hash-object", "-t", "tree", "-w", "--literally", str(path))

    up = tree_of(("100644", "out", blob))
    incident = tree_of(("40000", "..", up), ("100644", "incident.yaml", blob))
    incidents = tree_of(("40000", "..", incident), ("40000", "one", incident))
    top = tree_of(("40000", "incidents", incidents))
    who = ("-c", "user.name=x", "-c", "user.email=x@example.com")
    made = said_by_git(theirs, *who, "commit-tree", "-m", "x", top)
    target = tmp_path / "copies" / "platform"
    found = copy_commit(theirs, made, target)
    assert [*found.digests] == ["one"]
    assert [*tree(target)] == ["commit.json", "incidents/one/incident.yaml"]
    assert not [*tmp_path.rglob("out")]


def test_a_copy_stays_where_a_commit_has_nothing(theirs: Path, tmp_path: Path) -> None:
    target = tmp_path / "copies" / "platform"
    copy_commit(theirs, "HEAD", target)
    before = tree(target)
    shutil.rmtree(theirs / "incidents")
    commit(theirs, "two", "two")
    with pytest.raises(NotInGit, match="has no incidents/"):
        copy_commit(theirs, "HEAD", target)
    assert tree(target) == before


def test_a_knowledge_base_in_a_folder_of_a_repository(theirs: Path, tmp_path: Path) -> None:
    whole = tmp_path / "whole"
    shutil.copytree(theirs, whole / "docs" / "kb", ignore=shutil.ignore_patterns(".git"))
    git(whole, "init", "--quiet")
    commit(whole, "one", "one")
    found = look_at_commit(whole / "docs" / "kb", "HEAD")
    assert [*found.digests] == ["full-disk", "stuck-queue"]
    copy_commit(whole / "docs" / "kb", "HEAD", tmp_path / "copy")
    assert (tmp_path / "copy" / "incidents" / "full-disk" / "incident.yaml").is_file()


IDS = st.from_regex(r"[a-z0-9]{1,8}(-[a-z0-9]{1,4})?", fullmatch=True)
LOCKED = st.builds(
    LockedSource,
    place=st.text(max_size=30),
    commit=st.just("") | st.from_regex(r"[0-9a-f]{40}", fullmatch=True),
    taken=st.dates(date(2020, 1, 1), date(2030, 1, 1)),
    incidents=st.dictionaries(IDS, st.from_regex(r"[0-9a-f]{40}", fullmatch=True), max_size=4),
)


@given(st.dictionaries(IDS, LOCKED, max_size=3))
def test_a_lock_is_read_as_it_was_written(
    tmp_path_factory: pytest.TempPathFactory, sources: dict[str, LockedSource]
) -> None:
    root = tmp_path_factory.mktemp("lock")
    lock = SourcesLock(sources=sources)
    (root / LOCK_FILE).write_text(lock.text(), "utf-8")
    assert read_lock(root) == lock
