"""`runbooks prove`: run the proofs and record the results."""

from __future__ import annotations

import os
import signal
import threading
from collections.abc import Callable
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

import click
from rich.console import Console

from generator.cli.completion import incident_ids
from generator.cli.files import write_whole
from generator.cli.messages import EXIT_FINDINGS, EXIT_USAGE, echo, say, stop
from generator.cli.opening import load_base
from generator.cli.options import format_option, root_option
from generator.cli.trusting import ask_to_run, commands_that_run, trust_option, trust_source_option
from generator.commands import accounts
from generator.commands.processes.orphans import ended_with_this
from generator.knowledge.base import KnowledgeBase
from generator.knowledge.files import is_inside
from generator.knowledge.records import PROOFS, ProofOutcome, record_path
from generator.knowledge.roots import INCIDENTS
from generator.proofs import reports
from generator.proofs.runner import ProofJob, ProofResult, ProveOptions, jobs_of, prove, recorded
from generator.proofs.services import SERVICES, Make, PostgreSQL

EXIT_NOT_RUN = 4
EXIT_INTERRUPTED = 130


@click.command("prove")
@click.argument("ids", metavar="[ID|ID/PROOF]...", nargs=-1, shell_complete=incident_ids)
@format_option
@click.option(
    "--junit",
    type=click.Path(dir_okay=False, path_type=Path),
    metavar="FILE",
    help="Also write the outcomes as JUnit XML.",
)
@click.option(
    "--jobs",
    type=click.IntRange(1, 64),
    default=lambda: _cores(),
    metavar="N",
    help="Number of proofs that run at the same time. Default: one for each core.",
)
@click.option(
    "--times",
    type=click.IntRange(1, 1000),
    default=1,
    metavar="N",
    help="Run everything N times, and say how often a proof did not hold. The records are written "
    "only if all held each time.",
)
@click.option("--keep", is_flag=True, help="Keep the scratch folders, and print where they are.")
@click.option(
    "--postgresql",
    type=click.Choice(["embedded", "system"]),
    default="embedded",
    show_default=True,
    help="PostgreSQL server to prefer.",
)
@click.option("--no-record", is_flag=True, help="Do not change the records.")
@click.option(
    "--list",
    "only_list",
    is_flag=True,
    help="Print the proofs with their commands, and which guards are active here; run nothing.",
)
@trust_option
@trust_source_option
@root_option
@click.pass_context
def prove_command(context: click.Context, ids: tuple[str, ...], form: str, junit: Path | None, jobs: int, times: int, keep: bool, postgresql: str, no_record: bool, only_list: bool, root: Path, trusted: bool, trusted_sources: tuple[str, ...]) -> None:  # fmt: skip
    """Run the proofs of all incidents, or of those named.

    A proof is a program in incidents/ID/proofs/. It runs in a scratch folder, with its own services,
    and sees none of your environment variables except PATH. It runs in a sandbox; --list prints its
    guards. The outcome is written to
    incidents/ID/proofs/record.json. Proofs of a source run only with --trust-source and its incident's
    ID, and are not recorded.

    Exit codes: 0 all are proved, 1 one is disproved, 2 wrong usage, 3 internal error, 4 one could
    not run.

    \b
    Examples:
      runbooks prove
      runbooks prove postgresql-concurrent-create-table/race --keep
      runbooks prove --times 10
      runbooks prove --list
    """
    base = load_base(root)
    chosen = _chosen(base, ids, trusted_sources)
    listed = [f"{job.incident_id}/{job.proof.id} ({job.proof.shows}): {job.proof.run}" for job in chosen]  # fmt: skip
    if only_list:
        for line in listed:
            echo(line)
        echo(f"\n{reports.guarded(accounts.guards_here())}")
        return
    ask_to_run(root, commands_that_run("proofs", listed), trusted)
    services: dict[str, Make] = {**SERVICES, "postgresql": partial(PostgreSQL, prefer=postgresql)}
    options = ProveOptions(jobs, keep, cache_folder(), services)
    # A signal also ends the run in order: what was started stops.
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    begun, ended = _progress(len(chosen) * times)
    try:
        with ended_with_this():
            rounds = [
                prove(base, chosen, options, lambda: datetime.now(UTC), begun, ended)
                for _ in range(times)
            ]
    except KeyboardInterrupt:
        say("Interrupted. Everything that was started has ended; the records are unchanged.")
        context.exit(EXIT_INTERRUPTED)
    results = reports.worst(rounds)
    outcomes = {result.run.outcome for result in results}
    if not no_record and (times == 1 or outcomes <= {ProofOutcome.PROVED}):
        for folder, record in recorded(base, results).items():
            if record.proofs:
                if not is_inside(root, f"{INCIDENTS}/{folder.name}/{PROOFS}"):
                    stop(f"{folder.name}/{PROOFS} leads out of the knowledge base: no record was written", EXIT_USAGE)  # fmt: skip
                write_whole(record_path(folder), record.text())
    if junit:
        write_whole(junit, reports.junit(results) + "\n")
    echo(reports.text(results, rounds) if form == "text" else reports.as_json(results))
    if ProofOutcome.DISPROVED in outcomes:
        context.exit(EXIT_FINDINGS)
    if ProofOutcome.NOT_RUN in outcomes:
        context.exit(EXIT_NOT_RUN)


def _cores() -> int:
    """Return how many cores this process may use, which can be fewer than the machine has."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def _chosen(
    base: KnowledgeBase, ids: tuple[str, ...], trusted_sources: tuple[str, ...]
) -> list[ProofJob]:
    if not ids:
        return jobs_of(base.own, sorted(base.own.incidents))
    for wanted in ids:
        source = base.source_of(wanted.partition("/")[0])
        if source and source not in trusted_sources:
            raise click.UsageError(
                f"{wanted} comes from the source {source}, which runs its proofs itself; to run them "
                f"here, add --trust-source {source}"
            )
    everything = jobs_of(base, sorted(base.incidents))
    chosen: list[ProofJob] = []
    for wanted in ids:
        found = [
            job
            for job in everything
            if wanted in (job.incident_id, f"{job.incident_id}/{job.proof.id}")
        ]
        if not found and wanted not in base.incidents:
            incident_id, _, proof = wanted.partition("/")
            if incident_id in base.by_id and incident_id not in base.incidents:
                raise click.UsageError(
                    f"{incident_id} has errors; see `runbooks lint {incident_id}`"
                )
            if incident_id in base.incidents:
                names = ", ".join(p.id for p in base.incidents[incident_id].proofs) or "none"
                raise click.UsageError(f"{incident_id} has no proof {proof!r}; it has: {names}")
            raise click.UsageError(f"no incident has the id {incident_id!r}")
        chosen += [job for job in found if job not in chosen]
    return chosen


def cache_folder() -> Path:
    """Return where services keep what they install: the user's cache folder."""
    return Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "incident-runbooks"


def _progress(total: int) -> tuple[Callable[[ProofJob], None], Callable[[ProofResult], None]]:
    """Return callbacks that show progress: a line for each proof on a terminal, nothing in a pipe."""
    console = Console(stderr=True, highlight=False)
    lock = threading.Lock()
    done = 0

    def begun(job: ProofJob) -> None:
        if console.is_terminal:
            with lock:
                console.print(f"[dim]…[/] {job.incident_id}/{job.proof.id}", style="dim")

    def ended(result: ProofResult) -> None:
        nonlocal done
        done += 1
        if console.is_terminal:
            colour = {ProofOutcome.PROVED: "green", ProofOutcome.DISPROVED: "red"}.get(
                result.run.outcome, "yellow"
            )
            with lock:
                console.print(
                    f"[{done}/{total}] [{colour}]{reports.WORDS[result.run.outcome]}[/] "
                    f"{result.job.incident_id}/{result.run.proof} {result.run.seconds:.1f} s"
                )

    return begun, ended
