"""The JSON Schemas of the static API: one for each kind of file."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from functools import lru_cache
from typing import Any

from generator.knowledge.records import ProofRecord, ProofState
from generator.log_systems import json_format
from generator.model import INTERVALS, Check, Incident, SeverityLevel, Status
from generator.text.urls import API, API_VERSION, on_site

_DIALECT = "https://json-schema.org/draft/2020-12/schema"

_VERSION = {"const": API_VERSION}
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
    "digest": {
        **_TEXT,
        "pattern": "^[0-9a-f]{64}$",
        "description": "The SHA-256 of that file without its first line. It changes only with the "
        "incident and the records of its proofs.",
    },
}


def _object(properties: Mapping[str, Any], **more: Any) -> dict[str, Any]:
    return {"type": "object", "properties": dict(properties), "required": list(properties), **more}


def _listing(
    title: str, name: str, item: Mapping[str, Any], about: Mapping[str, Any] | None = None
) -> dict[str, Any]:
    items = {name: {"type": "array", "items": item}}
    return {"title": title, **_object({"version": _VERSION, **(about or {}), **items})}


def _incident_schema() -> dict[str, Any]:
    incident = Incident.model_json_schema(mode="serialization")
    record = ProofRecord.model_json_schema(mode="serialization")
    definitions = {**incident.pop("$defs"), **record.pop("$defs")}
    standing = [state.value for state in ProofState if state is state.without_age]
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
        "version": _VERSION,
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
        "record": {
            "anyOf": [record, {"type": "null"}],
            "description": "What happened when its proofs were run: `proofs/record.json`.",
        },
        "standing": {
            "type": "object",
            "additionalProperties": {"enum": standing},
            "description": "What the record of each proof is worth, however old it is.",
        },
    }
    return {"title": "One incident", **_object(properties), "$defs": definitions}


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


_ABOUT = {
    "name": {**_TEXT, "description": "The name of the knowledge base."},
    "url": {**_MAYBE, "description": "The URL of its site, if `site_url` is set."},
}

API_SCHEMAS: Mapping[str, Callable[[], Mapping[str, Any]]] = {
    "incidents": lambda: _listing("All incidents", "incidents", _object(_ROW), _ABOUT),
    "incident": _incident_schema,
    "signatures": lambda: json_format.SCHEMA,
    "checks": _checks_schema,
}
"""The schema of every kind of file, by name."""


@lru_cache(maxsize=16)  # `serve` builds often, and a schema takes longer than a page
def api_schema(name: str, site: str | None = None) -> bytes:
    """Return a schema as JSON text.

    Args:
        name: a key of `API_SCHEMAS`.
        site: the URL of the site; without it, `$id` is a name and no URL.
    """
    path = f"{API}/schemas/{name}.json"
    by = on_site(site, path) if site else f"urn:incident-runbooks:{API.replace('/', ':')}:{name}"
    schema = {"$schema": _DIALECT, "$id": by, **API_SCHEMAS[name]()}
    return (json.dumps(schema, indent=1, ensure_ascii=False) + "\n").encode()
