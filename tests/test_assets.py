"""The scripts and style sheets of the site."""

from __future__ import annotations

import re
from itertools import chain

from pygments.lexers import get_lexer_for_filename
from pygments.token import Comment

from generator.site.assets import FOLDER, INDEX_FILE, JOINED, SCRIPT
from generator.site.checklist_data import DATA_FILE as CHECKS
from generator.site.match_data import DATA_FILE as SIGNATURES
from generator.site.offline import WORKER
from generator.site.project import package_assets
from tests.conftest import ROOT

SOURCES = ROOT / "generator/assets"


def test_every_source_is_in_one_file_of_the_site() -> None:
    parts = list(chain.from_iterable(JOINED.values()))
    files = sorted(path.name for path in SOURCES.iterdir() if path.is_file())
    assert sorted([*parts, WORKER]) == files


def test_files_are_joined_in_order_and_lose_nothing_but_comments_and_white_space() -> None:
    made = {asset.path: asset.content.decode() for asset in package_assets()}
    assert set(made) == {f"{FOLDER}/{name}" for name in JOINED}
    for name, parts in JOINED.items():
        source = "".join((SOURCES / part).read_text("utf-8") for part in parts)
        slim = made[f"{FOLDER}/{name}"]
        assert tokens(slim, name) == tokens(source, name)
        assert len(slim) < len(source)


def tokens(text: str, name: str) -> list[str]:
    """Return what a browser reads of a file: neither comments nor white space between words."""
    found = get_lexer_for_filename(name).get_tokens(text)
    return [value for kind, value in found if kind not in Comment and value.strip()]


def test_whatever_a_script_loads_exists_and_every_script_is_loaded() -> None:
    loaded: set[str] = set()
    for path in SOURCES.glob("*.js"):
        text = path.read_text("utf-8")
        for call in re.findall(r"\bload\(([^)]*)\)|: \[((?:\"[^\"]*\.js\",? ?)+)\]", text):
            loaded.update(re.findall(r'"([^"]*\.js)"', "".join(call)))
    data = {path.removeprefix(f"{FOLDER}/") for path in (INDEX_FILE, SIGNATURES, CHECKS)}
    assert loaded == data | {name for name in JOINED if name.endswith(".js")} - {SCRIPT}
