"""Filling a runbook's commands in: parameters become variables of the shell, quoted.

A value is never put into a command's text. It is set as a variable in front of it, in single
quotes, in which no shell reads anything; so a pasted log line can run nothing.

`assets/fill-in.js` does the same in the browser, and a change of one is a change of both:
`tests/data/fill-in-cases.json` runs through both.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

_MENTION = re.compile(
    r"\$(?:\{[#!]?(?P<braced>[A-Za-z_]\w*)(?P<otherwise>:?[-=+])?|(?P<plain>[A-Za-z_]\w*))",
    re.ASCII,
)


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


def mentions(command: str) -> dict[str, bool]:
    """Return the variables that a command mentions, each with whether it does without a value.

    Every mention counts, in single quotes too: `bash -c 'echo "$TABLE"'` reads it from the
    environment, and an export too many does no harm. A command that says once what to do without
    a value, as `${MIGRATE:-}` or `${MIGRATE:+...}` does, knows that there may be none.
    """
    found: dict[str, bool] = {}
    for match in _MENTION.finditer(command):
        name = match["braced"] or match["plain"]
        found[name] = found.get(name, False) or bool(match["otherwise"])
    return found


def needed_in(command: str, values: Mapping[str, str | None]) -> list[str]:
    """Return the parameters that a command needs: mentioned, and known or not to be done without."""
    found = mentions(command)
    return [
        name
        for name, value in values.items()
        if name in found and (value is not None or not found[name])
    ]


def filled_in(command: str, values: Mapping[str, str | None]) -> str:
    """Return a command with the values that it needs set in front of it, ready to be copied.

    A line of its own for each: in `NAME='x' command "$NAME"` the shell would read `$NAME` before
    it is set. Where a value is missing, the shell stops with a message before anything runs: the
    braces make it one command also for an interactive shell, which would go on with the next line.

    Args:
        command: the command, as an incident's `run` holds it; it is not changed.
        values: values by the names of parameters, None where nobody has filled one in.
    """
    needed = needed_in(command, values)
    lines = exports({n: value for n in needed if (value := values[n]) is not None})
    checks = [f': "${{{name}:?fill in {name}}}"' for name in needed if values[name] is None]
    body = [f"{{ {'; '.join(checks)}", command, "}"] if checks else [command]
    return "\n".join([*lines, *body])
