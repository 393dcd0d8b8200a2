"""Filling in a runbook's commands: parameters become variables of the shell, quoted.

A value is never put into a command's text. It is set as a variable before the command, in single
quotes, in which no shell expands anything; so a pasted log line cannot run anything.

`assets/fill-in.js` does the same in the browser. Change both together:
`tests/data/fill-in-cases.json` tests both.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

_MENTION = re.compile(
    r"\$(?:\{[#!]?(?P<braced>[A-Za-z_]\w*)(?P<otherwise>:?[-=+])?|(?P<plain>[A-Za-z_]\w*))",
    re.ASCII,
)


def quoted(value: str) -> str:
    r"""Quote a value for POSIX shells, so that they read it unchanged: `it's` is `'it'\''s'`.

    NUL, which a variable cannot contain, is left out.
    """
    return "'" + value.replace("\0", "").replace("'", "'\\''") + "'"


def exports(values: Mapping[str, str]) -> list[str]:
    """Return a line `export NAME='value'` for each parameter, in their order.

    Args:
        values: values by the names of parameters, which are names of variables.
    """
    return [f"export {name}={quoted(value)}" for name, value in values.items()]


def default_export(name: str, value: str) -> str:
    """Return a line that sets a parameter to its default, unless the environment has a value for it.

    Args:
        name: the parameter.
        value: its default.
    """
    return f"export {name}=${{{name}:-{quoted(value)}}}"


def mentions(command: str) -> dict[str, bool]:
    """Return the variables that a command mentions, each with whether its value is optional.

    Every mention counts, also in single quotes: `bash -c 'echo "$TABLE"'` reads it from the
    environment, and an unnecessary export does no harm. A value is optional if the command says
    anywhere what to do without it, as `${MIGRATE:-}` or `${MIGRATE:+...}` does.
    """
    found: dict[str, bool] = {}
    for match in _MENTION.finditer(command):
        name = match["braced"] or match["plain"]
        found[name] = found.get(name, False) or bool(match["otherwise"])
    return found


def needed_in(command: str, values: Mapping[str, str | None]) -> list[str]:
    """Return the parameters that a command needs: mentioned, and with a value or not optional."""
    found = mentions(command)
    return [
        name
        for name, value in values.items()
        if name in found and (value is not None or not found[name])
    ]


def filled_in(command: str, values: Mapping[str, str | None]) -> str:
    """Return a command with the values that it needs set before it, ready to copy.

    Each has its own line: in `NAME='x' command "$NAME"` the shell would read `$NAME` before it is
    set. If a value is missing, the shell stops with a message before anything runs: because of the
    braces, even an interactive shell, which would continue with the next line, sees one command.

    Args:
        command: the command, as in an incident's `run`; it is not changed.
        values: values by the names of parameters, None for those that are not filled in.
    """
    needed = needed_in(command, values)
    lines = exports({n: value for n in needed if (value := values[n]) is not None})
    checks = [f': "${{{name}:?fill in {name}}}"' for name in needed if values[name] is None]
    body = [f"{{ {'; '.join(checks)}", command, "}"] if checks else [command]
    return "\n".join([*lines, *body])
