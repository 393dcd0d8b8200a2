"""Lints a knowledge base again, and reuses results that cannot have changed.

Most rules look at one incident only; their findings are valid until its text changes. These rules are
not declared but observed: a rule that reads the knowledge base runs every time, all others only if
the text is new.
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
"""The findings of rules in one incident, by code, as JSON data."""


class _Watched:
    """The knowledge base, and whether anything has been read from it."""

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
        known: earlier findings of rules, by incident id; new findings are added.
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
    """Lints incidents one by one.

    Attributes:
        learned: the findings in the last incident that stay valid until its text changes.
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
            known: earlier findings in this text.
        """
        self._known, self.learned = known, {}
        return list(lint_entry(entry, cast(KnowledgeBase, self._base), self._rules))

    def _remembering(self, rule: Rule) -> Rule:
        """Return a rule that looks up earlier findings, and records new ones."""
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
