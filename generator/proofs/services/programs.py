"""Finds the programs of services: installed on the machine, or unpacked from Debian's packages."""

from __future__ import annotations

import os
import re
import shlex
import shutil
from dataclasses import dataclass
from pathlib import Path

from generator.commands.sandbox import SYSTEM
from generator.proofs.services.base import Need, NotAvailable, reachable, run_tool

# Servers stand where the PATH of a user often does not lead.
_FOLDERS = ("/usr/local/sbin", "/usr/sbin", "/usr/local/bin", "/usr/bin", "/opt/homebrew/bin")


@dataclass(frozen=True, slots=True)
class Programs:
    """Programs that were found together.

    Attributes:
        folder: the folder in which they are.
        readable: what a command in a sandbox must be able to read to run them.
        version: the version of the first one.
    """

    folder: Path
    readable: tuple[Path, ...]
    version: str


def find(
    names: tuple[str, ...], need: Need, title: str, package: str, scratch: Path, ask: str = "--version"
) -> Programs:  # fmt: skip
    """Find programs on the PATH, or where systems put servers.

    Args:
        names: the programs, which stand in one folder.
        need: what the proof needs.
        title: the name of the service in messages and records.
        package: Debian's package that has them.
        scratch: the scratch folder of the run.
        ask: the argument with which the first program prints its version.

    Raises:
        NotAvailable: they are missing, or have another version.
    """
    path = os.pathsep.join((os.environ.get("PATH", os.defpath), *_FOLDERS))
    found = shutil.which(names[0], path=path)
    if found is None:
        raise NotAvailable(f"{title} is missing; Debian's package is {package}: apt-get install {package}")  # fmt: skip
    folder, readable = _with_libraries(Path(found).absolute().parent, names, scratch)
    said = re.search(r"\d+(\.\d+)*", run_tool([folder / names[0], ask], {}))
    version = said[0] if said else "0"
    if not f"{version}.".startswith(f"{need.version}." if need.version else ""):
        raise NotAvailable(f"{title} {need.version} is not installed: {found} has version {version}")  # fmt: skip
    return Programs(folder, readable, version)


def _with_libraries(
    folder: Path, names: tuple[str, ...], scratch: Path
) -> tuple[Path, tuple[Path, ...]]:
    """Return a folder in which the programs run in a sandbox, and what they read.

    A program of the system has its libraries where every command looks. Packages that a user has
    unpacked have them beside the folder of the program, and only the linker's variable leads there.
    """
    if any(folder.is_relative_to(place) for place in SYSTEM):
        return folder, ()
    beside = folder.parent / "lib"
    libraries = [lib for lib in (beside, *beside.glob("*-linux-*")) if next(lib.glob("*.so*"), None)]  # fmt: skip
    programs = reachable(folder, scratch)
    readable = [programs, *(reachable(lib, scratch) for lib in libraries)]
    if not libraries:
        return programs, tuple(readable)
    starters = scratch / f"programs-{names[0]}"
    starters.mkdir(mode=0o755, exist_ok=True)
    searched = shlex.quote(os.pathsep.join(map(str, readable[1:])))
    for name in names:
        if (programs / name).exists():
            script = f'#!/bin/sh\nLD_LIBRARY_PATH={searched} exec {shlex.quote(str(programs / name))} "$@"\n'  # fmt: skip
            (starters / name).write_text(script, "utf-8")
            (starters / name).chmod(0o755)
    return starters, (starters, *readable)
