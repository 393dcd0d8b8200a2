"""The license of each package that the product may run with: `python -m tests.licenses` writes LICENSES.md."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache
from importlib.metadata import Distribution, distributions

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from tests.beds import BEDS, ROOT
from tests.lock import LOCKS, RUNTIME_EXTRAS, Lock, everything, pins

FILE = ROOT / "LICENSES.md"
ALLOWED = {
    "Apache-2.0",
    "BSD-2-Clause",
    "BSD-3-Clause",
    "ISC",
    "MIT",
    "MIT-0",
    "MPL-2.0",  # asks for the source of changes to its own files
    "PSF-2.0",
}
"""Licenses that any package may have."""

ALLOWED_FOR = {"pygal": "LGPL-3.0-or-later"}
"""Packages with another license: only extras bring them, and nothing imports them without one."""

# What older metadata says, as the identifiers of SPDX.
_NAMES = {
    "Apache Software License": "Apache-2.0",
    "GNU Lesser General Public License v3 or later (LGPLv3+)": "LGPL-3.0-or-later",
    "ISC License (ISCL)": "ISC",
    "MIT License": "MIT",
    "Mozilla Public License 2.0 (MPL 2.0)": "MPL-2.0",
}
# "BSD License" names several licenses, and some name none. These were read in the packages themselves.
_READ = {
    "colorama": "BSD-3-Clause",
    "docutils": "BSD-2-Clause",  # and public domain; what has the GPL is not in the package
    "google-re2": "BSD-3-Clause",
    "jinja2": "BSD-3-Clause",
    "pyromark": "MIT",
}
# These run on other systems only, so they are not installed here. Their licenses were read in the packages, too.
_ELSEWHERE = {"httpx2-jsfetch": "BSD-3-Clause", "pywin32": "PSF-2.0"}
_HEADER = """\
# Licenses

incident-runbooks has the [MIT license](LICENSE). It brings along no other package: pip installs these beside it, the
packages of the core always, the others only with an extra. `make licenses` writes this table from their metadata.

| Package | Version | License | Installed with |
| --- | --- | --- | --- |
"""


def declared(package: Distribution) -> str:
    """Return the license that a package declares, as an SPDX expression where it says so."""
    metadata = package.metadata
    classifiers = metadata.get_all("Classifier") or []
    said = [one.rpartition(" :: ")[2] for one in classifiers if one.startswith("License ::")]
    known = [_NAMES[one] for one in said if one in _NAMES]
    read = _READ.get(canonicalize_name(package.name))
    return (
        metadata.get("License-Expression")
        or " AND ".join(known)
        or read
        or metadata.get("License")
        or "?"
    )


def is_allowed(name: str, expression: str) -> bool:
    """Say whether a package may have a license: one of several that it offers, all that it combines."""
    allowed = {*ALLOWED, ALLOWED_FOR.get(name)}
    return any(
        all(part.strip("() ") in allowed for part in one.split(" AND "))
        for one in expression.split(" OR ")
    )


@cache
def installed() -> dict[tuple[str, str], Distribution]:
    """Return the packages of this environment and of the beds, by name and version."""
    places = [str(path) for bed in BEDS.values() for path in bed.folder.glob("lib/*/site-packages")]
    found = [*distributions(path=places), *distributions()]
    return {(canonicalize_name(one.name), one.version): one for one in found}


def closure(requirements: Iterable[str]) -> set[str]:
    """Return the names of the packages that requirements bring on this machine, with all that these need."""
    pinned, packages = pins(), installed()
    found: set[str] = set()
    waiting = [(Requirement(text), "") for text in requirements]
    while waiting:
        wanted, extra = waiting.pop()
        name = canonicalize_name(wanted.name)
        if wanted.marker and not wanted.marker.evaluate({"extra": extra}):
            continue
        package = packages.get((name, pinned.get(name, "")))
        if package and (name not in found or wanted.extras):
            needs = [Requirement(text) for text in package.requires or ()]
            waiting += [(need, more) for need in needs for more in (*wanted.extras, "")]
        found.add(name)
    return found


def table() -> str:
    """Return LICENSES.md as it should be.

    Raises:
        KeyError: a package is not installed in the version that is pinned: `make test` installs all.
    """
    packages, pinned = installed(), pins()
    core = everything(LOCKS["light"])
    brought = {extra: closure(Lock("", (extra,)).requirements()) for extra in RUNTIME_EXTRAS}
    lines = []
    for name in sorted(everything(LOCKS["runtime"])):
        extras = [f"`{extra}`" for extra in RUNTIME_EXTRAS if name in brought[extra]]
        why = "always" if name in core else ", ".join(extras)
        if name in _ELSEWHERE:
            lines.append(f"| {name} | {pinned[name]} | {_ELSEWHERE[name]} | another system |\n")
            continue
        one = packages[name, pinned[name]]
        lines.append(f"| {one.name} | {one.version} | {declared(one)} | {why} |\n")
    return _HEADER + "".join(lines)


if __name__ == "__main__":
    FILE.write_text(table(), "utf-8")
