"""Puts the limits of a sandbox upon the process that is about to become the command."""

from __future__ import annotations

import sys

from generator.commands.sandbox import DEVICES, SYSTEM, Sandbox, landlock, limits


def confine(sandbox: Sandbox) -> None:
    """Give up what the sandbox does not allow. A guard that the kernel does not have is left out.

    Raises:
        OSError: the kernel has the guard, and refuses it.
    """
    processes = sandbox.processes
    if not sandbox.namespaces:
        # Here the kernel counts all processes of the account, and not only those of the sandbox.
        processes += limits.running(sandbox.account)
    limits.limit(processes)
    limits.become(sandbox.account)
    if sys.platform == "linux":
        _close_the_rest(sandbox)


def _close_the_rest(sandbox: Sandbox) -> None:
    if sandbox.namespaces:
        # The root folder holds nothing else, and shared memory is its own.
        readable: tuple[str, ...] = ("/",)
        writable = (*sandbox.writable, *DEVICES, "/dev/shm")
    else:
        readable = (*SYSTEM, "/proc", *sandbox.readable)
        writable = (*sandbox.writable, *DEVICES)
    own_network = sandbox.namespaces and not sandbox.ports
    landlock.restrict(readable, writable, None if own_network else sandbox.ports)
