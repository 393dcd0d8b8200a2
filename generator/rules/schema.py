"""KB101 to KB105: fields. The loader reports all of these."""

from __future__ import annotations

from generator.diagnostics import Severity
from generator.rules.base import Rule

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
)
