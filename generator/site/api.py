"""The static API: the contents of the knowledge base, as JSON files under `api/v1/`.

Version 1 is stable: keys can be added, but no key changes its meaning or disappears while the URL
contains `v1`. Every file has a JSON Schema. The same knowledge base gives the same bytes.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from functools import partial
from typing import Any

import pydantic

from generator.cache.fingerprints import code_fingerprint, digest
from generator.knowledge.base import KnowledgeBase
from generator.knowledge.loader import INCIDENTS, STANDING_FILE
from generator.knowledge.records import ProofState
from generator.log_systems import SignatureExportOptions, json_format, portable_signatures
from generator.model import INTERVALS, Check, Incident, SeverityLevel, Status
from generator.site.page import Asset, LateAsset
from generator.site.pieces import Pieces
from generator.text.scripts import compact
from generator.text.urls import incident_address, on_site

VERSION = 1
FOLDER = f"api/v{VERSION}"

_DIALECT = "https://json-schema.org/draft/2020-12/schema"


def build_api(base: KnowledgeBase, pieces: Pieces | None = None) -> Iterator[Asset | LateAsset]:
    """Yield the files of the API: indexes, a file for each incident, and the schemas.

    The API includes withdrawn incidents, marked by their status, because their pages stay, but not
    their signatures and checks. It does not include an incident that cannot be read.

    Args:
        base: the knowledge base.
        pieces: what indexes take from each incident; it may be kept.
    """
    base = base.shown
    pieces = pieces or Pieces(base, api_piece)
    ids = sorted(base.facts)

    def index(name: str, make: Callable[[], Iterator[str]], version: int = VERSION) -> LateAsset:
        def content() -> bytes:
            return f'{{"version":{version},"{name}":[{",".join(filter(None, make()))}]}}'.encode()

        return LateAsset(f"{FOLDER}/{name}.json", pieces.key(name), content)

    def of_each(name: str) -> Iterator[str]:
        return (pieces.of(i)[name] for i in ids)

    def checks() -> Iterator[str]:
        yield from of_each("checks")
        yield from _standing_checks(base)

    yield index("incidents", lambda: of_each("row"))
    for i in ids:
        yield _one(base, pieces, i)
    yield index("signatures", lambda: of_each("signatures"), json_format.VERSION)
    yield index("checks", checks)
    for name, make in _SCHEMAS.items():
        key = digest("schema", code_fingerprint(), pydantic.VERSION, name).hex()
        yield LateAsset(f"{FOLDER}/schemas/{name}.json", key, partial(_schema, make))


def _one(base: KnowledgeBase, pieces: Pieces, incident_id: str) -> Asset | LateAsset:
    """Return the file of one incident.

    If other files are beside the incident's, such as a record of proofs, it depends on them, too.
    """
    path = f"{FOLDER}/incidents/{incident_id}.json"
    if not base.is_alone(incident_id):
        return Asset(path, _whole(base, incident_id))
    referrers = base.referrers.get(incident_id, ())
    key = digest("api", pieces.key_of(incident_id), repr(referrers))
    return LateAsset(path, key.hex(), partial(_whole, base, incident_id))


def api_piece(base: KnowledgeBase, incident_id: str) -> dict[str, Any]:
    """Return what the indexes take from one incident, as JSON: its row, its signatures, its checks."""
    options = SignatureExportOptions(base.settings.site_url)
    signatures, _ = portable_signatures(base, options, [incident_id])
    return {
        "row": compact(_row(base, incident_id)),
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
        "api": f"{FOLDER}/incidents/{incident_id}.json",
    }


def _whole(base: KnowledgeBase, incident_id: str) -> bytes:
    """Return the file of one incident: its entry in the index, the incident, and derived values."""
    row = _row(base, incident_id)
    incident = base.incidents[incident_id]
    spent = {short.lower(): incident.time_to(until) for short, _, until in INTERVALS}
    record = base.record(incident_id) if incident.proofs else None
    runs = {run.proof: run for run in record.proofs} if record else {}
    derived = {
        "seconds": {
            name: took.total_seconds() if took is not None else None for name, took in spent.items()
        },
        "unwritten": incident.unwritten,
        "referrers": base.referrers.get(incident_id, ()),
        "proofs": [
            {
                "id": proof.id,
                "standing": base.proof_state(incident_id, proof).value,
                "run": runs[proof.id].when.isoformat() if proof.id in runs else None,
            }
            for proof in incident.proofs
        ],
    }
    files = base.by_id[incident_id].files
    head = compact({"version": VERSION, **row, "files": files, "derived": derived})
    # The model writes its own JSON much faster than code here could.
    return f'{head[:-1]},"incident":{incident.model_dump_json(by_alias=True)}}}\n'.encode()


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


# -- schemas -----------------------------------------------------------------------------------

_TEXT = {"type": "string"}
_TEXTS = {"type": "array", "items": _TEXT}
_MAYBE = {"type": ["string", "null"]}
_DAY = {"type": ["string", "null"], "format": "date"}
_SEVERITY = {"enum": [level.value for level in SeverityLevel]}
_STATUS = {"enum": [status.value for status in Status]}
_SECONDS = {"type": ["number", "null"], "minimum": 0}

_ROW: dict[str, Any] = {
    "id": {**_TEXT, "description": "Stable, and never reused."},
    "title": _TEXT,
    "status": _STATUS,
    "severity": _SEVERITY,
    "components": _TEXTS,
    "tags": _TEXTS,
    "occurred": {**_DAY, "description": "The day on which it began, from its timeline."},
    "documented": {**_DAY, "description": "The day of its newest source."},
    "reviewed": {**_DAY, "description": "The day of its newest review."},
    "recurrence_of": {
        **_MAYBE,
        "description": "The id of the earlier incident of which this is a recurrence.",
    },
    "superseded_by": {**_MAYBE, "description": "The id of the incident that replaces it."},
    "address": {**_TEXT, "description": "The path of its page, relative to the site root."},
    "url": {**_MAYBE, "description": "The full URL of its page, if `site_url` is set."},
    "file": {
        **_TEXT,
        "description": "The path of its YAML, relative to the site root and to the repository root.",
    },
    "api": {**_TEXT, "description": "The path of its file in this API, relative to the site root."},
}


def _object(properties: Mapping[str, Any], **more: Any) -> dict[str, Any]:
    return {"type": "object", "properties": dict(properties), "required": list(properties), **more}


def _listing(title: str, name: str, item: Mapping[str, Any]) -> dict[str, Any]:
    properties = {"version": {"const": VERSION}, name: {"type": "array", "items": item}}
    return {"$schema": _DIALECT, "title": title, **_object(properties)}


def _schema(make: Callable[[], Mapping[str, Any]]) -> bytes:
    return (json.dumps(make(), indent=1, ensure_ascii=False) + "\n").encode()


def _incident_schema() -> dict[str, Any]:
    incident = Incident.model_json_schema(mode="serialization")
    definitions = incident.pop("$defs")
    proof = {"id": _TEXT, "standing": {"enum": [s.value for s in ProofState]}, "run": _MAYBE}
    derived = {
        "seconds": {
            **_object({short.lower(): _SECONDS for short, _, _ in INTERVALS}),
            "description": "Time to detect, mitigate and resolve, from the timeline.",
        },
        "unwritten": {**_TEXTS, "description": "Required fields that are missing in a draft."},
        "referrers": {**_TEXTS, "description": "Ids of the incidents that refer to it."},
        "proofs": {"type": "array", "items": _object(proof)},
    }
    properties = {
        "version": {"const": VERSION},
        **_ROW,
        "files": {
            **_TEXTS,
            "description": "The paths of all its YAML: `file`, and `proofs.yaml` and `sources.yaml` if they "
            "stand beside it.",
        },
        "derived": _object(
            derived, description="Values derived from the incident and its record of proofs."
        ),
        "incident": {**incident, "description": "The incident, with all fields."},
    }
    head = {"$schema": _DIALECT, "title": "One incident"}
    return {**head, **_object(properties), "$defs": definitions}


def _checks_schema() -> dict[str, Any]:
    check = Check.model_json_schema(mode="serialization")
    definitions = check.pop("$defs")
    about = {
        "incident": {**_MAYBE, "description": "The id of the incident; null for a standing check."},
        "title": _MAYBE,
        "severity": {"enum": [*_SEVERITY["enum"], None]},
        "status": {"enum": [*_STATUS["enum"], None]},
        "components": {**_TEXTS, "description": "The incident's components."},
        "file": {**_TEXT, "description": "The YAML file that contains it."},
        "address": {
            **_MAYBE,
            "description": "The path of its place on the site, relative to the site root.",
        },
    }
    own = check["properties"]
    item = _object({**about, **own})
    return {**_listing("All deploy checks", "checks", item), "$defs": definitions}


_SCHEMAS: Mapping[str, Callable[[], Mapping[str, Any]]] = {
    "incidents": lambda: _listing("All incidents", "incidents", _object(_ROW)),
    "incident": _incident_schema,
    "signatures": lambda: json_format.SCHEMA,
    "checks": _checks_schema,
}
"""The schema of every kind of file, by name."""
