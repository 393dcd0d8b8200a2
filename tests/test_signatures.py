"""The signature language: templates, regular expressions, normal text, and the shared vectors."""

from __future__ import annotations

import html
import json
import re
from pathlib import Path

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from generator.knowledge.base import load
from generator.model import Signature
from generator.signatures.dialect import problem_in
from generator.signatures.expression import compile_regex, required_text
from generator.signatures.language import compile_signature
from generator.signatures.normal_text import line_ends, normal, normal_bytes, unescaped_forms
from generator.signatures.scanner import Matcher
from generator.signatures.source import Source
from generator.signatures.survey import find_in
from generator.signatures.template import (
    MAX_CAPTURE,
    TOKEN_ENDS,
    SignatureError,
    compile_template,
)
from tests.conftest import ROOT
from tests.pace import growth
from tests.vectors import load_vectors, named_signatures, result

DATA = load_vectors()
NAMED = named_signatures(DATA)


@pytest.fixture(scope="module")
def matcher():
    from generator.signatures.scanner import Matcher

    return Matcher([named.signature for named in NAMED])


@pytest.mark.parametrize("vector", [pytest.param(v, id=v["name"]) for v in DATA["vectors"]])
def test_vector(vector, matcher):
    found = result(NAMED, matcher, vector["text"])
    assert found == vector["expect"]
    assert list(found) == vector.get("order", list(found))


def test_there_are_enough_vectors_of_both_sorts():
    vectors = DATA["vectors"]
    assert len(vectors) >= 150
    assert sum(not v["expect"] for v in vectors) >= 60
    assert len({v["name"] for v in vectors}) == len(vectors)


def test_the_signatures_in_the_vectors_are_the_incidents():
    base = load(ROOT)
    for incident_id, known in DATA["incidents"].items():
        if incident_id not in base.incidents:
            continue  # of the vectors alone
        own = [s.source for s in base.incidents[incident_id].symptom.signatures]
        assert known == own, "write tests/data/vectors.json anew"


# --- templates


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("{_}", "no text except"),
        (" {A} ", "no text except"),
        ("cannot open {A}{B} now", "side by side"),
        ("{A} {B} is gone", "begins with two"),
        ("open {A...}", "several lines"),
        ("{A...} opened", "several lines"),
        ("{A} and {A}", "duplicate"),
        ("x" * 2001, "more than 2,000"),
    ],
)
def test_a_template_that_cannot_be_used(text, message):
    with pytest.raises(SignatureError, match=message) as caught:
        compile_template(text)
    assert caught.value.hint


@pytest.mark.parametrize("text", ["${options.as}", "{}", "{a}", "{ A }", "{A", "A}", "{{}}", "{1A}", "{A..}"])  # fmt: skip
def test_braces_that_begin_no_placeholder_are_literal(text):
    assert compile_template(f"see {text} here").find(f"x see {text} here").captures == {}


def test_names_and_weight():
    template = compile_template("Key ({_})=({TABLE}, {SCHEMA}) exists")
    assert template.names == ("TABLE", "SCHEMA")
    assert template.weight == len("Key()=(,)exists")


words = st.text("abcXYZ_.:-=äж", min_size=1, max_size=8)
values = st.text(min_size=1, max_size=30).filter(
    lambda v: not set(v) & TOKEN_ENDS and "#" not in v and "\x1b" not in v and v[-1] not in ".:!?"
    and normal(v) == v
)  # fmt: skip


@given(st.lists(st.tuples(words, values), min_size=1, max_size=4), words, st.text(max_size=20))
def test_a_text_matches_the_template_made_of_it(parts, end, around):
    # "#" is next to every capture and in no value, so each capture is the value that was put in.
    template = "#".join(f"{word}#{{P{n}}}" for n, (word, _) in enumerate(parts)) + f"#{end}"
    text = "#".join(f"{word}#{value}" for word, value in parts) + f"#{end}"
    around = normal(around.replace("#", ""))
    match = compile_template(template).find(f"{around}\n{text}\n{around}")
    assert match is not None
    assert match.captures == {f"P{n}": value for n, (_, value) in enumerate(parts)}


@given(st.text(max_size=80), st.text(max_size=200))
def test_no_exception_on_any_input(template, text):
    try:
        compiled = compile_template(template)
    except SignatureError:
        return
    match = compiled.find(normal(text))
    if match:
        assert 0 <= match.start < match.end <= len(normal(text))
        assert not any("\n" in v for v in match.captures.values()) or "..." in template


pieces = st.lists(st.sampled_from(["a", "b", " ", "\n", "{X}", "{Y}", "{_}", '"', ",", "[x] ", "ERROR "]), max_size=12)  # fmt: skip


@given(pieces, pieces)
def test_a_capture_never_spans_a_line(template, text):
    try:
        compiled = compile_template("".join(template))
    except SignatureError:
        return
    match = compiled.find("".join(text))
    for value in match.captures.values() if match else ():
        assert "\n" not in value
        assert 0 < len(value) <= MAX_CAPTURE


@pytest.mark.parametrize(
    ("template", "unit"),
    [
        ("a {X} b {Y} c", "a b "),
        ("Key ({X})=({Y}) exists", "Key ("),
        ("x {A} y {B} z", "x y "),
        ("{A} is gone now", "is gone "),
        ("word {A} end", "word \n[x] "),
        ("BEGIN {A...} END of it", "BEGIN "),
    ],
)
def test_time_is_linear_on_hostile_text(template, unit):
    compiled = compile_template(template)

    assert growth(lambda size: compiled.find(unit * (size // len(unit))), 20_000) < 24


# --- regular expressions


@pytest.mark.parametrize(
    ("pattern", "texts"),
    [
        ("You have used the [A-Za-z]+ alias", ["You", "have", "used", "the", "alias"]),
        ("colou?r", ["colo", "r"]),
        ("ab+c{2}d*e", ["ab", "c", "e"]),
        ("one|two", []),
        ("(one|two) three", ["three"]),
        (r"a\.b\d\$", ["a.b", "$"]),
        ("[abc]d[]x]e", ["d", "e"]),
        ("x{0,2}yes", ["yes"]),
        ("^begin.*end$", ["begin", "end"]),
    ],
)
def test_required_text(pattern, texts):
    assert list(required_text(pattern)) == texts


@pytest.mark.parametrize("pattern", ["(a+)+b", "(?:a*b*)*", "([a-z]+ ?)+x", "(a{2,})*", "((a+)b)+"])
def test_a_repeat_of_a_repeat_is_refused(pattern):
    assert "repeats a group" in problem_in(pattern)[0]


@pytest.mark.parametrize("pattern", ["(ab)+", "(a+)b", "(a?b)*", "(a{2})+", r"\(a+\)+", "[(+]+x+"])
def test_a_single_repeat_is_fine(pattern):
    assert problem_in(pattern) is None


def test_a_regular_expression_sees_one_line():
    assert compile_regex("a.b").find("a\nb") is None
    assert compile_regex("^b$").find("a\nb\nc").start == 2


# --- normal text


@given(st.binary(max_size=300), st.integers(0, 300))
def test_normal_bytes_are_normal(data, cut):
    once = normal_bytes(data)
    assert b"\0" not in once
    assert b"\r" not in once


@pytest.mark.parametrize("length", [1, 30, 137, 5_000])
@pytest.mark.parametrize("kind", [bytes, bytearray])
def test_line_ends_are_counted(length, kind):
    data = kind((b"x" * (length - 1) + b"\n") * (200_000 // length) + b"rest")
    for start, end in ((0, len(data)), (1, 2_049), (7, 100_000), (2_048, 2_048), (5, 40_000)):
        assert line_ends(data, start, end) == data.count(b"\n", start, end)


@given(st.text(max_size=100))
def test_unescaping_undoes_json(text):
    import json

    line = json.dumps(text)[1:-1]
    forms = list(unescaped_forms(line))
    if "\\" in line and not {"\b", "\f"} & set(text):
        assert forms[0] == normal(text) or "\x1b" in text or "\r" in text or "\0" in text


def test_the_guide_says_what_the_code_does():
    guide = Path(ROOT / "docs/guide/signatures.md").read_text("utf-8")
    for number in ("500", "4,000", "8,192", "three line ends", "2,048"):
        assert number in guide


# --- the guide


def guide_rows() -> list[tuple[str, str]]:
    """Return what the guide says to write, and what it says that this finds."""
    text = (ROOT / "docs/guide/signatures.md").read_text("utf-8")
    table = text.split("{ #what-you-write }")[1].split("\n\n")[1].splitlines()[2:]
    cells = [re.findall(r"(?:`|<code>)(.*?)(?:`|</code>)", row) for row in table]
    return [(html.unescape(write), html.unescape(finds)) for write, finds in cells]


@pytest.mark.parametrize(("write", "finds"), guide_rows())
def test_what_the_guide_says_to_write_finds_what_it_says(write: str, finds: str) -> None:
    declared = yaml.safe_load(write if not re.match(r"\w+: ", write) else f"{{{write}}}")
    signature = Signature.model_validate(declared)
    compiled = compile_signature(signature.source)
    found = find_in(compiled, finds.replace("⏎", "\n"))
    assert found
    assert set(found.captures) == set(compiled.names)
    assert not find_in(compiled, "nothing of it: reason, state and key are words")


# --- bad input


@pytest.mark.parametrize(
    ("source", "why"),
    [
        ({"any": [f"text {n} of many" for n in range(1_001)]}, "more than 1,000 entries"),
        ({"all": [f"text {n} of many" for n in range(21)]}, "more than 20 entries"),
        ({"fields": {f"key {n}": "value" for n in range(21)}}, "more than 20 entries"),
        ("{=a|b} " * 7 + "is lost", "more than 64 combinations"),
        ("the {=a {=b|c}|d} is lost", "alternatives are inside alternatives"),
        ("{LEVEL=|b} is lost here", "is empty or has a placeholder"),
        ("{LEVEL={X}|b} is lost here", "is empty or has a placeholder"),
        ("{#} rows were lost", "has no text before it"),
        ("table {X}{#} is lost", "has no text before it"),
        ("{X} {#} is lost", "has no text before it"),
        ({"any": ["{X} is lost", "all is lost"]}, "does not capture X"),
        ({"regex": "a b c", "ignore_case": True}, "has no effect on a regular expression"),
        ({"regex": "(?i)a b c"}, r"not every engine has `\(\?i\)`"),
        ({"fields": {"key": "{A} and {B}"}}, "more than one placeholder"),
        ({"fields": {"--": "value"}}, "is not the name of a field"),
        ({"fields": {"key": "v" * 501}}, "too long"),
        ({}, "searches for nothing"),
    ],
)  # fmt: skip
def test_a_signature_that_cannot_be_used_says_why(source: Source, why: str) -> None:
    with pytest.raises(SignatureError, match=why) as found:
        compile_signature(source)
    assert found.value.hint


def test_500_texts_of_one_signature_take_linear_time() -> None:
    compiled = compile_signature({"any": [f"text {n} of {{X}} many" for n in range(500)]})
    matcher = Matcher([compiled])
    assert matcher.scan("see text 499 of so many")[0].captures == {"X": "so"}
    assert growth(lambda size: matcher.scan("text 7 of no\n" * size), 200) < 24


def test_a_key_on_each_line_without_the_others_takes_linear_time() -> None:
    source = {"text": "the key is here", "all": ["and {X} there"], "within": 100}
    matcher = Matcher([compile_signature(source)])
    assert growth(lambda size: matcher.scan("the key is here\n" * size), 2_000) < 24


def test_fields_in_deep_json_take_linear_time() -> None:
    matcher = Matcher([compile_signature({"fields": {"reason": "OOMKilled", "code": "{CODE}"}})])

    def deep(levels: int) -> str:
        return '{"a":' * levels + '{"reason":"OOMKilled","code":137}' + "}" * levels

    assert matcher.scan(deep(100))[0].captures == {"CODE": "137"}
    escaped = deep(100)
    for _ in range(3):
        escaped = json.dumps(escaped)
    assert matcher.scan(escaped)[0].captures == {"CODE": "137"}
    assert growth(lambda size: matcher.scan(deep(size)), 5_000) < 24


@pytest.mark.parametrize(
    "unit", ["\\", "&amp;", "\\_", '\\"', "\\u0041", "“", "&#x26;", "x" * 60 + "\n"]
)
def test_normal_forms_take_linear_time(unit: str) -> None:
    matcher = Matcher([compile_signature('a "{X}" that is _lost_ & gone')])
    error = "a “\\_” that is \\_lost\\_ &amp; gone "
    assert growth(lambda size: matcher.scan(unit * size + error + unit * size), 3_000) < 24
