"""What `runbooks run` and `runbooks checklist run` share: the record on disk, and the run itself."""

from __future__ import annotations

import getpass
import os
import re
import shlex
import shutil
import signal
import sys
from collections.abc import Callable, Collection, Iterable, Sequence
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path

import click

from generator.cache.scratch import lock_file
from generator.checklists.commands import CommandRunner
from generator.checklists.items import Checklist, ChosenCheck
from generator.checklists.record import (
    NotARecord,
    RunOutcome,
    RunRecord,
    RunSession,
    Verdict,
    read_record,
    resumed,
    to_second,
)
from generator.checklists.record_markdown import as_markdown, counts, outcome_of
from generator.checklists.running import RunDecider, run_checks
from generator.cli.files import write_whole
from generator.cli.messages import EXIT_FINDINGS
from generator.cli.options import F
from generator.cli.run_screen import Screen
from generator.cli.trusting import ask_to_run, ask_to_run_theirs, commands_that_run
from generator.commands.masking import visible
from generator.model import seconds

EXIT_INTERRUPTED = 130
PRIVATE = 0o600
_DURATION = re.compile(r"[0-9]{1,6}(?:ms|s|m|h)")

Save = Callable[[RunRecord], None]


def _timeout(context: click.Context, parameter: click.Parameter, value: str) -> float:  # noqa: ARG001
    if not _DURATION.fullmatch(value) or not seconds(value):
        raise click.BadParameter(f"{value!r} is not a duration, such as 30s, 5m or 1h")
    return seconds(value)


def run_options(what: str) -> Callable[[F], F]:
    """Return a decorator that adds the options of every run.

    Args:
        what: what is run, in the plural: `checks`.
    """
    options = (
        click.option("--timeout", default="5m", show_default=True, callback=_timeout, metavar="TIME", help=f"Timeout for {what} without their own."),
        click.option("--record-dir", type=click.Path(file_okay=False, path_type=Path), default=".", metavar="DIR", help="Write the record to DIR. Default: the current folder."),
        click.option("--resume", type=click.Path(exists=True, dir_okay=False, path_type=Path), metavar="FILE", help=f"Resume the run of this record; {what} that passed are not run again."),
        click.option("--operator", metavar="NAME", help="Name of the operator, for the record. Default: your user name."),
    )  # fmt: skip

    def decorated(command: F) -> F:
        for option in reversed(options):
            command = option(command)
        return command

    return decorated


def begun_session(operator: str | None) -> RunSession:
    """Return the session that begins now."""
    return RunSession(operator=visible(operator or _user()), begun=to_second(datetime.now(UTC)))


def _user() -> str:
    try:
        return os.environ.get("USER") or getpass.getuser()
    except (KeyError, OSError):
        return f"user {os.getuid()}"


def tool() -> str:
    """Return this program and its version."""
    return f"incident-runbooks {version('incident-runbooks')}"


def resumed_record(path: Path, checklist: Checklist, items: Sequence[ChosenCheck], changes: str, session: RunSession) -> RunRecord:  # fmt: skip
    """Return the record of a run that goes on.

    Raises:
        click.UsageError: it cannot be read, or belongs to something else.
    """
    _keep_others_out(path)
    try:
        old = read_record(path.read_text("utf-8", "replace"))
        return resumed(old, checklist, items, changes, session)
    except NotARecord as error:
        raise click.UsageError(f"{path} cannot be resumed: {error}") from None
    except OSError as error:
        raise click.UsageError(f"cannot read {path}: {error.strerror}") from None


def new_path(folder: Path, what: str, begun: datetime) -> Path:
    """Reserve a free file name, and create its folder if it does not exist; return the path."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise click.ClickException(f"cannot create the folder {folder}: {error.strerror}") from None
    stem = f"{what}-{begun:%Y%m%dT%H%M%SZ}"
    for name in (stem, *(f"{stem}-{number}" for number in range(2, 1000))):
        path = folder / f"{name}.json"
        try:
            # Reserved at once: another run may begin in the same second.
            path.touch(PRIVATE, exist_ok=False)
        except FileExistsError:
            continue
        except OSError as error:
            raise click.ClickException(f"cannot write {path}: {error.strerror}") from None
        _keep_others_out(path)
        return path
    raise click.ClickException(f"{folder} already has a thousand records of this second")


def _keep_others_out(path: Path) -> None:
    """Let no other run write this record while the command goes on: a check would run twice.

    Raises:
        click.UsageError: another run writes it now.
    """
    beside = path.with_suffix(".lock")
    try:
        lock = lock_file(beside)
    except OSError as error:
        raise click.ClickException(f"cannot write {beside}: {error.strerror}") from None
    if lock is None:
        raise click.UsageError(
            f"another run writes {path} at this moment; wait until it has ended, or end it"
        )

    def leave() -> None:
        if lock >= 0:
            beside.unlink(missing_ok=True)
            os.close(lock)

    click.get_current_context().call_on_close(leave)


def agree_to_run(
    root: Path,
    what: str,
    items: Iterable[ChosenCheck],
    trusted: bool,
    trusted_sources: Collection[str],
) -> None:
    """Ask whether the commands of a run may run, where this knowledge base is not trusted yet.

    Args:
        root: the knowledge base.
        what: what has the commands, in the plural: `checks`.
        items: the checks or steps.
        trusted: whether the command line says that ours may.
        trusted_sources: the sources whose commands may, as the command line says.

    Raises:
        click.ClickException: they may not, or nothing runs them.
    """
    listed = [
        (item.source, f"{item.name if item.step else item.id}: {item.run}")
        for item in items
        if item.run
    ]
    ours = [text for source, text in listed if not source]
    ask_to_run(root, commands_that_run(what, ours), trusted)
    ask_to_run_theirs(root, what, listed, trusted_sources)
    if listed and shutil.which("bash") is None:
        raise click.ClickException(f"the {what} run in bash, and bash is not on PATH")


def saved_first(record: RunRecord, path: Path, resume: Path | None, also: Save) -> Save:
    """Save a record for the first time; return what saves it.

    Args:
        record: the record of the run.
        path: its file.
        resume: the record that is resumed, if any.
        also: called with each record, too.
    """

    def save(changed: RunRecord) -> None:
        write_whole(path, changed.text(), PRIVATE)
        write_whole(path.with_suffix(".md"), as_markdown(changed), PRIVATE)
        also(changed)

    try:
        save(record)
    except click.ClickException:
        if resume is None:
            path.unlink(missing_ok=True)  # nothing has run: an empty record would say otherwise
        raise
    return save


def prepare_streams(asks: bool) -> None:
    """Let output that a terminal cannot show, and typed bytes that are not text, end no run."""
    sys.stdout.reconfigure(errors="backslashreplace")  # type: ignore[union-attr]
    if asks:
        sys.stdin.reconfigure(errors="surrogateescape")  # type: ignore[union-attr]


def perform(context: click.Context, record: RunRecord, items: Sequence[ChosenCheck], commands: CommandRunner, decider: RunDecider, save: Save, screen: Screen, path: Path, *, keep_going: bool = False, report_only: bool = False) -> None:  # fmt: skip
    """Run all checks, show the result, and exit with its code.

    Args:
        context: the call of the command.
        record: the record to begin with.
        items: its checks.
        commands: runs commands.
        decider: who decides.
        save: keeps the record.
        screen: shows the run.
        path: the file of the record.
        keep_going: whether to go on after a blocking check that failed.
        report_only: whether to exit 0 even if one failed.
    """
    # A signal also ends the run in order: what was started stops, and the record says so.
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    signal.signal(signal.SIGHUP, signal.default_int_handler)
    try:
        record = run_checks(
            record,
            items,
            commands,
            decider,
            save,
            lambda: datetime.now(UTC),
            keep_going=keep_going,
        )
        _conclude(screen, items, record, path)
        if report_only and record.outcome is RunOutcome.FAILED:
            screen.say("Only reported: the exit code is 0.", "bold")
    finally:
        screen.finish_output()
    if record.outcome is RunOutcome.INTERRUPTED:
        context.exit(EXIT_INTERRUPTED)
    if record.outcome is RunOutcome.FAILED and report_only:
        return
    if record.outcome is not RunOutcome.PASSED:
        context.exit(EXIT_FINDINGS)


def _conclude(screen: Screen, items: Sequence[ChosenCheck], record: RunRecord, path: Path) -> None:
    screen.say()
    good = record.outcome is RunOutcome.PASSED
    screen.say(
        f"{outcome_of(record)} {counts(record.checks)}.", "bold green" if good else "bold red"
    )
    for item, check in zip(items, record.checks, strict=True):
        if check.verdict not in (Verdict.PASSED, Verdict.NOT_REACHED):
            screen.ended(item, check)
    screen.say(f"Record: {path}, and as Markdown (.md)")
    if record.incident:
        screen.say(
            f"To make a draft of it: runbooks new --from-record {shlex.quote(str(path))}", "dim"
        )
    if not good:
        screen.say(f"To resume: add --resume {shlex.quote(str(path))} to the same command", "dim")
