"""Prints the results of proofs as text, JSON or JUnit XML."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from xml.etree import ElementTree

from generator.commands.guards import Guard
from generator.knowledge.records import ProofOutcome, ProofRun
from generator.proofs.runner import ProofResult
from generator.text.controls import json_text

WORDS = {
    ProofOutcome.PROVED: "proved",
    ProofOutcome.DISPROVED: "DISPROVED",
    ProofOutcome.NOT_RUN: "could not run",
}

_LINES = 20  # lines of output shown for a proof that failed

# Characters that XML 1.0 does not allow, not even escaped.
_NOT_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def proof_line(incident_id: str, run: ProofRun) -> str:
    """Return the outcome of a proof as one line."""
    versions = ", ".join(f"{name} {version}" for name, version in run.versions.items())
    facts = "; ".join(part for part in (f"{run.seconds:.1f} s", versions) if part)
    why = f": {run.reason}" if run.reason else ""
    return f"{incident_id}/{run.proof} ({run.shows}): {WORDS[run.outcome]}{why} [{facts}]"


def worst(rounds: Sequence[Sequence[ProofResult]]) -> list[ProofResult]:
    """Return one result for each proof: the first that did not hold, or the last."""
    return [
        next((one for one in own if one.run.outcome is not ProofOutcome.PROVED), own[-1])
        for own in zip(*rounds, strict=True)
    ]


def text(results: Sequence[ProofResult], rounds: Sequence[Sequence[ProofResult]] = ()) -> str:
    """Return all outcomes, the output of proofs that were not proved, and a summary.

    Args:
        results: one result for each proof.
        rounds: the results of each round, if the proofs ran several times.
    """
    lines = []
    for result in results:
        lines.append(proof_line(result.job.incident_id, result.run))
        if result.run.outcome is not ProofOutcome.PROVED and result.run.output:
            printed = result.run.output.splitlines()
            lines += [f"    {one}" for one in printed[-_LINES:]]
        if result.scratch:
            lines.append(f"    kept in {result.scratch}")
    if len(rounds) > 1:
        lines += _how_often(rounds)
    counts = Counter(result.run.outcome for result in results)
    lines.append(
        ", ".join(f"{counts[outcome]} {word}" for outcome, word in WORDS.items() if counts[outcome])
    )
    return "\n".join(lines)


def _how_often(rounds: Sequence[Sequence[ProofResult]]) -> list[str]:
    """Return a line for each proof that did not hold each time."""
    lines = []
    for own in zip(*rounds, strict=True):
        held = sum(one.run.outcome is ProofOutcome.PROVED for one in own)
        if held < len(own):
            lines.append(
                f"{own[0].job.incident_id}/{own[0].run.proof} held {held} of {len(own)} times"
            )
    if lines:
        return [*lines, "The records are unchanged, because not every proof held each time."]
    return [f"Each proof held {len(rounds)} times."]


def guarded(guards: Iterable[Guard]) -> str:
    """Return the guards of a proof, active or missing, as text."""
    lines = ["On this machine, a proof:"]
    for guard in guards:
        state, why = ("active", guard.by) if guard.by else ("MISSING", guard.missing)
        lines.append(f"  {state:<7}  {guard.keeps}: {why}")
    return "\n".join(lines)


def as_json(results: Sequence[ProofResult]) -> str:
    """Return all outcomes as JSON; `version` changes if a field changes its meaning."""
    proofs = [
        {"incident": result.job.incident_id, **result.run.model_dump(mode="json")}
        for result in results
    ]
    return json_text({"version": 1, "proofs": proofs})


def junit(results: Sequence[ProofResult]) -> str:
    """Return all outcomes as JUnit XML: disproved is a failure, not-run an error."""
    outcomes = Counter(result.run.outcome for result in results)
    suite = ElementTree.Element(
        "testsuite",
        name="runbooks prove",
        tests=str(len(results)),
        failures=str(outcomes[ProofOutcome.DISPROVED]),
        errors=str(outcomes[ProofOutcome.NOT_RUN]),
        time=f"{sum(result.run.seconds for result in results):.2f}",
    )
    for result in results:
        run = result.run
        case = ElementTree.SubElement(
            suite,
            "testcase",
            classname=result.job.incident_id,
            name=run.proof,
            time=f"{run.seconds:.2f}",
        )
        if run.outcome is not ProofOutcome.PROVED:
            tag = "failure" if run.outcome is ProofOutcome.DISPROVED else "error"
            ElementTree.SubElement(case, tag, message=_NOT_XML.sub("\ufffd", run.reason))
        ElementTree.SubElement(case, "system-out").text = _NOT_XML.sub("\ufffd", run.output)
    root = ElementTree.Element("testsuites")
    root.append(suite)
    ElementTree.indent(root)
    return ElementTree.tostring(root, encoding="unicode", xml_declaration=True)
