"""KB013 to KB015: what is wrong with the sources of `mkdocs.yml`, one finding for each of them.

Incidents of sources are not checked here: their authors do that.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from generator.knowledge.base import KnowledgeBase
from generator.knowledge.config_file import read_config
from generator.knowledge.diagnostics import Diagnostic, Position, Severity
from generator.knowledge.roots import CONFIG_FILE, LOCK_FILE
from generator.knowledge.settings import options_route
from generator.knowledge.sources.lock import BadLock
from generator.knowledge.sources.origins import Origin
from generator.knowledge.sources.places import LeftOut
from generator.limits import SOURCE_INCIDENTS
from generator.text.labels import plural

_MISSING, _DIFFERS, _LEFT_OUT = "KB013", "KB014", "KB015"
SOURCE_CODES = frozenset((_MISSING, _DIFFERS, _LEFT_OUT))
"""What stops no build: the rest of the site does not depend on it."""

_SHOWN = 3
UPDATE = "run `runbooks sources update`"


def lint_sources(
    base: KnowledgeBase, problems: Mapping[str, str] | None = None
) -> Iterator[Diagnostic]:
    """Yield the findings about the sources of a knowledge base.

    Args:
        base: the knowledge base.
        problems: why sources could not be copied just now, by their names.
    """
    places = base.places
    if places is None or not places.origins:
        return
    from generator.knowledge.sources.taking import source_states  # slow to import

    config = read_config(base.root)[0]
    try:
        states = {state.source.name: state for state in source_states(base.root)}
    except BadLock as error:
        states = {}
        hint = f"correct it, or remove it and {UPDATE}"
        yield Diagnostic(LOCK_FILE, Position(), _DIFFERS, Severity.ERROR, str(error), hint)
    for number, origin in enumerate(places.origins):
        at = (
            config.position((*options_route(config.data), "sources", number))
            if config
            else Position()
        )
        unreadable = [
            there.id
            for i, there in places.foreign.items()
            if there.origin == origin and i in base.by_id and not base.by_id[i].readable
        ]
        for code, severity, message, hint in _wrong(
            origin, places.refused[origin.name], unreadable, problems or {}
        ):
            yield Diagnostic(CONFIG_FILE, at, code, severity, message, hint)
        state = states.get(origin.name)
        if state and state.why and not places.refused[origin.name].missing:
            # Nobody has to lock a folder: it is read where it is.
            severity = Severity.HINT if state.is_folder else Severity.ERROR
            why = (problems or {}).get(origin.name) or state.why
            if state.locked or not state.is_folder:
                message = f"the source {origin.name}: {why}"
                yield Diagnostic(CONFIG_FILE, at, _DIFFERS, severity, message, UPDATE)


def _wrong(
    origin: Origin, refused: LeftOut, unreadable: list[str], problems: Mapping[str, str]
) -> Iterator[tuple[str, Severity, str, str]]:
    if refused.missing:
        hint = "correct the path, or clone it there" if origin.kind == "folder" else UPDATE
        why = problems.get(origin.name) or refused.missing
        message = f"the incidents of the source {origin.name} cannot be read: {why}"
        yield _MISSING, Severity.ERROR, message, hint
    left_out = [
        *([_named(unreadable, "cannot be read")] if unreadable else []),
        *([_named(refused.bad_ids, "cannot have its id here", "cannot have their ids here")] if refused.bad_ids else []),
        *([f"{refused.beyond:,} are more than {SOURCE_INCIDENTS.shown}"] if refused.beyond else []),
    ]  # fmt: skip
    if left_out:
        yield (
            _LEFT_OUT,
            Severity.WARNING,
            f"of the source {origin.name}, not all incidents are taken: {'; '.join(left_out)}",
            "`runbooks lint` says why, there",
        )


def _named(ids: Iterable[str], one: str, several: str = "") -> str:
    names = sorted(ids)
    shown = ", ".join(names[:_SHOWN]) + (", ..." if len(names) > _SHOWN else "")
    said = one if len(names) == 1 else several or one
    return f"{plural(len(names), 'incident')} {said} ({shown})"
