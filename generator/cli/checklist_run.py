"""`runbooks checklist run`: perform the checks of a release, one after the other."""

from __future__ import annotations

import getpass
import os
import re
import shlex
import shutil
import signal
import sys
from collections.abc import Sequence
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path

import click

from generator.checklists import wording
from generator.checklists.changes import NoChanges, digest_of_changes
from generator.checklists.commands import CommandRunner
from generator.checklists.items import Checklist, ChosenCheck
from generator.checklists.junit import as_junit
from generator.checklists.record import (
    NotARecord,
    RunOutcome,
    RunRecord,
    RunSession,
    Verdict,
    new_record,
    read_record,
    resumed,
    schema,
    to_second,
)
from generator.checklists.record_markdown import OUTCOMES, as_markdown, counts
from generator.checklists.running import run_checks
from generator.cli.files import write_whole
from generator.cli.messages import EXIT_FINDINGS, say
from generator.cli.options import root_option, schema_option
from generator.cli.run_prompts import AskingDecider, UnattendedDecider
from generator.cli.run_screen import Screen
from generator.cli.selection import Selection, make_checklist, selection_options
from generator.commands.masking import visible
from generator.model import Phase, Risk, seconds
from generator.text.labels import plural

EXIT_INTERRUPTED = 130
_DURATION = re.compile(r"[0-9]{1,6}(?:ms|s|m|h)")
_PRIVATE = 0o600


def _timeout(context: click.Context, parameter: click.Parameter, value: str) -> float:  # noqa: ARG001
    if not _DURATION.fullmatch(value) or not seconds(value):
        raise click.BadParameter(f"{value!r} is not a duration, such as 30s, 5m or 1h")
    return seconds(value)


@click.command("run")
@selection_options
@click.option("--yes", is_flag=True, help="Do not ask: run only the read-only checks, and report the others as not done.")  # fmt: skip
@click.option("--allow", type=click.Choice([Risk.CHANGES_STATE.value]), help="With --yes, also run checks that change state. Destructive checks never run unattended.")  # fmt: skip
@click.option("--timeout", default="5m", show_default=True, callback=_timeout, metavar="TIME", help="Timeout for checks without their own.")  # fmt: skip
@click.option("--record-dir", type=click.Path(file_okay=False, path_type=Path), default=".", metavar="DIR", help="Write the record to DIR. Default: the current folder.")  # fmt: skip
@click.option("--resume", type=click.Path(exists=True, dir_okay=False, path_type=Path), metavar="FILE", help="Resume the run of this record; checks that passed are not run again.")  # fmt: skip
@click.option("--operator", metavar="NAME", help="Name of the operator, for the record. Default: your user name.")  # fmt: skip
@click.option("--junit", type=click.Path(dir_okay=False, path_type=Path), metavar="FILE", help="Also write the verdicts as JUnit XML.")  # fmt: skip
@schema_option("a record", schema)
@root_option
@click.pass_context
def run_command(context: click.Context, selection: Selection, yes: bool, allow: str | None, timeout: float, record_dir: Path, resume: Path | None, operator: str | None, junit: Path | None, root: Path) -> None:  # fmt: skip
    """Perform the checks of a release.

    Shows each check, runs it, compares the result, and keeps a record. Asks before each command: to
    run a read-only one, press Enter; to run a destructive one, type its id. If a blocking check
    fails, the run ends. Commands run in bash, in the folder that --repo names, with your
    environment, without a terminal. Parameters come from --set, then from the environment.

    The record is checklist-TIME.json, with a copy as Markdown next to it; both are updated after
    each check. Checks of the phase rollback are performed only with --phase rollback.

    Exit codes: 0 all blocking checks passed (or were skipped, with a reason), 1 one failed or is
    not done, 2 wrong usage, 130 interrupted.

    \b
    Examples:
      runbooks checklist run --changed-since v1.41.0 --set TABLE=Sessions
      runbooks checklist run --changed-since v1.41.0 --phase before --yes --junit checks.xml
      runbooks checklist run --changed-since v1.41.0 --resume checklist-20261121T070000Z.json
    """
    _refuse_what_cannot_work(selection, yes, allow)
    checklist = make_checklist(root, selection)
    if yes and checklist.unreadable:
        # Nobody watches, and a missing check may be the one that would have stopped this deploy.
        raise click.ClickException(
            "--yes needs all checks: fix these files, or withdraw the incidents"
        )
    items = _walked(checklist, selection)
    session = RunSession(operator=visible(operator or _user()), begun=to_second(datetime.now(UTC)))
    if not items:
        undoing = plural(len(checklist.items), "check")
        say(f"Only {undoing} of the phase rollback; to perform: --phase rollback" if checklist.items else wording.NOTHING)  # fmt: skip
        if junit:  # a pipeline expects the file anyway
            write_whole(junit, as_junit(new_record(checklist, (), _tool(), "", session)))
        return
    if any(item.run for item in items) and shutil.which("bash") is None:
        raise click.ClickException("the checks run in bash, and bash is not on PATH")
    record, path = _begun(checklist, items, selection.repository, record_dir, resume, session)

    def save(changed: RunRecord) -> None:
        write_whole(path, changed.text(), _PRIVATE)
        write_whole(path.with_suffix(".md"), as_markdown(changed), _PRIVATE)
        if junit:
            write_whole(junit, as_junit(changed))

    save(record)
    # Output that a terminal cannot show does not end the run, and typed bytes that are not text reach
    # a command unchanged.
    sys.stdout.reconfigure(errors="backslashreplace")  # type: ignore[union-attr]
    if not yes:
        sys.stdin.reconfigure(errors="surrogateescape")  # type: ignore[union-attr]
    commands = CommandRunner(selection.repository.resolve(), root, dict(os.environ), timeout)
    screen = Screen(len(items), checklist.site_url)
    _introduce(screen, checklist, items, record, path, commands.folder)
    # A signal also ends the run in order: what was started stops, and the record says so.
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    signal.signal(signal.SIGHUP, signal.default_int_handler)
    allowed = (Risk(allow),) if allow else ()
    decider = UnattendedDecider(screen, allowed) if yes else AskingDecider(screen)
    try:
        record = run_checks(record, items, commands, decider, save, lambda: datetime.now(UTC))
        _conclude(screen, items, record, path)
    finally:
        screen.finish_output()
    if record.outcome is RunOutcome.INTERRUPTED:
        context.exit(EXIT_INTERRUPTED)
    if record.outcome is not RunOutcome.PASSED:
        context.exit(EXIT_FINDINGS)


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


def _walked(checklist: Checklist, selection: Selection) -> tuple[ChosenCheck, ...]:
    """Return the checks of this run: those of the phase rollback only if they are asked for."""
    if selection.phases:
        return checklist.items
    return tuple(item for item in checklist.items if item.phase is not Phase.ROLLBACK)


def _user() -> str:
    try:
        return os.environ.get("USER") or getpass.getuser()
    except (KeyError, OSError):
        return f"user {os.getuid()}"


def _begun(checklist: Checklist, items: Sequence[ChosenCheck], repository: Path, folder: Path, resume: Path | None, session: RunSession) -> tuple[RunRecord, Path]:  # fmt: skip
    """Return the record to begin with, and its path."""
    try:
        changes = digest_of_changes(repository) if checklist.revision else ""
    except NoChanges:
        changes = ""
    if resume is None:
        record = new_record(checklist, items, _tool(), changes, session)
        return record, _new_path(folder, session.begun)
    try:
        old = read_record(resume.read_text("utf-8", "replace"))
        return resumed(old, checklist, items, changes, session), resume
    except NotARecord as error:
        raise click.UsageError(f"{resume} cannot be resumed: {error}") from None
    except OSError as error:
        raise click.UsageError(f"cannot read {resume}: {error.strerror}") from None


def _tool() -> str:
    return f"incident-runbooks {version('incident-runbooks')}"


def _new_path(folder: Path, begun: datetime) -> Path:
    """Reserve a free file name, and create its folder if it does not exist; return the path."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise click.ClickException(f"cannot create the folder {folder}: {error.strerror}") from None
    stem = f"checklist-{begun:%Y%m%dT%H%M%SZ}"
    for name in (stem, *(f"{stem}-{number}" for number in range(2, 1000))):
        path = folder / f"{name}.json"
        try:
            # Reserved at once: another run may begin in the same second.
            path.touch(_PRIVATE, exist_ok=False)
        except FileExistsError:
            continue
        except OSError as error:
            raise click.ClickException(f"cannot write {path}: {error.strerror}") from None
        return path
    raise click.ClickException(f"{folder} already has a thousand records of this second")


def _introduce(screen: Screen, checklist: Checklist, items: Sequence[ChosenCheck], record: RunRecord, path: Path, folder: Path) -> None:  # fmt: skip
    screen.say(f"{visible(checklist.about)}: {plural(len(items), 'check')}", "bold")
    left_out = len(checklist.items) - len(items)
    if left_out:
        screen.say(
            f"Left out: {plural(left_out, 'check')} of the phase rollback (--phase rollback)"
        )
    screen.say(f"Commands run in {visible(str(folder))}")
    if record.revision:
        dirty = ", with uncommitted changes" if record.changes else ""
        screen.say(f"Revision {record.revision[:12]}{dirty}")
    passed = sum(check.verdict is Verdict.PASSED for check in record.checks)
    if passed:
        screen.say(f"{plural(passed, 'check')} passed before and will not run again")
    screen.say(f"Record: {path}")


def _conclude(screen: Screen, items: Sequence[ChosenCheck], record: RunRecord, path: Path) -> None:
    screen.say()
    good = record.outcome is RunOutcome.PASSED
    screen.say(
        f"{OUTCOMES[record.outcome]} {counts(record.checks)}.", "bold green" if good else "bold red"
    )
    for item, check in zip(items, record.checks, strict=True):
        if check.verdict not in (Verdict.PASSED, Verdict.NOT_REACHED):
            screen.ended(item, check)
    screen.say(f"Record: {path}, and as Markdown (.md)")
    if not good:
        screen.say(f"To resume: add --resume {shlex.quote(str(path))} to the same command", "dim")
