"""From runs of proofs to their records."""

from __future__ import annotations

import math
import re
import sys
from collections.abc import Iterable, Mapping, Sequence

from generator.knowledge.records import ProofOutcome, ProofRecord, ProofRun
from generator.model import Incident
from generator.text.secrets import mask

_OUTPUT = 4000  # characters of the output that a record keeps
_WORST = (ProofOutcome.DISPROVED, ProofOutcome.NOT_RUN, ProofOutcome.PROVED)


def presentable(output: str, hidden: Mapping[str, str]) -> str:
    """Return an output for a record: shortened, and without secrets and paths of this machine.

    Args:
        output: what a proof printed.
        hidden: texts that must not be in a record, each with a replacement.
    """
    for path, name in sorted(hidden.items(), key=lambda pair: -len(pair[0])):
        output = output.replace(path, name)
    output = mask(re.sub(r"\x1b\[[0-9;]*[A-Za-z]", "", output).replace("\r\n", "\n"))
    return _shortened(output.strip("\n"))


def seconds_before(record: ProofRecord | None, proof_id: str) -> float:
    """Return how long a proof took when it was recorded; infinity if it never was."""
    run = record.run(proof_id) if record else None
    return run.seconds if run else math.inf


def _shortened(output: str) -> str:
    if len(output) <= _OUTPUT:
        return output
    half = _OUTPUT // 2
    left_out = len(output) - 2 * half
    return f"{output[:half]}\n[... {left_out} characters left out ...]\n{output[-half:]}"


def joined(runs: Sequence[tuple[str, ProofRun]]) -> ProofRun:
    """Return one run for the runs of a proof with several versions of a service.

    It is proved if all are. Otherwise its outcome, reason and exit code are those of a run that was
    disproved, or that could not run. Versions that differ stand beside one another.

    Args:
        runs: what each was run with, such as `postgresql 15`, and how it ended.
    """
    if len(runs) == 1:
        return runs[0][1]
    named, decisive = min(runs, key=lambda pair: _WORST.index(pair[1].outcome))
    versions: dict[str, dict[str, None]] = {}
    for _, run in runs:
        for service, version in run.versions.items():
            versions.setdefault(service, {})[version] = None
    outputs = {run.output for _, run in runs}
    if len(outputs) > 1:
        parts = [f"with {name}:\n{run.output}" for name, run in runs]
        outputs = {_shortened("\n\n".join(parts))}
    return decisive.model_copy(
        update={
            "reason": f"with {named}: {decisive.reason}" if decisive.reason else "",
            "when": max(run.when for _, run in runs),
            "seconds": round(sum(run.seconds for _, run in runs), 2),
            "versions": {service: ", ".join(found) for service, found in versions.items()},
            "output": outputs.pop(),
        }
    )


def merged(old: ProofRecord | None, incident: Incident, runs: Iterable[ProofRun]) -> ProofRecord:
    """Return a record with new runs added.

    If a proof could not run, its old record stays. Records of proofs that the incident no longer
    has are removed.

    Args:
        old: the record until now.
        incident: the incident.
        runs: the new runs of its proofs.
    """
    kept = {run.proof: run for run in (old.proofs if old else ())}
    for run in runs:
        if run.outcome is not ProofOutcome.NOT_RUN:
            kept[run.proof] = run
        elif run.proof not in kept:
            # The reason may contain an install command with a path of this machine.
            reason = run.reason.replace(sys.executable, "python")
            kept[run.proof] = run.model_copy(update={"reason": reason})
    known = {proof.id for proof in incident.proofs}
    return ProofRecord(proofs=tuple(kept[name] for name in sorted(known & kept.keys())))
