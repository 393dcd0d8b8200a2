"""Alertmanager's webhook body: its alerts name incidents, and its texts are looked at too."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any

BODY_MAX = 4 << 20
"""A webhook body is small; larger JSON is taken as a log."""


def alert_names(text: bytes) -> list[str] | None:
    """Return the names of the alerts in a webhook body, each once.

    Returns:
        None where the text is no such body.
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
