"""What the tests of `runbooks checklist run` share: a knowledge base, a record, a terminal."""

from __future__ import annotations

import codecs
import errno
import json
import os
import pty
import re
import select
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import Any

import yaml
from jsonschema import Draft202012Validator

from tests import started
from tests.pace import PATIENCE

RUN = [sys.executable, "-m", "generator", "checklist", "run"]
# Unlike any other process of the machine, so that what was left behind is found.
LONG = f"sleep 5{os.getpid()}"


def check(run: str | None = "true", **fields: object) -> dict[str, object]:
    """Return a check that reads only and passes when its command exits with 0."""
    given = {"phase": "before", "check": "It holds", "expect": {"exit": 0}, "risk": "read-only"}
    return {k: v for k, v in ({"run": run, **given} | fields).items() if v is not None}


def base(
    folder: Path, *, parameters: object = (), site_url: str = "", **checks: dict[str, object]
) -> Path:
    """Write a knowledge base with one incident, `x`, that has these checks; return its root."""
    incident = {
        "title": "Nobody can log in", "severity": "SEV2", "symptom": "s", "root_cause": "r",
        "fix": "f", "verification": "v", "parameters": list(parameters),
        "checks": [{"id": name.replace("_", "-"), **each} for name, each in checks.items()],
    }  # fmt: skip
    path = folder / "kb/incidents/x/incident.yaml"
    path.parent.mkdir(parents=True, exist_ok=True)
    site = f"site_url: {site_url}\n" if site_url else ""
    (folder / "kb/mkdocs.yml").write_text(f"site_name: x\n{site}", "utf-8")
    path.write_text(yaml.safe_dump(incident), "utf-8")
    (folder / "app").mkdir(exist_ok=True)
    return folder / "kb"


def arguments(root: Path, *more: str | Path) -> list[str]:
    """Return the command line of a run of all checks, in the folder `app` beside the base."""
    rest = ("--all", "--root", root, "--record-dir", root.parent / "records", *more)
    return [*RUN, *map(str, rest)]


def run(root: Path, *more: str | Path, **environment: str) -> subprocess.CompletedProcess[str]:
    """Run all checks unattended."""
    words = arguments(root, "--yes", *more)
    return started.run(words, root.parent / "app", {**os.environ, **environment}, PATIENCE)


@cache
def _schema() -> Draft202012Validator:
    printed = subprocess.run([*RUN, "--schema"], capture_output=True, check=True).stdout
    Draft202012Validator.check_schema(json.loads(printed))
    return Draft202012Validator(json.loads(printed))


def record_file(root: Path) -> Path:
    """Return the only record that there is."""
    (path,) = (root.parent / "records").glob("*.json")
    return path


def record(root: Path) -> dict[str, Any]:
    """Return the only record that there is, which is as the schema says, with its checks by id."""
    path = record_file(root)
    read: dict[str, Any] = json.loads(path.read_text("utf-8"))
    _schema().validate(read)
    assert path.stat().st_mode & 0o777 == 0o600
    twin = path.with_suffix(".md")
    assert twin.stat().st_mode & 0o777 == 0o600
    read["by_id"] = {each["id"].removeprefix("x/"): each for each in read["checks"]}
    return read


def verdicts(root: Path) -> dict[str, str]:
    """Return the verdict of each check, by its id without the incident's."""
    return {name: each["verdict"] for name, each in record(root)["by_id"].items()}


def left_behind() -> list[str]:
    """Return what still runs of the long command."""
    return subprocess.run(["pgrep", "-f", LONG], capture_output=True, text=True).stdout.split()


_COLOURS = re.compile(r"\x1b\[[0-9;?]*[A-Za-z]")


class Terminal:
    """A program in a terminal of its own, 80 by 24: what it shows, and what is typed.

    Attributes:
        shown: all that it has shown, without colours.
    """

    def __init__(self, command: list[str], folder: Path) -> None:
        self.pid, self._file = pty.fork()
        if self.pid == 0:
            os.chdir(folder)
            os.environ.update(COLUMNS="80", LINES="24", TERM="xterm")
            os.execv(command[0], command)
        self._decoder = codecs.getincrementaldecoder("utf-8")("replace")
        self._raw = ""
        self.shown = ""
        self._from = 0

    def until(self, text: str, limit: float = PATIENCE) -> str:
        """Wait until a text is shown; return everything since the last wait."""
        end = time.monotonic() + limit
        while text not in self.shown[self._from :]:
            assert time.monotonic() < end, f"no {text!r} in:\n{self.shown[self._from :]}"
            if not self._read(0.2):
                assert text in self.shown[self._from :], f"ended without {text!r}:\n{self.shown}"
        begin, self._from = self._from, self.shown.index(text, self._from) + len(text)
        return self.shown[begin : self._from]

    def type(self, text: str = "") -> None:
        """Type a line."""
        os.write(self._file, text.encode() + b"\n")

    def press(self, key: bytes) -> None:
        """Press a key."""
        os.write(self._file, key)

    def ends(self) -> int:
        """Wait for the end; return the exit code."""
        while self._read(30.0):
            pass
        code = os.waitstatus_to_exitcode(os.waitpid(self.pid, 0)[1])
        self.pid = 0
        return code

    def _read(self, wait: float) -> bool:
        """Read what is shown; return False when the program has ended."""
        if not select.select([self._file], [], [], wait)[0]:
            return True
        try:
            chunk = os.read(self._file, 1 << 16)
        except OSError as error:
            if error.errno != errno.EIO:
                raise
            return False
        self._raw += self._decoder.decode(chunk)
        cut = re.search(r"(?:\x1b[^A-Za-z]*|\r)\Z", self._raw)
        end = cut.start() if cut else len(self._raw)
        text, self._raw = self._raw[:end], self._raw[end:]
        self.shown += _COLOURS.sub("", text).replace("\r\n", "\n")
        return bool(chunk)

    def close(self) -> None:
        """End the program when it still runs."""
        if self.pid:
            os.kill(self.pid, signal.SIGKILL)
            os.waitpid(self.pid, 0)
        os.close(self._file)


@contextmanager
def terminal(root: Path, *more: str | Path) -> Iterator[Terminal]:
    """Run all checks in a terminal."""
    opened = Terminal(arguments(root, *more), root.parent / "app")
    try:
        yield opened
    finally:
        opened.close()
