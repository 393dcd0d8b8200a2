"""Exports signatures to log systems.

A format is a function from signatures to text, and one line in `FORMATS`. To add one, write a
module, add it to the table, and say in `docs/guide/log-systems.md` where its output goes, what it
cannot express, and how it was checked.
"""

from __future__ import annotations

from generator.log_systems import clickhouse, json_format, loki, opensearch, syslog_ng, vector
from generator.log_systems.base import (
    PortableSignature,
    SignatureExport,
    SignatureExportOptions,
    SignatureFormat,
    portable_signatures,
)

FORMATS: dict[str, SignatureFormat] = {
    "json": json_format.export,
    "clickhouse": clickhouse.export,
    "loki": loki.export,
    "opensearch": opensearch.export,
    "syslog-ng": syslog_ng.export,
    "vector": vector.export,
}
"""Every format by its `--format` name."""

NEARBY = frozenset({"clickhouse"})
"""Formats that can say what else must be in the same line."""

WITHOUT = frozenset({"clickhouse", "loki", "syslog-ng", "vector"})
"""Formats that can say what must not be in the same line."""

__all__ = [
    "FORMATS",
    "NEARBY",
    "WITHOUT",
    "PortableSignature",
    "SignatureExport",
    "SignatureExportOptions",
    "SignatureFormat",
    "portable_signatures",
]
