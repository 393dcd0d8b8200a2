"""Kills commands that write, at random moments: what they write is the old or the new, never half.

Only the process itself is killed, as by a machine that runs out of memory: what it has started must
notice that alone.
"""

from __future__ import annotations

import json
import os
import random
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

import yaml

_PATIENCE = 60
_RUN = (sys.executable, "-m", "generator")
_MARK = "RUNBOOKS_KILLED"
_RULES = "groups:\n  - name: g\n    rules:\n" + "".join(
    f"      - alert: {name}\n        expr: up == 0\n" for name in ("DiskFull", "Other") * 40
)
Files = dict[str, bytes]


@dataclass(frozen=True)
class Killed:
    """A command that is killed.

    Attributes:
        name: the command.
        arguments: its arguments.
        change: makes the state number N from which it starts.
        output: returns what it writes, without what may differ between two runs.
        sound: says whether an output is whole where it cannot be compared, as a record with its times.
    """

    name: str
    arguments: tuple[str, ...]
    change: Callable[[Path, int], None]
    output: Callable[[Path], Files]
    sound: Callable[[Files], bool] | None = None


@dataclass
class Killings:
    """What came of killing a command.

    Attributes:
        name: the command.
        kills: how often it was killed before its end.
        ended: how often it was faster.
        old: how often the output was the old one.
        new: how often it was the new one.
        wrong: what was not as it must be.
    """

    name: str
    kills: int = 0
    ended: int = 0
    old: int = 0
    new: int = 0
    wrong: list[str] = field(default_factory=list)


def knowledge_base(root: Path) -> Path:
    """Write a small knowledge base with a proof, checks and an alert; return its root."""
    incident = {
        "title": "Writes fail", "severity": "SEV3", "root_cause": "The disk was full.", "fix": "Remove files.",
        "symptom": {"description": "Every write fails.", "alerts": ["DiskFull"], "evidence": "proved", "proof": "holds"},
        "verification": "Writes work.",
        "proofs": [{"id": "holds", "shows": "symptom", "description": "It holds.", "run": "sleep 0.2; echo shown",
                    "expect": {"contains": "shown"}, "needs": []}],
        "checks": [{"id": f"c{n}", "check": "Look.", "phase": "before", "run": "sleep 0.1; echo seen", "risk": "read-only",
                    "expect": {"contains": "seen"}} for n in range(3)],
    }  # fmt: skip
    folder = root / "incidents/disk"
    (folder / "proofs/holds").mkdir(parents=True)
    (folder / "incident.yaml").write_text(yaml.safe_dump(incident), "utf-8")
    (root / "mkdocs.yml").write_text("site_name: x\nsite_url: https://kb.example/\ntheme: {name: material, font: false}\nplugins: [runbooks]\n", "utf-8")  # fmt: skip
    (root / "docs").mkdir()
    (root / "docs/index.md").write_text("# x\n", "utf-8")
    (root / "rules.yaml").write_text(_RULES, "utf-8")
    (root / "records").mkdir()
    for number in range(12):
        (root / f"up-{number}.md").write_text(f"# Outage {number}\n\n## Root cause\n\nIt was {number}.\n", "utf-8")  # fmt: skip
    return root


def _files(folder: Path) -> Files:
    paths = (path for path in folder.rglob("*") if path.is_file())
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in paths}


def _title(root: Path, number: int) -> None:
    path = root / "incidents/disk/incident.yaml"
    incident = yaml.safe_load(path.read_bytes())
    incident["title"] = f"Writes fail, state {number % 2}"
    path.write_text(yaml.safe_dump(incident), "utf-8")


def _rules(root: Path, number: int) -> None:
    (root / "rules.yaml").write_text(f"# {number % 2}\n{_RULES}", "utf-8")


def _no_drafts(root: Path, number: int) -> None:
    for folder in (root / "incidents").glob("outage-*"):
        shutil.rmtree(folder)


def _no_records(root: Path, number: int) -> None:
    for path in (root / "records").glob("*"):
        path.unlink()


def _site(root: Path) -> Files:
    return {name: content for name, content in _files(root / "site").items() if not name.startswith("sitemap")}  # fmt: skip


def _record(root: Path) -> Files:
    return {n: c for n, c in _files(root / "incidents/disk/proofs").items() if n == "record.json"}


def _whole_records(files: Files) -> bool:
    """Records hold times, so no two are alike: each is whole JSON, or none is there."""
    for name, content in files.items():
        if name.endswith(".json"):
            json.loads(content)
    return True


def _visible(folder: str) -> Callable[[Path], Files]:
    def output(root: Path) -> Files:
        return {n: c for n, c in _files(root / folder).items() if not n.startswith(".")}

    return output


COMMANDS = (
    Killed("build", ("build",), _title, _site),
    Killed("prove", ("prove", "--trust"), lambda root, number: None, _record, _whole_records),
    Killed("checklist run", ("checklist", "run", "--all", "--yes", "--trust", "--record-dir", "records"),
           _no_records, _visible("records"), _whole_records),
    Killed("run", ("run", "disk", "--yes", "--trust", "--record-dir", "records"),
           _no_records, _visible("records"), _whole_records),
    Killed("coverage --write", ("coverage", "--write", "rules.yaml"), _rules, lambda root: {"rules.yaml": (root / "rules.yaml").read_bytes()}),
    Killed("import", ("import", *(f"up-{n}.md" for n in range(12))), _no_drafts, _visible("incidents")),
)  # fmt: skip


class _Place:
    """A knowledge base, a temporary folder and an environment of its own, to see what is left."""

    def __init__(self, folder: Path) -> None:
        self.root = knowledge_base(folder / "kb")
        self.temporary = folder / "tmp"
        self.temporary.mkdir()
        self.temporary.chmod(0o755)
        self.mark = f"{_MARK}={folder.name}-{os.getpid()}"
        name, _, value = self.mark.partition("=")
        folders = {"TMPDIR": self.temporary, "XDG_STATE_HOME": folder / "state", "XDG_CACHE_HOME": folder / "cache"}  # fmt: skip
        self.environment = {**os.environ, name: value, **{n: str(path) for n, path in folders.items()}}  # fmt: skip
        self.environment["PYTHONPATH"] = str(Path(__file__).parents[2])

    def start(self, command: Killed) -> subprocess.Popen[bytes]:
        return subprocess.Popen([*_RUN, *command.arguments], cwd=self.root, env=self.environment,
                                stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)  # fmt: skip

    def processes(self) -> list[str]:
        """Return the processes that have the environment, or work in the folders."""
        found = []
        for folder in Path("/proc").glob("[0-9]*"):
            try:
                marked = self.mark.encode() in (folder / "environ").read_bytes()
                inside = (folder / "cwd").resolve().is_relative_to(self.root.parent)
                if marked or inside:
                    found.append((folder / "cmdline").read_bytes().replace(b"\0", b" ").decode("utf-8", "replace"))  # fmt: skip
            except OSError:
                continue
        return found

    def left(self) -> set[str]:
        """Return the temporary files and folders beside the output, and in the temporary folder."""
        beside = {str(p.relative_to(self.root)) for p in self.root.rglob(".*") if ".cache" not in p.parts or ".runbooks-new" in p.name}  # fmt: skip
        mine = {".cache", ".runbooks-site", ".nojekyll", ".gitignore"}
        return {name for name in beside if Path(name).name not in mine} | {p.name for p in self.temporary.iterdir()}  # fmt: skip


def kill(command: Killed, times: int, seed: int) -> Killings:
    """Kill a command a number of times at random moments."""
    rng = random.Random(f"{seed}:{command.name}")
    done = Killings(command.name)
    with tempfile.TemporaryDirectory(prefix="kills-", dir="/tmp") as folder:
        Path(folder).chmod(0o755)
        place = _Place(Path(folder))
        wholes: list[Files] = []
        took = 0.0
        for number in (0, 1):
            command.change(place.root, number)
            began = time.monotonic()
            place.start(command).wait()
            took = time.monotonic() - began
            wholes.append(command.output(place.root))
        assert wholes[-1], f"{command.name} writes nothing"
        for number in range(times):
            command.change(place.root, number)
            before = command.output(place.root)
            process = place.start(command)
            time.sleep(rng.uniform(0, took * 1.1))
            done.ended += process.poll() is not None
            done.kills += process.poll() is None
            process.send_signal(signal.SIGKILL)
            process.wait()
            _judge(command, place, before, wholes, done)
        _no_process(place, done)
        command.change(place.root, 1)
        if place.start(command).wait() not in (0, 1):
            done.wrong.append("the next run fails")
        for name in sorted(place.left()):
            done.wrong.append(f"left after the next run: {name}")
    return done


def _judge(command: Killed, place: _Place, before: Files, wholes: list[Files], done: Killings) -> None:  # fmt: skip
    after = command.output(place.root)
    if after == before:
        done.old += 1
    elif command.sound is not None:
        try:
            command.sound(after)
            done.new += 1
        except ValueError as error:
            done.wrong.append(f"half a record: {error}")
    elif after in wholes:
        done.new += 1
    elif command.name == "import" and all(after[n] == wholes[-1].get(n) for n in after):
        done.new += 1  # each draft is whole; those that were not reached are missing
    else:
        done.wrong.append(f"neither old nor new: {sorted(n for n in after if after[n] != wholes[-1].get(n))[:5]}")  # fmt: skip
    _no_process(place, done)


def _no_process(place: _Place, done: Killings) -> None:
    """Wait for what must notice by itself that the command is gone."""
    limit = time.monotonic() + _PATIENCE
    while left := place.processes():
        if time.monotonic() > limit:
            done.wrong.append(f"still running: {left}")
            return
        time.sleep(0.05)


def main(times: int, seed: int) -> int:
    """Kill all commands, N times together; print a table; return the exit code."""
    print(f"seed {seed}", flush=True)
    print("| command | killed | was faster | old | new | wrong |\n|---|---|---|---|---|---|", flush=True)  # fmt: skip
    wrong: list[str] = []
    for command in COMMANDS:
        done = kill(command, -(-times // len(COMMANDS)), seed)
        wrong += [f"{done.name}: {what}" for what in done.wrong]
        print(f"| {done.name} | {done.kills} | {done.ended} | {done.old} | {done.new} | {len(done.wrong)} |", flush=True)  # fmt: skip
    print("\n".join(wrong))
    return 1 if wrong else 0
