"""The map of the rooms in CONTRIBUTING is complete, and nothing lies outside of a room."""

from __future__ import annotations

import re

from tests.conftest import ROOT

GENERATOR = ROOT / "generator"


def rooms() -> set[str]:
    """The folders that hold something: where something was moved away, compiled files may remain."""
    files = (path.relative_to(GENERATOR).parts for path in GENERATOR.rglob("*") if path.is_file())
    return {parts[0] for parts in files if len(parts) > 1 and "__pycache__" not in parts}


def test_every_room_is_on_the_map_and_every_place_on_the_map_exists() -> None:
    text = (ROOT / "CONTRIBUTING.md").read_text("utf-8")
    listed = set(re.findall(r"^\| `(\w+)/` \|", text, re.MULTILINE))
    beside = {"incidents", "templates", "docs", "tests"}
    assert listed == rooms() | beside
    for name in re.findall(r"`(generator/[\w/.-]+)`", text):
        assert (ROOT / name).exists(), name


def test_every_room_says_what_is_in_it() -> None:
    for room in rooms() - {"assets"}:
        text = (GENERATOR / room / "__init__.py").read_text("utf-8")
        assert text.startswith('"""'), room


def test_no_module_lies_at_the_root() -> None:
    loose = {path.name for path in GENERATOR.glob("*.py")}
    assert loose == {"__init__.py", "__main__.py"}


def test_the_contract_names_every_room() -> None:
    text = (ROOT / "pyproject.toml").read_text("utf-8")
    layers = text[text.index("layers = [") : text.index("]", text.index("layers = ["))]
    assert set(re.findall(r"\w+", layers)) >= rooms() - {"assets"}


def test_no_two_public_classes_share_a_name() -> None:
    found: dict[str, list[str]] = {}
    for path in GENERATOR.rglob("*.py"):
        for name in re.findall(r"^class ([A-Za-z]\w*)", path.read_text("utf-8"), re.MULTILINE):
            found.setdefault(name, []).append(path.relative_to(GENERATOR).as_posix())
    assert {name: places for name, places in found.items() if len(places) > 1} == {}
