"""KB601 to KB603: evidence that is claimed and missing; KB604 to KB607 are about its records."""

from __future__ import annotations

from collections.abc import Iterator

from generator.knowledge.diagnostics import Severity
from generator.knowledge.loader import INCIDENTS
from generator.model import Evidence
from generator.rules.base import Finding, Rule, Subject


def observed_without_source(subject: Subject) -> Iterator[Finding]:
    """A statement is `observed`, and no log or measurement is named.

    `observed` tells the reader that there is something to look at. Name it in `source`: the id
    of an entry in `sources` that holds the log or the numbers. If somebody only wrote it, the
    evidence is `reported`.
    """
    for route, statement in subject.statements:
        if statement.evidence is Evidence.OBSERVED and not statement.source:
            yield Finding(
                (*route, "evidence"),
                "observed, but no `source` is named",
                "add `source:` with the log or measurement, or write `evidence: reported`",
            )


def proved_without_proof(subject: Subject) -> Iterator[Finding]:
    """A statement is `proved`, and no proof is named.

    `proved` means that `runbooks prove` reproduces it. Name the proof in `proof`: the id of an
    entry in `proofs`. Until there is one, the evidence is `observed` (with a source) or
    `reported`.
    """
    for route, statement in subject.statements:
        if statement.evidence is Evidence.PROVED and not statement.proof:
            yield Finding(
                (*route, "evidence"),
                "proved, but no `proof` is named",
                "add `proof:` with the id of a proof, or lower the evidence",
            )


def missing_proof(subject: Subject) -> Iterator[Finding]:
    """A proof is declared, and its folder is not there.

    The program of the proof `<id>` lives in `proofs/<id>/` beside the incident's file, and is run
    from there. Add the folder, or remove the proof and lower the evidence that rests on it.
    """
    if not subject.incident.proofs:
        return
    folder = subject.base.root / INCIDENTS / subject.entry.id / "proofs"
    for index, proof in enumerate(subject.incident.proofs):
        if not (folder / proof.id).is_dir():
            yield Finding(
                ("proofs", index, "id"),
                f"there is no folder proofs/{proof.id}/",
                "add it with the program, or remove the proof",
            )


EVIDENCE = (
    Rule(
        "KB601",
        "observed-without-source",
        Severity.ERROR,
        """\
impact:
  description: Nobody could log in.
  evidence: observed
  source: log
sources:
  - {id: log, title: Log of the server, kind: log, location: server.log}
""",
        "impact:\n  description: Nobody could log in.\n  evidence: observed\n",
        (3, 13),
        observed_without_source,
    ),
    Rule(
        "KB602",
        "proved-without-proof",
        Severity.ERROR,
        """\
impact:
  description: Nobody could log in.
  evidence: proved
  proof: works
proofs:
  - {id: works, shows: symptom, description: Logs in and fails., run: sh proof.sh,
     expect: {contains: refused}}
""",
        "impact:\n  description: Nobody could log in.\n  evidence: proved\n",
        (3, 13),
        proved_without_proof,
    ),
    Rule(
        "KB603",
        "missing-proof",
        Severity.ERROR,
        """\
proofs:
  - {id: works, shows: symptom, description: Logs in and fails., run: sh proof.sh,
     expect: {contains: refused}}
""",
        """\
proofs:
  - {id: not-there, shows: symptom, description: Logs in and fails., run: sh proof.sh,
     expect: {contains: refused}}
""",
        (2, 10),
        missing_proof,
        lenient_in_drafts=True,
    ),
)
