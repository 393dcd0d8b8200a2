"""Limits what a command can do.

The supervisor imports these modules before it starts a command, so they use only the standard
library and import quickly.
"""

from __future__ import annotations

import json
from typing import NamedTuple

PROCESSES = 256
"""How many processes and threads a command can have."""


class Account(NamedTuple):
    """The user and the group that a command runs as."""

    uid: int
    gid: int


class Sandbox(NamedTuple):
    """What a command can do.

    Attributes:
        writable: folders that it can read and write.
        readable: files, folders and sockets that it can read or connect to, besides `SYSTEM`.
        ports: TCP ports that it can connect to. If there are any, it uses the machine's network.
        account: the account to run it as; None is the caller's account.
        namespaces: whether it has its own root folder, processes, network and shared memory.
        processes: how many processes and threads it can have.
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
"""Folders of programs and their settings, which every command can read."""

DEVICES = ("/dev/null", "/dev/zero", "/dev/full", "/dev/random", "/dev/urandom", "/dev/tty")
"""Devices that every command can use."""
