"""What `runbooks match` shows under an incident: its first steps, and the values that are set."""

from __future__ import annotations

import gzip
import json
import os
import subprocess
from pathlib import Path

import pytest
from click.testing import CliRunner

from generator.cli import runbooks
from generator.cli.match_answers import SearchedFile
from generator.commands.exports import default_export
from generator.text.labels import HEADINGS
from tests.conftest import ROOT

HEAD = """\
title: The shard is gone
severity: SEV2
symptom:
  description: Reads fail.
  signatures: ['shard {SHARD} is gone']
root_cause: Somebody removed it.
verification: Reads work.
"""
DIAGNOSIS = "diagnosis: [{do: Look for it, run: grep gone -- \"$LOG\", risk: read-only}, {do: Look again}]\n"  # fmt: skip
MITIGATION = "mitigation: [{do: Read from the replica}, {do: Restart}]\n"
FIX = "fix: [Restore the shard, Watch it]\n"
PARAMETERS = """\
parameters:
  - {name: SHARD, description: The shard.}
  - {name: LOG, description: The log., default: other.log, fill_with: log-file}
"""
ERROR = "x\nshard s1 is gone\n"


@pytest.fixture
def base(tmp_path: Path) -> Path:
    (tmp_path / "mkdocs.yml").write_text("site_name: x\n")
    (tmp_path / "incidents/one").mkdir(parents=True)
    return tmp_path


def answer(base: Path, incident: str, *arguments: str, text: str = ERROR) -> tuple[str, dict]:
    """Return what is printed as text, and the match as JSON."""
    (base / "incidents/one/incident.yaml").write_text(incident)
    command = ["match", "--root", str(base), "--format"]
    shown = CliRunner().invoke(runbooks, [*command, "text", *arguments], input=text)
    as_json = CliRunner().invoke(runbooks, [*command, "json", *arguments], input=text)
    assert (shown.exit_code, as_json.exit_code) == (0, 0)
    return shown.stdout, json.loads(as_json.stdout)["matches"][0]


@pytest.mark.parametrize(
    ("parts", "steps", "more"),
    [
        (DIAGNOSIS + MITIGATION + FIX, {"diagnosis": "Look for it", "mitigation": "Read from the replica"}, 4),
        (DIAGNOSIS + FIX, {"diagnosis": "Look for it", "fix": "Restore the shard"}, 2),
        (MITIGATION + FIX, {"mitigation": "Read from the replica"}, 3),
        (FIX, {"fix": "Restore the shard"}, 1),
        ("status: draft\n" + DIAGNOSIS, {"diagnosis": "Look for it"}, 1),
        ("status: draft\n", {}, 0),
    ],
)  # fmt: skip
def test_the_first_step_of_each_part_with_its_heading(base, parts, steps, more):
    shown, match = answer(base, HEAD + parts)
    assert {step["part"]: step["do"] for step in match["steps"]} == steps
    assert [step["heading"] for step in match["steps"]] == [HEADINGS[part] for part in steps]
    for part, heading in HEADINGS.items():
        expected = f"    {heading}\n      {steps[part]}" if part in steps else ""
        assert expected in shown
        assert (heading in shown) == (part in steps)
    rest = "(1 more step)" if more == 1 else f"({more} more steps)"
    assert (rest in shown) == bool(more)


def test_a_step_that_changes_something_says_how_to_undo_it(base):
    step = "mitigation: [{do: Drop it, run: drop, risk: destructive, rollback: Take the backup}]\n"
    shown, match = answer(base, HEAD + FIX + step)
    assert "      Drop it [destructive]\n        drop\n      Rollback: Take the backup\n" in shown
    assert match["steps"][0]["rollback"] == "Take the backup"


def test_the_headings_are_those_of_the_page():
    page = (ROOT / "templates/pages/incident.md.j2").read_text()
    for heading in HEADINGS.values():
        assert f"\n## {heading} " in page


def test_the_log_is_the_file_that_was_given(base, monkeypatch):
    incident = HEAD + DIAGNOSIS + FIX + PARAMETERS
    place = base / "it's here"
    place.mkdir()
    monkeypatch.chdir(place)
    (place / "-a.log").write_text(ERROR)
    shown, match = answer(base, incident, "--", "-a.log")
    assert f"export LOG='{base}/it'\\''s here/-a.log'\n" in shown
    assert match["filled"] == {"LOG": f"{place}/-a.log"}
    assert match["captures"] == {"SHARD": "s1"}
    assert match["exports"][1] == f"export LOG='{base}/it'\\''s here/-a.log'"
    (place / "other.log").write_text("x\n")
    assert answer(base, incident, "other.log", "../it's here/-a.log")[1]["filled"] == {
        "LOG": f"{place}/-a.log"
    }


def test_a_pipe_or_a_compressed_file_is_no_log_for_commands(base):
    incident = HEAD + DIAGNOSIS + FIX + PARAMETERS
    shown, match = answer(base, incident)
    assert "export LOG=${LOG:-'other.log'}\n" in shown
    assert match["filled"] == {}
    (base / "a.gz").write_bytes(gzip.compress(ERROR.encode()))
    assert answer(base, incident, str(base / "a.gz"))[1]["filled"] == {}
    (base / "a\nb.log").write_text(ERROR)
    assert answer(base, incident, str(base / "a\nb.log"))[1]["filled"] == {}
    os.mkfifo(base / "pipe")
    assert SearchedFile(str(base / "pipe")).log == ""
    assert SearchedFile(str(base / "none")).log == ""


@pytest.mark.parametrize(
    ("around", "used"), [({}, "it's $HOME } here"), ({"LOG": "my own"}, "my own")]
)
def test_a_value_of_the_environment_comes_before_the_default(around, used):
    line = default_export("LOG", "it's $HOME } here")
    ran = subprocess.run(
        ["bash", "-c", f"{line}\nprintenv LOG"], env={"PATH": os.environ["PATH"], **around},
        capture_output=True, text=True, check=True,
    )  # fmt: skip
    assert ran.stdout == f"{used}\n"


def test_a_captured_value_is_kept_instead(base):
    incident = HEAD.replace("{SHARD}", "{LOG}") + FIX + PARAMETERS
    (base / "a.log").write_text(ERROR)
    shown, match = answer(base, incident, str(base / "a.log"))
    assert "export LOG='s1'\n" in shown
    assert match["filled"] == {}


def test_the_value_that_is_used_comes_first(base):
    text = "shard a_1 is gone\nshard b is gone\nshard a is gone\n"
    shown, match = answer(base, HEAD + FIX + PARAMETERS, text=text)
    assert "note     SHARD has several values: b (used here), a, a_1\n" in shown
    assert (match["captures"], match["values"]) == ({"SHARD": "b"}, {"SHARD": ["b", "a", "a_1"]})


def test_lint_names_the_place_of_what_cannot_fill_a_parameter(base):
    path = base / "incidents/one/incident.yaml"
    path.write_text(HEAD + FIX + PARAMETERS.replace("log-file", "logfile"))
    found = CliRunner().invoke(runbooks, ["lint", "--root", str(base)])
    assert found.exit_code == 1
    assert "fill_with" in found.output
    assert "log-file" in found.output
