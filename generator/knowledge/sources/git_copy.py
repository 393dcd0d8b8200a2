"""A copy of a knowledge base as a commit of a checkout has it.

A commit can contain anything: links, names that lead out of a folder, files of any size. So only
regular files below `incidents/<id>/` are taken, with names that are names here, no larger than a
file of a knowledge base may be, and no more than a source may have.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from generator.knowledge.files import limit_of, read_file
from generator.knowledge.git_objects import REGULAR, NotInGit, asked, contents_of, missing_in_clone
from generator.knowledge.roots import CONFIG_FILE, INCIDENTS, STANDING_ID, is_id
from generator.knowledge.sources.copies import new_copy
from generator.limits import FOLDER_DEPTH, LOCK_BYTES, SOURCE_BYTES, SOURCE_INCIDENTS

ABOUT = "commit.json"
"""The file of a copy that says what it is: commit, and the digests of incidents."""

_AT_ONCE = 8 << 20  # bytes


@dataclass(frozen=True)
class CommittedIncidents:
    """The incidents of a commit.

    Attributes:
        commit: the commit.
        digests: the id of the tree of each incident's folder, by the incident's id.
        refused: the files that are not taken, each with the reason.
    """

    commit: str
    digests: dict[str, str]
    refused: dict[str, str] = field(default_factory=dict)


def look_at_commit(checkout: Path, ref: str) -> CommittedIncidents:
    """Return what a commit has.

    Args:
        checkout: the folder of the knowledge base, in a checkout.
        ref: a branch, a tag or a commit.

    Raises:
        NotInGit: git cannot tell.
    """
    if not checkout.is_dir():
        raise NotInGit(f"there is no folder {checkout}")
    try:
        named = f"{ref}^{{commit}}"
        found = asked(checkout, "rev-parse", "--verify", "--end-of-options", named)
    except NotInGit as error:
        raise NotInGit(f"{ref} is no commit there ({error})") from None
    commit = found.decode().splitlines()[-1]  # the first line is the option itself
    listed = asked(checkout, "ls-tree", "-d", "-z", commit, "--", f"{INCIDENTS}/")
    digests: dict[str, str] = {}
    refused: dict[str, str] = {}
    for entry in filter(None, listed.split(b"\0")):
        about, _, raw = entry.partition(b"\t")
        kind, tree = about.split()[1:3]
        name = os.fsdecode(raw).removeprefix(f"{INCIDENTS}/")
        if kind != b"tree" or "/" in name:
            continue
        if not is_id(name) or name == STANDING_ID:
            refused[name] = "its name is no id"
        elif len(digests) >= SOURCE_INCIDENTS:
            refused[name] = f"there are more than {SOURCE_INCIDENTS.shown}"
        else:
            digests[name] = tree.decode()
    if not digests:
        raise NotInGit(f"{ref} has no {INCIDENTS}/ here")
    return CommittedIncidents(commit, digests, refused)


def copy_commit(checkout: Path, commit: str, folder: Path) -> CommittedIncidents:
    """Write the incidents of a commit, and its `mkdocs.yml`, into a folder, in place of what is there.

    Args:
        checkout: the folder of the knowledge base, in a checkout.
        commit: the commit.
        folder: the folder; if something is wrong, it stays as it was.

    Raises:
        NotInGit: git cannot tell, or it is too much.
        OSError: the copy cannot be written.
    """
    found = look_at_commit(checkout, commit)
    blobs = list(_blobs(checkout, found))
    if sum(size for *_, size, _ in blobs) > SOURCE_BYTES:
        raise NotInGit(f"its files have more than {SOURCE_BYTES.shown}")
    with new_copy(folder) as new:
        for some in _in_parts(blobs):
            contents = contents_of(checkout, [blob for _, blob, _, _ in some])
            for (name, _, _, mode), content in zip(some, contents, strict=True):
                path = new / name
                path.parent.mkdir(parents=True, exist_ok=True)
                path.write_bytes(content)
                path.chmod(mode)
        about = {"commit": found.commit, "incidents": found.digests, "refused": found.refused}
        (new / ABOUT).write_text(json.dumps(about, indent=1), "utf-8")
    return found


def read_commit_copy(folder: Path) -> CommittedIncidents | None:
    """Return what a copy says of itself; None if it is none."""
    try:
        about = json.loads(read_file(folder, ABOUT, LOCK_BYTES))
        return CommittedIncidents(
            str(about["commit"]),
            {str(i): str(of) for i, of in about["incidents"].items()},
            {str(name): str(why) for name, why in about["refused"].items()},
        )
    except (OSError, ValueError, KeyError, TypeError, AttributeError, RecursionError):
        return None


_Blob = tuple[str, str, int, int]  # path, blob, size, mode


def _blobs(checkout: Path, found: CommittedIncidents) -> Iterator[_Blob]:
    """Yield the files that are taken, and note those that are not."""
    listed = asked(
        checkout, "ls-tree", "-r", "-l", "-z", found.commit, "--", f"{INCIDENTS}/", CONFIG_FILE
    )
    for entry in filter(None, listed.split(b"\0")):
        about, _, raw = entry.partition(b"\t")
        mode, _, blob, size = about.split()
        name = os.fsdecode(raw)
        why = _why_not(name, mode, size, found)
        if why:
            found.refused[name] = why
        elif name == CONFIG_FILE or name.split("/")[1] in found.digests:
            if not size.isdigit():
                raise missing_in_clone(name)
            yield name, blob.decode(), int(size), 0o755 if mode == REGULAR[1] else 0o644


def _why_not(name: str, mode: bytes, size: bytes, found: CommittedIncidents) -> str:
    """Return why a file is not taken; empty for those that are, and for those that are no incident's."""
    parts = name.split("/")
    if name != CONFIG_FILE and (len(parts) < 3 or parts[1] not in found.digests):
        return ""
    if mode not in REGULAR:
        return "it is not a regular file"
    if size.isdigit() and int(size) > limit_of(parts[-1]):
        return f"it is larger than {limit_of(parts[-1]).shown}"
    if len(parts) > FOLDER_DEPTH or any(not _is_name(part) for part in parts):
        return "its path is not one here"
    return ""


def _is_name(part: str) -> bool:
    return part not in ("", ".", "..") and "\\" not in part and ":" not in part and "\0" not in part


def _in_parts(blobs: list[_Blob]) -> Iterator[list[_Blob]]:
    """Yield the files in parts that fit in memory."""
    part: list[_Blob] = []
    held = 0
    for blob in blobs:
        if part and held + blob[2] > _AT_ONCE:
            yield part
            part, held = [], 0
        part.append(blob)
        held += blob[2]
    if part:
        yield part
