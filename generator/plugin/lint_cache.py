"""Lints a knowledge base again without doing again what cannot have changed.

Most rules look at one incident alone; their findings hold for as long as its text does. Which
rules these are is not declared but seen: a rule that asks the knowledge base anything is run
every time, all others only when the text is new.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from typing import Any, cast

from generator.cache.parallel import can_fork, run_in_processes
from generator.knowledge.base import KnowledgeBase
from generator.knowledge.diagnostics import Diagnostic, Position, Severity
from generator.knowledge.loader import Entry
from generator.rules.base import Check, Finding, Rule, Subject
from generator.rules.engine import lint_entry, lint_standing

Findings = dict[str, list[list[Any]]]
"""What rules found in one incident, by their code, as JSON can say it."""


class _Watched:
    """The knowledge base, and whether anybody has asked it something."""

    def __init__(self, base: KnowledgeBase) -> None:
        self._base = base
        self.asked = False

    def __getattr__(self, name: str) -> Any:
        self.asked = True
        return getattr(self._base, name)


def check(
    base: KnowledgeBase,
    rules: Sequence[Rule],
    known: dict[str, Findings],
    progress: Callable[[], None] = lambda: None,
) -> list[Diagnostic]:
    """Return all findings, as `generator.rules.engine.lint` does.

    Args:
        base: the knowledge base.
        rules: the rules to apply.
        known: what rules found in incidents before, by id; what they find now is added.
        progress: called once for each incident.
    """
    checker = _Checker(base, rules)
    new = [entry for entry in base.entries if entry.incident and entry.id not in known]
    found: dict[str, list[Diagnostic]] = {}
    if can_fork(len(new)):

        def elsewhere(entry: Entry) -> Any:
            return [[_to_row(d) for d in checker.check(entry, {})], checker.learned]

        for number, (rows, learned) in run_in_processes(elsewhere, new):
            entry = new[number]
            found[entry.id] = [_from_row(entry.file, row) for row in rows]
            known[entry.id] = learned
            progress()
    for entry in base.entries:
        if entry.id not in found:
            found[entry.id] = checker.check(entry, known.get(entry.id, {}))
            if entry.incident:
                known[entry.id] = checker.learned
            progress()
    every = [
        *base.diagnostics,
        *(d for diagnostics in found.values() for d in diagnostics),
        *lint_standing(base, rules),
    ]
    return sorted(every, key=lambda d: d.sort_key)


class _Checker:
    """Lints one incident after the other.

    Attributes:
        learned: what holds of the incident checked last for as long as its text does.
    """

    def __init__(self, base: KnowledgeBase, rules: Sequence[Rule]) -> None:
        self.learned: Findings = {}
        self._known: Findings = {}
        self._base = _Watched(base)
        self._rules = [self._remembering(rule) for rule in rules]

    def check(self, entry: Entry, known: Findings) -> list[Diagnostic]:
        """Return the findings in one incident.

        Args:
            entry: the incident.
            known: what rules found in this text before.
        """
        self._known, self.learned = known, {}
        return list(lint_entry(entry, cast(KnowledgeBase, self._base), self._rules))

    def _remembering(self, rule: Rule) -> Rule:
        """Return a rule that looks up what it found before, and notes what it finds."""
        if rule.check is None:
            return rule
        original: Check = rule.check

        def checked(subject: Subject) -> Iterable[Finding]:
            before = self._known.get(rule.code)
            if before is not None:
                self.learned[rule.code] = before
                return [_to_finding(row) for row in before]
            self._base.asked = False
            findings = list(original(subject))
            if not self._base.asked:
                self.learned[rule.code] = [_from_finding(finding) for finding in findings]
            return findings

        return replace(rule, check=cast(Check, checked))


def _from_finding(f: Finding) -> list[Any]:
    return [list(f.route), f.message, f.hint, f.of_key, f.at and [f.at.line, f.at.column]]


def _to_finding(row: list[Any]) -> Finding:
    route, message, hint, of_key, at = row
    return Finding(tuple(route), message, hint, of_key, Position(*at) if at else None)


def _to_row(d: Diagnostic) -> list[Any]:
    return [d.position.line, d.position.column, d.code, int(d.severity), d.message, d.hint]


def _from_row(file: str, row: list[Any]) -> Diagnostic:
    line, column, code, severity, message, hint = row
    return Diagnostic(file, Position(line, column), code, Severity(severity), message, hint)
