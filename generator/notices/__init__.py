"""Messages for chats and pagers, from the JSON of other commands.

`reading.py` says what a message tells, a module each writes it for one receiver (`FORMATS`), and
`sending.py` sends it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from generator.notices.pagerduty import as_pagerduty
from generator.notices.reading import NotANotice, Notice, NoticeItem, read_notice
from generator.notices.sending import NotSent, send
from generator.notices.slack import as_slack
from generator.notices.teams import as_teams
from generator.notices.webhook import as_webhook

__all__ = ["FORMATS", "NotANotice", "NotSent", "Notice", "NoticeFormat", "NoticeItem", "read_notice", "send"]  # fmt: skip


@dataclass(frozen=True)
class NoticeFormat:
    """What one receiver reads.

    Attributes:
        write: makes the message.
        about: the receiver, in a few words.
    """

    write: Callable[[Notice], dict[str, Any]]
    about: str


FORMATS: Mapping[str, NoticeFormat] = {
    "slack": NoticeFormat(as_slack, "an incoming webhook of Slack (Block Kit)"),
    "teams": NoticeFormat(as_teams, "a workflow of Microsoft Teams (Adaptive Card)"),
    "pagerduty": NoticeFormat(as_pagerduty, "PagerDuty (Events API v2)"),
    "webhook": NoticeFormat(as_webhook, "anything else: plain JSON"),
}
"""Every receiver by its name."""
