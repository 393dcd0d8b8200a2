"""Matching as data: every vector runs through this engine and, in Chromium, the browser's.

`tests/data/vectors.json` holds the signatures of both incidents (a test compares them with the
incidents'), some made up for these tests, and texts with what they show. A vector's `expect` has
one entry for each incident shown: the most specific `signature` found (its place in the list),
`line` and `count` of that, and the `captures` of all its signatures. `order`, where there is one,
is the order in which they are shown.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from generator.signatures.language import compile_signature
from generator.signatures.scanner import Matcher
from generator.triage.results import IncidentSignature, matched_incidents

FILE = Path(__file__).parent / "data/vectors.json"


def load_vectors() -> dict[str, Any]:
    return json.loads(FILE.read_text("utf-8"))


def named_signatures(data: dict[str, Any]) -> list[IncidentSignature]:
    return [
        IncidentSignature(incident, index, compile_signature(s))
        for incident, signatures in data["incidents"].items()
        for index, s in enumerate(signatures)
    ]


def result(named: list[IncidentSignature], matcher: Matcher, text: str | bytes) -> dict[str, Any]:
    return {
        s.incident: {
            "signature": s.best[0].index,
            "captures": s.captures,
            "line": s.best[1].line,
            "count": s.best[1].count,
        }
        for s in matched_incidents(named, matcher.scan(text))
    }
