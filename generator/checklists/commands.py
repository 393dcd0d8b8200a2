"""Runs the commands of checks: their values, their shell, and whether the result is as expected."""

from __future__ import annotations

import re
import signal
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType

from generator.checklists.items import ChosenCheck, ParameterValue
from generator.commands import processes
from generator.commands.expectations import judge
from generator.commands.shell import read_command
from generator.knowledge.roots import INCIDENTS
from generator.model import Expect, seconds

GRACE = 2.0
"""Seconds for a command to clean up after it is ended early."""

_SHELL = ("bash", "-c")
# A rollback rarely runs, and it undoes things: a variable that is not set must not expand to nothing.
_STRICT_SHELL = ("bash", "-euo", "pipefail", "-c")
_NO_TERMINAL = re.compile(
    r"not a (?:tty|terminal|typewriter)|/dev/tty|inappropriate ioctl|no (?:tty|terminal)\b"
    r"|(?:terminal|tty) is required|without a (?:tty|terminal)|end of file.{0,60}(?:standard input|stdin)"
    r"|EOF when reading a line",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class CommandValue:
    """A value for a command.

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
    """The result of a command.

    Attributes:
        exit: its exit code; 128 plus the number of the signal if a signal ended it.
        output: its output.
        seconds: how long it ran.
        stopped: why it was ended early, in words; empty if it ended itself.
        interrupted: whether somebody interrupted it.
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
        root: the knowledge base, against which its paths are resolved.
        environment: the environment variables of the person who runs the checklist.
        default_timeout: seconds after which a command without its own timeout is ended.
    """

    folder: Path
    root: Path
    environment: Mapping[str, str]
    default_timeout: float

    def timeout(self, item: ChosenCheck) -> float:
        """Return the timeout of a check's command in seconds."""
        return seconds(item.timeout) if item.timeout else self.default_timeout

    def values(self, item: ChosenCheck, typed: Mapping[tuple[str, str], str], before: Mapping[tuple[str, str], str] = MappingProxyType({})) -> tuple[tuple[CommandValue, ...], tuple[ParameterValue, ...]]:  # fmt: skip
        """Return the values of a check's command, and the missing values.

        Values given for this run come first, then values typed in, the environment, the default, and
        values from before the run was resumed.

        Args:
            item: the check.
            typed: values that a person has typed in, by incident and name.
            before: values from before the run was resumed, by incident and name.
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
            elif (incident, value.name) in before:
                earlier = before[incident, value.name]
                used.append(CommandValue(value.name, earlier, "the record"))
            elif value.needed:
                missing.append(value)
        return tuple(used), tuple(missing)

    def _resolved(self, item: ChosenCheck, default: str) -> str:
        """Return a default; a path in the incident's folder becomes absolute, so it works anywhere."""
        own = (f"{INCIDENTS}/{reason.incident}/" for reason in item.reasons if reason.incident)
        return str(self.root / default) if default.startswith(tuple(own)) else default

    def unknown(self, command: str, values: Mapping[str, str]) -> tuple[str, ...]:
        """Return the variables that a command needs and that are neither in values nor in the environment."""
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
        """Run a command in bash, without terminal and input; all its processes end with it.

        Args:
            command: the command, as in the incident.
            values: values of its parameters, which become environment variables.
            timeout: seconds after which it is ended.
            on_output: called with its output as it arrives.
            on_tick: called with the seconds that it has run.
            strict: whether to stop at the first part that fails.
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
            # The folder no longer exists, or the values are longer than the system allows.
            return CommandResult(126, "", 0.0, f"it cannot start: {error.strerror}", False)
        interrupted = done.stopped == processes.INTERRUPTED
        stopped = f"{done.stopped}; it was ended, with all its processes" if done.stopped else ""
        return CommandResult(done.exit, done.output, done.seconds, stopped, interrupted)


def judged(expect: Expect, ran: CommandResult) -> list[str]:
    """Return what was not as expected, in words; empty if everything was."""
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
            wrong.append("a program that it calls does not exist")
        if ran.exit == 126:
            wrong.append("a program that it calls cannot be run")
        if _NO_TERMINAL.search(ran.output[-10_000:]):
            wrong.append("it asks for a terminal or for input, and a check has neither")
    return wrong


def _signal(code: int) -> str:
    """Return the name of the signal for an exit code; empty if there is none."""
    try:
        return signal.Signals(code - 128).name if code > 128 else ""
    except ValueError:
        return ""
