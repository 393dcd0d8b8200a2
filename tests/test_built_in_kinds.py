"""Kinds of change that are built in: on files of real tools, in a real repository."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from generator.checklists.conditions import condition_of, problem_of
from generator.checklists.glob_syntax import is_bad
from generator.cli import runbooks as runbooks_command
from generator.knowledge.built_in_kinds import built_in_kinds
from tests.releases import check, checklist, chosen, ids, incident, write_base
from tests.test_checklist import commit, git

GUIDE = Path(__file__).parents[1] / "docs/guide/release.md"
PLAIN = "site_name: x\nplugins:\n  - runbooks: {}\n"


@pytest.fixture
def base(tmp_path: Path) -> Path:
    checks = [check(name, applies_to={"kinds": [name]}) for name in built_in_kinds()]
    return write_base(tmp_path / "base", {"a": incident(*checks)}, config=PLAIN)


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    made = tmp_path / "shop"
    made.mkdir()
    git(made, "init", "-q", "-b", "main")
    commit(made, README="x\n")
    return made


def reasons(base: Path, repository: Path, before: dict[str, str], after: dict[str, str]) -> dict[str, str]:  # fmt: skip
    """Return why each check is on the list for a commit."""
    if before:
        commit(repository, **before)
    commit(repository, **after)
    checks = chosen(base, "--repo", repository, "--changed-since", "HEAD~1")
    return {one["check"].split(" ")[0]: one["reasons"][0]["why"] for one in checks}


PACKAGE_LOCK = """\
{
  "name": "shop",
  "version": "%s",
  "lockfileVersion": 3,
  "packages": {
    "": {
      "name": "shop",
      "version": "%s",
      "dependencies": { "sequelize": "%s" }
    },
    "node_modules/sequelize": {
      "version": "%s",
      "resolved": "https://registry.npmjs.org/sequelize/-/sequelize.tgz",
      "engines": { "node": ">=10" }
    }
  }
}
"""
POETRY_LOCK = """\
[[package]]
name = "django"
version = "%s"
description = "A framework"
optional = false

[package.dependencies]
asgiref = ">=3.6.0,<4"
"""


@pytest.mark.parametrize(
    ("before", "after", "said"),
    [
        (
            {"web/package-lock.json": PACKAGE_LOCK % ("1.0.0", "1.0.0", "^6.1.0", "6.1.0")},
            {"web/package-lock.json": PACKAGE_LOCK % ("2.0.0", "2.0.0", "^6.1.0", "6.1.0")},
            {},
        ),
        (
            {"web/package-lock.json": PACKAGE_LOCK % ("1.0.0", "1.0.0", "^6.1.0", "6.1.0")},
            {"web/package-lock.json": PACKAGE_LOCK % ("1.0.0", "1.0.0", "^7.0.0", "7.0.1")},
            {
                "dependency-update": "sequelize 6.1.0 \u2192 7.0.1",
                "major-update": "sequelize 6.1.0 \u2192 7.0.1",
            },
        ),
        (
            {"poetry.lock": POETRY_LOCK % "4.2.1"},
            {"poetry.lock": POETRY_LOCK % "4.2.2"},
            {"dependency-update": "django 4.2.1 \u2192 4.2.2"},
        ),
        (
            {"requirements/prod.txt": "django==4.2.1\ncelery==5.0.0\n"},
            {"requirements/prod.txt": "celery==6.0.0\ndjango==4.2.1\n"},
            {
                "dependency-update": "celery 5.0.0 \u2192 6.0.0",
                "major-update": "celery 5.0.0 \u2192 6.0.0",
            },
        ),
        (
            {"Dockerfile": "FROM node:18\nENV A=1\n", "api/Dockerfile": "FROM x\nRUN a\n"},
            {"Dockerfile": "FROM node:20\nENV A=1\n", "api/Dockerfile": "FROM x\nRUN b\n"},
            {"base-image": "removed: FROM node:18, added: FROM node:20"},
        ),
        ({}, {"new/Dockerfile": "FROM node:20\n"}, {}),
        (
            {"db/migrations/1.js": "a"},
            {"db/migrations/1.js": "b", "db/migrations/2.js": "b"},
            {"new-migration": "a new file"},
        ),
        (
            {".env.example": "A_B=1\n", "src/a.py": "A = 1\n"},
            {".env.example": "A_B=2\n", "src/a.py": "A = 2\n"},
            {"environment-variable": "removed: A_B=1"},
        ),
        ({}, {"src/a.ts": "const a = process.env.PORT\n"}, {"environment-variable": "process.env"}),
        (
            {},
            {"k8s/app.yaml": "env:\n  - name: PORT\n    value: '1'\n"},
            {"environment-variable": "- name: PORT"},
        ),
        ({}, {"src/a.py": "if waffle.flag_is_active(r, 'x'):\n"}, {"feature-flag": "flag_is_active"}),
        ({}, {"docs/flags.md": "feature flags\n"}, {}),
    ],
)  # fmt: skip
def test_what_a_commit_is(
    base: Path,
    repository: Path,
    before: dict[str, str],
    after: dict[str, str],
    said: dict[str, str],
) -> None:
    found = reasons(base, repository, before, after)
    assert found.keys() == said.keys()
    for name, words in said.items():
        assert f"kind of change {name}: " in found[name]
        assert words in found[name]


def test_a_kind_of_mkdocs_yml_has_precedence(tmp_path: Path, repository: Path) -> None:
    config = PLAIN.replace(" {}", "\n      kinds: {base-image: [images/**]}")
    checks = [check("image", applies_to={"kinds": ["base-image"]})]
    base = write_base(tmp_path / "base", {"a": incident(*checks)}, config=config)
    found = reasons(base, repository, {"Dockerfile": "FROM a\n"}, {"Dockerfile": "FROM b\n"})
    assert found == {}
    assert "image" in reasons(base, repository, {}, {"images/x": "y"})


def test_a_kind_narrows_paths(tmp_path: Path, repository: Path) -> None:
    applies = {"paths": ["api/**"], "when_kind": ["major-update", "new-migration"]}
    base = write_base(tmp_path / "base", {"a": incident(check("c", applies_to=applies))}, config=PLAIN)  # fmt: skip
    assert reasons(base, repository, {"api/go.mod": "\ta.b/c v1.0.0\n", "web/go.mod": "\ta.b/c v1.0.0\n"}, {"api/go.mod": "\ta.b/c v1.1.0\n", "web/go.mod": "\ta.b/c v3.0.0\n"}) == {}  # fmt: skip
    found = reasons(base, repository, {}, {"api/go.mod": "\ta.b/c/v2 v2.0.0\n"})
    assert found["c"] == "api/go.mod matches api/**, kind of change major-update, updated: a.b/c 1.1.0 \u2192 2.0.0"  # fmt: skip
    assert "c" in reasons(base, repository, {}, {"api/migrations/1.sql": "x"})
    # What a person says about the release is not narrowed; a list of names says nothing of versions.
    listed = chosen(base, "--changed-files", "-", "--kind", "major-update", given="api/x\n")
    assert ids(listed) == ["c"]
    listed = chosen(base, "--changed-files", "-", given="api/go.mod\n")
    assert "(which lines changed is not known)" in listed[0]["reasons"][0]["why"]
    assert chosen(base, "--changed-files", "-", given="api/x\n") == []


@pytest.mark.parametrize(
    ("applies", "hint"),
    [
        ({"paths": ["a"], "when_kind": ["new-migraton"]}, "did you mean new-migration?"),
        ({"kinds": ["dependency-updates"]}, "did you mean dependency-update?"),
        ({"paths": ["a"], "when_kind": ["nothing-like-it"]}, "define it in mkdocs.yml: kinds: {"),
    ],
)
def test_an_unknown_kind_is_a_finding(tmp_path: Path, applies: dict[str, Any], hint: str) -> None:
    base = write_base(tmp_path, {"a": incident(check("c", applies_to=applies))}, config=PLAIN)
    said = CliRunner().invoke(runbooks_command, ["lint", "--root", str(base)]).output
    assert "warning[KB522]: nothing defines the kind of change" in said or "warning[KB522] nothing defines the kind of change" in said  # fmt: skip
    assert hint in said
    if "when_kind" in applies:
        # Nobody knows to what it applies, so the check stays, and no gate passes.
        listed = checklist(base, "--changed-files", "-", given="a\n")
        assert "Not all checks are known" in listed.stderr
        assert "c holds" in listed.stdout


def test_only_built_in_kinds_that_checks_name_are_known(tmp_path: Path) -> None:
    applies = {"kinds": ["new-migration"]}
    base = write_base(tmp_path, {"a": incident(check("c", applies_to=applies))}, config=PLAIN)
    assert ids(chosen(base, "--kind", "new-migration")) == ["c"]
    refused = checklist(base, "--kind", "base-image")
    assert refused.exit_code == 2
    assert "known names: new-migration" in refused.stderr
    explained = checklist(base, "--explain", "--changed-files", "-", given="x\n")
    assert "no file of the repository" not in explained.stderr + explained.stdout


def test_every_one_of_them_is_right_and_in_the_guide() -> None:
    listed = re.findall(r"^\| `([a-z-]+)` \|", GUIDE.read_text("utf-8").partition("{ #built-in }")[2].partition("\n## ")[0], re.M)  # fmt: skip
    assert listed == list(built_in_kinds())
    for rules in built_in_kinds().values():
        for rule in rules:
            assert not is_bad(rule.paths)
            assert problem_of(condition_of(rule)) is None
