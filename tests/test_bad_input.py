"""Awkward files: each gives a diagnostic with its place, and never a traceback."""

from __future__ import annotations

import contextlib
import os
import re
import tracemalloc
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner

from generator.cli import runbooks
from generator.knowledge.source import SourceError, parse_yaml
from generator.rules import RULES
from tests.pace import growth
from tests.rule_examples import incident_text, write_base

VALID = incident_text("")

# What stands in the file, the code that is reported, and the place.
CONTENTS: dict[str, tuple[bytes, str, int, int]] = {
    "empty": (b"", "KB008", 1, 1),
    "blank": (b"\n  \n", "KB008", 1, 1),
    "comments-alone": (b"# nothing\n", "KB008", 1, 1),
    "one-text": (b"just text\n", "KB008", 1, 1),
    "a-list": (b"- a\n- b\n", "KB008", 1, 1),
    "null": (b"~\n", "KB008", 1, 1),
    "latin-1": (b"title: ok\nsummary: caf\xe9\n", "KB002", 2, 13),
    "utf-16": ("title: x\n".encode("utf-16"), "KB002", 1, 1),
    "utf-16-without-mark": ("title: x\n".encode("utf-16-le"), "KB002", 1, 1),
    "binary": (b"\x7fELF\x02\x01\x01\0\0", "KB002", 1, 1),
    "nul": (b"title: a\nsummary: a\0b\n", "KB002", 2, 1),
    "png": (b"\x89PNG\r\n\x1a\n", "KB002", 1, 1),
    "surrogate-in-utf-8": (b"title: \xed\xa0\x80\n", "KB002", 1, 8),
    "escape-of-a-surrogate": (b'title: "\\ud800"\n', "KB004", 1, 11),
    "control-character": (b"title: a\nsummary: a\x07b\n", "KB004", 2, 11),
    "escaped-control-character": (
        VALID.replace("Log in", '"a\\ab", Log in').encode(),
        "KB104",
        8,
        16,
    ),
    "tabs": (b"title: a\nsymptom:\n\tdescription: b\n", "KB004", 3, 1),
    "unclosed-quote": (b'title: "a\n', "KB004", 2, 1),
    "unclosed-bracket": (b"tags: [a\n", "KB004", 2, 1),
    "unknown-anchor": (b"title: *nobody\n", "KB004", 1, 8),
    "duplicate-key": (b"title: a\ntitle: b\n", "KB005", 2, 1),
    "duplicate-nested-key": (b"symptom:\n  description: a\n  description: b\n", "KB005", 3, 3),
    "python-object": (b"title: !!python/object/apply:os.system [id]\n", "KB006", 1, 8),
    "python-name": (b"title: !!python/name:os.system x\n", "KB006", 1, 8),
    "unknown-tag": (b"title: !secret x\n", "KB006", 1, 8),
    "binary-tag": (b"title: !!binary aGVsbG8=\n", "KB006", 1, 8),
    "merge-key": (b"a: &a {title: x}\n<<: *a\n", "KB102", 2, 1),
    "two-documents": (VALID.encode() + b"---\ntitle: b\n", "KB004", 10, 1),
    "cyclic-alias": (b"symptom: &s\n  description: a\n  signatures: *s\n", "KB007", 1, 10),
    "cyclic-list": (b"tags: &t [*t]\n", "KB007", 1, 7),
    "deep-flow": (b"title: " + b"[" * 5000 + b"]" * 5000 + b"\n", "KB007", 1, 67),
    "deep-flow-mapping": (b"a: " + b"{a: " * 3000 + b"\n", "KB007", 1, 240),
    "deep-block": ("".join(f"{' ' * n}a:\n" for n in range(1000)).encode(), "KB007", 61, 61),
    "deep-list": (b"- " * 3000 + b"a\n", "KB007", 1, 121),
    "number-as-key": (b"1: a\n", "KB102", 1, 1),
    "list-as-key": (b"[a]: b\n", "KB004", 1, 1),
    "not-a-time": (VALID.encode() + b"timeline: [{at: 12:30, what: x}]\n", "KB105", 10, 17),
}
BILLION_LAUGHS = "a0: &a0 [lol]\n" + "".join(
    f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 9)}]\n" for n in range(1, 12)
)


def lint(root: Path, *arguments: str) -> list[str]:
    result = CliRunner().invoke(
        runbooks, ["lint", "--root", str(root), *arguments], catch_exceptions=False
    )
    assert "Traceback" not in result.output
    assert result.exit_code in (0, 1)
    lines = [line for line in result.stdout.splitlines() if re.search(r"\[KB\d+\]", line)]
    assert bool(lines) == bool(result.exit_code)
    return lines


@pytest.mark.parametrize("name", CONTENTS)
def test_contents(name, tmp_path):
    raw, code, line, column = CONTENTS[name]
    lines = lint(write_base(tmp_path, raw), "example")
    assert any(
        found.startswith(f"incidents/example/incident.yaml:{line}:{column}: error[{code}] ")
        for found in lines
    ), lines


def test_alias_bomb(tmp_path):
    lines = lint(write_base(tmp_path, BILLION_LAUGHS), "example")
    assert "error[KB007]" in lines[0]


@pytest.mark.parametrize("raw", [VALID.encode("utf-8-sig"), VALID.replace("\n", "\r\n").encode()])
def test_byte_order_mark_and_windows_line_ends_are_fine(raw, tmp_path):
    assert lint(write_base(tmp_path, raw)) == []


def test_byte_order_mark_and_windows_line_ends_keep_the_places(tmp_path):
    raw = VALID.replace("SEV2", "high").replace("\n", "\r\n").encode("utf-8-sig")
    (line,) = lint(write_base(tmp_path, raw), "example")
    assert line.startswith("incidents/example/incident.yaml:4:11: error[KB104]")


def test_50_megabytes_are_not_read(tmp_path):
    root = write_base(tmp_path, VALID)
    with (root / "incidents/example/incident.yaml").open("ab") as stream:
        stream.truncate(50 * 1024 * 1024)
    tracemalloc.start()
    lines = lint(root, "example")
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert "incident.yaml:1:1: error[KB003]" in lines[0]
    assert peak < 20 * 1024 * 1024


def test_a_large_file_is_checked_in_linear_time(tmp_path):
    def check(count: int) -> None:
        lines = "  password: AP1 aws key postgres://a:b@c jane@\n" * count
        root = write_base(tmp_path / f"{count}", VALID + "summary: >-\n" + lines)
        lint(root, "example")

    assert growth(check, 1_250) < 24


def _remove(folder: Path) -> None:
    (folder / "incident.yaml").unlink()


def _directory(folder: Path) -> None:
    _remove(folder)
    (folder / "incident.yaml").mkdir()


def _fifo(folder: Path) -> None:
    _remove(folder)
    os.mkfifo(folder / "incident.yaml")


def _link_out(folder: Path) -> None:
    _remove(folder)
    (folder / "incident.yaml").symlink_to("/etc/passwd")


def _dangling_link(folder: Path) -> None:
    _remove(folder)
    (folder / "incident.yaml").symlink_to("nothing")


def _link_to_itself(folder: Path) -> None:
    _remove(folder)
    (folder / "incident.yaml").symlink_to("incident.yaml")


def _device(folder: Path) -> None:
    _remove(folder)
    (folder / "incident.yaml").symlink_to("/dev/zero")


@pytest.mark.parametrize(
    ("damage", "code"),
    [
        (_remove, "KB009"),
        (_directory, "KB001"),
        (_fifo, "KB001"),
        (_link_out, "KB001"),
        (_dangling_link, "KB009"),
        (_link_to_itself, "KB001"),
        (_device, "KB001"),
    ],
)
def test_folders(damage: Callable[[Path], None], code: str, tmp_path):
    root = write_base(tmp_path, VALID)
    damage(root / "incidents" / "example")
    lines = lint(root, "example")
    assert lines[0].startswith(f"incidents/example/incident.yaml:1:1: error[{code}] ")


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() == 0, reason="root reads every file")
def test_a_file_that_may_not_be_read(tmp_path):
    root = write_base(tmp_path, VALID)
    (root / "incidents/example/incident.yaml").chmod(0)
    assert "error[KB001]" in lint(root, "example")[0]


def test_a_file_that_fails_while_it_is_read(tmp_path, monkeypatch):
    root = write_base(tmp_path, VALID)

    def fail(*arguments, **options):
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(os, "read", fail)
    assert "error[KB001] cannot be read: Permission denied" in "\n".join(lint(root, "example"))


def test_a_folder_linked_from_outside(tmp_path):
    root = write_base(tmp_path / "base", VALID)
    outside = write_base(tmp_path / "other", VALID) / "incidents" / "disk-full"
    (root / "incidents" / "linked").symlink_to(outside)
    assert "incidents/linked/incident.yaml:1:1: error[KB001]" in lint(root)[0]


@pytest.mark.parametrize(
    "name",
    [
        "Example",
        "two words",
        "a--b",
        "-a",
        "ünder",
        "a_b",
        "con",
        "a" * 101,
        "a\nb",
        "\x1b[31m",
        "%2e%2e",
    ],
)
def test_names_of_folders(name, tmp_path):
    root = write_base(tmp_path, VALID)
    (root / "incidents" / name).mkdir()
    assert any("error[KB009]" in line for line in lint(root))


def test_a_name_of_a_folder_that_is_no_text(tmp_path):
    root = write_base(tmp_path, VALID)
    try:
        (root / "incidents" / os.fsdecode(b"caf\xe9")).mkdir()
    except OSError:
        pytest.skip("this file system takes only UTF-8")
    assert any("error[KB009]" in line for line in lint(root))
    for form in ("json", "sarif", "github"):
        CliRunner().invoke(
            runbooks, ["lint", "--root", str(root), "--format", form], catch_exceptions=False
        )


def test_ids_that_differ_by_case(tmp_path):
    root = write_base(tmp_path, VALID)
    twin = root / "incidents" / "Example"
    try:
        twin.mkdir()
    except FileExistsError:
        pytest.skip("this file system ignores case")
    (twin / "incident.yaml").write_text(VALID)
    assert any("differ only in case" in line for line in lint(root))


def test_one_bad_incident_hides_no_other(tmp_path):
    root = write_base(tmp_path, "title: [\n")
    (root / "incidents/disk-full/incident.yaml").write_text(VALID.replace("SEV2", "high"))
    codes = [re.search(r"KB\d+", line)[0] for line in lint(root)]
    assert codes == ["KB104", "KB004"]


@pytest.mark.parametrize(
    "raw",
    [b"- : - ? {[!!map", b"%YAML 9.9\n---\na", b"\xef\xbb\xbf", b"? ? ? a", b"&a *a", b"!<> x"],
)
def test_fragments_of_yaml_raise_nothing_else(raw):
    with contextlib.suppress(SourceError):
        parse_yaml("x", raw)


def test_every_code_without_an_example_is_tested_here():
    text = Path(__file__).read_text()
    here = set(re.findall(r"KB\d{3}", text))
    # test_lint_command.py, test_beside.py, test_prove.py, test_near_globs.py, of waivers test_checklist.py,
    # of sources test_sources*.py
    elsewhere = {"KB010", "KB012", "KB605", "KB524", "KB531", "KB532", "KB013", "KB014", "KB015"}
    assert {rule.code for rule in RULES if not rule.invalid} <= here | elsewhere


def test_what_aliases_repeat_counts_each_time(tmp_path):
    """A file of 945 kB with 3,000 aliases would be 2.8 GB of text."""
    text = VALID + f"summary: &all {'x y ' * 1000}\ntags: [{', '.join(['*all'] * 300)}]\n"
    root = write_base(tmp_path, text)
    (line,) = (told for told in lint(root, "example") if "error" in told)
    assert "error[KB007] the file holds more than 1,048,576 characters" in line


def test_keys_of_aliases_count(tmp_path):
    text = VALID + f"summary: &all {{{'k' * 1000}: x}}\ntags: [{', '.join(['*all'] * 1100)}]\n"
    root = write_base(tmp_path, text)
    assert any("error[KB007]" in told for told in lint(root, "example"))
