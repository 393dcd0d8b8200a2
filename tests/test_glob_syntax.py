"""What a glob may say: braces are written out, and what no file can match is refused with a hint."""

from __future__ import annotations

import re
from contextlib import suppress

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from generator.checklists.glob_syntax import GlobError, alternatives, is_bad
from generator.checklists.globs import ChangedPaths, glob_regex


@pytest.mark.parametrize(
    ("glob", "expected"),
    [
        ("a/**", ["a/**"]),
        ("docker-compose*.{yml,yaml}", ["docker-compose*.yml", "docker-compose*.yaml"]),
        ("{src,lib/a}/*.{js,ts}", ["src/*.js", "src/*.ts", "lib/a/*.js", "lib/a/*.ts"]),
        ("!a/{b,c}", ["!a/b", "!a/c"]),
        ("a{,.bak}", ["a", "a.bak"]),
        ("{a,b{c,d}}x", ["ax", "bcx", "bdx"]),
        ("{{a,b}}", ["{a}", "{b}"]),
        ("{a,a}", ["a"]),
        ("{!a,#b}", ["\\!a", "\\#b"]),
        # No braces of a shell: a name can have them.
        ("{{cookiecutter.name}}/*.py", ["{{cookiecutter.name}}/*.py"]),
        ("routes/{id}", ["routes/{id}"]),
        ("a\\{b\\,c\\}", ["a\\{b\\,c\\}"]),
        ("[{,}]a", ["[{,}]a"]),
        ("a\\,v", ["a\\,v"]),
        # Names that only look like another language.
        ("app/(auth)/page.tsx", ["app/(auth)/page.tsx"]),
        ("src/Main$Inner.class", ["src/Main$Inner.class"]),
        (".*rc", [".*rc"]),
        ("..a/a", ["..a/a"]),
        ("\\@(a)", ["\\@(a)"]),
        ("/a", ["/a"]),
        ("a/", ["a/"]),
        ("**", ["**"]),
    ],
)
def test_what_a_glob_stands_for(glob: str, expected: list[str]) -> None:
    assert list(alternatives(glob)) == expected


@pytest.mark.parametrize(
    ("glob", "message", "hint"),
    [
        ("src/@(a|b)/*.ts", "alternatives in parentheses", "src/{a,b}/*.ts"),
        ("src/(a|b)/*.ts", "alternatives in parentheses", "src/{a,b}/*.ts"),
        ("src/!(a|b)/*.ts", "alternatives in parentheses", "with ! before it"),
        ("+(a)/b", "no +(...)", "{a,b}"),
        ("./server/env.ts", "do not begin with ./", "write server/env.ts"),
        ("!./a", "do not begin with ./", "write a"),
        ("a/./b", "names . and ..", "top folder"),
        ("../a", "names . and ..", "top folder"),
        ("a//b", "two slashes", "/**/"),
        ("https://x.example/a", "two slashes", "one slash"),
        ("src\\models\\*.ts", "does not part folders", "src/models/*.ts"),
        ("src/.*\\.ts$", "no regular expression", "without a backslash"),
        ("^src/models", "regular expression", "write a glob"),
        ("src/.*ts$", "regular expression", "write a glob"),
        ("a.js,b.js", "a comma does not part globs", "a list of globs"),
        ("*.{yml,yaml", "open brace", "close it with }"),
        ("a{1..3}", "range in braces", "{1,2,3}"),
        ("{a,b/../c}", "names . and ..", "top folder"),
        (" a/**", "begins with a space", "remove it"),
        ("[a", "open bracket", "close it with ]"),
        ("[z-a]", "wrong way round", "[a-z]"),
        ("a\\", "ends with a backslash", ".gitignore"),
        ("# a", "is a comment", "\\#"),
        ("", "matches nothing", ".gitignore"),
        ("!", "matches nothing", ".gitignore"),
        ("/", "matches nothing", ".gitignore"),
        ("{a,b}{c,d}{e,f}{g,h}{i,j}{k,l}{m,n}", "more than 100 globs", "several globs"),
        ("{a," * 30 + "b" + "}" * 30, "more than 100 globs", "several globs"),
    ],
)
def test_what_no_file_can_match_is_refused_with_a_hint(glob: str, message: str, hint: str) -> None:
    with pytest.raises(GlobError) as found:
        alternatives(glob)
    assert message in str(found.value)
    assert hint in found.value.hint
    assert is_bad(["ok", glob])
    assert ChangedPaths(["a", "b", "src/a/x.ts", "server/env.ts"]).matching([glob]) == {}


def written_out(glob: str) -> tuple[str, ...]:
    try:
        return alternatives(glob)
    except GlobError:
        return ()


def test_a_list_that_only_excludes_is_bad() -> None:
    assert is_bad(["!a", "!b"])
    assert not is_bad(["a", "!b"])
    assert not is_bad([])


def test_braces_match_what_they_stand_for() -> None:
    paths = ChangedPaths(["docker-compose.yml", "a/docker-compose.dev.yaml", "docker-compose.json"])
    assert paths.matching(["docker-compose*.{yml,yaml}", "!*.dev.{yml,yaml}"]) == {
        "docker-compose*.{yml,yaml}": ["docker-compose.yml"]
    }


@given(st.text("ab/*{},\\.!#[]-(|)@^$ ", max_size=20))
@settings(max_examples=500)
def test_each_alternative_stands_for_itself_and_is_a_glob_or_an_error(glob: str) -> None:
    for one in written_out(glob):
        assert alternatives(one) == (one,)
        with suppress(GlobError):
            re.compile(glob_regex(one))


@pytest.mark.parametrize("glob", ["{" * 200_000, "[" * 200_000, "{,}" * 100_000, "a{b," * 100_000, "{a,b}" + "x" * 200_000, "{" * 100_000 + "}" * 100_000])  # fmt: skip
def test_a_huge_glob_takes_no_time_that_grows_faster_than_it(glob: str) -> None:
    assert len(written_out(glob)) <= 100
