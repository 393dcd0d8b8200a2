"""Action items become tickets: the script, and the tickets that are written back."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest
import yaml
from click.testing import CliRunner, Result
from hypothesis import given
from hypothesis import strategies as st

from generator.cli import runbooks
from generator.insights.tickets import CannotWriteBack, read_tickets, with_tickets
from generator.knowledge.source import parse_yaml

HOSTILE = "It's $(touch made) `touch made` \"; touch made; \\"
URL = "https://forge.example/ops/issues/7"

BASE = """\
title: The disk is full
status: draft
severity: SEV2
# What follows is from the review.
action_items:
  - do: Rotate the logs  # soon
    owner: Ops
    due: 2026-12-24

  - { do: Alert at 80 %, state: in-progress }
  - do: >-
      Order
      disks
  - do: Ask
    ticket: OPS-1
lessons: {learned: [Disks fill]}
"""


def base(folder: Path, text: str = BASE) -> Path:
    path = folder / "incidents/disk-full/incident.yaml"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, "utf-8", newline="")
    (folder / "mkdocs.yml").write_text("site_name: x\nsite_url: https://kb.example/\n", "utf-8")
    return folder


def run(root: Path, *arguments: str, text: str = "") -> Result:
    return CliRunner().invoke(runbooks, ["actions", "--root", str(root), *arguments], input=text)


@pytest.fixture
def forge(tmp_path: Path) -> Path:
    """A folder with `gh` and `glab`, which answer as they do and note what they were given."""
    folder = tmp_path / "bin"
    folder.mkdir()
    for name in ("gh", "glab"):
        program = folder / name
        program.write_text(f'#!/bin/sh\n[ -z "$FAIL" ] || exit 1\nprintf "%s\\n" "$@" >> given\necho "Creating issue"\necho "{URL}"\n')  # fmt: skip
        program.chmod(0o755)
    return folder


@pytest.mark.parametrize("name", ["gh", "glab"])
def test_the_script_makes_a_ticket_of_each_item_once(tmp_path: Path, forge: Path, name: str) -> None:  # fmt: skip
    root = base(tmp_path / "kb", BASE.replace("Rotate the logs", f"'{HOSTILE.replace(chr(39), chr(39) * 2)}'"))  # fmt: skip
    script = run(root, "--script", name)
    assert script.exit_code == 0, script.output
    for _ in range(2):
        done = subprocess.run(
            ["sh", "-s"], input=script.stdout, cwd=tmp_path, text=True, capture_output=True,
            env={"PATH": f"{forge}:/usr/bin:/bin", "FAIL": ""}, check=False,
        )  # fmt: skip
        assert done.returncode == 0, done.stderr
    given_words = (tmp_path / "given").read_text("utf-8")
    assert not (tmp_path / "made").exists()
    assert given_words.count(HOSTILE) == 2
    assert "Owner: Ops\nDue: 2026-12-24" in given_words
    assert "From The disk is full (https://kb.example/incidents/disk-full/), action item 1." in given_words  # fmt: skip
    noted = (tmp_path / "tickets.tsv").read_text("utf-8")
    assert noted == "".join(f"disk-full#{n}\t{URL}\n" for n in (1, 2, 3))
    written = run(root, "--tickets", str(tmp_path / "tickets.tsv"))
    assert written.exit_code == 0, written.output
    again = run(root, "--script", name)
    assert "ticket 'disk-full" not in again.stdout


def test_a_forge_that_refuses_ends_the_script(tmp_path: Path, forge: Path) -> None:
    script = run(base(tmp_path / "kb"), "--script", "gh").stdout
    done = subprocess.run(
        ["sh", "-s"], input=script, cwd=tmp_path, text=True, capture_output=True,
        env={"PATH": f"{forge}:/usr/bin:/bin", "FAIL": "1"}, check=False,
    )  # fmt: skip
    assert done.returncode == 1
    assert "No issue was created for disk-full#1" in done.stderr
    assert (tmp_path / "tickets.tsv").read_text("utf-8") == ""


def test_nothing_else_in_a_file_changes(tmp_path: Path) -> None:
    root = base(tmp_path)
    lines = "".join(f"disk-full#{n}\t{URL}\n" for n in (3, 1, 2))
    result = run(root, "--tickets", "-", text=f"{lines}disk-full#4\tOPS-1\n")
    assert result.exit_code == 0, result.output
    assert (root / "incidents/disk-full/incident.yaml").read_text("utf-8") == (
        BASE.replace("    owner: Ops", f"    ticket: {URL}\n    owner: Ops")
        .replace("%, state", f"%, ticket: {URL}, state")
        .replace("  - do: >-", f"  - ticket: {URL}\n    do: >-")
    )
    again = run(root, "--tickets", "-", text=lines)
    assert "3 tickets, 0 files changed" in again.stderr


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("nonsense", "line 1 is not"),
        (f"disk-full#1\t{URL}\n../x#1\ty\n", "line 2 is not"),
        ("disk-full#1\t\n", "line 1 is not"),
        ("disk-full#1\ta\x1b[31m\n", "line 1 is not"),
        (f"disk-full#9\t{URL}\n", "there is no item 9"),
        (f"disk-full#1\t{URL}\ndisk-full#4\t{URL}\n", "item 4 has the ticket OPS-1 already"),
        (f"disk-full#1\t{URL}\nother#1\t{URL}\n", "other: there is no such incident"),
    ],
)
def test_one_wrong_line_writes_nothing(tmp_path: Path, text: str, said: str) -> None:
    root = base(tmp_path)
    result = run(root, "--tickets", "-", text=text)
    assert result.exit_code in (1, 2)
    assert said in result.stderr
    assert (root / "incidents/disk-full/incident.yaml").read_text("utf-8") == BASE


def test_what_an_alias_shares_is_not_edited() -> None:
    source = parse_yaml("x", b"action_items:\n  - &a {do: x}\n  - *a\n")
    with pytest.raises(CannotWriteBack):
        with_tickets(source, {1: URL})


@given(
    st.lists(st.fixed_dictionaries({"do": st.text("ab: #'\"-é", min_size=1).map(str.strip).filter(bool)}, optional={"owner": st.sampled_from(["Ops", "a: b"]), "due": st.just("2026-01-01")}), min_size=1, max_size=4),
    st.booleans(), st.booleans(), st.text("OPS-1#: /x'", min_size=1).map(str.strip).filter(bool),
)  # fmt: skip
def test_any_item_gets_its_ticket(items: list[dict[str, str]], flow: bool, crlf: bool, ticket: str) -> None:  # fmt: skip
    text = yaml.safe_dump({"title": "x", "action_items": items, "tags": ["y"]}, sort_keys=False, default_flow_style=flow, allow_unicode=True)  # fmt: skip
    source = parse_yaml("x", (text.replace("\n", "\r\n") if crlf else text).encode())
    changed = parse_yaml("x", with_tickets(source, {len(items): ticket}).encode())
    assert changed.data["action_items"][-1] == source.data["action_items"][-1] | {"ticket": ticket}
    assert changed.data["action_items"][:-1] == source.data["action_items"][:-1]
    assert read_tickets(f"a#1\t{ticket}\n") == {"a": {1: ticket}}
