"""The text of a message in Slack as Markdown.

The markup: https://docs.slack.dev/messaging/formatting-message-text/
"""

from __future__ import annotations

import html
import re
from collections.abc import Iterator, Mapping
from typing import Any

from generator.importers.converters.markdown_text import (
    Lines,
    Run,
    code_block,
    code_span,
    escaped,
    joined_runs,
    link,
    paragraph,
    quoted,
)

_CODE = re.compile(r"```(.*?)(?:```|\Z)", re.DOTALL)
_INLINE = re.compile(
    r"""
    <(?P<sign>[@\#!])(?P<id>[^<>|\n]{1,200})(?:\|(?P<label>[^<>\n]{0,300}))?>
    | <(?P<url>[a-z][a-z0-9+.-]{1,20}:[^<>|\s]{1,3000})(?:\|(?P<text>[^<>\n]{0,1000}))?>
    | `(?P<code>[^`\n]{1,1000})`
    | (?<![\w*])\*(?=\S)(?P<bold>[^*\n]{1,500}?)(?<=\S)\*(?![\w*])
    | (?<![\w~])~(?=\S)(?P<deleted>[^~\n]{1,500}?)(?<=\S)~(?![\w~])
    | (?<!\w)_(?=\S)(?P<italic>[^_\n]{1,500}?)(?<=\S)_(?!\w)
    """,
    re.VERBOSE,
)
_QUOTE = re.compile(r"(?:>|&gt;)[ ]?")
_MOST_NESTED = 30
_MOST_STYLES = 4


class SlackText:
    """Turns texts of messages into blocks."""

    def __init__(self, names: Mapping[str, str]) -> None:
        """Take the names of users, by id."""
        self.names = names

    def blocks(self, text: str) -> Iterator[Lines]:
        """Yield the blocks of a text in Slack's own markup."""
        parts = _CODE.split(text)
        for n, part in enumerate(parts):
            if n % 2:
                yield code_block(html.unescape(part), "", 1)
            elif part.strip():
                yield from self._lines(part.strip("\n").split("\n"))

    def _lines(self, lines: list[str]) -> Iterator[Lines]:
        """Yield lines as paragraphs, with what is quoted as quotations."""
        said: list[str] = []
        quotes = False
        for line in [*lines, ""]:
            mark = _QUOTE.match(line)
            if said and (not line.strip() or bool(mark) != quotes):
                block = paragraph("\n".join(map(self.line, said)), 1)
                yield quoted(block) if quotes else block
                said = []
            quotes = bool(mark)
            if line.strip():
                said.append(line[mark.end() :] if mark else line)

    def line(self, text: str, depth: int = 0) -> str:
        """Return a line as inline Markdown."""
        return joined_runs(self._runs(text, depth))

    def _runs(self, text: str, depth: int) -> Iterator[Run]:
        end = 0
        for match in _INLINE.finditer(text):
            yield Run(escaped(html.unescape(text[end : match.start()])))
            yield from self._one(match, depth)
            end = match.end()
        yield Run(escaped(html.unescape(text[end:])))

    def _one(self, match: re.Match[str], depth: int) -> Iterator[Run]:
        part = match.groupdict()
        if part["sign"]:
            yield Run(escaped(html.unescape(self._mention(part["sign"], part["id"], part["label"] or ""))))  # fmt: skip
        elif part["url"]:
            address = html.unescape(part["url"])
            label = escaped(html.unescape(part["text"] or "")).strip()
            yield Run(link(label, address) if label else escaped(address))
        elif part["code"]:
            yield Run(code_span(html.unescape(part["code"])))
        elif depth >= _MOST_STYLES:
            yield Run(escaped(html.unescape(match[0])))
        elif part["bold"]:
            yield Run(self.line(part["bold"], depth + 1).replace("**", ""), bold=True)
        elif part["deleted"]:
            # Without a mark, a text that was struck out would say the opposite.
            yield Run(f"~~{self.line(part['deleted'], depth + 1)}~~")
        else:
            yield from self._runs(part["italic"], depth + 1)

    def _mention(self, sign: str, name: str, label: str) -> str:
        """Return who or what is mentioned: `@ines`, `#support`, `@here`, a date."""
        if sign == "@":
            return f"@{self.names.get(name) or label or name}"
        if sign == "#":
            return f"#{label or name}"
        return label or f"@{name.partition('^')[0]}"


def said_in(message: Mapping[str, Any]) -> str:
    """Return all that a message says, in Slack's own markup: its text, what is attached, its files."""
    text = message.get("text")
    parts = [text if isinstance(text, str) else ""]
    if not parts[0].strip():
        parts = list(_of_blocks(message.get("blocks"), 0))
    for attachment in _dicts(message.get("attachments")):
        parts += _of_attachment(attachment)
    for file in _dicts(message.get("files")):
        name = file.get("title") or file.get("name")
        address = file.get("permalink") or file.get("url_private")
        if isinstance(name, str):
            safe = name.replace("|", " ").replace(">", " ").replace("<", " ")
            parts.append(f"<{address}|{safe}>" if isinstance(address, str) else name)
    return "\n".join(dict.fromkeys(part for part in parts if part.strip()))


def _of_attachment(attachment: Mapping[str, Any]) -> Iterator[str]:
    """Yield what an attachment says; its fallback is for those that say nothing else."""
    said = []
    for key in ("pretext", "title", "text"):
        text = attachment.get(key)
        if isinstance(text, str) and text.strip():
            address = attachment.get("title_link")
            is_link = key == "title" and isinstance(address, str)
            said.append(f"<{address}|{text}>" if is_link and not set(text) & set("<>|") else text)
    for field in _dicts(attachment.get("fields")):
        said.append(f"{field.get('title') or ''}: {field.get('value') or ''}".strip(": "))
    said += _of_blocks(attachment.get("blocks"), 0)
    fallback = attachment.get("fallback")
    yield from said or ([fallback] if isinstance(fallback, str) else [])


def _of_blocks(blocks: Any, depth: int) -> Iterator[str]:
    """Yield what blocks say, a text each: https://docs.slack.dev/reference/block-kit/blocks/."""
    for block in _dicts(blocks) if depth < _MOST_NESTED else ():
        kind = block.get("type")
        text = block.get("text")
        if isinstance(text, dict) and isinstance(text.get("text"), str):
            yield text["text"]
        for field in _dicts(block.get("fields")):
            if isinstance(field.get("text"), str):
                yield field["text"]
        if kind in ("rich_text_section", "rich_text_quote", "rich_text_preformatted"):
            inside = "".join(map(_of_element, _dicts(block.get("elements"))))
            fence = "```" if kind == "rich_text_preformatted" else ""
            quote = "> " if kind == "rich_text_quote" else ""
            yield f"{fence}{quote}{inside}{fence}"
        elif kind == "context":
            yield " ".join(e["text"] for e in _dicts(block.get("elements")) if isinstance(e.get("text"), str))  # fmt: skip
        elif kind in ("rich_text", "rich_text_list"):
            mark = "• " if kind == "rich_text_list" else ""
            yield from (mark + text for text in _of_blocks(block.get("elements"), depth + 1))


def _of_element(element: Mapping[str, Any]) -> str:
    """Return a piece of rich text in Slack's own markup."""
    kind, text = element.get("type"), element.get("text")
    if kind == "link":
        label = f"|{text}" if isinstance(text, str) and text else ""
        return f"<{element.get('url')}{label}>"
    if kind in ("user", "channel"):
        return f"<{'@' if kind == 'user' else '#'}{element.get(f'{kind}_id')}>"
    if kind in ("broadcast", "emoji"):
        return f"<!{element.get('range')}>" if kind == "broadcast" else f":{element.get('name')}:"
    said = html.escape(text, quote=False) if isinstance(text, str) else ""
    style = element.get("style")
    return f"`{said}`" if isinstance(style, dict) and style.get("code") and said.strip() else said


def _dicts(values: Any) -> list[dict[str, Any]]:
    return [one for one in values if isinstance(one, dict)] if isinstance(values, list) else []
