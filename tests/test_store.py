from __future__ import annotations

import sqlite3
import threading
from pathlib import Path

import pytest

from generator.cache import store as module
from generator.cache.fingerprints import digest
from generator.cache.store import Store

KEY, OTHER = digest("one"), digest("other")


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / ".cache" / "runbooks" / "pages.sqlite"


def put(path: Path, key: bytes = KEY, value: str = "text") -> None:
    store = Store(path)
    store.put_many({key: {"content": value}})
    store.save()
    store.close()


def get(path: Path, key: bytes = KEY) -> object:
    store = Store(path)
    try:
        return store.get_many([key]).get(key)
    finally:
        store.close()


def test_a_value_outlives_its_process(path: Path) -> None:
    put(path, value="ä \ud800 </script>")
    assert get(path) == {"content": "ä \ud800 </script>"}
    assert get(path, OTHER) is None


def test_what_was_not_saved_is_forgotten(path: Path) -> None:
    store = Store(path)
    store.put_many({KEY: {"content": "text"}})
    assert store.get_many([KEY]) == {KEY: {"content": "text"}}
    store.close()
    assert get(path) is None


def test_parts_cannot_run_into_each_other() -> None:
    assert digest("ab", "c") != digest("a", "bc")
    assert digest("a") != digest("a", "")


def test_the_cache_keeps_itself_out_of_git(path: Path) -> None:
    put(path)
    assert (path.parent / ".gitignore").read_text() == "*\n"


@pytest.mark.parametrize(
    "statement",
    [
        'UPDATE payloads SET payload = CAST(\'{"content":"tampered"}\' AS BLOB)',
        'UPDATE payloads SET payload = \'{"content":"tampered"}\'',
        "UPDATE payloads SET digest = x'00'",
        "UPDATE payloads SET payload = 5",
        "DELETE FROM payloads",
    ],
)
def test_a_damaged_entry_is_absent(path: Path, statement: str) -> None:
    put(path)
    with sqlite3.connect(path) as database:
        database.execute(statement)
    database.close()
    assert get(path) is None


def test_a_payload_under_another_key_is_absent(path: Path) -> None:
    put(path)
    put(path, OTHER, "other")
    with sqlite3.connect(path) as database:
        (first,), (second,) = database.execute("SELECT id FROM entries ORDER BY id").fetchall()
        database.execute("UPDATE entries SET id = ? - id", (first + second,))
    database.close()
    assert get(path) is None
    assert get(path, OTHER) is None


@pytest.mark.parametrize("damage", ["garbage", "head", "truncated", "empty", "holes"])
def test_a_broken_file_is_begun_anew(path: Path, damage: str) -> None:
    put(path, value="x" * 100_000)
    raw = path.read_bytes()
    path.write_bytes(
        {
            "garbage": b"no database at all " * 1000,
            "head": b"\0" * 100 + raw[100:],
            "truncated": raw[: len(raw) // 2],
            "empty": b"",
            "holes": raw[:5000] + b"\xff" * 3000 + raw[8000:],
        }[damage]
    )
    assert get(path) in (None, {"content": "x" * 100_000})
    put(path, value="again")
    assert get(path) == {"content": "again"}


def test_a_file_of_another_format_is_begun_anew(path: Path) -> None:
    put(path)
    with sqlite3.connect(path) as database:
        database.execute("PRAGMA user_version=99")
    database.close()
    assert get(path) is None
    put(path)
    assert get(path) is not None


def test_no_folder_means_no_cache(tmp_path: Path) -> None:
    (tmp_path / ".cache").write_text("a file where the folder should be")
    store = Store(tmp_path / ".cache" / "runbooks" / "pages.sqlite")
    assert not store.persistent
    store.put_many({KEY: {"content": "text"}})
    store.save()


def test_a_locked_database_means_no_cache(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "_LOCK_SECONDS", 0.05)
    put(path)
    other = sqlite3.connect(path)
    other.execute("BEGIN IMMEDIATE")
    store = Store(path)
    store.put_many({OTHER: {"content": "text"}})
    store.save()  # nothing raised, nothing written
    assert not store.persistent
    other.rollback()
    other.close()
    assert get(path) is not None
    assert get(path, OTHER) is None


def test_entries_that_no_build_uses_are_dropped(path: Path) -> None:
    put(path)
    put(path, OTHER)
    for _ in range(module.KEEP + 1):
        store = Store(path)
        assert store.get_many([OTHER])
        store.put_many({digest("new"): {}})
        store.save()
        store.close()
    assert get(path) is None
    assert get(path, OTHER) is not None
    with sqlite3.connect(path) as database:
        assert database.execute("SELECT count(*) FROM payloads").fetchone()[0] == 2
    database.close()


def test_what_is_remembered_is_dropped_when_unused(path: Path) -> None:
    store = Store(None, remember=True)
    store.put_many({KEY: {"n": 1}, OTHER: {"n": 2}})
    store.save()
    assert store.get_many([KEY]) == {KEY: {"n": 1}}
    store.save()
    assert store.get_many([KEY, OTHER]) == {KEY: {"n": 1}}


def test_two_may_write_at_once(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "KEEP", 100)

    def many(name: str) -> None:
        for n in range(20):
            put(path, digest(name, str(n)), name)

    threads = [threading.Thread(target=many, args=(name,)) for name in "ab"]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    for name in "ab":
        assert all(get(path, digest(name, str(n))) == {"content": name} for n in range(20))
