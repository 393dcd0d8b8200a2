"""Runs proofs: starts the services, then runs the proofs in parallel, each in a scratch folder."""

from __future__ import annotations

import os
import re
import shutil
import tempfile
import threading
from collections.abc import Callable, Iterable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path

from generator.commands import accounts, processes
from generator.commands.expectations import judge
from generator.knowledge.base import KnowledgeBase
from generator.knowledge.files import copy_file, walk
from generator.knowledge.loader import INCIDENTS
from generator.knowledge.records import (
    IGNORED,
    PROOFS,
    SHARED,
    TOOLS,
    ProofOutcome,
    ProofRecord,
    ProofRun,
    proof_digest,
    read_record,
    statement_digest,
)
from generator.model import Incident, Proof, seconds
from generator.proofs.helpers import HELPERS, write_helpers
from generator.proofs.recording import joined, merged, presentable, seconds_before
from generator.proofs.runbook_commands import write_runbook_commands
from generator.proofs.services import (
    SERVICES,
    Make,
    Need,
    NotAvailable,
    Provided,
    Service,
    Workspace,
)
from generator.proofs.services.base import sandbox_in

_PREFIX = "runbooks-prove-"
_SHELL = ("bash", "-euo", "pipefail", "-c")


@dataclass(frozen=True, slots=True)
class ProofJob:
    """One proof to run."""

    incident_id: str
    incident: Incident
    proof: Proof


@dataclass(frozen=True, slots=True)
class ProofResult:
    """The result of a job. `scratch` is its folder if it was kept."""

    job: ProofJob
    run: ProofRun
    scratch: Path | None = None


@dataclass(frozen=True)
class ProveOptions:
    """How to run proofs.

    Attributes:
        jobs: how many proofs run at the same time.
        keep: whether to keep the scratch folders.
        cache: the folder in which services keep what they install.
        services: the table of services.
    """

    jobs: int
    keep: bool
    cache: Path
    services: Mapping[str, Make] = field(default_factory=lambda: SERVICES)


def jobs_of(base: KnowledgeBase, ids: Iterable[str]) -> list[ProofJob]:
    """Return the proofs of some incidents, in their order in the incidents."""
    return [
        ProofJob(incident_id, base.incidents[incident_id], proof)
        for incident_id in ids
        for proof in base.incidents[incident_id].proofs
    ]


def prove(
    base: KnowledgeBase,
    jobs: Sequence[ProofJob],
    options: ProveOptions,
    now: Callable[[], datetime],
    begun: Callable[[ProofJob], None],
    ended: Callable[[ProofResult], None],
) -> list[ProofResult]:
    """Run proofs and return their results, in the order of the jobs.

    Those that took longest the last time begin first, so that no core waits for one at the end; those
    that never ran begin before them.

    Args:
        base: the knowledge base.
        jobs: the proofs to run.
        options: how to run them.
        now: the clock.
        begun: called when a proof begins, from any thread.
        ended: called when a proof ends, from any thread.

    Raises:
        KeyboardInterrupt: the run was interrupted; every started process has ended.
    """
    remove_leftovers()
    scratch = accounts.scratch_folder(f"{_PREFIX}{os.getpid()}-", _temporary())
    stop = threading.Event()
    services: dict[str, Service] = {}
    try:
        missing = _start_services(jobs, scratch, options, services)
        runner = _Runner(base, scratch, options, services, missing, stop, now)

        def one(number: int) -> ProofResult:
            begun(jobs[number])
            result = runner.run(number, jobs[number])
            ended(result)
            return result

        before = [seconds_before(base.record(job.incident_id), job.proof.id) for job in jobs]
        order = sorted(range(len(jobs)), key=before.__getitem__, reverse=True)
        with ThreadPoolExecutor(max(options.jobs, 1)) as pool:
            try:
                results = dict(zip(order, pool.map(one, order), strict=True))
                return [results[number] for number in range(len(jobs))]
            except BaseException:
                # Usually an interrupt: start no more proofs, and end the running ones.
                stop.set()
                pool.shutdown(cancel_futures=True)
                raise
    finally:
        for service in services.values():
            service.close()
        if not options.keep:
            shutil.rmtree(scratch, ignore_errors=True)


def _temporary() -> Path:
    """Return a folder for scratch folders to which a server under another account has access.

    The folder for temporary files of root may be closed to other accounts, and a server does not
    run as root.
    """
    named = Path(tempfile.gettempdir()).resolve()
    closed = not all(folder.stat().st_mode & 0o001 for folder in (named, *named.parents))
    if closed and os.name == "posix" and os.geteuid() == 0:
        return Path("/tmp")  # noqa: S108 - the folder made in it has a random name
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
    jobs: Iterable[ProofJob], scratch: Path, options: ProveOptions, services: dict[str, Service]
) -> dict[Need, str]:
    """Start the services that the jobs need; return those that are not available, with reasons."""
    missing: dict[Need, str] = {}
    wanted = (
        need for job in jobs for needs in Need.combinations(job.proof.needs) for need in needs
    )
    for need in dict.fromkeys(wanted):
        if need.name not in options.services:
            missing[need] = (
                f"unknown service {need.name!r}; services are: {', '.join(options.services)}"
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
    options: ProveOptions
    services: Mapping[str, Service]
    missing: Mapping[Need, str]
    stop: threading.Event
    now: Callable[[], datetime]

    def run(self, number: int, job: ProofJob) -> ProofResult:
        """Run one proof and return its outcome; an error is an outcome, too."""
        combinations = Need.combinations(job.proof.needs)
        runs: list[tuple[str, ProofRun]] = []
        places: list[Path] = []
        for needs in combinations:
            named = [need for need in needs if need.version] if len(combinations) > 1 else []
            place = self.scratch / "-".join((f"{number:03}", job.proof.id, *(n.version for n in named)))  # fmt: skip
            try:
                run = self._run(job, needs, place)
            except (NotAvailable, OSError) as error:
                run = self._outcome(job, ProofOutcome.NOT_RUN, str(error))
            finally:
                if not self.options.keep:
                    shutil.rmtree(place, ignore_errors=True)
            runs.append((", ".join(need.text for need in named), run))
            places.append(place)
        whole = joined(runs)
        kept = next(p for p, (_, run) in zip(places, runs, strict=True) if run.outcome is whole.outcome)  # fmt: skip
        return ProofResult(job, whole, kept if self.options.keep else None)

    def _run(self, job: ProofJob, needs: Sequence[Need], place: Path) -> ProofRun:
        for need in needs:
            if need in self.missing:
                raise NotAvailable(self.missing[need])
        workspace = self._workspace(job, place)
        provided: list[Provided] = []
        for need in needs:
            given = replace(workspace, before=tuple(provided))
            provided.append(self.services[need.name].open(need, given))
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
                "output": presentable(done.output, hidden),
            }
        )

    def _workspace(self, job: ProofJob, place: Path) -> Workspace:
        """Copy the files of the proof into a scratch folder, with the helpers beside them."""
        source = self.base.folder(job.incident_id)
        if os.path.lexists(source / PROOFS / HELPERS):
            raise NotAvailable(
                f"{PROOFS}/{HELPERS} is where the program puts its helpers: "
                f"move your own files to {PROOFS}/{SHARED}, or give the proof another id"
            )
        incident = place / job.incident_id
        place.mkdir(mode=0o700)
        for folder in (place / "home", place / "tmp", incident / PROOFS):
            folder.mkdir(parents=True)
        own = f"{PROOFS}/{job.proof.id}"
        if not (source / own).is_dir():
            raise NotAvailable(f"the folder {own} does not exist")
        folder = incident / own
        folder.mkdir()
        _copy(source, PROOFS, incident, deep=False)
        for part in (TOOLS, f"{PROOFS}/{SHARED}", own):
            _copy(source, part, incident)
        write_helpers(incident / PROOFS / HELPERS)
        write_runbook_commands(job.incident, job.proof, incident)
        name = re.sub(r"[^a-z0-9]+", "_", f"proof_{place.name}")[:60]
        return Workspace(name, incident, folder, self.options.cache, stop=self.stop)

    @staticmethod
    def _judge(proof: Proof, done: processes.FinishedCommand) -> tuple[ProofOutcome, str]:
        if done.stopped:
            return ProofOutcome.NOT_RUN, done.stopped
        if done.exit > 128 and proof.expect.exit != done.exit:
            return ProofOutcome.NOT_RUN, f"ended by signal {done.exit - 128}"
        wrong = judge(proof.expect, done.exit, done.output)
        if not wrong and not (proof.expect.contains or proof.expect.matches):
            # Exit code 0 alone shows nothing.
            wrong = ["`expect` does not say what the output must contain"]
        return (ProofOutcome.DISPROVED, "; ".join(wrong)) if wrong else (ProofOutcome.PROVED, "")

    def _outcome(self, job: ProofJob, outcome: ProofOutcome, reason: str) -> ProofRun:
        folder = self.base.folder(job.incident_id)
        return ProofRun(
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


def _copy(source: Path, part: str, target: Path, *, deep: bool = True) -> None:
    """Copy a folder of an incident.

    Raises:
        NotAvailable: something in it is not opened.
    """
    root, name = source.parents[1], f"{INCIDENTS}/{source.name}"
    for found in walk(root, f"{name}/{part}", IGNORED, deep=deep):
        if found.why is not None:
            raise NotAvailable(f"{found.name}: {found.why.strerror}")
        copy = target / found.name.removeprefix(f"{name}/")
        copy.parent.mkdir(parents=True, exist_ok=True)
        copy_file(root, found.name, copy)


def recorded(base: KnowledgeBase, results: Iterable[ProofResult]) -> dict[Path, ProofRecord]:
    """Return the new record of each incident's folder; what is not ours is not recorded."""
    by_incident: dict[str, list[ProofResult]] = {}
    for result in results:
        if not base.source_of(result.job.incident_id):
            by_incident.setdefault(result.job.incident_id, []).append(result)
    records = {}
    for incident_id, own in by_incident.items():
        folder = base.folder(incident_id)
        records[folder] = merged(read_record(folder), own[0].job.incident, [r.run for r in own])
    return records
