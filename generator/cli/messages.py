"""Messages on standard error, and the codes that commands end with."""

from __future__ import annotations

import sys
from typing import NoReturn

import click

EXIT_FINDINGS = 1
EXIT_USAGE = 2
EXIT_INTERNAL = 3


def say(message: str) -> None:
    """Print a message about what is going on, on standard error, so that output pipes well."""
    click.echo(message, err=True)


def stop(message: str, code: int = EXIT_FINDINGS) -> NoReturn:
    """Say why, and end with an exit code."""
    say(message)
    sys.exit(code)
