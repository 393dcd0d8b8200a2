"""Before code of a knowledge base runs for the first time: saying what it is, and asking."""

from __future__ import annotations

import sys
from collections.abc import Collection, Iterable, Sequence
from pathlib import Path

import click

from generator.cli.messages import EXIT_USAGE, say, stop
from generator.cli.options import F
from generator.commands.masking import visible
from generator.knowledge.foreign_code import Runs
from generator.knowledge.sources.origins import origins
from generator.knowledge.trusted import is_told_to_trust, is_trusted_with, trust
from generator.text.labels import plural

VARIABLE = "RUNBOOKS_TRUST"
SOURCES_VARIABLE = "RUNBOOKS_TRUST_SOURCE"
_SHOWN = 10
_LONGEST = 160


def trust_option(command: F) -> F:
    """Add `--trust`; the command gets it as `trusted`."""
    return click.option(
        "--trust",
        "trusted",
        is_flag=True,
        envvar=VARIABLE,
        help=f"Run what this knowledge base brings without asking; {VARIABLE}=1 says the same.",
    )(command)


def trust_source_option(command: F) -> F:
    """Add `--trust-source NAME`; the command gets the names as `trusted_sources`."""
    return click.option(
        "--trust-source",
        "trusted_sources",
        multiple=True,
        metavar="NAME",
        envvar=SOURCES_VARIABLE,
        help="Run what comes from this source of mkdocs.yml, too; --trust does not. Can be repeated.",
    )(command)


def commands_that_run(kind: str, commands: Iterable[str]) -> tuple[Runs, ...]:
    """Return commands of a knowledge base as what would run; they are trusted as one.

    Args:
        kind: what they are; changes of the commands are not asked about again.
        commands: what is shown.
    """
    return tuple(Runs(command, kind) for command in commands)


def ask_to_run(root: Path, runs: Sequence[Runs], trusted: bool) -> None:
    """Ask whether a knowledge base may run its code, once; end where nobody says so.

    Args:
        root: the knowledge base.
        runs: what would run.
        trusted: somebody has said so on the command line.
    """
    digests = {each.digest for each in runs}
    if trusted or not runs or is_trusted_with(root, digests):
        return
    command = click.get_current_context().command_path
    say(f"`{command}` runs code of the knowledge base {visible(str(root))}, with your rights:")
    _agree([each.text for each in runs], "--trust", f"{VARIABLE}=1", "whoever wrote it")
    trust(root, digests)


def ask_to_run_theirs(
    root: Path, kind: str, commands: Iterable[tuple[str, str]], named: Collection[str]
) -> None:
    """Ask whether commands of sources may run; who trusts a knowledge base does not trust its sources.

    Args:
        root: the knowledge base.
        kind: what has the commands, in the plural: `checks`.
        commands: each with the name of its source; empty for one of ours.
        named: the sources that the command line trusts.
    """
    by_source: dict[str, list[str]] = {}
    for source, text in commands:
        if source and source not in named:
            by_source.setdefault(source, []).append(text)
    places = {origin.name: str(origin.folder) for origin in origins(root)}
    for source, texts in by_source.items():
        digest = f"source {source} {places.get(source, '')} {kind}"
        if is_told_to_trust(root, digest):
            continue
        say(f"These {kind} come from the source {source}, and run with your rights:")
        _agree(texts, f"--trust-source {source}", f"{SOURCES_VARIABLE}={source}", source)
        trust(root, [digest])


def _agree(texts: Sequence[str], option: str, setting: str, who: str) -> None:
    """Show what would run, and ask; end where nobody says that it may.

    Args:
        texts: what would run.
        option: the option that says so.
        setting: the environment variable that says so, with its value.
        who: whom one trusts.
    """
    for text in texts[:_SHOWN]:
        say(f"  {_line(text)}")
    if len(texts) > _SHOWN:
        say(f"  and {len(texts) - _SHOWN:,} more")
    if not (sys.stdin.isatty() and sys.stderr.isatty()):
        command = click.get_current_context().command_path
        stop(
            f"You have not said yet that you trust it, so nothing was run. If you do: {command} {option}, "
            f"or {setting} in a pipeline",
            EXIT_USAGE,
        )
    if not click.confirm(f"Do you trust {who}?", err=True):
        stop("Nothing was run.", EXIT_USAGE)


def not_asked_about(root: Path, runs: Sequence[Runs], trusted: bool) -> str:
    """Return what would run that nobody has said may run; empty where there is nothing."""
    new = [each for each in runs if not trusted and not is_trusted_with(root, [each.digest])]
    if not new:
        return ""
    more = f" and {plural(len(new) - 1, 'more thing')}" if new[1:] else ""
    return f"{_line(new[0].text)}{more}"


def _line(text: str) -> str:
    line = " ".join(visible(text).split())
    return line if len(line) <= _LONGEST else f"{line[:_LONGEST]}..."
