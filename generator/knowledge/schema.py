"""The JSON Schemas of what authors write, for editors and other programs."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from generator.cache.fingerprints import INCIDENT_FILE
from generator.knowledge.beside import BESIDE, field_of
from generator.model import Incident, Model, StandingChecks, Waivers

SCHEMAS: Mapping[str, type[Model]] = {
    "incident": Incident,
    "checks": StandingChecks,
    "waivers": Waivers,
    **{field_of(name): model for name, model in BESIDE.items()},
}
"""What has a schema: an incident, the standing checks, the waivers, and the files beside an incident."""

SCHEMA_FILES: Mapping[str, str] = {
    of: f"{of}.schema.json" for of in map(field_of, (INCIDENT_FILE, *BESIDE))
}
"""Where a knowledge base keeps its copies, under `incidents/`, by the schema."""


def schema_comment(name: str = INCIDENT_FILE) -> str:
    """Return the first line of a file of an incident, by which editors find the schema.

    Args:
        name: the file's name.
    """
    return f"# yaml-language-server: $schema=../{field_of(name)}.schema.json"


SCHEMA_COMMENT = schema_comment()
"""That line of `incident.yaml`."""


def schema(of: str = "incident") -> dict[str, Any]:
    """Return a schema as plain data: JSON Schema, draft 2020-12.

    Args:
        of: a key of `SCHEMAS`.
    """
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        # A name and not a URL, because no host serves the schema. Files find their copy by its path.
        "$id": f"urn:incident-runbooks:schema:{of}",
        **SCHEMAS[of].model_json_schema(),
    }


def schema_text(of: str = "incident") -> str:
    """Return a schema as JSON text with a line end at the end.

    Args:
        of: a key of `SCHEMAS`.
    """
    return json.dumps(schema(of), indent=2, ensure_ascii=False) + "\n"
