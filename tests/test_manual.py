"""The man page: what is printed on it, and what can be put on it."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from generator.cli import COMMANDS
from generator.cli.manual import described_commands, manual_page, roff
from tests.conftest import ROOT
from tests.programs import MANDOC

PAGE = ROOT / "docs/reference/runbooks.1"
NAMED = {r"\(rs": "\\", r"\-": "-", r"\(aq": "'", r"\(ga": "`", r"\(ha": "^", r"\(ti": "~", r"\(dq": '"'}  # fmt: skip


def read_back(line: str) -> str:
    """What a reader of man pages makes of an escaped line, by the rules of groff_char(7)."""
    pattern = r"\\\(..|\\-|\\&|\\\[u([0-9A-F]{4,6})\]|\\|."
    return re.sub(
        pattern,
        lambda m: chr(int(m[1], 16)) if m[1] else "" if m[0] == r"\&" else NAMED.get(m[0], m[0]),
        line,
    )


@given(st.text())
@example(".so /etc/passwd")
@example("'br")
@example("\\fBbold\\fR")
@example("--root")
@example("\u2028.x")
def test_text_is_shown_and_does_nothing(text: str) -> None:
    line = roff(text)
    assert line.isascii()
    assert line.isprintable()
    assert not line.startswith((".", "'"))
    expected = " ".join(text.splitlines())
    assert read_back(line) == "".join(c if c.isprintable() or not c.isascii() else " " for c in expected)  # fmt: skip


LINES = st.lists(
    st.text(st.characters(codec="latin-1", categories=("L", "N", "P", "S", "Zs"), exclude_characters="\xa0"), min_size=1, max_size=40)
    .map(str.strip).filter(bool),
    min_size=1, max_size=30,
)  # fmt: skip


@settings(max_examples=40)
@given(LINES)
@example([".so x", "'br x", "\\n(.x", '.\\" x', "a  b", "...", "\\", '"x"'])
def test_mandoc_prints_what_was_escaped(lines: list[str]) -> None:
    body = "\n".join(map(roff, lines))
    done = MANDOC.ask("-Tutf8", text=f".TH X 1 2026-01-01\n.SH X\n.nf\n{body}\n.fi\n")
    shown = [line.strip() for line in done.stdout.splitlines()[1:-1] if line.startswith("     ")]
    assert shown == lines


def test_mandoc_finds_nothing_to_complain_about() -> None:
    done = MANDOC.ask("-Tlint", "-Wwarning", PAGE)
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")


def test_every_command_and_option_is_on_the_page() -> None:
    shown = read_back(PAGE.read_text("utf-8")).replace("\\fB", "").replace("\\fR", "")
    views = described_commands()
    assert {view.name for view in views} >= {"", *COMMANDS, "checklist run", "checklist comment"}
    for view in views:
        assert not view.name or f"\n.SS {view.usage}\n" in shown
        for names, _ in view.options:
            assert f"\n{names}\n" in shown
        for passage in view.passages:
            for line in passage.lines:
                assert f"\n{line}\n" in shown


def test_the_page_does_not_depend_on_the_day_or_the_terminal(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", "40")
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "0")
    assert manual_page(described_commands()).markdown == PAGE.read_text("utf-8"), "run `make docs`"
