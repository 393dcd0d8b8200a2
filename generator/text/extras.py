"""Optional packages: what is missing, and the command that installs it.

The command names the packages, not an extra of this distribution, so it works however this
distribution was installed (from an index, a clone, a deleted wheel), and in the current environment.
"""

from __future__ import annotations

import importlib.util
import shlex
import sys
from pathlib import Path

DISTRIBUTION = "incident-runbooks"
"""The name of this distribution."""


class NotInstalled(Exception):
    """A package that a feature needs is missing. The message has the feature and the command to install it."""

    def __init__(self, feature: str, extra: str) -> None:
        super().__init__(
            f"{feature} needs a package that is not installed: {install_command(extra)}"
        )


def packages(extra: str) -> list[str]:
    """Return the requirements of an extra on this machine, as for pip: `["mkdocs<2,>=1.6"]`.

    Args:
        extra: a key of `[project.optional-dependencies]`.

    Returns:
        Nothing if the package runs without being installed, because it has no metadata.
    """
    # Slow to import, and nearly nothing asks for this.
    from importlib.metadata import PackageNotFoundError, requires

    from packaging.requirements import Requirement

    try:
        listed = [Requirement(text) for text in requires(DISTRIBUTION) or ()]
    except PackageNotFoundError:
        return []
    return [
        f"{one.name}{one.specifier}"
        for one in listed
        if one.marker and one.marker.evaluate({"extra": extra}) and not one.marker.evaluate()
    ]


def install_command(extra: str) -> str:
    """Return the command that installs the packages of an extra.

    Args:
        extra: a key of `[project.optional-dependencies]`.
    """
    # Never the name of this distribution: it is on no index, so anybody could register it.
    wanted = shlex.join(packages(extra) or [f"{Path(__file__).parents[2]}[{extra}]"])
    where = sys.prefix.replace("\\", "/")
    if "/pipx/venvs/" in where:
        return f"pipx inject {DISTRIBUTION} {wanted}"
    if "/uv/tools/" in where:
        return f"uv pip install --python {shlex.quote(sys.executable)} {wanted}"
    return f"{shlex.quote(sys.executable)} -m pip install {wanted}"


def is_installed(module: str) -> bool:
    """Return whether a module can be imported, without importing it."""
    return importlib.util.find_spec(module) is not None
