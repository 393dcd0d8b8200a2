"""What the tools are asked: the arguments of each, with what they are for."""

from __future__ import annotations

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

from generator.limits import ASSISTANT_LIST, ASSISTANT_TEXT

_ID = Field(description="Id of the incident, an alias, or the beginning of its id.")
_NAMES = Field(max_length=100)


class CannotAnswer(Exception):
    """A question cannot be answered; the message says why, and what to ask instead."""


class Arguments(BaseModel):
    """Arguments of a tool; unknown ones are an error."""

    model_config = ConfigDict(extra="forbid")


class MatchArguments(Arguments):
    """What `match` is asked."""

    text: Annotated[str, Field(min_length=1, max_length=ASSISTANT_TEXT, description="The error, the stack trace or the log, unchanged: as plain text, as JSON lines, or as the body of an Alertmanager webhook.")]  # fmt: skip


class SearchArguments(Arguments):
    """What `search` is asked."""

    words: Annotated[str, Field(min_length=1, max_length=1_000, description="A few words: of the error, a component, an alert, a cause.")]  # fmt: skip
    most: Annotated[int, Field(ge=1, le=50, description="How many results at most.")] = 8


class ShowArguments(Arguments):
    """What `show` is asked."""

    incident: Annotated[str, _ID]
    values: Annotated[dict[str, str], _NAMES, Field(description="Values of parameters for the commands, such as those that `match` captured: {\"TABLE\": \"Sessions\"}.")] = {}  # fmt: skip


class EvidenceArguments(Arguments):
    """What `evidence` is asked."""

    incident: Annotated[str, _ID]


class ChecklistArguments(Arguments):
    """What `checklist` is asked."""

    changed: Annotated[str, Field(max_length=ASSISTANT_LIST, description="The changed files as git prints them: `git diff --name-only`, `--name-status` or the whole diff. With the whole diff, checks that look at changed lines are chosen precisely.")] = ""  # fmt: skip
    components: Annotated[tuple[str, ...], _NAMES, Field(description="Components that the release touches.")] = ()  # fmt: skip
    kinds: Annotated[tuple[str, ...], _NAMES, Field(description="Kinds of change, such as migration.")] = ()  # fmt: skip
