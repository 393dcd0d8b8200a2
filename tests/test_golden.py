"""Rendered pages, whole, beside what they looked like when somebody last read them."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from generator.cli.reference_pages import fields_page
from generator.cli.terminal import runbook_text
from generator.knowledge.base import load
from generator.site import Page, build_pages, environment
from tests.conftest import FULL, ROOT

GOLDEN = Path(__file__).parent / "golden"
TODAY = date(2026, 3, 1)


def pages() -> dict[str, Page]:
    base = load(FULL)
    vars(base)["changes"] = {}  # what git says of the files changes with each commit
    return {page.path: page for page in build_pages(base, {}, TODAY)}


def compare(name: str, text: str, request: pytest.FixtureRequest) -> None:
    golden = GOLDEN / name
    if request.config.getoption("--update-golden"):
        golden.parent.mkdir(parents=True, exist_ok=True)
        golden.write_text(text, "utf-8")
    assert text == golden.read_text("utf-8"), "if it is meant: make golden"


@pytest.mark.golden
@pytest.mark.parametrize("path", sorted(pages()))
def test_page(path: str, request: pytest.FixtureRequest) -> None:
    compare(
        f"pages/{path.removesuffix('/index.md').replace('/', '.')}", pages()[path].markdown, request
    )


@pytest.mark.golden
@pytest.mark.parametrize("incident_id", ["everything", "short"])
def test_terminal(incident_id: str, request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:  # fmt: skip
    monkeypatch.setenv("COLUMNS", "88")
    text = runbook_text(incident_id, load(FULL).incidents[incident_id])
    compare(f"terminal/{incident_id}.txt", text, request)


def test_every_golden_file_is_of_a_page() -> None:
    names = {p.removesuffix("/index.md").replace("/", ".") for p in pages()}
    assert {file.name for file in (GOLDEN / "pages").iterdir()} == names


def test_reference_of_fields_is_fresh() -> None:
    text = fields_page(environment(ROOT / "none")).markdown
    assert text == (ROOT / "docs/reference/fields.md").read_text("utf-8"), "run `make docs`"
