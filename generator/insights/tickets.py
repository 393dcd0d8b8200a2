"""Tickets for action items: a script that creates them, and writing them back into incidents."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable, Mapping
from copy import deepcopy
from typing import Any

import yaml

from generator.commands.exports import quoted
from generator.insights.actions import TrackedActionItem
from generator.knowledge.source import Source, compose, parse_yaml
from generator.text.prose import one_line

ITEMS, TICKET = "action_items", "ticket"
_TITLE = 200
_PLAIN = re.compile(r"https?://[\w./#%?=&+~-]+|[A-Z][A-Z0-9]*-[0-9]+", re.ASCII)
_NAME = re.compile(r"([a-z0-9-]{1,100})#([1-9][0-9]{0,5})\Z")

FORGES: Mapping[str, str] = {
    "gh": 'gh issue create --title "$2" --body "$3"',
    "glab": 'glab issue create --title "$2" --description "$3" --yes',
}
"""The command line of each forge that creates an issue and prints its URL."""

_SCRIPT = """\
#!/bin/sh
# Creates an issue for each of these action items with `{forge}`, in the repository of the current folder,
# and notes its URL. Read it before you run it. A second run creates none that is noted already.
# Then write the URLs into the incidents: runbooks actions --tickets tickets.tsv
set -eu
noted=${{1:-tickets.tsv}}
touch -- "$noted"
ticket() {{
  if cut -f 1 -- "$noted" | grep -qxF -- "$1"; then return; fi
  url=$({command} | grep -Eo 'https?://[^[:space:]]+' | tail -n 1)
  if [ -z "$url" ]; then echo "No issue was created for $1" >&2; exit 1; fi
  printf '%s\\t%s\\n' "$1" "$url" | tee -a -- "$noted"
}}
"""


class CannotWriteBack(Exception):
    """A ticket cannot be written into an incident; the message says why."""


def script(forge: str, items: Iterable[TrackedActionItem], about: Callable[[str], str]) -> str:
    """Return a script for a POSIX shell that creates a ticket for each item that has none.

    Args:
        forge: a key of `FORGES`.
        items: the action items.
        about: returns the title of an incident, and its URL if it has one.
    """
    text = _SCRIPT.format(forge=forge, command=FORGES[forge])
    for item in items:
        if item.ticket:
            continue
        title = one_line(item.do)
        facts = [
            f"Owner: {item.owner}" if item.owner else "",
            f"Due: {item.due}" if item.due else "",
        ]
        parts = [item.do, "\n".join(filter(None, facts)), f"From {about(item.incident)}, action item {item.number}."]  # fmt: skip
        words = (item.name, title[:_TITLE], "\n\n".join(filter(None, parts)))
        text += f"ticket {' '.join(map(quoted, words))}\n"
    return text


def read_tickets(text: str) -> dict[str, dict[int, str]]:
    """Read the lines that such a script writes: the name of an item, a tab, its ticket.

    Returns:
        The tickets by incident and number.

    Raises:
        CannotWriteBack: a line is not of this form; the message has its number.
    """
    found: dict[str, dict[int, str]] = {}
    for number, line in enumerate(text.splitlines(), 1):
        name, tab, ticket = line.rstrip().partition("\t")
        match = _NAME.match(name)
        if not line.strip():
            continue
        if not (match and tab and ticket.strip() and ticket.isprintable()):
            raise CannotWriteBack(f"line {number} is not `incident#1`, a tab, and a ticket")
        found.setdefault(match[1], {})[int(match[2])] = ticket.strip()
    return found


def with_tickets(source: Source, tickets: Mapping[int, str]) -> str:
    """Return the text of an incident's file with tickets in its action items; nothing else changes.

    Args:
        source: the file.
        tickets: a ticket by the number of its item, from 1. An item that has this ticket stays.

    Raises:
        CannotWriteBack: there is no such item, it has another ticket, or its form allows no edit.
    """
    _, root = compose(source.file, source.text.encode())
    items = source.data.get(ITEMS) if isinstance(source.data, dict) else None
    wanted = {n: t for n, t in tickets.items() if _ticket(items, n) != t}
    text = source.text
    node = _value(root, ITEMS)
    for number, ticket in sorted(wanted.items(), reverse=True):
        known = _ticket(items, number)
        if known is not None:
            raise CannotWriteBack(f"item {number} has the ticket {known} already")
        item = node.value[number - 1] if isinstance(node, yaml.SequenceNode) else None
        if not isinstance(item, yaml.MappingNode) or not item.value:
            raise CannotWriteBack(f"item {number} is not a list of keys")
        # Below what is to be done, if there is more.
        place = item.value[min(1, len(item.value) - 1)][0].start_mark
        between = ", " if item.flow_style else _line_end(text) + " " * place.column
        new = f"{TICKET}: {_scalar(ticket)}{between}"
        text = text[: place.index] + new + text[place.index :]
    if not _differs_only(source, text, tickets):
        raise CannotWriteBack("it cannot be edited without changing something else")
    return text


def _differs_only(source: Source, text: str, tickets: Mapping[int, str]) -> bool:
    expected = deepcopy(source.data)
    for number, ticket in tickets.items():
        expected[ITEMS][number - 1][TICKET] = ticket
    return bool(parse_yaml(source.file, text.encode()).data == expected)


def _ticket(items: Any, number: int) -> str | None:
    if not isinstance(items, list) or not 0 < number <= len(items):
        raise CannotWriteBack(f"there is no item {number}")
    item = items[number - 1]
    found = item.get(TICKET) if isinstance(item, dict) else None
    return None if found is None else str(found)


def _value(node: Any, name: str) -> Any:
    pairs = node.value if isinstance(node, yaml.MappingNode) else []
    return next((value for key, value in pairs if key.value == name), None)


def _scalar(text: str) -> str:
    """Return a text as YAML writes it on one line: without quotes where everybody sees that it is text."""
    return text if _PLAIN.fullmatch(text) else json.dumps(text, ensure_ascii=False)


def _line_end(text: str) -> str:
    return "\r\n" if "\r\n" in text else "\n"
