"""The library of failure modes: what each of its incidents must have, and which error texts it knows."""

from __future__ import annotations

import json
from collections.abc import Iterable
from pathlib import Path

import pytest
from click.testing import CliRunner

from generator.cli import runbooks
from generator.knowledge.base import load
from generator.knowledge.loader import INCIDENTS
from generator.model import Evidence, Incident, SourceKind

ROOT = Path(__file__).parents[1]
ERRORS = Path(__file__).parent / "data/errors"
LAYERS = {"process", "pool", "network", "lock", "schema", "disk", "cache"}


def library() -> dict[str, Incident]:
    return {id_: found for id_, found in load(ROOT).incidents.items() if "library" in found.tags}


LIBRARY = library()


def test_the_library_is_there() -> None:
    assert len(LIBRARY) >= 24
    assert {path.name for path in ERRORS.iterdir()} - {"none"} <= LIBRARY.keys()


@pytest.mark.parametrize("name", LIBRARY)
def test_an_incident_of_the_library_has_what_a_reader_needs(name: str) -> None:
    incident = LIBRARY[name]
    assert len(LAYERS & set(incident.tags)) == 1
    signatures = incident.symptom.signatures
    assert sum(len(signature.matches) for signature in signatures) >= 3
    assert all(signature.rejects for signature in signatures)
    for part in (incident.diagnosis, incident.mitigation, incident.verification, incident.checks):
        assert part
    assert incident.symptom.false_positives
    assert SourceKind.TICKET in {source.kind for source in incident.sources}
    # The statements that matter are proved, and what is believed and false, too.
    assert incident.symptom.evidence is Evidence.PROVED
    assert incident.root_cause.evidence is Evidence.PROVED
    assert any(step.evidence is Evidence.PROVED for step in incident.fix.steps)
    assert any(claim.evidence is Evidence.PROVED for claim in incident.root_cause.ruled_out)


@pytest.mark.parametrize("name", LIBRARY)
def test_an_incident_of_the_library_is_nobody_s_outage(name: str) -> None:
    incident = LIBRARY[name]
    assert not incident.timeline
    assert incident.impact is None
    assert incident.detection is None
    assert incident.lessons is None
    assert not incident.action_items
    folder = ROOT / INCIDENTS / name
    for part in ("proofs.yaml", "sources.yaml", "proofs/record.json"):
        assert (folder / part).is_file(), part


def test_error_texts_of_public_reports_show_their_incident_and_others_none() -> None:
    # The texts are those of reports, with names replaced; see the sources of each incident.
    done = CliRunner().invoke(
        runbooks,
        ["match", "--root", str(ROOT), "--coverage", str(ERRORS), "--format", "json"],
    )
    found = json.loads(done.stdout)
    assert done.exit_code == 0
    assert len(list(ERRORS.rglob("*.txt"))) >= 300, found


@pytest.mark.parametrize(
    "wrapper",
    [
        "(node:12) UnhandledPromiseRejectionWarning: {}",
        "node:internal/process/promises:288\n"
        "            triggerUncaughtException(err, true /* fromPromise */);\n            ^\n\n{}",
        "{}\n(node:12) UnhandledPromiseRejectionWarning: Unhandled promise rejection. This error originated either by "
        "throwing inside of an async function without a catch block, or by rejecting a promise which was not handled",
        "{}\nTypeError: Cannot read property 'id' of undefined\n    at close (/app/db.js:7:3)",
        "{}\nnpm ERR! code ELIFECYCLE\nnpm ERR! errno 1\nnpm ERR! app@1.0.0 start: `node .`\n"
        "npm ERR! Exit status 1\nnpm ERR!\nnpm ERR! Failed at the app@1.0.0 start script.",
        "{}\n ELIFECYCLE  Command failed with exit code 1.",
    ],
)
def test_an_error_that_something_else_reports_shows_its_own_incident_first(
    wrapper: str, tmp_path: Path
) -> None:
    # That nobody handled an error, that a value is missing after it, or that a script failed is not the
    # reason, so the reason comes first. Access logs and tables are no errors that a program throws.
    others = {"none", "npm-script-failed", "nodejs-unhandled-rejection"}
    folders = [folder for folder in ERRORS.iterdir() if folder.name not in others]
    assert _not_known(folders, wrapper, tmp_path) == []


def test_the_error_before_an_aborted_transaction_comes_first(tmp_path: Path) -> None:
    wrapper = (
        "{}\nerror: current transaction is aborted, commands ignored until end of transaction block"
    )
    assert _not_known(ERRORS.glob("postgresql-*"), wrapper, tmp_path) == []


def _not_known(folders: Iterable[Path], wrapper: str, tmp_path: Path) -> list[dict[str, object]]:
    """Return which texts of these incidents, each in this wrapper, do not show their incident first."""
    for file in (file for folder in folders for file in folder.glob("*.txt")):
        if "error" in file.read_text().lower():
            copy = tmp_path / file.relative_to(ERRORS)
            copy.parent.mkdir(exist_ok=True)
            copy.write_text(wrapper.format(file.read_text()))
    done = CliRunner().invoke(
        runbooks,
        ["match", "--root", str(ROOT), "--coverage", str(tmp_path), "--format", "json"],
    )
    texts = json.loads(done.stdout)["texts"]
    assert len(texts) >= 100
    return [text for text in texts if text["state"] != "known"]
