"""KB101 to KB107: fields. The loader reports the first five; a draft may lack what they ask for."""

from __future__ import annotations

from collections.abc import Iterator

from generator.knowledge.diagnostics import Severity
from generator.model import SeverityLevel, Status
from generator.rules.base import Finding, Rule, Subject

_TO_WRITE = {
    "severity": "judge how bad it was: SEV1 (the worst) to SEV4",
    "symptom": "write what is seen, and the text of the error under `signatures`",
    "root_cause": "write what was so, and why that led to the symptom",
    "fix": "write what keeps it from happening again: `steps`, `changes`, or one sentence",
    "verification": "write a step that shows that it is over",
}


def unwritten_field(subject: Subject) -> Iterator[Finding]:
    """A draft lacks a field that it needs before it can be reviewed.

    With `status: draft` an incident may lack `severity`, `symptom`, `root_cause`, `fix` and
    `verification`: the page says "Not written yet" there. As soon as the status is another one,
    they are asked for. Write them when you know them, and do not guess before.
    """
    incident = subject.incident
    if incident.status is not Status.DRAFT:
        return
    for name in incident.unwritten:
        there = isinstance(subject.source.data, dict) and name in subject.source.data
        yield Finding(
            (name,) if there else ("status",),
            f"`{name}` is not written yet",
            _TO_WRITE[name],
            of_key=True,
        )


def unknown_severity(subject: Subject) -> Iterator[Finding]:
    """The severity is `unknown`, and the incident is no draft.

    Severity orders lists and tells who must be woken. `unknown` is for a draft that nobody has
    judged yet. Write SEV1 (the worst) to SEV4, or set the status back to `draft`.
    """
    incident = subject.incident
    if incident.severity is SeverityLevel.UNKNOWN and incident.status is not Status.DRAFT:
        yield Finding(
            ("severity",),
            f"{incident.status.value}, but the severity is unknown",
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

        An incident needs `title`, `severity`, `symptom`, `root_cause`, `fix` and `verification`,
        and some of its parts need fields of their own. A key with nothing behind it counts as
        missing. Add the field.
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

        Most often it is misspelt, or stands a level too deep or too high. What the generator does
        not know it cannot show, so nothing is skipped silently. The hint names the nearest field.
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
        A value has the wrong shape.

        A list stands where text belongs, text where a list or fields belong, or something else
        than a whole number or true and false. The hint says what to write.
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
        A value is none of those that the field takes.

        Severities, states and risks are fixed words; ids are lower-case with hyphens; parameters
        are upper-case; titles are one line. The message lists the words, the hint the nearest.
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
        A time has no zone, or is no time.

        During an incident people in several zones write times down, and an hour's error makes a
        timeline useless. Write RFC 3339 with a zone: `2026-11-20T03:12:00Z`, or `+01:00` instead of
        `Z`. Days (`due`, `date`) are written as `2026-11-20`.
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
