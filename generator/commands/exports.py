"""Filling a runbook's commands in: parameters become variables of the shell, quoted.

A value is never put into a command's text. It is set as a variable in front of it, in single
quotes, in which no shell reads anything; so a pasted log line can run nothing.
"""

from __future__ import annotations

from collections.abc import Mapping


def quoted(value: str) -> str:
    r"""Quote a value for POSIX shells, so that they read it as it is: `it's` is `'it'\''s'`.

    NUL, which no variable can hold, is left out.
    """
    return "'" + value.replace("\0", "").replace("'", "'\\''") + "'"


def exports(values: Mapping[str, str]) -> list[str]:
    """Return a line `export NAME='value'` for each parameter, in their order.

    Args:
        values: values by the names of parameters, which are names of variables.
    """
    return [f"export {name}={quoted(value)}" for name, value in values.items()]


def filled_in(command: str, values: Mapping[str, str]) -> str:
    """Return a command with the values that it needs set in front of it.

    A line of its own for each: in `NAME='x' command "$NAME"` the shell would read `$NAME` before
    it is set.

    Args:
        command: the command, as an incident's `run` holds it; it is not changed.
        values: values by the names of parameters; those that the command does not name are left out.
    """
    needed = {name: value for name, value in values.items() if name in command}
    return "\n".join([*exports(needed), command])
