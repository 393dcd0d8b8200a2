"""KB530 to KB532: what a gate can do without a person, and what need not hold for a while."""

from __future__ import annotations

import difflib
from collections.abc import Iterator

from generator.commands.expectations import compares
from generator.commands.exports import mentions
from generator.knowledge.base import KnowledgeBase
from generator.knowledge.diagnostics import Diagnostic, Severity
from generator.knowledge.loader import STANDING_ID
from generator.knowledge.source import Route
from generator.model import Check, Level, Phase, Risk, Waiver
from generator.rules.base import Finding, Rule, Subject


def gate_needs_person(subject: Subject) -> Iterator[Finding]:
    """A blocking check before the deploy cannot be made by a pipeline.

    `runbooks checklist run --yes` reports such a check as not done, and the release stops until a
    person has made it. If a program can tell, give it a command that only reads, an expectation that
    a program can compare (`exit`, `contains`, `matches`, `empty`), and a default for each parameter
    that the pipeline does not set. If a person has to look, leave it as it is.
    """
    known = {p.name for p in subject.incident.parameters if p.default is not None}
    declared = {p.name for p in subject.incident.parameters}
    for index, check in enumerate(subject.incident.checks):
        if check.level is Level.BLOCKING and check.phase is Phase.BEFORE:
            why = _why_not_alone(check, declared - known)
            if why:
                yield Finding(
                    ("checks", index, "check"),
                    f"in a pipeline, this blocking check is not done: {why}",
                    "a pipeline needs `run`, `risk: read-only`, a compared `expect`, and its values",
                )


def _why_not_alone(check: Check, without_value: set[str]) -> str:
    if not check.run:
        return "it has no command"
    if check.risk is not Risk.READ_ONLY:
        return ""  # a pipeline may allow it
    if not compares(check.expect):
        return "what is expected is only described"
    needed = sorted(n for n, optional in mentions(check.run).items() if not optional)
    missing = [name for name in needed if name in without_value]
    return f"it needs a value for {', '.join(missing)}" if missing else ""


def lint_waivers(base: KnowledgeBase) -> Iterator[Diagnostic]:
    """Yield the findings in the file of the waivers.

    Args:
        base: the knowledge base.
    """
    found = base.waivers
    yield from found.diagnostics
    for number, waiver in enumerate(found.content.waivers):
        assert found.source is not None
        for rule, key, message, hint in _wrong(base, waiver):
            route: Route = ("waivers", number, key)
            place = found.source.position(route)
            yield Diagnostic(found.source.file, place, rule.code, rule.severity, message, hint)


def _wrong(base: KnowledgeBase, waiver: Waiver) -> Iterator[tuple[Rule, str, str, str]]:
    known = _checks(base, waiver.check.partition("/")[0])
    if known is not None and waiver.check not in known:
        near = difflib.get_close_matches(waiver.check, known, 1, 0.4)
        hint = f"did you mean {near[0]}?" if near else "`runbooks checklist --all` shows all ids"
        yield _OF_NOTHING, "check", f"no check has the id {waiver.check}", hint
    if base.today and base.today > waiver.until:
        message = f"this waiver ended on {waiver.until}, so the check counts again"
        yield _ENDED, "until", message, "remove it, or decide again and set a new day"


def _checks(base: KnowledgeBase, incident_id: str) -> list[str] | None:
    """Return the ids of the checks of an incident; None if they are not known, because of errors."""
    if incident_id == STANDING_ID:
        standing = base.standing_checks
        return None if standing.diagnostics else _ids(incident_id, standing.content.checks)
    entry = base.by_id.get(incident_id)
    if entry is None:
        return []
    return None if entry.incident is None else _ids(incident_id, entry.incident.checks)


def _ids(incident_id: str, checks: tuple[Check, ...]) -> list[str]:
    return [f"{incident_id}/{check.id}" for check in checks]


_CHECK = """\
checks:
  - id: space-left
    phase: before
    check: Enough space is left
    run: df --output=pcent "$DISK"
    risk: read-only
    expect: {matches: '[0-8][0-9]%%'}
parameters:
  - {name: DISK, description: The mount point%s}
"""

_OF_NOTHING = Rule(
    "KB531",
    "waiver-of-nothing",
    Severity.WARNING,
    "",
    "",
    explanation="""
        A waiver in `incidents/waivers.yaml` names a check that does not exist.

        It has no effect. Perhaps the id is mistyped; `runbooks checklist --all` shows all ids. Perhaps
        the check is gone: then remove the waiver.
    """,
)
_ENDED = Rule(
    "KB532",
    "ended-waiver",
    Severity.WARNING,
    "",
    "",
    explanation="""
        A waiver in `incidents/waivers.yaml` has ended.

        It counts until its last day, `until`, is over in UTC. Then the check counts again. Remove the
        waiver, or decide again and set a new day.
    """,
)

WAIVERS = (
    Rule(
        "KB530",
        "gate-needs-person",
        Severity.HINT,
        _CHECK % ", default: /",
        _CHECK % "",
        (4, 12),
        gate_needs_person,
    ),
    _OF_NOTHING,
    _ENDED,
)
