"""Runs a target in a process of its own, with limits, and keeps the inputs that fail."""

from __future__ import annotations

import json
import mmap
import multiprocessing
import os
import resource
import signal
import struct
import tempfile
import time
import traceback
import warnings
from dataclasses import dataclass, field
from pathlib import Path
from types import FrameType
from typing import Any

from tests.fuzz.targets import Target, Use

SECONDS = 5.0
"""How much time of a processor one input may take."""

MEMORY = 1 << 30
"""How much memory a process may use."""

_ADDRESSES = MEMORY + MEMORY // 5
_STUCK = 60.0
_MINIMIZING = 3.0
_ENOUGH = 20


class TooSlow(BaseException):
    """An input takes too long; not an Exception, so that nothing takes it for another error."""


@dataclass
class Result:
    """What a target did.

    Attributes:
        name: of the target.
        inputs: how many it got.
        seconds: how long that took.
        slowest: the most processor time that one input took.
        memory: the most memory that the process had.
        failures: for each kind of failure, the number of its first input and what was said.
    """

    name: str
    inputs: int = 0
    seconds: float = 0.0
    slowest: float = 0.0
    memory: int = 0
    failures: dict[str, tuple[int, str]] = field(default_factory=dict)

    def add(self, part: dict[str, Any]) -> None:
        """Add what one process did."""
        self.inputs += part["inputs"]
        self.slowest = max(self.slowest, part["slowest"])
        self.memory = max(self.memory, part["memory"])
        for kind, found in part["failures"].items():
            self.failures.setdefault(kind, tuple(found))


def fuzz(target: Target, seed: int, seconds: float, keep: Path, first: int = 0) -> Result:
    """Give a target inputs for some seconds.

    Args:
        target: the target.
        seed: what the inputs depend on, besides their number.
        seconds: how long.
        keep: the folder for inputs that fail.
        first: the number of the first input.
    """
    result = Result(target.name)
    began = time.monotonic()
    target.input(seed, 0)  # reads the corpus here, once
    number = first
    context: Any = multiprocessing.get_context("fork")
    # At least once: a machine that is busy may need longer than that to begin.
    while (left := seconds - (time.monotonic() - began)) > 0 or number == first:
        shared = mmap.mmap(-1, 16)
        shared.write(struct.pack("qd", number, time.monotonic()))
        receive, send = context.Pipe(duplex=False)
        process = context.Process(target=_work, args=(target, seed, number, left, keep, shared, send))  # fmt: skip
        process.start()
        send.close()
        part = None
        while part is None and (process.is_alive() or receive.poll()):
            if receive.poll(0.2):
                try:
                    part = json.loads(receive.recv_bytes())
                except EOFError:
                    break
            at, since = struct.unpack("qd", shared[:16])
            if time.monotonic() - since > _STUCK * 4:
                process.kill()
        process.join()
        if part is None:
            at, _ = struct.unpack("qd", shared[:16])
            kind = f"ended the process ({process.exitcode})"
            _keep(keep, target, at, target.input(seed, at), kind)
            result.failures.setdefault(kind, (at, kind))
            result.inputs += at - number + 1
            number = at + 1
        else:
            result.add(part)
            number += part["inputs"]
    result.seconds = time.monotonic() - began
    return result


def _work(target: Target, seed: int, number: int, seconds: float, keep: Path, shared: mmap.mmap, send: Any) -> None:  # fmt: skip
    """Work through inputs in this process until the time is over, and send what happened."""
    # What a process has before it begins depends on who begins it, such as a worker of pytest.
    pages, resident = map(int, Path("/proc/self/statm").read_text("ascii").split()[:2])
    most = pages * resource.getpagesize() + _ADDRESSES
    resource.setrlimit(resource.RLIMIT_AS, (most, most))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    signal.signal(signal.SIGPROF, _too_slow)
    warnings.simplefilter("error")  # Python would print it, with a line of our code
    failures: dict[str, tuple[int, str]] = {}
    slowest, first, counts = 0.0, number, 0
    with tempfile.TemporaryDirectory(prefix="fuzz-") as folder:
        use = target.prepare(Path(folder))
        end = time.monotonic() + seconds
        while (now := time.monotonic()) < end or number == first:
            shared[:16] = struct.pack("qd", number, now)
            content = target.input(seed, number)
            before = time.process_time()
            kind, said = attempt(use, content)
            slowest = max(slowest, time.process_time() - before)
            if kind:
                counts += 1
                if kind not in failures:
                    shared[:16] = struct.pack("qd", number, time.monotonic())
                    _keep(keep, target, number, smaller(use, content, kind), said)
                    failures[kind] = (number, said)
                if counts >= _ENOUGH * 50 or len(failures) >= _ENOUGH:
                    number += 1
                    break
            number += 1
    most_resident = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024
    memory = max(0, most_resident - resident * resource.getpagesize())
    if memory > MEMORY:
        failures["too much memory"] = (number - 1, f"{memory:,} bytes")
    report = {"inputs": number - first, "slowest": slowest, "memory": memory, "failures": failures}
    send.send_bytes(json.dumps(report).encode())
    send.close()
    os._exit(0)


def _too_slow(number: int, frame: FrameType | None) -> None:
    raise TooSlow


def attempt(use: Use, content: bytes) -> tuple[str, str]:
    """Use an input; return the kind of failure and all that is known about it, or nothing."""
    signal.setitimer(signal.ITIMER_PROF, SECONDS)
    try:
        use(content)
    except (TooSlow, Exception) as error:
        signal.setitimer(signal.ITIMER_PROF, 0)
        frames = traceback.extract_tb(error.__traceback__)
        own = [f for f in frames if "/generator/" in f.filename] or list(frames)
        where = f"{own[-1].filename.rpartition('/generator/')[2]}:{own[-1].name}"
        if isinstance(error, TooSlow):  # where it is then is chance
            return "TooSlow", f"longer than {SECONDS:.0f} s\n{traceback.format_exc()}"
        return f"{type(error).__name__} in {where}", traceback.format_exc()
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0)
    return "", ""


def smaller(use: Use, content: bytes, kind: str) -> bytes:
    """Return the smallest part of an input, found in a few seconds, that fails in the same way."""
    end = time.monotonic() + _MINIMIZING
    size = len(content) // 2
    while size and time.monotonic() < end:
        at = 0
        while at < len(content) and time.monotonic() < end:
            less = content[:at] + content[at + size :]
            if attempt(use, less)[0] == kind:
                content = less
            else:
                at += size
        size //= 2
    return content


def _keep(folder: Path, target: Target, number: int, content: bytes, said: str) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    (folder / f"{target.name}-{number}").write_bytes(content)
    (folder / f"{target.name}-{number}.txt").write_text(said, "utf-8", errors="replace")
