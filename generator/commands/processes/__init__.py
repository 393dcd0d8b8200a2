"""Runs one command with limits on its time and output, and ends every process that it started."""

from __future__ import annotations

import contextlib
import os
import selectors
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from generator.commands.processes import supervisor

MOST = 32 * 1024 * 1024
"""Bytes of output after which a command is stopped."""
INTERRUPTED = "interrupted"
"""Why a command was stopped: somebody interrupted it."""

_KEEP = 256 * 1024  # bytes of the beginning and of the end that are kept to compare
_GRACE = 5.0  # seconds that the supervisor has to end everything, after the command's own grace


@dataclass(frozen=True, slots=True)
class FinishedCommand:
    """How a command ended.

    Attributes:
        exit: its exit code; 128 and the signal's number if a signal ended it.
        output: what it printed on standard output and error, in order; the middle of a very
            long output is left out.
        seconds: how long it ran.
        stopped: why it was stopped; empty if it ended by itself.
    """

    exit: int
    output: str
    seconds: float
    stopped: str = ""


def run(
    command: Sequence[str],
    folder: Path,
    environment: Mapping[str, str],
    timeout: float,
    *,
    writable: Sequence[Path] | None = None,
    stop: threading.Event | None = None,
    on_output: Callable[[bytes], None] = lambda _: None,
    on_tick: Callable[[float], None] = lambda _: None,
    keep: int = _KEEP,
    grace: float = 0.0,
) -> FinishedCommand:
    """Run a command to its end.

    An interrupt (`KeyboardInterrupt`) stops the command and is not raised: `stopped` says so, and
    the output until then is kept.

    Args:
        command: the program and its arguments.
        folder: where it runs.
        environment: all variables that it sees.
        timeout: seconds after which it is stopped.
        writable: folders that it may write to, if the kernel can enforce that; None lets it write
            wherever the user may.
        stop: set by another thread to stop it.
        on_output: called with its output as it arrives.
        on_tick: called several times a second with the seconds that it has run.
        keep: how many bytes of the beginning and of the end of its output are kept.
        grace: seconds that it gets to clean up after it is asked to end, before it is killed.

    Raises:
        OSError: the folder is missing.
    """
    began = time.monotonic()
    limits = [f"--grace={grace}", *(["--unconfined"] if writable is None else [])]
    process = subprocess.Popen(
        [sys.executable, "-I", supervisor.__file__, str(os.getpid()), *limits, *map(str, writable or ()), "--", *command],
        cwd=folder, env=dict(environment), stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE, stderr=subprocess.STDOUT, start_new_session=True,
    )  # fmt: skip
    reader = _Reader(process, keep, on_output)
    try:
        stopped = reader.read(began, timeout, stop or threading.Event(), on_tick)
    except KeyboardInterrupt:
        stopped = INTERRUPTED
    finally:
        if _end(process, grace):
            stopped = INTERRUPTED
        reader.rest()
        process.stdout.close()  # type: ignore[union-attr]
    return FinishedCommand(process.returncode, reader.output(), time.monotonic() - began, stopped)


class _Reader:
    """Reads what a process prints, and keeps its beginning and its end."""

    def __init__(
        self, process: subprocess.Popen[bytes], keep: int, on_output: Callable[[bytes], None]
    ) -> None:
        assert process.stdout is not None
        self._pipe = process.stdout.fileno()
        self._keep = keep
        self._on_output = on_output
        self._head, self._tail, self._size = bytearray(), bytearray(), 0
        os.set_blocking(self._pipe, False)

    def read(
        self, began: float, timeout: float, stop: threading.Event, on_tick: Callable[[float], None]
    ) -> str:
        """Read until the command has ended, or must be stopped; return why."""
        with selectors.DefaultSelector() as selector:
            selector.register(self._pipe, selectors.EVENT_READ)
            while True:
                spent = time.monotonic() - began
                on_tick(spent)
                if stop.is_set():
                    return INTERRUPTED
                if spent > timeout:
                    return f"timed out after {timeout:g} s"
                if not selector.select(0.05):
                    continue
                if not self._take():
                    return ""
                if self._size > MOST:
                    return f"printed more than {MOST // 1024**2} MiB"

    def rest(self) -> None:
        """Take what the command printed while it was being stopped."""
        with contextlib.suppress(OSError):
            while self._size <= MOST and self._take():
                pass

    def _take(self) -> bool:
        chunk = os.read(self._pipe, 1 << 16)
        self._size += len(chunk)
        room = max(self._keep - len(self._head), 0)
        self._head += chunk[:room]
        if len(chunk) > room:
            self._tail = (self._tail + chunk[room:])[-self._keep :]
        if chunk:
            self._on_output(chunk)
        return bool(chunk)

    def output(self) -> str:
        """Return what was kept, as text."""
        left_out = self._size - len(self._head) - len(self._tail)
        middle = f"\n[... {left_out} bytes left out ...]\n".encode() if left_out else b""
        text = bytes(self._head + middle + self._tail).decode("utf-8", "replace")
        return text.replace("\0", "\ufffd")


def _end(process: subprocess.Popen[bytes], grace: float) -> bool:
    """Tell the supervisor to end everything; if it does not, kill its group.

    Returns:
        Whether somebody interrupted this, so that it must not wait any longer.
    """
    limit = time.monotonic() + _GRACE + grace
    interrupted = False
    while True:
        try:
            # After a second signal, the supervisor grants no more grace.
            with contextlib.suppress(ProcessLookupError):
                process.terminate()
            process.wait(max(limit - time.monotonic(), 0))
        except KeyboardInterrupt:
            interrupted = True
        except subprocess.TimeoutExpired:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)
            process.wait()
            return interrupted
        else:
            return interrupted
