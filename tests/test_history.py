"""When incidents changed, as real git tells it."""

from __future__ import annotations

import os
import subprocess
from datetime import UTC, datetime
from pathlib import Path

import pytest

from generator.knowledge.history import ChangeTimes, changes


def git(root: Path, *arguments: str, at: str = "2026-03-01T12:00:00+00:00") -> str:
    who = {
        f"GIT_{role}_{what}": "nobody"
        for role in ("AUTHOR", "COMMITTER")
        for what in ("NAME", "EMAIL")
    }
    when = {"GIT_AUTHOR_DATE": "2001-01-01T00:00:00+00:00", "GIT_COMMITTER_DATE": at}
    nothing = {"GIT_CONFIG_GLOBAL": os.devnull, "GIT_CONFIG_NOSYSTEM": "1"}
    run = subprocess.run(
        ["git", "-C", str(root), *arguments],
        env={**os.environ, **who, **when, **nothing},
        capture_output=True,
        text=True,
        check=True,
    )
    return run.stdout


def commit(root: Path, at: str, **files: str) -> None:
    """Write files, named `folder__file`, and commit all there is."""
    for name, text in files.items():
        path = root / "incidents" / name.replace("__", "/")
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, "utf-8")
    git(root, "add", "--all")
    git(root, "commit", "--quiet", "--allow-empty", "--message", "x", at=f"{at}T12:00:00+00:00")


def day(number: int) -> datetime:
    return datetime(2026, 3, number, 12, tzinfo=UTC)


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    root = tmp_path / "kb"
    root.mkdir()
    git(root, "init", "--quiet")
    commit(root, "2026-03-01", a__x="1", b__x="1")
    commit(root, "2026-03-02", a__x="2")
    commit(root, "2026-03-03", c__y="1")
    return root


def test_first_and_last_change_of_each(repository: Path) -> None:
    assert changes(repository) == {
        "a": ChangeTimes(day(1), day(2)),
        "b": ChangeTimes(day(1), day(1)),
        "c": ChangeTimes(day(3), day(3)),
    }


def test_what_is_not_committed_is_not_there(repository: Path) -> None:
    (repository / "incidents/d").mkdir()
    (repository / "incidents/d/incident.yaml").write_text("title: x\n")
    assert "d" not in changes(repository)


def test_a_new_record_of_proofs_is_no_change(repository: Path) -> None:
    (repository / "incidents/a/proofs").mkdir()
    commit(repository, "2026-03-08", a__proofs__none="")
    (repository / "incidents/a/proofs/record.json").write_text("{}")
    commit(repository, "2026-03-09")
    assert changes(repository)["a"].last == day(8)


def test_the_knowledge_base_may_be_a_folder_of_the_repository(repository: Path) -> None:
    inner = repository / "docs/ops"
    (inner / "incidents/z").mkdir(parents=True)
    (inner / "incidents/z/incident.yaml").write_text("title: x\n")
    commit(repository, "2026-03-04")
    assert changes(inner) == {"z": ChangeTimes(day(4), day(4))}


def test_names_may_hold_anything(repository: Path) -> None:
    for name in ('e/we"i\nrd\t*.txt', "e/@1 ", "ünï/x", "e/a b/c"):
        path = repository / "incidents" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("x")
    commit(repository, "2026-03-05")
    found = changes(repository)
    assert found["e"] == found["ünï"] == ChangeTimes(day(5), day(5))
    assert found["a"] == ChangeTimes(day(1), day(2))


def test_a_merge_is_no_change_of_what_it_brings(repository: Path) -> None:
    git(repository, "switch", "--quiet", "--create", "other")
    commit(repository, "2026-03-06", b__x="2")
    git(repository, "switch", "--quiet", "-")
    commit(repository, "2026-03-07", c__y="2")
    git(repository, "merge", "--quiet", "--no-edit", "other", at="2026-03-09T12:00:00+00:00")
    found = changes(repository)
    assert (found["b"].last, found["c"].last) == (day(6), day(7))


def test_a_shallow_clone_says_only_what_it_shows(repository: Path, tmp_path: Path) -> None:
    clone = tmp_path / "clone"
    git(tmp_path, "clone", "--quiet", "--depth", "2", repository.as_uri(), str(clone))
    # Its first commit seems to add all that is older.
    assert changes(clone) == {"c": ChangeTimes(day(3), day(3))}
    git(tmp_path, "clone", "--quiet", "--depth", "1", repository.as_uri(), str(tmp_path / "one"))
    assert changes(tmp_path / "one") == {}


def test_the_first_change_is_unknown_where_the_clone_ends(repository: Path, tmp_path: Path) -> None:
    commit(repository, "2026-03-04", a__x="3")
    clone = tmp_path / "clone"
    git(tmp_path, "clone", "--quiet", "--depth", "2", repository.as_uri(), str(clone))
    assert changes(clone) == {"a": ChangeTimes(None, day(4))}


def test_without_git_or_commits_there_is_nothing(
    repository: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert changes(tmp_path) == {}
    assert changes(tmp_path / "not-there") == {}
    empty = tmp_path / "empty"
    empty.mkdir()
    git(empty, "init", "--quiet")
    assert changes(empty) == {}
    monkeypatch.setenv("PATH", str(tmp_path))
    assert changes(repository) == {}


def test_a_hook_s_variables_do_not_lead_elsewhere(
    repository: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    other = tmp_path / "other"
    other.mkdir()
    git(other, "init", "--quiet")
    monkeypatch.setenv("GIT_DIR", str(other / ".git"))
    monkeypatch.setenv("GIT_INDEX_FILE", str(other / "index"))
    assert set(changes(repository)) == {"a", "b", "c"}


def test_a_commit_of_another_age_does_no_harm(repository: Path) -> None:
    (repository / "incidents/a/x").write_text("9")
    git(repository, "add", "--all")
    git(repository, "commit", "--quiet", "--message", "x", at="@99999999999999 +0000")
    assert changes(repository)["a"] == ChangeTimes(day(1), day(2))


def test_no_setting_of_the_repository_runs_a_program(repository: Path, tmp_path: Path) -> None:
    ran = tmp_path / "ran"
    program = tmp_path / "evil"
    program.write_text(f"#!/bin/sh\ntouch {ran}\n")
    program.chmod(0o755)
    for name in ("gpg.program", "core.pager", "diff.external", "core.fsmonitor", "pager.log"):
        git(repository, "config", name, str(program))
    git(repository, "config", "log.showSignature", "true")
    _sign(repository)
    assert len(changes(repository)) == 3
    assert not ran.exists()


def _sign(repository: Path) -> None:
    """Give the last commit a signature that git would ask a program about."""
    head, _, message = git(repository, "cat-file", "commit", "HEAD").partition("\n\n")
    signature = "gpgsig -----BEGIN PGP SIGNATURE-----\n x\n -----END PGP SIGNATURE-----"
    signed = repository / ".git/signed"
    signed.write_text(f"{head}\n{signature}\n\n{message}")
    name = git(repository, "hash-object", "-w", "-t", "commit", str(signed)).strip()
    git(repository, "update-ref", "HEAD", name)
