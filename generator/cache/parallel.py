"""Spreads work over the cores by forking, if that is safe; otherwise, one process does it all.

A fork shares all memory, so nothing is copied to a worker, and only its results come back, as JSON.
A worker that fails, dies or stands still returns nothing for the rest of its work: the caller does
that part itself, and gets the error where it can be reported.
"""

from __future__ import annotations

import contextlib
import gc
import json
import logging
import os
import selectors
import signal
import sys
import threading
import warnings
from collections.abc import Callable, Iterator, Sequence
from typing import Any, TypeVar

T = TypeVar("T")

_FEWEST = 40
"""Below this many pieces of work a fork costs more than it saves."""

_SILENT_SECONDS = 60.0
"""So long nothing comes back only if a worker waits for a lock that nobody will open: it is ended."""

_beside_threads = False


def cores() -> int:
    """Return how many processes can run at the same time."""
    try:
        return len(os.sched_getaffinity(0))
    except AttributeError:  # not Linux
        return 1


def can_fork(pieces: int) -> bool:
    """Say whether forking is safe here and worth its cost.

    A fork copies only the current thread, and a lock that another thread holds stays locked in the
    copy forever. So there is no fork while threads run that are not ours (`beside_threads`), nor on
    macOS, whose system libraries do not support it.
    """
    return (
        sys.platform == "linux"
        and pieces >= _FEWEST
        and cores() > 1
        and (_beside_threads or threading.active_count() == 1)
    )


@contextlib.contextmanager
def beside_threads() -> Iterator[None]:
    """Let work be spread while threads run that hold no lock which this work needs.

    The caller knows what its threads do, such as answering with files. If one held such a lock all the
    same, the workers would stand still, and the caller would do their part after a minute.
    """
    global _beside_threads
    _beside_threads = True
    try:
        yield
    finally:
        _beside_threads = False


def do_all(
    work: Callable[[T], Any],
    pieces: Sequence[T],
    prepare: Callable[[], object] = lambda: None,
) -> Iterator[tuple[T, Any]]:
    """Do pieces of work, in several processes if that is safe and pays, else in this one.

    Args:
        work: called with one piece; returns a value that JSON can express, never None.
        pieces: the pieces.
        prepare: called before a fork: what it finds out is not found out again in each process.

    Yields:
        Each piece with its result, in any order.
    """
    done: set[int] = set()
    if can_fork(len(pieces)):
        prepare()
        # The first also imports and compiles what all need, which the processes then share.
        yield pieces[0], work(pieces[0])
        done.add(0)
        for number, value in run_in_processes(work, pieces[1:]):
            done.add(number + 1)
            yield pieces[number + 1], value
    yield from ((piece, work(piece)) for n, piece in enumerate(pieces) if n not in done)


def run_in_processes(work: Callable[[T], Any], pieces: Sequence[T]) -> Iterator[tuple[int, Any]]:
    """Do pieces of work in several processes.

    Args:
        work: called with one piece, in another process; returns a value that JSON can express, or
            None if the caller must do this piece.
        pieces: the pieces; a caller tests `can_fork` first.

    Yields:
        The number of a piece and its result, in any order. Pieces may be missing.
    """
    workers = min(cores(), len(pieces))
    children: dict[int, int] = {}
    # Existing objects are never garbage in a child; if its collector visited them, their memory pages
    # would be copied.
    gc.freeze()
    try:
        with selectors.DefaultSelector() as selector:
            for worker in range(workers):
                reader, writer = os.pipe()
                pid = _fork()
                if pid == 0:  # pragma: no cover - runs in the child
                    os.close(reader)
                    _child(work, pieces, range(worker, len(pieces), workers), writer)
                os.close(writer)
                children[reader] = pid
                selector.register(reader, selectors.EVENT_READ, bytearray())
            while selector.get_map():
                if not (news := selector.select(_SILENT_SECONDS)):
                    break
                for ready, _ in news:
                    descriptor, buffer = ready.fd, ready.data
                    data = os.read(descriptor, 1 << 20)
                    if not data:
                        selector.unregister(descriptor)
                        continue
                    buffer.extend(data)
                    if b"\n" not in data:
                        continue
                    *lines, rest = bytes(buffer).split(b"\n")
                    buffer[:] = rest
                    for line in lines:
                        number, value = json.loads(line)
                        yield number, value
    finally:
        gc.unfreeze()
        for descriptor, pid in children.items():
            os.close(descriptor)
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)  # it has ended, unless the caller gave up
            os.waitpid(pid, 0)


def _fork() -> int:
    with warnings.catch_warnings():
        # Python 3.12 and later warn of any other thread; `can_fork` has judged them.
        warnings.simplefilter("ignore", DeprecationWarning)
        return os.fork()


def _child(
    work: Callable[[T], Any], pieces: Sequence[T], numbers: range, writer: int
) -> None:  # pragma: no cover - runs in the child
    """Work in the child, then exit, without cleaning up or printing anything of the parent."""
    try:
        for stop in (signal.SIGINT, signal.SIGTERM):
            signal.signal(stop, signal.SIG_DFL)
        _mute()
        with os.fdopen(writer, "wb", buffering=1 << 16) as stream:
            for number in numbers:
                with contextlib.suppress(Exception):
                    value = work(pieces[number])
                    if value is not None:
                        stream.write(
                            json.dumps([number, value], ensure_ascii=False).encode() + b"\n"
                        )
    finally:
        os._exit(0)


def _mute() -> None:  # pragma: no cover - runs in the child
    """Remove every log handler: the caller finds and reports the same problems again."""
    for logger in (logging.getLogger(), *logging.Logger.manager.loggerDict.values()):
        if isinstance(logger, logging.Logger):
            logger.handlers.clear()
    logging.lastResort = None
