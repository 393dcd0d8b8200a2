"""Runs what is measured: each a process of its own, begun from nothing, with all that it starts."""

from __future__ import annotations

import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parents[2]

# What is measured is a copy: a change of the code makes every cache useless, and somebody may be
# working on it while this runs.
CODE = Path(tempfile.gettempdir()) / f"runbooks-bench-code-{os.getpid()}"

_LIMIT = 3600
_EVERY = 0.1  # seconds between two looks at the memory


class Failed(Exception):
    """Something could not be measured; says why in one line."""


@dataclass(frozen=True)
class Run:
    """One process and all that it started.

    Attributes:
        seconds: on the clock.
        cpu: CPU seconds.
        megabytes: the most memory that all of them had at the same time.
        output: what it printed.
        amount: how much it did: pages, or MB.
    """

    seconds: float
    cpu: float = 0
    megabytes: float = 0
    output: str = ""
    amount: float = 1

    @property
    def milliseconds_each(self) -> float:
        return 1000 * self.cpu / self.amount

    @property
    def rate(self) -> float:
        return self.amount / self.cpu


@contextmanager
def copied_code(checkout: Path = ROOT) -> Iterator[None]:
    """Copy what is measured, compiled, and remove the copy at the end."""
    ignored = shutil.ignore_patterns("__pycache__")
    try:
        for name in ("generator", "templates"):
            shutil.copytree(checkout / name, CODE / name, ignore=ignored)
        shutil.copytree(ROOT / "tests" / "bench", CODE / "tests" / "bench", ignore=ignored)
        subprocess.run([sys.executable, "-m", "compileall", "-q", CODE], check=False)
        yield
    finally:
        shutil.rmtree(CODE, ignore_errors=True)


def environment() -> dict[str, str]:
    path = os.pathsep.join(filter(None, [str(CODE), os.environ.get("PYTHONPATH", "")]))
    return {**os.environ, "PYTHONPATH": path, "NO_MKDOCS_2_WARNING": "1"}


def run(*command: str | Path, cwd: Path) -> Run:
    """Run Python and measure it.

    Raises:
        Failed: it failed; with the last line that it said.
    """
    return run_program(sys.executable, *command, cwd=cwd)


def run_program(*command: str | Path, cwd: Path) -> Run:
    """Run a program and measure it.

    Raises:
        Failed: it is missing, or it failed; with the last line that it said.
    """
    words = [str(word) for word in command]
    name = Path(words[0]).name
    with tempfile.TemporaryFile("w+", errors="replace") as output:
        began = time.perf_counter()
        try:
            process = subprocess.Popen(
                words, cwd=cwd, env=environment(), stdin=subprocess.DEVNULL, stdout=output, stderr=output
            )  # fmt: skip
        except FileNotFoundError:
            raise Failed(f"{name} is not installed") from None
        except OSError as error:
            raise Failed(f"{name} cannot run: {error.strerror}") from None
        with _watching(process) as most:
            try:
                _, status, usage = os.wait4(process.pid, 0)
            except BaseException:
                process.kill()
                raise
            seconds = time.perf_counter() - began
        process.returncode = os.waitstatus_to_exitcode(status)
        output.seek(0)
        text = output.read()
    if process.returncode:
        said = text.strip().splitlines()
        # A table that is committed names no folder of this machine.
        reason = re.sub(r"(?<![\w.+-])(?:/[\w.+-]+)+/", "", said[-1])[:200] if said else ""
        raise Failed(f"exit code {process.returncode}{reason and ': ' + reason}")
    # What the system says about a process begins with the memory of the process that started it.
    memory = max(most) or usage.ru_maxrss / 1024
    return Run(seconds, usage.ru_utime + usage.ru_stime, memory, text)


@contextmanager
def _watching(process: subprocess.Popen[str]) -> Iterator[list[float]]:
    """Look at the memory of a process and its children now and then; end it if it takes too long."""
    most, done = [0.0], threading.Event()
    end = time.monotonic() + _LIMIT

    def look() -> None:
        while not done.wait(_EVERY):
            most.append(sum(map(_megabytes, _family(process.pid))))
            if time.monotonic() > end:
                os.kill(process.pid, signal.SIGKILL)
                return

    thread = threading.Thread(target=look, daemon=True)
    thread.start()
    try:
        yield most
    finally:
        done.set()
        thread.join()


def _family(pid: int) -> Iterator[int]:
    yield pid
    with suppress(OSError):
        for children in Path(f"/proc/{pid}/task").glob("*/children"):
            for child in children.read_text().split():
                yield from _family(int(child))


def _megabytes(pid: int) -> float:
    """Return the memory of a process; of what several share, its part. Not on Linux: nothing."""
    with suppress(OSError):
        if found := re.search(r"^Pss: +(\d+)", Path(f"/proc/{pid}/smaps_rollup").read_text(), re.M):
            return int(found[1]) / 1024
    return 0


@contextmanager
def serving(root: Path) -> Iterator[str]:
    """Run `runbooks serve`, and give its address.

    Raises:
        Failed: it does not serve; with the last line that it said.
    """
    process = subprocess.Popen(
        [sys.executable, "-m", "generator", "serve", "--root", str(root), "--port", "0"],
        cwd=root,
        env=environment(),
        stderr=subprocess.PIPE,
        text=True,
    )
    assert process.stderr
    said, reader = [""], None
    try:
        for line in process.stderr:
            said.append(line.strip())
            if found := re.search(r"Serving on (http://\S+)", line):
                reader = threading.Thread(target=process.stderr.read, daemon=True)
                reader.start()
                yield found[1]
                return
        raise Failed(f"it does not serve: {said[-1]}")
    finally:
        process.send_signal(signal.SIGINT)
        try:
            process.wait(30)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
        if reader:
            reader.join()
        process.stderr.close()


def one_core() -> Sequence[str]:
    """Return the words before a command that keep it on one core.

    Raises:
        Failed: this machine cannot do that.
    """
    if shutil.which("taskset") is None or not hasattr(os, "sched_getaffinity"):
        raise Failed("taskset is not installed")
    return ("taskset", "-c", str(min(os.sched_getaffinity(0))))
