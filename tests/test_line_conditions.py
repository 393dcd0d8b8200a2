"""Conditions of checks on changed lines: from git, from a diff, and where nobody knows the lines."""

from __future__ import annotations

import io
import tracemalloc
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from generator.checklists import changed_lines, git_reading
from generator.checklists.changed_lines import ChangedLines, read_changed_lines
from generator.checklists.file_lists import read_file_list
from generator.cli import runbooks as runbooks_command
from generator.limits import CHANGED_LINES
from tests.releases import check, checklist, chosen, ids, incident, write_base
from tests.test_checklist import commit, git

KINDS = """\
site_name: x
plugins:
  - runbooks:
      kinds:
        drop:
          paths: ["db/**"]
          when_added: [dropColumn, {regex: '%s'}]
"""
INDEX = {"paths": ["db/**"], "when_added": "addIndex"}


@pytest.fixture
def base(tmp_path: Path) -> Path:
    checks = (
        check("index", applies_to=INDEX),
        check("rename", applies_to={"paths": ["db/**"], "when_removed": [{"regex": r"\bname:"}], "when_added": "name:"}),
        check("dropped", applies_to={"kinds": ["drop"]}),
    )  # fmt: skip
    standing = {"checks": [check("secret", applies_to={"when_changed": "SECRET"})]}
    config = KINDS % r"\bDROP\s+COLUMN\b"
    return write_base(tmp_path / "base", {"a": incident(*checks)}, standing, config)


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    made = tmp_path / "shop"
    made.mkdir()
    git(made, "init", "-q", "-b", "main")
    # What a user or a repository may set, and what must not matter.
    for name, value in (("diff.noprefix", "true"), ("diff.mnemonicPrefix", "true"), ("diff.context", "9"), ("color.diff", "always"), ("diff.external", "false")):  # fmt: skip
        git(made, "config", name, value)
    commit(made, db__1="one\nname: a\nthree\n", src__x="SECRET=1\n", blob="\0\n")
    return made


def why(checks: list[Any], name: str) -> str:
    found: str = next(c for c in checks if c["id"].endswith(f"/{name}"))["reasons"][0]["why"]
    return found


def test_lines_come_from_git(base: Path, repository: Path) -> None:
    commit(repository, db__1="one\nname: b\nthree\n", **{"db__ä b": "q.addIndex()\n"})
    checks = chosen(base, "--repo", repository, "--changed-since", "HEAD~1")
    assert ids(checks) == ["index", "rename"]
    assert why(checks, "index") == "db/ä b matches db/**, added: q.addIndex()"
    assert why(checks, "rename") == "db/1 matches db/**, removed: name: a, added: name: b"
    commit(repository, db__2="ALTER TABLE t DROP  COLUMN c\n")
    checks = chosen(base, "--repo", repository, "--changed-since", "HEAD~1")
    assert ids(checks) == ["dropped"]
    git(repository, "rm", "-q", "src/x")
    commit(repository)
    checks = chosen(base, "--repo", repository, "--changed-since", "HEAD~1")
    assert why(checks, "secret") == "src/x matches **, removed: SECRET= ..."


def test_a_diff_as_the_list_says_the_same_as_git(base: Path, repository: Path) -> None:
    commit(repository, db__1="one\nname: b\naddIndex\n")
    diff = git(repository, "diff", "--no-ext-diff", "--no-color", "--src-prefix=a/", "--dst-prefix=b/", "HEAD~1")  # fmt: skip
    asked = chosen(base, "--repo", repository, "--changed-since", "HEAD~1")
    assert chosen(base, "--changed-files", "-", given=diff + "\n") == asked
    assert ids(asked) == ["index", "rename"]


def test_without_lines_a_check_stays_and_says_so(base: Path, repository: Path) -> None:
    checks = chosen(base, "--changed-files", "-", given="db/1\n")
    assert ids(checks) == ["dropped", "index", "rename", "secret"]
    assert all("(which lines changed is not known)" in why(checks, one) for one in ids(checks))
    # What a person names is not narrowed.
    assert "dropped" in ids(chosen(base, "--kind", "drop"))
    assert "index" in ids(chosen(base, "--incident", "a"))
    # A list beside git: of what only the list names, nothing is known.
    commit(repository, db__1="x\n")
    both = ("--repo", repository, "--changed-since", "HEAD~1", "--changed-files", "-")
    assert "index" in ids(chosen(base, *both, given="db/2\n"))


def test_lines_of_a_binary_file_are_not_known(base: Path, repository: Path) -> None:
    commit(repository, db__blob="\0addIndex\n", **{".gitattributes": "db/lock -diff\n"})
    commit(repository, db__blob="\0other\n", db__lock="x\n")
    checks = chosen(base, "--repo", repository, "--changed-since", "HEAD~1")
    assert why(checks, "index") == (
        "db/blob and 1 more file match db/** (which lines changed is not known)"
    )


def test_what_is_behind_the_limit_is_not_known(repository: Path) -> None:
    line = "x" * 999 + "\n"
    commit(repository, Before="small\n", a=line * (CHANGED_LINES // 1000 + 2), z="small\n")
    lines = ChangedLines()
    read_changed_lines(repository, "HEAD~1", "HEAD", ["Before", "a", "z"], lines)
    assert lines.by_path == {"Before": ["!", "@", "+small"]}


def test_git_reads_only_files_about_which_a_condition_asks(
    base: Path, repository: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[tuple[str, ...]] = []

    def reading(*arguments: Any) -> Any:
        asked.append(arguments[1:])
        return git_reading.reading(*arguments)

    monkeypatch.setattr(changed_lines, "reading", reading)
    only_db = write_base(base / "only", {"a": incident(check("index", applies_to=INDEX))})
    commit(repository, **{"db/1": "addIndex", "db/a\nb": "addIndex", ":(top)db": "x", "src/x": "y"})
    checks = chosen(only_db, "--repo", repository / "db", "--changed-since", "HEAD~1")
    assert why(checks, "index") == "db/1 and 1 more file match db/**, added: addIndex"
    [words] = asked
    assert words[words.index("--") + 1 :] == (":(top,literal)db/1", ":(top,literal)db/a\nb")
    # Nothing is asked if no condition needs it, and one question is enough for very many files.
    chosen(only_db, "--repo", repository, "--changed-since", "HEAD")
    commit(repository, **{f"db/{'long' * 40}{number}": "addIndex" for number in range(700)})
    checks = chosen(only_db, "--repo", repository, "--changed-since", "HEAD~1")
    assert " and 699 more files match db/**, added: addIndex" in why(checks, "index")
    assert asked[1][-1] == "--"
    assert len(asked) == 2


def test_a_diff_of_200_megabytes_is_read_line_by_line(base: Path) -> None:
    """Only what conditions look at is held, and not more than the limit."""
    line = b"+" + b"x" * 999 + b"\n"
    head = b"diff --git a/%s b/%s\n--- a/%s\n+++ b/%s\n@@ -0,0 +1,%d @@\n"
    many = 210_000

    def pieces() -> Iterator[bytes]:
        yield head % (*[b"db/1"] * 4, 1) + b"+addIndex\n"
        yield head % (*[b"big"] * 4, many)
        for _ in range(many // 1000):
            yield line * 1000
        yield head % (*[b"db/2"] * 4, 1) + b"+x\n"

    lines = ChangedLines()
    tracemalloc.start()
    try:
        paths = read_file_list(io.BufferedReader(Pieces(pieces())), lines)
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert paths == ("db/1", "big", "db/2")
    assert peak < 5 * CHANGED_LINES
    assert lines.by_path["db/1"] == ["@", "+addIndex"]
    assert lines.by_path["db/2"] == ["@", "?"]


class Pieces(io.RawIOBase):
    """A stream of pieces that are made when they are read."""

    def __init__(self, pieces: Iterator[bytes]) -> None:
        self._pieces = pieces
        self._rest = b""

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        self._rest = self._rest or next(self._pieces, b"")
        taken, self._rest = self._rest[: len(buffer)], self._rest[len(buffer) :]
        buffer[: len(taken)] = taken
        return len(taken)


def test_lines_of_a_revision_that_is_not_there_are_not_known(repository: Path) -> None:
    lines = ChangedLines()
    read_changed_lines(repository, "0" * 40, "HEAD", ["db/1"], lines)
    assert lines.by_path == {}


def test_an_expression_that_backtracks_is_refused(tmp_path: Path) -> None:
    bad = {"paths": ["db/**"], "when_added": [{"regex": "(a+)+b"}]}
    base = write_base(tmp_path, {"a": incident(check("c", applies_to=bad))})
    linted = CliRunner().invoke(runbooks_command, ["lint", "--root", str(base)])
    assert "error[KB510]" in linted.output
    assert "repeats a group that contains a repeat" in linted.output
    # Nobody knows to what it applies, so no gate passes without it.
    assert "Not all checks are known" in checklist(base, "--changed-files", "-", given="x\n").stderr
    both = {"paths": ["db/**"], "when_added": [{"regex": "a", "text": "b"}]}
    base = write_base(tmp_path, {"a": incident(check("c", applies_to=both))})
    linted = CliRunner().invoke(runbooks_command, ["lint", "--root", str(base)])
    assert "give either `text` or `regex`" in linted.output


def test_an_expression_of_mkdocs_yml_that_backtracks_is_refused(tmp_path: Path) -> None:
    base = write_base(tmp_path, {"a": incident()}, config=KINDS % "(a+)+b")
    linted = CliRunner().invoke(runbooks_command, ["lint", "--root", str(base)])
    assert "mkdocs.yml:7:44: error[KB510]" in linted.output
    listed = checklist(base, "--changed-files", "-", given="db/1\n")
    assert listed.exit_code == 1
    assert "kinds: drop: " in listed.stderr
