"""KB601 to KB603: evidence that is claimed but missing. KB604 to KB607 are in `proofs.py`."""

from __future__ import annotations

from collections.abc import Iterator

from generator.knowledge.diagnostics import Severity
from generator.model import Evidence
from generator.rules.base import Finding, Rule, Subject


def observed_without_source(subject: Subject) -> Iterator[Finding]:
    """A statement is `observed`, but does not name a log or measurement.

    `observed` means that the reader can look at a log or measurement. Name it in `source`: the ID
    of an entry in `sources`. If somebody only wrote the statement down, the evidence is
    `reported`.
    """
    for route, statement in subject.statements:
        if statement.evidence is Evidence.OBSERVED and not statement.source:
            yield Finding(
                (*route, "evidence"),
                "the evidence is observed, but `source` is missing",
                "add `source:` with the ID of a log or measurement, or write `evidence: reported`",
            )


def proved_without_proof(subject: Subject) -> Iterator[Finding]:
    """A statement is `proved`, but does not name a proof.

    `proved` means that `runbooks prove` reproduces the statement. Name the proof in `proof`: the
    ID of an entry in `proofs`. Without a proof, the evidence is `observed` (with a source) or
    `reported`.
    """
    for route, statement in subject.statements:
        if statement.evidence is Evidence.PROVED and not statement.proof:
            yield Finding(
                (*route, "evidence"),
                "the evidence is proved, but `proof` is missing",
                "add `proof:` with the ID of a proof, or lower the evidence",
            )


def missing_proof(subject: Subject) -> Iterator[Finding]:
    """The folder of a declared proof does not exist.

    The program of the proof `<id>` is in `proofs/<id>/` in the incident's folder and runs there.
    Add the folder, or remove the proof and lower the evidence that depends on it.
    """
    if not subject.incident.proofs:
        return
    for index, proof in enumerate(subject.incident.proofs):
        if not subject.others.has_folder(f"proofs/{proof.id}"):
            yield Finding(
                ("proofs", index, "id"),
                f"the folder proofs/{proof.id}/ does not exist",
                "add the folder with the program, or remove the proof",
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
