"""Steps, what they are expected to show, parameters, and the checks of a deploy."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated

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
from generator.model.roles import SHOWN, Role, Weight


class Risk(StrEnum):
    """What running a command does to the system it runs against."""

    READ_ONLY = "read-only"
    CHANGES_STATE = "changes-state"
    DESTRUCTIVE = "destructive"

    @property
    def label(self) -> str:
        """How it is shown."""
        return "changes state" if self is Risk.CHANGES_STATE else self.value


class Expect(Model):
    """How to tell that a step or a check went well. All parts that are given must hold.

    The short form is `shows`: what a person sees, in words.
    """

    short_form = "shows"

    shows: Text | None = None
    """What a person sees when it went well, in words. It is shown, never compared by a program."""
    exit: int | None = None
    """The command's exit code."""
    contains: Annotated[tuple[Text, ...], *OneOrMany] = ()
    """Texts that the output holds, each exactly as written."""
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


class Action(Supported):
    """What a step and a check have in common: a command and how to judge it."""

    run: Annotated[Command | None, Role(Weight.BODY)] = None
    """The command to run. Parameters are environment variables: write "$TABLE", in double quotes."""
    expect: Annotated[Expect, SHOWN] = Expect()
    """How to tell that it went well."""
    risk: Risk | None = None
    """What the command does: read-only, changes-state or destructive."""
    rollback: Rollback | None = None
    """How to undo it. Required when the risk is destructive."""
    needs: Annotated[tuple[Line, ...], *OneOrMany, SHOWN] = ()
    """What must be at hand: a program, an access right, a maintenance window."""
    timeout: Duration | None = None
    """When to give up waiting, such as 30s or 5m."""


class Step(Action):
    """One step of a runbook. The short form is `do`."""

    short_form = "do"

    do: Annotated[Text, Role(Weight.BODY)]
    """What to do, in a sentence that begins with a verb."""
    if_not: Annotated[Text | None, Role(Weight.BODY)] = None
    """What it means, or where to go, when it did not go as expected."""
    expect: Annotated[Expect, Role(Weight.BODY)] = Expect()
    """How to tell that it went well."""


class Parameter(Model):
    """A value that commands need and that only the reader knows. It is an environment variable."""

    name: ParameterName
    """The variable's name, in upper case. A signature's `{NAME}` fills it in."""
    description: Annotated[Text, SHOWN]
    """What it is and where to find it."""
    example: Annotated[Line | None, SHOWN] = None
    """A realistic value, shown as a hint and never used by itself."""
    default: Annotated[Value | None, SHOWN] = None
    """The value that is used until the reader types another."""


class Phase(StrEnum):
    """When in a deploy a check is made."""

    BEFORE = "before"
    DURING = "during"
    AFTER = "after"
    ROLLBACK = "rollback"


class Level(StrEnum):
    """Whether a deploy stops at a check that fails."""

    BLOCKING = "blocking"
    ADVISORY = "advisory"


class AppliesTo(Model):
    """Which releases a check is for. A release that touches any of these gets it."""

    components: Annotated[tuple[Slug, ...], *OneOrMany] = ()
    """Components that the release touches."""
    paths: Annotated[tuple[Line, ...], *OneOrMany, SHOWN] = ()
    """Globs of changed files, as in .gitignore."""
    kinds: Annotated[tuple[Slug, ...], *OneOrMany] = ()
    """Kinds of change, such as migration or dependency."""


class Check(Action):
    """One line of a deploy checklist, there because this incident happened."""

    id: Slug
    """The check's name, unique in its incident, stable for ever."""
    phase: Phase
    """When it is made: before, during or after the deploy, or when rolling back."""
    check: Annotated[Text, Role(Weight.BODY)]
    """What must hold, as a statement."""
    level: Level = Level.BLOCKING
    """blocking: the deploy stops when it fails; advisory: it goes on."""
    applies_to: AppliesTo = AppliesTo()
    """Which releases it is for; without it, every release that touches the incident's components."""
