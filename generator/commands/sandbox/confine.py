"""Applies a sandbox to the process that becomes the command."""

from __future__ import annotations

import sys

from generator.commands.sandbox import DEVICES, SYSTEM, Sandbox, landlock, limits


def confine(sandbox: Sandbox) -> None:
    """Limit this process to what the sandbox allows. Guards that the kernel does not have are skipped.

    Raises:
        OSError: the kernel has a guard, but refuses it.
    """
    processes = sandbox.processes
    if not sandbox.namespaces:
        # The kernel counts all processes of the account, not only those of the sandbox.
        processes += limits.running(sandbox.account)
    limits.limit(processes)
    limits.become(sandbox.account)
    if sys.platform == "linux":
        _close_the_rest(sandbox)


def _close_the_rest(sandbox: Sandbox) -> None:
    if sandbox.namespaces:
        # The root folder contains nothing else, and shared memory is separate.
        readable: tuple[str, ...] = ("/",)
        writable = (*sandbox.writable, *DEVICES, "/dev/shm")
    else:
        readable = (*SYSTEM, "/proc", *sandbox.readable)
        writable = (*sandbox.writable, *DEVICES)
    own_network = sandbox.namespaces and not sandbox.ports
    landlock.restrict(readable, writable, None if own_network else sandbox.ports)
