"""KB208 to KB212: duplicates."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from generator.knowledge.diagnostics import Severity
from generator.knowledge.source import Route
from generator.model import Incident
from generator.rules.base import Finding, Rule, Subject
from generator.signatures.source import as_key


def duplicate_title(subject: Subject) -> Iterator[Finding]:
    """Two incidents have the same title.

    In lists and search results, only the title distinguishes incidents. Say in each title what is
    specific to the incident. If both are the same incident, keep one. If the incident happened
    again, write `recurrence_of` and a different title.
    """
    for other in subject.others.titled(subject.incident.title):
        if other != subject.entry.id and subject.counts(other):
            yield Finding(
                ("title",),
                f"{other!r} has the same title",
                "say in each title what is specific to the incident",
            )


def duplicate_alias(subject: Subject) -> Iterator[Finding]:
    """An alias also names another incident.

    An alias links a ticket number or an old name to one incident. If two incidents share it, or
    if it is the ID of another incident, readers find the wrong one. Keep it in only one incident.
    """
    for index, alias in enumerate(subject.incident.aliases):
        named = [other for other in subject.others.also_named(alias) if other != subject.entry.id]
        if alias != subject.entry.id and subject.others.has(alias):
            named.insert(0, alias)
        named = [other for other in named if subject.counts(other)]
        if named:
            yield Finding(
                ("aliases", index),
                f"{alias!r} also names the incident {named[0]!r}",
                "keep it in only one of them",
            )


def duplicate_id(subject: Subject) -> Iterator[Finding]:
    """Two checks, sources, proofs or parameters of an incident have the same name.

    Statements, commands and checklists refer to them by name, so each name must be unique in an
    incident. Rename one, or remove it if both are the same.
    """
    incident = subject.incident
    lists: tuple[tuple[str, str, list[str]], ...] = (
        ("parameters", "name", [parameter.name for parameter in incident.parameters]),
        ("checks", "id", [check.id for check in incident.checks]),
        ("proofs", "id", [proof.id for proof in incident.proofs]),
        ("sources", "id", [source.id for source in incident.sources]),
    )
    for field, key, names in lists:
        for index in _repeated(names):
            yield Finding(
                (field, index, key),
                f"duplicate name {names[index]!r} in `{field}`",
                "rename one, or remove it",
            )


def duplicate_signature(subject: Subject) -> Iterator[Finding]:
    """Two incidents have the same signature but are not related.

    Pasting that error shows both incidents, and nothing says which one applies. Make one of the
    signatures more specific. If one error has two causes, name each incident in the other's
    `related`, and explain in `diagnosis` how to distinguish them.
    """
    related = {
        *subject.incident.related,
        subject.incident.recurrence_of,
        subject.incident.superseded_by,
        subject.entry.id,
    }
    for index, signature in enumerate(subject.incident.symptom.signatures):
        for other in subject.others.signed(as_key(signature.source)):
            if (
                other not in related
                and other not in subject.others.referrers()
                and subject.counts(other)
            ):
                yield Finding(
                    ("symptom", "signatures", index),
                    f"{other!r} has the same signature",
                    "make one more specific, or name each incident in the other's `related`",
                )


def repeated_entry(subject: Subject) -> Iterator[Finding]:
    """A list has a duplicate entry.

    The second entry adds nothing, and is usually a mistake. Remove it, or write the intended
    entry.
    """
    incident = subject.incident
    for field, names in _plain_lists(incident):
        if len(names) > 1:
            for index in _repeated(names):
                yield Finding(
                    (*field, index), f"duplicate entry {names[index]!r}", "remove one of them"
                )


def _plain_lists(incident: Incident) -> Iterator[tuple[Route, tuple[str, ...]]]:
    yield ("components",), incident.components
    yield ("tags",), incident.tags
    yield ("aliases",), incident.aliases
    yield ("related",), incident.related
    yield ("symptom", "alerts"), incident.symptom.alerts
    signatures = tuple(as_key(s.source) for s in incident.symptom.signatures)
    yield ("symptom", "signatures"), signatures


def _repeated(names: Iterable[str]) -> Iterator[int]:
    seen: set[str] = set()
    for index, name in enumerate(names):
        if name in seen:
            yield index
        seen.add(name)


DUPLICATES = (
    Rule(
        "KB208",
        "duplicate-title",
        Severity.ERROR,
        "title: The disk of the build server is full\n",
        "title: The disk of the database server is full\n",
        (1, 8),
        duplicate_title,
        lenient_in_drafts=True,
    ),
    Rule(
        "KB209",
        "duplicate-alias",
        Severity.ERROR,
        "aliases: [OPS-42]\n",
        "aliases: [OPS-42, disk-full]\n",
        (1, 19),
        duplicate_alias,
        lenient_in_drafts=True,
    ),
    Rule(
        "KB210",
        "duplicate-id",
        Severity.ERROR,
        """\
sources:
  - {id: log, title: Log of the server, kind: log}
  - {id: metrics, title: Load of the server, kind: measurement}
""",
        """\
sources:
  - {id: log, title: Log of the server, kind: log}
  - {id: log, title: Load of the server, kind: measurement}
""",
        (3, 10),
        duplicate_id,
    ),
    Rule(
        "KB211",
        "duplicate-signature",
        Severity.ERROR,
        """\
related: [disk-full]
symptom:
  description: The build fails while it unpacks an archive.
  signatures: ["No space left on device"]
""",
        """\
symptom:
  description: The build fails while it unpacks an archive.
  signatures: ["No space left on device"]
""",
        (3, 16),
        duplicate_signature,
        lenient_in_drafts=True,
    ),
    Rule(
        "KB212",
        "repeated-entry",
        Severity.WARNING,
        "components: [postgresql, session-store]\n",
        "components: [postgresql, postgresql]\n",
        (1, 26),
        repeated_entry,
    ),
)
