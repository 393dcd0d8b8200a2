"""Globs of `applies_to`: they match what git matches, however many there are."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from generator.checklists.globs import ChangedPaths, GlobError, glob_regex

NAMES = ["a", "b", "ab", "a.js", "b.sql", "x y", "é", "[z]", "a-b", ".env"]
PARTS = [*NAMES, "*", "**", "*.js", "a*", "?", "[ab]", "[!a]", "*.*", "a?b", "\\*"]


def test_git_agrees(tmp_path: Path) -> None:
    """`git check-ignore` is asked. (It takes a letter such as é for two, so that `?` differs there.)"""
    subprocess.run(["git", "init", "-q", tmp_path], check=True)
    paths = [
        f"{head}{tail}"
        for head in ("", "a/", "b/", "a/b/", "x y/z/")
        for tail in ("a", "ab", "a.js", "b.sql", "[z]", ".env", "a-b")
    ]
    globs = [
        f"{begin}{glob}{end}"
        for begin in ("", "/", "**/")
        for glob in (*PARTS, "a/b", "a/**", "a/*", "a/**/a", "b/*.sql", "x y/**/a.js")
        for end in ("", "/")
        # pathspec takes `a/**/` for `a/`; nobody writes that for files.
        if not (glob.endswith("**") and end)
    ]
    differing = []
    for glob in globs:
        (tmp_path / ".gitignore").write_text(f"{glob}\n", "utf-8")
        asked = subprocess.run(
            ["git", "-C", tmp_path, "check-ignore", "--no-index", "-z", "--stdin"],
            input="\0".join(paths).encode(),
            capture_output=True,
            check=False,
        )
        by_git = set(asked.stdout.decode().split("\0")) - {""}
        ours = {path for found in ChangedPaths(paths).matching([glob]).values() for path in found}
        if ours != by_git:
            differing.append((glob, ours ^ by_git))
    assert not differing


@given(
    st.lists(st.sampled_from(PARTS), min_size=1, max_size=4).map("/".join),
    st.lists(st.lists(st.sampled_from(NAMES), min_size=1, max_size=4).map("/".join), max_size=20),
)
@settings(max_examples=300)
def test_the_index_leaves_out_nothing(glob: str, paths: list[str]) -> None:
    found = [path for of in ChangedPaths(paths).matching([glob]).values() for path in of]
    try:
        search = re.compile(glob_regex(glob), re.DOTALL).search
    except GlobError:
        assert found == []
    else:
        assert found == [path for path in dict.fromkeys(paths) if search(path)]


def test_the_last_glob_that_matches_decides() -> None:
    paths = ChangedPaths(["a/x.js", "a/y.md", "a/keep.md", "b"])
    assert paths.matching(["a/**", "!*.md", "a/keep.md"]) == {
        "a/**": ["a/x.js"],
        "a/keep.md": ["a/keep.md"],
    }


def test_line_ends_are_part_of_a_name() -> None:
    assert ChangedPaths(["a\n"]).matching(["a"]) == {}
    (found,) = ChangedPaths(["a/b\nc"]).matching(["a/**"]).values()
    assert list(found) == ["a/b\nc"]


@pytest.mark.parametrize("glob", ["", "   ", "# comment", "a\\", "[a"])
def test_what_is_no_glob_is_an_error(glob: str) -> None:
    with pytest.raises(GlobError):
        glob_regex(glob)
    assert ChangedPaths(["a"]).matching([glob]) == {}
