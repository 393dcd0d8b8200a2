"""Optional packages: what is missing, and the command that installs it here.

The command names the packages themselves and not an extra of this distribution: it works however
this one was installed (from an index, a clone, a wheel that is gone by now), and in the
environment that the reader is in.
"""

from __future__ import annotations

import importlib.util
import shlex
import sys
from importlib.metadata import PackageNotFoundError, requires
from pathlib import Path

from packaging.requirements import Requirement

DISTRIBUTION = "incident-runbooks"
"""The name of this distribution."""


class NotInstalled(Exception):
    """A package that a feature needs is missing. Says which feature, and what installs it."""

    def __init__(self, feature: str, extra: str) -> None:
        super().__init__(
            f"{feature} needs a package that is not installed: {install_command(extra)}"
        )


def packages(extra: str) -> list[str]:
    """Return what an extra asks for on this machine, as pip reads it: `["mkdocs<2,>=1.6"]`.

    Args:
        extra: a key of `[project.optional-dependencies]`.

    Returns:
        Nothing where the package runs without being installed, so that its metadata is missing.
    """
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
    """Return the command that installs an extra's packages beside this one.

    Args:
        extra: a key of `[project.optional-dependencies]`.
    """
    # Never the distribution's own name: no index has it, so that anybody could put something there.
    wanted = shlex.join(packages(extra) or [f"{Path(__file__).parents[2]}[{extra}]"])
    where = sys.prefix.replace("\\", "/")
    if "/pipx/venvs/" in where:
        return f"pipx inject {DISTRIBUTION} {wanted}"
    if "/uv/tools/" in where:
        return f"uv pip install --python {shlex.quote(sys.executable)} {wanted}"
    return f"{shlex.quote(sys.executable)} -m pip install {wanted}"


def is_installed(module: str) -> bool:
    """Say whether a module could be imported; it is not."""
    return importlib.util.find_spec(module) is not None
