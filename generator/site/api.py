"""The static API: what the knowledge base holds, as JSON files below `api/v1/`.

Whoever reads it may rely on version 1: keys may come, none changes its meaning or goes while the
address says `v1`. Every file has a JSON Schema beside it. The same knowledge base gives the same
bytes.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from functools import cache
from typing import Any

from generator.knowledge.base import KnowledgeBase
from generator.knowledge.loader import INCIDENTS, STANDING_FILE
from generator.knowledge.records import ProofState
from generator.log_systems import SignatureExportOptions, json_format, portable_signatures
from generator.model import INTERVALS, Check, Incident, SeverityLevel, Status
from generator.site.page import Asset
from generator.text.urls import incident_address, on_site

VERSION = 1
FOLDER = f"api/v{VERSION}"

_DIALECT = "https://json-schema.org/draft/2020-12/schema"


def build_api(base: KnowledgeBase) -> Iterator[Asset]:
    """Yield the files of the API: indexes, a file for each incident, and the schemas.

    Withdrawn incidents are in it, marked by their status, because their pages stay; their
    signatures and checks are not. An incident that cannot be read is not in it.
    """
    base = base.shown
    rows = [_row(base, i) for i in sorted(base.incidents)]
    yield _file("incidents", {"version": VERSION, "incidents": rows})
    for row in rows:
        yield Asset(row["api"], _whole(base, row))
    signatures, _ = portable_signatures(base, SignatureExportOptions(base.settings.site_url))
    yield _file("signatures", json_format.report(signatures))
    checks = f'{{"version":{VERSION},"checks":[{",".join(_checks(base))}]}}'
    yield Asset(f"{FOLDER}/checks.json", checks.encode())
    for name, content in _schemas().items():
        yield Asset(f"{FOLDER}/schemas/{name}.json", content)


def _file(name: str, value: object) -> Asset:
    return Asset(f"{FOLDER}/{name}.json", _json(value).encode())


_json = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode


def _row(base: KnowledgeBase, incident_id: str) -> dict[str, Any]:
    """Return what the index says of an incident."""
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


def _whole(base: KnowledgeBase, row: Mapping[str, Any]) -> bytes:
    """Return the file of one incident: what the index says, the incident, and what follows."""
    incident_id = row["id"]
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
    head = _json({"version": VERSION, **row, "derived": derived})
    # The model writes its own JSON far faster than it could be put together here.
    return f'{head[:-1]},"incident":{incident.model_dump_json()}}}\n'.encode()


def _checks(base: KnowledgeBase) -> Iterator[str]:
    """Yield every check as JSON: those of incidents by id, then those that come from no incident."""
    for incident_id in sorted(base.incidents):
        incident = base.incidents[incident_id]
        if incident.status is Status.WITHDRAWN:
            continue
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
    for check in base.standing_checks.content.checks:
        about = {"file": f"{INCIDENTS}/{STANDING_FILE}", "components": ()}
        nothing = dict.fromkeys(("incident", "title", "severity", "status", "address"))
        yield _joined({**nothing, **about}, check)


def _joined(about: Mapping[str, Any], check: Check) -> str:
    """Write both as one object; they have no key in common."""
    return f"{_json(about)[:-1]},{check.model_dump_json()[1:]}"


# -- schemas -----------------------------------------------------------------------------------

_TEXT = {"type": "string"}
_TEXTS = {"type": "array", "items": _TEXT}
_MAYBE = {"type": ["string", "null"]}
_DAY = {"type": ["string", "null"], "format": "date"}
_SEVERITY = {"enum": [level.value for level in SeverityLevel]}
_STATUS = {"enum": [status.value for status in Status]}
_SECONDS = {"type": ["number", "null"], "minimum": 0}

_ROW: dict[str, Any] = {
    "id": {**_TEXT, "description": "Stable for ever, never used again."},
    "title": _TEXT,
    "status": _STATUS,
    "severity": _SEVERITY,
    "components": _TEXTS,
    "tags": _TEXTS,
    "occurred": {**_DAY, "description": "The day it began, by its timeline."},
    "documented": {**_DAY, "description": "The day of its newest source."},
    "reviewed": {**_DAY, "description": "The day of its newest review."},
    "recurrence_of": {**_MAYBE, "description": "The id of the incident that it repeats."},
    "superseded_by": {**_MAYBE, "description": "The id of the incident that replaces it."},
    "address": {**_TEXT, "description": "Its page, from the top of the site."},
    "url": {**_MAYBE, "description": "Its page's whole address, where `site_url` is set."},
    "file": {**_TEXT, "description": "Its YAML, from the top of the site and of the repository."},
    "api": {**_TEXT, "description": "Its file in this API, from the top of the site."},
}


def _object(properties: Mapping[str, Any], **more: Any) -> dict[str, Any]:
    return {"type": "object", "properties": dict(properties), "required": list(properties), **more}


def _listing(title: str, name: str, item: Mapping[str, Any]) -> dict[str, Any]:
    properties = {"version": {"const": VERSION}, name: {"type": "array", "items": item}}
    return {"$schema": _DIALECT, "title": title, **_object(properties)}


@cache
def _schemas() -> dict[str, bytes]:
    """Return the schema of every kind of file, by name."""
    schemas = {
        "incidents": _listing("All incidents", "incidents", _object(_ROW)),
        "incident": _incident_schema(),
        "signatures": json_format.SCHEMA,
        "checks": _checks_schema(),
    }
    return {
        name: (json.dumps(schema, indent=1, ensure_ascii=False) + "\n").encode()
        for name, schema in schemas.items()
    }


def _incident_schema() -> dict[str, Any]:
    incident = Incident.model_json_schema(mode="serialization")
    definitions = incident.pop("$defs")
    proof = {"id": _TEXT, "standing": {"enum": [s.value for s in ProofState]}, "run": _MAYBE}
    derived = {
        "seconds": {
            **_object({short.lower(): _SECONDS for short, _, _ in INTERVALS}),
            "description": "Time to detect, mitigate and resolve, by the timeline.",
        },
        "unwritten": {**_TEXTS, "description": "Required fields that a draft lacks."},
        "referrers": {**_TEXTS, "description": "Ids of the incidents that refer to it."},
        "proofs": {"type": "array", "items": _object(proof)},
    }
    properties = {
        "version": {"const": VERSION},
        **_ROW,
        "derived": _object(derived, description="What follows from the incident and its record."),
        "incident": {**incident, "description": "The incident, every field of it."},
    }
    head = {"$schema": _DIALECT, "title": "One incident"}
    return {**head, **_object(properties), "$defs": definitions}


def _checks_schema() -> dict[str, Any]:
    check = Check.model_json_schema(mode="serialization")
    definitions = check.pop("$defs")
    about = {
        "incident": {**_MAYBE, "description": "The incident; null: a check of every deploy."},
        "title": _MAYBE,
        "severity": {"enum": [*_SEVERITY["enum"], None]},
        "status": {"enum": [*_STATUS["enum"], None]},
        "components": {**_TEXTS, "description": "The incident's components."},
        "file": {**_TEXT, "description": "The YAML that it stands in."},
        "address": {**_MAYBE, "description": "Where it stands on the site."},
    }
    own = check["properties"]
    item = _object({**about, **own})
    return {**_listing("All deploy checks", "checks", item), "$defs": definitions}
