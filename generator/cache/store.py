"""The cache: what was rendered before, by the digest of everything that it was rendered from.

A key covers everything that its value depends on, including the code, so an entry is never outdated,
only unused. Every entry has a digest of its payload under this user's key: one that is damaged, or that
somebody else made, counts as missing. A file that is not a database, or not ours, is replaced; if a
folder cannot be written, or another process has locked the database, there is no cache, but the site
is still built.
"""

from __future__ import annotations

import os
import sqlite3
import struct
import weakref
from collections.abc import Callable, Iterable, Mapping
from contextlib import suppress
from hmac import compare_digest
from pathlib import Path
from typing import Any

from generator.cache import fingerprints
from generator.cache.fingerprints import digest
from generator.cache.json_text import decode, encode
from generator.cache.state import seal
from generator.cache.trust import FOLDER, can_write, is_trusted

FILE = f"{FOLDER}/pages.sqlite"
"""Its path, relative to the root of the knowledge base."""

KEEP = 5
"""For how many builds an unused entry is kept."""

_FORMAT = 1
_HEAD_BYTES = 100  # that SQLite's format has; user_version is at 60, application_id at 68
_LOCK_SECONDS = 2.0
_SCHEMA = """
CREATE TABLE IF NOT EXISTS builds (number INTEGER PRIMARY KEY AUTOINCREMENT);
CREATE TABLE IF NOT EXISTS payloads (id INTEGER PRIMARY KEY, digest BLOB NOT NULL, payload BLOB NOT NULL);
CREATE TABLE IF NOT EXISTS entries (key BLOB PRIMARY KEY, id INTEGER NOT NULL, used INTEGER NOT NULL)
    WITHOUT ROWID;
"""

Value = dict[str, Any]


class Store:
    """Values by key, in one file."""

    def __init__(self, path: Path | None = None, *, remember: bool = False) -> None:
        """Open the cache.

        Args:
            path: the file; None for a cache without a file.
            remember: keep what the last build has used in memory, for the next build.
        """
        self._database = _open(path) if path else None
        self._remember = remember
        self._memory: dict[bytes, Value] = {}
        self._fresh: dict[bytes, Value] = {}
        if self._database is not None:
            # A store that is not closed leaves no open file. A process that exits closes its own.
            weakref.finalize(self, self._database.close).atexit = False
        self._used: set[bytes] = set()
        self._noted: set[bytes] = set()
        self._build = 0
        self._code = fingerprints.code_fingerprint()

    @property
    def persistent(self) -> bool:
        """Whether the next process will find what this one puts in."""
        return self._database is not None

    def get_many(self, keys: Iterable[bytes]) -> dict[bytes, Value]:
        """Return the values that are in the cache and not damaged, by key."""
        found: dict[bytes, Value] = {}
        for key in keys:
            value = self._fresh.get(key) or self._memory.get(key) or self._read(key)
            if value is not None:
                found[key] = value
                self._used.add(key)
                if self._remember:
                    self._memory[key] = value
        return found

    def put_many(self, values: Mapping[bytes, Value]) -> None:
        """Remember values; `save` writes them to the file."""
        self._fresh.update(values)
        self._used.update(values)

    def get_or_make(self, key: bytes, make: Callable[[], Value]) -> Value:
        """Return the value with a key; make and remember it if there is none."""
        value = self.get_many([key]).get(key)
        if value is None:
            value = make()
            self.put_many({key: value})
        return value

    def touch(self, keys: Iterable[bytes]) -> None:
        """Keep values that are not read, because what is made of them is kept, too."""
        self._used.update(keys)

    def flush(self) -> bool:
        """Write new values to the file now, so that they need no memory.

        Returns:
            Whether they are in the file, and nobody needs to keep them.
        """
        if self._database is None or self._remember:
            return False
        try:
            with self._database as database:
                self._write_new(database)
        except sqlite3.Error:
            self.close()
            return False
        self._fresh.clear()
        return True

    def save(self) -> None:
        """Write new values and drop those that no recent build has used. A failure is not an error."""
        if self._remember:
            self._memory.update(self._fresh)
            self._memory = {key: self._memory[key] for key in self._used if key in self._memory}
        if self._database is not None:
            try:
                with self._database as database:
                    self._write(database)
            except sqlite3.Error:
                self.close()
        self._fresh.clear()
        self._used.clear()

    def close(self) -> None:
        """Close the file. What was not saved is lost."""
        if self._database is not None:
            self._database.close()
            self._database = None

    def _write_new(self, database: sqlite3.Connection) -> None:
        if not self._build:
            self._build = database.execute("INSERT INTO builds DEFAULT VALUES").lastrowid or 1
            database.execute("DELETE FROM builds WHERE number < ?", (self._build,))
        for known_as, value in self._fresh.items():
            key = digest(self._code, known_as)
            payload = encode(value)
            database.execute(
                "DELETE FROM payloads WHERE id = (SELECT id FROM entries WHERE key = ?)", (key,)
            )
            row = database.execute(
                "INSERT INTO payloads (digest, payload) VALUES (?, ?)",
                (seal(key, payload), payload),
            )
            database.execute(
                "INSERT OR REPLACE INTO entries VALUES (?, ?, ?)", (key, row.lastrowid, self._build)
            )
        self._noted.update(self._fresh)

    def _write(self, database: sqlite3.Connection) -> None:
        self._write_new(database)
        # It is enough to record once in a process that an entry is used.
        used = [(self._build, digest(self._code, key)) for key in self._used - self._noted]
        database.executemany("UPDATE entries SET used = ? WHERE key = ?", used)
        self._noted |= self._used
        old = database.execute("DELETE FROM entries WHERE used <= ?", (self._build - KEEP,))
        if old.rowcount:
            database.execute("DELETE FROM payloads WHERE id NOT IN (SELECT id FROM entries)")

    def _read(self, key: bytes) -> Value | None:
        if self._database is None:
            return None
        key = digest(self._code, key)
        try:
            row = self._database.execute(
                "SELECT digest, payload FROM entries JOIN payloads USING (id) WHERE key = ?", (key,)
            ).fetchone()
            if row is None or not compare_digest(row[0], seal(key, row[1])):
                return None
            value = decode(row[1])
            return value if isinstance(value, dict) else None
        except (sqlite3.Error, TypeError, AttributeError):
            # Damaged pages, or columns of another type: in any case, not what was stored.
            return None


def _open(path: Path) -> sqlite3.Connection | None:
    if not can_write(path):
        return None
    for attempt in (1, 2):
        try:
            _begin(path)
            return _connect(path)
        except (sqlite3.OperationalError, OSError):
            return None  # locked, read-only, no space: not for the cache to solve
        except sqlite3.DatabaseError:
            if attempt == 2 or not _remove(path):
                return None
    return None


def _mark() -> tuple[int, int]:
    """Return the two numbers in the head of a database that this user's key has made."""
    version, application = struct.unpack(">ii", seal("pages", str(_FORMAT))[:8])
    return version or 1, application


def _has_mark(path: Path) -> bool:
    """Say whether a database is ours, or empty; SQLite does not touch one that somebody has prepared."""
    with path.open("rb") as stream:
        head = stream.read(_HEAD_BYTES)
    if not head:
        return True
    return len(head) == _HEAD_BYTES and _mark() == (
        *struct.unpack(">i", head[60:64]),
        *struct.unpack(">i", head[68:72]),
    )


def _begin(path: Path) -> None:
    """Begin with an empty file that only this user can read or write, unless one that is ours is there."""
    # What another build begins just now is ours, too: only what was looked at is removed.
    if os.path.lexists(path):
        if is_trusted(path) and _has_mark(path):
            return
        if not _remove(path):
            raise OSError
    with suppress(FileExistsError):  # another build was faster
        os.close(os.open(path, os.O_CREAT | os.O_EXCL, 0o600))


def _connect(path: Path) -> sqlite3.Connection:
    # Only one process writes at a time, and locks when it begins. Nothing waits for the disk: the
    # digests reveal what a power failure destroys.
    database = sqlite3.connect(
        path, timeout=_LOCK_SECONDS, check_same_thread=False, isolation_level="IMMEDIATE"
    )
    try:
        database.execute("PRAGMA trusted_schema=OFF")
        database.execute("PRAGMA synchronous=OFF")
        version, application = (
            database.execute(f"PRAGMA {name}").fetchone()[0]
            for name in ("user_version", "application_id")
        )
        if version and (version, application) != _mark():
            raise sqlite3.DatabaseError("another format, or not ours")
        if database.execute("PRAGMA quick_check(1)").fetchone()[0] != "ok":
            raise sqlite3.DatabaseError("damaged")
        if version == 0:
            version, application = _mark()
            database.executescript(
                f"BEGIN IMMEDIATE; {_SCHEMA} PRAGMA user_version={version}; "
                f"PRAGMA application_id={application}; COMMIT;"
            )
    except BaseException:
        database.close()
        raise
    return database


def _remove(path: Path) -> bool:
    try:
        for suffix in ("", "-journal", "-wal", "-shm"):
            path.with_name(path.name + suffix).unlink(missing_ok=True)
    except OSError:
        return False
    return True
