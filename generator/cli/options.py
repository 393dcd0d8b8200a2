"""Options that several commands share."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

import click

from generator.cli.groups import ROOT
from generator.knowledge.roots import INCIDENTS, NotAKnowledgeBase, find_root, is_root

F = TypeVar("F", bound=Callable[..., Any])


_ROOT_HELP = (
    "The knowledge base. Default: the nearest parent folder containing mkdocs.yml and incidents/."
)


def root_option(command: F) -> F:
    """Add `--root DIR`; the command gets it as the absolute path `root`.

    `runbooks --root DIR COMMAND` does the same; the command's own option takes precedence.
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
        help="Output format: text for people, json for programs.",
    )(command)


def output_option(command: F) -> F:
    """Add `-o FILE`; the command gets it as the path `output`, None without it."""
    return click.option(
        "-o",
        "--output",
        type=click.Path(dir_okay=False, path_type=Path),
        metavar="FILE",
        help="Write to FILE instead of standard output.",
    )(command)


def schema_option(of: str, schema: Callable[[], Any]) -> Callable[[F], F]:
    """Return a decorator that adds `--schema`, which prints a JSON Schema and exits.

    Args:
        of: what the schema describes, in words.
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
        click.UsageError: it does not exist.
    """
    if value is None:
        try:
            return find_root(Path.cwd())
        except NotAKnowledgeBase as error:
            raise click.UsageError(
                f"{error}. Name one with --root DIR, or create one: runbooks init DIR"
            ) from None
    if not is_root(value):
        raise click.UsageError(
            f"{value} is not a knowledge base: missing mkdocs.yml or {INCIDENTS}/"
        )
    return value.resolve()
