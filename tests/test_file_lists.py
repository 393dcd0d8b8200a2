"""What git really prints is read right, a list that is none is refused, and a release is what git says."""

from __future__ import annotations

import io
import os
import subprocess
import tracemalloc
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from generator.checklists.changes import changed_since
from generator.checklists.file_lists import listed_paths, read_file_list
from generator.checklists.git_reading import NoChanges
from generator.checklists.quoted_paths import NotAFileList
from generator.cli import runbooks
from tests.releases import check, checklist, chosen, ids, incident, write_base

Git = Callable[..., bytes]


def git_in(folder: Path) -> Git:
    who = {f"GIT_{role}_{what}": "x@x" for role in ("AUTHOR", "COMMITTER") for what in ("NAME", "EMAIL")}  # fmt: skip
    environment = {**os.environ, **who, "GIT_CONFIG_GLOBAL": os.devnull}

    def git(*arguments: str | Path) -> bytes:
        return subprocess.run(
            ["git", "-c", "protocol.file.allow=always", "-C", folder, *arguments],
            env=environment, capture_output=True, check=True,
        ).stdout  # fmt: skip

    return git


def write(folder: Path, files: dict[str, str | bytes]) -> None:
    for name, content in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content if isinstance(content, bytes) else content.encode())


@pytest.fixture(scope="module")
def odd(tmp_path_factory: pytest.TempPathFactory) -> tuple[Git, set[str], dict[str, bytes]]:
    """A repository with a commit of everything that makes a list hard to read."""
    folder = tmp_path_factory.mktemp("odd")
    git = git_in(folder)
    git("init", "-q")
    write(folder, {
        "src/old/a.js": "x\n" * 30, "del.txt": "1\n", "bin.png": bytes(range(256)) * 10,
        "sp ace/b c.txt": "1\n", "mode.sh": "x\n", "tab\tx": "1\n", "é": "1\n", "nl\nx": "1",
        "-- a": "-- b\n++ c\n", "a => b": "1\n", "copy.txt": "zz\n" * 40,
    })  # fmt: skip
    git("add", "-A")
    git("commit", "-qm", "one")
    git("mv", "src/old/a.js", "src/new.js")
    (folder / "del.txt").unlink()
    (folder / "mode.sh").chmod(0o755)
    write(folder, {
        "bin.png": bytes(range(255, -1, -1)) * 10, "sp ace/b c.txt": "2\n", "tab\tx": "2\n",
        "é": "2\n", "nl\nx": "2", "-- a": "++ c\n", "empty": "", "b/x": "1\n",
        "copy2.txt": "zz\n" * 40, "copy.txt": "zz\n" * 40 + "y\n",
    })  # fmt: skip
    git("add", "-A")
    status = {
        " ".join(options): git("status", *options)
        for options in (
            ("--porcelain",), ("--porcelain", "-z"), ("--porcelain=v2",), ("-sb",),
            ("--porcelain=v2", "-z", "-b"),
        )
    }  # fmt: skip
    git("commit", "-qm", "two\n\nwords\n")
    names = git("diff", "--no-renames", "--name-only", "-z", "HEAD~", "HEAD")
    return git, {os.fsdecode(name) for name in names.split(b"\0") if name}, status


FORMS = [
    "--name-only --no-renames", "--name-only --no-renames -z", "--name-status", "--name-status -z",
    "--numstat", "--numstat -z", "--stat=1000", "--stat=1000 --summary", "--compact-summary",
    "--stat", "--raw", "--raw -z", "-p", "--binary", "--no-prefix", "-U0", "-M -C -C", "--no-renames",
    "-R", "--full-index", "--src-prefix=old/ --dst-prefix=new/",
]  # fmt: skip


@pytest.mark.parametrize("form", FORMS)
def test_what_git_diff_prints_is_read(form: str, odd: tuple[Git, set[str], dict[str, bytes]]) -> None:  # fmt: skip
    git, expected, _ = odd
    assert set(listed_paths(git("diff", *form.split(), "HEAD~", "HEAD"))) == expected


@pytest.mark.parametrize("form", ["show", "log -p", "format-patch --stdout HEAD~"])
def test_diffs_of_commits_are_read(form: str, odd: tuple[Git, set[str], dict[str, bytes]]) -> None:
    git, expected, _ = odd
    assert set(listed_paths(git(*form.split()))) >= expected


def test_what_git_status_prints_is_read(odd: tuple[Git, set[str], dict[str, bytes]]) -> None:
    _, expected, status = odd
    for form, content in status.items():
        assert set(listed_paths(content)) == expected, form


@pytest.mark.parametrize("form", ["log", "log --oneline", "show --name-only", "shortlog HEAD", "diff --patch-with-stat HEAD~"])  # fmt: skip
def test_what_is_more_than_a_list_is_refused(form: str, odd: tuple[Git, set[str], dict[str, bytes]]) -> None:  # fmt: skip
    with pytest.raises(NotAFileList, match="git diff --name-only"):
        listed_paths(odd[0](*form.split()))


class Endless(io.RawIOBase):
    """A stream that makes its bytes when they are read."""

    def __init__(self, pieces: Iterator[bytes]) -> None:
        self.pieces, self.left = pieces, bytearray()

    def read(self, size: int = -1) -> bytes:
        assert size >= 0, "read without a limit"
        while len(self.left) < size and (piece := next(self.pieces, b"")):
            self.left += piece
        found = bytes(self.left[:size])
        del self.left[:size]
        return found


def large_diff(files: int, lines: int, line: bytes) -> Iterator[bytes]:
    for number in range(files):
        yield b"diff --git a/f%d b/f%d\n--- a/f%d\n+++ b/f%d\n@@ -0,0 +1,%d @@\n" % (
            *(number,) * 4,
            lines,
        )
        for _ in range(lines):
            yield b"+" + line + b"\n"


@pytest.mark.parametrize(("files", "lines", "line"), [(3, 200, b"x" * 350_000), (1, 2, b"y" * 100_000_000)])  # fmt: skip
def test_a_diff_of_200_megabytes_is_never_in_memory(files: int, lines: int, line: bytes) -> None:
    tracemalloc.start()
    found = read_file_list(Endless(large_diff(files, lines, line)))  # type: ignore[arg-type]
    peak = tracemalloc.get_traced_memory()[1] - len(line) * 4
    tracemalloc.stop()
    assert found == tuple(f"f{n}" for n in range(files))
    assert peak < 20 << 20


def test_another_list_has_a_limit() -> None:
    with pytest.raises(NotAFileList, match="64 MiB"):
        read_file_list(Endless(b"a/%s/c%d\n" % (b"b" * 1000, n) * 100 for n in range(10**9)))  # type: ignore[arg-type]


# -- the command ---------------------------------------------------------------------------------


@pytest.fixture
def shop(tmp_path: Path) -> Path:
    gate = check("gate", applies_to={"paths": ["src/**"]}, run="true", expect={"exit": 0}, risk="read-only")  # fmt: skip
    return write_base(tmp_path / "kb", {"one": incident(gate)})


def gate(base: Path, *arguments: str | Path, given: bytes | None = None) -> Result:
    words = [
        "checklist",
        "run",
        "--root",
        base,
        "--yes",
        "--trust",
        "--record-dir",
        base,
        *arguments,
    ]
    return CliRunner().invoke(runbooks, list(map(str, words)), input=given)


def test_the_command_reads_what_it_is_given_or_says_why_not(shop: Path) -> None:
    for given in (b"M\tsrc/a.js\n", b" src/a.js | 3 ++-\n", b'[{"filename": "src/a.js"}]'):
        assert ids(chosen(shop, "--changed-files", "-", given=given)) == ["gate"]
    refused = checklist(shop, "--changed-files", "-", given=b"fatal: bad revision \x1b[31m\n")
    assert refused.exit_code == 2
    assert "line 1 is a message of a program: fatal: bad revision" in refused.stderr
    assert "git diff --name-only main..." in refused.stderr
    assert "\x1b" not in refused.stderr


def test_a_list_that_selects_nothing_may_be_the_wrong_list(tmp_path: Path, shop: Path) -> None:
    repository = tmp_path / "released"
    repository.mkdir()
    git = git_in(repository)
    git("init", "-q")
    write(repository, {"README.md": "x"})
    git("add", ".")
    git("commit", "-qm", "1")

    def said(given: bytes) -> str:
        done = checklist(shop, "--changed-files", "-", "--repo", repository, given=given)
        assert done.exit_code == 0
        assert "No check applies" in done.stdout
        return done.stderr

    assert "The list of changed files is empty." in said(b"")
    # The names of tags, or of another repository.
    assert f"none is in the repository {repository.resolve()}." in said(b"v1.0\nv1.1\n")
    assert said(b"README.md\nremoved.md\n") == ""


@pytest.mark.parametrize("given", [b"", b"[]", b"\n\n"])
def test_a_gate_does_not_pass_without_a_single_changed_file(given: bytes, shop: Path) -> None:
    failed = gate(shop, "--changed-files", "-", given=given)
    assert failed.exit_code == 2
    assert "add --allow-empty" in failed.stderr
    assert gate(shop, "--changed-files", "-", "--allow-empty", given=given).exit_code == 0
    assert gate(shop, "--changed-files", "-", "--component", "shop", given=given).exit_code == 0
    assert gate(shop, "--changed-files", "-", given=b"docs/x\n").exit_code == 0
    assert checklist(shop, "--changed-files", "-", given=given).exit_code == 0


@pytest.fixture
def app(tmp_path: Path) -> Path:
    """A repository: v1, then src/a.js on main; v2 on a branch from v1 with src/b.js."""
    folder = tmp_path / "app"
    folder.mkdir()
    git = git_in(folder)
    git("init", "-q", "-b", "main")
    write(folder, {"readme": "1"})
    git("add", "-A")
    git("commit", "-qm", "one")
    git("tag", "v1")
    git("checkout", "-qb", "next")
    write(folder, {"src/b.js": "1"})
    git("add", "-A")
    git("commit", "-qm", "two")
    git("tag", "v2")
    git("checkout", "-q", "main")
    write(folder, {"src/a\n.js": "1"})
    git("add", "-A")
    git("commit", "-qm", "three")
    return folder


@pytest.mark.parametrize(
    ("revision", "paths", "checked_out"),
    [
        ("v1", {"src/a\n.js"}, True),
        ("v1..v2", {"src/b.js"}, False),
        ("v1...v2", {"src/b.js"}, False),
        ("v2..", {"src/a\n.js", "src/b.js"}, True),
        ("v2...", {"src/a\n.js"}, True),
        ("v2...HEAD", {"src/a\n.js"}, True),
        ("..v2", {"src/a\n.js", "src/b.js"}, False),
        ("...v2", {"src/b.js"}, False),
        ("v2..main", {"src/a\n.js", "src/b.js"}, True),
    ],
)
def test_ranges_are_those_of_git_diff(revision: str, paths: set[str], checked_out: bool, app: Path) -> None:  # fmt: skip
    found = changed_since(app, revision)
    assert set(found.paths) == paths
    assert found.checked_out is checked_out
    by_git = git_in(app)("diff", "--name-only", "-z", "--no-renames", revision if ".." in revision else f"{revision}...")  # fmt: skip
    assert {name.decode() for name in by_git.split(b"\0") if name} == paths


def test_a_range_that_ends_elsewhere_says_so(shop: Path, app: Path) -> None:
    found = checklist(shop, "--changed-since", "v1..v2", "--repo", app)
    assert "Changed in v1..v2 (1 file)" in found.stdout
    assert "another commit is checked out" in found.stderr
    for revision, missing in (("v1..v9", "v9"), ("v9..", "v9"), ("a...b", "a")):
        refused = checklist(shop, "--changed-since", revision, "--repo", app)
        assert refused.exit_code == 2
        assert f"has no revision {missing!r}" in refused.stderr


def test_a_repository_without_history_says_what_to_do(tmp_path: Path) -> None:
    git_in(tmp_path)("init", "-q")
    with pytest.raises(NoChanges, match="not a git repository with a commit"):
        changed_since(tmp_path, "main")


def test_a_submodule_is_named_and_looked_into_where_it_is(shop: Path, app: Path, tmp_path: Path) -> None:  # fmt: skip
    inner = tmp_path / "lib"
    inner.mkdir()
    lib, git = git_in(inner), git_in(app)
    lib("init", "-q", "-b", "main")
    write(inner, {"src/x.js": "1", "readme": "1"})
    lib("add", "-A")
    lib("commit", "-qm", "one")
    git("submodule", "--quiet", "add", inner, "src/lib")
    git("commit", "-qm", "submodule")
    assert set(changed_since(app, "HEAD~").paths) == {
        ".gitmodules", "src/lib", "src/lib/src/x.js", "src/lib/readme",
    }  # fmt: skip
    git("tag", "v3")
    write(inner, {"src/x.js": "2"})
    lib("commit", "-qam", "two")
    git("-C", "src/lib", "pull", "-q")
    git("commit", "-qam", "bump")
    found = changed_since(app, "v3")
    assert set(found.paths) == {"src/lib", "src/lib/src/x.js"}
    assert [(one.path, one.files) for one in found.submodules] == [("src/lib", 1)]
    listed = checklist(shop, "--changed-since", "v3", "--repo", app)
    assert "Changed since v3 (2 files; submodules src/lib)" in listed.stdout
    assert "Submodule src/lib: " in listed.stderr
    # A clone without it: its own path counts, and it is said that its files are not known.
    clone = tmp_path / "clone"
    git_in(tmp_path)("clone", "-q", app, clone)
    bare = changed_since(clone, "v3")
    assert (bare.paths, [one.files for one in bare.submodules]) == (("src/lib",), [None])
    assert "git submodule update --init src/lib" in checklist(shop, "--changed-since", "v3", "--repo", clone).stderr  # fmt: skip
    # What stands in its place is no repository of its own.
    (clone / "src/lib").rmdir()
    (clone / "src/lib").symlink_to(inner)
    assert changed_since(clone, "v3").paths == ("src/lib",)
