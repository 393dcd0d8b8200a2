"""The cases that both search engines must answer in the same way, and their index."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from generator.model import Incident
from generator.search.index import OtherPage, extract, extract_document, index_of

_LEAST = {"root_cause": "c", "fix": "f", "verification": "v"}


def _data() -> dict[str, Any]:
    path = Path(__file__).parent / "data" / "search-cases.json"
    data: dict[str, Any] = json.loads(path.read_text("utf-8"))
    return data


def similar() -> list[dict[str, Any]]:
    """Return the texts that no signature matches, and the incidents similar to them."""
    found: list[dict[str, Any]] = _data()["similar"]
    return found


def read() -> tuple[dict[str, Any], list[dict[str, Any]]]:
    """Return the index, as a page loads it, and the cases."""
    data = _data()
    extracts = [
        extract(name, Incident.model_validate({**_LEAST, **fields}))
        for name, fields in sorted(data["incidents"].items())
    ]
    extracts += [extract_document(OtherPage(url, *rest)) for url, rest in data["documents"].items()]
    return json.loads(json.dumps(index_of(extracts))), data["cases"]
