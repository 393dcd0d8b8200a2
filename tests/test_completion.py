"""What a shell completes, in real shells."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import click
import pytest
from click.testing import CliRunner

from generator.cli import COMMANDS, runbooks
from generator.cli.groups import ROOT as ROOT_OPTION
from tests import programs
from tests.conftest import ROOT

pytestmark = pytest.mark.slow

# Puts the words of a line where bash has them when Tab is pressed, and prints what it would offer.
BASH = """
source <(runbooks completion bash)
function=$(complete -p runbooks | sed -E 's/.*-F (\\S+).*/\\1/')
COMP_WORDS=("$@") COMP_CWORD=$(($# - 1)) COMPREPLY=()
compopt() { echo "compopt $*"; }  # works only while bash itself completes
"$function" runbooks
printf '%s\\n' "${COMPREPLY[@]}"
"""


@pytest.fixture
def path(tmp_path: Path) -> str:
    """PATH with this checkout's `runbooks` before everything else."""
    script = tmp_path / "bin/runbooks"
    script.parent.mkdir()
    script.write_text(f'#!/bin/sh\nexec "{sys.executable}" -m generator "$@"\n', "utf-8")
    script.chmod(0o755)
    return f"{script.parent}{os.pathsep}{os.environ['PATH']}"


@pytest.fixture
def base(tmp_path: Path) -> Path:
    """A knowledge base whose incidents nobody could load; names count, not what is in them."""
    root = tmp_path / "kb"
    for name in ("disk-full", "disk-slow", "queue-stuck", "$(touch hacked)", "Upper"):
        (root / "incidents" / name).mkdir(parents=True)
    (root / "incidents/disk-full/incident.yaml").write_text("{", "utf-8")
    (root / "incidents/disk-file").write_text("", "utf-8")
    (root / "mkdocs.yml").write_text("site_name: x\n", "utf-8")
    return root


def complete(path: str, where: Path, *words: str) -> list[str]:
    """Return what bash offers for a line whose last word is being typed."""
    done = subprocess.run(
        [programs.BASH.need(), "--norc", "-c", BASH, "bash", "runbooks", *words], cwd=where,
        env={**os.environ, "PATH": path, "PYTHONPATH": str(ROOT), "HOME": str(where.parent)},
        capture_output=True, text=True,
    )  # fmt: skip
    assert (done.returncode, done.stderr) == (0, ""), done
    return done.stdout.split()


def test_bash_completes_commands_options_and_choices(path: str, base: Path) -> None:
    assert complete(path, base, "li") == ["lint"]
    assert complete(path, base, "checklist", "ru") == ["run"]
    assert complete(path, base, "lint", "--str") == ["--strict"]
    assert complete(path, base, "lint", "--format", "s") == ["sarif"]
    assert complete(path, base, "completion", "z") == ["zsh"]
    assert {"lint", "show", "--root"} <= set(complete(path, base, "")) | set(
        complete(path, base, "--")
    )


@pytest.mark.parametrize(
    "words",
    [
        ("show",),
        ("lint",),
        ("prove",),
        ("export",),
        ("lint", "--strict"),
        ("checklist", "--incident"),
        ("checklist", "run", "--incident"),
        ("actions", "--incident"),
    ],
)
def test_bash_completes_ids(path: str, base: Path, words: tuple[str, ...]) -> None:
    assert complete(path, base, *words, "disk") == ["disk-full", "disk-slow"]


def test_an_id_is_offered_once_and_only_what_can_be_one(path: str, base: Path) -> None:
    assert complete(path, base, "lint", "disk-full", "") == ["disk-slow", "queue-stuck"]
    assert not list(base.parent.rglob("hacked"))


@pytest.mark.parametrize("before", [("--root", "kb", "show"), ("show", "--root", "kb")])
def test_ids_come_from_the_root_that_is_named(
    path: str, base: Path, before: tuple[str, ...]
) -> None:
    assert complete(path, base.parent, *before, "q") == ["queue-stuck"]
    at_home = [word.replace("kb", "~/kb") for word in before]
    assert complete(path, base.parent / "bin", *at_home, "q") == ["queue-stuck"]


def test_without_a_knowledge_base_nothing_is_offered_and_nothing_is_said(
    path: str, tmp_path: Path
) -> None:
    assert complete(path, tmp_path, "show", "") == []
    assert complete(path, tmp_path, "show", "--root", "no/such", "") == []


def test_bash_completes_paths_itself(path: str, base: Path) -> None:
    assert complete(path, base, "lint", "--root", "k") == ["compopt", "-o", "dirnames"]
    assert complete(path, base, "--root", "k") == ["compopt", "-o", "dirnames"]
    assert complete(path, base, "match", "ser") == ["compopt", "-o", "default"]
    assert complete(path, base, "lint", "incidents/di") == ["compopt", "-o", "default"]


def test_nothing_that_loads_incidents_is_imported_for_a_name() -> None:
    code = "import sys; from generator.cli import main; main()"
    probe = f"import atexit, sys; atexit.register(lambda: print(*sys.modules)); {code}"
    environment = {**os.environ, "_RUNBOOKS_COMPLETE": "bash_complete", "COMP_WORDS": "runbooks ", "COMP_CWORD": "1"}  # fmt: skip
    done = subprocess.run(
        [sys.executable, "-c", probe], env=environment, capture_output=True, text=True, cwd=ROOT
    )
    assert "plain,lint" in done.stdout, done.stderr
    loaded = set(done.stdout.split())
    assert "generator.cli" in loaded
    assert not loaded & {
        "generator.cli.lint",
        "generator.knowledge.loader",
        "yaml",
        "pydantic",
        "jinja2",
    }


@pytest.mark.parametrize(
    "shell", [programs.BASH, programs.ZSH, programs.FISH], ids=lambda shell: shell.name
)
def test_the_script_is_one_that_the_shell_can_read(shell: programs.Program, tmp_path: Path) -> None:
    result = CliRunner().invoke(runbooks, ["completion", shell.name])
    assert result.exit_code == 0
    assert "_RUNBOOKS_COMPLETE" in result.stdout
    (tmp_path / "script").write_text(result.stdout, "utf-8")
    done = shell.ask("-n", tmp_path / "script")
    assert (done.returncode, done.stderr) == (0, "")


def test_help_says_where_each_shell_looks() -> None:
    said = CliRunner().invoke(runbooks, ["completion", "--help"]).output
    for shell, place in (("bash", "bash-completion/completions/runbooks"), ("zsh", ".runbooks-completion.zsh"), ("fish", "fish/completions/runbooks.fish")):  # fmt: skip
        assert re.search(rf"runbooks completion {shell} > ~/\S*{place}\n", said)


def test_every_value_that_is_an_id_completes() -> None:
    """An option or argument that takes ids offers them, whatever command it is of."""

    def commands(command: click.Command, name: str):
        yield name, command
        for inner, below in getattr(command, "commands", {}).items():
            yield from commands(below, f"{name} {inner}")

    context = click.Context(runbooks)
    context.meta[ROOT_OPTION] = ROOT
    without = {
        f"{name} {param.opts[0]}"
        for each in COMMANDS
        for name, command in commands(runbooks.get_command(context, each), each)
        for param in command.params
        if re.search(r"\bID\b", param.metavar or "") and not param.shell_complete(context, "postg")
    }
    assert without == {"new --id", "import --id"}, (
        "these two name an incident that is not there yet"
    )


def test_fish_completes(path: str, base: Path) -> None:
    script = "runbooks completion fish | source; complete -C 'runbooks show disk'"
    done = subprocess.run(
        [programs.FISH.need(), "--no-config", "-c", script], cwd=base, capture_output=True, text=True,
        env={**os.environ, "PATH": path, "PYTHONPATH": str(ROOT), "HOME": str(base.parent)},
    )  # fmt: skip
    assert done.stdout.split() == ["disk-full", "disk-slow"], done.stderr
