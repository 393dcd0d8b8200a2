"""KB201 to KB207: broken references."""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Iterator
from urllib.parse import urlsplit

from generator.knowledge.diagnostics import Severity
from generator.knowledge.loader import INCIDENTS
from generator.knowledge.source import Route
from generator.model import Incident
from generator.rules.base import Finding, Rule, Subject


def _references(incident: Incident) -> Iterator[tuple[Route, str]]:
    for index, other in enumerate(incident.related):
        yield ("related", index), other
    if incident.recurrence_of:
        yield ("recurrence_of",), incident.recurrence_of
    if incident.superseded_by:
        yield ("superseded_by",), incident.superseded_by


def unknown_incident(subject: Subject) -> Iterator[Finding]:
    """A reference names an incident that does not exist.

    `related`, `recurrence_of` and `superseded_by` contain IDs: the names of folders under
    `incidents/`. The site links to them, and readers follow the links in a hurry. Write the ID of
    an incident in this knowledge base. Name incidents of other systems in `sources` or `aliases`.
    """
    for route, other in _references(subject.incident):
        if not subject.others.has(other):
            near = subject.others.near(other)
            hint = (
                f"did you mean `{near}`?" if near else f"write the name of a folder in {INCIDENTS}/"
            )
            yield Finding(route, f"the incident {other!r} does not exist", hint)


def self_reference(subject: Subject) -> Iterator[Finding]:
    """An incident refers to itself.

    An incident cannot be related to itself, repeat itself or replace itself. Usually the file was
    copied and the ID was not changed. Write the ID of the other incident, or remove the entry.
    """
    for route, other in _references(subject.incident):
        if other == subject.entry.id:
            yield Finding(
                route,
                "the incident refers to itself",
                "write the ID of the other incident, or remove the entry",
            )


def circular_reference(subject: Subject) -> Iterator[Finding]:
    """Incidents replace or repeat each other in a circle.

    Readers who follow `superseded_by` must reach the incident that is valid now, and readers who
    follow `recurrence_of` must reach the first incident. A circle has no end. Decide which
    incident stays, and remove the reference that closes the circle.
    """
    incident = subject.incident
    for field, named in (
        ("recurrence_of", incident.recurrence_of),
        ("superseded_by", incident.superseded_by),
    ):
        following = named
        path = [subject.entry.id]
        while following and following not in path:
            path.append(following)
            following = subject.others.following(following, field)
        if following == subject.entry.id and len(path) > 1:
            circle = " -> ".join((*path, following))
            yield Finding(
                (field,), f"`{field}` forms a circle: {circle}", "remove one of the references"
            )


def unknown_source(subject: Subject) -> Iterator[Finding]:
    """A statement names an undeclared source.

    `source` contains IDs from the incident's list `sources`. Without the entry, nobody can check
    the statement. Add it to `sources` with its title, kind and location, or correct the ID.
    """
    declared = {source.id for source in subject.incident.sources}
    for route, statement in subject.statements:
        for index, source_id in enumerate(statement.source):
            if source_id not in declared:
                yield Finding(
                    (*route, "source", index),
                    f"the source {source_id!r} is not declared",
                    _suggest(source_id, declared, "sources"),
                )


def unknown_proof(subject: Subject) -> Iterator[Finding]:
    """A statement names an undeclared proof.

    `proof` contains the ID of an entry in the incident's list `proofs`. Without the entry, no proof
    can run to show the statement. Add the proof, or correct the ID.
    """
    declared = {proof.id for proof in subject.incident.proofs}
    for route, statement in subject.statements:
        if statement.proof and statement.proof not in declared:
            yield Finding(
                (*route, "proof"),
                f"the proof {statement.proof!r} is not declared",
                _suggest(statement.proof, declared, "proofs"),
            )


def _suggest(wrong: str, declared: Iterable[str], field: str) -> str:
    near = difflib.get_close_matches(wrong, declared, 1, 0.6)
    return f"did you mean `{near[0]}`?" if near else f"add it to `{field}`, or correct the ID"


def missing_file(subject: Subject) -> Iterator[Finding]:
    """The file in a source's `location` does not exist.

    A `location` that is not a URL is a path relative to the incident's folder, so that a clone of
    the repository contains all evidence. Put the file into the folder, and write its relative path
    with forward slashes. The path must not lead out of the folder. For anything elsewhere, write
    its URL.
    """
    for index, source in enumerate(subject.incident.sources):
        path = source.location
        if path is None or _is_address(path):
            continue
        route: Route = ("sources", index, "location")
        if (
            path.startswith(("/", "~"))
            or "\\" in path
            or path[1:2] == ":"
            or ".." in path.split("/")
        ):
            yield Finding(
                route,
                f"{path!r} is not a path inside the incident's folder",
                "write a relative path with forward slashes, such as evidence/server.log",
            )
        elif not subject.others.has_file(path.partition("#")[0]):
            yield Finding(
                route,
                f"the file {path!r} does not exist in the incident's folder",
                "add the file, or write a URL: https://...",
            )


def _is_address(text: str) -> bool:
    return "://" in text or text.lower().startswith(("mailto:", "javascript:", "data:"))


def bad_address(subject: Subject) -> Iterator[Finding]:
    """A URL does not work in a browser.

    `location`, `ticket` and `contact` may contain a URL. It must begin with `https://` or
    `http://`, have a host name, and contain no spaces. Any other URL would be a link that does
    nothing or causes harm. The rule never opens a URL.
    """
    for route, text in _addresses(subject.incident):
        if not _is_address(text):
            continue
        try:
            parts = urlsplit(text)
            good = parts.scheme in ("http", "https") and bool(parts.hostname) and " " not in text
        except ValueError:
            good = False
        if not good:
            yield Finding(
                route, f"{text!r} is not a web URL", "write the whole URL: https://host/path"
            )


def _addresses(incident: Incident) -> Iterator[tuple[Route, str]]:
    for index, source in enumerate(incident.sources):
        if source.location:
            yield ("sources", index, "location"), source.location
    for index, item in enumerate(incident.action_items):
        if item.ticket:
            yield ("action_items", index, "ticket"), item.ticket
    for index, step in enumerate(incident.escalation):
        if step.contact:
            yield ("escalation", index, "contact"), step.contact


LINKS = (
    Rule(
        "KB201",
        "unknown-incident",
        Severity.ERROR,
        "related: [disk-full]\n",
        "related: [disk-ful]\n",
        (1, 11),
        unknown_incident,
    ),
    Rule(
        "KB202",
        "self-reference",
        Severity.ERROR,
        "recurrence_of: disk-full\n",
        "recurrence_of: example\n",
        (1, 16),
        self_reference,
    ),
    Rule(
        "KB203",
        "circular-reference",
        Severity.ERROR,
        "superseded_by: disk-full\n",
        "# queue-stuck has `superseded_by: example`.\nsuperseded_by: queue-stuck\n",
        (2, 16),
        circular_reference,
    ),
    Rule(
        "KB204",
        "unknown-source",
        Severity.ERROR,
        """\
impact:
  description: Nobody could log in.
  source: server-log
sources:
  - {id: server-log, title: Log of the server, kind: log}
""",
        """\
impact:
  description: Nobody could log in.
  source: [server-logs]
sources:
  - {id: server-log, title: Log of the server, kind: log}
""",
        (3, 12),
        unknown_source,
        needs_whole=True,
    ),
    Rule(
        "KB205",
        "unknown-proof",
        Severity.ERROR,
        """\
impact:
  description: Nobody could log in.
  evidence: proved
  proof: works
proofs:
  - {id: works, shows: symptom, description: Logs in and fails., run: sh proof.sh, expect: {contains: refused}}
""",
        """\
impact:
  description: Nobody could log in.
  evidence: proved
  proof: work
proofs:
  - {id: works, shows: symptom, description: Logs in and fails., run: sh proof.sh, expect: {contains: refused}}
""",
        (4, 10),
        unknown_proof,
        needs_whole=True,
    ),
    Rule(
        "KB206",
        "missing-file",
        Severity.ERROR,
        "sources:\n  - {id: log, title: Log of the server, kind: log, location: server.log}\n",
        """\
sources:
  - id: log
    title: Log of the server
    kind: log
    location: ../disk-full/server.log
""",
        (5, 15),
        missing_file,
        lenient_in_drafts=True,
    ),
    Rule(
        "KB207",
        "bad-address",
        Severity.ERROR,
        'escalation:\n  - {role: Database on-call, contact: "https://pager.example.com/db"}\n',
        "escalation:\n  - role: Database on-call\n    contact: javascript:alert(1)\n",
        (3, 14),
        bad_address,
    ),
)
