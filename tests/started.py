"""Starts `runbooks` in a tenth of the time: a process that has imported all of it forks for each command.

A command has an own process, folder, environment and streams, as one that a shell starts. What it imports, and
when, shows `test_start_up.py`, which starts a Python for each.
"""

from __future__ import annotations

import array
import atexit
import contextlib
import gc
import importlib
import json
import os
import pkgutil
import re
import shutil
import socket
import subprocess
import sys
import tempfile
import threading
import time
from functools import cache
from pathlib import Path
from typing import Any

COMMAND = [sys.executable, "-m", "generator"]

# What commands import when they need it, besides the modules of the package.
_ALSO = ("jinja2.ext", "lxml.etree", "mkdocs.commands.build", "material.plugins.search.plugin", "pygal",
         "pygments.lexers", "pymdownx.superfences", "rich.markdown")  # fmt: skip
_STREAMS = 3


def run(
    command: list[str], cwd: Path | None, environment: dict[str, str], timeout: float
) -> subprocess.CompletedProcess[str]:
    """Run `runbooks` with nothing to read, as `subprocess.run` does; return what it says.

    Args:
        command: the command that starts a Python for it.
        cwd: its folder; None for that of the tests.
        environment: its environment variables.
        timeout: how many seconds it may take.

    Raises:
        subprocess.TimeoutExpired: it took longer, and was ended.
    """
    assert command[: len(COMMAND)] == COMMAND
    arguments = command[len(COMMAND) :]
    with (
        Path(os.devnull).open("rb") as given,
        tempfile.TemporaryFile() as out,
        tempfile.TemporaryFile() as err,
        _server().connect() as line,
    ):
        asked = json.dumps([arguments, str(cwd or Path.cwd()), environment]).encode()
        streams = array.array("i", [stream.fileno() for stream in (given, out, err)])
        line.sendmsg(
            [len(asked).to_bytes(4, "big")], [(socket.SOL_SOCKET, socket.SCM_RIGHTS, streams)]
        )
        line.sendall(asked)
        pid = int.from_bytes(_exactly(line, 4), "big")
        line.settimeout(timeout)
        try:
            code = int.from_bytes(_exactly(line, 4), "big", signed=True)
        except TimeoutError:
            os.kill(pid, 9)
            raise subprocess.TimeoutExpired(command, timeout) from None
        said = []
        for stream in (out, err):
            stream.seek(0)
            said.append(re.sub("\r\n?", "\n", stream.read().decode("utf-8", "replace")))
    return subprocess.CompletedProcess(command, code, *said)


class _Server:
    """The process that forks; it ends when the process of the tests does."""

    def __init__(self) -> None:
        path = os.pathsep.join(filter(None, sys.path))
        self._process = subprocess.Popen(
            [sys.executable, "-m", "tests.started"], cwd=Path(__file__).parents[1],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, env={**os.environ, "PYTHONPATH": path},
        )  # fmt: skip
        assert self._process.stdout
        self._address = self._process.stdout.readline().decode().rstrip("\n")
        assert self._address, "the process that forks could not begin"

    def connect(self) -> socket.socket:
        line = socket.socket(socket.AF_UNIX)
        line.connect(self._address)
        return line

    def close(self) -> None:
        assert self._process.stdin
        assert self._process.stdout
        self._process.stdin.close()
        self._process.stdout.close()
        self._process.wait()


@cache
def _server() -> _Server:
    server = _Server()
    atexit.register(server.close)
    return server


def _exactly(line: socket.socket, size: int) -> bytes:
    found = b""
    while len(found) < size:
        more = line.recv(size - len(found))
        assert more, "the process that forks has ended"
        found += more
    return found


def _import_all() -> None:
    import generator

    modules = pkgutil.walk_packages(generator.__path__, "generator.")
    for name in (
        *(module.name for module in modules if module.name != "generator.__main__"),
        *_ALSO,
    ):
        with contextlib.suppress(ImportError):  # it needs what is not installed here
            importlib.import_module(name)


def serve() -> None:
    """Fork for each command that is asked for, until standard input ends."""
    _import_all()
    gc.collect()
    gc.freeze()
    listening = socket.socket(socket.AF_UNIX)
    folder = tempfile.mkdtemp(prefix="runbooks-tests-")
    listening.bind(f"{folder}/line")
    listening.listen()
    parent = os.getpid()
    print(f"{folder}/line", flush=True)
    if os.fork() == 0:  # a second process, so that no thread is there where it forks
        sys.stdin.buffer.read()
        shutil.rmtree(folder)
        os.kill(parent, 15)
        os._exit(0)
    while True:
        line, _ = listening.accept()
        if os.fork() == 0:
            listening.close()
            _answer(line)
        line.close()
        with contextlib.suppress(ChildProcessError):
            while os.waitpid(-1, os.WNOHANG)[0]:
                pass


def _answer(line: socket.socket) -> None:
    size, streams, *_ = socket.recv_fds(line, 4, _STREAMS)
    asked = json.loads(_exactly(line, int.from_bytes(size, "big")))
    pid = os.fork()
    if pid == 0:
        line.close()
        for number, stream in enumerate(streams):
            os.dup2(stream, number)
            os.close(stream)
        _command(*asked)
    line.sendall(pid.to_bytes(4, "big"))
    code = os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])
    line.sendall(code.to_bytes(4, "big", signed=True))
    os._exit(0)


def _command(arguments: list[str], cwd: str, environment: dict[str, str]) -> None:
    os.chdir(cwd)
    os.environ.clear()
    os.environ.update(environment)
    time.tzset()
    sys.argv = ["runbooks", *arguments]
    code: Any = 0
    try:
        from generator.cli import main

        main()
    except SystemExit as ended:
        code = ended.code
    finally:
        # As Python ends, less the time that it takes to forget everything.
        threading._shutdown()  # type: ignore[attr-defined]
        atexit._run_exitfuncs()
        for stream in (sys.stdout, sys.stderr):
            stream.flush()
    os._exit(code if isinstance(code, int) else code is not None)


if __name__ == "__main__":
    serve()
