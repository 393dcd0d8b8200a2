"""KB504 to KB508: parameters, which are the environment variables of commands."""

from __future__ import annotations

import re
from collections.abc import Iterator

from generator.knowledge.diagnostics import Severity
from generator.model import walk
from generator.rules.base import Finding, Rule, Subject
from generator.signatures.source import SOURCE_KEYS

# Set in every shell, or set up for a tool before any incident.
_ENVIRONMENT_NAMES = """
    PATH HOME USER LOGNAME PWD OLDPWD SHELL TMPDIR TERM LANG LC_ALL TZ EDITOR HOSTNAME COLUMNS
    LINES UID EUID PPID RANDOM SECONDS LINENO IFS REPLY OPTARG OPTIND PIPESTATUS FUNCNAME BASHPID
    KUBECONFIG AWS_PROFILE AWS_REGION AWS_DEFAULT_REGION DOCKER_HOST
"""
_ENVIRONMENT = frozenset(_ENVIRONMENT_NAMES.split())
_LIBPQ = re.compile(r"PG[A-Z]+\Z")
# A value for one of these decides which programs run, or how.
_RESERVED = re.compile(
    r"(?:PATH|HOME|USER|SHELL|PWD|OLDPWD|TMPDIR|IFS|CDPATH|ENV|TERM|LANG|LC_[A-Z]+|TZ|UID|EUID|PPID"
    r"|EDITOR|VISUAL|PAGER|PS[0-4]|PROMPT_COMMAND|SHELLOPTS|GLOBIGNORE|BASH[A-Z_]*|LD_[A-Z_]+"
    r"|DYLD_[A-Z_]+|PYTHON[A-Z]+|NODE_OPTIONS|NODE_PATH|PERL5(?:LIB|OPT|DB)|RUBY(?:LIB|OPT)"
    r"|JAVA_TOOL_OPTIONS|GIT_[A-Z_]+|SSH_[A-Z_]+|PGOPTIONS|PGSERVICEFILE|PSQLRC|PSQL_EDITOR"
    r"|HTTPS?_PROXY|ALL_PROXY|NO_PROXY)\Z"
)


def undeclared_parameter(subject: Subject) -> Iterator[Finding]:
    """A command uses a variable that is not a declared parameter.

    Parameters are environment variables. `"$TABLE"` in a command gets the value of the parameter
    `TABLE` on the page, in exports and when the command runs. If the parameter is not declared, the
    variable is empty, and the command does something unexpected. Declare it in `parameters` with a
    description and an example. The rule ignores variables in single quotes, variables that the
    command sets itself (`TABLE=...`, `for FILE in`, `read LINE`), variables with a default
    (`${N:-10}`), and variables of the environment: PATH, HOME, USER, TMPDIR, KUBECONFIG,
    AWS_PROFILE and similar ones, and PGHOST, PGDATABASE and the other variables of libpq.
    `DATABASE_URL` must be declared: using the wrong database is a common mistake at night.
    """
    declared = {parameter.name for parameter in subject.incident.parameters}
    for route, command in subject.commands:
        reported = set()
        for use in command.uses:
            name = use.name
            if (
                use.optional
                or name in declared
                or name in reported
                or name in command.assigned
                or name in _ENVIRONMENT
                or _LIBPQ.match(name)
            ):
                continue
            reported.add(name)
            yield Finding(
                route,
                f"`${name}` is not a declared parameter",
                f"add it to `parameters`: - name: {name}",
            )


def unquoted_parameter(subject: Subject) -> Iterator[Finding]:
    """A parameter is used without double quotes.

    The shell splits an unquoted value at spaces and expands `*` and `?` in it. A table named
    `user sessions` becomes two arguments, and a pasted value can match other files. Write
    `"$TABLE"`.
    """
    declared = {parameter.name for parameter in subject.incident.parameters}
    for route, command in subject.commands:
        reported = set()
        for use in command.uses:
            if use.name in declared and not use.quoted and use.name not in reported:
                reported.add(use.name)
                yield Finding(
                    route, f"`${use.name}` is not in double quotes", f'write `"${use.name}"`'
                )


def unused_parameter(subject: Subject) -> Iterator[Finding]:
    """A declared parameter is not used.

    The page asks the reader for a value that has no effect. Use the parameter in a command or in
    the text of a step, or remove it.
    """
    if not subject.incident.parameters:
        return
    used = set(re.findall(r"[A-Z][A-Z0-9_]*", "\n".join(_texts(subject))))
    for index, parameter in enumerate(subject.incident.parameters):
        if parameter.name not in used:
            yield Finding(
                ("parameters", index, "name"),
                f"the parameter {parameter.name} is not used",
                "use it in a command, or remove it",
            )


def _texts(subject: Subject) -> Iterator[str]:
    """Yield every text that may use a parameter."""
    for _, text in walk.commands(subject.incident):
        yield text
    for _, action in subject.actions:
        yield getattr(action, "do", "") or getattr(action, "check", "")
        yield getattr(action, "if_not", None) or ""
    for _, expect in walk.expectations(subject.incident):
        yield from (expect.shows or "", *expect.contains, *expect.matches)


def unknown_capture(subject: Subject) -> Iterator[Finding]:
    """A signature captures an undeclared parameter.

    `{TABLE}` in a signature fills in the parameter TABLE from the pasted error. If the parameter
    is not declared, the value is lost. Declare it in `parameters`, or write `{_}`, which matches
    without capturing.
    """
    declared = {parameter.name for parameter in subject.incident.parameters}
    for index, compiled in subject.signatures.usable.items():
        signature = subject.incident.symptom.signatures[index]
        given = next(name for name in SOURCE_KEYS if getattr(signature, name))
        for name in compiled.names:
            if name not in declared:
                yield Finding(
                    ("symptom", "signatures", index, given),
                    f"undeclared parameter `{{{name}}}`",
                    "declare it in `parameters`, or write {_}",
                )


def reserved_parameter(subject: Subject) -> Iterator[Finding]:
    """A parameter has the name of a variable that changes how the shell or programs run.

    Parameters are set before every command. A value for PATH, IFS, LD_PRELOAD, BASH_ENV,
    PYTHONPATH, NODE_OPTIONS, PGOPTIONS or a similar variable decides which program runs or what it
    does, so a pasted text could run a program. Choose another name, such as `SEARCH_PATH` or
    `APP_HOME`.
    """
    for index, parameter in enumerate(subject.incident.parameters):
        if _RESERVED.match(parameter.name):
            yield Finding(
                ("parameters", index, "name"),
                f"{parameter.name} changes how the shell or programs run",
                f"choose another name, such as APP_{parameter.name}",
            )


_DECLARED = """\
parameters:
  - {name: TABLE, description: The table that the error names., example: Sessions}
"""

PARAMETERS = (
    Rule(
        "KB504",
        "undeclared-parameter",
        Severity.ERROR,
        _DECLARED
        + """\
mitigation:
  - {do: Look at it., run: 'psql -h "$PGHOST" -v name="$TABLE" -f x.sql', risk: read-only}
""",
        'mitigation:\n  - do: Look at it.\n    run: psql -v name="$TABLE" -f x.sql\n    risk: read-only\n',
        (3, 10),
        undeclared_parameter,
        lenient_in_drafts=True,
    ),
    Rule(
        "KB505",
        "unquoted-parameter",
        Severity.WARNING,
        _DECLARED
        + """\
mitigation:
  - {do: Look at it., run: 'psql -v name="$TABLE" -f x.sql', risk: read-only}
""",
        _DECLARED
        + """\
mitigation:
  - {do: Look at it., run: 'psql -v name=$TABLE -f x.sql', risk: read-only}
""",
        (4, 28),
        unquoted_parameter,
    ),
    Rule(
        "KB506",
        "unused-parameter",
        Severity.WARNING,
        _DECLARED
        + """\
mitigation:
  - {do: Look at it., run: 'psql -v name="$TABLE" -f x.sql', risk: read-only}
""",
        _DECLARED,
        (2, 12),
        unused_parameter,
        lenient_in_drafts=True,
    ),
    Rule(
        "KB507",
        "unknown-capture",
        Severity.ERROR,
        'symptom:\n  description: The server stops.\n  signatures: ["there is no such table {_}"]\n',
        'symptom:\n  description: The server stops.\n  signatures: ["there is no such table {TABLE}"]\n',
        (3, 16),
        unknown_capture,
    ),
    Rule(
        "KB508",
        "reserved-parameter",
        Severity.ERROR,
        """\
parameters:
  - {name: APP_PATH, description: The folder of the program.}
mitigation:
  - {do: Look at it., run: 'ls -l "$APP_PATH"', risk: read-only}
""",
        """\
parameters:
  - {name: PATH, description: The folder of the program.}
mitigation:
  - {do: Look at it., run: 'ls -l "$PATH"', risk: read-only}
""",
        (2, 12),
        reserved_parameter,
    ),
)
