"""An event for PagerDuty. Source of the format: https://developer.pagerduty.com/docs/send-alert-event."""

from __future__ import annotations

from typing import Any

from generator.notices.reading import Notice

ROUTING_KEY = "PAGERDUTY_ROUTING_KEY"
"""The variable with the integration key; until it is sent, its name stands for it."""

_SUMMARY = 1_024


def as_pagerduty(notice: Notice) -> dict[str, Any]:
    """Return the event; one with the same items has the same key, so PagerDuty joins them."""
    return {
        "routing_key": f"${ROUTING_KEY}",
        "event_action": "trigger",
        "dedup_key": notice.key,
        "payload": {
            "summary": notice.title[:_SUMMARY],
            "source": "runbooks",
            "severity": notice.level,
            "component": notice.about,
            "custom_details": {
                "notes": [
                    {
                        "id": item.id,
                        "title": item.title,
                        "lines": list(item.lines),
                        "command": item.command or None,
                    }
                    for item in notice.items
                ],
                "left_out": notice.left_out,
            },
        },
        "links": [{"href": item.url, "text": item.title} for item in notice.items if item.url],
    }
