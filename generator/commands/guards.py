"""What keeps a sandboxed command from doing harm on this machine, and what does not."""

from __future__ import annotations

import functools
import os
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

from generator.commands import processes
from generator.commands.sandbox import PROCESSES, Sandbox, landlock


class Guard(NamedTuple):
    """One thing that a sandboxed command cannot do.

    Attributes:
        name: a word for it, which tests use.
        keeps: what the command does or cannot do, as the end of a sentence.
        by: what the kernel does that with; empty where nothing does.
        missing: why it is missing, or what it leaves open.
    """

    name: str
    keeps: str
    by: str
    missing: str = ""


@functools.cache
def namespaces_missing() -> str:
    """Return why commands get no namespaces here; empty where they do."""
    if sys.platform != "linux":
        return "this is not Linux"
    tried = processes.run(
        ["true"], Path("/"), {"PATH": os.defpath}, 10.0, sandbox=Sandbox(namespaces=True)
    )
    if tried.exit == 0:
        return ""
    said = tried.output.strip().rpartition("] ")[2] or f"exit code {tried.exit}"
    return f"the system allows no namespaces ({said})"


def namespaces() -> bool:
    """Whether commands get namespaces here."""
    return not namespaces_missing()


def guards(*, own_account: bool, as_root: bool) -> Iterator[Guard]:
    """Yield each guard, whether it is active here or not.

    Args:
        own_account: whether a command runs under an account that nothing else runs under.
        as_root: whether it runs as root, because there is no other account for it.
    """
    version = landlock.version() if sys.platform == "linux" else 0
    why = namespaces_missing()
    spaces = "" if why else "namespaces"
    account = "an account of its own" if own_account else ""
    files = "Landlock" if version else ""
    ports = f"Landlock {version}" if version >= landlock.PORTS else ""
    scopes = f"Landlock {version}" if version >= landlock.SCOPES else ""
    limited = "" if as_root else "resource limits"

    def guard(name: str, keeps: str, by: Sequence[str], otherwise: str) -> Guard:
        active = ", ".join(filter(None, by))
        return Guard(name, keeps, active, "" if active else f"{why}; {otherwise}".strip("; "))

    none = "this kernel has no Landlock"
    cannot = "Landlock has nothing against it"
    older = f"this kernel has Landlock {version}; version {{}} can do it"
    what = "its scratch folder and what it needs"
    services = "but those of services that it needs"
    yield guard("write", "writes only in its scratch folder", (spaces, files), none)
    yield guard("read", f"reads only system folders, {what}", (spaces, files), none)
    yield guard("modes", "changes no mode, owner or time of other files", (spaces, account), cannot)
    yield guard("tcp", f"connects to no TCP port {services}", (spaces, ports), older.format(landlock.PORTS))  # fmt: skip
    yield guard("network", "reaches no network in any other way", (spaces,), "UDP is open")
    yield guard("sockets", f"reaches no Unix socket {services}", (spaces,), cannot)
    yield guard("signals", "signals no other process", (spaces, scopes, account), older.format(landlock.SCOPES))  # fmt: skip
    yield guard("memory", "leaves nothing in shared memory", (spaces,), "that of System V is open")
    yield guard("outlive", "leaves no process behind, even if it kills what watches over it", (spaces, scopes, account), "at the end of `prove`, everything that is found ends")  # fmt: skip
    yield Guard("processes", f"has at most {PROCESSES} processes and threads", limited, "" if limited else "no limit holds for root, and there is no other account")  # fmt: skip
