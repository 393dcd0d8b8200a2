"""Landlock: limits the files, ports and processes that this process can use (Linux 5.13)."""

from __future__ import annotations

import os
import struct
from collections.abc import Iterable

from generator.commands.kernel import system_call

# Linux's uapi/linux/landlock.h.
_CREATE_RULESET, _ADD_RULE, _RESTRICT_SELF = 444, 445, 446
_PATH_BENEATH, _NET_PORT = 1, 2
_EXECUTE, _WRITE_FILE, _READ_FILE, _READ_DIR = 1 << 0, 1 << 1, 1 << 2, 1 << 3
_REMOVE_AND_MAKE = sum(1 << bit for bit in range(4, 13))
_REFER, _TRUNCATE = 1 << 13, 1 << 14
_CONNECT_TCP = 1 << 1
_SCOPE_ABSTRACT_SOCKETS, _SCOPE_SIGNALS = 1 << 0, 1 << 1

RENAMES, TRUNCATES, PORTS, SCOPES = 2, 3, 4, 6
"""The versions of Landlock that can limit renames, truncation, TCP ports, and signals."""


def version() -> int:
    """Return the kernel's version of Landlock; 0 if it has none."""
    try:
        return system_call(_CREATE_RULESET, None, 0, 1)
    except OSError:
        return 0


def restrict(readable: Iterable[str], writable: Iterable[str], ports: Iterable[int] | None) -> None:
    """Limit this process and its descendants to some paths and ports.

    The process must have set `no_new_privs` before. Without Landlock, this does nothing.

    Args:
        readable: files and folders that it can read and execute.
        writable: files and folders that it can also change.
        ports: TCP ports that it can connect to; None means all.
    """
    offered = version()
    if not offered:
        return
    read = _EXECUTE | _READ_FILE | _READ_DIR
    handled = read | _WRITE_FILE | _REMOVE_AND_MAKE
    handled |= _REFER if offered >= RENAMES else 0
    handled |= _TRUNCATE if offered >= TRUNCATES else 0
    net = _CONNECT_TCP if offered >= PORTS and ports is not None else 0
    scoped = _SCOPE_ABSTRACT_SOCKETS | _SCOPE_SIGNALS if offered >= SCOPES else 0
    attributes = struct.pack("QQQ", handled, net, scoped)
    known = 24 if offered >= SCOPES else 16 if offered >= PORTS else 8
    ruleset = system_call(_CREATE_RULESET, attributes, known, 0)
    for paths, allowed in ((readable, read), (writable, handled)):
        for path in paths:
            _allow(ruleset, path, allowed)
    for port in ports or () if net else ():
        rule = struct.pack("QQ", _CONNECT_TCP, port)
        system_call(_ADD_RULE, ruleset, _NET_PORT, rule, 0)
    system_call(_RESTRICT_SELF, ruleset, 0)
    os.close(ruleset)


def _allow(ruleset: int, path: str, allowed: int) -> None:
    try:
        opened = os.open(path, os.O_PATH | os.O_CLOEXEC)
    except OSError:
        return  # The process cannot open it anyway.
    if not os.path.isdir(path):
        allowed &= _EXECUTE | _READ_FILE | _WRITE_FILE | _TRUNCATE
    try:
        rule = struct.pack("=Qi", allowed, opened)
        system_call(_ADD_RULE, ruleset, _PATH_BENEATH, rule, 0)
    finally:
        os.close(opened)
