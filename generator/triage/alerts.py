"""Reads the alerts in Alertmanager's webhook body. Its text is also matched, like any other text."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any

BODY_MAX = 4 << 20
"""The maximum size of a webhook body; larger JSON is treated as a log."""


def alert_names(text: bytes) -> list[str] | None:
    """Return the names of the alerts in a webhook body, each once.

    Returns:
        None if the text is not a webhook body.
    """
    body = text.strip()
    if not body.startswith(b"{") or len(body) > BODY_MAX or b'"alerts"' not in body:
        return None
    try:
        data = json.loads(body)
    except (ValueError, RecursionError):
        return None
    alerts = data.get("alerts")
    if not isinstance(alerts, list):
        return None
    return list(dict.fromkeys(_names(alerts)))


def _names(alerts: list[Any]) -> Iterator[str]:
    for alert in alerts:
        labels = alert.get("labels") if isinstance(alert, Mapping) else None
        name = labels.get("alertname") if isinstance(labels, Mapping) else None
        if isinstance(name, str):
            yield name
