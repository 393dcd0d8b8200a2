"""The commands, as somebody types them."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from pathlib import Path

import click
import pytest
from click.testing import CliRunner, Result

from generator.cli import COMMANDS, runbooks
from tests.conftest import ROOT


def run(*arguments: str | Path) -> Result:
    return CliRunner().invoke(runbooks, [str(a) for a in arguments])


def commands() -> dict[str, click.Command]:
    context = click.Context(runbooks)
    return {name: command for name in COMMANDS if (command := runbooks.get_command(context, name))}


@pytest.mark.parametrize("name", sorted(COMMANDS))
def test_every_command_has_help_with_an_example_and_is_documented(name: str) -> None:
    result = run(name, "--help")
    assert result.exit_code == 0
    assert re.search(rf"Examples?:\n\s+(cd .* )?runbooks {name}", result.output), result.output
    assert f"`runbooks {name}" in (ROOT / "README.md").read_text("utf-8")
    assert f"## runbooks {name} " in (ROOT / "docs/reference/commands.md").read_text("utf-8")


@pytest.mark.parametrize("name", sorted(COMMANDS))
def test_every_option_says_what_it_does(name: str) -> None:
    options = [p for p in commands()[name].params if isinstance(p, click.Option)]
    assert all(option.help for option in options)


def test_the_reference_pages_are_fresh(tmp_path: Path) -> None:
    assert run("reference", tmp_path).exit_code == 0
    kept = ROOT / "docs/reference"
    names = {p.relative_to(tmp_path).as_posix() for p in tmp_path.rglob("*.*")}
    assert names == {p.relative_to(kept).as_posix() for p in kept.rglob("*.*")}
    assert {"fields.md", "commands.md", "runbooks.1", "rules/index.md"} <= names
    for name in names:
        assert (tmp_path / name).read_text("utf-8") == (kept / name).read_text("utf-8"), (
            f"{name}: run `make docs`"
        )


def test_python_m_generator_is_the_same_command() -> None:
    for arguments in (["--version"], ["schema"]):
        done = subprocess.run(
            [sys.executable, "-m", "generator", *arguments],
            capture_output=True,
            text=True,
            cwd=ROOT,
        )
        assert done.returncode == 0, done.stderr
        assert done.stderr == ""


def test_no_command_is_wrong_usage() -> None:
    assert run("nosuch").exit_code == 2
    assert run("show").exit_code == 2


def test_the_reader_of_a_pipe_may_leave() -> None:
    done = subprocess.run(
        f"{sys.executable} -m generator schema | head -n 1",
        shell=True, capture_output=True, text=True, cwd=ROOT,
    )  # fmt: skip
    assert done.stdout == "{\n"
    assert done.stderr == ""


# -- schema --------------------------------------------------------------------------------------


def test_schema_goes_to_standard_output_or_a_file(tmp_path: Path) -> None:
    printed = run("schema")
    assert json.loads(printed.stdout)["title"] == "Incident"
    assert run("schema", "-o", tmp_path / "s.json").exit_code == 0
    assert (tmp_path / "s.json").read_text("utf-8") == printed.stdout
    failed = run("schema", "-o", tmp_path / "no/such/s.json")
    assert failed.exit_code == 1
    assert "cannot write" in failed.output


# -- show ----------------------------------------------------------------------------------------


def test_show_prints_the_card(full: Path) -> None:
    result = run("show", "everything", "--root", full)
    assert result.exit_code == 0
    order = [result.output.index(h) for h in ("IS IT THIS?", "STOP THE PAIN", "FIX IT FOR GOOD", "CHECK THAT IT WORKED", "IF NOT", "WHO TO WAKE")]  # fmt: skip
    assert order == sorted(order)
    assert '    ssh "$HOST" \\\n' in result.output


@pytest.mark.parametrize("name", ["every", "INC-2041"])
def test_show_takes_a_beginning_or_an_alias(full: Path, name: str) -> None:
    assert run("show", name, "--root", full).stdout.startswith("Uploads fail with status 502\n")


def test_show_other_forms(full: Path) -> None:
    yaml = (full / "incidents/everything/incident.yaml").read_text("utf-8")
    assert run("show", "everything", "--format", "yaml", "--root", full).stdout == yaml
    markdown = run("show", "everything", "--format", "markdown", "--root", full).stdout
    assert markdown.startswith("# Uploads fail with status 502")


def test_show_says_what_it_does_not_find(full: Path) -> None:
    result = run("show", "everythin9", "--root", full)
    assert result.exit_code == 2
    assert "did you mean everything?" in result.output
    assert run("show", "../../etc", "--root", full).exit_code == 2


def test_show_of_a_broken_incident_prints_its_diagnostics(full: Path) -> None:
    result = run("show", "broken", "--root", full)
    assert result.exit_code == 1
    assert "incidents/broken/incident.yaml:3:11: error[KB104]" in result.output


def test_escape_characters_do_not_reach_the_terminal(tmp_path: Path) -> None:
    base = copy_of_short(tmp_path, symptom='"\\e[31mred \\e]0;x"')
    result = run("show", "short", "--root", base)
    assert "\x1b" not in result.output


def copy_of_short(folder: Path, **fields: str) -> Path:
    incident = folder / "incidents/short/incident.yaml"
    incident.parent.mkdir(parents=True)
    (folder / "mkdocs.yml").write_text("site_name: x\n", "utf-8")
    values = {"title": "A", "severity": "SEV4", "symptom": "b", "root_cause": "c", "fix": "d", "verification": "e"}  # fmt: skip
    incident.write_text("".join(f"{k}: {v}\n" for k, v in {**values, **fields}.items()), "utf-8")
    return folder


# -- root ----------------------------------------------------------------------------------------


def test_the_nearest_knowledge_base_upwards_is_meant(
    full: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(full / "incidents/everything")
    assert run("show", "short").exit_code == 0


def test_no_knowledge_base_is_wrong_usage_with_a_hint(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    result = run("show", "x")
    assert result.exit_code == 2
    assert "--root DIR" in result.output
    assert "runbooks init" in result.output
    assert run("lint", "--root", tmp_path).exit_code == 2


# -- init ----------------------------------------------------------------------------------------


@pytest.mark.slow
def test_init_makes_a_base_that_lints_clean_and_builds(tmp_path: Path) -> None:
    folder = tmp_path / "ops"
    made = run("init", folder, "--name", 'Ops "runbooks": all')
    assert made.exit_code == 0, made.output
    assert f"runbooks serve --root {folder}" in made.output
    lint = run("lint", "--root", folder, "--strict")
    assert (lint.exit_code, lint.output) == (0, "")
    assert run("build", "--root", folder).exit_code == 0
    assert "Ops 'runbooks': all" in (folder / "site/index.html").read_text("utf-8")
    assert (folder / "site/incidents/disk-full-on-database-host/index.html").is_file()


def test_init_overwrites_nothing(tmp_path: Path) -> None:
    (tmp_path / "mine").write_text("x", "utf-8")
    assert run("init", tmp_path).exit_code == 2
    assert [p.name for p in tmp_path.iterdir()] == ["mine"]


def test_init_into_an_empty_folder_and_into_one_below_a_new_one(tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    before = (tmp_path / "empty").stat().st_ino
    assert run("init", tmp_path / "empty").exit_code == 0
    assert (tmp_path / "empty").stat().st_ino == before, "somebody's shell may stand in it"
    assert run("init", tmp_path / "new/below").exit_code == 0
    assert sorted(p.name for p in tmp_path.iterdir()) == ["empty", "new"]


def test_init_where_nothing_can_be_made(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("x", "utf-8")
    result = run("init", tmp_path / "file/below")
    assert result.exit_code in (1, 2)
    assert "Traceback" not in result.output


def test_the_table_has_the_help_of_each_command() -> None:
    context = click.Context(runbooks)
    for name, (_, line) in COMMANDS.items():
        command = runbooks.get_command(context, name)
        assert command is not None
        assert command.get_short_help_str(200) == line
