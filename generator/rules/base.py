"""The types of a rule: the rule, the incident that it checks, and its findings."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cached_property

from generator.commands.shell import Command, read_command
from generator.knowledge.diagnostics import Position, Severity
from generator.knowledge.loader import Entry
from generator.knowledge.source import Route, Source
from generator.model import Action, Incident, Status, Supported, walk
from generator.model.roles import Role
from generator.rules.others import Others
from generator.signatures.survey import Compiled, compile_all


@dataclass(frozen=True, slots=True)
class Finding:
    """A problem that a rule found. The engine turns its route of keys into line and column.

    Attributes:
        route: the keys that lead to the value.
        message: what is wrong, in one line.
        hint: what to write instead, in one line.
        of_key: whether the key itself is wrong, not its value.
        at: the position, for the few rules that read a file's text and have no route.
        within: the file, for the same rules.
    """

    route: Route
    message: str
    hint: str = ""
    of_key: bool = False
    at: Position | None = None
    within: Source | None = None


@dataclass(frozen=True)
class Subject:
    """What a rule checks: one readable incident, and what it asks about all others.

    Values that several rules need are calculated once, on first use.
    """

    entry: Entry
    source: Source
    incident: Incident
    others: Others

    @cached_property
    def actions(self) -> tuple[tuple[Route, Action], ...]:
        """Every step and check, with its route."""
        return tuple(walk.actions(self.incident))

    @cached_property
    def statements(self) -> tuple[tuple[Route, Supported], ...]:
        """Every statement that has evidence, with its route."""
        return tuple(walk.statements(self.incident))

    @cached_property
    def commands(self) -> tuple[tuple[Route, Command], ...]:
        """Every command, with its route."""
        return tuple((route, read_command(text)) for route, text in walk.commands(self.incident))

    @cached_property
    def signatures(self) -> Compiled:
        """The incident's signatures, and the errors of those that are invalid."""
        return compile_all(self.incident.symptom.signatures)

    @cached_property
    def texts(self) -> tuple[tuple[Route, str, Role], ...]:
        """Every text, with its route and role."""
        return tuple(walk.texts(self.incident))

    def counts(self, other_id: str) -> bool:
        """Return whether a conflict with another incident is reported in this one.

        A draft never causes a finding in a finished incident. In a draft, every conflict counts,
        because the draft is the one to change.
        """
        mine = self.incident.status
        return mine is Status.DRAFT or self.others.status(other_id) != Status.DRAFT


Check = Callable[[Subject], Iterator[Finding]]


@dataclass(frozen=True)
class Rule:
    """One rule. Its documentation is the docstring of its check.

    Attributes:
        code: permanent; a code is never given to another rule.
        name: a short slug that says what is wrong.
        severity: error, warning or hint.
        valid: a fragment of an incident that the rule accepts; the tests lint it.
        invalid: a fragment in which the rule finds a problem; the tests lint it. Empty if no text
            of a file can show the problem.
        at: line and column of the finding in `invalid`.
        check: yields the findings; None if the loader or the engine reports this code.
        explanation: the documentation of a rule without a check.
        lenient_in_drafts: whether the finding is only a hint in a draft, which may be incomplete.
            Not for false claims and dangerous content.
        needs_whole: whether it asks for what is not known if a file beside the incident has errors:
            what that file holds, or what the knowledge base has of this incident.
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
    needs_whole: bool = False

    @property
    def documentation(self) -> str:
        """The documentation of the rule, as Markdown; the first line is its summary."""
        return (
            inspect.getdoc(self.check) or "" if self.check else inspect.cleandoc(self.explanation)
        )

    @property
    def summary(self) -> str:
        """The first line of the documentation."""
        return self.documentation.partition("\n")[0]
