"""Opening a knowledge base: load it, find the named incident, report what cannot be read."""

from __future__ import annotations

from contextlib import suppress
from datetime import UTC, date, datetime
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import click

from generator.cli.messages import say
from generator.cli.progress import bar
from generator.knowledge.roots import INCIDENTS
from generator.knowledge.sources.origins import Origin, origins
from generator.text.labels import plural

# Slow imports are done where they are used: `match` must answer at once.
if TYPE_CHECKING:
    from generator.knowledge.base import KnowledgeBase


def today() -> date:
    """Return today's date, in UTC."""
    return datetime.now(UTC).date()


def load_base(root: Path, *, tells: bool = True) -> KnowledgeBase:
    """Load the knowledge base, with a progress bar on a terminal when it takes long.

    Args:
        root: the knowledge base.
        tells: whether to say which sources are missing.
    """
    from generator.cache.memory import collect_rarely
    from generator.knowledge.base import load

    collect_rarely()
    if tells:
        say_missing_sources(root)
    else:
        missing_sources(root)
    return load(root, today(), kept=True, reading=partial(bar, "Loading incidents"))


def say_missing_sources(root: Path) -> tuple[str, ...]:
    """Say which sources of a knowledge base are not here, and return their names; nothing is fetched."""
    missing = missing_sources(root)
    for origin in missing:
        hint = (
            "correct `folder` in mkdocs.yml"
            if origin.kind == "folder"
            else f"run `{copying_command(root, origin)}`"
        )
        say(f"The incidents of the source {origin.name} are not here: {hint}")
    return tuple(origin.name for origin in missing)


def missing_sources(root: Path) -> list[Origin]:
    """Return the sources that are not here, once what comes with this program has been copied.

    That needs no server and no other folder, so a fresh clone answers the first question that is asked.
    """
    missing = [one for one in origins(root) if not (one.folder / INCIDENTS).is_dir()]
    for origin in missing:
        if origin.kind == "package":
            from generator.knowledge.sources.lock import BadLock
            from generator.knowledge.sources.taking import restore

            with suppress(BadLock):  # what cannot be copied is missing
                restore(root, only=origin.name)
    return [one for one in missing if not (one.folder / INCIDENTS).is_dir()]


def copying_command(root: Path, origin: Origin) -> str:
    """Return the command that makes a copy of a source, as its lock says if it says something."""
    from generator.knowledge.sources.lock import BadLock, read_lock

    try:
        # What comes with this program would be here, if it were what the lock says.
        locked = origin.kind != "package" and origin.name in read_lock(root).sources
    except BadLock:
        locked = False
    return "runbooks sources update" + (" --locked" if locked else "")


def resolve_id(base: KnowledgeBase, wanted: str) -> str:
    """Return the id that a name stands for: an id, an alias, or an unambiguous prefix of an id.

    Raises:
        click.UsageError: no id matches, or several do.
    """
    import difflib

    found = base.named(wanted)
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
    """Say how many incidents cannot be read, if any, and the consequence."""
    say_number_unreadable(len(base.entries) - len(base.facts), consequence)


def say_number_unreadable(number: int, consequence: str) -> None:
    """Say that so many incidents cannot be read, if any, and the consequence."""
    if number:
        say(f"{plural(number, 'incident')} cannot be read: {consequence}; see `runbooks lint`")
