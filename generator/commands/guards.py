"""The guards of a sandbox, and which of them are active on this machine."""

from __future__ import annotations

import functools
import os
import sys
from collections.abc import Callable, Iterator, Sequence
from typing import NamedTuple

from generator.commands.sandbox import PROCESSES, Sandbox, landlock


class Guard(NamedTuple):
    """One limit of a command in a sandbox.

    Attributes:
        name: its name, for tests.
        keeps: the end of a sentence that begins with "a proof".
        by: the mechanisms that enforce it; empty if it is missing.
        missing: why it is missing.
    """

    name: str
    keeps: str
    by: str
    missing: str = ""


@functools.cache
def namespaces_missing() -> str:
    """Return why commands get no namespaces on this machine; empty if they do."""
    if sys.platform != "linux":
        return "this is not Linux"
    from generator.commands.sandbox import namespaces as namespaces_of

    come, go = os.pipe()
    child = os.fork()  # takes a tenth of the time that a new interpreter takes
    if child == 0:
        _try_namespaces(go, namespaces_of.begin, namespaces_of.enter)
    os.close(go)
    with os.fdopen(come, encoding="utf-8") as answer:
        why = answer.read()
    os.waitpid(child, 0)
    return f"the system allows no namespaces ({why})" if why else ""


def _try_namespaces(
    answer: int, begin: Callable[[], None], enter: Callable[[Sandbox], None]
) -> None:
    """Enter namespaces in this process, a fork, and write why that is not possible."""
    try:
        begin()
        inner = os.fork()
        if inner == 0:
            enter(Sandbox())
        else:
            os.waitpid(inner, 0)
    except BaseException as error:
        os.write(answer, (str(error).rpartition("] ")[2] or type(error).__name__).encode())
    finally:
        os._exit(0)


def namespaces() -> bool:
    """Whether commands get namespaces on this machine."""
    return not namespaces_missing()


def guards(*, own_account: bool, as_root: bool) -> Iterator[Guard]:
    """Yield each guard, active or missing.

    Args:
        own_account: whether a command runs as an account that nothing else uses.
        as_root: whether it runs as root, because no other account is possible.
    """
    version = landlock.version() if sys.platform == "linux" else 0
    why = namespaces_missing()
    spaces = "" if why else "namespaces"
    account = "its own account" if own_account else ""
    files = "Landlock" if version else ""
    ports = f"Landlock {version}" if version >= landlock.PORTS else ""
    scopes = f"Landlock {version}" if version >= landlock.SCOPES else ""
    limited = "" if as_root else "resource limits"

    def guard(name: str, keeps: str, by: Sequence[str], otherwise: str) -> Guard:
        active = ", ".join(filter(None, by))
        return Guard(name, keeps, active, "" if active else f"{why}; {otherwise}".strip("; "))

    none = "this kernel has no Landlock"
    cannot = "Landlock cannot prevent it"
    older = f"this kernel has Landlock {version}; version {{}} is needed"
    what = "its scratch folder and what it needs"
    services = "but those of services that it needs"
    yield guard("write", "writes only in its scratch folder", (spaces, files), none)
    yield guard("read", f"reads only system folders, {what}", (spaces, files), none)
    yield guard("modes", "changes no mode, owner or time of other files", (spaces, account), cannot)
    yield guard("tcp", f"connects to no TCP port {services}", (spaces, ports), older.format(landlock.PORTS))  # fmt: skip
    yield guard("network", "reaches no network in any other way", (spaces,), "UDP is not limited")
    yield guard("sockets", f"reaches no Unix socket {services}", (spaces,), cannot)
    yield guard("signals", "signals no other process", (spaces, scopes, account), older.format(landlock.SCOPES))  # fmt: skip
    yield guard(
        "memory",
        "leaves nothing in shared memory",
        (spaces,),
        "System V shared memory is not limited",
    )
    yield guard("outlive", "leaves no process behind, even if it kills its supervisor", (spaces, scopes, account), "`prove` kills what it finds at its end")  # fmt: skip
    yield Guard("processes", f"has at most {PROCESSES} processes and threads", limited, "" if limited else "limits do not apply to root, and no other account is possible")  # fmt: skip
