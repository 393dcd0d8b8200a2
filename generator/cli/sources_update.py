"""`runbooks sources update`: taking what sources have now, and saying what that changes."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path

import click

from generator.cli.files import write_whole
from generator.cli.messages import EXIT_FINDINGS, EXIT_USAGE, echo, say, stop, styled
from generator.cli.opening import today
from generator.cli.options import root_option
from generator.cli.sources import chosen_sources
from generator.knowledge.loader import load_entry
from generator.knowledge.roots import LOCK_FILE
from generator.knowledge.sources.changes import relied_on
from generator.knowledge.sources.lock import BadLock, LockedSource, SourcesLock, read_lock
from generator.knowledge.sources.origins import Origin, origins
from generator.knowledge.sources.settings import IncidentSource
from generator.knowledge.sources.taking import (
    ChangedIncidents,
    NotTaken,
    changes,
    content_now,
    content_of_copy,
    place_of,
    restore,
    source_states,
    take,
)
from generator.model import Incident
from generator.text.controls import on_one_line
from generator.text.labels import plural

_LINES = 10


@click.command("update")
@click.argument("name", required=False)
@click.option(
    "--locked",
    is_flag=True,
    help="Copy what sources.lock.yaml says, as a build does, and change nothing in it.",
)
@root_option
@click.pass_context
def update_command(context: click.Context, name: str | None, locked: bool, root: Path) -> None:
    """Take what sources have now, of all or of NAME, and write sources.lock.yaml.

    Looks at checkouts, and fetches from sites. Shows which incidents are new, changed or gone, and what
    changes in signatures and blocking checks. Look at it, then commit the file.

    Exit codes: 0 taken, 1 a source could not be taken, and stays as it was, 2 wrong usage.

    \b
    Examples:
      runbooks sources update
      runbooks sources update platform
      runbooks sources update --locked
    """
    sources = chosen_sources(root, name)
    if locked:
        problems = _restored(root, name)
        for failing, why in problems.items():
            say(f"{failing}: {on_one_line(why)}; what was there stays")
        if problems:
            context.exit(EXIT_FINDINGS)
        return
    lock, known = _lock(root), {origin.name: origin for origin in origins(root)}
    taken = dict(lock.sources)
    failed = False
    for source in sources:
        try:
            taken[source.name] = _updated(root, source, known[source.name], lock)
        except NotTaken as error:
            failed = True
            say(f"{source.name}: {on_one_line(str(error))}; nothing was changed")
    names = [source.name for source in chosen_sources(root, None)]
    new = SourcesLock(sources={n: taken[n] for n in names if n in taken})
    if new != lock:
        write_whole(root / LOCK_FILE, new.text())
        say(f"{LOCK_FILE}: written; look at the changes, and commit it")
    if failed:
        context.exit(EXIT_FINDINGS)


def _updated(root: Path, source: IncidentSource, origin: Origin, lock: SourcesLock) -> LockedSource:
    """Take what a source has now, and say what that changes.

    Raises:
        NotTaken: it cannot be taken.
    """
    old = lock.sources.get(source.name)
    now = content_now(root, source)
    here = content_of_copy(root, source)
    before = old.incidents if old else {}
    different = changes(before, now.incidents)
    # What the copy has of them is what people have seen; a folder has only what it has now.
    was = {i: _incident(origin, i) for i in (*different.changed, *different.removed)}
    if here is None or (here.commit, here.incidents) != (now.commit, now.incidents):
        now = take(root, source, now)
        different = changes(before, now.incidents)
    for name, why in sorted(now.refused.items()):
        say(f"{source.name}: {on_one_line(name)} is left out: {why}")
    new = LockedSource(
        place=place_of(source),
        commit=now.commit,
        taken=today(),
        incidents=dict(sorted(now.incidents.items())),
    )
    if old and old.model_copy(update={"taken": new.taken}) == new:
        echo(f"{source.name}: no changes, {plural(len(new.incidents), 'incident')}")
        return old
    told = different.told() or "the same incidents"
    echo(styled(f"{source.name}: {told}; {len(new.incidents):,} in all", bold=True))
    compared = old is not None and not source.folder
    for line in _lines(origin, different, was, compared=compared):
        echo(on_one_line(line))
    return new


def _lines(
    origin: Origin,
    different: ChangedIncidents,
    was: Mapping[str, Incident | None],
    *,
    compared: bool,
) -> Iterator[str]:
    if not compared and not different.changed and not different.removed:
        return  # all of it is new
    for mark, ids in (
        ("+", different.added),
        ("~", different.changed),
        ("-", different.removed),
    ):
        for incident_id in ids:
            now = None if mark == "-" else _incident(origin, incident_id)
            shown = now or was.get(incident_id)
            yield f"  {mark} {incident_id}" + (f": {shown.title}" if shown else "")
            if not compared:
                continue
            lines = list(relied_on(was.get(incident_id), now))
            yield from (f"      {line}" for line in lines[:_LINES])
            if len(lines) > _LINES:
                yield f"      and {len(lines) - _LINES:,} more"


def _incident(origin: Origin, incident_id: str) -> Incident | None:
    return load_entry(origin.folder, incident_id).incident


def _lock(root: Path) -> SourcesLock:
    try:
        return read_lock(root)
    except BadLock as error:
        stop(
            f"{LOCK_FILE}: {error}. Correct it, or remove it and take everything again.", EXIT_USAGE
        )


def _restored(root: Path, name: str | None) -> dict[str, str]:
    """Copy what the lock says; return why a source is not as it says, by its name."""
    try:
        problems = restore(root, only=name)
        for state in source_states(root):
            if name in (None, state.source.name) and state.why and not state.is_folder:
                problems.setdefault(state.source.name, state.why)
        return problems
    except BadLock as error:
        stop(f"{LOCK_FILE}: {error}", EXIT_USAGE)
