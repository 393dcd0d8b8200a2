"""What lies beside a draft: a copy of its write-up, and of the images that the write-up shows."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import unquote, urlsplit

from generator.knowledge.files import read_file
from generator.knowledge.records import PROOFS, TOOLS
from generator.limits import FILE_BYTES, IMPORTED_IMAGES

# What has a meaning in an incident's folder: no copy may take its place.
_TAKEN = frozenset("incident.yaml proofs.yaml sources.yaml checks.yaml record.json".split())
_FOLDERS = frozenset((PROOFS, TOOLS))
_IMAGES = frozenset(".png .jpg .jpeg .gif .webp .svg .avif .bmp .tif .tiff".split())
_ODD = re.compile(r"[^\w.()+,@=\[\] -]")
_LONGEST = 200  # bytes; file systems take 255
# Windows cannot create files with these names.
_RESERVED = re.compile(r"(?:con|prn|aux|nul|com[0-9]|lpt[0-9])(?:\.|\Z)", re.IGNORECASE)


@dataclass(frozen=True)
class Copies:
    """The images of a write-up, ready to be written.

    Attributes:
        files: their content, by their path from the incident's folder.
        remarks: which images are not there, or are not copied, in sentences.
    """

    files: dict[str, bytes]
    remarks: tuple[str, ...] = ()


def place_of(name: str) -> str:
    """Return where the copy of a write-up lies, as a path from the incident's folder.

    Args:
        name: the file's name; whatever some system cannot have in a name is replaced.
    """
    stem, ending = posixpath.splitext(_ODD.sub("-", " ".join(name.split())))
    ending = ending.rstrip(". ")
    room = _LONGEST - len(ending.encode())
    stem = stem.encode()[: max(room, 0)].decode("utf-8", "ignore").strip("-. ")
    whole = f"{stem}{ending}" if stem and room > 0 else f"write-up{ending[:20]}"
    taken = _RESERVED.match(whole) or whole.casefold() in _TAKEN | _FOLDERS
    return f"write-up-{whole}" if taken else whole


def copies_of_images(root: Path, name: str, links: Iterable[str]) -> Copies:
    """Read the images that a write-up shows, if they lie in its folder or below.

    Args:
        root: the folder out of which nothing is read.
        name: the path of the write-up from there, with forward slashes.
        links: the targets of its images and links, as written.
    """
    files: dict[str, bytes] = {}
    remarks: list[str] = []
    room = int(FILE_BYTES)
    for link in dict.fromkeys(links):
        path = _image(link)
        if path is None or path in files:
            continue
        why = ""
        if not _is_portable(path):
            why = "it does not lie in the folder of the write-up, or its name does not work on all systems"  # fmt: skip
        elif path.split("/")[0].casefold() in _FOLDERS:
            why = f"in the folder of an incident, {path.split('/')[0]}/ has another meaning"
        elif len(files) >= IMPORTED_IMAGES:
            why = f"there are more than {IMPORTED_IMAGES.shown}"
        else:
            try:
                content = read_file(root, posixpath.join(posixpath.dirname(name), path))
            except OSError as error:
                why = why_not_read(error)
            else:
                room -= len(content)
                if room < 0:
                    remarks.append(f"Other images were not copied: together they are larger than {FILE_BYTES.shown}.")  # fmt: skip
                    break
                files[path] = content
        if why:
            remarks.append(f"The image {path} was not copied: {why[0].lower()}{why[1:]}.")
    return Copies(files, tuple(remarks))


def why_not_read(error: OSError) -> str:
    """Return why a file in a folder of write-ups is not read."""
    return (error.strerror or str(error)).replace("the knowledge base", "the folder")


def _image(link: str) -> str | None:
    """Return the path of an image that is a file; None for a URL and for everything else."""
    try:
        parts = urlsplit(link.strip())
    except ValueError:
        return None
    if parts.scheme or parts.netloc or not parts.path or parts.path.startswith(("/", "\\")):
        return None
    path = posixpath.normpath(unquote(parts.path))
    is_image = posixpath.splitext(path)[1].lower() in _IMAGES
    return "".join(c if c.isprintable() else "\ufffd" for c in path) if is_image else None


def _is_portable(path: str) -> bool:
    """Whether a path leads down, and each part of it can be a name on every system."""
    return len(path.encode()) <= _LONGEST and all(
        part == _ODD.sub("-", part) and not part.startswith((".", "~")) and part == part.strip(". ") and not _RESERVED.match(part)
        for part in path.split("/")
    )  # fmt: skip
