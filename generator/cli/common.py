"""What all commands share: the root option, loading with progress, and messages."""

from __future__ import annotations

import contextlib
import json
import os
import sys
import tempfile
from collections.abc import Callable
from datetime import UTC, date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn, TypeVar

import click

from generator.cli.groups import ROOT
from generator.knowledge.roots import INCIDENTS, NotAKnowledgeBase, find_root, is_root
from generator.text.labels import plural

# What takes long to import is imported where it is used: `match` must answer at once.
if TYPE_CHECKING:
    from rich.console import Console
    from rich.progress import Progress

    from generator.knowledge.base import KnowledgeBase

EXIT_FINDINGS = 1
EXIT_USAGE = 2
EXIT_INTERNAL = 3

# Fewer incidents than this load before anybody could read a progress bar.
_WORTH_A_BAR = 200

F = TypeVar("F", bound=Callable[..., Any])


_ROOT_HELP = (
    "The knowledge base. Default: the nearest parent folder containing mkdocs.yml and incidents/."
)


def root_option(command: F) -> F:
    """Add `--root DIR`; the command gets it as the absolute path `root`.

    `runbooks --root DIR COMMAND` says the same; the command's own option wins.
    """
    return _named_root(_resolve_root)(command)


def given_root_option(command: F) -> F:
    """Add `--root DIR`; the command gets it as it was given, see `resolved_root`."""
    return _named_root(_given_root)(command)


def root_for_commands_option(group: F) -> F:
    """Add `--root DIR` to the group of all commands, for the command that follows."""
    return _named_root(_remember_root, expose_value=False)(group)


def _named_root(callback: Callable[..., Any], **more: Any) -> Callable[[F], F]:
    return click.option(
        "--root",
        type=click.Path(file_okay=False, path_type=Path),
        callback=callback,
        metavar="DIR",
        help=_ROOT_HELP,
        **more,
    )


def format_option(command: F) -> F:
    """Add `--format text|json`; the command gets it as `form`."""
    return click.option(
        "--format",
        "form",
        type=click.Choice(["text", "json"]),
        default="text",
        show_default=True,
        help="text for people, json for programs.",
    )(command)


def output_option(command: F) -> F:
    """Add `-o FILE`; the command gets it as the path `output`, None without it."""
    return click.option(
        "-o",
        "--output",
        type=click.Path(dir_okay=False, path_type=Path),
        metavar="FILE",
        help="Write there instead of printing.",
    )(command)


def schema_option(of: str, schema: Callable[[], Any]) -> Callable[[F], F]:
    """Return what adds `--schema`, which prints a JSON Schema and ends the command.

    Args:
        of: what has the schema, in words.
        schema: returns it.
    """

    def printed(context: click.Context, parameter: click.Parameter, value: bool) -> None:  # noqa: ARG001
        if value and not context.resilient_parsing:
            click.echo(json.dumps(schema(), indent=2))
            context.exit()

    return click.option(
        "--schema",
        is_flag=True,
        is_eager=True,
        expose_value=False,
        callback=printed,
        help=f"Print the JSON Schema of {of}, and exit.",
    )


def _remember_root(context: click.Context, parameter: click.Parameter, value: Path | None) -> None:  # noqa: ARG001
    if value is not None:
        context.meta[ROOT] = value


def _given_root(context: click.Context, parameter: click.Parameter, value: Path | None) -> Path | None:  # fmt: skip # noqa: ARG001
    before: Path | None = context.meta.get(ROOT)
    return before if value is None else value


def _resolve_root(context: click.Context, parameter: click.Parameter, value: Path | None) -> Path | None:  # fmt: skip
    given = _given_root(context, parameter, value)
    return given if context.resilient_parsing else resolved_root(given)


def resolved_root(value: Path | None) -> Path:
    """Return the knowledge base that `--root` names, or the nearest one.

    Raises:
        click.UsageError: there is none.
    """
    if value is None:
        try:
            return find_root(Path.cwd())
        except NotAKnowledgeBase as error:
            raise click.UsageError(
                f"{error}. Name one with --root DIR, or begin one: runbooks init DIR"
            ) from None
    if not is_root(value):
        raise click.UsageError(
            f"{value} is not a knowledge base: missing mkdocs.yml or {INCIDENTS}/"
        )
    return value.resolve()


def load_base(root: Path) -> KnowledgeBase:
    """Load the knowledge base, with a progress bar on a terminal when it takes long."""
    from generator.knowledge.base import load

    total = sum(1 for path in (root / INCIDENTS).iterdir() if path.is_dir())
    with bar("Loading incidents", total) as advance:
        return load(root, lambda _: advance(), today=today())


def resolve_id(base: KnowledgeBase, wanted: str) -> str:
    """Return the id that is meant: exact, an alias, or the only one that begins so.

    Raises:
        click.UsageError: there is none, or more than one.
    """
    import difflib

    if wanted in base.by_id:
        return wanted
    aliases = [i for i, incident in base.incidents.items() if wanted in incident.aliases]
    begins = [i for i in base.by_id if i.startswith(wanted)]
    found = aliases or begins
    if len(found) == 1:
        return found[0]
    if found:
        raise click.UsageError(f"{wanted!r} is ambiguous; matches {', '.join(found)}")
    near = difflib.get_close_matches(wanted, list(base.by_id), 3, 0.5)
    hint = (
        f"did you mean {' or '.join(near)}?"
        if near
        else "the ids are the names of the folders under incidents/"
    )
    raise click.UsageError(f"no incident has the id {wanted!r}; {hint}")


def display(console: Console, **options: bool) -> Progress:
    """Return a progress bar that leaves nothing behind; `options` are those of rich's `Progress`."""
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn

    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn())
    return Progress(*columns, console=console, transient=True, **options)  # type: ignore[arg-type]


class bar:  # noqa: N801 - reads as a verb where it is used
    """A progress bar on standard error; none in a pipe, and none for short work.

    Args:
        label: what is being done.
        total: how many steps it takes.
    """

    def __init__(self, label: str, total: int) -> None:
        from rich.console import Console

        console = Console(stderr=True)
        shown = console.is_terminal and total >= _WORTH_A_BAR
        self._progress = display(console, disable=not shown)
        self._task = self._progress.add_task(label, total=total)

    def __enter__(self) -> Callable[[], None]:
        self._progress.start()
        return lambda: self._progress.advance(self._task)

    def __exit__(self, *exception: object) -> None:
        self._progress.stop()


def today() -> date:
    """Return the day it is, by UTC."""
    return datetime.now(UTC).date()


def say(message: str) -> None:
    """Print a message about what is going on, on standard error, so that output pipes well."""
    click.echo(message, err=True)


def say_unreadable(base: KnowledgeBase, consequence: str) -> None:
    """Say how many incidents cannot be read, if there are any, and what that means here."""
    number = len(base.entries) - len(base.incidents)
    if number:
        say(f"{plural(number, 'incident')} cannot be read: {consequence}; see `runbooks lint`")


def stop(message: str, code: int = EXIT_FINDINGS) -> NoReturn:
    """Say why, and end with an exit code."""
    say(message)
    sys.exit(code)


def write_whole(path: Path, content: str | bytes, mode: int = 0o644) -> None:
    """Write a file whole or not at all: beside it first, then renamed into place.

    Args:
        path: the file.
        content: what it is to hold; text is written as UTF-8.
        mode: who may read and write it.

    Raises:
        click.ClickException: the folder is missing or not writable.
    """
    try:
        descriptor, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
        try:
            with os.fdopen(descriptor, "wb") as stream:
                stream.write(content.encode() if isinstance(content, str) else content)
            Path(name).chmod(mode)
            Path(name).replace(path)
        except BaseException:
            Path(name).unlink(missing_ok=True)
            raise
    except OSError as error:
        raise click.ClickException(f"cannot write {path}: {error.strerror}") from None


def write_new(path: Path, text: str) -> None:
    """Write a file that is not there yet, whole or not at all; its folder is made.

    Raises:
        click.ClickException: the file is there already, or cannot be written.
    """
    made = not path.parent.exists()
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        descriptor, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
        try:
            with os.fdopen(descriptor, "w", encoding="utf-8", newline="\n") as stream:
                stream.write(text)
            Path(name).chmod(0o644)
            _put(Path(name), path)
        finally:
            Path(name).unlink(missing_ok=True)
    except FileExistsError:
        raise click.ClickException(f"{path} is there already, and stays as it is") from None
    except OSError as error:
        if made:
            with contextlib.suppress(OSError):
                path.parent.rmdir()
        raise click.ClickException(f"cannot write {path}: {error.strerror}") from None


def _put(written: Path, path: Path) -> None:
    """Give a file its name, unless something has that name.

    Raises:
        FileExistsError: something has.
    """
    try:
        path.hardlink_to(written)  # unlike a rename, fails where somebody was faster
    except FileExistsError:
        raise
    except OSError:  # a file system without links
        if path.exists():
            raise FileExistsError(path) from None
        written.rename(path)
