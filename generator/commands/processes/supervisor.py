"""Runs one command so that none of its processes outlives it.

The runner starts this file as a separate process, in a separate session:

    python -I supervisor.py RUNNER-PID [OPTION]... WRITABLE-FOLDER... -- COMMAND

    --as=UID:GID      run the command under another account
    --grace=SECONDS   if it must end early, send SIGTERM first, and kill it that much later
    --unconfined      let it write wherever its user may

It becomes the parent of every process that the command leaves, and ends them all when the command
ends, when it is told to stop, or when the runner itself is gone. On Linux, it also prevents the
command from writing outside the given folders (Landlock, Linux 5.13 and later). It uses only the
standard library, so that it starts at once.
"""

from __future__ import annotations

import ctypes
import os
import signal
import struct
import sys
import time

_PR_SET_PDEATHSIG = 1
_PR_SET_NO_NEW_PRIVS = 38
_PR_SET_CHILD_SUBREAPER = 36

# From Linux's uapi/linux/landlock.h. The numbers of these system calls are the same everywhere.
_LANDLOCK_CREATE_RULESET = 444
_LANDLOCK_ADD_RULE = 445
_LANDLOCK_RESTRICT_SELF = 446
_LANDLOCK_RULE_PATH_BENEATH = 1
_WRITE_FILE, _REFER, _TRUNCATE = 1 << 1, 1 << 13, 1 << 14
_REMOVE_AND_MAKE = sum(1 << bit for bit in range(4, 13))
_DEVICES = ("/dev/null", "/dev/zero", "/dev/full", "/dev/tty", "/dev/shm", "/dev/pts")  # noqa: S108


def main(arguments: list[str]) -> int:
    """Run the command and return its exit code; 128 and the signal's number if one ended it."""
    split = arguments.index("--")
    # An argument, because a runner that is killed at once may be gone before `getppid`.
    runner = int(arguments[0])
    options = dict(a.partition("=")[::2] for a in arguments[1:split] if a.startswith("--"))
    folders = [a for a in arguments[1:split] if not a.startswith("--")]
    writable = None if "--unconfined" in options else folders
    command = arguments[split + 1 :]
    _prctl(_PR_SET_CHILD_SUBREAPER, 1)
    stopping: list[bool] = []
    signal.signal(signal.SIGTERM, lambda *_: stopping.append(True))
    signal.signal(signal.SIGINT, lambda *_: stopping.append(True))
    child = os.fork()
    if child == 0:
        _become(options.get("--as", ""), writable, command)
    status = None
    while status is None and not stopping and os.getppid() == runner:
        try:
            ended, code = os.waitpid(-1, os.WNOHANG)
        except ChildProcessError:
            break
        if ended == child:
            status = code
        elif ended == 0:
            # A short sleep is simpler than waiting for signals, and cheap.
            time.sleep(0.005)
    if status is None:
        _ask_to_end(child, float(options.get("--grace") or 0), stopping)
    _end_all(child)
    if status is None:
        return 128 + signal.SIGTERM
    return os.waitstatus_to_exitcode(status) if os.WIFEXITED(status) else 128 + os.WTERMSIG(status)


def _become(user: str, writable: list[str] | None, command: list[str]) -> None:
    """Turn this process, a fork, into the command, in its own process group."""
    try:
        os.setpgid(0, 0)
        if user:
            uid, gid = (int(part) for part in user.split(":"))
            os.setgroups([])
            os.setgid(gid)
            os.setuid(uid)
        _prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
        # Python ignores the last two; a program that writes to a closed pipe must end by the signal.
        for number in (signal.SIGTERM, signal.SIGINT, signal.SIGPIPE, signal.SIGXFSZ):
            signal.signal(number, signal.SIG_DFL)
        if writable is not None:
            _confine(writable)
        os.execvp(command[0], command)  # noqa: S606
    except BaseException as error:
        os.write(2, f"cannot run {command[0]}: {error}\n".encode())
    finally:
        os._exit(127)


def _ask_to_end(child: int, grace: float, stopping: list[bool]) -> None:
    """Ask the command's group to end, and wait for a while.

    After a second request to stop, it does not wait any longer.
    """
    if not grace:
        return
    _signal_group(child, signal.SIGTERM)
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
    """End every process below this one, also those in new sessions."""
    # The group first: without /proc, nothing else can be found.
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
        # Their orphans become children of this process, and end in the next round.
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
        ctypes.CDLL(None).prctl(option, value, 0, 0, 0)


def _confine(writable: list[str]) -> None:
    """Remove the right to write outside some folders, if the kernel supports that."""
    if sys.platform != "linux":
        return
    call = ctypes.CDLL(None, use_errno=True).syscall
    version = call(_LANDLOCK_CREATE_RULESET, None, 0, 1)
    if version < 1:
        return
    handled = _WRITE_FILE | _REMOVE_AND_MAKE
    handled |= _REFER if version >= 2 else 0
    handled |= _TRUNCATE if version >= 3 else 0
    attributes = struct.pack("Q", handled)
    ruleset = call(_LANDLOCK_CREATE_RULESET, attributes, len(attributes), 0)
    if ruleset < 0:
        return
    for path in (*writable, *_DEVICES):
        try:
            folder = os.open(path, os.O_PATH | os.O_CLOEXEC)
        except OSError:
            continue
        allowed = handled if os.path.isdir(path) else handled & (_WRITE_FILE | _TRUNCATE)  # noqa: PTH112
        beneath = struct.pack("=Qi", allowed, folder)
        call(_LANDLOCK_ADD_RULE, ruleset, _LANDLOCK_RULE_PATH_BENEATH, beneath, 0)
        os.close(folder)
    _prctl(_PR_SET_NO_NEW_PRIVS, 1)
    call(_LANDLOCK_RESTRICT_SELF, ruleset, 0)
    os.close(ruleset)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
