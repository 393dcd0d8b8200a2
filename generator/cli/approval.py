"""The word of a second person: a code that is shown to whoever runs `runbooks run --approve`.

It makes two people look at a step. It keeps out nobody who has the operator's account: such a person
can read the file that holds the code.
"""

from __future__ import annotations

import contextlib
import json
import secrets
import shlex
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path

import click

from generator.checklists.running import PreparedCheck
from generator.cli.files import write_whole
from generator.cli.messages import echo, say
from generator.cli.recording import PRIVATE
from generator.cli.run_prompts import AskingDecider
from generator.cli.run_screen import Screen
from generator.commands.masking import visible

_TRIES = 3


def _file(record: Path) -> Path:
    return record.with_suffix(".approval")


class SecondPerson:
    """Asks the operator for the role of a second person, and for the code that this person has read."""

    def __init__(self, screen: Screen, record: Path) -> None:
        self._screen = screen
        self._record = record
        self.decider: AskingDecider | None = None

    def __call__(self, prepared: PreparedCheck) -> str:
        """Return the role of who has agreed; an empty text if nobody has."""
        assert self.decider is not None
        item = prepared.item
        with self._code(prepared) as code:
            self._screen.say("  A second person has to read it, in another terminal, with:", "bold")
            name = shlex.quote(str(self._record.absolute()))
            self._screen.say(f"    runbooks run --approve {name} {item.name}", "bold")
            role = self.decider.line("Role of the second person (empty: nobody): ")
            for _ in range(_TRIES if role else 0):
                typed = self.decider.line("Code that this person was shown (empty: none): ")
                if secrets.compare_digest(typed.encode("utf-8", "replace"), code.encode()):
                    return role
                if not typed:
                    break
                self._screen.say("  It is another code.", "yellow")
        return ""

    @contextlib.contextmanager
    def _code(self, prepared: PreparedCheck) -> Iterator[str]:
        """Keep a code for this one question, with what the second person has to read."""
        code = f"{secrets.randbelow(10**6):06}"
        item = prepared.item
        kept = {
            "step": item.name, "do": item.check, "run": item.run, "values": prepared.masker.values,
            "rollback": item.rollback.do if item.rollback else "", "code": code,
        }  # fmt: skip
        path = _file(self._record)
        write_whole(path, json.dumps(kept, ensure_ascii=False) + "\n", PRIVATE)
        try:
            yield code
        finally:
            path.unlink(missing_ok=True)


def asking(screen: Screen, record: Path, places: Iterable[str] = ()) -> AskingDecider:
    """Return who decides at a terminal, and asks for a second person where a command needs one.

    Args:
        screen: shows the run.
        record: the file of its record.
        places: names of steps and stages at which a runbook can go on.
    """
    second = SecondPerson(screen, record)
    second.decider = AskingDecider(screen, second, tuple(places))
    return second.decider


def show_code(record: Path, step: str) -> None:
    """Show a step that waits for a second person, and its code, to whoever confirms to have read it.

    Raises:
        click.UsageError: nobody can be asked, or nothing waits.
    """
    if not (sys.stdin.isatty() and sys.stdout.isatty()):
        raise click.UsageError("--approve shows a code to a person, and needs a terminal")
    try:
        kept = json.loads(_file(record).read_text("utf-8"))
        waits = str(kept["step"])
        shown = {name: str(kept[name]) for name in ("do", "run", "rollback", "code")}
        values = {str(name): str(value) for name, value in dict(kept["values"]).items()}
    except (OSError, ValueError, KeyError, TypeError):
        raise click.UsageError(
            f"no step of {record} waits for a second person now; `runbooks run` says when one does"
        ) from None
    if step != waits:
        raise click.UsageError(f"the step that waits is {waits}, not {step}")
    echo(visible(shown["do"]))
    for name, value in values.items():
        echo(f"  {visible(name)}={visible(value)}")
    for line in visible(shown["run"]).splitlines():
        echo(f"    {line}")
    if shown["rollback"]:
        echo(f"Rollback: {visible(shown['rollback'])}")
    if click.prompt(f"If it may run, type {step}", default="", show_default=False) != step:
        say("Not approved; no code is shown.")
        raise click.exceptions.Exit(1)
    echo(f"Tell the operator this code: {shown['code']}")
