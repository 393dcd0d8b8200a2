"""KB511 to KB516: signatures that match too little, too much, or not what they say."""

from __future__ import annotations

import re
from collections.abc import Iterator

from generator.knowledge.diagnostics import Severity
from generator.knowledge.source import Route
from generator.model import Signature as Declared
from generator.rules.base import Finding, Rule, Subject
from generator.rules.patterns import problem_in
from generator.signatures.language import Signature
from generator.signatures.survey import find_in

LEAST_TEXT = 12
_WORD = re.compile(r"[^\W\d_]{4}")


def _usable(subject: Subject) -> Iterator[tuple[Route, int, Declared, Signature]]:
    for index, declared in enumerate(subject.incident.symptom.signatures):
        compiled = subject.base.survey.compiled.get((subject.entry.id, index))
        if compiled is not None and not (declared.regex and problem_in(declared.regex)):
            form = "text" if declared.text is not None else "regex"
            yield ("symptom", "signatures", index, form), index, declared, compiled


def _shown(text: str) -> str:
    line = next((line.strip() for line in text.splitlines() if line.strip()), "")
    return repr(line if len(line) <= 70 else f"{line[:67]}...")


def unusable_signature(subject: Subject) -> Iterator[Finding]:
    """A signature cannot be looked for.

    A template needs text around its placeholders: two of them side by side cannot be told apart,
    one name can be captured once, and `{NAME...}`, which may span lines, needs text on both sides.
    Write the words of the error that never change, and `{_}` for what is not needed.
    """
    for index, declared in enumerate(subject.incident.symptom.signatures):
        error = subject.base.survey.unusable.get((subject.entry.id, index))
        if error is not None and declared.text is not None:
            yield Finding(("symptom", "signatures", index, "text"), str(error), error.hint)


def sample_not_matched(subject: Subject) -> Iterator[Finding]:
    """A signature does not match one of its own samples.

    `matches` holds real texts of the error; who pastes one of them must get this incident. Compare
    word by word: upper and lower case count, and so do quotes. What varies becomes `{_}`.
    """
    for _, index, declared, compiled in _usable(subject):
        for number, sample in enumerate(declared.matches):
            if not find_in(compiled, sample):
                route = ("symptom", "signatures", index, "matches", number)
                yield Finding(
                    route, "the signature does not match this text", "compare them word by word"
                )


def reject_matched(subject: Subject) -> Iterator[Finding]:
    """A signature matches a text that it must reject.

    `rejects` holds similar errors with another cause. Who pastes one of them would be sent to the
    wrong runbook. Add words to the signature that only this error has.
    """
    for _, index, declared, compiled in _usable(subject):
        for number, sample in enumerate(declared.rejects):
            if find_in(compiled, sample):
                yield Finding(
                    ("symptom", "signatures", index, "rejects", number),
                    "the signature matches this text",
                    "add words that only this error has",
                )


def little_text(subject: Subject) -> Iterator[Finding]:
    """A signature holds too little text.

    Fewer than 12 characters beside placeholders, or no word of four letters, match by chance in
    any long log. Write more of the sentence, up to what varies. In a regular expression only
    text that every match contains counts.
    """
    for route, _, _, compiled in _usable(subject):
        if compiled.weight < LEAST_TEXT or not any(map(_WORD.search, compiled.chunks)):
            yield Finding(
                route,
                f"the signature has {compiled.weight} characters of text that always stand there",
                f"write at least {LEAST_TEXT}, and a word of four letters",
            )


def ordinary_match(subject: Subject) -> Iterator[Finding]:
    """A signature matches an ordinary log line.

    It was tried on some 300 lines as PostgreSQL, Node, nginx and systemd write them on a quiet
    day, and matches one: each healthy log would show this incident. Add words that only the error
    has, such as the name of the constraint.
    """
    for route, index, _, _ in _usable(subject):
        line = subject.base.survey.ordinary.get((subject.entry.id, index))
        if line is not None:
            yield Finding(
                route,
                f"the signature matches an ordinary log line: {_shown(line)}",
                "add words that only this error has",
            )


def foreign_sample(subject: Subject) -> Iterator[Finding]:
    """A signature matches a sample of another incident, and the two are not related.

    Who pastes that error gets both, with nothing that says which one it is. Make the signature
    more specific; or, if one error has two causes, name each in the other's `related` and tell
    them apart in `diagnosis`.
    """
    incident = subject.incident
    related = {*incident.related, incident.recurrence_of, incident.superseded_by}
    related |= set(subject.base.referrers.get(subject.entry.id, ()))
    for route, index, _, _ in _usable(subject):
        for other, text in subject.base.survey.foreign.get((subject.entry.id, index), {}).items():
            if other not in related and subject.counts(other):
                yield Finding(
                    route,
                    f"the signature matches a sample of {other!r}: {_shown(text)}",
                    "make it more specific, or name each other in `related`",
                )


def _example(lines: str) -> str:
    return f"symptom:\n  description: The server stops.\n  signatures:\n{lines}"


SIGNATURES = (
    Rule(
        "KB511",
        "unusable-signature",
        Severity.ERROR,
        _example("    - text: 'cannot open shard {_} of {_} on this host'\n"),
        _example("    - text: 'cannot open shard {_}{_} on this host'\n"),
        (4, 13),
        unusable_signature,
    ),
    Rule(
        "KB512",
        "sample-not-matched",
        Severity.ERROR,
        _example(
            "    - text: 'cannot open shard {_} on this host'\n"
            "      matches: ['cannot open shard 7 on this host']\n"
        ),
        _example(
            "    - text: 'cannot open shard {_} on this host'\n"
            "      matches: ['Cannot open shard 7 on this host']\n"
        ),
        (5, 17),
        sample_not_matched,
        lenient_in_drafts=True,
    ),
    Rule(
        "KB513",
        "reject-matched",
        Severity.ERROR,
        _example(
            "    - text: 'cannot open shard {_} on this host'\n"
            "      rejects: ['cannot open shard 7 read-only']\n"
        ),
        _example(
            "    - text: 'cannot open shard {_}'\n"
            "      rejects: ['cannot open shard 7 read-only']\n"
        ),
        (5, 17),
        reject_matched,
        lenient_in_drafts=True,
    ),
    Rule(
        "KB514",
        "little-text",
        Severity.ERROR,
        _example("    - text: 'shard {_} is offline'\n"),
        _example("    - text: 'E17 {_} at {_}'\n"),
        (4, 13),
        little_text,
        lenient_in_drafts=True,
    ),
    Rule(
        "KB515",
        "ordinary-match",
        Severity.ERROR,
        _example("    - text: 'checkpoint of shard {_} was lost'\n"),
        _example("    - text: 'checkpoint complete: wrote {_} buffers'\n"),
        (4, 13),
        ordinary_match,
        lenient_in_drafts=True,
    ),
    Rule(
        "KB516",
        "foreign-sample",
        Severity.ERROR,
        _example("    - text: 'cache of thumbnails on disk {_} is lost'\n"),
        _example("    - text: 'cache of thumbnails on {_} is'\n"),
        (4, 13),
        foreign_sample,
        lenient_in_drafts=True,
    ),
)
