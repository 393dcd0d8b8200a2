"""What the command line prints, harmless to a terminal, and exit codes."""

from __future__ import annotations

import os
import re
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, NoReturn

import click

from generator.text.controls import json_text, written_out

if TYPE_CHECKING:
    from rich.console import Console

EXIT_FINDINGS = 1
EXIT_USAGE = 2
EXIT_INTERNAL = 3

_STYLE = re.compile(r"(\x1b\[(?:[01]|3[0-7])m)")


class CannotPrint(Exception):
    """Standard output or standard error takes no more: a full disk, most often."""


@contextmanager
def _printing() -> Iterator[None]:
    try:
        yield
    except BrokenPipeError:
        raise
    except OSError as error:
        raise CannotPrint(error.strerror) from error


def echo(text: str = "", *, nl: bool = True, err: bool = False) -> None:
    """Print a text. Characters that drive a terminal or turn the direction of a line are spelled out.

    Every command prints through this function, so that no text of an incident, a log or a write-up
    acts on the terminal.

    Args:
        text: what to print; `styled` parts keep their bold type and colour.
        nl: whether a line end follows.
        err: whether it goes to standard error.
    """
    if wants_colour():
        parts = _STYLE.split(text)
        text = "".join(p if n % 2 else written_out(p) for n, p in enumerate(parts))
    else:
        text = written_out(text)
    with _printing():
        click.echo(text, nl=nl, err=err)


def echo_bytes(content: bytes) -> None:
    """Print what a format has made; formats spell out such characters themselves."""
    with _printing():
        sys.stdout.flush()
        sys.stdout.buffer.write(content)
        sys.stdout.buffer.flush()


def echo_json(value: Any, *, indent: int | None = 2) -> None:
    """Print a value as JSON, with the same care."""
    with _printing():
        click.echo(json_text(value, indent))


def styled(text: str, **style: Any) -> str:
    """Return a text in bold type or a colour if standard output is a terminal that wants it.

    Args:
        text: the text.
        **style: as for `click.style`: `bold`, `fg`.
    """
    return click.style(written_out(text), **style) if wants_colour() else text


def print_parts(console: Console, *parts: tuple[str, str]) -> None:
    """Print a line on a console with the same care.

    Args:
        console: where.
        *parts: the texts of the line, each with its style.
    """
    from rich.text import Text

    with _printing():
        console.print(Text.assemble(*((written_out(text), style) for text, style in parts)))


def wants_colour() -> bool:
    """Whether standard output is a terminal whose user has not set NO_COLOR."""
    return sys.stdout.isatty() and "NO_COLOR" not in os.environ


def say(message: str) -> None:
    """Print a message on standard error, so that standard output can be piped."""
    echo(message, err=True)


def stop(message: str, code: int = EXIT_FINDINGS) -> NoReturn:
    """Print a message and exit."""
    say(message)
    sys.exit(code)
