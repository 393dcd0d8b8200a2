"""Which checks a release needs: the cases, through both engines."""

from __future__ import annotations

import json
import os
from io import BytesIO
from random import Random
from typing import Any

import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from generator.checklists.changed_lines import ChangedLines
from generator.checklists.file_lists import listed_paths, read_file_list
from generator.checklists.quoted_paths import NotAFileList
from generator.checklists.wording import shown_path
from tests.checklist_cases import FILE, answer, browsers_answers, load_cases

DATA = load_cases()
CASES: list[dict[str, Any]] = DATA["cases"]
LISTS: list[dict[str, Any]] = DATA["lists"]


@pytest.fixture(scope="module")
def browser_says() -> dict[str, Any]:
    return browsers_answers(DATA["bases"], CASES, [one["text"] for one in LISTS])


def met(expected: Any, found: Any) -> Any:
    """Return what was found, cut to what is expected."""
    if isinstance(expected, dict) and isinstance(found, dict) and "id" in expected:
        cut = {key: found.get(key) for key in expected if key != "why"}
        return {**cut, "why": {reason["id"]: reason["why"] for reason in found["reasons"]}}
    return found


def judge(case: dict[str, Any], said: dict[str, Any]) -> None:
    checks = said["data"]["checks"]
    assert [c["id"] for c in checks] == [e["id"] for e in case["expect"]]
    assert [met(e, c) for e, c in zip(case["expect"], checks, strict=True)] == case["expect"]
    assert said["unknown"] == case.get("unknown", [])
    for command in case.get("sh", []):
        indented = "".join(f"  {line}\n" for line in command.split("\n"))
        assert f"  ```sh\n{indented}  ```\n" in said["markdown"]
    if "markdown" in case:
        assert said["markdown"].splitlines() == case["markdown"]


def test_there_are_enough_of_them() -> None:
    assert len(CASES) >= 45
    assert len({case["name"] for case in CASES}) == len(CASES)
    assert sum("markdown" in case for case in CASES) >= 4


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["name"])
def test_python(case: dict[str, Any]) -> None:
    judge(case, answer(DATA["bases"][case["base"]], case))


@pytest.mark.parametrize("number", range(len(CASES)), ids=lambda n: CASES[n]["name"])
def test_browser(number: int, browser_says: dict[str, Any]) -> None:
    judge(CASES[number], browser_says["cases"][number])


def test_who_opens_a_link_sees_the_same(browser_says: dict[str, Any]) -> None:
    for case, said in zip(CASES, browser_says["cases"], strict=True):
        assert said["linked"] in (said["json"], None), case["name"]
    unlike = [said["linked"] is None for said in browser_says["cases"]]
    assert sum(unlike) < len(CASES) / 10


def test_both_say_the_same_to_the_letter(browser_says: dict[str, Any]) -> None:
    for case, said in zip(CASES, browser_says["cases"], strict=True):
        own = answer(DATA["bases"][case["base"]], case)
        assert said["data"] == own["data"], case["name"]
        assert said["markdown"] == own["markdown"], case["name"]
        # A lone surrogate has another way of writing in JavaScript; Python prints none at all.
        if "\\ud" not in said["json"]:
            assert said["json"] == json.dumps(own["data"], indent=2, ensure_ascii=False) + "\n"


def read(text: str) -> tuple[list[str], str]:
    """Return the paths of a list, and why it is none."""
    paths, _, error = read_with_lines(text)
    return paths, error


def read_with_lines(text: str) -> tuple[list[str], dict[str, list[str]], str]:
    """Return the paths of a list, the changed lines of a diff, and why it is none."""
    lines = ChangedLines()
    try:
        return list(read_file_list(BytesIO(os.fsencode(text)), lines)), lines.by_path, ""
    except NotAFileList as error:
        return [], {}, error.why


@pytest.mark.parametrize("number", range(len(LISTS)), ids=lambda n: LISTS[n]["name"])
def test_lists_of_paths(number: int, browser_says: dict[str, Any]) -> None:
    one = LISTS[number]
    lines = browser_says["lists"][number]["lines"]
    assert dict(lines) == read_with_lines(one["text"])[1]
    if "lines" in one:
        assert dict(lines) == one["lines"]
    expected = one.get("paths", []), one.get("error", "")
    assert read(one["text"]) == expected
    theirs = browser_says["lists"][number]
    assert (theirs["paths"], theirs["error"]) == expected
    assert browser_says["shown"][number] == [shown_path(path) for path in expected[0]]
    # What a link and the field hold is a list again, of the same paths.
    plain = [path for path in expected[0] if path]
    again = "\n".join(line for line in browser_says["lines"][number] if line != '""')
    if not any(path.startswith("./") for path in plain):
        assert read(again) == (plain, "")


def test_lists_that_windows_writes() -> None:
    assert listed_paths("a b.js\r\nä/b.js\r\n".encode("utf-16")) == ("a b.js", "ä/b.js")


def test_the_file_is_written_in_one_way() -> None:
    assert FILE.read_bytes().isascii()


# -- random releases ---------------------------------------------------------------------------

SIGNS = [*"ab.-!# /\\\"'`|*_é😀😁\n\t\u2028\udcff\x85\ufeff"]
NAMES = [*"ab]é😀-", "ab", "a.js", ".x", "x.tar.gz", "[b", "😀😁.js", " sp ", 'q"', "a\nb", "!x", "#h", "constructor", "__proto__"]  # fmt: skip
GLOB_NAMES = ["*", "**", "?", "*.js", "[ab]", "[!a]", "[^]x]", "[]-]*", "[a-c]*", "[b-a]", "[😀-😂]*", "\\!x", "\\[b", "😀?", "a*", "x.*.gz", "[.]x", "a[&&~~]b", "{a,b}*", "*.{js,gz}", "!{a,.x}", "{ab", "{a,b", "{a,{b,é}😀}"]  # fmt: skip
GLOB_SIGNS = [*"ab/*?[]!-\\^.é😀 #{},"]
WORDS = [*"ab1.:_+-*`<[&@|~ \n", "http://a.b/c_d", "`x y`", "👩‍🚀", "1. ", "www.", "++", "\x85"]
FORMS = ["M\t", "R1\ta\tb\n", "M  ", " M ", "?? ", "1\t2\t", " | 3 +\n", " => ", "{", "}", "\0M\0", "diff --git a/a b/a\n", "--- a/b\n+++ b/c\n", "@@ -1 +1,2 @@\n", "rename to b\n", "+", "-", " -> ", ":100644 100644 1 2 M\t", "[{\"path\":\"a\"}]", "[\"a\",", "]"]  # fmt: skip
LIST_SIGNS = [
    *SIGNS,
    *FORMS,
    "\r",
    "\r\n",
    "\n",
    "\n",
    "\n",
    "\0",
    '"',
    '"',
    "\\303\\244",
    "\\377",
    "./",
]
PATTERNS = [("text", "ab"), ("text", '"'), ("text", "\x85"), ("regex", "a"), ("regex", r"^\s*a\b"), ("regex", r"\S*a\S*b\S*1"), ("regex", r'(?:b|\")\d{2,}$'), ("regex", r"[^\w ]")]  # fmt: skip
LINE_SIGNS = [*"ab1", " ", "\t", '"', "'", "\\", "é", "😀", "\udcff", "\x1b", "\x85", "\u2028", "\r", "Ab1" * 8, "a" * 60, "API_KEY=", "token: ", "TOKEN" * 3, "http://a:b@c ", "😀" * 40]  # fmt: skip
REPOSITORY_PARTS = [["name", "b"], ["file", "**/q", "s"], ["file", "p\n", ""]]
OTHER_PARTS = [["!", "new", ""], ["~", "any", "*"], ["~", "major", "a*"], ["~", "any", "*b*"], ["=", "kind", "a"], ["=", "kind", "c"]]  # fmt: skip
LOCK_FILES = ["package-lock.json", "yarn.lock", "pnpm-lock.yaml", "poetry.lock", "composer.lock", "requirements-dev.txt", "go.mod", "Gemfile.lock", "package.json"]  # fmt: skip
LOCKED = ['   "node_modules/ab": {%.0s', '   "version": "%s.0"', 'ab@^1, ab@2:%.0s', '  version "0.%s"', "  /@a/b@%s.1(x):", 'name = "ab"%.0s', 'version = "0.0.%s"', 'version = "1.%s"', "ab[x]==%s", "\ta.b/c/v2 v%s.0.0", "    ab (%s)", '"ab": "^%s.0",', "caf\u00e9==%s", "ab==\u0661%s"]  # fmt: skip
SLUGS = ["a", "b", "c", "1", "constructor"]


class Made:
    """Knowledge bases and releases, made from one number: much faster than drawing each part."""

    def __init__(self, seed: int) -> None:
        self.random = Random(seed)

    def some(self, of: list[Any], least: int, most: int) -> list[Any]:
        return [self.random.choice(of) for _ in range(self.random.randint(least, most))]

    def text(self, of: list[str], least: int, most: int) -> str:
        return "".join(self.some(of, least, most))

    def one(self, *of: Any) -> Any:
        return self.random.choice(of)

    def slugs(self) -> list[str]:
        return list(dict.fromkeys(self.some(SLUGS, 0, 2)))

    def name(self) -> str:
        return self.one(self.one(*NAMES), self.text(SIGNS, 1, 4))

    def path(self) -> str:
        locked = self.one(*LOCK_FILES) if self.random.random() < 0.2 else self.name()
        return "/".join([*(self.name() for _ in range(self.random.randint(0, 3))), locked])

    def glob(self) -> str:
        if self.random.random() < 0.3:
            return self.text(GLOB_SIGNS, 1, 8)
        names = [*GLOB_NAMES, *(name for name in NAMES if name.isprintable())]
        middle = "/".join(self.some(names, 1, 3))
        return self.one("", "", "", "!", "/", "!/") + middle + self.one("", "", "", "/", " ", "\\ ")

    def globs(self) -> list[str]:
        return [self.glob() for _ in range(self.random.randint(0, 3))]

    def prose(self) -> str:
        return self.text(WORDS, 1, 20).strip() or "x"

    def expect(self) -> dict[str, Any]:
        given = {
            "shows": self.prose(),
            "exit": self.one(0, 1),
            "contains": self.some(["ok", "a`b", "\\d"], 1, 2),
            "matches": ["^x"],
            "empty": self.one(True, False),
        }
        return {key: value for key, value in given.items() if self.random.random() < 0.3}

    def check(self, number: int) -> dict[str, Any]:
        run = self.one("", "", "ls", "ls", 'x "$A"', 'x "$A" "$B"', "a\n\n  ```\nb")
        uses = [name for name in "AB" if f"${name}" in run]
        check = {
            "id": f"k{number}",
            "phase": self.one("before", "during", "after", "rollback"),
            "level": self.one("blocking", "advisory"),
            "check": " ".join(self.prose().split()) or "x",
            "run": run,
            "expect": self.expect(),
            "risk": self.one("", "read-only", "changes-state", "destructive"),
            "rollback": self.one({}, {}, {"do": self.prose()}, {"do": "x", "run": "undo"}),
            "needs": list(dict.fromkeys(self.some(["x", "y"], 0, 2))),
            "timeout": self.one("", "500ms", "30s", "1m", "60s"),
            "poll": self.one({}, {}, {"every": "10s", "for": "5m"}, {"every": "1s", "for": "300s"}),
            "components": self.slugs(),
            "paths": self.globs(),
            "kinds": self.slugs(),
            "when": self.condition(),
            "uses": uses,
            "asks": uses[:1],
        }
        return {key: value for key, value in check.items() if value}

    def row(self, number: int) -> dict[str, Any]:
        default = {"default": self.one("1", "it's")} if self.one(True, False) else {}
        return {
            "id": f"i{number}",
            "title": self.prose(),
            "severity": self.one("SEV1", "SEV2", "unknown"),
            "status": self.one("draft", "published"),
            "date": self.one("", "2026-01-02", "2025-12-31"),
            "documented": self.one(True, False),
            "components": self.slugs(),
            "parameters": {name: {"description": "x", **default} for name in "AB"},
            "checks": [self.check(n) for n in range(self.random.randint(1, 3))],
        }

    def base(self) -> dict[str, Any]:
        return {
            "rows": [self.row(n) for n in range(self.random.randint(1, 5))],
            "components": {name: self.globs() for name in self.slugs()},
            "kinds": {name: self.rules() for name in self.some(SLUGS, 1, 4)},
            "site": self.one("", "https://x.example/"),
            "unreadable": self.some(["torn", "`"], 0, 1),
        }

    def rules(self) -> list[Any]:
        # A kind never leads to another.
        return [
            [self.globs(), [part for part in self.condition() if part[0] != "="]]
            for _ in range(self.random.randint(1, 3))
        ]

    def condition(self) -> list[list[str]]:
        given = self.some([[s, h, p] for s in "+-*" for h, p in PATTERNS], 1, 3)
        given += self.some([["@", *part] for part in REPOSITORY_PARTS], 0, 2)
        given += self.some(OTHER_PARTS, 0, 3)
        return self.some(given, 1, 3) if self.random.random() < 0.4 else []

    def repository(self) -> list[list[list[str]]] | None:
        found = [["name", "a/b"], ["file", "é", '"s" \x1b'], ["file", "p/q"]]
        given = [[part, self.one(*found)] for part in REPOSITORY_PARTS]
        return self.one(None, self.some(given, 0, 2))

    def lines(self) -> list[str]:
        signs = [f"{self.one(*'+-')}{self.text(LINE_SIGNS, 0, 12)}" for _ in range(4)]
        signs += [f"{self.one(*'+- ')}{self.one(*LOCKED) % self.one(*'123')}" for _ in range(6)]
        new = ["!"] if self.random.random() < 0.3 else []
        unknown = "?" if self.random.random() < 0.3 else "@"
        return [*new, *self.some([*signs, "@", unknown], 0, 12)]

    def release(self) -> dict[str, Any]:
        paths = list(dict.fromkeys(self.path() for _ in range(self.random.randint(0, 6))))
        values = self.some([("A", "1"), ("A", "'\"\n$x"), ("B", ""), ("i0/A", "2")], 0, 2)
        return {
            "paths": paths,
            "repository": self.repository(),
            "lines": {path: self.lines() for path in paths if self.random.random() < 0.8},
            "components": self.slugs(),
            "kinds": self.slugs(),
            "incidents": self.some(["i0", "i9"], 0, 1),
            "everything": self.random.random() < 0.1,
            "values": dict(values),
            "phases": self.one([], [], [], ["before"], ["after", "during"]),
            "levels": self.one([], [], [], ["blocking"]),
        }


# One example is a batch, so that Node.js starts a few times and not a thousand.
@settings(max_examples=2, phases=[Phase.generate])
@given(st.integers(0, 2**64))
def test_random_releases(seed: int) -> None:
    made = Made(seed)
    bases = {str(number): made.base() for number in range(150)}
    cases = [{**made.release(), "base": name} for name in bases for _ in range(3)]
    texts = [made.text(LIST_SIGNS, 0, 12) for _ in range(300)]
    said = browsers_answers(bases, cases, texts)
    found = 0
    for case, theirs in zip(cases, said["cases"], strict=True):
        own = answer(bases[case["base"]], case)
        assert theirs["data"] == own["data"], (bases[case["base"]], case)
        assert theirs["markdown"] == own["markdown"]
        assert theirs["unknown"] == own["unknown"]
        assert theirs["linked"] in (theirs["json"], None), (bases[case["base"]], case)
        found += len(own["data"]["checks"])
    assert found > len(cases) / 2  # lists that are all empty would agree on nothing
    for text, paths in zip(texts, said["lists"], strict=True):
        theirs = paths["paths"], dict(paths["lines"]), paths["error"]
        assert read_with_lines(text) == theirs, text
