"""Rows by incident: only those of changed files are made again, and nothing else is ever read."""

from __future__ import annotations

import os
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from generator.cache import fingerprints
from generator.cache.fingerprints import incident_stamps, settled_stamp
from generator.cache.rows import Rows
from generator.cache.trust import FOLDER

STAMPS = {"a": "1", "b": "2", "c": "3"}
VALUES = {"a": {"text": "Ä"}, "b": ["b"], "c": {}}


class Maker:
    """Makes rows, and says which."""

    def __init__(self) -> None:
        self.made: list[str] = []

    def __call__(self, names: list[str]) -> Iterator[tuple[str, Any]]:
        self.made = names
        return ((name, VALUES.get(name, name)) for name in names)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    found = tmp_path / FOLDER / "kind.rows"
    assert Rows(found, STAMPS).all(Maker()) == VALUES
    return found


@pytest.mark.parametrize(
    ("stamps", "made"),
    [
        (STAMPS, []),
        ({**STAMPS, "b": "9"}, ["b"]),
        ({"a": "1", "c": "3"}, []),
        ({**STAMPS, "d": "4"}, ["d"]),
        ({"c": "1", "b": "3", "a": "2"}, ["c", "b", "a"]),
        ({**STAMPS, "a": ""}, ["a"]),
    ],
)
def test_only_rows_of_changed_sources_are_made(
    path: Path, stamps: dict[str, str], made: list[str]
) -> None:
    make = Maker()
    expected = {name: VALUES.get(name, name) for name in stamps}
    assert list(Rows(path, stamps).all(make).items()) == list(expected.items())
    assert make.made == made
    assert Rows(path, stamps).all(make) == expected
    assert make.made == [name for name in stamps if not stamps[name]]


def test_rows_that_did_not_change_are_not_written_again(path: Path) -> None:
    before = path.stat()
    Rows(path, STAMPS).all(Maker())
    assert path.stat() == before


def test_rows_are_read_one_by_one(path: Path) -> None:
    rows = Rows(path, {**STAMPS, "b": "9"})
    missing = [name for name in STAMPS if rows.get(name) is None]
    assert (missing, rows.get("a"), rows.get("b")) == (["b"], VALUES["a"], None)
    rows.put("b", 1)
    assert rows.get("b") == 1
    assert Rows(path, {"b": "9"}).get("b") is None
    rows.save()
    assert Rows(path, {"b": "9"}).get("b") == 1


def test_the_rows_of_other_code_another_kind_or_another_question_are_not_read(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert Rows(path, STAMPS, "settings").get("a") is None
    other = path.with_name("other.rows")
    other.write_bytes(path.read_bytes())
    other.chmod(0o600)
    assert Rows(other, STAMPS).get("a") is None
    monkeypatch.setattr(fingerprints, "code_fingerprint", lambda: b"another")
    assert Rows(path, STAMPS).get("a") is None


@settings(max_examples=200)
@given(data=st.data())
def test_a_damaged_file_gives_a_row_as_it_was_or_none(
    data: st.DataObject, tmp_path_factory: pytest.TempPathFactory
) -> None:
    path = tmp_path_factory.mktemp("rows") / FOLDER / "kind.rows"
    Rows(path, STAMPS).all(Maker())
    content = bytearray(path.read_bytes())
    for at in data.draw(st.lists(st.integers(0, len(content) - 1), max_size=3)):
        content[at] = data.draw(st.integers(0, 255))
    begin, end = sorted(data.draw(st.tuples(*[st.integers(0, len(content))] * 2)))
    if data.draw(st.booleans()):
        del content[begin:end]
    path.write_bytes(content)
    rows = Rows(path, STAMPS)
    for name in STAMPS:
        assert rows.get(name) in (None, VALUES[name])
    assert rows.all(Maker()) == VALUES
    assert Rows(path, STAMPS).all(Maker()) == VALUES


def test_no_row_is_kept_of_what_changed_in_this_tick(tmp_path: Path) -> None:
    file = tmp_path / "file"
    for _ in range(20):
        file.write_text("one")
        before = settled_stamp(str(file))
        file.write_text("two")
        assert not before or settled_stamp(str(file)) != before
    time.sleep(0.03)
    assert settled_stamp(str(file))


def test_no_row_is_kept_of_what_a_link_leads_to(tmp_path: Path) -> None:
    for name in ("a", "b", ".git"):
        (tmp_path / "incidents" / name).mkdir(parents=True)
        (tmp_path / "incidents" / name / "incident.yaml").write_text("title: a\n")
    (tmp_path / "incidents/folder").symlink_to("a")
    (tmp_path / "incidents/b/incident.yaml").unlink()
    (tmp_path / "incidents/b/incident.yaml").symlink_to("../a/incident.yaml")
    (tmp_path / "incidents/empty").mkdir()
    (tmp_path / "incidents/checks.yaml").write_text("")
    time.sleep(0.03)
    stamps = incident_stamps(tmp_path)
    assert list(stamps) == ["a", "b", "empty", "folder"]
    assert [name for name in stamps if stamps[name]] == ["a"]


def test_times_that_are_set_back_do_not_hide_a_change(tmp_path: Path) -> None:
    file = tmp_path / "file"
    file.write_text("one")
    os.utime(file, ns=(1, 1))
    time.sleep(0.03)
    before = settled_stamp(str(file))
    file.write_text("two")
    os.utime(file, ns=(1, 1))
    time.sleep(0.03)
    assert before
    assert settled_stamp(str(file)) != before
