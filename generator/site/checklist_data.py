"""The data of the checklist page: one script that `load.js` loads on that page.

What the script contains:

- `rows`: as in `generator.checklists.summary_index`; an incident without checks has only its id and
its components, which can be selected, too.
- `globs`: every glob of a check or a rule, with its regular expression, or with the globs that its braces
stand for.
- `components`, `kinds`: the rules of `mkdocs.yml`, each component with its globs, each kind with what makes
it: pairs of globs and a condition.
- `automata`: each expression of a condition for which `RegExp` could take too long, as an automaton.
- `updates`: the table of `generator.checklists.dependency_updates`.
- `waivers`: what need not hold for a while, as in `incidents/waivers.yaml`.
- `unreadable`: incidents with errors, whose checks are unknown; `site`: the URL of the site.

Names are in pairs, not keys of objects: JavaScript treats keys such as `__proto__` specially.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import suppress
from typing import Any

from generator.checklists.conditions import Condition, FileRule
from generator.checklists.dependency_updates import FORMATS
from generator.checklists.glob_syntax import GlobError, alternatives
from generator.checklists.globs import glob_regex
from generator.checklists.path_rules import path_rules
from generator.checklists.summary_index import (
    BAD_GLOBS,
    Row,
    SummaryRows,
    incident_row,
    standing_row,
)
from generator.knowledge.base import KnowledgeBase
from generator.knowledge.loader import STANDING_ID
from generator.knowledge.sources.kinds import source_kinds
from generator.model import Status
from generator.signatures.expression import compile_regex
from generator.signatures.template import SignatureError
from generator.site.assets import FOLDER
from generator.site.page import LateAsset
from generator.site.pieces import Pieces
from generator.text.scripts import script

DATA_FILE = f"{FOLDER}/checklist-data.js"
VARIABLE = "runbooksChecklistData"
FORMAT = 1


def build_checklist_data(base: KnowledgeBase, pieces: Pieces | None = None) -> LateAsset:
    """Build the script with the data of the checklist page.

    Args:
        base: the knowledge base.
        pieces: what the script takes from each incident; it may be kept.
    """
    pieces = pieces or Pieces(base, checklist_piece)

    def content() -> bytes:
        return script(VARIABLE, checklist_data(base, pieces))

    theirs = repr(sorted(source_kinds(base.root).items())) if base.places else ""
    return LateAsset(DATA_FILE, pieces.key(f"checklist {theirs}"), content)


def checklist_piece(base: KnowledgeBase, incident_id: str) -> dict[str, Any]:
    """Return what the script takes from one incident: its row; nothing of a withdrawn incident."""
    incident = base.incidents[incident_id]
    shown = incident.status is not Status.WITHDRAWN
    source = base.source_of(incident_id)
    return {"checklist": incident_row(incident_id, incident, source) if shown else None}


def checklist_data(base: KnowledgeBase, pieces: Pieces) -> dict[str, object]:
    """Return the data of the script.

    Args:
        base: the knowledge base; withdrawn incidents are excluded.
        pieces: their rows.
    """
    settings = base.settings
    rows = list(_rows(base, pieces))
    known = SummaryRows({row["id"]: {"checks": (), **row} for row in rows})
    rules = path_rules(settings, known.kinds, source_kinds(base.root) if base.places else None)
    unreadable = dict.fromkeys((*_unreadable(base, rows), *rules.undefined(known)))
    return {
        "format": FORMAT,
        "rows": [_lean(row) for row in rows],
        "globs": regexes(rows, (globs for *_, globs in rules.globs)),
        "automata": automata(rows, rules.conditions),
        "components": [[name, list(globs)] for name, globs in settings.components.items()],
        "kinds": [[name, file_rules(kind)] for name, kind in rules.kinds.items()],
        "waivers": [w.model_dump(mode="json") for w in base.waivers.content.waivers],
        "updates": [list(form) for form in FORMATS],
        "unreadable": list(unreadable),
        "site": settings.site_url or "",
    }


def _rows(base: KnowledgeBase, pieces: Pieces) -> Iterator[Row]:
    yield from filter(None, (pieces.of(i)["checklist"] for i in base.facts))
    standing = base.standing_checks
    if not standing.diagnostics and standing.content.checks:
        yield standing_row(standing.content.checks, standing.content.parameters)


def _unreadable(base: KnowledgeBase, rows: Iterable[Row]) -> Iterator[str]:
    broken = {row["id"] for row in rows if row.get(BAD_GLOBS)}
    yield from (entry.id for entry in base.entries if not entry.readable or entry.id in broken)
    if base.standing_checks.diagnostics or STANDING_ID in broken:
        yield STANDING_ID


def _lean(row: Row) -> Row:
    if not row.get("checks"):
        return {key: row[key] for key in ("id", "components") if key in row}
    checks = [{k: v for k, v in check.items() if v is not False} for check in row["checks"]]
    lean = {key: value for key, value in {**row, "checks": checks}.items() if value}
    lean.pop(BAD_GLOBS, None)
    return lean


def file_rules(rules: Iterable[FileRule]) -> list[list[Any]]:
    """Return what makes a kind of change, as the script has it."""
    return [[list(rule.paths), list(rule.when)] for rule in rules]


def automata(rows: Iterable[Row], conditions: Iterable[Condition]) -> list[list[Any]]:
    """Return the expressions of conditions that need an automaton, each with its data.

    Args:
        rows: the rows whose checks have conditions.
        conditions: other conditions.
    """
    of_checks = [check.get("when", ()) for row in rows for check in row.get("checks", ())]
    found: dict[str, Any] = {}
    for _, how, pattern, *_ in (part for one in (*of_checks, *conditions) for part in one):
        with suppress(SignatureError):
            automaton = compile_regex(pattern).automaton if how == "regex" else None
            if automaton is not None:
                found[pattern] = automaton.as_data()
    return [[pattern, data] for pattern, data in found.items()]


def regexes(rows: Iterable[Row], rules: Iterable[Iterable[str]]) -> list[list[Any]]:
    """Return every glob with its regular expression, except invalid globs.

    A glob with braces has the list of the globs that it stands for instead.

    Args:
        rows: the rows whose checks have globs.
        rules: other lists of globs.
    """
    globs = dict.fromkeys(
        glob for row in rows for check in row.get("checks", ()) for glob in check.get("paths", ())
    )
    globs.update(dict.fromkeys(glob for of in rules for glob in of))
    found: dict[str, Any] = {}
    for glob in globs:
        try:
            simple = alternatives(glob)
        except GlobError:
            continue  # it matches nothing, and `runbooks lint` reports it
        if simple != (glob,):
            found[glob] = list(simple)
        for one in simple:
            with suppress(GlobError):
                found[one] = glob_regex(one)
    return [[glob, regex] for glob, regex in found.items()]
