"""A message for Microsoft Teams, as an Adaptive Card.

Source of the format: https://adaptivecards.io/explorer, and for its frame
https://learn.microsoft.com/connectors/teams (the trigger "When a Teams webhook request is received").
"""

from __future__ import annotations

import re
from typing import Any

from generator.notices.reading import Notice, NoticeItem

_MARKUP = re.compile(r"[\\`*_\[\]()<>~]|^[-+#]|(?<=^\d)[.)]|(?<=^\d\d)[.)]")


def as_teams(notice: Notice) -> dict[str, Any]:
    """Return the body for the webhook of a workflow."""
    body: list[dict[str, Any]] = [
        {
            "type": "TextBlock",
            "size": "Large",
            "weight": "Bolder",
            "wrap": True,
            "text": _escaped(notice.title),
        }
    ]
    for item in notice.items:
        body += _blocks(item)
    if notice.left_out:
        body.append(_text(f"and {notice.left_out:,} more"))
    links = [
        {"type": "Action.OpenUrl", "title": item.title[:60], "url": item.url}
        for item in notice.items[:5]
        if item.url
    ]
    card: dict[str, Any] = {
        "$schema": "http://adaptivecards.io/schemas/adaptive-card.json",
        "type": "AdaptiveCard",
        "version": "1.4",
        "body": body,
    }
    if links:
        card["actions"] = links
    content = {"contentType": "application/vnd.microsoft.card.adaptive", "contentUrl": None}
    return {"type": "message", "attachments": [content | {"content": card}]}


def _blocks(item: NoticeItem) -> list[dict[str, Any]]:
    blocks = [_text(item.title, weight="Bolder", separator=True)]
    blocks += [_text(line, spacing="None") for line in item.lines]
    if item.command:
        blocks.append(
            {
                "type": "RichTextBlock",
                "inlines": [{"type": "TextRun", "text": item.command, "fontType": "Monospace"}],
            }
        )
    blocks.append(_text(item.id, isSubtle=True, spacing="None"))
    return blocks


def _text(text: str, **more: Any) -> dict[str, Any]:
    return {"type": "TextBlock", "wrap": True, "text": _escaped(text), **more}


def _escaped(text: str) -> str:
    """Return a text in which nothing is Markdown, which a TextBlock reads."""
    return _MARKUP.sub(lambda found: f"\\{found[0]}", text)
