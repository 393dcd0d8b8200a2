"""Runs proofs: services first, then each proof in a scratch folder of its own, side by side."""

from __future__ import annotations

import os
import re
import shutil
import sys
import tempfile
import threading
from collections.abc import Callable, Iterable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

from generator.commands import accounts, processes
from generator.commands.expectations import judge
from generator.knowledge.base import KnowledgeBase
from generator.knowledge.loader import INCIDENTS
from generator.knowledge.records import (
    IGNORED,
    PROOFS,
    SHARED,
    TOOLS,
    Outcome,
    Record,
    Run,
    proof_digest,
    read_record,
    statement_digest,
)
from generator.model import Incident, Proof, seconds
from generator.proofs.services import SERVICES, Make, Need, NotAvailable, Service, Workspace
from generator.proofs.services.base import sandbox_in
from generator.text.secrets import mask

_PREFIX = "runbooks-prove-"
_OUTPUT = 4000  # characters of the output that a record keeps
_SHELL = ("bash", "-euo", "pipefail", "-c")


@dataclass(frozen=True, slots=True)
class Job:
    """One proof to run."""

    incident_id: str
    incident: Incident
    proof: Proof


@dataclass(frozen=True, slots=True)
class Result:
    """What came of a job. `scratch` is the folder that was kept, if it was."""

    job: Job
    run: Run
    scratch: Path | None = None


@dataclass(frozen=True)
class Options:
    """How to run proofs.

    Attributes:
        jobs: how many side by side.
        keep: keep the scratch folders.
        cache: where services keep what they installed.
        services: the table of services.
    """

    jobs: int
    keep: bool
    cache: Path
    services: Mapping[str, Make] = field(default_factory=lambda: SERVICES)


def jobs_of(base: KnowledgeBase, ids: Iterable[str]) -> list[Job]:
    """Return the proofs of some incidents, in the order in which they stand."""
    return [
        Job(incident_id, base.incidents[incident_id], proof)
        for incident_id in ids
        for proof in base.incidents[incident_id].proofs
    ]


def prove(
    base: KnowledgeBase,
    jobs: Sequence[Job],
    options: Options,
    now: Callable[[], datetime],
    begun: Callable[[Job], None],
    ended: Callable[[Result], None],
) -> list[Result]:
    """Run proofs and return what came of them, in the order of the jobs.

    Args:
        base: the knowledge base.
        jobs: the proofs to run.
        options: how.
        now: the clock.
        begun: called when a proof begins, from any thread.
        ended: called when one has ended, from any thread.

    Raises:
        KeyboardInterrupt: the caller was interrupted; everything that was started has ended.
    """
    remove_leftovers()
    scratch = accounts.scratch_folder(f"{_PREFIX}{os.getpid()}-", _temporary())
    stop = threading.Event()
    services: dict[str, Service] = {}
    try:
        missing = _start_services(jobs, scratch, options, services)
        runner = _Runner(base, scratch, options, services, missing, stop, now)

        def one(numbered: tuple[int, Job]) -> Result:
            number, job = numbered
            begun(job)
            result = runner.run(number, job)
            ended(result)
            return result

        with ThreadPoolExecutor(max(options.jobs, 1)) as pool:
            try:
                return list(pool.map(one, enumerate(jobs)))
            except BaseException:
                # An interrupt, above all: no proof begins any more, and those that run are ended.
                stop.set()
                pool.shutdown(cancel_futures=True)
                raise
    finally:
        for service in services.values():
            service.close()
        if not options.keep:
            shutil.rmtree(scratch, ignore_errors=True)


def _temporary() -> Path:
    """Return where scratch folders are made: where a server under another account gets through.

    Root's own folder for temporary files may be closed to others, and a server does not run as
    root.
    """
    named = Path(tempfile.gettempdir()).resolve()
    closed = not all(folder.stat().st_mode & 0o001 for folder in (named, *named.parents))
    if closed and os.name == "posix" and os.geteuid() == 0:
        return Path("/tmp")  # noqa: S108 - a folder of a random name is made in it
    return named


def remove_leftovers() -> None:
    """Remove scratch folders of runs that were killed."""
    for path in _temporary().glob(f"{_PREFIX}*"):
        found = re.match(rf"{_PREFIX}(\d+)-", path.name)
        if found and not _alive(int(found[1])):
            shutil.rmtree(path, ignore_errors=True)


def _alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True


def _start_services(
    jobs: Iterable[Job], scratch: Path, options: Options, services: dict[str, Service]
) -> dict[Need, str]:
    """Start what the jobs need; return what cannot be had, with why."""
    missing: dict[Need, str] = {}
    for need in dict.fromkeys(Need.parse(text) for job in jobs for text in job.proof.needs):
        if need.name not in options.services:
            missing[need] = (
                f"no service is called {need.name!r}; there are: {', '.join(options.services)}"
            )
            continue
        try:
            if need.name not in services:
                services[need.name] = options.services[need.name](scratch)
            services[need.name].start(need)
        except NotAvailable as error:
            missing[need] = str(error)
    return missing


@dataclass(frozen=True)
class _Runner:
    base: KnowledgeBase
    scratch: Path
    options: Options
    services: Mapping[str, Service]
    missing: Mapping[Need, str]
    stop: threading.Event
    now: Callable[[], datetime]

    def run(self, number: int, job: Job) -> Result:
        """Run one proof to its outcome; what goes wrong on the way is one, too."""
        place = self.scratch / f"{number:03}-{job.proof.id}"
        try:
            run = self._run(number, job, place)
        except (NotAvailable, OSError) as error:
            run = self._outcome(job, Outcome.NOT_RUN, str(error))
        finally:
            if not self.options.keep:
                shutil.rmtree(place, ignore_errors=True)
        return Result(job, run, place if self.options.keep else None)

    def _run(self, number: int, job: Job, place: Path) -> Run:
        needs = [Need.parse(text) for text in job.proof.needs]
        for need in needs:
            if need in self.missing:
                raise NotAvailable(self.missing[need])
        workspace = self._workspace(number, job, place)
        provided = [self.services[need.name].open(need, workspace) for need in needs]
        environment = {
            "HOME": str(place / "home"),
            "TMPDIR": str(place / "tmp"),
            "LANG": "C.UTF-8",
            "TZ": "UTC",
        }
        for each in provided:
            environment |= {k: v for k, v in each.environment.items() if k != "PATH"}
        paths = [each.environment["PATH"] for each in provided if "PATH" in each.environment]
        environment["PATH"] = os.pathsep.join([*paths, os.environ.get("PATH", os.defpath)])
        limit = seconds(job.proof.timeout)
        readable = [path for each in provided for path in each.readable]
        ports = [port for each in provided for port in each.ports]
        done = processes.run(
            [*_SHELL, job.proof.run],
            workspace.folder,
            environment,
            limit,
            sandbox=sandbox_in(self.scratch, place, readable, ports),
            stop=self.stop,
        )
        hidden = {str(place): "SCRATCH"}
        for each in provided:
            hidden |= each.hidden
        versions = {name: version for each in provided for name, version in each.versions.items()}
        outcome, reason = self._judge(job.proof, done)
        run = self._outcome(job, outcome, reason)
        return run.model_copy(
            update={
                "seconds": round(done.seconds, 2),
                "versions": versions,
                "exit": None if done.stopped else done.exit,
                "output": _presentable(done.output, hidden),
            }
        )

    def _workspace(self, number: int, job: Job, place: Path) -> Workspace:
        """Copy what the proof consists of into a scratch folder."""
        source = self.base.root / INCIDENTS / job.incident_id
        incident = place / job.incident_id
        place.mkdir(mode=0o700)
        for folder in (place / "home", place / "tmp", incident / PROOFS):
            folder.mkdir(parents=True)
        ignore = shutil.ignore_patterns(*IGNORED)
        for part in (source / TOOLS, source / PROOFS / SHARED, source / PROOFS / job.proof.id):
            if part.is_dir():
                shutil.copytree(part, incident / part.relative_to(source), ignore=ignore)
        for path in (source / PROOFS).glob("*"):
            if path.is_file() and path.name not in IGNORED:
                shutil.copy(path, incident / PROOFS / path.name)
        folder = incident / PROOFS / job.proof.id
        if not folder.is_dir():
            raise NotAvailable(f"the folder {PROOFS}/{job.proof.id} is missing")
        name = re.sub(r"[^a-z0-9]+", "_", f"proof_{number}_{job.proof.id}")[:60]
        return Workspace(name, incident, folder, self.options.cache, self.stop)

    @staticmethod
    def _judge(proof: Proof, done: processes.Finished) -> tuple[Outcome, str]:
        if done.stopped:
            return Outcome.NOT_RUN, done.stopped
        if done.exit > 128 and proof.expect.exit != done.exit:
            return Outcome.NOT_RUN, f"ended by signal {done.exit - 128}"
        wrong = judge(proof.expect, done.exit, done.output)
        if not wrong and not (proof.expect.contains or proof.expect.matches):
            # A program that ends well has shown nothing by that alone.
            wrong = ["`expect` names nothing that the output must hold"]
        return (Outcome.DISPROVED, "; ".join(wrong)) if wrong else (Outcome.PROVED, "")

    def _outcome(self, job: Job, outcome: Outcome, reason: str) -> Run:
        folder = self.base.root / INCIDENTS / job.incident_id
        return Run(
            proof=job.proof.id,
            shows=job.proof.shows.value,
            outcome=outcome,
            reason=reason,
            when=self.now().astimezone(UTC).replace(microsecond=0),
            seconds=0.0,
            command=job.proof.run,
            proof_digest=proof_digest(folder, job.proof),
            statement_digest=statement_digest(job.incident, job.proof),
        )


def _presentable(output: str, hidden: Mapping[str, str]) -> str:
    """Return an output for a record: without paths of this machine or secrets, and not too long."""
    for path, name in sorted(hidden.items(), key=lambda pair: -len(pair[0])):
        output = output.replace(path, name)
    output = mask(re.sub(r"\x1b\[[0-9;]*[A-Za-z]", "", output).replace("\r\n", "\n")).strip("\n")
    if len(output) > _OUTPUT:
        half = _OUTPUT // 2
        left_out = len(output) - 2 * half
        output = f"{output[:half]}\n[... {left_out} characters left out ...]\n{output[-half:]}"
    return output


def merged(old: Record | None, incident: Incident, runs: Iterable[Run]) -> Record:
    """Return a record with new runs in it.

    What could not run says nothing, so the old record of such a proof stays. Records of proofs
    that the incident no longer has are dropped.
    """
    kept = {run.proof: run for run in (old.proofs if old else ())}
    for run in runs:
        if run.outcome is not Outcome.NOT_RUN:
            kept[run.proof] = run
        elif run.proof not in kept:
            # A reason may hold the command that installs what is missing here; a record is for all.
            reason = run.reason.replace(sys.executable, "python")
            kept[run.proof] = run.model_copy(update={"reason": reason})
    known = {proof.id for proof in incident.proofs}
    return Record(proofs=tuple(kept[name] for name in sorted(known & kept.keys())))


def recorded(base: KnowledgeBase, results: Iterable[Result]) -> dict[Path, Record]:
    """Return the record that each incident's folder gets from some results."""
    by_incident: dict[str, list[Result]] = {}
    for result in results:
        by_incident.setdefault(result.job.incident_id, []).append(result)
    records = {}
    for incident_id, own in by_incident.items():
        folder = base.root / INCIDENTS / incident_id
        records[folder] = merged(read_record(folder), own[0].job.incident, [r.run for r in own])
    return records
