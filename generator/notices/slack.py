"""A message for Slack. Source of the format: https://docs.slack.dev/reference/block-kit/blocks."""

from __future__ import annotations

from typing import Any

from generator.notices.reading import Notice, NoticeItem

_HEADER = 150
_SECTION = 2_900
"""Slack refuses a header of more than 150 characters, and a section of more than 3,000."""


def as_slack(notice: Notice) -> dict[str, Any]:
    """Return the body for an incoming webhook."""
    blocks: list[dict[str, Any]] = [
        {"type": "header", "text": {"type": "plain_text", "text": notice.title[:_HEADER]}}
    ]
    blocks += [
        {"type": "section", "text": {"type": "mrkdwn", "text": _section(item)}}
        for item in notice.items
    ]
    if notice.left_out:
        text = {"type": "mrkdwn", "text": f"and {notice.left_out:,} more"}
        blocks.append({"type": "context", "elements": [text]})
    return {"text": _escaped(notice.title), "blocks": blocks}


def _section(item: NoticeItem) -> str:
    title = _plain(item.title).replace("|", "/")
    head = f"<{_escaped(item.url).replace('|', '%7C')}|{title}>" if item.url else f"*{title}*"
    lines = [head, *(_plain(line) for line in item.lines), _plain(item.id)]
    text = "\n".join(lines)[:_SECTION]
    # A block may end early, but not in the middle: without its end, the rest would be code.
    command = _escaped(item.command).replace("```", "'''")
    room = _SECTION - len(text) - 10
    return f"{text}\n```{command}```" if command and len(command) <= room else text


def _plain(text: str) -> str:
    """Return a text in which no character marks anything up: Slack has no escape for them."""
    # A zero-width space after it keeps a character of markup from being one.
    escaped = _escaped(text)
    return "".join(
        f"{character}\u200b" if character in "*_~`" else character for character in escaped
    )


def _escaped(text: str) -> str:
    """Return a text without links, mentions and channels: Slack asks to escape these three."""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
