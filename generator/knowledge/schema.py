"""The JSON Schemas of what authors write, for editors and other programs."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from generator.model import Incident, Model, StandingChecks

SCHEMA_FILE = "incident.schema.json"
"""Where a knowledge base keeps its copy, under `incidents/`."""

SCHEMA_COMMENT = f"# yaml-language-server: $schema=../{SCHEMA_FILE}"
"""The first line of an incident's file, by which editors find the schema."""


SCHEMAS: Mapping[str, type[Model]] = {"incident": Incident, "checks": StandingChecks}
"""What has a schema: an incident, and the file of the standing checks."""


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
