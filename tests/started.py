"""Starts `runbooks` in a tenth of the time: a process that has imported all of it forks for each command.

A command has an own process, folder, environment and streams, as one that a shell starts. What it imports, and
when, shows `test_start_up.py`, which starts a Python for each.
"""

from __future__ import annotations

import atexit
import multiprocessing
import os
import pkgutil
import re
import subprocess
import sys
import tempfile
import threading
import time
from functools import cache
from pathlib import Path
from typing import Any

import generator

COMMAND = [sys.executable, "-m", "generator"]

# What commands import when they need it, besides the modules of the package; `pytest` is the main module.
_ALSO = ("jinja2.ext", "lxml.etree", "mkdocs.commands.build", "material.plugins.search.plugin", "pygal",
         "pygments.lexers", "pymdownx.superfences", "pytest", "rich.markdown")  # fmt: skip


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
    with tempfile.TemporaryDirectory(prefix="runbooks-tests-") as folder:
        streams = [Path(folder, name) for name in ("stdout", "stderr")]
        arguments = (command[len(COMMAND) :], cwd or Path.cwd(), environment, streams)
        process = _forking().Process(target=_command, args=arguments)
        process.start()
        process.join(timeout)
        if process.exitcode is None:
            process.kill()
            raise subprocess.TimeoutExpired(command, timeout)
        texts = [stream.read_bytes().decode("utf-8", "replace") for stream in streams]
    said = [re.sub("\r\n?", "\n", text) for text in texts]
    return subprocess.CompletedProcess(command, process.exitcode, *said)


@cache
def _forking() -> multiprocessing.context.ForkServerContext:
    context = multiprocessing.get_context("forkserver")
    modules = pkgutil.walk_packages(generator.__path__, "generator.")
    names = [module.name for module in modules if module.name != "generator.__main__"]
    context.set_forkserver_preload([*names, *_ALSO])  # leaves out what is not installed
    return context


def _command(
    arguments: list[str], cwd: Path, environment: dict[str, str], streams: list[Path]
) -> None:
    for number, path in enumerate((Path(os.devnull), *streams)):
        opened = os.open(path, os.O_RDWR | os.O_CREAT)
        os.dup2(opened, number)
        os.close(opened)
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
