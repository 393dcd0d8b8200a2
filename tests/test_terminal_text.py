"""No text of an incident, a log or a write-up drives the terminal or turns the direction of a line."""

from __future__ import annotations

import ast
import copy
import json
import os
import re
import resource
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import click
import pytest
import yaml
from click.testing import CliRunner
from pydantic import ValidationError

from generator.cli import runbooks
from generator.cli.terminal import runbook_text
from generator.knowledge.base import load
from generator.knowledge.diagnostics import Severity
from generator.model import Incident
from generator.postmortems import FORMATS as EXPORT_FORMATS
from generator.rules import RULES, lint
from generator.text.controls import json_text, on_one_line, written_out

ROOT = Path(__file__).parents[1]
FULL = ROOT / "tests/data/full"
# A link, the clipboard, a cleared screen, a colour that hides, and two turns of the direction.
HOSTILE = "\x1b]8;;http://evil.example\x1b\\x\x1b]52;c;AAAA\x1b\\\x1b[2J\x1b[8m\u202e\u2066"
ACTIVE = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]"
)
BINARY = {name for name, form in EXPORT_FORMATS.items() if not form.text}
CHANGED = "db/migrations/0007.sql\n"


def leaves(value: Any, route: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    if isinstance(value, dict):
        for key, inner in value.items():
            yield from leaves(inner, (*route, key))
    elif isinstance(value, list):
        for number, inner in enumerate(value):
            yield from leaves(inner, (*route, number))
    elif isinstance(value, str):
        yield route


def changed(data: Any, route: tuple[Any, ...]) -> Any:
    data = copy.deepcopy(data)
    part = data
    for key in route[:-1]:
        part = part[key]
    part[route[-1]] = part[route[-1]].rstrip("\n") + HOSTILE
    return data


@pytest.fixture(scope="module")
def base(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A knowledge base in which every text that may hold anything does."""
    folder = tmp_path_factory.mktemp("hostile")
    (folder / "mkdocs.yml").write_text(
        "site_name: Test\nplugins: [{runbooks: {sources: [{name: other, folder: other}]}}]\n"
    )
    (folder / "other/incidents").mkdir(parents=True)
    where = folder / "incidents/everything"
    shutil.copytree(FULL / "incidents/everything", where)
    shutil.copytree(FULL / "incidents/short", folder / "incidents/short")
    data = yaml.safe_load((where / "incident.yaml").read_text())
    taken = 0
    for route in list(leaves(data)):
        other = changed(data, route)
        try:
            Incident.model_validate(other)
        except ValidationError:
            continue
        data, taken = other, taken + 1
    assert taken > 50
    (where / "incident.yaml").write_text(
        yaml.safe_dump(data, allow_unicode=True, width=float("inf"))
    )
    suppress_errors(folder, where / "incident.yaml")
    (folder / "log").write_text(
        f'x {HOSTILE} SSL_do_handshake() failed (SSL: error:0A{HOSTILE}) while SSL handshaking to upstream, host: "a{HOSTILE}b"\n'
    )
    (folder / "changed").write_text(CHANGED)
    found = {"incident": HOSTILE, "title": HOSTILE, "severity": HOSTILE, "status": HOSTILE, "text": HOSTILE, "line": HOSTILE}  # fmt: skip
    (folder / "found").write_text(json.dumps({"version": 1, "matches": [found]}))
    (folder / "rules.yaml").write_text(
        yaml.safe_dump(
            {"groups": [{"name": HOSTILE, "rules": [{"alert": f"A{HOSTILE}", "expr": "up == 0"}]}]}
        )
    )
    (folder / "write-up.md").write_text(
        f"# Down {HOSTILE}\n\n## Root cause\n\nA {HOSTILE} b\n\n## {HOSTILE}\n\nx\n"
    )
    return folder


def suppress_errors(root: Path, file: Path) -> None:
    """Write a comment above each line with an error, because nothing with errors is exported."""
    lines = file.read_text().split("\n")
    codes: dict[int, set[str]] = {}
    for found in lint(load(root), RULES):
        if found.severity is Severity.ERROR:
            codes.setdefault(found.position.line, set()).add(found.code)
    for number, named in sorted(codes.items(), reverse=True):
        indent = " " * (len(lines[number - 1]) - len(lines[number - 1].lstrip()))
        lines.insert(number - 1, f"{indent}# lint: ignore[{','.join(sorted(named))}] a test")
    file.write_text("\n".join(lines))


ARGUMENTS = {
    "lint": [""],
    "show": ["everything"],
    "export": ["everything"],
    "checklist": ["--all", "--changed-files changed"],
    "export-signatures": [""],
    "match": ["log"],
    "search": ["uploads"],
    "actions": ["--all", "--all --by incident"],
    "stats": [""],
    "prove": ["--list"],
    "signature": ["log"],
    "coverage": ["rules.yaml"],
    "import": ["--dry-run write-up.md"],
    "notify": ["slack found", "webhook found"],
    "run": ["everything --dry-run"],
    "schema": [""],
    "sources": [""],
}
SILENT = {"build", "completion", "init", "mcp", "new", "reference", "render", "serve"}
"""They print nothing of an incident, a log or a write-up but through `say`."""


def every_command() -> dict[str, click.Command]:
    context = click.Context(runbooks)
    found = {name: runbooks.get_command(context, name) for name in runbooks.list_commands(context)}
    return {name: command for name, command in found.items() if command}


def lines() -> Iterator[str]:
    """Yield every command with every format that it has."""
    for name, command in every_command().items():
        forms = [
            form
            for option in command.params
            if option.name in ("form", "format") and isinstance(option.type, click.Choice)
            for form in option.type.choices
            if form not in BINARY
        ]
        for rest in ARGUMENTS.get(name, []):
            if name != "export-signatures":
                yield f"{name} {rest}"
            yield from (f"{name} --format {form} {rest}" for form in forms)


@pytest.mark.parametrize("line", lines())
def test_no_command_prints_a_character_that_acts(
    base: Path, line: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(base)
    done = CliRunner().invoke(runbooks, line.split())
    assert done.exit_code in (0, 1), done.output
    assert done.stdout
    for text in (done.stdout, done.stderr):
        found = ACTIVE.search(text.replace("\r\n", "\n"))
        assert not found, text[max(found.start() - 80, 0) : found.end() + 40]


def test_every_command_is_tested_or_prints_no_foreign_text() -> None:
    assert set(every_command()) == set(ARGUMENTS) | SILENT


def test_the_command_line_prints_in_one_module_only() -> None:
    for path in (ROOT / "generator").rglob("*.py"):
        calls = {
            ast.unparse(node.func)
            for node in ast.walk(ast.parse(path.read_text()))
            if isinstance(node, ast.Call)
        }
        printing = calls & {
            "click.echo",
            "click.secho",
            "print",
            "sys.stdout.write",
            "sys.stderr.write",
        }
        assert not printing or path.name in ("messages.py", "completion.py"), f"{path}: {printing}"


def test_what_acts_is_spelled_out() -> None:
    assert written_out("a\tb\r\nc\rd\x1b\u202e\x9b") == "a\tb\r\nc\\rd\\x1b\\u202e\\x9b"
    assert on_one_line("a\nb") == "a\\nb"
    assert json.loads(json_text({"a": f"{HOSTILE}\x9b"})) == {"a": f"{HOSTILE}\x9b"}
    assert not ACTIVE.search(json_text({"a": f"{HOSTILE}\x9b"}))


def test_a_usage_error_that_quotes_a_file_is_harmless(tmp_path: Path) -> None:
    name = f"no{HOSTILE}".replace("/", "")
    done = CliRunner().invoke(runbooks, ["show", name, "--root", str(FULL)])
    assert done.exit_code == 2
    assert not ACTIVE.search(done.stderr)


def test_a_command_that_hides_a_character_is_refused(tmp_path: Path) -> None:
    (tmp_path / "mkdocs.yml").write_text("site_name: Test\n")
    where = tmp_path / "incidents/hidden/incident.yaml"
    where.parent.mkdir(parents=True)
    where.write_text(
        "title: T\nseverity: SEV1\nsymptom: s\nroot_cause: r\nfix: f\n"
        'verification:\n  - do: d\n    run: "echo \\u202e a"\n'
    )
    done = CliRunner().invoke(runbooks, ["lint", "--root", str(tmp_path)])
    assert (
        "incidents/hidden/incident.yaml:8:10: error[KB104] `verification[1].run`: the command holds"
        in done.stdout
    )
    assert "U+202E" in done.stdout


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="no /dev/full")
@pytest.mark.parametrize("line", ["lint", "stats --format json", "export everything --format html", "checklist --all"])  # fmt: skip
def test_a_full_disk_behind_standard_output_is_no_bug(base: Path, line: str) -> None:
    with Path("/dev/full").open("wb") as full:
        done = subprocess.run(
            [sys.executable, "-m", "generator", *line.split()],
            cwd=base, stdout=full, stderr=subprocess.PIPE, text=True, check=False,
            env={**os.environ, "PYTHONPATH": str(ROOT)},
        )  # fmt: skip
    assert done.returncode == 1
    assert "cannot write to standard output: No space left on device" in done.stderr
    assert "Traceback" not in done.stderr
    assert "nternal error" not in done.stderr


def test_a_full_disk_leaves_no_empty_record(base: Path, tmp_path: Path) -> None:
    """No file can grow, as on a full disk."""
    records = tmp_path / "records"
    done = subprocess.run(
        [sys.executable, "-m", "generator", "checklist", "run", "--all", "--yes", "--record-dir", records],
        cwd=base, capture_output=True, text=True, check=False,
        env={**os.environ, "PYTHONPATH": str(ROOT), "PYTHONDONTWRITEBYTECODE": "1"},
        preexec_fn=lambda: (signal.signal(signal.SIGXFSZ, signal.SIG_IGN), resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))),
    )  # fmt: skip
    assert done.returncode == 1, done.stderr
    assert "cannot write" in done.stderr
    assert list(records.iterdir()) == []


def test_a_runbook_fits_a_narrow_terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    words = " ".join(["a claim of several words"] * 20)
    incident = load(Path(__file__).parents[1]).incidents["postgresql-too-many-connections"]
    incident = incident.model_copy(update={"symptom": incident.symptom.model_copy(update={"description": words})})  # fmt: skip
    for columns, widest in (("80", 80), ("60", 60), ("200", 88), ("5", 40)):
        monkeypatch.setenv("COLUMNS", columns)
        lines = [one for one in runbook_text("x", incident).splitlines() if "a claim" in one]
        assert widest - 10 < max(map(len, lines)) <= widest
