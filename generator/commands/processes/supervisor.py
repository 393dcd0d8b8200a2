"""Runs one command so that nothing of it outlives it.

The runner starts this file as a process of its own, in a session of its own:

    python -I -S supervisor.py RUNNER-PID [OPTION]... -- COMMAND

    --grace=SECONDS   when it must end early, ask it first, and kill it that much later
    --ask=SIGNAL      the signal that asks it; SIGTERM unless given
    --sandbox=JSON    what it can do (generator/commands/sandbox); without it, what the caller can

It becomes the parent of every process that the command leaves behind, and ends them all when the
command ends, when it is told to stop, or when the runner itself is gone. With namespaces, the
kernel ends them even if this process is killed. It uses nothing but the standard library, so
that it starts at once.
"""

from __future__ import annotations

import os
import signal
import sys
import time
from types import ModuleType

if __name__ == "__main__":
    # Import only from the package that this file is part of, not from an installed one.
    sys.modules["generator"] = package = ModuleType("generator")
    package.__path__ = [__file__.rpartition("/commands/")[0]]

from generator.commands import kernel

TYPE_CHECKING = False  # as in `typing`, which takes longer to import
if TYPE_CHECKING:
    from generator.commands.sandbox import Sandbox


def main(arguments: list[str]) -> int:
    """Run the command and return its exit code; 128 and its number when a signal ended it."""
    split = arguments.index("--")
    # Told, not asked: a runner that is killed at once is gone before anybody could ask.
    runner = int(arguments[0])
    options = dict(a.partition("=")[::2] for a in arguments[1:split])
    sandbox = _sandbox(options["--sandbox"]) if "--sandbox" in options else None
    command = arguments[split + 1 :]
    _prctl(kernel.PR_SET_CHILD_SUBREAPER, 1)
    stopping: list[bool] = []
    signal.signal(signal.SIGTERM, lambda *_: stopping.append(True))
    signal.signal(signal.SIGINT, lambda *_: stopping.append(True))
    if sandbox and sandbox.namespaces:
        try:
            _begin_namespaces()
        except OSError as error:
            return _refused(command, error)
    child = os.fork()
    if child == 0:
        _become(sandbox, command)
    status = None
    while status is None and not stopping and os.getppid() == runner:
        try:
            ended, code = os.waitpid(-1, os.WNOHANG)
        except ChildProcessError:
            break
        if ended == child:
            status = code
        elif ended == 0:
            # Told to stop or left alone: a short nap costs less than getting signals right.
            time.sleep(0.005)
    if status is None:
        ask = int(options.get("--ask") or signal.SIGTERM)
        _ask_to_end(child, ask, float(options.get("--grace") or 0), stopping)
    _end_all(child)
    if status is None:
        return 128 + signal.SIGTERM
    return _exit_code(status)


def _sandbox(text: str) -> Sandbox:
    from generator.commands.sandbox import Sandbox

    return Sandbox.parse(text)


def _begin_namespaces() -> None:
    from generator.commands.sandbox import namespaces

    namespaces.begin()


def _refused(command: list[str], error: BaseException) -> int:
    os.write(2, f"cannot run {command[0]}: {error}\n".encode())
    return 127


def _become(sandbox: Sandbox | None, command: list[str]) -> None:
    """Turn this process, a fork, into the command, in a process group of its own."""
    try:
        os.setpgid(0, 0)
        _prctl(kernel.PR_SET_PDEATHSIG, signal.SIGKILL)
        if sandbox and sandbox.namespaces:
            _be_first(sandbox)
        # Python ignores the last two; a program that writes into a closed pipe must end by it.
        for number in (signal.SIGTERM, signal.SIGINT, signal.SIGPIPE, signal.SIGXFSZ):
            signal.signal(number, signal.SIG_DFL)
        if sandbox:
            from generator.commands.sandbox.confine import confine

            confine(sandbox)
            # Changing the account has cleared it.
            _prctl(kernel.PR_SET_PDEATHSIG, signal.SIGKILL)
        os.execvp(command[0], command)  # noqa: S606
    except BaseException as error:
        _refused(command, error)
    finally:
        os._exit(127)


def _be_first(sandbox: Sandbox) -> None:
    """Enter the namespaces and continue in a child; this process ends when the child ends.

    The first process of a process namespace cannot be killed from inside. When it ends, the kernel
    kills all others.
    """
    from generator.commands.sandbox import confine, namespaces  # noqa: F401 - cannot be imported later

    namespaces.enter(sandbox)
    child = os.fork()
    if child == 0:
        return
    while True:
        ended, status = os.waitpid(-1, 0)
        if ended == child:
            os._exit(_exit_code(status))


def _exit_code(status: int) -> int:
    return os.WEXITSTATUS(status) if os.WIFEXITED(status) else 128 + os.WTERMSIG(status)


def _ask_to_end(child: int, ask: int, grace: float, stopping: list[bool]) -> None:
    """Ask the command's group to end, and wait a while until the command has.

    Told to stop a second time, it waits no longer.
    """
    if not grace:
        return
    _signal_group(child, ask)
    limit = time.monotonic() + grace
    while time.monotonic() < limit and len(stopping) < 2:
        try:
            if os.waitpid(-1, os.WNOHANG)[0] == child:
                return
        except ChildProcessError:
            return
        time.sleep(0.005)


def _signal_group(child: int, number: int) -> None:
    try:
        os.killpg(child, number)
    except (ProcessLookupError, PermissionError):
        return


def _end_all(child: int) -> None:
    """End every process below this one, also those that have begun sessions of their own."""
    # The group first: where there is no /proc, it is all that can be found.
    _signal_group(child, signal.SIGKILL)
    for _ in range(200):
        children = _children()
        if not children:
            return
        for pid in children:
            try:
                os.kill(pid, signal.SIGKILL)
            except ProcessLookupError:
                continue
        # What they leave behind becomes this process's child, and is met in the next round.
        while True:
            try:
                if os.waitpid(-1, os.WNOHANG)[0] == 0:
                    break
            except ChildProcessError:
                return
        time.sleep(0.005)


def _children() -> list[int]:
    try:
        with open(f"/proc/self/task/{os.getpid()}/children") as stream:  # noqa: PTH123
            return [int(pid) for pid in stream.read().split()]
    except OSError:
        # No /proc: the command's process group has been ended.
        return []


def _prctl(option: int, value: int) -> None:
    if sys.platform == "linux":
        kernel.prctl(option, value)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
