"""The data of the paste box."""

from __future__ import annotations

import json
from pathlib import Path

from generator.knowledge.base import load
from generator.site.match_data import DATA_FILE, VARIABLE, build_match_data, signature_row
from generator.text.scripts import script
from tests.conftest import FULL, ROOT
from tests.sites import change, incident_file, new_base


def data_of(root: Path) -> dict:
    asset = build_match_data(load(root))
    assert asset.path == DATA_FILE
    head, _, value = asset.content.decode().partition("=")
    assert head == f"window.{VARIABLE}"
    assert value.endswith(";\n")
    return json.loads(value[:-2])


def test_holds_every_signature_with_its_incident() -> None:
    base, data = load(ROOT), data_of(ROOT)
    ids = [row[0] for row in data["incidents"]]
    assert ids == sorted(base.incidents)
    kept = [(ids[row[0]], row) for row in data["signatures"]]
    assert kept == [
        (i, json.loads(json.dumps(signature_row(number, s.source))))
        for number, i in enumerate(ids)
        for s in base.incidents[i].symptom.signatures
    ]


def test_holds_what_a_result_shows() -> None:
    rows = {row[0]: row for row in data_of(ROOT)["incidents"]}
    incident = load(ROOT).incidents["postgresql-concurrent-create-table"]
    _, title, severity, status, parameters, steps, alerts = rows[
        "postgresql-concurrent-create-table"
    ]
    assert (title, severity, status) == (incident.title, "SEV1", "published")
    assert "TABLE" in parameters
    assert "BACKEND=backend" in parameters
    assert alerts == ["BackendDown"]
    assert [
        [
            part,
            step.do,
            (step.run or "").rstrip("\n"),
            step.risk.value,
            step.rollback.do if step.rollback else "",
        ]
        for part, step in incident.urgent_steps
    ] == steps
    assert [part for part, *_ in steps] == ["diagnosis", "mitigation"]


def test_leaves_out_what_is_withdrawn(tmp_path: Path) -> None:
    root = new_base(tmp_path)
    before = data_of(root)
    change(incident_file(root), status="withdrawn")
    after = data_of(root)
    assert len(after["incidents"]) == len(before["incidents"]) - 1
    assert len(after["signatures"]) < len(before["signatures"])
    assert max(row[0] for row in after["signatures"]) < len(after["incidents"])


def test_hostile_text_cannot_end_the_script() -> None:
    content = build_match_data(load(FULL)).content
    assert b"<" not in content
    assert b"<" not in script("x", ["</script>", "\u2028", "<!--"])
    assert "\u2028" not in script("x", ["\u2028"]).decode()
