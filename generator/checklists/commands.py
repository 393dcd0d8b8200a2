"""Runs the commands of checks: with which values, in which shell, and how they are judged."""

from __future__ import annotations

import re
import signal
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from generator.checklists.items import ChosenCheck, ParameterValue
from generator.commands import processes
from generator.commands.expectations import judge
from generator.commands.shell import read_command
from generator.knowledge.roots import INCIDENTS
from generator.model import Expect, seconds

GRACE = 2.0
"""Seconds that a command has to clean up behind itself when it is ended early."""

_SHELL = ("bash", "-c")
# A rollback's command runs seldom and undoes: a variable that is not set must not expand to nothing.
_STRICT_SHELL = ("bash", "-euo", "pipefail", "-c")
_NO_TERMINAL = re.compile(
    r"not a (?:tty|terminal|typewriter)|/dev/tty|inappropriate ioctl|no (?:tty|terminal)\b"
    r"|(?:terminal|tty) is required|without a (?:tty|terminal)|end of file.*(?:standard input|stdin)"
    r"|EOF when reading a line",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class CommandValue:
    """A value that a command gets.

    Attributes:
        name: the environment variable.
        value: its value.
        source: where it comes from, in words.
    """

    name: str
    value: str
    source: str


@dataclass(frozen=True, slots=True)
class CommandResult:
    """What came of a command.

    Attributes:
        exit: its exit code; 128 and the signal's number where a signal ended it.
        output: what it printed.
        seconds: how long it ran.
        stopped: why it was ended early, in words; empty when it ended by itself.
        interrupted: whether somebody ended it.
    """

    exit: int
    output: str
    seconds: float
    stopped: str
    interrupted: bool


@dataclass(frozen=True)
class CommandRunner:
    """Runs commands.

    Attributes:
        folder: where they run.
        root: the knowledge base, against which its own paths are resolved.
        environment: the variables of whoever runs the checklist.
        default_timeout: seconds after which a command without its own timeout is ended.
    """

    folder: Path
    root: Path
    environment: Mapping[str, str]
    default_timeout: float

    def timeout(self, item: ChosenCheck) -> float:
        """Return after how many seconds a check's command is ended."""
        return seconds(item.timeout) if item.timeout else self.default_timeout

    def values(self, item: ChosenCheck, typed: Mapping[tuple[str, str], str]) -> tuple[tuple[CommandValue, ...], tuple[ParameterValue, ...]]:  # fmt: skip
        """Return the values that a check's command gets, and those that nobody knows.

        What was given for this run comes first, then what was typed in, the environment, and
        the default.

        Args:
            item: the check.
            typed: what a person has typed in, by the incident and the name.
        """
        used, missing = [], []
        incident = item.id.partition("/")[0]
        for value in item.values:
            answer = typed.get((incident, value.name))
            around = self.environment.get(value.name)
            if value.given:
                used.append(CommandValue(value.name, value.value or "", "--set"))
            elif answer is not None:
                used.append(CommandValue(value.name, answer, "typed in"))
            elif around:
                used.append(CommandValue(value.name, around, "environment"))
            elif value.value is not None:
                used.append(CommandValue(value.name, self._resolved(item, value.value), "default"))
            elif value.needed:
                missing.append(value)
        return tuple(used), tuple(missing)

    def _resolved(self, item: ChosenCheck, default: str) -> str:
        """Return a default; a path of the incident's own folder is one from any folder."""
        own = (f"{INCIDENTS}/{reason.incident}/" for reason in item.reasons if reason.incident)
        return str(self.root / default) if default.startswith(tuple(own)) else default

    def unknown(self, command: str, values: Mapping[str, str]) -> tuple[str, ...]:
        """Return the variables that a command needs and that neither values nor environment have."""
        read = read_command(command)
        needed = dict.fromkeys(use.name for use in read.uses if not use.optional)
        known = {*values, *self.environment, *read.assigned}
        return tuple(name for name in needed if name not in known)

    def run(
        self,
        command: str,
        values: Mapping[str, str],
        timeout: float,
        on_output: Callable[[bytes], None],
        on_tick: Callable[[float], None],
        *,
        strict: bool = False,
    ) -> CommandResult:
        """Run a command in bash; it has no terminal and no input, and nothing of it stays behind.

        Args:
            command: the command, as the incident has it.
            values: values of its parameters, which it gets as environment variables.
            timeout: seconds after which it is ended.
            on_output: given what it prints as it comes.
            on_tick: told the seconds that it has run.
            strict: whether to end at the first part of it that fails.
        """
        given = {name: value.replace("\0", "") for name, value in values.items()}
        try:
            done = processes.run(
                [*(_STRICT_SHELL if strict else _SHELL), command],
                self.folder,
                {**self.environment, **given},
                timeout,
                on_output=on_output,
                on_tick=on_tick,
                keep=processes.MOST,
                grace=GRACE,
            )
        except OSError as error:
            # The folder has gone, or the values are longer than the system lets a program have.
            return CommandResult(126, "", 0.0, f"it cannot be started: {error.strerror}", False)
        interrupted = done.stopped == processes.INTERRUPTED
        stopped = (
            f"{done.stopped}; it was ended, with all that it had started" if done.stopped else ""
        )
        return CommandResult(done.exit, done.output, done.seconds, stopped, interrupted)


def judged(expect: Expect, ran: CommandResult) -> list[str]:
    """Return what was not as expected, in words; empty when everything was."""
    if ran.stopped:
        return [ran.stopped]
    wrong = judge(expect, ran.exit, ran.output)
    ended_by = _signal(ran.exit)
    if ended_by and expect.exit is None:
        wrong.append(f"exit code {ran.exit}")
    if wrong and expect.exit != ran.exit:
        if ended_by:
            wrong.append(f"it was ended by the signal {ended_by}")
        if ran.exit == 127:
            wrong.append("a program that it calls is not there")
        if ran.exit == 126:
            wrong.append("a program that it calls cannot be run")
        if _NO_TERMINAL.search(ran.output[-10_000:]):
            wrong.append("it asks for a terminal or for input, and a check has neither")
    return wrong


def _signal(code: int) -> str:
    """Return the name of the signal that an exit code stands for; empty where it stands for none."""
    try:
        return signal.Signals(code - 128).name if code > 128 else ""
    except ValueError:
        return ""
