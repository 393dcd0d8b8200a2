"""From a chat export of Slack to a timeline in Markdown.

It reads the file of a day of a channel, the answer of `conversations.history`, and what `combined`
makes of the days of a channel. Who wrote is named as in `users.json`, if that is there. The formats:
https://slack.com/help/articles/220556107-How-to-read-Slack-data-exports and
https://docs.slack.dev/reference/methods/conversations.history/
"""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from generator.importers.converters.base import Converted, counted, left_out
from generator.importers.converters.markdown_text import (
    Lines,
    escaped,
    heading,
    item,
    joined,
    one_line,
    paragraph,
    whole,
)
from generator.importers.converters.slack_text import SlackText, said_in
from generator.importers.decoding import Refused

ENDINGS = (".json",)
_LIST = re.compile(r"\s{0,99}\[\s{0,99}(?:\{|\])")
_MESSAGES = re.compile(r'\s{0,99}\{.{0,4000}?"messages"\s{0,9}:\s{0,9}\[', re.DOTALL)
_TIME = re.compile(r"\d{1,12}(?:\.\d{1,9})?\Z")
_TIME_ON_LINE = re.compile(r'"ts"\s{0,9}:\s{0,9}"(\d{1,12}\.\d{1,9})"')
# What says only who came and went, or what was done to the channel.
_ABOUT_CHANNEL = frozenset(
    "channel_join channel_leave group_join group_leave channel_archive channel_unarchive channel_convert_to_private "
    "channel_posting_permissions bot_add bot_remove bot_enable bot_disable pinned_item unpinned_item reminder_add "
    "tombstone sh_room_created huddle_thread".split()
)  # fmt: skip
_LONGEST_TITLE = 90


@dataclass(frozen=True)
class _Message:
    """A message: when, by whom, in answer to whom, and what it says."""

    stamp: str
    at: datetime
    who: str
    to: str
    blocks: Lines


def is_chat(text: str) -> bool:
    """Whether a text in JSON begins as a chat export does, and not as a record."""
    return bool(_LIST.match(text) or _MESSAGES.match(text))


def combined(channel: str, days: Mapping[str, bytes], users: bytes, channels: bytes) -> bytes:
    """Return the days of a channel as one export, with only the names that its messages need.

    Args:
        channel: its name.
        days: the files of its days by their names, in order.
        users: `users.json`; empty if there is none.
        channels: `channels.json`; empty if there is none.

    Raises:
        Refused: one of the days is not JSON, or not a list.
    """
    messages: list[Any] = []
    for name, day in days.items():
        try:
            found = _parsed(day.decode("utf-8", "replace"))
        except Refused as error:
            raise Refused(f"{name}: {error}", error.hint) from None
        if not isinstance(found, list):
            raise Refused(f"{name}: not the messages of a day: it is not a list", "give the folder of a channel")  # fmt: skip
        messages += found
    texts = "\n".join(json.dumps(message, ensure_ascii=False) for message in messages)
    named = {name: who for name, who in _names(_parsed_list(users)).items() if name in texts}
    about = next((c for c in _parsed_list(channels) if c.get("name") == channel), {})
    said = {part: _value(about.get(part)) for part in ("topic", "purpose")}
    lines = [
        f'"channel": {json.dumps({"name": channel, **said}, ensure_ascii=False)},',
        f'"users": {json.dumps(named, ensure_ascii=False)},',
        '"messages": [',
        texts.replace("\n", ",\n"),
        "]",
    ]
    return ("{\n" + "\n".join(lines) + "\n}\n").encode()


def convert(text: str) -> Converted:
    """Return a chat as a write-up with a timeline.

    Raises:
        Refused: it is not JSON, or not a chat, or has no messages.
    """
    data = _parsed(text)
    export: dict[str, Any] = data if isinstance(data, dict) else {"messages": data}
    found = export.get("messages")
    if not isinstance(found, list) or not any(isinstance(m, dict) and "ts" in m for m in found):
        raise Refused("not a chat export of Slack: it has no messages", "give the file of a day, or the folder of a channel")  # fmt: skip
    dropped: Counter[str] = Counter()
    lines_of = {match[1]: n for n, line in enumerate(text.split("\n"), 1) for match in _TIME_ON_LINE.finditer(line)}  # fmt: skip
    messages = sorted(_messages(found, export, dropped), key=lambda message: message.at)
    events = [line for message in messages for line in _event(message, lines_of.get(message.stamp, 1))]  # fmt: skip
    blocks = [*_about(export), heading("Timeline", 2, 1), events]
    remarks = left_out(counted(number, noun) for noun, number in dropped.items())
    return Converted(*whole(joined(blocks)), remarks)


def _parsed(text: str) -> Any:
    try:
        return json.loads(text)
    except RecursionError:
        raise Refused("its JSON nests too deeply", "export the chat again") from None
    except ValueError as error:
        raise Refused(f"not JSON: {error}", "export the chat again") from None


def _parsed_list(raw: bytes) -> list[dict[str, Any]]:
    """Return a list that says more about a chat; nothing if it cannot be read."""
    try:
        found = json.loads(raw) if raw else []
    except (ValueError, RecursionError):
        return []
    return [one for one in found if isinstance(one, dict)] if isinstance(found, list) else []


def _value(said: Any) -> str:
    text = said.get("value") if isinstance(said, dict) else said
    return text if isinstance(text, str) else ""


def _names(users: Sequence[Mapping[str, Any]]) -> dict[str, str]:
    """Return the name of each user, by id."""
    return {str(user.get("id")): _name(user) for user in users if _name(user)}


def _name(user: Mapping[str, Any]) -> str:
    """Return the name by which others see a user."""
    profile = user.get("profile")
    for said in (profile if isinstance(profile, dict) else {}, user):
        for key in ("display_name", "real_name", "name"):
            if isinstance(name := said.get(key), str) and name.strip():
                return one_line(name)[:_LONGEST_TITLE]
    return ""


def _users(export: Mapping[str, Any], messages: Sequence[Any]) -> dict[str, str]:
    """Return the names that an export itself has: in a list, and at the messages."""
    given = export.get("users")
    names = _names([u for u in given if isinstance(u, dict)]) if isinstance(given, list) else {}
    if isinstance(given, dict):
        names = {str(key): one_line(name) for key, name in given.items() if isinstance(name, str)}
    for message in messages:
        profile = message.get("user_profile") if isinstance(message, dict) else None
        if isinstance(profile, dict) and (name := _name(profile)):
            names.setdefault(str(message.get("user")), name)
    return names


def _messages(found: Sequence[Any], export: Mapping[str, Any], dropped: Counter[str]) -> Iterator[_Message]:  # fmt: skip
    """Yield the messages that say something, each once."""
    names = _users(export, found)
    texts = SlackText(names)
    authors = {
        str(message.get("ts")): _author(message, names)
        for message in found
        if isinstance(message, dict)
    }
    seen = set()
    for message in found:
        at = _time_of(message)
        if at is None:
            dropped["entry without a time|entries without a time"] += 1
            continue
        kind = str(message.get("subtype"))
        if kind in _ABOUT_CHANNEL or message.get("hidden"):
            dropped["message about the channel|messages about the channel"] += 1
            continue
        stamp, thread = str(message["ts"]), str(message.get("thread_ts") or "")
        blocks = joined(texts.blocks(said_in(message)))
        if not blocks:
            dropped["message without text|messages without text"] += 1
        elif (stamp, str(message.get("user"))) not in seen:
            seen.add((stamp, str(message.get("user"))))
            to = authors.get(thread, "") if thread and thread != stamp else ""
            yield _Message(stamp, at, _author(message, names), to, blocks)


def _time_of(message: Any) -> datetime | None:
    stamp = str(message.get("ts") or "") if isinstance(message, dict) else ""
    try:
        return datetime.fromtimestamp(int(float(stamp)), UTC) if _TIME.match(stamp) else None
    except (ValueError, OverflowError, OSError):  # after the year 9999
        return None


def _author(message: Mapping[str, Any], names: Mapping[str, str]) -> str:
    """Return who wrote a message: the name, or else the id."""
    user = str(message.get("user") or message.get("bot_id") or "")
    bot = message.get("bot_profile")
    of_bot = bot.get("name") if isinstance(bot, dict) else ""
    said = names.get(user) or message.get("username") or of_bot or user or "somebody"
    return one_line(str(said))[:_LONGEST_TITLE]


def _event(message: _Message, number: int) -> Lines:
    """Return a message as an item of a timeline."""
    at = message.at.strftime("%Y-%m-%dT%H:%M:%SZ")
    to = f", in reply to {escaped(message.to)}" if message.to else ""
    begin = f"{at} {escaped(message.who)}{to}:"
    blocks = [(text, number) for text, _ in message.blocks]
    first = blocks[0][0]
    if first.startswith(("```", ">", "- ")):
        return item(joined([[(begin, number)], blocks]), "-")
    return item([(f"{begin} {first}", number), *blocks[1:]], "-")


def _about(export: Mapping[str, Any]) -> Iterator[Lines]:
    """Yield the title, and what is said about the channel."""
    channel = export.get("channel")
    about = channel if isinstance(channel, dict) else {"name": channel}
    name = about.get("name") if isinstance(about.get("name"), str) else ""
    line = SlackText({}).line
    topic, purpose = (line(one_line(_value(about.get(part)))) for part in ("topic", "purpose"))
    if not name:
        return
    title = next((text for text in (topic, purpose) if 0 < len(text) <= _LONGEST_TITLE), "")
    yield heading(title or escaped(name.replace("_", " ").replace("-", " ")), 1, 1)
    yield paragraph(f"**Channel**: {escaped(name)}", 1)
    for label, text in (("Topic", topic), ("Purpose", purpose)):
        if text and text != title:
            yield paragraph(f"**{label}**: {text}", 1)
