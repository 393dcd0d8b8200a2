"""JSON: every signature with all its data, for your own programs."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

from generator.log_systems.base import PortableSignature, SignatureExport, SignatureExportOptions
from generator.model import SeverityLevel

VERSION = 1

_TEXT = {"type": "string"}
_TEXTS = {"type": "array", "items": _TEXT}

SCHEMA: dict[str, Any] = {
    "$schema": "https://json-schema.org/draft/2020-12/schema",
    "title": "Signatures of a knowledge base, as `runbooks export-signatures` writes them",
    "type": "object",
    "required": ["version", "signatures"],
    "properties": {
        "version": {"const": VERSION},
        "signatures": {
            "type": "array",
            "items": {
                "type": "object",
                "required": [
                    "incident",
                    "signature",
                    "title",
                    "severity",
                    "text",
                    "regex",
                    "literals",
                    "captures",
                    "url",
                    "note",
                ],
                "properties": {
                    "incident": {**_TEXT, "description": "The incident's ID."},
                    "signature": {
                        "type": "integer",
                        "minimum": 1,
                        "description": "The number of the signature in the incident.",
                    },
                    "title": _TEXT,
                    "severity": {"enum": [level.value for level in SeverityLevel]},
                    "text": {
                        "type": ["string", "null"],
                        "description": "The template; null if the signature is a regular expression.",
                    },
                    "regex": {**_TEXT, "description": "In RE2 syntax, with named groups."},
                    "literals": {
                        **_TEXTS,
                        "description": "The text between the placeholders, in order.",
                    },
                    "captures": {**_TEXTS, "description": "Names of the groups."},
                    "url": {
                        "type": ["string", "null"],
                        "description": "The runbook's URL; null if the site's URL is not known.",
                    },
                    "note": {"type": ["string", "null"]},
                    "source": {
                        "type": ["string", "null"],
                        "description": "The source that the incident comes from; null if it is ours.",
                    },
                },
            },
        },
    },
}
"""Within a version, keys may be added, but never changed or removed."""


def export(
    signatures: Sequence[PortableSignature],
    options: SignatureExportOptions,  # noqa: ARG001
) -> SignatureExport:
    """Write a versioned object."""
    return SignatureExport(json.dumps(report(signatures), indent=2, ensure_ascii=False) + "\n")


def report(signatures: Sequence[PortableSignature]) -> dict[str, Any]:
    """Return the object, as plain data."""
    return {
        "version": VERSION,
        "signatures": [
            {
                "incident": s.incident,
                "signature": s.number,
                "title": s.title,
                "severity": s.severity,
                "source": s.source or None,
                "text": s.text,
                "regex": s.pattern.regex,
                "literals": list(s.pattern.literals),
                "captures": list(s.pattern.captures),
                "url": s.address or None,
                "note": s.note or None,
            }
            for s in signatures
        ],
    }
