"""Git runs no program that a repository names, whatever its own settings say."""

from __future__ import annotations

import ast
import os
import shutil
import subprocess
import time
from pathlib import Path

import pytest

from generator.checklists.changed_lines import ChangedLines, read_changed_lines
from generator.checklists.changes import changed_since, digest_of_changes, uncommitted
from generator.checklists.repositories import identified
from generator.knowledge.history import changes

ROOT = Path(__file__).parents[1]
HOSTILE_NAME = "a=b.c"
"""The name of a filter or a driver; after `-c` it would end the name of a setting too early."""


def git(folder: Path, *arguments: str) -> None:
    who = {f"GIT_{role}_{what}": "x@x" for role in ("AUTHOR", "COMMITTER") for what in ("NAME", "EMAIL")}  # fmt: skip
    subprocess.run(
        ["git", *arguments],
        cwd=folder,
        env={**os.environ, "GIT_CONFIG_GLOBAL": os.devnull, **who},
        capture_output=True,
        check=True,
    )


def commit(folder: Path, name: str, content: str) -> None:
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(content)
    git(folder, "add", "--all")
    git(folder, "commit", "--quiet", "--message", name)


@pytest.fixture
def canary(tmp_path: Path) -> Path:
    """What each program writes when it runs."""
    return tmp_path / "it-ran"


@pytest.fixture
def program(tmp_path: Path, canary: Path) -> Path:
    path = tmp_path / "program"
    path.write_text(f'#!/bin/sh\necho "$0 $*" >>{canary}\ncat\n')
    path.chmod(0o755)
    return path


@pytest.fixture
def repository(tmp_path: Path, program: Path) -> Path:
    """A repository as an archive may bring it: every setting that can name a program names one."""
    root = tmp_path / "repository"
    root.mkdir()
    git(root, "init", "--quiet")
    (root / ".gitattributes").write_text(
        f"filtered* filter={HOSTILE_NAME} diff={HOSTILE_NAME}\nlong* filter=long\n"
    )
    for name in ("filtered", "long", "plain"):
        commit(root, name, "one\n")
    git(root, "tag", "v1")
    commit(root, "incidents/a/incident.yaml", "title: x\n")
    commit(root, "filtered", "two\n")
    inner = root / "inner"
    inner.mkdir()
    git(inner, "init", "--quiet")
    commit(inner, "file", "one\n")
    git(root, "add", "inner")
    git(root, "commit", "--quiet", "--message", "a submodule")
    for where in (inner, root):
        poison(where, program)
    # The same content with another time: git reads the file again, through its filter.
    for name in ("filtered", "long", "plain"):
        later = time.time() + 10
        os.utime(root / name, (later, later))
    (inner / "file").write_text("two\n")
    return root


def poison(repository: Path, program: Path) -> None:
    names = (
        "core.fsmonitor", "core.pager", "core.editor", "core.sshCommand", "core.askPass",
        "diff.external", "gpg.program", "gpg.ssh.program", "pager.log", "pager.diff", "pager.status",
        "alias.log", "alias.diff", "alias.status", "alias.rev-parse", "credential.helper",
    )  # fmt: skip
    for name in names:
        git(repository, "config", name, str(program))
    for driver in (HOSTILE_NAME, "long"):
        for key in ("textconv", "command"):
            git(repository, "config", f"diff.{driver}.{key}", str(program))
    for key in ("clean", "smudge"):
        git(repository, "config", f"filter.{HOSTILE_NAME}.{key}", str(program))
    git(repository, "config", "filter.long.process", str(program))
    git(repository, "config", "filter.long.required", "true")
    git(repository, "config", "log.showSignature", "true")
    git(repository, "config", "diff.submodule", "diff")
    hooks = repository / "its-hooks"
    hooks.mkdir()
    for name in ("post-index-change", "fsmonitor-watchman", "pre-commit", "post-checkout"):
        shutil.copy(program, hooks / name)
    git(repository, "config", "core.hooksPath", str(hooks))


def test_no_program_that_a_repository_names_runs(repository: Path, canary: Path) -> None:
    found = changed_since(repository, "v1")
    assert "incidents/a/incident.yaml" in found.paths
    uncommitted(repository)
    digest_of_changes(repository)
    assert set(changes(repository)) == {"a"}
    assert not canary.exists(), canary.read_text()


def test_conditions_of_checks_run_no_program_either(repository: Path, canary: Path) -> None:
    for name in ("pager.grep", "pager.config", "alias.grep", "alias.config"):
        git(repository, "config", name, str(repository.parent / "program"))
    lines = ChangedLines()
    read_changed_lines(repository, "v1", "HEAD", ["filtered", "inner"], lines)
    assert "+two" in lines.by_path["filtered"]
    parts = [["@", "file", "filtered*", "two"], ["@", "name", "nobody/knows"]]
    found = identified(repository, "HEAD", [parts])
    assert found == {("file", "filtered*", "two"): ("file", "filtered", "two")}
    assert not canary.exists()


def test_plain_git_would_run_them(repository: Path, canary: Path) -> None:
    """Shows that the repository above is as hostile as it claims."""
    subprocess.run(["git", "diff", "HEAD~1"], cwd=repository, capture_output=True, check=False)
    subprocess.run(["git", "status"], cwd=repository, capture_output=True, check=False)
    assert canary.exists()


def test_a_repository_of_plain_files_inside_another_is_not_read(
    repository: Path, program: Path, canary: Path
) -> None:
    bare = repository / "incidents"
    shutil.rmtree(bare)
    git(repository, "init", "--quiet", "--bare", str(bare))
    with (bare / "config").open("a") as stream:
        stream.write(f"[core]\nbare = false\nworktree = {repository}\nfsmonitor = {program}\n")
    uncommitted(bare)
    digest_of_changes(bare)
    changes(bare)
    assert not canary.exists(), canary.read_text()


def test_a_filter_of_the_user_stays(
    repository: Path, tmp_path: Path, canary: Path, program: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for section in (f"filter.{HOSTILE_NAME}", "filter.long"):
        git(repository, "config", "--remove-section", section)
    own = tmp_path / "gitconfig"
    own.write_text(f'[filter "long"]\n\tclean = {program}\n')
    monkeypatch.setenv("GIT_CONFIG_GLOBAL", str(own))
    uncommitted(repository)
    assert canary.exists()


def test_variables_that_name_another_repository_do_not_count(
    repository: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = changed_since(repository, "v1")
    monkeypatch.setenv("GIT_DIR", str(tmp_path / "nowhere"))
    assert changed_since(repository, "v1") == before


def test_settings_that_the_caller_gives_in_variables_stay(
    repository: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GIT_CONFIG_COUNT", "1")
    monkeypatch.setenv("GIT_CONFIG_KEY_0", "core.quotePath")
    monkeypatch.setenv("GIT_CONFIG_VALUE_0", "false")
    from generator.knowledge.git import _without_filters

    made = _without_filters(repository, dict(os.environ))
    assert made["GIT_CONFIG_KEY_0"] == "core.quotePath"
    assert int(made["GIT_CONFIG_COUNT"]) > 1
    assert f"filter.{HOSTILE_NAME}.clean" in made.values()


def test_git_is_called_in_one_place() -> None:
    callers = [
        str(path.relative_to(ROOT))
        for path in sorted((ROOT / "generator").rglob("*.py"))
        for node in ast.walk(ast.parse(path.read_text("utf-8")))
        if isinstance(node, ast.List | ast.Tuple)
        and node.elts
        and isinstance(node.elts[0], ast.Constant)
        and node.elts[0].value == "git"
    ]
    assert set(callers) == {"generator/knowledge/git.py"}
