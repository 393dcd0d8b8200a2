"""Processes whose supervisor was killed: they become children of this process, and end with it."""

from __future__ import annotations

import contextlib
import os
import signal
import sys
import time
from collections.abc import Iterator
from pathlib import Path

from generator.commands.sandbox import kernel

_ROUNDS = 200


@contextlib.contextmanager
def ended_with_this() -> Iterator[None]:
    """End every process that comes to this one meanwhile, at the end.

    A kernel without namespaces and without limits for signals lets a command kill its supervisor.
    What the command leaves behind then comes to the nearest process that has asked for that.
    Nothing else in this process may start a process meanwhile.
    """
    if sys.platform != "linux":
        yield
        return
    kernel.prctl(kernel.PR_SET_CHILD_SUBREAPER, 1)
    before = _children()
    try:
        yield
    finally:
        for _ in range(_ROUNDS):
            left = _children() - before
            if not left:
                break
            for pid in left:
                with contextlib.suppress(ProcessLookupError, ChildProcessError):
                    os.kill(pid, signal.SIGKILL)
                    os.waitpid(pid, os.WNOHANG)
            time.sleep(0.005)
        kernel.prctl(kernel.PR_SET_CHILD_SUBREAPER, 0)


def _children() -> set[int]:
    """Return the children of all threads of this process."""
    found: set[int] = set()
    for listed in Path("/proc/self/task").glob("*/children"):
        with contextlib.suppress(OSError):
            found.update(map(int, listed.read_text("ascii").split()))
    return found
