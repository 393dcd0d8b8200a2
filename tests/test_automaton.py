"""Regular expressions of a knowledge base take linear time, and find what `re` finds."""

from __future__ import annotations

import random
import re
import subprocess
import sys
import zlib
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from generator.commands.expectations import judge
from generator.model.steps import Expect
from generator.signatures.automaton import Automaton, TooLarge, is_simple
from generator.signatures.dialect import problem_in
from generator.signatures.expression import PIECE, compile_regex
from generator.signatures.template import SignatureError
from tests.conftest import ROOT
from tests.pace import growth

EXPRESSIONS = [
    r"a.*b.*c", r"(?:a|ab)*c", r"(a|a)*b", r"(?:a?b?){3}c", r"a?a?a?a?a?aaaaa", r"x{0,9}y{0,9}z",
    r"^a.*b.*$", r"\bfo+\b.*\bba+r\b", r"\Boo+.*o\b", r"[^ab]+[a-c]+x", r"\d{2,6}-\w+ \d+",
    r"(?:^|x)(?:a|b)+(?:$|y)", r"(?:\ba|b\b)+", r"\s+x\S+", r"a+?b+?", r"a{3,}b{2,}", r".+é.+é",
    r"a*$", r"(?:a|b|c|x)+-\w*-[0-9]{1,9}", r"[\w.]+@[\w.]+\.[a-z]{2,9}", r"\W+\D+\S+",
]  # fmt: skip
HANGING = [r"ERROR (a|a)*b then", r"ERROR" + ".*" * 24 + "t", r"a.*a.*a.*a.*b", r"(?:a?){25}b"]


def texts_for(pattern: str) -> list[str]:
    """Return texts, some of which an expression finds something in; the same each time."""
    source = random.Random(zlib.crc32(pattern.encode()))
    letters = "aaabbcxyfo  12-.@\u00e9\u00df\U0001f600"
    return ["".join(source.choices(letters, k=source.randrange(16))) for _ in range(400)]


@pytest.mark.parametrize("pattern", EXPRESSIONS)
def test_finds_what_re_finds(pattern: str) -> None:
    """The start is that of `re`; the end is the longest from there."""
    whole, automaton = re.compile(pattern, re.ASCII), Automaton(pattern)
    for text in texts_for(pattern):
        expected = whole.search(text)
        found = automaton.search(text)
        assert (found and found[0]) == (expected and expected.start()), text
        if found and expected:
            assert found[1] >= expected.end()


@given(st.lists(st.sampled_from(["a", "b", ".", "[ab]", r"\w", r"\b", "^", "$", "(?:a|ab)", "a*", "b+", "a?", ".*", "(?:a|b)*", "(?:ab){0,2}"]), min_size=1, max_size=6), st.text("ab -", max_size=12))  # fmt: skip
def test_any_expression_finds_what_re_finds(parts: list[str], text: str) -> None:
    pattern = "".join(parts)
    expected = re.search(pattern, text, re.ASCII)
    found = Automaton(pattern).search(text)
    assert (found and found[0]) == (expected and expected.start())


@pytest.mark.parametrize("pattern", HANGING)
def test_takes_linear_time(pattern: str) -> None:
    automaton = Automaton(pattern)
    text = "ERROR " + "a" * 100_000

    def work(size: int) -> None:
        automaton.search(text[:size])

    assert growth(work, 10_000) < 16


@pytest.mark.parametrize("pattern", ["a", "a.*b", r"\w+: no (?:space|room)", "colou?r", "a{3}b*"])
def test_simple_ones_are_left_to_re(pattern: str) -> None:
    assert is_simple(pattern)
    assert compile_regex(pattern).automaton is None


@pytest.mark.parametrize("pattern", HANGING)
def test_others_run_as_automata(pattern: str) -> None:
    compiled = compile_regex(pattern)
    assert compiled.automaton is not None
    assert compiled.find("ERROR " + "a" * PIECE * 3) is None
    assert problem_in(pattern) is None


def test_too_large() -> None:
    with pytest.raises(TooLarge):
        Automaton("(?:abcdefghij){1000}")
    with pytest.raises(SignatureError, match="more than 3,000 characters"):
        compile_regex("(?:ab|cd){1,1000}(?:cde){1000}")
    found = problem_in("(?:ab|cd){1,1000}(?:cde){1000}")
    assert found
    assert "more than 3,000 characters" in found[0]


@pytest.mark.parametrize("pattern", [".*" * 1_400 + "x", "[ab]{0,1000}[ab]{0,1000}x.*y"])
def test_too_many_edges(pattern: str) -> None:
    with pytest.raises(SignatureError, match="100,000 ways"):
        compile_regex(pattern)


def test_a_number_that_python_does_not_read_is_no_expression() -> None:
    pattern = "a{" + "9" * 5_000 + "}"
    with pytest.raises(SignatureError, match="more than 1000 repeats"):
        compile_regex(pattern)
    assert problem_in(pattern)


def test_an_expectation_takes_linear_time_and_knows_lines() -> None:
    text = "a" * 50_000 + "\nlast line\n"
    assert judge(Expect(matches=(r"a.*a.*a.*b",)), 0, text)
    assert not judge(Expect(matches=(r"^last.*li.*e$",)), 0, text)


def test_a_hostile_knowledge_base_hangs_nothing(tmp_path: Path) -> None:
    (tmp_path / "mkdocs.yml").write_text("site_name: Test\nplugins: [runbooks]\n")
    for number, pattern in enumerate(HANGING):
        folder = tmp_path / f"incidents/case-{number}"
        folder.mkdir(parents=True)
        (folder / "incident.yaml").write_text(
            "title: T\nseverity: SEV1\nroot_cause: r\nfix: f\nverification: v\nsymptom:\n"
            f"  description: s\n  signatures:\n    - regex: '{pattern}'\n"
            f"      matches: ['ERROR {'a' * 2000}']\n"
        )
    (tmp_path / "log").write_text(f"ERROR {'a' * 20_000}\n" * 20)
    for command in (["lint"], ["match", "log"]):
        done = subprocess.run(
            [sys.executable, "-m", "generator", *command],
            cwd=tmp_path, capture_output=True, timeout=60, check=False,
            env={"PYTHONPATH": str(ROOT), "PATH": "/usr/bin:/bin", "HOME": str(tmp_path)},
        )  # fmt: skip
        assert done.returncode in (0, 1), done.stderr
