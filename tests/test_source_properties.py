"""Whatever stands in a file: reading and checking it raises nothing, and places lie inside it."""

from __future__ import annotations

import functools
import json
import tempfile
from pathlib import Path

import jsonschema
import pytest
import yaml
from hypothesis import example, given, settings
from hypothesis import strategies as st

from generator.knowledge.base import load
from generator.knowledge.diagnostics import Diagnostic
from generator.knowledge.source import SourceError, parse_yaml
from generator.knowledge.validation import validate
from generator.model import Incident
from generator.rules import RULES, lint
from tests.rule_examples import incident_text, write_base

VALID = [incident_text(rule.valid) for rule in RULES if rule.valid]
# Characters that mean something in YAML, beside those that mean nothing.
SYNTAX = st.text(
    alphabet=st.sampled_from("ab:-?{}[]|>&*!%#'\"\\\n\r\t ,~01é😀\u2028\x85\ufeff"), max_size=80
)


def _inside(text: str, diagnostic: Diagnostic) -> bool:
    # YAML also ends a line at NEL, LS and PS, as `splitlines` does.
    lines = text.splitlines() or [""]
    line, column = diagnostic.position.line, diagnostic.position.column
    # What is found missing at the end stands behind the last line.
    return 1 <= line <= len(lines) + 1 and 1 <= column <= len([*lines, ""][line - 1]) + 1


def _diagnostics(raw: bytes) -> list[Diagnostic]:
    try:
        source = parse_yaml("x.yaml", raw)
    except SourceError as error:
        return list(error.diagnostics)
    incident, found = validate(source, Incident)
    assert (incident is None) == bool(found)
    return [*source.problems, *found]


@given(st.binary(max_size=200))
@example(b"\xef\xbb\xbf")
@example(b"\xff\xfe")
def test_any_bytes_give_diagnostics(raw):
    found = _diagnostics(raw)
    assert found
    assert all(d.message and d.position.line >= 1 and d.position.column >= 1 for d in found)


@given(SYNTAX)
def test_any_yaml_gives_diagnostics_inside_the_file(text):
    found = _diagnostics(text.encode())
    assert found
    assert all(_inside(text, d) for d in found), found


@given(st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=60))
@example("no")
@example("010")
@example("12:30")
@example("2026-11-20")
@example("1e3")
@example("~")
@example("=")
@example("<<")
def test_quoted_text_stays_as_it_is(text):
    raw = f"title: {json.dumps(text, ensure_ascii=True)}\n".encode()
    if "\\ud" in raw.decode():  # JSON writes these as two surrogates, YAML as one escape
        raw = yaml.dump({"title": text}, default_style='"', width=10_000).encode()
    source = parse_yaml("x.yaml", raw)
    assert source.data["title"] == text


@pytest.mark.parametrize(
    "text", ["no", "yes", "on", "010", "12:30", "1_000", "0x1f", "1e3", "2026-11-20", ".inf", "="]
)
def test_plain_text_stays_as_it_is(text):
    assert parse_yaml("x.yaml", f"title: {text}\n".encode()).data == {"title": text}


@functools.cache
def _base() -> Path:
    return write_base(Path(tempfile.mkdtemp(prefix="lint-properties-")), VALID[0])


@st.composite
def _mutated(draw: st.DrawFn) -> str:
    lines = draw(st.sampled_from(VALID)).splitlines(keepends=True)
    for _ in range(draw(st.integers(1, 4))):
        at = draw(st.integers(0, max(0, len(lines) - 1)))
        change = draw(st.sampled_from(["delete", "double", "insert", "indent", "cut", "swap"]))
        if change == "delete" and lines:
            del lines[at]
        elif change == "double" and lines:
            lines.insert(at, lines[at])
        elif change == "insert":
            lines.insert(at, draw(SYNTAX) + "\n")
        elif change == "indent" and lines:
            lines[at] = "  " + lines[at]
        elif change == "cut" and lines:
            lines[at] = lines[at][: draw(st.integers(0, len(lines[at])))]
        elif change == "swap" and lines:
            other = draw(st.integers(0, len(lines) - 1))
            lines[at], lines[other] = lines[other], lines[at]
    return "".join(lines)


@settings(max_examples=150)
@given(_mutated())
def test_a_damaged_incident_never_stops_the_check(text):
    root = _base()
    (root / "incidents/example/incident.yaml").write_bytes(text.encode())
    found = [d for d in lint(load(root), RULES) if "example" in d.file]
    assert all(_inside(text, d) for d in found), found


# --- the JSON Schema


@pytest.fixture(scope="module")
def validator() -> jsonschema.Draft202012Validator:
    schema = Incident.model_json_schema()
    jsonschema.Draft202012Validator.check_schema(schema)
    return jsonschema.Draft202012Validator(schema)


@pytest.mark.parametrize("rule", [r for r in RULES if r.valid], ids=lambda rule: rule.code)
def test_the_schema_accepts_what_the_loader_accepts(rule, validator):
    text = incident_text(rule.valid)
    assert _diagnostics(text.encode()) == []
    # An editor reads times as text; PyYAML would make them objects.
    data = json.loads(json.dumps(yaml.safe_load(text), default=lambda value: value.isoformat()))
    assert list(validator.iter_errors(data)) == []


@pytest.mark.parametrize("code", ["KB101", "KB102", "KB103", "KB104"])
def test_the_schema_refuses_what_the_loader_refuses(code, validator):
    rule = next(rule for rule in RULES if rule.code == code)
    data = yaml.safe_load(incident_text(rule.invalid))
    assert list(validator.iter_errors(data))
