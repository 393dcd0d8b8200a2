"""What a command that nobody has to trust may do, and how the kernel is told so.

The supervisor uses these modules before it starts a command, so they need only the standard
library and import quickly.
"""

from __future__ import annotations

import json
from typing import NamedTuple

PROCESSES = 256
"""How many processes and threads a command may have."""


class Account(NamedTuple):
    """The user and the group that a command runs as."""

    uid: int
    gid: int


class Sandbox(NamedTuple):
    """What a command may do.

    Attributes:
        writable: folders that it may read and write.
        readable: files, folders and sockets that it may read or connect to, besides `SYSTEM`.
        ports: TCP ports that it may connect to. With any, it shares the machine's network.
        account: what it runs as; None for the caller's account.
        namespaces: whether it gets its own root folder, processes, network and shared memory.
        processes: how many processes and threads it may have.
    """

    writable: tuple[str, ...] = ()
    readable: tuple[str, ...] = ()
    ports: tuple[int, ...] = ()
    account: Account | None = None
    namespaces: bool = False
    processes: int = PROCESSES

    def text(self) -> str:
        """Return it as text, for the supervisor's command line."""
        return json.dumps(self._asdict())

    @classmethod
    def parse(cls, text: str) -> Sandbox:
        """Read what `text` returned."""
        found = json.loads(text)
        account = Account(*found.pop("account")) if found["account"] else found.pop("account")
        lists = {name: tuple(value) for name, value in found.items() if isinstance(value, list)}
        return cls(account=account, **{**found, **lists})


SYSTEM = (
    "/usr", "/bin", "/sbin", "/lib", "/lib32", "/lib64", "/libx32", "/etc", "/opt",
    "/nix", "/gnu", "/run/current-system", "/home/linuxbrew/.linuxbrew",
)  # fmt: skip
"""Folders of programs and their settings, which every command may read."""

DEVICES = ("/dev/null", "/dev/zero", "/dev/full", "/dev/random", "/dev/urandom", "/dev/tty")
"""Devices that every command may use."""
