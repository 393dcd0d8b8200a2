"""KB604 to KB607: proofs and their records."""

from __future__ import annotations

from collections.abc import Iterator

from generator.knowledge.diagnostics import Severity
from generator.knowledge.records import ProofOutcome, ProofState
from generator.model import Evidence
from generator.rules.base import Finding, Rule, Subject

_AGAIN = "run `runbooks prove {}`, and commit the record"


def _why(subject: Subject, proof_id: str) -> str:
    """Return why a proof's record does not support its statement; empty if it does."""
    if all(proof.id != proof_id for proof in subject.incident.proofs):
        return ""  # KB205 reports it
    state, outcome, reason = subject.others.proof(proof_id)
    if state == ProofState.MISSING:
        return f"the proof {proof_id!r} has no record"
    if state == ProofState.STALE:
        return f"the record of the proof {proof_id!r} is stale: the statement or the proof changed"
    if state == ProofState.FAILED:
        held = "failed" if outcome == ProofOutcome.DISPROVED else "could not run"
        return f"the proof {proof_id!r} {held}: {reason}"
    return ""


def not_proved(subject: Subject) -> Iterator[Finding]:
    """A statement is `proved`, but no valid record shows it.

    `runbooks prove` runs the proofs and writes `proofs/record.json`, which you commit. The record
    is missing if the proof never ran, failed if the proof did not show the statement, and stale if
    the statement, the proof's declaration or its files changed after the run. A stale record does
    not show that the current statement is true.
    """
    if not subject.incident.proofs:
        return
    for route, statement in subject.statements:
        if statement.evidence is Evidence.PROVED and statement.proof:
            why = _why(subject, statement.proof)
            if why:
                yield Finding((*route, "evidence"), why, _AGAIN.format(subject.entry.id))


def old_proof(subject: Subject) -> Iterator[Finding]:
    """The last run of a proof is too old.

    Libraries and servers change, and what was true of earlier versions may not be true of current
    ones. The plugin option `proof_max_age_days` in `mkdocs.yml` sets how many days a record is
    valid. The default is 180.
    """
    for index, proof in enumerate(subject.incident.proofs):
        if subject.others.proof(proof.id)[0] == ProofState.OLD:
            yield Finding(
                ("proofs", index, "id"),
                f"the last run of the proof {proof.id!r} is more than "
                f"{subject.others.proof_age()} days old",
                _AGAIN.format(subject.entry.id),
            )


def proof_shows_nothing(subject: Subject) -> Iterator[Finding]:
    """A proof does not check its output.

    Exit code 0 alone shows nothing: an empty program exits with 0, too. Let the program print what
    it observes, and give in `expect` a text (`contains`) or a regular expression (`matches`) that
    is in the output only if the program observed it.
    """
    for index, proof in enumerate(subject.incident.proofs):
        if not (proof.expect.contains or proof.expect.matches):
            yield Finding(
                ("proofs", index, "expect"),
                f"the proof {proof.id!r} does not check its output",
                "add `contains` or `matches` to `expect`",
            )


def idle_proof(subject: Subject) -> Iterator[Finding]:
    """A proof is declared, but no statement names it.

    The proof has no use: nothing on the page links to it. Name it in `proof` of the statement that
    it shows, with `evidence: proved`, or remove it.
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
        needs_whole=True,
    ),
    Rule("KB605", "old-proof", Severity.WARNING, "", "", (1, 1), old_proof, needs_whole=True),
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
