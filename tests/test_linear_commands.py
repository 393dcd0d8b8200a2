"""No command takes more than linear time on a long text, whatever repeats in it."""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner

from generator.cli import runbooks
from tests.pace import growth

INCIDENT = """\
title: Writes fail
severity: SEV3
symptom:
  description: Every write fails.
  signatures:
    - text: 'No space left on {DEVICE} now'
    - text: 'key {NAME} is gone'
root_cause: The disk was full.
fix: Remove files.
verification: Writes work.
checks:
  - id: one
    check: Look at the disk.
    phase: before
    applies_to: {paths: ['*a*a*b', '**/a/**/a/**/b', 'src/**/*a*']}
"""
# What expressions of the package begin with, or search for the end of.
UNITS = (
    *("docker compose down ", "key=aB3/", "://a:", "://a:b@", "a ", "a@", "ab/", "a.", "A", "0"),
    *(
        "[",
        "![",
        "`",
        "<",
        "*",
        "_",
        "(",
        "{",
        "&",
        "\\",
        '"',
        "'",
        "\u201c",
        "~",
        "=",
        "- ",
        "| a ",
    ),
    *("http://", "eyJa", "sk-a", "$A ", "$(", "<<A ", "10:00 ", "2026-01-01 ", "should have "),
    *("Cat van ", "\u00c9\u2019", " ", "TODO ", "lines: "),
)


def run(*args: object, text: str | None = None) -> str:
    done = CliRunner().invoke(runbooks, list(map(str, args)), input=text)
    assert done.exception is None or isinstance(done.exception, SystemExit), args
    assert done.exit_code in (0, 1) or "is a folder, not a file" in done.output, done.output
    return done.output


@pytest.fixture
def base(tmp_path: Path) -> Path:
    (tmp_path / "mkdocs.yml").write_text("site_name: Runbooks\n", "utf-8")
    (tmp_path / "incidents/slow").mkdir(parents=True)
    write(tmp_path)
    return tmp_path


def write(base: Path, more: str = "") -> None:
    (base / "incidents/slow/incident.yaml").write_text(INCIDENT + more, "utf-8")


def write_long(base: Path, text: str) -> None:
    quoted = json.dumps(text, ensure_ascii=False)
    step = f"  - {{do: Stop it., run: {quoted}, risk: read-only}}\n"
    write(base, f"summary: {quoted}\nlessons:\n  went_wrong:\n  - {quoted}\nmitigation:\n{step}")


def is_linear(work: Callable[[int], object], size: int) -> bool:
    """Whether work of eight times the size takes less than 20 times as long."""
    work(size)  # imports what it needs
    small, large = (_seconds(work, n) for n in (size, 8 * size))
    return large < 14 * small or growth(work, size) < 20


def _seconds(work: Callable[[int], object], size: int) -> float:
    began = time.process_time()
    work(size)
    return time.process_time() - began


# --- the inputs that were slow


def test_many_commands_in_one_line(base):
    def lint(count: int) -> None:
        step = f"{{do: Stop it., run: {'docker compose down ' * count!r}, risk: read-only}}"
        write(base, f"mitigation:\n  - {step}\n")
        run("lint", "--root", base)

    assert is_linear(lint, 1_000)


def test_many_keys_in_one_line(base):
    def lint(count: int) -> None:
        write(base, f"summary: {'key=aB3/' * count}\n")
        run("lint", "--root", base)

    assert is_linear(lint, 5_000)


def test_a_long_word_in_capitals_as_title(base):
    def import_(title: str) -> None:
        (base / "write-up.md").write_text(f"# {title}\n\nIt was slow.\n", "utf-8")
        run("import", base / "write-up.md", "--root", base, "--dry-run")

    import_("Warm up")
    usual, hostile = (
        min(_time(import_, title) for _ in range(3))
        for title in ("Internationalization is broken", "INTERNATIONALIZATIONNOTWORKING-2026")
    )
    assert hostile < 5 * usual


def _time(work: Callable[[str], object], text: str) -> float:
    began = time.process_time()
    work(text)
    return time.process_time() - began


def test_json_in_json_in_one_line(base):
    lines = 'No space left on device\n"x" ' * 4_000
    nested = lines
    for _ in range(3):
        nested = json.dumps({"log": nested})
    plain = lines * (len(nested) // len(lines))

    def match(text: str) -> None:
        run("match", "--root", base, text=f"{text}\n")

    match("Warm up")
    as_lines, in_one_line = (min(_time(match, text) for _ in range(2)) for text in (plain, nested))
    assert in_one_line < 10 * as_lines


# --- whatever repeats


@pytest.mark.parametrize("unit", UNITS)
def test_lint(unit, base):
    def lint(size: int) -> None:
        write_long(base, unit * (size // len(unit)))
        run("lint", "--root", base)

    assert is_linear(lint, 8_000)


@pytest.mark.parametrize("unit", UNITS)
def test_import(unit, base):
    def import_(size: int) -> None:
        long, short = unit * (size // len(unit)), f"{unit}\n" * (size // len(unit) // 4)
        text = (
            f"# Slow\n\n## Timeline\n\n{long}\n\n- {long}\n\n## Root cause\n\n{long}\n\n{short}\n"
        )
        (base / "write-up.md").write_text(text, "utf-8")
        run("import", base / "write-up.md", "--root", base, "--dry-run")

    assert is_linear(import_, 2_000)


@pytest.mark.parametrize("unit", UNITS)
def test_match(unit, base):
    def match(size: int) -> None:
        count = size // len(unit)
        text = f"No space left on {unit * count}\nkey {unit * count}\n" + f"{unit}\n" * count
        run("match", "--root", base, text=text)

    assert is_linear(match, 8_000)


@pytest.mark.parametrize("command", ["show slow", "checklist --all", "export slow", "search slow"])
@pytest.mark.parametrize("unit", ["a ", "[", "`", "<", "*", "_", "\\", "http://", "://a:", "$A "])
def test_what_prints_an_incident(unit, command, base):
    def work(size: int) -> None:
        write_long(base, unit * (size // len(unit)))
        run(*command.split(), "--root", base)

    assert is_linear(work, 8_000)


LISTS = {
    "timeline": "  - {at: '2026-01-01T10:00:00Z', what: 'Thing %s was seen'}\n",
    "mitigation": "  - {do: 'Stop %s', run: 'rm -rf \"$A\"', risk: read-only}\n",
    "parameters": "  - {name: A%s, description: 'The name %s'}\n",
    "action_items": "  - {do: 'Change %s', owner: team-a, state: open}\n",
    "tags": "  - tag-%s\n",
    "related": "  - other-%s\n",
}


@pytest.mark.parametrize("name", LISTS)
def test_long_lists(name, base):
    def lint(count: int) -> None:
        write(base, f"{name}:\n" + "".join(LISTS[name].replace("%s", str(n)) for n in range(count)))
        run("lint", "--root", base)
        run("show", "slow", "--root", base)

    assert is_linear(lint, 250)


@pytest.mark.parametrize("path", ["a", "a/", "src/a", "é"])
def test_long_paths_and_many(path, base):
    def checklist(size: int) -> None:
        long = path * (size // 8 // len(path))
        text = f"{long}\n" * 4 + "".join(f"{path}{n}\n" for n in range(size // 8))
        run("checklist", "--changed-files", "-", "--root", base, text=text)

    assert is_linear(checklist, 8_000)
