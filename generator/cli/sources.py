"""`runbooks sources`: which other knowledge bases are shown, and taking what they have now."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import click

from generator.cli.groups import CommandGroup
from generator.cli.messages import EXIT_FINDINGS, EXIT_USAGE, echo, echo_json, say, stop, styled
from generator.cli.opening import copying_command, missing_sources, today
from generator.cli.options import format_option, given_root_option, resolved_root
from generator.knowledge.roots import LOCK_FILE
from generator.knowledge.settings import CONFIG_FILE, load_settings
from generator.knowledge.sources.lock import BadLock
from generator.knowledge.sources.settings import IncidentSource
from generator.knowledge.sources.taking import SourceState, place_of, source_states
from generator.text.controls import on_one_line
from generator.text.labels import plural

VERSION = 1

# As COMMANDS in `generator/cli/__init__.py`.
COMMANDS = {
    "update": (
        "generator.cli.sources_update:update_command",
        "Take what sources have now, of all or of NAME, and write sources.lock.yaml.",
    ),
}


@click.group("sources", cls=CommandGroup, table=COMMANDS, invoke_without_command=True)
@format_option
@given_root_option
@click.pass_context
def sources_command(context: click.Context, form: str, root: Path | None) -> None:
    """Show the sources of incidents, and what was taken of them.

    `sources` in mkdocs.yml names other knowledge bases, whose incidents are shown with ours.
    sources.lock.yaml says what was taken of each. This fetches nothing.

    Exit codes: 0 all are as the lock says, 1 one is not, 2 wrong usage.

    \b
    Examples:
      runbooks sources
      runbooks sources update
      runbooks sources update platform
    """
    if context.invoked_subcommand is not None:
        return
    folder = resolved_root(root)
    missing = {origin.name: origin for origin in missing_sources(folder)}
    states = _states(folder)
    if form == "json":
        echo_json({"version": VERSION, "sources": [_as_json(state) for state in states]})
    elif states:
        for state in states:
            echo("\n".join(_as_text(state)))
            if not state.is_folder and (origin := missing.get(state.source.name)):
                echo(f"    run `{copying_command(folder, origin)}`")
    else:
        say(f"No sources; `sources` in {CONFIG_FILE} names them")
    if any(state.why and not state.is_folder for state in states):
        context.exit(EXIT_FINDINGS)


def chosen_sources(root: Path, name: str | None) -> tuple[IncidentSource, ...]:
    """Return the source with a name, or all.

    Raises:
        click.ClickException: `mkdocs.yml` has errors, or there is no such source.
    """
    settings, problems = load_settings(root)
    for problem in problems:
        raise click.ClickException(f"{problem.file}: {problem.message} ({problem.hint})")
    chosen = tuple(s for s in settings.sources if name in (None, s.name))
    if name is not None and not chosen:
        known = ", ".join(s.name for s in settings.sources) or "none"
        raise click.UsageError(f"no source has the name {name!r}; sources: {known}")
    return chosen


def _states(root: Path) -> list[SourceState]:
    chosen_sources(root, None)
    try:
        return source_states(root, today())
    except BadLock as error:
        stop(f"{LOCK_FILE}: {error}", EXIT_USAGE)


def _as_text(state: SourceState) -> Iterator[str]:
    facts = [place_of(state.source)]
    if state.content:
        facts.append(plural(len(state.content.incidents), "incident"))
    if state.locked:
        age = state.age or 0
        facts.append("taken today" if age <= 0 else f"taken {plural(age, 'day')} ago")
        if state.locked.commit:
            facts.append(f"commit {state.locked.commit[:12]}")
    yield styled(f"{state.source.name}  {' · '.join(map(on_one_line, facts))}", bold=True)
    if state.why:
        how = "read where it is; " if state.is_folder else ""
        yield f"    {how}{on_one_line(state.why)}"


def _as_json(state: SourceState) -> dict[str, Any]:
    source, locked = state.source, state.locked
    return {
        "name": source.name,
        "kind": source.kind.value,
        "place": source.place,
        "ref": source.ref,
        "only": source.only.model_dump(mode="json", exclude_defaults=True),
        "incidents": len(state.content.incidents) if state.content else None,
        "taken": locked.taken.isoformat() if locked else None,
        "commit": (locked.commit or None) if locked else None,
        "as_locked": not state.why,
        "why": state.why or None,
    }
