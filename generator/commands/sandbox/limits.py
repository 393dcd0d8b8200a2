"""Limits the resources and the privileges of this process."""

from __future__ import annotations

import os
import resource
import sys

from generator.commands import kernel
from generator.commands.sandbox import Account

_FILE = 1 << 30  # bytes of one file
_MEMORY = 4 << 30  # bytes of memory of one process


def become(account: Account | None) -> None:
    """Change to another account, and drop all privileges for this process and its programs."""
    if sys.platform == "linux":
        kernel.prctl(kernel.PR_CAP_AMBIENT, kernel.PR_CAP_AMBIENT_CLEAR_ALL)
        for capability in range(64):
            if not kernel.prctl(kernel.PR_CAPBSET_DROP, capability):
                break  # the kernel has no more, or this process may drop none
    if account:
        os.setgroups([])
        os.setgid(account.gid)
        os.setuid(account.uid)
    if sys.platform == "linux":
        kernel.prctl(kernel.PR_SET_NO_NEW_PRIVS, 1)


def limit(processes: int) -> None:
    """Limit processes, memory and the size of files, and turn off core dumps."""
    limits = (
        (resource.RLIMIT_NPROC, processes),
        (resource.RLIMIT_FSIZE, _FILE),
        (resource.RLIMIT_DATA, _MEMORY),
        (resource.RLIMIT_CORE, 0),
    )
    for kind, most in limits:
        hard = resource.getrlimit(kind)[1]
        value = most if hard == resource.RLIM_INFINITY else min(most, hard)
        resource.setrlimit(kind, (value, value))


def running(account: Account | None) -> int:
    """Return how many processes and threads an account has; None is the account of this process."""
    if not os.path.isdir("/proc/self/task"):
        return 0
    count, uid = 0, account.uid if account else os.getuid()
    for entry in os.scandir("/proc"):
        if entry.name.isdecimal():
            try:
                if entry.stat().st_uid == uid:
                    count += len(os.listdir(f"/proc/{entry.name}/task"))
            except OSError:
                continue
    return count
