"""KB511 to KB519: signatures that match too little, too much, or not their own samples."""

from __future__ import annotations

import re
from collections.abc import Iterator

from generator.knowledge.diagnostics import Severity
from generator.knowledge.source import Route
from generator.model import Signature as Declared
from generator.model import walk
from generator.rules.base import Finding, Rule, Subject
from generator.signatures.dialect import problem_in
from generator.signatures.language import CompiledSignature, Searched
from generator.signatures.source import SOURCE_KEYS
from generator.signatures.survey import find_in, ordinary_line

LEAST_TEXT = 12
_WORD = re.compile(r"[^\W\d_]{4}")


def _usable(subject: Subject) -> Iterator[tuple[Route, int, Declared, CompiledSignature]]:
    for index, declared in enumerate(subject.incident.symptom.signatures):
        compiled = subject.signatures.usable.get(index)
        if compiled is not None:
            yield _route(index, declared), index, declared, compiled


def _route(index: int, declared: Declared) -> Route:
    """Return the way to what a signature searches for."""
    given = next(name for name in SOURCE_KEYS if getattr(declared, name))
    return ("symptom", "signatures", index, given)


def _has_word(part: Searched) -> bool:
    return any(map(_WORD.search, part.words))


def _shown(text: str) -> str:
    line = next((line.strip() for line in text.splitlines() if line.strip()), "")
    return repr(line if len(line) <= 70 else f"{line[:67]}...")


def unusable_signature(subject: Subject) -> Iterator[Finding]:
    """A signature is invalid.

    A template needs text around its placeholders. Two adjacent placeholders cannot be separated,
    each name can be captured only once, and `{NAME...}`, which may span lines, needs text on both
    sides. Write the words of the error that never change, and `{_}` for parts that vary and are not
    needed.
    """
    for index, declared in enumerate(subject.incident.symptom.signatures):
        error = subject.signatures.errors.get(index)
        if error is not None and not (declared.regex and problem_in(declared.regex)):
            yield Finding(_route(index, declared), str(error), error.hint)


def sample_not_matched(subject: Subject) -> Iterator[Finding]:
    """A signature does not match one of its own samples.

    `matches` contains real texts of the error, and pasting one of them must find this incident.
    Compare word by word: uppercase and lowercase count, and so do quotation marks. Replace what
    varies with `{_}`.
    """
    for _, index, declared, compiled in _usable(subject):
        for number, sample in enumerate(declared.samples):
            if not find_in(compiled, sample):
                route = ("symptom", "signatures", index, "matches", number)
                yield Finding(
                    route,
                    "the signature does not match this sample",
                    "compare both word by word, and write {_} for what varies",
                )


def reject_matched(subject: Subject) -> Iterator[Finding]:
    """A signature matches a text that it must reject.

    `rejects` contains similar errors with another cause. Pasting one of them would lead to the
    wrong runbook. Add words to the signature that occur only in this error.
    """
    for _, index, declared, compiled in _usable(subject):
        for number, sample in enumerate(declared.rejects):
            if find_in(compiled, sample):
                yield Finding(
                    ("symptom", "signatures", index, "rejects", number),
                    "the signature matches this text, which it must reject",
                    "add words that occur only in this error",
                )


def little_text(subject: Subject) -> Iterator[Finding]:
    """A signature contains too little text.

    A signature with fewer than 12 characters outside of placeholders, or without a word of four
    letters, matches by chance in any long log. Write more of the sentence, up to the part that
    varies. In a regular expression, only text that every match contains counts.
    """
    for route, _, _, compiled in _usable(subject):
        if compiled.weight < LEAST_TEXT or not compiled.every_way(_has_word):
            yield Finding(
                route,
                f"the signature has only {compiled.weight} characters of fixed text"
                if compiled.weight < LEAST_TEXT
                else "the fixed text of the signature has no word of four letters",
                f"write at least {LEAST_TEXT} characters with a word of four letters",
            )


def ordinary_match(subject: Subject) -> Iterator[Finding]:
    """A signature matches an ordinary log line.

    The signature matches one of about 300 lines that PostgreSQL, Node.js, nginx and systemd write
    on a normal day, so every healthy log would show this incident. Add words that occur only in
    the error, such as the name of the constraint.
    """
    for route, _, _, compiled in _usable(subject):
        line = ordinary_line(compiled)
        if line is not None:
            yield Finding(
                route,
                f"the signature matches an ordinary log line: {_shown(line)}",
                "add words that occur only in this error",
            )


def foreign_sample(subject: Subject) -> Iterator[Finding]:
    """A signature matches a sample of another incident that is not related.

    Pasting that error shows both incidents, and nothing says which one applies. Make the signature
    more specific. If one error has two causes, name each incident in the other's `related`, and
    explain in `diagnosis` how to distinguish them.
    """
    incident = subject.incident
    related = {*incident.related, incident.recurrence_of, incident.superseded_by}
    related |= set(subject.others.referrers())
    for route, index, _, _ in _usable(subject):
        for other, text in subject.others.foreign(index).items():
            if other not in related and subject.counts(other):
                yield Finding(
                    route,
                    f"the signature matches a sample of {other!r}: {_shown(text)}",
                    "make it more specific, or name each incident in the other's `related`",
                )


def capture_differs(subject: Subject) -> Iterator[Finding]:
    """A signature does not capture what a sample says.

    The values under `captures` of a sample are what the placeholders must capture from it. A
    placeholder captures up to the next text of the signature, at its leftmost place. Change the
    text after the placeholder, or the value.
    """
    for _, index, declared, compiled in _usable(subject):
        for number, sample in enumerate(declared.matches):
            if not sample.captures:
                continue
            found = find_in(compiled, sample.text)
            for name, value in sample.captures.items():
                actual = found.captures.get(name) if found else None
                if found and actual != value:
                    yield Finding(
                        ("symptom", "signatures", index, "matches", number, "captures", name),
                        f"the signature captures {actual!r}, not {value!r}"
                        if actual is not None
                        else f"the signature does not capture {name} from this sample",
                        "change the text around the placeholder, or the value",
                    )


def capture_not_said(subject: Subject) -> Iterator[Finding]:
    """A sample does not say what fills a parameter that commands use.

    The signature captures a parameter, and commands of the runbook use it. So each sample says what
    it captures, and the steps must be right for each of these values: for an index as for a table,
    if both are captured. Write `{text: ..., captures: {NAME: value}}`.
    """
    used = set(
        re.findall(r"[A-Z][A-Z0-9_]*", "\n".join(c for _, c in walk.commands(subject.incident)))
    )
    for _, index, declared, compiled in _usable(subject):
        for number, sample in enumerate(declared.matches):
            missing = [n for n in compiled.names if n in used and n not in sample.captures]
            if missing:
                yield Finding(
                    ("symptom", "signatures", index, "matches", number),
                    f"the sample does not say what fills {missing[0]}",
                    f"write {{text: ..., captures: {{{missing[0]}: value}}}}",
                )


def _example(lines: str) -> str:
    return f"symptom:\n  description: The server stops.\n  signatures:\n{lines}"


def _captured(sample: str) -> str:
    return f"""\
parameters:
  - name: SHARD
    description: Number of the shard.
symptom:
  description: The server stops.
  signatures:
    - text: 'cannot open shard {{SHARD}} on this host'
      matches: [{sample}]
diagnosis:
  - do: Look at the shard
    run: shardctl show "$SHARD"
"""


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
        needs_whole=True,
    ),
    Rule(
        "KB518",
        "capture-differs",
        Severity.ERROR,
        _captured("{text: cannot open shard 7 on this host, captures: {SHARD: '7'}}"),
        _captured("{text: cannot open shard 7 on this host, captures: {SHARD: '8'}}"),
        (8, 76),
        capture_differs,
        lenient_in_drafts=True,
    ),
    Rule(
        "KB519",
        "capture-not-said",
        Severity.HINT,
        _captured("{text: cannot open shard 7 on this host, captures: {SHARD: '7'}}"),
        _captured("cannot open shard 7 on this host"),
        (8, 17),
        capture_not_said,
    ),
)
