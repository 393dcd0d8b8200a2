"""KB604 to KB607: proofs, and what is recorded of them."""

from __future__ import annotations

from collections.abc import Iterator

from generator.knowledge.diagnostics import Severity
from generator.knowledge.records import ProofOutcome, ProofState
from generator.model import Evidence
from generator.rules.base import Finding, Rule, Subject

_AGAIN = "run `runbooks prove {}`, and commit the record"


def _why(subject: Subject, proof_id: str) -> str:
    """Say why a proof's record does not support what it is for; empty when it does."""
    proof = next((p for p in subject.incident.proofs if p.id == proof_id), None)
    if proof is None:
        return ""  # KB205 says so
    state = subject.base.proof_state(subject.entry.id, proof)
    if state is ProofState.MISSING:
        return f"the proof {proof_id!r} has no record"
    if state is ProofState.STALE:
        return f"the record of the proof {proof_id!r} is stale: the statement or the proof has changed since"
    if state is ProofState.FAILED:
        record = subject.base.record(subject.entry.id)
        run = record.run(proof_id) if record else None
        held = "did not hold" if run and run.outcome is ProofOutcome.DISPROVED else "could not run"
        return f"the proof {proof_id!r} {held}: {run.reason if run else ''}"
    return ""


def not_proved(subject: Subject) -> Iterator[Finding]:
    """A statement is `proved`, and no good record says so.

    `runbooks prove` runs the proofs and writes `proofs/record.json`, which is committed. The
    record is missing when the proof never ran, failed when it did not hold, and stale when the
    statement, the proof's declaration or its files have changed since: then nobody has shown what
    stands there now.
    """
    if not subject.incident.proofs:
        return
    for route, statement in subject.statements:
        if statement.evidence is Evidence.PROVED and statement.proof:
            why = _why(subject, statement.proof)
            if why:
                yield Finding((*route, "evidence"), why, _AGAIN.format(subject.entry.id))


def old_proof(subject: Subject) -> Iterator[Finding]:
    """A proof was last run long ago.

    Libraries and servers move on, and what was true of the versions of then may not be true of
    those of today. `proof_max_age_days` under the plugin's options in `mkdocs.yml` says how many
    days a record stays good; 180 unless it is set.
    """
    for index, proof in enumerate(subject.incident.proofs):
        if subject.base.proof_state(subject.entry.id, proof) is ProofState.OLD:
            yield Finding(
                ("proofs", index, "id"),
                f"the proof {proof.id!r} was last run more than "
                f"{subject.base.settings.proof_max_age_days} days ago",
                _AGAIN.format(subject.entry.id),
            )


def proof_shows_nothing(subject: Subject) -> Iterator[Finding]:
    """A proof expects nothing of its output.

    A program that ends well has shown nothing by that alone: an empty one does, too. Let it print
    what it saw, and name in `expect` a text (`contains`) or an expression (`matches`) that only
    stands there when it was seen.
    """
    for index, proof in enumerate(subject.incident.proofs):
        if not (proof.expect.contains or proof.expect.matches):
            yield Finding(
                ("proofs", index, "expect"),
                f"the proof {proof.id!r} expects nothing of the output",
                "add `contains` or `matches` to its `expect`",
            )


def idle_proof(subject: Subject) -> Iterator[Finding]:
    """A proof that no statement names.

    It runs for nothing: no reader is led to it, and its record goes stale with nothing. Name it
    as `proof` of the statement that it shows, with `evidence: proved`, or remove it.
    """
    if not subject.incident.proofs:
        return
    named = {statement.proof for _, statement in subject.statements}
    for index, proof in enumerate(subject.incident.proofs):
        if proof.id not in named:
            yield Finding(
                ("proofs", index, "id"),
                f"no statement names the proof {proof.id!r}",
                "name it in the statement that it shows, or remove it",
            )


_PROVED = "impact:\n  description: Nobody could log in.\n  evidence: proved\n  proof: {}\n"
_PROOF = (
    "proofs:\n  - {id: works, shows: symptom, description: Logs in and fails., run: sh proof.sh,\n"
    "     expect: {exit: 1, contains: refused}}\n"
)
_SILENT = (
    "proofs:\n  - {id: works, shows: symptom, description: Logs in and fails., run: sh proof.sh}\n"
)

PROOFS = (
    Rule(
        "KB604",
        "not-proved",
        Severity.ERROR,
        _PROVED.format("works") + _PROOF,
        _PROVED.format("silent") + _PROOF.replace("works", "silent"),
        (3, 13),
        not_proved,
        lenient_in_drafts=True,
    ),
    Rule("KB605", "old-proof", Severity.WARNING, "", "", (1, 1), old_proof),
    Rule(
        "KB606",
        "proof-shows-nothing",
        Severity.ERROR,
        _PROVED.format("works") + _PROOF,
        _PROVED.format("works") + _SILENT,
        (6, 5),
        proof_shows_nothing,
        lenient_in_drafts=True,
    ),
    Rule(
        "KB607",
        "idle-proof",
        Severity.WARNING,
        _PROVED.format("works") + _PROOF,
        _PROOF,
        (2, 10),
        idle_proof,
        lenient_in_drafts=True,
    ),
)
