"""What README.md shows works as it says."""

from __future__ import annotations

import re
from pathlib import Path

import yaml

from tests.conftest import ROOT
from tests.sites import runbooks

README = (ROOT / "README.md").read_text("utf-8")
SECTION = re.search(r"(?ms)^## Six lines are an incident$(.*?)^## ", README)


def test_the_incident_of_six_lines_is_checked_shown_and_found(tmp_path: Path) -> None:
    assert SECTION is not None
    [block] = re.findall(r"(?ms)^```yaml\n(.*?)^```$", SECTION[1])
    assert len([line for line in block.splitlines() if not line.startswith("#")]) == 6
    root = tmp_path / "base"
    assert runbooks("init", root).returncode == 0
    [saved] = re.findall(r"`(incidents/[^`]+/incident\.yaml)`", SECTION[1])
    (root / saved).parent.mkdir()
    (root / saved).write_text(block, "utf-8")
    name = Path(saved).parent.name
    lint = runbooks("lint", "--root", root, name)
    assert (lint.returncode, lint.stdout) == (0, "")
    shown = runbooks("show", "--root", root, name).stdout
    for value in yaml.safe_load(block).values():
        assert value in shown
    [words] = re.findall(r"`runbooks search (\w+)`", SECTION[1])
    assert name in runbooks("search", words, "--root", root).stdout


def test_the_short_incident_comes_before_the_large_ones() -> None:
    assert SECTION is not None
    large = [found.start() for found in re.finditer(r"\(incidents/[^)/]+/", README)]
    assert len(large) >= 2
    assert SECTION.start() < min(large)
