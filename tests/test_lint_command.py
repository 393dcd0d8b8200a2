"""The command `runbooks lint`."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from generator.cli import runbooks
from generator.rules import RULES
from tests.pace import PATIENCE
from tests.rule_examples import incident_text, write_base

BROKEN = incident_text("severity: high\n")
WARNED = incident_text("root_cause: Disk was full.\n")


def run(*arguments: str) -> Result:
    return CliRunner().invoke(runbooks, ["lint", *arguments], catch_exceptions=False)


@pytest.fixture
def clean(tmp_path: Path) -> Path:
    return write_base(tmp_path, incident_text(""))


def test_clean_prints_nothing(clean):
    result = run("--root", str(clean))
    assert (result.exit_code, result.output) == (0, "")
    assert run("--root", str(clean), "--format", "github").output == ""


def test_errors_exit_with_1(tmp_path):
    result = run("--root", str(write_base(tmp_path, BROKEN)))
    assert result.exit_code == 1
    assert result.stdout.splitlines()[0].startswith(
        "incidents/example/incident.yaml:2:11: error[KB104] "
    )
    assert result.stdout.splitlines()[-1] == "1 error in 1 file"


def test_warnings_exit_with_0_unless_strict(tmp_path):
    root = str(write_base(tmp_path, WARNED))
    relaxed = run("--root", root)
    assert relaxed.exit_code == 0
    assert "warning[KB702]" in relaxed.stdout
    assert run("--root", root, "--strict").exit_code == 1


def test_nothing_is_coloured_in_a_pipe(tmp_path):
    assert "\x1b" not in run("--root", str(write_base(tmp_path, BROKEN))).output


def test_the_root_is_found_upwards(tmp_path, monkeypatch):
    root = write_base(tmp_path, BROKEN)
    monkeypatch.chdir(root / "incidents" / "example")
    assert run().exit_code == 1


@pytest.mark.parametrize(
    ("chosen", "exit_code"),
    [
        (["example"], 1),
        (["disk-full"], 0),
        (["disk-full", "example"], 1),
        (["incidents/example"], 1),
        (["incidents/example/incident.yaml"], 1),
        (["incidents/disk-full/incident.yaml"], 0),
        (["incidents"], 1),
        (["./incidents/../incidents/disk-full"], 0),
        (["exampel"], 2),
        (["../example"], 2),
        (["../../etc/passwd"], 2),
        (["incidents/../../example"], 2),
        (["mkdocs.yml"], 2),
        (["nul\0"], 2),
        ([""], 2),
    ],
)
def test_incidents_are_chosen_by_id_and_path(chosen, exit_code, tmp_path, monkeypatch):
    root = write_base(tmp_path / "base", BROKEN)
    monkeypatch.chdir(root)
    result = run("--root", str(root), *chosen)
    assert result.exit_code == exit_code
    assert "Traceback" not in result.output


def test_a_wrong_id_is_corrected(clean):
    assert "did you mean example" in run("--root", str(clean), "exampel").output


def test_output_goes_to_a_file(tmp_path):
    root = write_base(tmp_path, BROKEN)
    report = tmp_path / "report.json"
    result = run("--root", str(root), "--format", "json", "-o", str(report))
    assert (result.exit_code, result.stdout) == (1, "")
    assert json.loads(report.read_text())["summary"]["errors"] == 1
    assert [path.name for path in tmp_path.iterdir() if "report" in path.name] == ["report.json"]


def test_output_into_a_missing_folder_is_no_traceback(clean):
    result = run("--root", str(clean), "-o", str(clean / "no" / "report.json"))
    assert result.exit_code != 0
    assert "Traceback" not in result.output


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.code)
def test_every_rule_is_explained(rule):
    result = run("--explain", rule.code.lower())
    assert result.exit_code == 0
    assert result.output.startswith(f"{rule.code} {rule.name} ({rule.severity})\n\n{rule.summary}")


def test_explain_of_an_unknown_rule():
    result = run("--explain", "KB999")
    assert result.exit_code == 2


def test_not_a_knowledge_base(tmp_path):
    assert run("--root", str(tmp_path)).exit_code == 2


def test_settings_are_checked_with_all_incidents(clean):
    (clean / "mkdocs.yml").write_text("plugins:\n  - runbooks: {newest: many}\n")
    assert "mkdocs.yml:2:24: error[KB010]" in run("--root", str(clean)).output
    assert run("--root", str(clean), "example").exit_code == 0


def test_the_report_survives_a_terminal_without_unicode(tmp_path):
    root = write_base(tmp_path, incident_text("severity: höch\n"))
    process = subprocess.run(
        [sys.executable, "-m", "generator", "lint", "--root", str(root)],
        capture_output=True,
        env={"PYTHONIOENCODING": "ascii:backslashreplace", "PATH": ""},
        cwd=Path(__file__).parent.parent,
        timeout=PATIENCE,
        check=False,
    )
    assert process.returncode == 1
    assert b"Traceback" not in process.stderr
