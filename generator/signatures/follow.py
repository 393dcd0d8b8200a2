"""Reads a growing log, through rotation and truncation."""

from __future__ import annotations

import os
import select
import stat
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import BinaryIO

READ = 256 * 1024
PAUSE = 0.3
"""The seconds between two reads of a file."""
NEW_FILE = b""
"""Stands for the end of a file, if another one follows."""


def often_idle(
    parts: Iterator[bytes | None], clock: Callable[[], float] = time.monotonic
) -> Iterator[bytes | None]:
    """Yield the parts, and None at least every `PAUSE` seconds, also while data never stops."""
    last = clock()
    for part in parts:
        yield part
        if part is None:
            last = clock()
        elif clock() - last > PAUSE:
            yield None
            last = clock()


def follow_pipe(stream: BinaryIO) -> Iterator[bytes | None]:
    """Yield the data of a pipe, and None whenever there is no data for a moment."""
    descriptor = stream.fileno()
    while True:
        if not select.select([descriptor], [], [], PAUSE)[0]:
            yield None
            continue
        data = os.read(descriptor, READ)
        if not data:
            return
        yield data


def follow_file(
    path: Path, note: Callable[[str], None], pause: Callable[[float], None] = time.sleep
) -> Iterator[bytes | None]:
    """Yield the content of a file and everything added later, and None whenever there is no data.

    If the file was replaced (rotated), it is read to its end, then the new file from its beginning.
    If it became shorter, it is read again from its beginning. `NEW_FILE` stands between the two.

    Args:
        path: the file.
        note: called when the file was replaced, truncated or removed.
        pause: waits.
    """
    stream = path.open("rb", buffering=0)
    gone = False
    number = 1
    try:
        while True:
            data = stream.read(READ)
            if data:
                yield data
                continue
            yield None
            try:
                now = path.stat()
            except OSError:
                if not gone:
                    note("was removed; waiting until it exists again")
                gone = True
                pause(PAUSE)
                continue
            gone = False
            own = os.fstat(stream.fileno())
            if (now.st_dev, now.st_ino) != (own.st_dev, own.st_ino):
                while data := stream.read(READ):
                    yield data
                try:
                    new = path.open("rb", buffering=0)
                except FileNotFoundError:
                    continue  # removed since then
                stream.close()
                stream = new
                number += 1
                note(
                    f"was replaced; reading the new file (file {number}), whose lines count from 1"
                )
                yield NEW_FILE
            elif stat.S_ISREG(now.st_mode) and now.st_size < stream.tell():
                stream.seek(0)
                number += 1
                note(f"was truncated; reading it again (file {number}), and its lines count from 1")
                yield NEW_FILE
            else:
                pause(PAUSE)
    finally:
        stream.close()
