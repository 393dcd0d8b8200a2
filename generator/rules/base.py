"""What a rule is, what it looks at, and what it finds."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cached_property

from generator.commands.shell import Command, read_command
from generator.knowledge.base import KnowledgeBase
from generator.knowledge.diagnostics import Position, Severity
from generator.knowledge.loader import Entry
from generator.knowledge.source import Route, Source
from generator.model import Action, Incident, Status, Supported, walk
from generator.model.roles import Role


@dataclass(frozen=True, slots=True)
class Finding:
    """What a rule found. A rule names a route of keys; the engine turns it into line and column.

    Attributes:
        route: the way to the value that is meant.
        message: what is wrong, in one line.
        hint: what to do about it, in one line.
        of_key: the key itself is meant, not its value.
        at: the place itself, for the few rules that read the file's text and have no route.
    """

    route: Route
    message: str
    hint: str = ""
    of_key: bool = False
    at: Position | None = None


@dataclass(frozen=True)
class Subject:
    """What a rule looks at: one incident that could be read, and the knowledge base around it.

    What several rules need is worked out once, when the first of them asks.
    """

    entry: Entry
    source: Source
    incident: Incident
    base: KnowledgeBase

    @cached_property
    def actions(self) -> tuple[tuple[Route, Action], ...]:
        """Every step and check, with its route."""
        return tuple(walk.actions(self.incident))

    @cached_property
    def statements(self) -> tuple[tuple[Route, Supported], ...]:
        """Everything that carries evidence, with its route."""
        return tuple(walk.statements(self.incident))

    @cached_property
    def commands(self) -> tuple[tuple[Route, Command], ...]:
        """Every command that is to be run, with its route."""
        return tuple((route, read_command(text)) for route, text in walk.commands(self.incident))

    @cached_property
    def texts(self) -> tuple[tuple[Route, str, Role], ...]:
        """Every text, with its route and what it is for."""
        return tuple(walk.texts(self.incident))

    def counts(self, other_id: str) -> bool:
        """Say whether what another incident has can be wrong here: a draft spoils no finished one.

        Two drafts count for each other, and for a draft everything does: it is the one to change.
        """
        other = self.base.incidents.get(other_id)
        return self.incident.status is Status.DRAFT or not (other and other.status is Status.DRAFT)


Check = Callable[[Subject], Iterator[Finding]]


@dataclass(frozen=True)
class Rule:
    """One rule. Its documentation is the docstring of its check.

    Attributes:
        code: permanent; a code is never given to another rule.
        name: a short slug that says what is wrong.
        severity: error, warning or hint.
        valid: a fragment of an incident that the rule accepts; the tests lint it.
        invalid: a fragment in which the rule finds something; the tests lint it. Empty where
            no text of a file can show it.
        at: line and column in `invalid` of what is found.
        check: yields the findings; None where the loader or the engine reports this code.
        explanation: the documentation of a rule without a check.
        lenient_in_drafts: a draft may lack this for now, so there it is a hint. Not for what claims
            something that is not so, or does harm.
    """

    code: str
    name: str
    severity: Severity
    valid: str
    invalid: str
    at: tuple[int, int] = (1, 1)
    check: Check | None = None
    explanation: str = ""
    lenient_in_drafts: bool = False

    @property
    def documentation(self) -> str:
        """What the rule is about, as Markdown; the first line is its summary."""
        return (
            inspect.getdoc(self.check) or "" if self.check else inspect.cleandoc(self.explanation)
        )

    @property
    def summary(self) -> str:
        """The first line of the documentation."""
        return self.documentation.partition("\n")[0]
