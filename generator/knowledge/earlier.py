"""The files of a knowledge base that say what applies, as a commit has them.

They are written into another folder, where they are read as any knowledge base. A commit can contain
anything: names that lead out of a folder, links, files of any size. So only regular files with the
names of the model are taken, and no larger than such a file may be.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from generator.knowledge.git_objects import REGULAR, asked, contents_of, missing_in_clone
from generator.knowledge.loader import INCIDENT_FILES, STANDING_FILE, WAIVERS_FILE, is_id
from generator.knowledge.roots import CONFIG_FILE, INCIDENTS
from generator.limits import YAML_BYTES

_AT_ONCE = 100
_SINGLE = (CONFIG_FILE, f"{INCIDENTS}/{STANDING_FILE}", f"{INCIDENTS}/{WAIVERS_FILE}")


@dataclass(frozen=True)
class EarlierFiles:
    """What a commit has in another form than the folder.

    Attributes:
        incidents: the ids of incidents that differ, or are not in the one or the other.
        files: the other files that differ, by their path from the root.
        refused: the files that could not be taken, by their path, each with the reason.
    """

    incidents: frozenset[str]
    files: frozenset[str]
    refused: Mapping[str, str]


def write_earlier_files(root: Path, commit: str, folder: Path) -> EarlierFiles:
    """Write what differs of a knowledge base at a commit into another folder.

    Args:
        root: the folder of the knowledge base, in a repository.
        commit: the commit.
        folder: an empty folder.

    Raises:
        NotInGit: git cannot tell.
    """
    changed = asked(
        root, "diff", "--name-only", "--no-renames", "--relative", "-z", commit, "--",
        INCIDENTS, CONFIG_FILE,
    )  # fmt: skip
    names = {os.fsdecode(name) for name in changed.split(b"\0") if name}
    incidents = frozenset(one for name in names if (one := _incident(name)))
    files = frozenset(names.intersection(_SINGLE))
    if not incidents and not files:
        return EarlierFiles(incidents, files, {})
    refused: dict[str, str] = {}
    wanted = {
        name: blob
        for name, blob in _listed(root, commit, refused)
        if name in files or _incident(name) in incidents
    }
    entries = list(wanted.items())
    for start in range(0, len(entries), _AT_ONCE):
        some = entries[start : start + _AT_ONCE]
        found = contents_of(root, [blob for _, blob in some])
        for (name, _), content in zip(some, found, strict=True):
            path = folder / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content)
    told = {n: why for n, why in refused.items() if n in files or _incident(n) in incidents}
    return EarlierFiles(incidents, files, told)


def _incident(name: str) -> str:
    """Return the incident to which a path belongs; empty if it is no file of the model."""
    top, _, rest = name.partition("/")
    incident_id, slash, file = rest.partition("/")
    if top != INCIDENTS or not is_id(incident_id):
        return ""
    # A link in place of the folder is one entry.
    return incident_id if not slash or file in INCIDENT_FILES else ""


def _listed(root: Path, commit: str, refused: dict[str, str]) -> Iterator[tuple[str, str]]:
    """Yield the paths of a commit that the model knows, and their blobs."""
    listed = asked(root, "ls-tree", "-r", "-l", "-z", commit, "--", f"{INCIDENTS}/", CONFIG_FILE)
    for entry in listed.split(b"\0"):
        about, _, raw = entry.partition(b"\t")
        name = os.fsdecode(raw)
        if name not in _SINGLE and not _incident(name):
            continue
        mode, _, blob, size = about.split()
        if mode not in REGULAR:
            refused[name] = "it is not a regular file"
        elif not size.isdigit():
            raise missing_in_clone(name)
        elif int(size) > YAML_BYTES:
            refused[name] = f"it is larger than {YAML_BYTES.shown}"
        else:
            yield name, blob.decode()
