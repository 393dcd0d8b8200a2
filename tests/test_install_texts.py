"""No text tells anybody to install a name that no package index has: somebody else could take it."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.conftest import ROOT

_PUBLISHING = ROOT / "docs/maintainers/publishing.md"
_NAME = r"(?<![\w/.-])incident[-_.]runbooks(?![\w/-])"
# A tool, and the words between it and the name; a command may go on behind a backslash.
_COMMAND = re.compile(
    rf"\b(?P<tool>pip3?|pipx|uvx?|poetry|pdm)\s(?P<words>(?:[^\s`;&|]+[\s\\]+){{0,6}}?)['\"]?{_NAME}"
    r"(?P<rest>\S*(?:\s*@\s*\S+)?)"
)
# A line of a file with requirements, in any text: a name with an extra or a version.
_REQUIREMENT = re.compile(rf"{_NAME}(?:\[[\w,-]*\](?P<rest>\s*@\s*\S+)?|\s*[=<>~!]=)")
_GETS = {"install", "add", "wheel", "download", "run", "with", "--with", "--from", "upgrade"}


def by_name(text: str) -> list[str]:
    """Return what in a text installs the package by its name alone, neither by a path nor a URL."""
    found = [
        match[0]
        for match in _COMMAND.finditer(text)
        if (match["tool"] == "uvx" or _GETS & set(match["words"].split()))
        and not re.search(r"@\s*\S+(:|\+|\$)", match["rest"])
    ]
    return found + [match[0] for match in _REQUIREMENT.finditer(text) if not match["rest"]]


@pytest.mark.parametrize(
    "text",
    [
        "pip install incident-runbooks",
        "pip install 'incident-runbooks[match]'",
        "python -m pip install --quiet --upgrade incident_runbooks==0.1.0",
        "pip install \\\n  incident-runbooks",
        "`pip\ninstall incident-runbooks`",
        "pipx install incident-runbooks",
        "uvx incident-runbooks match server.log",
        "uvx --from incident-runbooks runbooks match server.log",
        "uv tool install incident-runbooks",
        "incident-runbooks[site]",
        "incident-runbooks>=0.1",
    ],
)
def test_what_installs_by_name_is_found(text: str) -> None:
    assert by_name(text)


@pytest.mark.parametrize(
    "text",
    [
        "pip install '.[site]'",
        "pip install ./dist/incident_runbooks-0.1.0-py3-none-any.whl",
        "pipx install './dist/incident_runbooks-0.1.0-py3-none-any.whl[site]'",
        "pip install 'incident-runbooks @ git+https://git.example.com/ops/incident-runbooks@0123abc'",
        'pip install --quiet "incident-runbooks @ git+$RUNBOOKS_REPOSITORY@$RUNBOOKS_COMMIT"',
        "incident-runbooks[site] @ git+https://git.example.com/ops/runbooks@0123abc",
        "uvx --from ./dist/incident_runbooks-0.1.0-py3-none-any.whl runbooks match server.log",
        "pip uninstall incident-runbooks",
        "pipx inject incident-runbooks pygal",
        "the package incident-runbooks is installed",
    ],
)
def test_a_path_and_an_address_are_fine(text: str) -> None:
    assert not by_name(text)


def texts() -> list[Path]:
    """Return all that somebody may read, in the repository or while the program runs."""
    files = [path for path in ROOT.iterdir() if path.suffix in (".md", ".yml", ".yaml", ".toml")]
    files.append(ROOT / "Makefile")
    for folder in ("docs", "generator", "incidents", "templates"):
        files += [path for path in (ROOT / folder).rglob("*") if path.is_file()]
    return [path for path in files if path.suffix not in (".pyc", ".png", ".gz")]


def test_no_text_installs_by_name() -> None:
    files = texts()
    assert {ROOT / "README.md", ROOT / "generator/text/extras.py", _PUBLISHING} <= set(files)
    found = {
        str(path.relative_to(ROOT)): names
        for path in files
        if (names := by_name(path.read_text("utf-8", "replace")))
    }
    assert found.pop(str(_PUBLISHING.relative_to(ROOT))), "the page for maintainers has the command"
    assert not found, f"{_PUBLISHING.name} says why"


def test_the_page_on_publishing_names_files_that_exist() -> None:
    table = _PUBLISHING.read_text("utf-8").partition("{ #after }")[2]
    named = re.findall(r"`([\w./-]+/[\w./-]+|README\.md)`", table)
    assert len(named) > 5
    # The page on installing has a change of its own.
    assert [name for name in named if not (ROOT / name).exists()] in ([], ["docs/guide/install.md"])
