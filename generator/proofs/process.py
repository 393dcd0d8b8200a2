"""One command, run so that it ends in time, prints what fits, and leaves nothing behind."""

from __future__ import annotations

import contextlib
import os
import selectors
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from generator.proofs import supervisor

_KEEP = 256 * 1024  # bytes of the beginning and of the end that are kept for judging
_MOST = 32 * 1024 * 1024  # bytes after which a command is stopped
_GRACE = 5.0  # seconds that the supervisor has to end everything


@dataclass(frozen=True, slots=True)
class Finished:
    """How a command ended.

    Attributes:
        exit: its exit code; 128 and the signal's number where a signal ended it.
        output: what it printed, standard output and error as they came; the middle of a very
            long output is left out.
        seconds: how long it ran.
        stopped: why it was stopped; empty when it ended by itself.
    """

    exit: int
    output: str
    seconds: float
    stopped: str = ""


def run(
    command: Sequence[str],
    folder: Path,
    environment: Mapping[str, str],
    writable: Sequence[Path],
    timeout: float,
    stop: threading.Event,
) -> Finished:
    """Run a command to its end.

    Args:
        command: the program and its arguments.
        folder: where it runs.
        environment: all variables that it sees.
        writable: folders that it may write to, where the kernel can keep it from others.
        timeout: seconds after which it is stopped.
        stop: set by another thread to stop it.
    """
    began = time.monotonic()
    process = subprocess.Popen(
        [sys.executable, "-I", supervisor.__file__, str(os.getpid()), *map(str, writable), "--", *command],
        cwd=folder, env=dict(environment), stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE, stderr=subprocess.STDOUT, start_new_session=True,
    )  # fmt: skip
    try:
        output, stopped = _read(process, began + timeout, timeout, stop)
    finally:
        _end(process)
    return Finished(process.returncode, output, time.monotonic() - began, stopped)


def _read(
    process: subprocess.Popen[bytes], limit: float, timeout: float, stop: threading.Event
) -> tuple[str, str]:
    """Read the output until the command has ended, or must be ended; return it and why."""
    assert process.stdout is not None
    pipe = process.stdout.fileno()
    os.set_blocking(pipe, False)
    head, tail, size = bytearray(), bytearray(), 0
    with selectors.DefaultSelector() as selector:
        selector.register(pipe, selectors.EVENT_READ)
        while True:
            if stop.is_set():
                return _joined(head, tail, size), "interrupted"
            if time.monotonic() > limit:
                return _joined(head, tail, size), f"no end after {timeout:g} s"
            if not selector.select(0.05):
                continue
            chunk = os.read(pipe, 1 << 16)
            if not chunk:
                return _joined(head, tail, size), ""
            size += len(chunk)
            room = _KEEP - len(head)
            head += chunk[: max(room, 0)]
            tail = (tail + chunk[max(room, 0) :])[-_KEEP:]
            if size > _MOST:
                return _joined(head, tail, size), f"printed more than {_MOST // 1024**2} MiB"


def _joined(head: bytearray, tail: bytearray, size: int) -> str:
    left_out = size - len(head) - len(tail)
    middle = f"\n[... {left_out} bytes left out ...]\n".encode() if left_out else b""
    return bytes(head + middle + tail).decode("utf-8", "replace").replace("\0", "\ufffd")


def _end(process: subprocess.Popen[bytes]) -> None:
    """Tell the supervisor to end everything; end the group itself when it does not."""
    with contextlib.suppress(ProcessLookupError):
        process.terminate()
    try:
        process.wait(_GRACE)
    except subprocess.TimeoutExpired:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()
    if process.stdout is not None:
        process.stdout.close()
