"""Messages on standard error, and exit codes."""

from __future__ import annotations

import sys
from typing import NoReturn

import click

EXIT_FINDINGS = 1
EXIT_USAGE = 2
EXIT_INTERNAL = 3


def say(message: str) -> None:
    """Print a message on standard error, so that standard output can be piped."""
    click.echo(message, err=True)


def stop(message: str, code: int = EXIT_FINDINGS) -> NoReturn:
    """Print a message and exit."""
    say(message)
    sys.exit(code)
