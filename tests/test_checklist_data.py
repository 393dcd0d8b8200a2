"""What the checklist page is given to choose from."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import yaml

from generator.checklists.summary_index import read_rows
from generator.knowledge.base import load
from generator.site.checklist_data import DATA_FILE, VARIABLE, build_checklist_data
from tests.conftest import FULL, ROOT
from tests.sites import change, incident_file, new_base


def data_of(root: Path) -> dict[str, Any]:
    asset = build_checklist_data(load(root))
    assert asset.path == DATA_FILE
    head, _, value = asset.content.decode().partition("=")
    assert head == f"window.{VARIABLE}"
    assert value.endswith(";\n")
    data: dict[str, Any] = json.loads(value[:-2])
    return data


def lean(value: Any) -> Any:
    """Leave out what is not said: nothing differs by it."""
    if isinstance(value, dict):
        return {k: lean(v) for k, v in value.items() if v or (v == 0 and v is not False)}
    return [lean(v) for v in value] if isinstance(value, list) else value


def test_holds_the_rows_of_the_command() -> None:
    rows = {row["id"]: row for row in data_of(ROOT)["rows"]}
    of_command = read_rows(ROOT).rows
    assert of_command
    for name, row in of_command.items():
        assert lean(rows.get(name, {"id": name, "title": row["title"]})) == lean(row)


def test_holds_a_regular_expression_for_every_glob(tmp_path: Path) -> None:
    root = new_base(tmp_path)
    check = {"id": "k", "phase": "before", "check": "x", "expect": "y"}
    globs = ["src/**", "!src/gen/**", "[z-a]"]
    change(incident_file(root), checks=[{**check, "applies_to": {"paths": globs}}])
    config = yaml.safe_load((root / "mkdocs.yml").read_text("utf-8"))
    config["plugins"] = [{"runbooks": {"kinds": {"migration": ["**/migrations/**"]}, "components": {"__proto__": ["src/**"]}}}]  # fmt: skip
    (root / "mkdocs.yml").write_text(yaml.safe_dump(config), "utf-8")
    data = data_of(root)
    regexes = dict(data["globs"])
    assert {"!src/gen/**", "**/migrations/**", "src/**"} <= set(regexes)
    assert "[z-a]" not in regexes
    assert regexes["src/**"] == regexes["!src/gen/**"].replace("gen/", "")
    assert data["kinds"] == [["migration", [[["**/migrations/**"], []]]]]
    assert data["components"] == [["__proto__", ["src/**"]]]


def test_of_an_incident_without_checks_the_name_alone(tmp_path: Path) -> None:
    root = new_base(tmp_path)
    for number in range(3):
        change(incident_file(root, number), checks=[], components=[f"c{number}"])
    rows = data_of(root)["rows"]
    assert [sorted(row) for row in rows] == [["components", "id"]] * 3
    assert [row["components"] for row in rows] == [["c0"], ["c1"], ["c2"]]


def test_leaves_out_what_is_withdrawn_and_says_what_is_torn(tmp_path: Path) -> None:
    root = new_base(tmp_path)
    before = data_of(root)
    assert before["unreadable"] == []
    change(incident_file(root), status="withdrawn")
    incident_file(root, 1).write_text("title: [", "utf-8")
    (root / "incidents/checks.yaml").write_text("checks: 1\n", "utf-8")
    after = data_of(root)
    assert len(after["rows"]) == len(before["rows"]) - 2
    assert after["unreadable"] == [incident_file(root, 1).parent.name, "standing"]
    assert list(read_rows(root).unreadable) == after["unreadable"]


def test_hostile_text_cannot_end_the_script() -> None:
    assert b"<" not in build_checklist_data(load(FULL)).content
