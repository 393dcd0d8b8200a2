"""OpenSearch: percolator documents, and the query that finds those that match a log line.

A percolator supports words and their order, but not regular expressions over a whole line. So a
template becomes its whole words in order, which match anywhere in the line. `runbooks match` says
whether the line really matches, and the values of the placeholders.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

from generator.log_systems.base import PortableSignature, SignatureExport, SignatureExportOptions

VERSION = 1
INDEX = "incident-signatures"

# The index splits text as `patterns.py` splits templates. The standard tokenizer joins words at
# punctuation (`query.js`, `it's`), which differs by language and version.
_ANALYZER = "signature_words"


def export(
    signatures: Sequence[PortableSignature], options: SignatureExportOptions
) -> SignatureExport:
    """Write the index, its documents and the query, as one object."""
    documents = []
    left_out = []
    for signature in signatures:
        runs = signature.pattern.words
        if signature.text is None:
            left_out.append((signature.name, "a regular expression"))
        elif not runs:
            left_out.append((signature.name, "no whole word between its placeholders"))
        else:
            documents.append(_document(signature, runs, options.field))
    report = {
        "version": VERSION,
        "index": {"name": INDEX, "body": _index(options.field)},
        "documents": documents,
        "query": _query(options.field),
        "left_out": [{"signature": name, "why": why} for name, why in left_out],
    }
    text = json.dumps(report, indent=2, ensure_ascii=False) + "\n"
    return SignatureExport(text, tuple(left_out))


def _document(signature: PortableSignature, runs: Sequence[str], field: str) -> dict[str, Any]:
    parts = [{"match": {"query": run, "max_gaps": 0, "ordered": True}} for run in runs]
    interval: dict[str, Any] = parts[0]
    if len(parts) > 1:
        interval = {"all_of": {"ordered": True, "intervals": parts}}
    source = {
        "query": {"intervals": {field: interval}},
        "incident": signature.incident,
        "signature": signature.number,
        "severity": signature.severity,
        "title": signature.title,
        "url": signature.address or None,
    }
    return {"_id": signature.name, "_source": source}


def _index(field: str) -> dict[str, Any]:
    keyword = {"type": "keyword"}
    return {
        "settings": {
            "analysis": {
                "tokenizer": {_ANALYZER: {"type": "pattern", "pattern": r"[^\p{L}\p{N}_]+"}},
                "analyzer": {
                    _ANALYZER: {
                        "type": "custom",
                        "tokenizer": _ANALYZER,
                        "filter": ["lowercase"],
                    }
                },
            }
        },
        "mappings": {
            "properties": {
                "query": {"type": "percolator"},
                field: {"type": "text", "analyzer": _ANALYZER},
                "incident": keyword,
                "signature": {"type": "integer"},
                "severity": keyword,
                "title": {"type": "text"},
                "url": keyword,
            }
        },
    }


def _query(field: str) -> dict[str, Any]:
    return {
        "query": {"percolate": {"field": "query", "document": {field: "PUT THE LOG LINE HERE"}}},
        "_source": ["incident", "signature", "severity", "title", "url"],
    }
