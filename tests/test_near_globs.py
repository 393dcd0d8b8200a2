"""Globs that match no file of a repository, with the nearest that would."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from hypothesis import given
from hypothesis import strategies as st

from generator.checklists.globs import ChangedPaths
from generator.checklists.near_globs import RepositoryFiles
from generator.cli import runbooks
from tests.releases import check, checklist, incident, write_base
from tests.test_file_lists import git_in, write

FILES = [
    "backend/models/order.ts", "backend/models/user.ts", "backend/src/server.ts", "Makefile",
    "services/Cart/index.js", "db/migrations/0001.sql", "web/app/(auth)/page.tsx",
]  # fmt: skip


@pytest.mark.parametrize(
    ("glob", "near"),
    [
        ("backend/models/**", None),
        ("*.sql", None),
        ("!nothing/**", None),
        ("[broken", None),
        ("back-end/models/**", "backend/models/**"),
        ("backend/model/*.ts", "backend/models/*.ts"),
        ("services/cart/**", "services/Cart/**"),
        ("makefile", "Makefile"),
        ("backend/models/*.js", "backend/models/*.ts"),
        ("models/**", "**/models/**"),
        ("shop/backend/models/**", "backend/models/**"),
        ("backend/{models,src}/*.{js,jsx}", "backend/{models,src}/*.ts"),
        ("backend/src/serve.py", "backend/src/server.ts"),
        ("backend/nothing/like/it.ts", "backend/**"),
        ("unheard/of", ""),
        ("*.zig", ""),
    ],
)
def test_the_nearest_glob_that_matches(glob: str, near: str | None) -> None:
    assert RepositoryFiles(ChangedPaths(FILES)).suggestion(glob) == near


@given(st.text("ab/*{},.!-", max_size=12))
def test_what_is_suggested_matches(glob: str) -> None:
    paths = ChangedPaths(["a/b/a.b", "b", "ab/-a"])
    near = RepositoryFiles(paths).suggestion(glob)
    assert near in (None, "") or paths.matching([near])


@pytest.fixture
def places(tmp_path: Path) -> tuple[Path, Path]:
    """A knowledge base with wrong globs, and the repository that they are for."""
    app = tmp_path / "app"
    app.mkdir()
    write(app, dict.fromkeys(FILES, "1"))
    git = git_in(app)
    git("init", "-q")
    git("add", "-A")
    git("commit", "-qm", "one")
    write(app, {"untracked/models/x": "1"})
    paths = ["back-end/models/**", "backend/src/**", "untracked/**"]
    config = "site_name: x\nplugins:\n  - runbooks:\n      kinds:\n        model: ['**/model/**']\n"
    standing = {"checks": [check("s", expect={"shows": "x"}, applies_to={"paths": ["make-file"]})]}
    base = write_base(tmp_path / "kb", {"one": incident(check("c", applies_to={"paths": paths}))}, standing, config)  # fmt: skip
    return base, app


def findings(base: Path, *arguments: str | Path) -> list[Any]:
    words = ["lint", "--root", base, "--format", "json", *arguments]
    done = CliRunner().invoke(runbooks, list(map(str, words)))
    found = json.loads(done.stdout)["diagnostics"]
    return [(f["file"], f["severity"], f["message"].split("'")[1], f["hint"]) for f in found if f["code"] == "KB524"]  # fmt: skip


def test_lint_reports_them_only_where_a_repository_is_named(places: tuple[Path, Path]) -> None:
    base, app = places
    expected = [
        ("incidents/checks.yaml", "hint", "make-file", "did you mean Makefile?"),
        ("incidents/one/incident.yaml", "hint", "back-end/models/**", "did you mean backend/models/**?"),
        ("incidents/one/incident.yaml", "hint", "untracked/**", "no file there has a name like it"),
        ("mkdocs.yml", "hint", "**/model/**", "no file there has a name like it"),
    ]  # fmt: skip
    assert findings(base) == []
    assert findings(base, "--repo", app) == expected
    assert findings(base) == [], "what an earlier run has kept counts only for the same question"
    assert findings(base, "--repo", app, "--repo", app) == expected
    refused = CliRunner().invoke(runbooks, ["lint", "--root", str(base), "--repo", str(base)])
    assert refused.exit_code == 2
    assert "is not a git repository with a commit" in refused.output


def test_the_checklist_explains_itself(places: tuple[Path, Path]) -> None:
    base, app = places
    found = checklist(base, "--changed-files", "-", "--repo", app, "--explain", given="docs/a\nbackend/src/x\n")  # fmt: skip
    assert found.exit_code == 0
    assert "No glob matches 1 of 2 changed files:\n  docs/a\n" in found.stderr
    assert "4 globs match no file of the repository:\n" in found.stderr
    assert "  one/c: back-end/models/** (did you mean backend/models/**?)\n" in found.stderr
    assert "  kind of change model: **/model/**\n" in found.stderr
