"""KB101 to KB107: fields. The loader reports the first five."""

from __future__ import annotations

from collections.abc import Iterator

from generator.knowledge.diagnostics import Severity
from generator.model import SeverityLevel, Status
from generator.rules.base import Finding, Rule, Subject
from generator.rules.imported import comment_of_import

_TO_WRITE = {
    "severity": "write `severity:` with SEV1 (the worst) to SEV4",
    "symptom": "write what users or operators see, and the text of the error under `signatures`",
    "root_cause": "write what was wrong, and why that led to the symptom",
    "fix": "write what prevents a recurrence: `steps`, `changes`, or one sentence",
    "verification": "write a step that shows that the incident is over",
}


def unwritten_field(subject: Subject) -> Iterator[Finding]:
    """A draft lacks a field that is required for review.

    With `status: draft`, an incident may lack `severity`, `symptom`, `root_cause`, `fix` and
    `verification`. The page says "Not written yet" there. With any other status, these fields are
    required. Write them when you know the facts, and do not guess. Of a draft that `runbooks
    import` made, one finding names all of them, because its comments say the same.
    """
    incident = subject.incident
    lacking = incident.unwritten
    if incident.status is not Status.DRAFT or not lacking:
        return
    if len(lacking) > 1 and comment_of_import(subject):
        names = ", ".join(f"`{name}`" for name in lacking)
        yield Finding(("status",), f"not written yet: {names}", "see the comments at the top")
        return
    for name in lacking:
        there = subject.source.has(name)
        yield Finding(
            (name,) if there else ("status",),
            f"`{name}` is not written yet",
            _TO_WRITE[name],
            of_key=True,
        )


def unknown_severity(subject: Subject) -> Iterator[Finding]:
    """The severity is `unknown`, but the incident is not a draft.

    Severity orders lists and decides who is woken. `unknown` is only for drafts whose severity is
    not decided yet. Write SEV1 (the worst) to SEV4, or set the status back to `draft`.
    """
    incident = subject.incident
    if incident.severity is SeverityLevel.UNKNOWN and incident.status is not Status.DRAFT:
        yield Finding(
            ("severity",),
            f"the severity is unknown, but the status is {incident.status.value}",
            _TO_WRITE["severity"],
        )


SCHEMA = (
    Rule(
        "KB101",
        "missing-field",
        Severity.ERROR,
        "severity: SEV2\n",
        "severity:\n",
        (1, 1),
        explanation="""
        A required field is missing.

        An incident needs `title`, `severity`, `symptom`, `root_cause`, `fix` and `verification`.
        Some of its parts have required fields too. A key without a value counts as missing. Add
        the field.
        """,
    ),
    Rule(
        "KB102",
        "unknown-field",
        Severity.ERROR,
        "root_cause: Two processes create the same table at the same time.\n",
        "rootcause: Two processes create the same table at the same time.\n",
        (1, 1),
        explanation="""
        A field is unknown.

        Usually it is misspelled, or indented one level too deep or too high. The generator cannot
        show an unknown field, and it never skips one silently. The hint names the closest field.
        """,
    ),
    Rule(
        "KB103",
        "wrong-type",
        Severity.ERROR,
        "tags: [startup, database]\n",
        "tags: {startup: database}\n",
        (1, 1),
        explanation="""
        A value has the wrong type.

        For example, it is a list instead of text, text instead of a list or a mapping, or not a
        whole number, or not `true` or `false`. The hint says what to write.
        """,
    ),
    Rule(
        "KB104",
        "wrong-value",
        Severity.ERROR,
        "severity: SEV2\n",
        "severity: high\n",
        (1, 11),
        explanation="""
        The field does not accept this value.

        Severities, states and risks are fixed words. IDs are lowercase with hyphens, parameters
        are uppercase, and titles are one line. The message lists the words, and the hint names
        the closest one.
        """,
    ),
    Rule(
        "KB105",
        "wrong-time",
        Severity.ERROR,
        "timeline:\n  - {at: 2026-03-01T03:00:00Z, what: The first login fails.}\n",
        "timeline:\n  - {at: 2026-03-01T03:00:00, what: The first login fails.}\n",
        (2, 10),
        explanation="""
        A value is not a time, or has no time zone.

        During an incident, people in several time zones write down times, and an error of one hour
        makes a timeline useless. Write RFC 3339 with a zone: `2026-11-20T03:12:00Z`, or `+01:00`
        instead of `Z`. Write days (`due`, `date`) as `2026-11-20`.
        """,
    ),
    Rule(
        "KB106",
        "unwritten-field",
        Severity.HINT,
        "status: draft\nseverity: SEV3\n",
        "status: draft\nseverity: unknown\n",
        (2, 1),
        unwritten_field,
    ),
    Rule(
        "KB107",
        "unknown-severity",
        Severity.ERROR,
        "status: draft\nseverity: unknown\n",
        "status: published\nseverity: unknown\n",
        (2, 11),
        unknown_severity,
    ),
)
