"""Options that stand before the command: `--root` works there, the others are told where to go."""

from __future__ import annotations

import os
import shlex
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from generator.cli import COMMANDS, runbooks
from tests.conftest import ROOT


def run(*arguments: str | Path) -> Result:
    return CliRunner().invoke(runbooks, [str(a) for a in arguments], prog_name="runbooks")


# -- root ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("root", [("--root", "{full}"), ("--root={full}",)])
def test_root_may_stand_before_the_command(
    full: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, root: tuple[str, ...]
) -> None:
    monkeypatch.chdir(tmp_path)
    before = [word.format(full=full) for word in root]
    assert run(*before, "show", "everything").stdout == run("show", "everything", *before).stdout
    assert run(*before, "show", "everything").exit_code == 0
    for name in ("checklist",), ("checklist", "run", "--yes"):
        said = run(*before, *name, "--incident", "nosuch")
        assert "nosuch" in said.output, "its incidents were looked at"
        assert "no knowledge base" not in said.output


def test_the_commands_own_root_wins(full: Path, tmp_path: Path) -> None:
    assert run("--root", tmp_path, "show", "everything", "--root", full).exit_code == 0
    wrong = run("--root", full, "show", "everything", "--root", tmp_path)
    assert wrong.exit_code == 2
    assert f"{tmp_path} is not a knowledge base" in wrong.output.replace("\n", " ")


def test_a_root_that_is_none_is_wrong_usage(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("", "utf-8")
    for root, said in ((tmp_path, "is not a knowledge base"), (tmp_path / "file", "is a file")):
        result = run("--root", root, "lint")
        assert result.exit_code == 2
        assert said in result.output


NO_ROOT = ("completion", "init", "notify", "reference", "schema")


@pytest.mark.parametrize("name", NO_ROOT)
def test_a_command_that_takes_no_root_says_so(full: Path, tmp_path: Path, name: str) -> None:
    result = run("--root", full, *name.split(), tmp_path / "x")
    assert result.exit_code == 2
    assert f"`runbooks {name}` does not take --root" in result.output
    assert f"Usage: runbooks {name} " in result.output
    assert not list(tmp_path.iterdir())
    assert run("--root", full, *name.split(), "--help").exit_code == 0


@pytest.mark.parametrize("name", sorted(COMMANDS))
def test_every_other_command_takes_one(name: str) -> None:
    options = runbooks.get_command(None, name).params  # type: ignore[union-attr]
    assert ("--root" in [o for p in options for o in p.opts]) is (name not in NO_ROOT)


# -- all others ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("typed", "correct"),
    [
        ("--format json lint", "put --format after the command: runbooks lint --format json"),
        ("--format=json lint", "put --format after the command: runbooks lint --format=json"),
        ("--port 80 serve", "put --port after the command: runbooks serve --port 80"),
        ("--strict lint disk-full", "put --strict after the command: runbooks lint --strict disk-full"),
        ("-n 3 search a b", "put -n after the command: runbooks search -n 3 a b"),
        ("-n3 search a", "put -n after the command: runbooks search -n3 a"),
        ("-o 'a b' export x", "put -o after the command: runbooks export -o 'a b' x"),
        ("-f match - -- -x", "put -f after the command: runbooks match -f - -- -x"),
        ("--strict --format json lint", "put --strict and --format after the command: runbooks lint --strict --format json"),
        ("--root kb --format json lint", "put --format after the command: runbooks --root kb lint --format json"),
        ("--format json --root kb lint", "put --format after the command: runbooks --root kb lint --format json"),
        ("--component lint search x", "put --component after the command: runbooks search --component lint x"),
        # Groups
        ("--format json checklist", "put --format after the command: runbooks checklist --format json"),
        ("--yes checklist run", "put --yes after the command: runbooks checklist run --yes"),
        ("--dry-run checklist comment x", "put --dry-run after the command: runbooks checklist comment --dry-run x"),
        ("checklist --yes run", "put --yes after the command: runbooks checklist run --yes"),
        ("checklist --changed-since v1 run", "put --changed-since after the command: runbooks checklist run --changed-since v1"),
        ("checklist --kind a --kind b run", "put --kind after the command: runbooks checklist run --kind a --kind b"),
        ("checklist --root kb run --yes", "put --root after the command: runbooks checklist run --root kb --yes"),
        ("--root kb checklist --yes run", "put --yes after the command: runbooks --root kb checklist run --yes"),
        ("--kind a checklist --yes run", "put --kind and --yes after the command: runbooks checklist run --kind a --yes"),
        # The command does not take it
        ("--fromat json lint", "`runbooks lint` has no option --fromat; did you mean --format?"),
        ("--port 80 lint", "`runbooks lint` has no option --port"),
        ("checklist --format json run", "`runbooks checklist run` has no option --format"),
        # No command
        ("--format json", "put options after the command: runbooks COMMAND --format"),
        ("--format json nosuch", "put options after the command: runbooks COMMAND --format"),
        ("--versoin", "Did you mean '--version'?"),
        ("checklist --nosuch", "No such option '--nosuch'. Did you mean '--schema'?"),
        ("lnt", "unknown command 'lnt'; did you mean lint?"),
        ("checklist nosuch", "unknown command 'nosuch'"),
    ],
)  # fmt: skip
def test_an_option_before_the_command_is_told_where_it_belongs(typed: str, correct: str) -> None:
    result = run(*shlex.split(typed))
    assert result.exit_code == 2
    assert result.output.splitlines()[-1].removeprefix("Error: ").endswith(correct)


def test_what_is_advised_is_accepted(full: Path) -> None:
    wrong = run("--format", "json", "--root", full, "lint")
    advised = wrong.output.splitlines()[-1].partition("after the command: runbooks ")[2]
    result = run(*advised.split())
    assert result.exit_code == 1, "it has a broken incident"
    assert result.stdout.startswith("{")


def test_an_ordinary_call_imports_no_other_command() -> None:
    probe = "import atexit, sys; atexit.register(lambda: print(*sys.modules)); from generator.cli import main; main()"
    done = subprocess.run(
        [sys.executable, "-c", probe, "--root", ROOT, "completion", "--help"],
        capture_output=True, text=True, cwd=ROOT, env={**os.environ},
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    loaded = {name for name in done.stdout.split() if name.startswith("generator.cli.")}
    assert loaded == {
        f"generator.cli.{name}" for name in ("completion", "groups", "messages", "options")
    }
