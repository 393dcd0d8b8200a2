"""When incidents changed, from git, if there is git.

One `git log` over the whole of `incidents/` says it for all incidents. Only the times and the names
of files are read, not the authors.
"""

from __future__ import annotations

import os
import re
import subprocess
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from generator.knowledge.records import PROOFS, RECORD_FILE
from generator.knowledge.roots import INCIDENTS

_LOG = (
    "-c", "log.showSignature=false",  # would run a program for each commit
    "log", "-z", "--no-color", "--no-merges", "--no-renames", "--no-ext-diff", "--name-only",
    "--relative", "--format=tformat:@%ct %P", "--", INCIDENTS,
)  # fmt: skip
_HEADER = re.compile(rb"@(\d+) ([0-9a-f ]*)")
# A build does not wait longer than this for dates.
_TIMEOUT = 30.0
# Git sets these while it runs a hook; they would name another repository than the root's.
_LOCAL = frozenset(
    """
    GIT_DIR GIT_WORK_TREE GIT_INDEX_FILE GIT_PREFIX GIT_COMMON_DIR GIT_OBJECT_DIRECTORY
    GIT_ALTERNATE_OBJECT_DIRECTORIES GIT_SHALLOW_FILE GIT_GRAFT_FILE GIT_NAMESPACE
    GIT_LITERAL_PATHSPECS GIT_GLOB_PATHSPECS GIT_NOGLOB_PATHSPECS GIT_ICASE_PATHSPECS
    """.split()
)


@dataclass(frozen=True, slots=True)
class ChangeTimes:
    """When an incident's folder was first and last changed, by the clock of the commits, in UTC.

    Attributes:
        first: the first commit; None if the clone is too shallow.
        last: the last commit.
    """

    first: datetime | None
    last: datetime


def changes(root: Path) -> Mapping[str, ChangeTimes]:
    """Say when each incident was changed.

    A new record of proofs is not a change of an incident: a scheduled job writes it, and it has its
    own date.

    Args:
        root: the folder that contains `incidents/`.

    Returns:
        The changes by id, without incidents that are in no commit, or whose changes a shallow clone
        does not contain. Empty without git, and if git reports an error.
    """
    shallow = _git(root, "rev-parse", "--is-shallow-repository")
    if shallow is None:
        return {}
    log = _git(root, *_LOG)
    return dict(_collect(log, shallow.strip() == b"true")) if log else {}


def _git(root: Path, *arguments: str) -> bytes | None:
    """Return what git prints; None without git, and if it fails."""
    variables = {name: value for name, value in os.environ.items() if name not in _LOCAL}
    # A date is not worth fetching, asking for, or locking anything.
    variables |= {"GIT_NO_LAZY_FETCH": "1", "GIT_TERMINAL_PROMPT": "0", "GIT_OPTIONAL_LOCKS": "0"}
    try:
        run = subprocess.run(
            ["git", *arguments],
            cwd=root,
            env=variables,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            timeout=_TIMEOUT,
            check=False,
        )
    except (OSError, subprocess.TimeoutExpired):
        return None
    return run.stdout if run.returncode == 0 else None


def _collect(log: bytes, shallow: bool) -> Iterator[tuple[str, ChangeTimes]]:
    """Read a log: a header for each commit, then the paths that it changed, NUL after each."""
    seen: dict[str, tuple[datetime, datetime]] = {}
    cut: set[str] = set()  # what is in the first commit of a shallow clone is older than that
    when: datetime | None = None
    at_cut = False
    for part in log.split(b"\0"):
        # A path begins with the name of the folder, so it is never mistaken for a header.
        header = _HEADER.fullmatch(part)
        if header:
            when = _time(int(header[1]))
            at_cut = shallow and not header[2]
            continue
        steps = os.fsdecode(part.removeprefix(b"\n")).split("/", 2)
        if len(steps) < 3 or steps[2] == f"{PROOFS}/{RECORD_FILE}":
            continue
        if at_cut:
            cut.add(steps[1])
        elif when is not None:
            first, last = seen.get(steps[1], (when, when))
            seen[steps[1]] = min(first, when), max(last, when)
    for incident_id, (first, last) in seen.items():
        yield incident_id, ChangeTimes(None if incident_id in cut else first, last)


def _time(seconds: int) -> datetime | None:
    """Return a commit's time; None if it is out of range."""
    try:
        return datetime.fromtimestamp(seconds, UTC)
    except (OverflowError, ValueError, OSError):
        return None
