"""The data of a knowledge base for checklists, small enough for one cached file.

A row contains one incident with its checks, or the standing checks. Rows are plain JSON data, so
5,000 of them load quickly; the site gives the same rows to the browser. `Rows` keeps them: only those
of changed incidents are made again.

    {"id", "title", "source", "severity", "status", "date", "documented", "components": [name],
     "parameters": {name: {"description", "example", "default"}},
     "checks": [{"id", "phase", "level", "check", "run", "expect", "risk", "rollback": {"do", "run"},
                 "needs", "timeout", "poll", "approval", "components", "paths", "kinds", "when": condition,
                 "always", "uses", "asks"}]}

`uses` has the parameters that the command and its rollback read, `asks` the parameters without which
the command cannot run. A row with `bad_globs` has a check with a glob that matches nothing, or an
expression that is refused: to what it applies is not known. `conditions.py` says what a condition
is.
`source` names the source of an incident that is not ours. Keys with an empty value are left out.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

from generator.cache.fingerprints import settled_stamp
from generator.cache.memory import collector_off
from generator.cache.parallel import do_all
from generator.cache.rows import Rows
from generator.cache.trust import FOLDER
from generator.checklists.conditions import KIND, OF_FILES, Condition, condition_of, problem_of
from generator.checklists.glob_syntax import is_bad
from generator.commands.exports import mentions
from generator.knowledge.loader import (
    INCIDENTS,
    STANDING_FILE,
    STANDING_ID,
    load_standing,
)
from generator.knowledge.sources.places import IncidentPlaces, incident_places
from generator.model import Check, Incident, Parameter, Status

FILE = f"{FOLDER}/checks.rows"
BAD_GLOBS = "bad_globs"

Row = dict[str, Any]


class SummaryRows:
    """The rows of a knowledge base.

    Attributes:
        rows: one for each incident that is not withdrawn, by id, and for the standing checks.
        unreadable: ids of the incidents that have errors; their checks are not known.
        left_out: the same of incidents that are not ours, each with its source.
    """

    def __init__(
        self,
        rows: dict[str, Row],
        unreadable: tuple[str, ...] = (),
        left_out: Mapping[str, str] | None = None,
    ) -> None:
        self.rows = rows
        self.unreadable = unreadable
        self.left_out = left_out or {}

    def published(self) -> SummaryRows:
        """Return the rows, except drafts."""
        kept = {i: row for i, row in self.rows.items() if row.get("status") != "draft"}
        return SummaryRows(kept, self.unreadable, self.left_out)

    @property
    def undecided(self) -> tuple[str, ...]:
        """Ids of the incidents with a check of which a glob is bad: nobody knows to what it applies."""
        return tuple(i for i, row in self.rows.items() if row.get(BAD_GLOBS))

    @property
    def components(self) -> set[str]:
        """Every component of an incident or a check."""
        named = {name for row in self.rows.values() for name in row.get("components", ())}
        return named | self._named("components")

    @property
    def kinds(self) -> set[str]:
        """Every kind of change of a check, and of its conditions."""
        checks = (check for row in self.rows.values() for check in row["checks"])
        return self._named("kinds") | {name for check in checks for name in kinds_in(check)}

    @property
    def conditions(self) -> Iterator[Condition]:
        """Every condition of a check."""
        checks = (check for row in self.rows.values() for check in row["checks"])
        return (check["when"] for check in checks if check.get("when"))

    def _named(self, key: str) -> set[str]:
        return {
            name
            for row in self.rows.values()
            for check in row["checks"]
            for name in check.get(key, ())
        }


def kinds_in(check: Row) -> Iterator[str]:
    """Yield the kinds of change in the condition of a check."""
    return (part[2] for part in check.get("when", ()) if part[0] == KIND)


def incident_row(incident_id: str, incident: Incident, source: str = "") -> Row:
    """Return the row of an incident.

    Args:
        incident_id: its id.
        incident: what it says.
        source: the source that it comes from; empty if it is ours.
    """
    day = incident.occurred or incident.documented
    return _small(
        {
            "id": incident_id,
            "title": incident.title,
            "source": source,
            "severity": incident.severity.value,
            "status": incident.status.value,
            "date": f"{day:%Y-%m-%d}" if day else "",
            "documented": bool(day) and incident.occurred is None,
            "components": list(incident.components),
            **_checks(incident.checks, incident.parameters, incident.components),
        }
    )


def standing_row(checks: Iterable[Check], parameters: Iterable[Parameter]) -> Row:
    """Return the row of the standing checks."""
    return {"id": STANDING_ID, "title": "Standing checks", **_checks(checks, parameters, None)}


def _checks(
    checks: Iterable[Check], parameters: Iterable[Parameter], components: tuple[str, ...] | None
) -> Row:
    declared = {
        p.name: _small(
            {"description": p.description, "example": p.example or "", "default": p.default}
        )
        for p in parameters
    }
    rows = [_check(check, components, declared) for check in checks]
    used = {name for row in rows for name in row.get("uses", ())}
    return {
        "parameters": {name: declared[name] for name in declared if name in used},
        "checks": rows,
        BAD_GLOBS: any(
            is_bad(row.get("paths", ())) or problem_of(row.get("when", ())) for row in rows
        ),
    }


def _check(check: Check, components: tuple[str, ...] | None, declared: dict[str, Row]) -> Row:
    applies = check.applies_to
    when = condition_of(applies)
    named = bool(applies.components or applies.paths or applies.kinds)
    # A standing check with nothing but a condition looks at every changed file.
    looks = any(part[0] in OF_FILES for part in when)
    everywhere = looks and not named and components is None
    run = (check.run or "").rstrip("\n")
    reading = mentions(run)
    undoing = mentions((check.rollback and check.rollback.run) or "")
    return _small(
        {
            "id": check.id,
            "phase": check.phase.value,
            "level": check.level.value,
            "check": " ".join(check.check.split()),
            "run": run,
            "expect": check.expect.model_dump(mode="json", exclude_defaults=True),
            "risk": check.risk.value if check.risk else "",
            "rollback": check.rollback.model_dump(mode="json", exclude_defaults=True)
            if check.rollback
            else {},
            "needs": list(check.needs),
            "timeout": check.timeout or "",
            "poll": check.poll.model_dump(mode="json", by_alias=True) if check.poll else {},
            "approval": check.approval is not None,
            # The default: releases that touch the incident's components. A standing check is on every
            # list.
            "components": list(applies.components if named else components or ()),
            "paths": ["**"] if everywhere else list(applies.paths),
            "kinds": list(applies.kinds),
            "when": when,
            "always": not named and not everywhere and components is None,
            "uses": [name for name in {**reading, **undoing} if name in declared],
            "asks": [
                name
                for name, optional in reading.items()
                if name in declared and not optional and declared[name].get("default") is None
            ],
        }
    )


def _small(row: Row) -> Row:
    return {key: value for key, value in row.items() if value or value == 0}


def read_rows(root: Path, progress: Callable[[int, int], None] = lambda *_: None) -> SummaryRows:
    """Return the rows of a knowledge base, from the cache if it is up to date.

    Args:
        root: the folder that contains `mkdocs.yml` and `incidents/`.
        progress: called with the number of incidents read, and the number to read.
    """
    places = incident_places(root)
    stamps = dict(places.stamps)
    stamps.pop(STANDING_ID, None)  # no incident can have this name
    stamps[STANDING_ID] = settled_stamp(str(root / INCIDENTS / STANDING_FILE))

    def make(ids: list[str]) -> Iterator[tuple[str, Row]]:
        with collector_off():
            for done, made in enumerate(_make(places, ids), 1):
                progress(done, len(ids))
                yield made

    return _of(Rows(root / FILE, stamps).all(make))


def made_rows(root: Path, ids: Iterable[str]) -> SummaryRows:
    """Return the rows of some incidents, and perhaps of the standing checks, without a cache.

    Args:
        root: the folder that contains `incidents/`.
        ids: their ids.
    """
    return _of(dict(_make(IncidentPlaces(root, {}), list(ids))))


def _of(found: Mapping[str, Row]) -> SummaryRows:
    rows = {i: row for i, row in found.items() if row.get("checks") is not None}
    broken = {i: row["broken"] for i, row in found.items() if "broken" in row}
    ours = tuple(i for i, source in broken.items() if source is True)
    return SummaryRows(rows, ours, {i: of for i, of in broken.items() if of is not True})


def _make(places: IncidentPlaces, ids: list[str]) -> Iterator[tuple[str, Row]]:
    """Yield the rows of incidents; several processes make them if there are many."""

    def row(incident_id: str) -> Row:
        if incident_id == STANDING_ID:
            standing = load_standing(places.root)
            if standing.diagnostics:
                return {"broken": True}
            content = standing.content
            return standing_row(content.checks, content.parameters) if content.checks else {}
        incident, there = places.load(incident_id).incident, places.foreign.get(incident_id)
        if incident is None:
            return {"broken": there.origin.name if there else True}
        if incident.status is Status.WITHDRAWN:
            return {}
        return incident_row(incident_id, incident, there.origin.name if there else "")

    return do_all(row, ids)
