"""The guide's page of shapes says what the import makes of each: its examples are run."""

from __future__ import annotations

import re

import pytest
import yaml

from generator.importers import Imported
from generator.importers.writing import draft_text
from tests.conftest import ROOT
from tests.write_ups import draft_of, fields, lost

PAGE = ROOT / "docs" / "guide" / "import-shapes.md"
_SHAPE = re.compile(
    r"^### (?P<name>[^\n]+?) \{ #(?P<anchor>[a-z0-9-]+) \}\n\n"
    r"````markdown\n(?P<write_up>.*?)````\n\n```yaml\n(?P<draft>.*?)```\n",
    re.MULTILINE | re.DOTALL,
)
SHAPES = list(_SHAPE.finditer(PAGE.read_text("utf-8"))) if PAGE.exists() else []


def expected_of(imported: Imported) -> str:
    """Return what the page says of a draft: its fields, less those that all have, and remarks."""
    data = {k: v for k, v in fields(imported).items() if k not in ("title", "status", "sources")}
    # Without the comment about the schema, and without blank lines between the fields.
    text = draft_text(data, imported.remarks).partition("\n")[2]
    return re.sub(r"\n\n(?=\w)", "\n", text)


@pytest.mark.golden
def test_examples_become_what_the_page_says(request: pytest.FixtureRequest) -> None:
    text = PAGE.read_text("utf-8")

    def made(shape: re.Match[str]) -> str:
        found = expected_of(draft_of(shape["write_up"]))
        return shape[0].replace(f"```yaml\n{shape['draft']}```", f"```yaml\n{found}```")

    now = _SHAPE.sub(made, text)
    if request.config.getoption("--update-golden"):
        PAGE.write_text(now, "utf-8")
        return
    assert now == text, "if it is meant: make golden"


@pytest.mark.parametrize("shape", SHAPES, ids=lambda shape: shape["anchor"])
def test_an_example_loses_no_word(shape: re.Match[str]) -> None:
    imported = draft_of(shape["write_up"])
    assert not lost(shape["write_up"], imported)
    assert yaml.safe_load(shape["draft"])


def test_the_table_has_every_example_and_nothing_else() -> None:
    text = PAGE.read_text("utf-8")
    linked = re.findall(r"^\| \[([^\n]+?)\]\(#([a-z0-9-]+)\) \| \S", text, re.MULTILINE)
    assert linked == [(shape["name"], shape["anchor"]) for shape in SHAPES]
    assert len(SHAPES) == len(re.findall(r"^### .* \{ #", text, re.MULTILINE)) > 25
