"""How a knowledge base installs this program while no package index has it.

Installing by name would fetch whatever somebody else publishes under that name. So a knowledge base
says where the program is: at a URL and a commit, if it was installed from one, else in a wheel in
the knowledge base, which is rebuilt from the installed files.
"""

from __future__ import annotations

import base64
import hashlib
import io
import json
import re
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass
from importlib.metadata import Distribution, PackageNotFoundError, distribution
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit, urlunsplit

import generator
from generator.text.extras import DISTRIBUTION

WHEELS = "wheels"
"""The folder of a knowledge base with the wheel."""

# The files of the metadata folder that a wheel has; the installer wrote the others.
_METADATA = re.compile(r"METADATA|WHEEL|entry_points\.txt|licenses/.+")
# What may come before the @ of a URL: it is not a secret.
_NO_SECRET = re.compile(r"git|\$\{\w+\}(:\$\{\w+\})?")
# The oldest time that a zip file can store, so that the same files make the same wheel, byte by byte.
_TIME = (1980, 1, 1, 0, 0, 0)


@dataclass(frozen=True, slots=True)
class InstallSource:
    """How a knowledge base gets this program.

    Attributes:
        requirement: the line of `requirements.txt`.
        files: the files that it needs, by path relative to the knowledge base.
        clone: the folder of the source from which a wheel must be built; None if none must be.
        left_out: the user part of the URL was left out, because it may be a password.
    """

    requirement: str
    files: Mapping[str, bytes]
    clone: Path | None = None
    left_out: bool = False

    @property
    def is_wheel(self) -> bool:
        """Whether the requirement is a wheel in the knowledge base, already built or not."""
        return self.requirement.startswith(f"./{WHEELS}/")


def install_source(installed: Distribution | None = None, extra: str = "site") -> InstallSource:
    """Say how a knowledge base gets this program, from how it was installed here.

    Args:
        installed: the distribution; this program's own by default.
        extra: what to install with it: a site engine.
    """
    try:
        installed = installed or distribution(DISTRIBUTION)
    except PackageNotFoundError:
        return _from_source("VERSION", extra)
    origin = json.loads(installed.read_text("direct_url.json") or "{}")
    if "vcs_info" in origin and not origin["url"].startswith("file:"):
        return _from_repository(origin, extra)
    if not _is_whole(installed):
        return _from_source(installed.version, extra)
    name, content = _pack(installed)
    return InstallSource(_requirement_of(name, extra), {f"{WHEELS}/{name}": content})


def _from_repository(origin: Mapping[str, Any], extra: str) -> InstallSource:
    parts = urlsplit(origin["url"])
    user, _, host = parts.netloc.rpartition("@")
    left_out = bool(user) and not _NO_SECRET.fullmatch(user)
    url = urlunsplit(parts._replace(netloc=host) if left_out else parts)
    folder = origin.get("subdirectory")
    requirement = (
        f"{DISTRIBUTION}[{extra}] @ {origin['vcs_info']['vcs']}+{url}"
        f"@{origin['vcs_info']['commit_id']}" + (f"#subdirectory={folder}" if folder else "")
    )
    return InstallSource(requirement, {}, left_out=left_out)


def _from_source(version: str, extra: str) -> InstallSource:
    """Name the wheel that must be built: an editable installation has no files to pack."""
    name = f"{DISTRIBUTION.replace('-', '_')}-{version}-py3-none-any.whl"
    return InstallSource(
        _requirement_of(name, extra), {}, clone=Path(generator.__file__).parents[1]
    )


def _requirement_of(wheel: str, extra: str) -> str:
    return f"./{WHEELS}/{wheel}[{extra}]"


def _is_whole(installed: Distribution) -> bool:
    """Say whether the running program is the installed one, and not a source elsewhere."""
    running = Path(generator.__file__)
    listed = {file.as_posix() for file in installed.files or ()}
    here = Path(str(installed.locate_file("generator/__init__.py")))
    return "generator/__init__.py" in listed and here.resolve() == running.resolve()


def _pack(installed: Distribution) -> tuple[str, bytes]:
    """Pack the installed files into a wheel; return its name and its bytes."""
    names = [file.as_posix() for file in installed.files or ()]
    [metadata] = [name for name in names if re.fullmatch(r"[^/]+\.dist-info/METADATA", name)]
    folder = metadata.removesuffix("METADATA")
    packed = {
        name: Path(str(installed.locate_file(name))).read_bytes()
        for name in sorted(names, key=lambda name: (name.startswith(folder), name))
        if _belongs(name, folder)
    }
    packed[f"{folder}RECORD"] = _record(packed, f"{folder}RECORD")
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        for name, content in packed.items():
            entry = zipfile.ZipInfo(name, _TIME)
            entry.external_attr = 0o100644 << 16
            archive.writestr(entry, content, zipfile.ZIP_DEFLATED)
    return f"{folder.removesuffix('.dist-info/')}-py3-none-any.whl", stream.getvalue()


def _belongs(name: str, folder: str) -> bool:
    """Say whether an installed file comes from the wheel and is not a script or data file."""
    if name.startswith(folder):
        return bool(_METADATA.fullmatch(name.removeprefix(folder)))
    return name.startswith("generator/") and "__pycache__" not in name


def _record(packed: Mapping[str, bytes], own_name: str) -> bytes:
    """List the files of a wheel with their hashes; the list itself has none."""
    lines = []
    for name, content in packed.items():
        digest = base64.urlsafe_b64encode(hashlib.sha256(content).digest()).rstrip(b"=").decode()
        lines.append(f"{name},sha256={digest},{len(content)}\n")
    return "".join([*lines, f"{own_name},,\n"]).encode()
