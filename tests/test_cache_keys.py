"""A cache is this user's own, made on this machine, or it is not used: a key tells."""

from __future__ import annotations

import os
import shutil
import sqlite3
import stat
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from generator.cache import fingerprints, state, trust
from generator.cache.json_text import encode
from generator.cache.kept_files import read_kept, write_kept
from generator.cache.store import FILE, Store
from generator.proofs.services.base import NotAvailable, Workspace
from generator.proofs.services.node import Node

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="no owners, no permissions")
as_root = pytest.mark.skipif(os.name != "posix" or os.geteuid() != 0, reason="only root gives files away")  # fmt: skip

KEY = fingerprints.digest("key")
NOBODY = 65534


@pytest.fixture(autouse=True)
def machine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """The folder of this user's state; `elsewhere` makes another."""
    yield _move(tmp_path / "here", monkeypatch)
    state.key.cache_clear()


def _move(folder: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    folder.mkdir(exist_ok=True)
    monkeypatch.setenv("XDG_STATE_HOME", str(folder))
    state.key.cache_clear()
    return folder / "incident-runbooks"


@pytest.fixture
def kept(tmp_path: Path, machine: Path) -> Path:
    path = tmp_path / "base" / trust.FOLDER / "kept.json"
    write_kept(path, "sources", ["value"])
    assert read_kept(path, "sources") == ["value"]
    return path


@pytest.fixture
def database(tmp_path: Path, machine: Path) -> Path:
    path = tmp_path / "base" / FILE
    _put(path, "ours")
    assert _get(path) == {"content": "ours"}
    return path


def _put(path: Path, value: str) -> None:
    store = Store(path)
    store.put_many({KEY: {"content": value}})
    store.save()
    store.close()


def _get(path: Path) -> object:
    store = Store(path)
    try:
        return store.get_many([KEY]).get(KEY)
    finally:
        store.close()


# --- what somebody has made who knows the code, and all digests that need no key


def test_a_kept_file_with_changed_content_and_a_digest_that_fits_is_not_used(kept: Path) -> None:
    content = encode(["foreign"])
    for parts in (
        (fingerprints.code_fingerprint(), "sources", content),
        ("kept.json", fingerprints.code_fingerprint(), "sources", content),
    ):
        kept.write_bytes(fingerprints.digest(*parts).hex().encode() + b"\n" + content)
        assert read_kept(kept, "sources") is None


def test_a_page_with_changed_content_and_a_digest_that_fits_is_not_used(database: Path) -> None:
    payload = encode({"content": "foreign"})
    key = fingerprints.digest(fingerprints.code_fingerprint(), KEY)
    with sqlite3.connect(database) as opened:
        opened.execute(
            "UPDATE payloads SET payload = ?, digest = ?",
            (payload, fingerprints.digest(key, payload)),
        )
    opened.close()
    assert _get(database) is None
    _put(database, "ours")
    assert _get(database) == {"content": "ours"}


def test_a_kept_file_under_the_name_of_another_is_not_used(kept: Path) -> None:
    shutil.copy(kept, kept.with_name("other.json"))
    assert read_kept(kept.with_name("other.json"), "sources") is None


# --- what was made on another machine, with this same code, and came with a clone


def test_a_cache_of_another_machine_is_rebuilt_in_silence(
    kept: Path, database: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:  # fmt: skip
    _move(tmp_path / "elsewhere", monkeypatch)
    assert read_kept(kept, "sources") is None
    assert _get(database) is None
    write_kept(kept, "sources", ["again"])
    _put(database, "again")
    assert read_kept(kept, "sources") == ["again"]
    assert _get(database) == {"content": "again"}
    assert capfd.readouterr() == ("", "")


def test_a_database_that_somebody_has_prepared_is_not_opened(database: Path) -> None:
    """A view in place of a table would run for ever, a trigger with every entry that is written."""
    database.unlink()
    with sqlite3.connect(database) as opened:
        opened.executescript("""
            CREATE TABLE payloads (id INTEGER PRIMARY KEY, digest BLOB, payload BLOB);
            CREATE VIEW entries AS WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i FROM n)
                SELECT i AS key, i AS id, i AS used FROM n;
            CREATE TABLE builds (number INTEGER PRIMARY KEY AUTOINCREMENT);
            PRAGMA user_version=1;
        """)
    opened.close()
    database.chmod(0o600)
    assert _get(database) is None
    _put(database, "ours")
    assert _get(database) == {"content": "ours"}


# --- owners and permissions


@as_root
def test_a_file_of_another_user_is_not_used(kept: Path, database: Path) -> None:
    for path in (kept, database):
        os.chown(path, NOBODY, NOBODY)
    assert read_kept(kept, "sources") is None
    assert _get(database) is None
    assert database.stat().st_uid == 0  # begun anew, in a folder that is ours


@as_root
def test_a_folder_of_another_user_is_not_used(kept: Path, database: Path) -> None:
    os.chown(kept.parent, NOBODY, NOBODY)
    assert read_kept(kept, "sources") is None
    assert _get(database) is None
    assert not Store(database).persistent


def test_the_key_is_for_its_user_alone(kept: Path, machine: Path) -> None:
    assert stat.S_IMODE((machine / state.KEY_FILE).stat().st_mode) == 0o600
    assert stat.S_IMODE(machine.stat().st_mode) == 0o700


@pytest.mark.parametrize(
    "spoil",
    [
        lambda path: path.chmod(0o640),
        lambda path: path.write_bytes(b"short"),
        lambda path: path.unlink(),
        pytest.param(lambda path: os.chown(path, NOBODY, NOBODY), marks=as_root),
        lambda path: (path.rename(path.with_name("x")), path.symlink_to("x")),
    ],
    ids=["readable by a group", "too short", "absent", "of another user", "a link"],
)
def test_a_key_that_is_none_is_made_anew_and_what_it_sealed_is_not_used(
    kept: Path, machine: Path, spoil
) -> None:
    before = state.key()
    spoil(machine / state.KEY_FILE)
    state.key.cache_clear()
    assert read_kept(kept, "sources") is None
    assert state.key() not in (before, None)
    write_kept(kept, "sources", ["again"])
    assert read_kept(kept, "sources") == ["again"]
    assert [path.name for path in machine.iterdir() if path.name.startswith(".")] == []


def test_two_processes_make_one_key(machine: Path) -> None:
    first = state.key()
    state.write_state(state.KEY_FILE, b"x" * 32, keep=True)
    state.key.cache_clear()
    assert state.key() == first


@pytest.mark.parametrize("value", ["relative/folder", ""])
def test_a_folder_for_state_is_absolute(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, value: str) -> None:  # fmt: skip
    monkeypatch.setenv("XDG_STATE_HOME", value)
    monkeypatch.setenv("HOME", str(tmp_path))
    assert state.state_folder() == tmp_path / ".local/state/incident-runbooks"


def test_without_a_place_for_the_key_nothing_is_kept(
    kept: Path, database: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "a-file").write_text("")
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "a-file"))
    state.key.cache_clear()
    before = kept.read_bytes(), database.read_bytes()
    assert read_kept(kept, "sources") is None
    write_kept(kept, "sources", ["again"])
    _put(database, "again")
    assert (kept.read_bytes(), database.read_bytes()) == before


@as_root
def test_root_leaves_the_folder_of_another_user_alone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    home = tmp_path / "home"
    home.mkdir()
    os.chown(home, NOBODY, NOBODY)
    monkeypatch.setenv("XDG_STATE_HOME", str(home / "state"))
    state.key.cache_clear()
    assert state.key() is None
    assert list(home.iterdir()) == []


def test_packages_for_proofs_that_others_can_write_are_not_run(tmp_path: Path) -> None:
    (tmp_path / "package.json").write_text("{}")
    (tmp_path / "package-lock.json").write_text("{}")
    cache = tmp_path / "cache"
    cache.mkdir()
    cache.chmod(0o777)
    with pytest.raises(NotAvailable, match="not yours alone"):
        Node(tmp_path)._installed(
            tmp_path / "package-lock.json", Workspace("x", tmp_path, tmp_path, cache)
        )
