"""Writes the tickets of action items into incidents, for `runbooks actions --tickets`."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from generator.cli.files import write_whole
from generator.cli.messages import say
from generator.insights.tickets import ITEMS, CannotWriteBack, read_tickets, with_tickets
from generator.knowledge.base import KnowledgeBase
from generator.text.controls import on_one_line
from generator.text.labels import plural


def write_back(base: KnowledgeBase, file: str) -> None:
    """Write tickets into the incidents: all of them, or none if one of them cannot be written.

    Args:
        base: the knowledge base.
        file: what the script of `--script` has noted; - is standard input.

    Raises:
        click.ClickException: a line, an incident or an item is not as it must be.
    """
    try:
        raw = sys.stdin.buffer.read() if file == "-" else Path(file).read_bytes()
        tickets = read_tickets(raw.decode("utf-8"))
    except (OSError, UnicodeDecodeError, CannotWriteBack) as error:
        raise click.UsageError(f"{file}: {error}") from None
    texts = {}
    for incident_id, of in tickets.items():
        entry = base.by_id.get(incident_id)
        source = entry.source if entry and entry.incident else None
        if source is None:
            raise click.ClickException(
                f"{incident_id}: there is no such incident, or it has errors. Nothing was written."
            )
        holder = source.holder((ITEMS,))
        try:
            text = with_tickets(holder, of)
        except CannotWriteBack as error:
            raise click.ClickException(
                on_one_line(f"{holder.file}: {error}. Nothing was written.")
            ) from None
        if text != holder.text:
            texts[holder.file] = text
    for path, text in texts.items():
        target = base.root / path
        write_whole(target, text, target.stat().st_mode & 0o777)
        say(f"{path}: changed")
    number = sum(map(len, tickets.values()))
    say(f"{plural(number, 'ticket')}, {plural(len(texts), 'file')} changed")
