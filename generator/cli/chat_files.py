"""The files of a chat export: the days of a channel in a folder, with who wrote beside it."""

from __future__ import annotations

import os
import re
from collections.abc import Sequence
from pathlib import Path

from generator.importers import Refused, is_chat
from generator.importers.converters.slack import combined
from generator.knowledge.files import read_file, walk
from generator.limits import EXPORT_BYTES

_DAY = re.compile(r"\d{4}-\d\d-\d\d\.json\Z")
_USERS, _CHANNELS = "users.json", "channels.json"


def days_in(folder: Path) -> tuple[str, ...]:
    """Return the names of the days that lie in a folder, in order; none if it is no channel's."""
    names = sorted(found.name for found in walk(folder, "", deep=False) if not found.why)
    return tuple(name for name in names if _DAY.match(name))


def channels_in(folder: Path) -> int:
    """Return how many channels lie in a folder that is a whole export."""
    if not (folder / _CHANNELS).is_file():
        return 0
    names = {found.name for found in walk(folder, "") if not found.why}
    return len({name.rpartition("/")[0] for name in names if _DAY.match(name.rpartition("/")[2])})


def read_chat(folder: Path, days: Sequence[str]) -> bytes:
    """Return the days of a channel as one export, with the names that lie beside its folder.

    Args:
        folder: the channel's folder.
        days: the names of its days.

    Raises:
        Refused: together they are too large, or one cannot be read as a day.
        OSError: a file cannot be read.
    """
    contents: dict[str, bytes] = {}
    room = int(EXPORT_BYTES)
    for day in days:
        contents[day] = read_file(folder, day, EXPORT_BYTES)
        room -= len(contents[day])
        if room < 0:
            raise Refused(
                f"its days are together larger than {EXPORT_BYTES.shown}",
                "copy the days of the incident to a folder of their own",
            )
    beside = [_beside(folder, name) for name in (_USERS, _CHANNELS)]
    return combined(folder.name, contents, *beside)


def with_names(folder: Path, name: str, raw: bytes) -> bytes:
    """Return the file of a day with the names that lie beside it or its channel; others unchanged.

    Args:
        folder: the folder that it lies in.
        name: its name.
        raw: its content.
    """
    is_day = _DAY.match(name) and is_chat(raw)
    users = _beside(folder, _USERS) if is_day else b""
    if not users:
        return raw
    channels = _beside(folder, _CHANNELS)
    return combined(folder.name if channels else "", {name: raw}, users, channels)


def _beside(folder: Path, name: str) -> bytes:
    """Return a file that lies beside the folder of a channel, or in it; nothing if there is none."""
    for place in (folder.parent, folder):
        try:
            if os.path.lexists(place / name):
                return read_file(place, name, EXPORT_BYTES)
        except OSError:  # Without it, ids stand for names.
            continue
    return b""
