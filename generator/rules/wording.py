"""KB701 to KB704: texts that say too little to help."""

from __future__ import annotations

import re
from collections.abc import Iterator

from generator.knowledge.diagnostics import Severity
from generator.knowledge.source import Route
from generator.model import NOT_WRITTEN, Status
from generator.rules.base import Finding, Rule, Subject

_BLAME = re.compile(
    r"(?<!\bnot )(?<!\bno )(?<!\bnot a )(?<!\bthan )"
    r"\b(?:human|operator|user|pilot|manual|engineer|developer|admin)(?:'s)?[ -](?:error|mistake|failure)\b"
    r"|\b(?:carelessness|negligence|lack of attention|inattention)\b",
    re.IGNORECASE,
)
_BLAME_WORDS = ("error", "mistake", "failure", "careless", "negligen", "attention")
_EMPTY_WORDS = re.compile(
    r"(?:(?:the )?(?:root )?cause (?:is |was )?|it (?:is|was) |due to |because of |an? |the )?"
    r"(?:unknown|unclear|not known|tbd|tba|todo|to do|to be (?:determined|done|defined)|n/?a|none|see above"
    r"|fixme|various|bug|software bug|code bug|glitch|outage|down|it broke|it was down|server (?:was )?down"
    r"|crash|server crash(?:ed)?|timeout|network (?:issue|problem|error)|database (?:issue|problem|error)"
    r"|configuration (?:issue|problem|error)|misconfiguration|bad (?:deploy|config|configuration|code)"
    r"|not written yet|infrastructure (?:issue|problem)|technical (?:issue|problem|difficulties)|still under investigation)"
    r"[\s.!?]*|[\s.?!-]+",
    re.IGNORECASE,
)
_SHORTEST_CAUSE = 20


def _causes(subject: Subject) -> Iterator[tuple[Route, str]]:
    cause = subject.incident.root_cause
    yield ("root_cause", "statement"), cause.statement
    for index, factor in enumerate(cause.contributing_factors):
        yield ("root_cause", "contributing_factors", index), factor.text


def blame_in(text: str) -> str | None:
    """Return the words that blame a person for the cause, or None."""
    lower = text.lower()
    if not any(word in lower for word in _BLAME_WORDS):
        return None
    found = _BLAME.search(text)
    return found[0] if found else None


def vague_cause(subject: Subject) -> Iterator[Finding]:
    """A cause explains nothing: "human error", "unknown", "misconfiguration".

    "Human error" does not say why one mistake was enough to break production, and nothing in it
    helps to prevent the next one. Write what was wrong and why it led to the symptom: which check
    was missing, which default was wrong, or which assumptions two parts made about each other. If
    the cause is not known, write what is known and what was ruled out.
    """
    incident = subject.incident
    for route, text in _causes(subject):
        if incident.status is Status.DRAFT and text == NOT_WRITTEN:
            continue  # KB106 reports it
        blame = blame_in(text)
        if blame:
            yield Finding(
                route,
                f"{blame!r} is not a root cause",
                "write what made the mistake possible, and why nothing caught it",
            )
        elif _EMPTY_WORDS.fullmatch(text.strip()):
            yield Finding(
                route,
                f"{text.strip()!r} explains nothing",
                "write what was wrong, and why that led to the symptom",
            )


def short_cause(subject: Subject) -> Iterator[Finding]:
    """The root cause is too short to explain anything.

    Fewer than 20 characters cannot say both what was wrong and why it led to the symptom. Write
    both in a sentence.
    """
    text = subject.incident.root_cause.statement.strip()
    if len(text) < _SHORTEST_CAUSE and not _EMPTY_WORDS.fullmatch(text) and not blame_in(text):
        yield Finding(
            ("root_cause", "statement"),
            f"the root cause has fewer than {_SHORTEST_CAUSE} characters",
            "write what was wrong, and why that led to the symptom",
        )


def published_without_verification(subject: Subject) -> Iterator[Finding]:
    """A published incident does not say how to verify that it is over.

    Without `verification`, the reader applies the fix and can only guess whether it worked. Write
    at least one step, and what it shows when the system works. A draft may leave it empty.
    """
    if subject.incident.status is Status.PUBLISHED and not subject.incident.verification:
        yield Finding(
            ("verification",),
            "a published incident needs a step in `verification`",
            "add a step that shows that the incident is over",
        )


def published_without_help(subject: Subject) -> Iterator[Finding]:
    """A published incident cannot be recognized, or does not say what to do.

    Without a signature or an alert, people who see the error do not find the runbook. Without a
    step in `mitigation` or `fix`, it does not help them. Add what is missing, or leave the status
    at `reviewed`.
    """
    incident = subject.incident
    if incident.status is not Status.PUBLISHED:
        return
    if not incident.symptom.signatures and not incident.symptom.alerts:
        yield Finding(
            ("symptom",),
            "a published incident needs a signature or an alert",
            "add `signatures:` with the text of the error",
            of_key=True,
        )
    if not incident.mitigation and not incident.fix.steps:
        yield Finding(
            ("fix",),
            "a published incident needs a step in `mitigation` or `fix`",
            "add `steps:` to `fix`, or a `mitigation`",
            of_key=True,
        )


WORDING = (
    Rule(
        "KB701",
        "vague-cause",
        Severity.ERROR,
        """\
root_cause: >-
  The deploy script takes an empty list of hosts for all hosts, and nothing asks before it
  restarts them.
""",
        "root_cause:\n  statement: The restart of all hosts was a human error.\n",
        (2, 14),
        vague_cause,
        lenient_in_drafts=True,
    ),
    Rule(
        "KB702",
        "short-cause",
        Severity.WARNING,
        "root_cause: The log filled the disk, and the database stops when it cannot write.\n",
        "root_cause: The disk was full.\n",
        (1, 13),
        short_cause,
        lenient_in_drafts=True,
    ),
    Rule(
        "KB703",
        "published-without-verification",
        Severity.ERROR,
        "status: published\nverification: [Log in once more.]\n",
        "status: published\nverification: []\n",
        (2, 1),
        published_without_verification,
    ),
    Rule(
        "KB704",
        "published-without-help",
        Severity.WARNING,
        "status: published\nsymptom: {description: Nobody can log in., alerts: [LoginDown]}\n",
        "status: published\nsymptom: Nobody can log in.\n",
        (2, 1),
        published_without_help,
    ),
)
