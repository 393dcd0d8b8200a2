"""Checks for some repositories only: by name, by a file, and where the repository is not known."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from generator.checklists.repositories import names_of
from generator.cli import runbooks as runbooks_command
from tests.releases import check, checklist, chosen, ids, incident, write_base
from tests.test_checklist import commit, git

CONFIG = """\
site_name: x
plugins:
  - runbooks:
      kinds:
        model:
          - {paths: ["src/**"], repositories: acme/shop}
          - ["lib/models/**"]
"""
SEQUELIZE = {"file": "**/package.json", "contains": '"sequelize"'}


@pytest.fixture
def base(tmp_path: Path) -> Path:
    checks = (
        check("named", applies_to={"paths": ["**"], "repositories": ["acme/shop"]}),
        check("orm", applies_to={"paths": ["**/models/**"], "repositories": [SEQUELIZE]}),
        check("kind", applies_to={"kinds": ["model"]}),
        check("lines", applies_to={"paths": ["src/**"], "repositories": "shop", "when_added": "x"}),
    )
    standing = {"checks": [check("always", applies_to={"repositories": [{"file": "Dockerfile"}]})]}
    return write_base(tmp_path / "base", {"a": incident(*checks)}, standing, CONFIG)


@pytest.fixture
def shop(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    for name in ("GITHUB_REPOSITORY", "CI_PROJECT_PATH"):
        monkeypatch.delenv(name, raising=False)
    made = tmp_path / "shop"
    made.mkdir()
    git(made, "init", "-q", "-b", "main")
    commit(made, **{"x y/package.json": '{"sequelize": "^6"}', "old": "x"})
    commit(made, **{"src/models/a.js": "x", "lib/b": "x"})
    return made


def why(checks: list[Any], name: str) -> str:
    found: str = next(c for c in checks if c["id"].endswith(f"/{name}"))["reasons"][0]["why"]
    return found


def since(base: Path, repository: Path) -> list[Any]:
    return chosen(base, "--repo", repository, "--changed-since", "HEAD~1")


def test_a_repository_by_its_folder_and_by_a_file(base: Path, shop: Path) -> None:
    checks = since(base, shop)
    assert sorted(ids(checks)) == ["kind", "lines", "named", "orm"]
    assert why(checks, "named").endswith("match **, in the repository shop")
    assert why(checks, "kind") == "kind of change model: src/models/a.js matches src/**, in the repository shop"  # fmt: skip
    assert why(checks, "lines") == "src/models/a.js matches src/**, added: x, in the repository shop"  # fmt: skip
    assert why(checks, "orm") == (
        "src/models/a.js matches **/models/**, in a repository with x y/package.json that contains "
        '"sequelize"'
    )
    # From a folder inside, and from another work tree, it is the same repository.
    assert ids(since(base, shop / "src")) == ids(checks)
    git(shop, "worktree", "add", "-q", "--detach", shop.parent / "elsewhere")
    assert ids(since(base, shop.parent / "elsewhere")) == ids(checks)


def test_another_repository_needs_none_of_them(base: Path, shop: Path) -> None:
    shop.rename(shop.parent / "blog")
    blog = shop.parent / "blog"
    commit(blog, **{"x y/package.json": "{}", "src/models/a.js": "xx", "src/c": "x"})
    assert ids(since(base, blog)) == []
    commit(blog, **{"lib/models/a": "x", "deploy/Dockerfile": "", "Dockerfile": ""})
    checks = since(base, blog)
    assert sorted(ids(checks)) == ["always", "kind"]
    assert why(checks, "always").startswith("on every checklist, in a repository with ")
    assert why(checks, "kind") == "kind of change model: lib/models/a matches lib/models/**"


def test_a_name_comes_from_a_remote_or_from_the_job(
    base: Path, shop: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = shop.rename(shop.parent / "build")
    assert "named" not in ids(since(base, folder))
    monkeypatch.setenv("CI_PROJECT_PATH", "Acme/Shop")
    assert why(since(base, folder), "named").endswith("in the repository Acme/Shop")
    git(folder, "remote", "add", "origin", "https://me:secret@git.example/alice/shop.git")
    checks = since(base, folder)  # a fork
    assert "named" not in ids(checks)
    assert "lines" in ids(checks)
    git(folder, "remote", "add", "upstream", "git@git.example:acme/shop.git")
    assert why(since(base, folder), "named").endswith("in the repository acme/shop")


@pytest.mark.parametrize(
    ("address", "name"),
    [
        ("https://git.example/group/sub/shop.git/", "group/sub/shop"),
        ("ssh://git@git.example:2222/acme/shop", "acme/shop"),
        ("git@git.example:acme/shop.git", "acme/shop"),
        ("/srv/git/shop.git", "shop"),
        ("../shop", "shop"),
        ("https://git.example/a\nb", "a\nb"),
    ],
)
def test_names_in_addresses(shop: Path, address: str, name: str) -> None:
    git(shop, "config", "remote.origin.url", address)
    assert list(names_of(shop)) == [name]


def test_a_bare_list_says_that_the_repository_is_not_known(base: Path, shop: Path) -> None:
    checks = chosen(base, "--changed-files", "-", given="src/models/a.js\n")
    assert sorted(ids(checks)) == ["always", "kind", "lines", "named", "orm"]
    assert why(checks, "orm").endswith("(which repository this is, is not known)")
    # Who names the repository says which one it is.
    listed = chosen(base, "--repo", shop, "--changed-files", "-", given="src/models/a.js\n")
    assert sorted(ids(listed)) == ["kind", "lines", "named", "orm"]
    assert "repository this is" not in why(listed, "orm")
    assert sorted(ids(chosen(base, "--all"))) == ["always", "kind", "lines", "named", "orm"]


def test_many_files_with_a_text(base: Path, shop: Path) -> None:
    many = {f"n{number}/package.json": "{}" for number in range(600)}
    commit(shop, **many, **{"z*/package.json": '"sequelize"', "x y/package.json": "{}"})
    commit(shop, **{"lib/models/b": "x"})
    assert "z*/package.json" in why(since(base, shop), "orm")


def test_a_repository_without_a_commit_is_a_plain_error(base: Path, tmp_path: Path) -> None:
    (tmp_path / "new").mkdir()
    git(tmp_path / "new", "init", "-q")
    listed = checklist(base, "--repo", tmp_path / "new", "--changed-since", "HEAD")
    assert listed.exit_code == 2
    assert "is not a git repository with a commit" in listed.stderr
    # A list needs no history; of a repository without one, nothing is known.
    checks = chosen(base, "--repo", tmp_path / "new", "--changed-files", "-", given="a/models/b\n")
    assert "(which repository this is, is not known)" in why(checks, "orm")


def test_what_is_wrong_is_said_at_its_place(tmp_path: Path) -> None:
    bad = [{"file": "./package.json"}, {"name": "a", "file": "b"}, {"name": "a", "contains": "b"}]
    checks = [check(f"c{n}", applies_to={"paths": ["a"], "repositories": [one]}) for n, one in enumerate(bad)]  # fmt: skip
    base = write_base(tmp_path, {name: incident(one) for name, one in zip("abc", checks, strict=True)})  # fmt: skip
    said = CliRunner().invoke(runbooks_command, ["lint", "--root", str(base)]).output
    assert "error[KB517]" in said
    assert "give either `name` or `file`" in said
    assert "`contains` needs `file`" in said
    assert "Not all checks are known" in checklist(base, "--changed-files", "-", given="a\n").stderr
