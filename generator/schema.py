"""The JSON Schema of an incident, for editors and other programs."""

from __future__ import annotations

import json
from typing import Any

from generator.model import Incident

SCHEMA_FILE = "incident.schema.json"
"""Where a knowledge base keeps its copy, under `incidents/`."""

SCHEMA_COMMENT = f"# yaml-language-server: $schema=../{SCHEMA_FILE}"
"""The first line of an incident's file; editors find the schema by it."""


def incident_schema() -> dict[str, Any]:
    """Return the schema as plain data: JSON Schema, draft 2020-12."""
    schema = Incident.model_json_schema()
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", **schema}


def schema_text() -> str:
    """Return the schema as JSON text that ends in a line end."""
    return json.dumps(incident_schema(), indent=2, ensure_ascii=False) + "\n"
