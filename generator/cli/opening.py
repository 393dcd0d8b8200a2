"""Opening a knowledge base: loading it, the incident that is meant, what cannot be read."""

from __future__ import annotations

from datetime import UTC, date, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from generator.cli.messages import say
from generator.cli.progress import bar
from generator.knowledge.roots import INCIDENTS
from generator.text.labels import plural

# What takes long to import is imported where it is used: `match` must answer at once.
if TYPE_CHECKING:
    from generator.knowledge.base import KnowledgeBase


def today() -> date:
    """Return the day it is, by UTC."""
    return datetime.now(UTC).date()


def load_base(root: Path) -> KnowledgeBase:
    """Load the knowledge base, with a progress bar on a terminal when it takes long."""
    from generator.knowledge.base import load

    total = sum(1 for path in (root / INCIDENTS).iterdir() if path.is_dir())
    with bar("Loading incidents", total) as advance:
        return load(root, lambda _: advance(), today=today())


def resolve_id(base: KnowledgeBase, wanted: str) -> str:
    """Return the id that is meant: exact, an alias, or the only one that begins so.

    Raises:
        click.UsageError: there is none, or more than one.
    """
    import difflib

    if wanted in base.by_id:
        return wanted
    aliases = [i for i, incident in base.incidents.items() if wanted in incident.aliases]
    begins = [i for i in base.by_id if i.startswith(wanted)]
    found = aliases or begins
    if len(found) == 1:
        return found[0]
    if found:
        raise click.UsageError(f"{wanted!r} is ambiguous; matches {', '.join(found)}")
    near = difflib.get_close_matches(wanted, list(base.by_id), 3, 0.5)
    hint = (
        f"did you mean {' or '.join(near)}?"
        if near
        else "the ids are the names of the folders under incidents/"
    )
    raise click.UsageError(f"no incident has the id {wanted!r}; {hint}")


def say_unreadable(base: KnowledgeBase, consequence: str) -> None:
    """Say how many incidents cannot be read, if there are any, and what that means here."""
    number = len(base.entries) - len(base.incidents)
    if number:
        say(f"{plural(number, 'incident')} cannot be read: {consequence}; see `runbooks lint`")
