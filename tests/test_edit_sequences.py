"""Sequences of random edits, built one after the other and from nothing: the sites are the same."""

from __future__ import annotations

import os
import random
import shutil
import sys
from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest

from generator.plugin import unchanged
from generator.plugin.building import HasErrors
from generator.plugin.mkdocs_site import build_site
from generator.plugin.unchanged import BuildRequest
from tests.sites import incident_file, new_base, replace_line, tree

pytestmark = pytest.mark.slow

TODAY = date(2026, 11, 21)
COUNT = 5
SEQUENCES = int(os.environ.get("RUNBOOKS_SEQUENCES", "4"))
EDITS_IN_ONE = 4

Edit = Callable[[Path, random.Random], None]


def _some(root: Path, dice: random.Random) -> Path:
    found = sorted((root / "incidents").glob("*/incident.yaml"))
    return dice.choice(found)


def _add(root: Path, dice: random.Random) -> None:
    new = root / "incidents" / f"new-{dice.randrange(1000)}" / "incident.yaml"
    new.parent.mkdir(exist_ok=True)
    text = incident_file(root, 0, COUNT).read_text()
    number = dice.randrange(10**6)
    for word in ("description", "title"):
        text = text.replace(f"{word}: ", f"{word}: New {number} ", 1)
    new.write_text(text)


def _remove(root: Path, dice: random.Random) -> None:
    added = sorted((root / "incidents").glob("new-*"))
    if added:
        shutil.rmtree(dice.choice(added))


def _break(root: Path, dice: random.Random) -> None:
    path = _some(root, dice)
    path.write_text(f"{path.read_text()}\nnonsense: 1\n")


def _mend(root: Path, dice: random.Random) -> None:
    for path in (root / "incidents").glob("*/incident.yaml"):
        path.write_text(path.read_text().replace("\nnonsense: 1\n", ""))


def _sources(root: Path, dice: random.Random) -> None:
    path = _some(root, dice).with_name("sources.yaml")
    said = f"sources:\n  - {{id: log, title: Log {dice.randrange(1000)}, kind: log}}\n"
    path.write_text(said if dice.random() < 0.8 else "sources: [\n")


def _no_sources(root: Path, dice: random.Random) -> None:
    for path in (root / "incidents").glob("*/sources.yaml"):
        path.unlink()


def _config(root: Path, dice: random.Random) -> None:
    replace_line(root / "mkdocs.yml", "site_name", f"Bench {dice.randrange(1000)}")


def _docs(root: Path, dice: random.Random) -> None:
    target = dice.choice(("case-1", "case-2", "gone"))
    (root / "docs" / "guide.md").write_text(
        f"# Guide {dice.randrange(1000)}\n\n[it](incidents/{target}/index.md)\n"
    )


def _asset(root: Path, dice: random.Random) -> None:
    (root / "docs" / f"file-{dice.randrange(3)}.txt").write_text(str(dice.random()))


def _template(root: Path, dice: random.Random) -> None:
    own = root / "templates" / "pages" / "match.md.j2"
    own.parent.mkdir(parents=True, exist_ok=True)
    own.write_text(f"# {{{{ title }}}}\n\nText {dice.randrange(1000)}\n")


def _no_template(root: Path, dice: random.Random) -> None:
    shutil.rmtree(root / "templates", ignore_errors=True)


def _touch_all(root: Path, dice: random.Random) -> None:
    for path in root.rglob("*"):
        if ".cache" not in path.parts and path.is_file():
            os.utime(path)


def _one_time(root: Path, dice: random.Random) -> None:
    for path in root.rglob("*"):
        if ".cache" not in path.parts and path.is_file():
            os.utime(path, (1_700_000_000, 1_700_000_000))


def _set_back(root: Path, dice: random.Random) -> None:
    path = _some(root, dice)
    replace_line(path, "if_not", f"set back {dice.randrange(1000)}")
    os.utime(path, (1_000_000_000, 1_000_000_000))


def _site(root: Path, dice: random.Random) -> None:
    found = sorted(path for path in (root / "site").rglob("*") if path.is_file())
    if found:
        dice.choice(found).write_bytes(b"edited by hand")


def _half_a_site(root: Path, dice: random.Random) -> None:
    for path in sorted((root / "site").glob("*")):
        if path.is_dir() and dice.random() < 0.5:
            shutil.rmtree(path)


def _killed(root: Path, dice: random.Random) -> None:
    """Leave what a build leaves that is killed: files with another name in a folder beside."""
    left = root / ".site-site-1-abc"
    if (root / "site").is_dir() and not left.exists():
        shutil.copytree(root / "site", left, copy_function=os.link)


def _step(root: Path, dice: random.Random) -> None:
    replace_line(_some(root, dice), "if_not", f"changed {dice.randrange(1000)}")


def _title(root: Path, dice: random.Random) -> None:
    replace_line(_some(root, dice), "title", f"Changed {dice.randrange(10**6)}")


EDITS: tuple[Edit, ...] = (
    *(_step, _step, _title, _title, _add, _add, _remove, _break, _mend, _config, _docs, _asset),
    *(_sources, _sources, _no_sources),
    *(_template, _no_template, _touch_all, _one_time, _set_back, _site, _half_a_site, _killed),
)


def build(root: Path, site: Path) -> dict[str, bytes] | str:
    """Build as the command does: not at all if nothing has changed."""
    request = BuildRequest(root, site, "mkdocs", False, TODAY)
    found = unchanged.unchanged(request)
    try:
        return tree((found or build_site(root, TODAY, site_dir=site)).target)
    except HasErrors as error:
        return "\n".join(map(str, error.findings))


@pytest.mark.skipif(sys.platform == "win32", reason="the edits are for POSIX")
@pytest.mark.parametrize("seed", range(SEQUENCES))
def test_a_site_does_not_depend_on_what_was_built_before(seed: int, tmp_path: Path) -> None:
    dice = random.Random(seed)
    root = new_base(tmp_path / "kb", COUNT)
    done = []
    build(root, root / "site")
    for _ in range(EDITS_IN_ONE):
        for edit in dice.sample(EDITS, dice.randint(1, 3)):
            done.append(edit.__name__)
            edit(root, dice)
        after = build(root, root / "site")
        cold = tmp_path / "cold"
        shutil.rmtree(cold, ignore_errors=True)
        shutil.copytree(root, cold, ignore=shutil.ignore_patterns(".cache", "site", ".site-*"))
        expected = build(cold, cold / "site")
        assert after == expected, done
        assert build(root, root / "site") == expected, done
