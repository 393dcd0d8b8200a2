"""nginx: the program, which a proof starts with its own configuration.

What goes wrong with a proxy stands in its configuration, so there is no server that proofs could
share. One that a proof starts is as closed as the proof: it runs in the proof's sandbox, and with
namespaces in the proof's own network.
"""

from __future__ import annotations

from pathlib import Path

from generator.proofs.services.base import Need, Provided, Workspace
from generator.proofs.services.programs import Programs, find


class Nginx:
    """Provides the nginx that is installed on the machine."""

    def __init__(self, scratch: Path) -> None:
        """Take a scratch folder, as every service."""
        self._scratch = scratch
        self._programs: dict[str, Programs] = {}

    def start(self, need: Need) -> None:
        """Find the program."""
        self._programs[need.version] = find(
            ("nginx",), need, "nginx", "nginx-light", self._scratch, ask="-v"
        )

    def open(self, need: Need, workspace: Workspace) -> Provided:  # noqa: ARG002
        """Put the program on the PATH of one proof."""
        programs = self._programs[need.version]
        return Provided(
            {"PATH": str(programs.folder)},
            {"nginx": programs.version},
            {},
            programs.readable,
        )

    def close(self) -> None:
        """Nothing runs between proofs."""
