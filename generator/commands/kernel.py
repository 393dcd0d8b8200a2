"""System calls of Linux that the standard library does not have."""

from __future__ import annotations

import ctypes
import os

_LIBRARY = ctypes.CDLL(None, use_errno=True)

PR_SET_PDEATHSIG = 1
PR_CAPBSET_DROP = 24
PR_SET_CHILD_SUBREAPER = 36
PR_SET_NO_NEW_PRIVS = 38
PR_CAP_AMBIENT, PR_CAP_AMBIENT_CLEAR_ALL = 47, 4


def call(name: str, *arguments: object) -> int:
    """Call a function of the C library.

    Raises:
        OSError: it failed, or this system does not have it.
    """
    try:
        function = getattr(_LIBRARY, name)
    except AttributeError:
        raise OSError(f"this system has no {name}") from None
    result: int = function(*arguments)
    if result < 0:
        number = ctypes.get_errno()
        raise OSError(number, os.strerror(number), name)
    return result


def system_call(number: int, *arguments: object) -> int:
    """Make a system call by its number. Numbers above 423 are the same on every architecture.

    Raises:
        OSError: it failed, or the kernel does not have it.
    """
    return call("syscall", number, *arguments)


def prctl(option: int, value: int, *more: int) -> bool:
    """Set an attribute of this process; return whether the kernel has it."""
    rest = [ctypes.c_ulong(n) for n in (value, *more, 0, 0, 0)][:4]
    return bool(_LIBRARY.prctl(option, *rest) == 0)
