"""`runbooks run ID`: walk through a runbook, one step after the other."""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from pathlib import Path

import click

from generator.checklists.commands import CommandRunner
from generator.checklists.items import Checklist, Stage
from generator.checklists.record import RunRecord, RunSession, new_record, schema
from generator.checklists.record_markdown import counts
from generator.checklists.runbook import walk_of
from generator.checklists.running import PreparedCheck
from generator.checklists.unattended import needed, refusal
from generator.cli.approval import asking, show_code
from generator.cli.completion import incident_ids
from generator.cli.messages import EXIT_FINDINGS, say
from generator.cli.opening import load_base, resolve_id
from generator.cli.options import given_root_option, resolved_root, schema_option
from generator.cli.recording import (
    agree_to_run,
    begun_session,
    new_path,
    perform,
    prepare_streams,
    resumed_record,
    run_options,
    saved_first,
    tool,
)
from generator.cli.run_prompts import UnattendedDecider
from generator.cli.run_screen import Screen
from generator.cli.selection import read_values
from generator.cli.trusting import trust_option, trust_source_option
from generator.commands.masking import Masker, visible
from generator.model import Incident, Status
from generator.text.labels import plural


@click.command("run")
@click.argument("incident_id", metavar="ID", required=False, shell_complete=incident_ids)
@click.option("--set", "values", multiple=True, callback=read_values, metavar="NAME=VALUE", help="Value of a parameter. Can be repeated.")  # fmt: skip
@click.option("--stage", type=click.Choice([stage.value for stage in Stage]), help="Begin with this stage.")  # fmt: skip
@click.option("--dry-run", is_flag=True, help="Show all steps with their values, and run nothing.")
@click.option("--yes", is_flag=True, help="Do not ask: run only the read-only steps, and report the others as not done.")  # fmt: skip
@click.option("--allow", "allowed", multiple=True, metavar="STEP", help="With --yes, also run this step, such as mitigation-1. Can be repeated.")  # fmt: skip
@click.option("--approve", type=(click.Path(exists=True, dir_okay=False, path_type=Path), str), metavar="RECORD STEP", help="As the second person: read a step that waits, and get its code.")  # fmt: skip
@run_options("steps")
@schema_option("a record", schema)
@trust_option
@trust_source_option
@given_root_option
@click.pass_context
def run_command(context: click.Context, incident_id: str | None, values: dict[str, str], stage: str | None, dry_run: bool, yes: bool, allowed: tuple[str, ...], approve: tuple[Path, str] | None, timeout: float, record_dir: Path, resume: Path | None, operator: str | None, root: Path | None, trusted: bool, trusted_sources: tuple[str, ...]) -> None:  # fmt: skip
    """Walk through a runbook.

    Shows each step, runs its command, compares the result, and keeps a record. Asks before each
    command: to run a read-only one, press Enter; to run a destructive one, type the step's name. If
    a result is not as expected, it shows what the step says then, and asks where to go on. Commands
    run in bash, in the current folder, with your environment, without a terminal, and without a
    sandbox: they can do what you can. Parameters come from --set, then from the environment.

    The record is run-ID-TIME.json, with a copy as Markdown next to it; both are updated after each
    step. `runbooks new --from-record` makes a draft of it. A step with `approval: second-person`
    runs only with the code that --approve shows to a second person.

    Exit codes: 0 every step of the verification holds, 1 not, or a step is not done, 2 wrong usage,
    130 interrupted.

    \b
    Examples:
      runbooks run disk-full --set HOST=db-1
      runbooks run disk-full --stage mitigation --dry-run
      runbooks run disk-full --yes --allow mitigation-1
      runbooks run disk-full --resume run-disk-full-20261121T070000Z.json
    """
    if approve:
        show_code(*approve)
        return
    if incident_id is None:
        raise click.UsageError("Missing argument 'ID'.")
    _refuse_what_cannot_work(yes, dry_run, allowed)
    root = resolved_root(root)
    walk = _walk(context, root, incident_id, values)
    names = [item.name for item in walk.items]
    for name in allowed:
        if name not in names:
            raise click.UsageError(f"no step has the name {name!r}; steps: {', '.join(names)}")
    commands = CommandRunner(Path.cwd(), root, dict(os.environ), timeout)
    screen = Screen(len(walk.items), walk.site_url)
    if dry_run:
        _show(screen, walk, commands, _first(walk, stage) or 0, allowed if yes else None)
        return
    agree_to_run(root, "steps", walk.items, trusted, trusted_sources)
    record, path = _begun(walk, stage, record_dir, resume, begun_session(operator))
    save = saved_first(record, path, resume, lambda _: None)
    prepare_streams(asks=not yes)
    _introduce(screen, walk, record, path, commands.folder, unattended=yes)
    places = dict.fromkeys([*names, *(item.phase.value for item in walk.items)])
    decider = UnattendedDecider(screen, (), allowed) if yes else asking(screen, path, places)
    perform(context, record, walk.items, commands, decider, save, screen, path)


def _refuse_what_cannot_work(yes: bool, dry_run: bool, allowed: Sequence[str]) -> None:
    if allowed and not yes:
        raise click.UsageError("--allow needs --yes; without --yes, you are asked")
    if dry_run:
        return
    if os.name != "posix":
        raise click.UsageError(
            "steps run in bash, on Linux or macOS; --dry-run shows them anywhere"
        )
    if not yes and not (sys.stdin is not None and sys.stdin.isatty()):
        raise click.UsageError(
            "standard input is not a terminal, so nobody can be asked; to run only the read-only "
            "steps, add --yes; to see all steps, add --dry-run"
        )


def _walk(context: click.Context, root: Path, wanted: str, values: dict[str, str]) -> Checklist:
    """Return the steps of the runbook that was asked for."""
    base = load_base(root)
    entry = base.by_id[resolve_id(base, wanted)]
    if entry.incident is None:
        from generator.rules import RULES
        from generator.rules.reports import FORMATS

        say(FORMATS["text"](entry.diagnostics, RULES))
        context.exit(EXIT_FINDINGS)
    incident: Incident = entry.incident
    if incident.status is Status.WITHDRAWN:
        raise click.UsageError(f"{entry.id} is withdrawn: do not follow this runbook")
    declared = [parameter.name for parameter in incident.parameters]
    for name in values:
        if name not in declared:
            hint = f"parameters: {', '.join(declared)}" if declared else "it has no parameters"
            raise click.UsageError(f"{entry.id} has no parameter {name}; {hint}")
    walk = walk_of(entry.id, incident, values, base.settings.site_url, base.source_of(entry.id))
    if not walk.items:
        raise click.UsageError(f"{entry.id} has no steps yet")
    return walk


def _first(walk: Checklist, stage: str | None) -> int | None:
    """Return the number of the first step of a stage; None if none was asked for."""
    if stage is None:
        return None
    for number, item in enumerate(walk.items):
        if item.phase.value == stage:
            return number
    there = ", ".join(dict.fromkeys(item.phase.value for item in walk.items))
    raise click.UsageError(f"the runbook has no step of the stage {stage}; stages: {there}")


def _begun(walk: Checklist, stage: str | None, folder: Path, resume: Path | None, session: RunSession) -> tuple[RunRecord, Path]:  # fmt: skip
    """Return the record to begin with, and its path."""
    first = _first(walk, stage)
    if resume:
        record = resumed_record(resume, walk, walk.items, "", session)
    else:
        record = new_record(walk, walk.items, tool(), "", session)
    if first is not None:
        record = record.model_copy(update={"at": walk.items[first].id})
    return record, resume or new_path(folder, f"run-{walk.incident}", session.begun)


def _introduce(screen: Screen, walk: Checklist, record: RunRecord, path: Path, folder: Path, *, unattended: bool) -> None:  # fmt: skip
    screen.say(f"{visible(walk.about)}: {plural(len(walk.items), 'step')}", "bold")
    screen.say(f"Commands run in {visible(str(folder))}")
    settled = [check for check in record.checks if check.settled]
    if settled:
        screen.say(f"From before: {counts(settled)}")
    screen.say(f"Record: {path}")
    if not unattended:
        screen.say("To go elsewhere, type the name of a step or a stage: mitigation", "dim")


def _show(screen: Screen, walk: Checklist, commands: CommandRunner, first: int, allowed: Sequence[str] | None) -> None:  # fmt: skip
    """Show the steps, and what is missing or, with `--yes`, what would run; nothing runs."""
    stage = None
    for number, item in enumerate(walk.items[first:], first):
        if item.phase is not stage:
            stage = item.phase
            screen.phase(stage)
        screen.check(number, item)
        used, missing = commands.values(item, {})
        masker = Masker({one.name: one.value for one in used})
        prepared = PreparedCheck(item, used, missing, masker, commands.timeout(item))
        screen.command(prepared)
        if allowed is not None:
            why = refusal(item, (), missing, allowed)
            screen.say(f"  Not done with --yes: {why}" if why else "  Runs with --yes", "yellow")
        for value in missing if allowed is None else ():
            screen.say(f"  {needed(value)}", "yellow")
        screen.rest(item)
