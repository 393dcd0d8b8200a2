"""Ends processes whose supervisor was killed."""

from __future__ import annotations

import contextlib
import os
import signal
import sys
import time
from collections.abc import Iterator
from pathlib import Path

from generator.commands import kernel

_ROUNDS = 200


@contextlib.contextmanager
def ended_with_this() -> Iterator[None]:
    """At the end, kill every process that became a child of this one in the meantime.

    Without namespaces and without limits for signals, a command can kill its supervisor. Its other
    processes then become children of the nearest subreaper, which is this process. Do not start
    other processes in the meantime.
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
