"""`runbooks checklist run`: perform the checks of a release, one after the other."""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from pathlib import Path

import click

from generator.checklists import wording
from generator.checklists.changes import digest_of_changes
from generator.checklists.commands import CommandRunner
from generator.checklists.git_reading import NoChanges
from generator.checklists.items import Checklist, ChosenCheck
from generator.checklists.junit import as_junit
from generator.checklists.record import RunRecord, RunSession, new_record, schema
from generator.checklists.record_markdown import counts
from generator.cli.approval import asking
from generator.cli.files import write_whole
from generator.cli.messages import say
from generator.cli.options import root_option, schema_option
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
from generator.cli.release import Selection
from generator.cli.run_prompts import UnattendedDecider
from generator.cli.run_screen import Screen
from generator.cli.selection import make_checklist, selection_options
from generator.cli.trusting import trust_option, trust_source_option
from generator.cli.waiving import read_waivers
from generator.commands.masking import visible
from generator.model import Phase, Risk
from generator.text.labels import plural


@click.command("run")
@selection_options
@click.option("--yes", is_flag=True, help="Do not ask: run only the read-only checks, and report the others as not done.")  # fmt: skip
@click.option("--allow", type=click.Choice([Risk.CHANGES_STATE.value]), help="With --yes, also run checks that change state. Destructive checks never run unattended.")  # fmt: skip
@click.option("--allow-empty", is_flag=True, help="Pass if not a single file has changed; without it, that is an error.")  # fmt: skip
@run_options("checks")
@click.option("--waive", "waived", multiple=True, callback=read_waivers, metavar="ID=REASON", help="In this run, the check with this id need not hold. Can be repeated.")  # fmt: skip
@click.option("--keep-going", is_flag=True, help="Go on after a blocking check that failed, so that one run shows all that fail.")  # fmt: skip
@click.option("--report-only", is_flag=True, help="Like --keep-going, and exit 0 even if a check failed: to try a gate without stopping a deploy.")  # fmt: skip
@click.option("--junit", type=click.Path(dir_okay=False, path_type=Path), metavar="FILE", help="Also write the verdicts as JUnit XML.")  # fmt: skip
@schema_option("a record", schema)
@trust_option
@trust_source_option
@root_option
@click.pass_context
def run_command(context: click.Context, selection: Selection, yes: bool, allow: str | None, allow_empty: bool, waived: dict[str, str], keep_going: bool, report_only: bool, timeout: float, record_dir: Path, resume: Path | None, operator: str | None, junit: Path | None, root: Path, trusted: bool, trusted_sources: tuple[str, ...]) -> None:  # fmt: skip
    """Perform the checks of a release.

    Shows each check, runs it, compares the result, and keeps a record. Asks before each command: to
    run a read-only one, press Enter; to run a destructive one, type its id. If a blocking check
    fails, the run ends. Commands run in bash, in the folder that --repo names, with your
    environment, without a terminal, and without a sandbox: they can do what you can. Parameters come
    from --set, then from the environment.

    The record is checklist-TIME.json, with a copy as Markdown next to it; both are updated after
    each check. Checks of the phase rollback are performed only with --phase rollback, and with --yes
    those of the phase after only with --phase after.

    A check with `approval: second-person` runs only with the code that `runbooks run --approve` shows
    to a second person. A check need not hold that incidents/waivers.yaml or --waive names: it does not run, and the
    record says who decided it and why.

    Exit codes: 0 all blocking checks passed (or were skipped or waived, with a reason), 1 one
    failed or is not done, 2 wrong usage, 130 interrupted.

    \b
    Examples:
      runbooks checklist run --changed-since v1.41.0 --set TABLE=Sessions
      runbooks checklist run --changed-since v1.41.0 --phase before --yes --junit checks.xml
      runbooks checklist run --changed-since v1.41.0 --resume checklist-20261121T070000Z.json
    """
    _refuse_what_cannot_work(selection, yes, allow)
    session = begun_session(operator)
    checklist = make_checklist(root, selection, waived, session.operator, allow_empty)
    if yes and checklist.unreadable:
        # Nobody watches, and a missing check may be the one that would have stopped this deploy.
        raise click.ClickException(
            "--yes needs all checks: fix these files, or withdraw the incidents"
        )
    if yes and checklist.missing_sources:
        raise click.ClickException(
            "--yes needs all checks; take the incidents of the missing sources first, as said above"
        )
    items = _walked(checklist, selection, unattended=yes)
    if not items:
        for phase, number in _left_out(checklist, items).items():
            say(f"Only {plural(number, 'check')} of the phase {phase}; to perform: --phase {phase}")
        if not checklist.items:
            say(wording.NOTHING)
        if junit:  # a pipeline expects the file anyway
            write_whole(junit, as_junit(new_record(checklist, (), tool(), "", session)))
        return
    agree_to_run(root, "checks", items, trusted, trusted_sources)
    record, path = _begun(checklist, items, selection.repository, record_dir, resume, session)

    def also(changed: RunRecord) -> None:
        if junit:
            write_whole(junit, as_junit(changed))

    save = saved_first(record, path, resume, also)
    prepare_streams(asks=not yes)
    commands = CommandRunner(selection.repository.resolve(), root, dict(os.environ), timeout)
    screen = Screen(len(items), checklist.site_url)
    _introduce(screen, checklist, items, record, path, commands.folder)
    allowed = (Risk(allow),) if allow else ()
    decider = UnattendedDecider(screen, allowed) if yes else asking(screen, path)
    perform(
        context,
        record,
        items,
        commands,
        decider,
        save,
        screen,
        path,
        keep_going=keep_going or report_only,
        report_only=report_only,
    )


def _refuse_what_cannot_work(selection: Selection, yes: bool, allow: str | None) -> None:
    if os.name != "posix":
        raise click.UsageError(
            "checks run in bash, on Linux or macOS; `runbooks checklist --format bat` makes a script "
            "for Windows"
        )
    if allow and not yes:
        raise click.UsageError("--allow needs --yes; without --yes, you are asked")
    if yes or (sys.stdin is not None and sys.stdin.isatty()):
        return
    hint = "; or pass the changed files as a file" if selection.changed_files == "-" else ""
    raise click.UsageError(
        "standard input is not a terminal, so nobody can be asked; to run only the read-only checks, "
        f"add --yes{hint}"
    )


def _walked(checklist: Checklist, selection: Selection, *, unattended: bool) -> tuple[ChosenCheck, ...]:  # fmt: skip
    """Return the checks of this run.

    Those of the phase rollback only if they are asked for; and where nobody waits for the deploy
    between two phases, those after it also.
    """
    if selection.phases:
        return checklist.items
    later = (Phase.AFTER, Phase.ROLLBACK) if unattended else (Phase.ROLLBACK,)
    return tuple(item for item in checklist.items if item.phase not in later)


def _left_out(checklist: Checklist, items: Sequence[ChosenCheck]) -> dict[str, int]:
    """Return how many checks of which phase are not part of this run."""
    done = {item.phase for item in items}
    return {p.value: len(of) for p, of in checklist.by_phase.items() if p not in done}


def _begun(checklist: Checklist, items: Sequence[ChosenCheck], repository: Path, folder: Path, resume: Path | None, session: RunSession) -> tuple[RunRecord, Path]:  # fmt: skip
    """Return the record to begin with, and its path."""
    try:
        changes = digest_of_changes(repository) if checklist.revision else ""
    except NoChanges:
        changes = ""
    if resume is None:
        record = new_record(checklist, items, tool(), changes, session)
        return record, new_path(folder, "checklist", session.begun)
    return resumed_record(resume, checklist, items, changes, session), resume


def _introduce(screen: Screen, checklist: Checklist, items: Sequence[ChosenCheck], record: RunRecord, path: Path, folder: Path) -> None:  # fmt: skip
    screen.say(f"{visible(checklist.about)}: {plural(len(items), 'check')}", "bold")
    for phase, number in _left_out(checklist, items).items():
        screen.say(f"Left out: {plural(number, 'check')} of the phase {phase} (--phase {phase})")
    for item in items:
        if item.waiver:
            ended = "ended" if item.waiver.ended else "applies"
            screen.say(f"A waiver {ended}: {item.id} ({visible(wording.waiver(item))})")
    screen.say(f"Commands run in {visible(str(folder))}")
    if record.revision:
        dirty = ", with uncommitted changes" if record.changes else ""
        screen.say(f"Revision {record.revision[:12]}{dirty}")
    settled = [check for check in record.checks if check.settled]
    if settled:
        screen.say(f"From before, and not run again: {counts(settled)}")
    screen.say(f"Record: {path}")
