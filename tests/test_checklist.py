"""`runbooks checklist`: which checks a release gets, in which order, and why."""

from __future__ import annotations

import json
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import jsonschema
import pytest
import yaml
from click.testing import CliRunner

from generator.cli import runbooks as runbooks_command
from generator.knowledge.base import load
from generator.site.checklist_data import build_checklist_data
from tests.conftest import ROOT
from tests.releases import began, check, checklist, chosen, ids, incident, write_base
from tests.sites import runbooks

PATHS = {"applies_to": {"paths": ["backend/**"]}}


@pytest.fixture
def shop(tmp_path: Path) -> Path:
    return write_base(
        tmp_path,
        {
            "cart": incident(
                check("by-path", applies_to={"paths": ["backend/cart/**", "!*.md"]}),
                check("by-kind", applies_to={"kinds": ["migration"]}, phase="during"),
                check("by-component", applies_to={"components": ["cart"]}, phase="after"),
                check("undo", applies_to={"kinds": ["migration"]}, phase="rollback"),
                check("implied"),
            ),
        },
    )


def git(repository: Path, *arguments: str | bytes) -> str:
    names = {"GIT_AUTHOR_NAME": "t", "GIT_AUTHOR_EMAIL": "t@example.com"}
    names |= {k.replace("AUTHOR", "COMMITTER"): v for k, v in names.items()}
    done = subprocess.run(
        ["git", "-C", repository, *arguments],
        capture_output=True,
        check=True,
        env={"PATH": "/usr/bin:/bin:/usr/local/bin", "GIT_CONFIG_GLOBAL": "/dev/null", **names},
    )
    return done.stdout.decode().strip()


def commit(repository: Path, **files: str) -> str:
    for name, text in files.items():
        path = repository / name.replace("__", "/")
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    git(repository, "add", "-A")
    git(repository, "commit", "-qm", "change")
    return git(repository, "rev-parse", "HEAD")


def parted(repository: Path) -> Path:
    """Make a repository in which `main`, checked out, and `feature` have each gone on by a commit."""
    repository.mkdir()
    git(repository, "init", "-q", "-b", "main")
    commit(repository, readme="1")
    git(repository, "checkout", "-qb", "feature")
    commit(repository, backend__cart__x="1")
    git(repository, "checkout", "-q", "main")
    commit(repository, db__migrations__one="1")
    return repository


# -- what a release touches ----------------------------------------------------------------------


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        (["--component", "cart"], ["by-component"]),
        (["--component", "shop"], ["implied"]),
        (["--kind", "migration"], ["by-kind", "undo"]),
        (["--kind", "migration", "--phase", "rollback"], ["undo"]),
        (["--kind", "migration", "--component", "cart"], ["by-kind", "by-component", "undo"]),
        (["--incident", "cart"], ["by-path", "implied", "by-kind", "by-component", "undo"]),
        (["--all", "--phase", "before", "--phase", "after"], ["by-path", "implied", "by-component"]),
        (["--all", "--level", "advisory"], []),
    ],
)  # fmt: skip
def test_what_is_named_is_on_the_list(
    shop: Path, arguments: list[str], expected: list[str]
) -> None:
    assert ids(chosen(shop, *arguments)) == expected


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ("backend/cart/index.js", ["by-path"]),
        ("backend/cart/README.md", []),
        ("backend/other.js", []),
        ("db/migrations/0001.sql", ["by-kind", "undo"]),
        ("services/cart/a", ["by-component"]),
        ("Backend/cart/index.js", []),
        ("./backend/cart/index.js", ["by-path"]),
        ("backend/cart/a b/'quote'/\u00e9", ["by-path"]),
        ('"backend/cart/tab\\there \\303\\251"', ["by-path"]),
    ],
)
def test_changed_files_choose(shop: Path, path: str, expected: list[str]) -> None:
    assert ids(chosen(shop, "--changed-files", "-", given=f"{path}\n")) == expected


def test_lists_of_files_come_in_the_forms_that_git_prints(shop: Path) -> None:
    for given in (b"a\r\nbackend/cart/x\r\n", b"a\0backend/cart/x\0", b"\n\nbackend/cart/x"):
        assert ids(chosen(shop, "--changed-files", "-", given=given)) == ["by-path"]


def test_a_name_that_is_no_text_is_shown_as_git_shows_it(shop: Path) -> None:
    [found] = chosen(shop, "--changed-files", "-", given=b"backend/cart/\xff\n\0backend/cart/b\0")
    assert found["reasons"][0]["matched"][0]["value"] == '"backend/cart/\\377\\n"'
    result = checklist(shop, "--changed-files", "-", given=b"backend/cart/\xff`\n\0")
    assert "\\377" in result.stdout
    assert result.exit_code == 0


def test_git_tells_what_has_changed(shop: Path, tmp_path: Path) -> None:
    repository = tmp_path / "app"
    repository.mkdir()
    git(repository, "init", "-q", "-b", "main")
    commit(repository, backend__cart__old="1", db__migrations__one="1")
    git(repository, "tag", "v1")
    commit(repository, backend__cart__new="1")
    (repository / "db/migrations/one").write_text("not committed")
    result = checklist(shop, "--changed-since", "v1", "--repo", repository)
    assert "by-path" in result.stdout
    assert "by-kind" not in result.stdout
    assert "Changed since v1 (1 file)" in result.stdout
    assert "uncommitted changes in 1 file" in result.stderr
    git(repository, "mv", "db/migrations/one", "db/one")
    git(repository, "commit", "-qam", "moved")
    below = chosen(shop, "--changed-since", "v1", "--repo", repository / "backend")
    assert ids(below) == ["by-path", "by-kind", "undo"], "a renamed file counts under its old name"


def test_what_came_into_the_other_branch_is_not_part_of_the_release(
    shop: Path, tmp_path: Path
) -> None:
    repository = parted(tmp_path / "app")
    git(repository, "checkout", "-q", "feature")
    assert ids(chosen(shop, "--changed-since", "main", "--repo", repository)) == ["by-path"]


def test_a_clone_without_the_parting_says_so(shop: Path, tmp_path: Path) -> None:
    repository, shallow = parted(tmp_path / "app"), tmp_path / "shallow"
    git(tmp_path, "clone", "-q", "--depth=1", f"file://{repository}", shallow)
    git(shallow, "fetch", "-q", "--depth=1", "origin", "feature:feature")
    found = checklist(shop, "--changed-since", "feature", "--repo", shallow)
    assert found.exit_code == 0
    assert "does not contain the common ancestor" in found.stderr
    assert "by-path" in found.stdout, "rather too many checks than too few"
    assert "by-kind" in found.stdout
    git(shallow, "fetch", "-q", "--unshallow", "origin")
    found = checklist(shop, "--changed-since", "feature", "--repo", shallow)
    assert "parted" not in found.stderr
    assert "by-path" not in found.stdout


def test_an_incident_that_gives_no_checks_says_why(tmp_path: Path) -> None:
    drafts = {"old": incident(check("a"), status="withdrawn"), "torn": incident(check("b"))}
    root = write_base(tmp_path, drafts)
    (root / "incidents/torn/incident.yaml").write_text("title: [", "utf-8")
    for name, words in (
        ("old", "'old' has no checks here: it is withdrawn"),
        ("torn", "'torn' has errors; see `runbooks lint`"),
        ("../old", "no incident has the name '../old'; no names are known"),
    ):
        result = checklist(root, "--incident", name)
        assert result.exit_code == 2
        assert words in result.stderr
    # The file that cannot be read may define the unknown name.
    assert "(torn)" in checklist(root, "--component", "x").stderr


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ([], "nothing describes the release"),
        (["--component", "carts"], "did you mean cart"),
        (["--component", "x"], "known names: cart, shop"),
        (["--kind", "migrations"], "did you mean migration?"),
        (["--incident", "cat"], "did you mean cart?"),
        (["--all", "--set", "table=x"], "names are upper-case"),
        (["--all", "--set", "NOBODY=x"], "no check has the parameter NOBODY"),
        (["--all", "--set", "cart/NOBODY=x"], "no check of cart has the parameter NOBODY"),
        (["--changed-files", "no-such-file"], "does not exist"),
    ],
)
def test_what_is_not_known_is_an_error(shop: Path, arguments: list[str], words: str) -> None:
    result = checklist(shop, *arguments)
    assert result.exit_code == 2
    assert words in result.stderr
    assert not result.stdout


def test_a_revision_or_a_repository_that_is_not_there_is_an_error(
    shop: Path, tmp_path: Path
) -> None:
    bare = tmp_path / "bare"
    bare.mkdir()
    result = checklist(shop, "--changed-since", "v1", "--repo", bare)
    assert result.exit_code == 2
    assert "is not a git repository with a commit" in result.stderr
    git(bare, "init", "-q")
    commit(bare, a="1")
    for name in ("v1", "--all", "HEAD:a", ""):
        result = checklist(shop, f"--changed-since={name}", "--repo", bare)
        assert result.exit_code == 2, name
        assert f"has no revision {name!r}" in result.stderr


def test_an_input_that_is_closed_is_an_empty_one(shop: Path) -> None:
    ask = '"$0" -m generator checklist --root "$1" --changed-files - <&-'
    done = subprocess.run(["sh", "-c", ask, sys.executable, shop], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    assert "A list of 0 changed files. No check applies to this release." in done.stdout


def test_that_nothing_applies_is_a_sentence_and_no_error(shop: Path) -> None:
    result = checklist(shop, "--changed-files", "-", given="docs/x\n")
    assert result.exit_code == 0
    assert "No check applies to this release." in result.stdout
    result = checklist(shop, "--changed-files", "-", "--format", "json", given="docs/x\n")
    assert result.exit_code == 0
    assert "No check applies to this release." in result.stderr


# -- selection that can never match --------------------------------------------------------------


def test_braces_choose(tmp_path: Path) -> None:
    base = write_base(tmp_path, {"a": incident(check("c", applies_to={"paths": ["*.{yml,yaml}"]}))})
    assert ids(chosen(base, "--changed-files", "-", given="a/b.yaml\n")) == ["c"]
    assert ids(chosen(base, "--changed-files", "-", given="a/b.json\n")) == []


def test_a_check_whose_globs_match_nothing_is_named_and_no_gate_passes_without_it(
    tmp_path: Path,
) -> None:
    broken = check("never", applies_to={"paths": ["./server/env.ts"]})
    other = check("other", applies_to={"paths": ["server/**"]}, run="true", expect={"exit": 0})
    base = write_base(tmp_path, {"a": incident(broken, other)})
    given = tmp_path / "changed"
    given.write_text("server/env.ts\n", "utf-8")
    said = checklist(base, "--changed-files", given)
    assert "Not all checks are known: 1 file with errors (a)" in said.stderr
    assert ids(chosen(base, "--changed-files", given)) == ["other"]
    gate = [
        "checklist",
        "run",
        "--root",
        str(base),
        "--yes",
        "--trust",
        "--changed-files",
        str(given),
    ]
    ran = CliRunner().invoke(runbooks_command, gate)
    assert ran.exit_code == 1
    assert "needs all checks" in ran.stderr
    assert build_checklist_data(load(base)).content.count(b'"unreadable":["a"]') == 1


@pytest.mark.parametrize(
    ("globs", "words"),
    [
        ('["a|b"]', "alternatives in parentheses"),
        ('["./db/**"]', "kinds: migration: paths do not begin with ./"),
        ('["!a", "!b"]', "only exclude"),
    ],
)
def test_a_glob_of_mkdocs_yml_that_matches_nothing_stops_the_list_and_is_linted_at_its_place(
    globs: str, words: str, tmp_path: Path
) -> None:
    config = f"site_name: x\nplugins:\n  - search\n  - runbooks:\n      kinds:\n        migration: {globs}\n"
    base = write_base(tmp_path, {"a": incident(check("c", applies_to={"kinds": ["migration"]}))}, config=config)  # fmt: skip
    listed = checklist(base, "--changed-files", "-", given="db/1.sql\n")
    assert listed.exit_code == 1
    assert words in listed.stderr
    linted = CliRunner().invoke(runbooks_command, ["lint", "--root", str(base)])
    assert linted.exit_code == 1
    at = 9 if words == "only exclude" else 21
    assert f"mkdocs.yml:6:{at}: error[KB517]" in linted.output


def test_names_that_nothing_defines_are_found_in_incidents_and_standing_checks(
    tmp_path: Path,
) -> None:
    wrong = check("c", applies_to={"kinds": ["migrations"], "components": ["shops", "cart"]})
    standing = {"checks": [check("s", expect={"shows": "x"}, applies_to={"components": ["shop", "carts"]})]}  # fmt: skip
    base = write_base(tmp_path, {"a": incident(wrong, components=["shop"])}, standing)
    linted = CliRunner().invoke(runbooks_command, ["lint", "--root", str(base), "--format", "json"])
    found = [
        (f["file"], f["message"], f["hint"])
        for f in json.loads(linted.stdout)["diagnostics"]
        if f["code"] == "KB522"
    ]
    assert found == [
        ("incidents/a/incident.yaml", "nothing defines the component 'shops'", "did you mean shop?"),
        ("incidents/a/incident.yaml", "nothing defines the kind of change 'migrations'", "did you mean migration?"),
        ("incidents/checks.yaml", "nothing defines the component 'carts'", "did you mean cart?"),
    ]  # fmt: skip


# -- why, in which order, and once ---------------------------------------------------------------


def test_each_check_says_why_it_is_there(shop: Path) -> None:
    [found] = chosen(
        shop, "--changed-files", "-", given="backend/cart/a\nbackend/cart/b\nbackend/cart/c.md\n"
    )
    [reason] = found["reasons"]
    assert reason["why"] == "backend/cart/a and 1 more file match backend/cart/**"
    assert (reason["incident"], reason["severity"]) == ("cart", "SEV2")
    [_, undo] = chosen(shop, "--changed-files", "-", given="db/migrations/1.sql\n")
    assert undo["reasons"][0]["why"] == (
        "kind of change migration: db/migrations/1.sql matches **/migrations/**"
    )


def test_the_order_is_phase_then_level_then_severity_then_the_newest(tmp_path: Path) -> None:
    base = write_base(
        tmp_path,
        {
            "old": incident(check("old", **PATHS), timeline=began("2024-01-01")),
            "new": incident(check("new", **PATHS), timeline=began("2026-01-01")),
            "worst": incident(check("worst", **PATHS), severity="SEV1"),
            "mixed": incident(
                check("after", phase="after", **PATHS),
                check("rollback", phase="rollback", **PATHS),
                check("during", phase="during", **PATHS),
                check("advice", level="advisory", **PATHS),
                severity="SEV1",
            ),
            "gone": incident(check("gone", **PATHS), status="withdrawn"),
        },
        {"checks": [check("always"), check("sometimes", applies_to={"kinds": ["migration"]})]},
    )
    found = chosen(base, "--changed-files", "-", given="backend/x\n")
    assert ids(found) == [
        "worst",
        "new",
        "old",
        "always",
        "advice",
        "during",
        "after",
        "rollback",
    ]
    assert found[3]["id"] == "standing/always"
    assert found[3]["reasons"][0]["why"] == "on every checklist"


def test_checks_that_run_the_same_are_shown_once_with_all_reasons(tmp_path: Path) -> None:
    run = {"run": "make gate", "risk": "read-only", **PATHS}
    base = write_base(
        tmp_path,
        {
            "one": incident(
                check("gate", level="advisory", expect={"exit": 0}, **run), severity="SEV3"
            ),
            "two": incident(
                check(
                    "same",
                    expect={"contains": ["ok"]},
                    timeout="2m",
                    poll={"every": "5s", "for": "1m"},
                    **run,
                ),
                severity="SEV1",
            ),
            "three": incident(
                check("opposite", level="advisory", expect={"exit": 1}, **run), severity="SEV4"
            ),
            "four": incident(check("later", phase="after", **run)),
        },
    )
    found = chosen(base, "--changed-files", "-", given="backend/x\n")
    assert ids(found) == ["same", "opposite", "later"]
    first = found[0]
    assert [reason["id"] for reason in first["reasons"]] == ["two/same", "one/gate"]
    assert first["expect"] == {"exit": 0, "contains": ["ok"]}
    assert (first["level"], first["timeout"]) == ("blocking", "2m")
    assert first["poll"] == {"every": "5s", "for": "1m"}
    text = checklist(base, "--changed-files", "-", given="backend/x\n").stdout
    assert text.count("make gate") == 3
    assert "`ok`; tried again every 5s for at most 1m" in text
    assert "`one/gate`" in text


def test_the_same_words_with_other_values_are_another_command(tmp_path: Path) -> None:
    def tools(folder: str) -> dict[str, Any]:
        return incident(
            check("tool", run='"$TOOLS/x"', risk="read-only", expect={"exit": 0}, **PATHS),
            parameters=[{"name": "TOOLS", "description": "Where.", "default": folder}],
        )

    base = write_base(tmp_path, {"one": tools("a"), "two": tools("b")})
    assert len(chosen(base, "--all")) == 2
    assert len(chosen(base, "--all", "--set", "TOOLS=c")) == 1
    [first, second] = chosen(base, "--all", "--set", "TOOLS=c", "--set", "one/TOOLS=d")
    assert {check["values"]["TOOLS"]["value"] for check in (first, second)} == {"c", "d"}


# -- what is wrong with the knowledge base -------------------------------------------------------


def test_an_incident_with_errors_is_named(tmp_path: Path) -> None:
    base = write_base(tmp_path, {"good": incident(check("c", **PATHS)), "bad": "title: [\n"})
    result = checklist(base, "--all")
    assert result.exit_code == 0
    assert "Not all checks are known: 1 file with errors (bad)" in result.stderr
    assert "these incidents have errors: `bad`" in result.stdout


def test_waivers_are_linted_at_their_place(tmp_path: Path) -> None:
    base = write_base(tmp_path, {"good": incident(checks=[check("c", run="true")])})
    file = base / "incidents/waivers.yaml"
    one = "  - check: {}\n    reason: r\n    who: release manager\n    until: {}\n"
    file.write_text("waivers:\n" + one.format("good/d", "2099-01-01") + one.format("good/c", "2026-01-31"))  # fmt: skip
    found = runbooks("lint", "--root", base).stdout
    assert "waivers.yaml:2:12: warning[KB531] no check has the id good/d" in found
    assert "did you mean good/c?" in found
    assert "waivers.yaml:9:12: warning[KB532] this waiver ended on 2026-01-31" in found
    file.write_text("waivers:\n  - check: good\n    reason: r\n    until: soon\n")
    found = runbooks("lint", "--root", base).stdout
    assert "waivers.yaml:2:12: error" in found
    assert "expected the id of a check" in found
    assert "waivers.yaml:4:12: error" in found
    assert "expected a date" in found


def test_standing_checks_are_linted_at_their_place(tmp_path: Path) -> None:
    standing = {
        "checks": [check("c", run="echo $NAME", applies_to={"paths": ["a[", "b"]})],
    }
    base = write_base(tmp_path, {"good": incident()}, standing)
    result = runbooks("lint", "--root", base)
    assert "incidents/checks.yaml" in result.stdout
    for code in ("KB504", "KB517"):
        assert code in result.stdout
    assert "KB1" not in result.stdout, "what an incident needs is not asked of standing checks"
    (base / "incidents/checks.yaml").write_text("checks:\n  - id: Bad Id\n    tpyo: 1\n")
    result = runbooks("lint", "--root", base)
    assert "incidents/checks.yaml:3:5" in result.stdout
    listed = checklist(base, "--all")
    assert "incidents/checks.yaml" in listed.stderr


def test_what_is_kept_of_the_incidents_is_never_stale(shop: Path) -> None:
    assert ids(chosen(shop, "--component", "cart")) == ["by-component"]
    file = shop / "incidents/cart/incident.yaml"
    content = yaml.safe_load(file.read_text())
    content["checks"] = [check("other", applies_to={"components": ["cart"]})]
    file.write_text(yaml.safe_dump(content))
    assert ids(chosen(shop, "--component", "cart")) == ["other"]
    write_base(shop, {"more": incident(check("more", applies_to={"components": ["cart"]}))})
    assert ids(chosen(shop, "--component", "cart")) == ["other", "more"]
    file.unlink()
    file.parent.rmdir()
    assert ids(chosen(shop, "--component", "cart")) == ["more"]
    time.sleep(0.03)  # what has changed just now is not kept
    assert ids(chosen(shop, "--component", "cart")) == ["more"]
    kept = shop / ".cache/runbooks/checks.rows"
    kept.write_bytes(kept.read_bytes()[:-5])
    assert ids(chosen(shop, "--component", "cart")) == ["more"]


# -- this repository's incidents -----------------------------------------------------------------

SEQUELIZE = "sequelize-duplicate-association-alias"
SESSIONS = "postgresql-concurrent-create-table"


@pytest.mark.parametrize(
    ("path", "incident_id", "names"),
    [
        (
            "backend/models/social/enhanced/index.mjs",
            SEQUELIZE,
            {
                "models-load-without-database",
                "no-alias-twice-on-one-model",
                "no-include-under-old-alias",
                "no-association-error-at-start",
                "api-answers",
                "rollback-target-has-alias-once",
            },
        ),
        (
            "backend/src/server.js",
            SESSIONS,
            {
                "several-copies-start-together",
                "no-sync-at-start",
                "no-catalog-duplicates-in-log",
            },
        ),
        (
            "backend/migrations/20250902000001-create-sessions-table.js",
            SESSIONS,
            {
                "several-copies-start-together",
                "deploy-drops-no-table",
                "table-exists-before-first-instance",
                "no-catalog-duplicates-in-log",
                "sessions-are-still-there",
                "old-table-exists-for-rollback",
            },
        ),
    ],
)
def test_paths_of_the_write_ups_choose_the_right_checks_and_no_others(
    path: str, incident_id: str, names: set[str]
) -> None:
    listed = chosen(ROOT, "--changed-files", "-", given=f"{path}\nfrontend/index.html\n")
    # A list without lines cannot rule out the checks of the library, which look at lines in all files.
    found = [one for one in listed if one["id"].startswith((f"{SEQUELIZE}/", f"{SESSIONS}/"))]
    assert {check["id"].partition("/")[0] for check in found} == {incident_id}
    assert set(ids(found)) == names


def test_a_frontend_alone_needs_no_check() -> None:
    # With its lines: without them, nothing rules out the checks that look at lines of all files.
    diff = "--- a/{0}\n+++ b/{0}\n@@ -1 +1 @@\n-<h1>Shop</h1>\n+<h1>Our shop</h1>\n"
    given = "".join(map(diff.format, ("frontend/src/App.jsx", "README.md")))
    assert chosen(ROOT, "--changed-files", "-", given=given) == []


def test_the_standing_checks_have_a_schema(tmp_path: Path) -> None:
    schema = json.loads(runbooks("schema", "--of", "checks").stdout)
    jsonschema.validate({"checks": [check("c", level="advisory")], "parameters": []}, schema)
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate({"checks": [{"id": "c"}]}, schema)
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate({"title": "x"}, schema)


def test_drafts_are_left_out_where_the_site_leaves_them_out(tmp_path: Path) -> None:
    drafted = {"one": incident(check("c", **PATHS), status="draft"), "two": incident(check("d"))}
    base = write_base(tmp_path, drafted)
    assert ids(chosen(base, "--all")) == ["c", "d"]
    (base / "mkdocs.yml").write_text("site_name: x\nplugins: [{runbooks: {drafts: false}}]\n")
    assert ids(chosen(base, "--all")) == ["d"]


def test_a_check_of_several_incidents_stands_where_the_worst_of_them_does(tmp_path: Path) -> None:
    run = {"run": "make gate", "risk": "read-only", "expect": {"exit": 0}, **PATHS}
    base = write_base(
        tmp_path,
        {
            "a": incident(check("a", **PATHS), severity="SEV2"),
            "b": incident(check("blocks", **run), severity="SEV3"),
            "c": incident(check("advises", level="advisory", **run), severity="SEV1"),
        },
    )
    assert ids(chosen(base, "--all")) == ["blocks", "a"]
