"""The incidents that come with this program: those of its own knowledge base with the tag `library`."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from hashlib import sha256
from pathlib import Path

from generator.knowledge.files import INSTALLED, copy_file, find_files, is_missing, read_file
from generator.knowledge.loader import INCIDENTS, load_entry
from generator.knowledge.roots import CONFIG_FILE
from generator.knowledge.sources.copies import CopiedIncident, SourceCopy, new_copy, write_copy

TAG = "library"
NAME = "Library of incident-runbooks"


def library_root() -> Path:
    """Return the folder that contains their `incidents/`.

    In a wheel, it is inside the package (`hatch_build.py` puts it there); in a checkout, it is the
    knowledge base itself, which has others, too.
    """
    package = Path(__file__).parents[2]
    inside = package / "library"
    return inside if inside.is_dir() else package.parent


def library_digests() -> dict[str, str]:
    """Return a digest of each incident that comes with this program, by id: of all its files.

    Raises:
        OSError: this installation has none, or they cannot be read.
    """
    root = library_root()
    return {incident_id: _digest(root, incident_id) for incident_id in _ids(root)}


def copy_library(folder: Path, digests: Mapping[str, str] | None = None) -> SourceCopy:
    """Make a folder have these incidents, with their proofs and records.

    Args:
        folder: the folder; it is replaced as a whole.
        digests: what `library_digests` has just returned, if it was asked.

    Raises:
        OSError: this installation has none, or the folder cannot be written. It stays as it was.
    """
    root = library_root()
    digests = library_digests() if digests is None else digests
    with new_copy(folder) as new:
        for incident_id in digests:
            for name in _files(root, incident_id):
                (new / name).parent.mkdir(parents=True, exist_ok=True)
                copy_file(root, name, new / name)
        if not is_missing(root, CONFIG_FILE):  # it defines the kinds of change of their checks
            copy_file(root, CONFIG_FILE, new / CONFIG_FILE)
        made = SourceCopy(NAME, incidents={i: CopiedIncident(of) for i, of in digests.items()})
        write_copy(new, made)
    return made


def _ids(root: Path) -> Iterator[str]:
    for path in sorted((root / INCIDENTS).iterdir()):
        if path.is_dir():
            incident = load_entry(root, path.name).incident
            if incident and TAG in incident.tags:
                yield path.name


def _files(root: Path, incident_id: str) -> Iterator[str]:
    return find_files(root, f"{INCIDENTS}/{incident_id}", INSTALLED)


def _digest(root: Path, incident_id: str) -> str:
    told = sha256()
    for name in _files(root, incident_id):
        # Line ends differ between checkouts.
        content = read_file(root, name).replace(b"\r\n", b"\n")
        told.update(f"{name}\0{len(content)}\0".encode() + content)
    return told.hexdigest()
