"""The static API: the contents of the knowledge base, as JSON files under `api/v1/`.

Version 1 is stable: keys can be added, but no key changes its meaning or disappears while the URL
contains `v1`. Every file has a JSON Schema. The same knowledge base gives the same bytes.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import partial
from hashlib import sha256
from typing import Any

import pydantic

from generator.cache.fingerprints import code_fingerprint, digest
from generator.knowledge.base import KnowledgeBase
from generator.knowledge.loader import INCIDENTS, STANDING_FILE
from generator.knowledge.records import ProofRecord, ProofState
from generator.log_systems import SignatureExportOptions, json_format, portable_signatures
from generator.model import INTERVALS, Check, Status
from generator.site.api_schemas import API_SCHEMAS, api_schema
from generator.site.page import Asset, LateAsset
from generator.site.pieces import Pieces
from generator.text.scripts import compact
from generator.text.urls import API, API_VERSION, incident_address, on_site


def build_api(base: KnowledgeBase, pieces: Pieces | None = None) -> Iterator[Asset | LateAsset]:
    """Yield the files of the API: indexes, a file for each incident, and the schemas.

    The API includes withdrawn incidents, marked by their status, because their pages stay, but not
    their signatures and checks. It does not include an incident that cannot be read, nor what comes
    from a source: whoever wants that has the same source.

    Args:
        base: the knowledge base.
        pieces: what indexes take from each incident; it may be kept.
    """
    base = base.shown.own
    pieces = pieces or Pieces(base, api_piece)
    ids = sorted(base.facts)

    def index(
        name: str,
        make: Callable[[], Iterator[str]],
        version: int = API_VERSION,
        about: Mapping[str, Any] | None = None,
        inputs: str = "",
    ) -> LateAsset:
        head = compact({"version": version, **(about or {})})[:-1]

        def content() -> bytes:
            return f'{head},"{name}":[{",".join(filter(None, make()))}]}}'.encode()

        key = digest(pieces.key(name), inputs).hex()
        return LateAsset(f"{API}/{name}.json", key, content)

    def of_each(name: str) -> Iterator[str]:
        return (pieces.of(i)[name] for i in ids)

    def rows() -> Iterator[str]:
        for i in ids:
            piece = pieces.of(i)
            told = recorded[i].digest if i in recorded else piece["digest"]
            yield f'{piece["row"][:-1]},"digest":"{told}"}}'

    def checks() -> Iterator[str]:
        yield from of_each("checks")
        yield from _standing_checks(base)

    # What lies beside an incident's files belongs to no piece, so it is read for every build.
    recorded = {i: _told(base, i, alone=False) for i in ids if not base.is_alone(i)}
    about = {"name": base.settings.site_name, "url": base.settings.site_url}
    changing = " ".join(told.digest for told in recorded.values())
    yield index("incidents", rows, about=about, inputs=changing)
    for i in ids:
        yield _one(base, pieces, i, recorded.get(i))
    yield index("signatures", lambda: of_each("signatures"), json_format.VERSION)
    yield index("checks", checks)
    site = base.settings.site_url
    for name in API_SCHEMAS:
        key = digest("schema", code_fingerprint(), pydantic.VERSION, name, site or "").hex()
        yield LateAsset(f"{API}/schemas/{name}.json", key, partial(api_schema, name, site))


@dataclass(frozen=True, slots=True)
class _Told:
    """What others take over of an incident.

    Attributes:
        text: the lines of its file after the first.
        digest: of these lines.
        record: the records of its proofs; None if there are none.
        standing: what they are worth, by the proof.
    """

    text: str
    digest: str
    record: ProofRecord | None
    standing: Mapping[str, ProofState]


def _told(base: KnowledgeBase, incident_id: str, *, alone: bool) -> _Told:
    """Return what others take over of an incident.

    It depends on nothing but the incident and its proofs, so that it changes only with them.

    Args:
        base: the knowledge base.
        incident_id: the incident.
        alone: no records are beside it.
    """
    incident = base.incidents[incident_id]
    record, standing = None, {proof.id: ProofState.MISSING for proof in incident.proofs}
    if incident.proofs and not alone:
        record = base.record(incident_id)
        standing = {proof.id: base.proof_state(incident_id, proof) for proof in incident.proofs}
    # How old a record is changes with the day, and whoever takes it over says how old it may be.
    ageless = {proof: state.without_age.value for proof, state in standing.items()}
    # The model writes its own JSON much faster than code here could.
    text = (
        f'"incident":{incident.model_dump_json(by_alias=True)},\n'
        f'"record":{record.model_dump_json() if record else "null"},\n'
        f'"standing":{compact(ageless)}}}\n'
    )
    return _Told(text, sha256(text.encode()).hexdigest(), record, standing)


def _one(
    base: KnowledgeBase, pieces: Pieces, incident_id: str, told: _Told | None
) -> Asset | LateAsset:
    """Return the file of one incident.

    If other files are beside the incident's, such as a record of proofs, it depends on them, too.
    """
    path = f"{API}/incidents/{incident_id}.json"
    if told:
        return Asset(path, _whole(base, incident_id, told))
    referrers = base.referrers.get(incident_id, ())
    key = digest("api", pieces.key_of(incident_id), repr(referrers))

    def content() -> bytes:
        return _whole(base, incident_id, _told(base, incident_id, alone=True))

    return LateAsset(path, key.hex(), content)


def api_piece(base: KnowledgeBase, incident_id: str) -> dict[str, Any]:
    """Return what the indexes take from one incident, as JSON: its row, its signatures, its checks.

    The digest is that of an incident without records, on which a piece does not depend.
    """
    options = SignatureExportOptions(base.settings.site_url)
    signatures, _ = portable_signatures(base, options, [incident_id])
    return {
        "row": compact(_row(base, incident_id)),
        "digest": _told(base, incident_id, alone=True).digest,
        "signatures": ",".join(map(compact, json_format.report(signatures)["signatures"])),
        "checks": ",".join(_checks(base, incident_id)),
    }


def _row(base: KnowledgeBase, incident_id: str) -> dict[str, Any]:
    """Return the entry of an incident in the index."""
    incident, address = base.incidents[incident_id], incident_address(incident_id)
    site = base.settings.site_url
    return {
        "id": incident_id,
        "title": incident.title,
        "status": incident.status.value,
        "severity": incident.severity.value,
        "components": incident.components,
        "tags": incident.tags,
        "occurred": incident.occurred.isoformat() if incident.occurred else None,
        "documented": incident.documented.isoformat() if incident.documented else None,
        "reviewed": incident.reviews[-1].date.isoformat() if incident.reviews else None,
        "recurrence_of": incident.recurrence_of,
        "superseded_by": incident.superseded_by,
        "address": f"{address}index.html",
        "url": on_site(site, address) if site else None,
        "file": base.by_id[incident_id].file,
        "api": f"{API}/incidents/{incident_id}.json",
    }


def _whole(base: KnowledgeBase, incident_id: str, told: _Told) -> bytes:
    """Return the file of one incident.

    The first line has its entry in the index, and values that depend on others and on the day; the
    other lines have what others take over, of which the digest is.
    """
    incident = base.incidents[incident_id]
    spent = {short.lower(): incident.time_to(until) for short, _, until in INTERVALS}
    runs = {run.proof: run for run in told.record.proofs} if told.record else {}
    derived = {
        "seconds": {
            name: took.total_seconds() if took is not None else None for name, took in spent.items()
        },
        "unwritten": incident.unwritten,
        "referrers": base.referrers.get(incident_id, ()),
        "proofs": [
            {
                "id": proof,
                "standing": state.value,
                "run": runs[proof].when.isoformat() if proof in runs else None,
            }
            for proof, state in told.standing.items()
        ],
    }
    head = {
        "version": API_VERSION,
        **_row(base, incident_id),
        "digest": told.digest,
        "files": base.by_id[incident_id].files,
        "derived": derived,
    }
    return f"{compact(head)[:-1]},\n{told.text}".encode()


def _checks(base: KnowledgeBase, incident_id: str) -> Iterator[str]:
    """Yield the checks of an incident as JSON; a withdrawn incident has none."""
    incident = base.incidents[incident_id]
    if incident.status is Status.WITHDRAWN:
        return
    for check in incident.checks:
        page = f"{incident_address(incident_id)}index.html"
        about = {
            "incident": incident_id,
            "title": incident.title,
            "severity": incident.severity.value,
            "status": incident.status.value,
            "components": incident.components,
            "file": base.by_id[incident_id].file,
            "address": f"{page}#check-{check.id}",
        }
        yield _joined(about, check)


def _standing_checks(base: KnowledgeBase) -> Iterator[str]:
    for check in base.standing_checks.content.checks:
        about = {"file": f"{INCIDENTS}/{STANDING_FILE}", "components": ()}
        nothing = dict.fromkeys(("incident", "title", "severity", "status", "address"))
        yield _joined({**nothing, **about}, check)


def _joined(about: Mapping[str, Any], check: Check) -> str:
    """Write both as one object; their keys differ."""
    return f"{compact(about)[:-1]},{check.model_dump_json(by_alias=True)[1:]}"
