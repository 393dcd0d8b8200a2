"""Loki: alerting rules for the ruler, in LogQL.

Every signature becomes one rule that fires while lines match it. Each query filters by a fixed
text first, which is fast in Loki, then by the regular expression.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from itertools import chain
from typing import Any

import yaml

from generator.log_systems.base import PortableSignature, SignatureExport, SignatureExportOptions

ALERT = "IncidentSignatureSeen"
GROUP = "incident-signatures"
WINDOW = "5m"

_HEAD = """\
# Made by `runbooks export-signatures --format loki`; changes made here are lost.
# Rules for Loki's ruler. Docs: docs/guide/log-systems.md
"""


def export(
    signatures: Sequence[PortableSignature], options: SignatureExportOptions
) -> SignatureExport:
    """Write a rule file."""
    rules = [_rule(signature, options) for signature in signatures]
    group = {"name": GROUP, "interval": "1m", "rules": rules}
    document = {"groups": [group] if rules else []}
    text = yaml.safe_dump(document, sort_keys=False, allow_unicode=True, width=2**30)
    return SignatureExport(_HEAD + text)


def _rule(signature: PortableSignature, options: SignatureExportOptions) -> dict[str, Any]:
    annotations = {"summary": escaped(signature.title)}
    if signature.address:
        annotations["runbook_url"] = escaped(signature.address)
    return {
        "alert": ALERT,
        "expr": expression(signature, options.selector),
        "labels": {
            "incident": signature.incident,
            "signature": str(signature.number),
            "severity": signature.severity,
        },
        "annotations": annotations,
    }


def expression(signature: PortableSignature, selector: str) -> str:
    """Return the LogQL expression that counts the lines that match."""
    needle = f" |= {logql_string(signature.pattern.needle)}" if signature.pattern.needle else ""
    lines = f"{selector}{needle} |~ {logql_string(signature.pattern.regex)}"
    for pattern in chain(*signature.without):
        lines += f" !~ {logql_string(pattern.regex)}"
    return f"sum by (job) (count_over_time({lines} [{WINDOW}])) > 0"


def logql_string(text: str) -> str:
    """Write a text as a LogQL string, which has the syntax of Go and accepts JSON's escapes."""
    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007f")


def escaped(text: str) -> str:
    """Escape `{{`, which begins an action in the ruler's templates."""
    return text.replace("{{", '{{ "{{" }}')
