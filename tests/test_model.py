"""What an incident's fields accept, and what is derived from them."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from pydantic import ValidationError

from generator.knowledge.base import load
from generator.knowledge.source import parse_yaml
from generator.model import Evidence, Incident, Moment, Priority, seconds
from tests.conftest import FULL

SHORT: dict[str, Any] = {
    "title": "Uploads fail",
    "severity": "SEV2",
    "symptom": "Every upload ends with status 502.",
    "root_cause": "The certificate is read once.",
    "fix": "Restart on renewal.",
    "verification": "Upload a file.",
}


def incident(**fields: Any) -> Incident:
    return Incident.model_validate({**SHORT, **fields})


def error(**fields: Any) -> tuple[tuple[str | int, ...], str]:
    with pytest.raises(ValidationError) as caught:
        incident(**fields)
    first = caught.value.errors()[0]
    return first["loc"], first["type"]


def test_short_forms_mean_the_same_as_the_long_ones() -> None:
    long = incident(
        symptom={"description": SHORT["symptom"]},
        root_cause={"statement": SHORT["root_cause"]},
        fix={"steps": [{"do": SHORT["fix"]}]},
        verification=[{"do": SHORT["verification"]}],
        tags=["tls"],
        impact={"description": "No uploads."},
        escalation=[{"role": "On-call"}],
    )
    assert long == incident(tags="tls", impact="No uploads.", escalation="On-call")


@pytest.mark.parametrize("missing", sorted(SHORT))
def test_required_fields(missing: str) -> None:
    with pytest.raises(ValidationError) as caught:
        Incident.model_validate({k: v for k, v in SHORT.items() if k != missing})
    assert [e["loc"] for e in caught.value.errors()] == [(missing,)]


@pytest.mark.parametrize(
    ("fields", "where", "what"),
    [
        ({"title": "a\nb"}, ("title",), "several_lines"),
        ({"title": "  "}, ("title",), "empty_text"),
        ({"title": "a\x00b"}, ("title",), "unprintable"),
        ({"title": ["a"]}, ("title",), "not_text"),
        ({"severity": "SEV5"}, ("severity",), "enum"),
        ({"tags": ["A b"]}, ("tags", 0), "slug"),
        ({"related": ["../etc"]}, ("related", 0), "slug"),
        ({"sevrity": "SEV1"}, ("sevrity",), "extra_forbidden"),
        ({"fix": {}}, ("fix",), "empty_fix"),
        ({"fix": {"changes": [{"file": "a", "line": "0"}]}}, ("fix", "changes", 0, "line"), "greater_than_equal"),
        ({"symptom": {"description": "x", "signatures": [{}]}}, ("symptom", "signatures", 0), "signature_form"),
        ({"timeline": [{"at": "2026-01-01T00:00:00", "what": "x"}]}, ("timeline", 0, "at"), "time_zone"),
        ({"timeline": [{"at": "2026-02-30T00:00:00Z", "what": "x"}]}, ("timeline", 0, "at"), "time"),
        ({"timeline": [{"at": "1700000000", "what": "x"}]}, ("timeline", 0, "at"), "time"),
        ({"action_items": [{"do": "x", "due": "2026-13-01"}]}, ("action_items", 0, "due"), "date"),
        ({"parameters": [{"name": "table", "description": "x"}]}, ("parameters", 0, "name"), "parameter_name"),
        ({"verification": [{"do": "x", "timeout": "5 minutes"}]}, ("verification", 0, "timeout"), "duration"),
        ({"verification": [{"do": "x", "expect": {"exit": "no"}}]}, ("verification", 0, "expect", "exit"), "int_parsing"),
    ],
)  # fmt: skip
def test_what_is_refused(fields: dict[str, Any], where: tuple[str | int, ...], what: str) -> None:
    assert error(**fields) == (where, what)


def test_awkward_yaml_comes_out_as_people_mean_it() -> None:
    source = parse_yaml(
        "x",
        b"title: 010\nseverity: SEV1\nsymptom: no\nroot_cause: 12:30\nfix: 2026-01-01\n"
        b"verification: [yes, 1e3, 0x1F, 1_000, .inf]\nsummary: ~\ntags:\n",
    )
    it = Incident.model_validate(source.data)
    assert it.title == "010"
    assert it.symptom.description == "no"
    assert it.root_cause.statement == "12:30"
    assert it.fix.steps[0].do == "2026-01-01"
    assert [step.do for step in it.verification] == ["yes", "1e3", "0x1F", "1_000", ".inf"]
    assert it.summary is None
    assert it.tags == ()


@pytest.mark.parametrize(
    "time", ["2026-01-15T04:58:00+02:00", "2026-01-15 02:58Z", "2026-01-15t02:58:00.000z"]
)
def test_times(time: str) -> None:
    event = incident(timeline=[{"at": time, "what": "x"}]).timeline[0]
    assert event.at == datetime(2026, 1, 15, 2, 58, tzinfo=UTC)


def test_derived_times() -> None:
    it = load(FULL).incidents["everything"]
    assert it.time_to(Moment.DETECTED) == timedelta(minutes=6)
    assert it.time_to(Moment.MITIGATED) == timedelta(minutes=33)
    assert it.time_to(Moment.RESOLVED) == timedelta(days=1, minutes=47)
    assert it.time_to(Moment.ESCALATED) is None
    assert it.occurred == date(2026, 1, 15)
    assert incident().time_to(Moment.RESOLVED) is None
    assert incident().occurred is None


def test_defaults() -> None:
    it = incident(action_items=[{"do": "x", "priority": "P0"}])
    assert it.status.value == "draft"
    assert it.root_cause.evidence is Evidence.REPORTED
    assert it.action_items[0].priority is Priority.P0


@pytest.mark.parametrize(
    ("text", "expected"), [("500ms", 0.5), ("30s", 30), ("5m", 300), ("1h", 3600)]
)
def test_seconds(text: str, expected: float) -> None:
    assert seconds(text) == expected
