"""Steps, their expected results, parameters, and the checks of a deploy."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated

from pydantic import Field

from generator.model.base import (
    Command,
    Duration,
    Line,
    Model,
    OneOrMany,
    ParameterName,
    Slug,
    Supported,
    Text,
    Value,
)
from generator.model.conditions import FileConditions
from generator.model.roles import SHOWN, Role, Weight


class Risk(StrEnum):
    """What a command does to the system that it runs on."""

    READ_ONLY = "read-only"
    CHANGES_STATE = "changes-state"
    DESTRUCTIVE = "destructive"

    @property
    def label(self) -> str:
        """How it is shown."""
        return "changes state" if self is Risk.CHANGES_STATE else self.value


class Expect(Model):
    """The expected result of a step or a check. All given parts must hold.

    The short form is `shows`: what a person sees, in words.
    """

    short_form = "shows"

    shows: Text | None = None
    """What a person sees on success, in words. It is only shown; no program compares it."""
    exit: int | None = None
    """The command's exit code."""
    contains: Annotated[tuple[Text, ...], *OneOrMany] = ()
    """Texts that the output contains, each exactly as written."""
    matches: Annotated[tuple[Text, ...], *OneOrMany, SHOWN] = ()
    """Regular expressions that the output matches somewhere (no look-around, no back-references)."""
    empty: bool | None = None
    """Whether the output is empty."""


class Rollback(Model):
    """How to undo a step. The short form is `do`."""

    short_form = "do"

    do: Annotated[Text, SHOWN]
    """What to do, in a sentence."""
    run: Annotated[Command | None, SHOWN] = None
    """The command that undoes it; its parameters are environment variables, as in `run` of a step."""


class Approval(StrEnum):
    """Who must agree to a step, besides the person who runs it."""

    SECOND_PERSON = "second-person"
    """A second person reads the command, and tells a code that only this person was shown."""


class Poll(Model):
    """How long a result may take to become as expected: until then, the command runs again. The short form is `for`."""

    short_form = "for"

    every: Duration = "10s"
    """Time between two tries, such as 10s."""
    within: Duration = Field(alias="for")
    """Time after which there is no other try, such as 5m."""


class Action(Supported):
    """What a step and a check have in common: a command and its expected result."""

    run: Annotated[Command | None, Role(Weight.BODY)] = None
    """The command to run. Parameters are environment variables: write "$TABLE", in double quotes."""
    expect: Annotated[Expect, SHOWN] = Expect.model_construct()
    """The expected result."""
    risk: Risk | None = None
    """What the command does: read-only, changes-state or destructive."""
    rollback: Rollback | None = None
    """How to undo it. Required when the risk is destructive."""
    needs: Annotated[tuple[Line, ...], *OneOrMany, SHOWN] = ()
    """What must be available: a program, an access right, a maintenance window."""
    timeout: Duration | None = None
    """Time after which the command is stopped, such as 30s or 5m."""
    poll: Poll | None = None
    """Try again until the result is as expected, such as {every: 10s, for: 5m}. Only for a command that reads."""
    approval: Approval | None = None
    """second-person: a run executes the command only with a second person's word."""


class Step(Action):
    """One step of a runbook. The short form is `do`."""

    short_form = "do"

    do: Annotated[Text, Role(Weight.BODY)]
    """What to do, in a sentence that begins with a verb."""
    if_not: Annotated[Text | None, Role(Weight.BODY)] = None
    """What it means, or what to do, if the result is not as expected."""
    expect: Annotated[Expect, Role(Weight.BODY)] = Expect.model_construct()
    """The expected result."""


class FillWith(StrEnum):
    """What fills in a parameter, besides a signature and the reader."""

    LOG_FILE = "log-file"
    """The file in which `runbooks match FILE` found the error, as an absolute path."""


class Parameter(Model):
    """A value that commands need and only the reader knows. It is an environment variable."""

    name: ParameterName
    """The variable's name, in upper case. A signature's `{NAME}` fills it in."""
    description: Annotated[Text, SHOWN]
    """What it is and where to find it."""
    example: Annotated[Line | None, SHOWN] = None
    """A realistic value, shown as a hint and never used automatically."""
    default: Annotated[Value | None, SHOWN] = None
    """The value that is used unless the reader enters another."""
    fill_with: FillWith | None = None
    """log-file: `runbooks match FILE` fills in the file in which it found the error."""


class Phase(StrEnum):
    """When a check is performed: before, during or after a deploy, or in a rollback."""

    BEFORE = "before"
    DURING = "during"
    AFTER = "after"
    ROLLBACK = "rollback"


class Level(StrEnum):
    """Whether a failed check stops the deploy."""

    BLOCKING = "blocking"
    ADVISORY = "advisory"


class AppliesTo(FileConditions):
    """Which releases a check applies to: those that touch any of these, as far as conditions hold."""

    components: Annotated[tuple[Slug, ...], *OneOrMany] = ()
    """Components that the release touches."""
    paths: Annotated[tuple[Line, ...], *OneOrMany, SHOWN] = ()
    """Globs of changed files, as in .gitignore."""
    kinds: Annotated[tuple[Slug, ...], *OneOrMany] = ()
    """Kinds of change, such as migration or dependency."""
    when_kind: Annotated[tuple[Slug, ...], *OneOrMany] = ()
    """Only files that make one of these kinds of change."""


class Check(Action):
    """One line of a deploy checklist, added because this incident happened."""

    id: Slug
    """The check's name, unique in its incident. It never changes."""
    phase: Phase
    """When it is performed: before, during or after the deploy, or when rolling back."""
    check: Annotated[Text, Role(Weight.BODY)]
    """What must hold, as a statement."""
    level: Level = Level.BLOCKING
    """blocking: the deploy stops if the check fails; advisory: it continues."""
    applies_to: AppliesTo = AppliesTo.model_construct()
    """Which releases it applies to. Default: every release that touches the incident's components."""
